"""Element templates of the process editor (the Camunda 7 kind), made from what is registered; pure.

A template offers an operator with its declared parameters, or a usual task of people; what an author chooses stands in
the diagram as plain BPMN and runs without the template.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from marshmallow import fields, missing, validate

from engine.bpm.operators import Operator

Template = dict[str, Any]
Choice = tuple[str, str]  # value, name
OPERATOR, PEOPLE = "operator", "people"


def of_operator(operator: Operator, words: Mapping[str, str]) -> Template:
    """A service task that runs this operator: required parameters to fill in, the others named in the description.

    ``words`` are the Chinese names of parameters.
    """
    declared = operator.schema().fields
    optional = [_word(name, words) for name, field in declared.items() if not field.required]
    results = "、".join(operator.defaults)
    told = [operator.topic]
    told += [f"可另加输入参数：{'、'.join(optional)}"] if optional else []
    told += [f"结果变量：{results}"] if results else []
    return {
        **_frame(f"{OPERATOR}.{operator.topic}", operator.title, "。".join(told), "bpmn:ServiceTask", "系统操作"),
        "properties": [
            _property("", "String", "name", value=operator.title, label="名称"),
            _hidden("camunda:type", "external"),
            _hidden("camunda:topic", operator.topic),
            *(_parameter(name, field, words) for name, field in declared.items() if field.required),
        ],
    }


def of_people(
    key: str, name: str, hint: str, *, groups: Sequence[Choice], due: Sequence[Choice], forms: Iterable[Choice] = ()
) -> Template:  # fmt: skip
    """A user task: who, by when; the linter says what is still missing."""
    return {
        **_frame(f"{PEOPLE}.{key}", name, hint, "bpmn:UserTask", "人工任务"),
        "properties": [
            _property("", "String", "name", value=name, label="名称"),
            _property("", "Dropdown", "camunda:candidateGroups", label="由谁办理", choices=groups),
            _property("", "Dropdown", "camunda:dueDate", label="办理时限", choices=due),
            _property("填表单文件里的编号；不填则按变量显示", "String", "camunda:formRef", label="表单"),
            _hidden("camunda:formRefBinding", "deployment"),
        ],
    }


def _frame(key: str, name: str, description: str, kind: str, category: str) -> Template:
    return {
        "id": f"bihuan.{key}",
        "name": name,
        "description": description,
        "category": {"id": kind, "name": category},
        "appliesTo": ["bpmn:Task", kind],
        "elementType": {"value": kind},
        "entriesVisible": True,
    }


def _hidden(name: str, value: str) -> Template:
    return {"type": "Hidden", "value": value, "binding": {"type": "property", "name": name}}


def _property(
    told: str, kind: str, name: str, *, label: str, value: str | None = None, choices: Sequence[Choice] = ()
) -> Template:  # fmt: skip
    made: Template = {"type": kind, "label": label, "binding": {"type": "property", "name": name}}
    made |= {"description": told} if told else {}
    made |= {"value": value} if value is not None else {}
    made |= {"choices": [{"value": chosen, "name": shown} for chosen, shown in choices]} if choices else {}
    return made


def _parameter(name: str, field: fields.Field[Any], words: Mapping[str, str]) -> Template:
    made: Template = {"label": _word(name, words), "binding": {"type": "camunda:inputParameter", "name": name},
                      "constraints": {"notEmpty": True}, "type": "String", "value": f"${{{name}}}"}  # fmt: skip
    allowed = next((one.choices for one in field.validators if isinstance(one, validate.OneOf)), None)
    options = [(str(value), str(value)) for value in allowed] if allowed is not None else []
    if isinstance(field, fields.Boolean):
        options = [("${true}", "是"), ("${false}", "否")]
    if options:
        shown = [*options, (made["value"], f"由变量 {name} 决定")]
        made |= {"type": "Dropdown", "choices": [{"value": value, "name": word} for value, word in shown]}
    if field.load_default is not missing and field.load_default is not None:
        made["description"] = f"不填为 {field.load_default}"
    return made


def _word(name: str, words: Mapping[str, str]) -> str:
    return f"{words[name]}（{name}）" if name in words else name
