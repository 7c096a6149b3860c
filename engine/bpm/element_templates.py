"""Element templates of the process editor (the Camunda 7 kind), made from what is registered; pure.

A template offers an operator with its declared parameters, or a usual task of people; what an author chooses stands in
the diagram as plain BPMN and runs without the template.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from marshmallow import fields, missing, validate

from engine.bpm.operators import Operator

Template = dict[str, Any]
Choice = tuple[str, str]  # value, name
OPERATOR, PEOPLE = "operator", "people"


@dataclass(frozen=True)
class Words:
    """What templates say in one language: fixed labels, names of parameters, other titles of operators."""

    labels: Mapping[str, str]
    parameters: Mapping[str, str]
    operators: Mapping[str, str] = field(default_factory=dict)


def of_operator(operator: Operator, words: Words) -> Template:
    """A service task that runs this operator: required parameters to fill in, the others named in the description."""
    declared = operator.schema().fields
    labels = words.labels
    optional = [_word(name, words) for name, field in declared.items() if not field.required]
    told = [operator.topic]
    told += [labels["optional"].format(labels["comma"].join(optional))] if optional else []
    told += [labels["results"].format(labels["comma"].join(operator.defaults))] if operator.defaults else []
    title = words.operators.get(operator.topic, operator.title)
    return {
        **_frame(
            f"{OPERATOR}.{operator.topic}", title, labels["stop"].join(told), "bpmn:ServiceTask", labels[OPERATOR]
        ),
        "properties": [
            _property("", "String", "name", value=operator.title, label=labels["name"]),
            _hidden("camunda:type", "external"),
            _hidden("camunda:topic", operator.topic),
            *(_parameter(name, field, words) for name, field in declared.items() if field.required),
        ],
    }


def of_people(
    key: str, name: str, hint: str, *, title: str, groups: Sequence[Choice], due: Sequence[Choice], words: Words
) -> Template:
    """A user task called ``name`` in the diagram and ``title`` in the list; the linter says what is still missing."""
    labels = words.labels
    return {
        **_frame(f"{PEOPLE}.{key}", title, hint, "bpmn:UserTask", labels[PEOPLE]),
        "properties": [
            _property("", "String", "name", value=name, label=labels["name"]),
            _property("", "Dropdown", "camunda:candidateGroups", label=labels["groups"], choices=groups),
            _property("", "Dropdown", "camunda:dueDate", label=labels["due"], choices=due),
            _property(labels["form_hint"], "String", "camunda:formRef", label=labels["form"]),
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


def _parameter(name: str, field: fields.Field[Any], words: Words) -> Template:
    made: Template = {"label": _word(name, words), "binding": {"type": "camunda:inputParameter", "name": name},
                      "constraints": {"notEmpty": True}, "type": "String", "value": f"${{{name}}}"}  # fmt: skip
    allowed = next((one.choices for one in field.validators if isinstance(one, validate.OneOf)), None)
    options = [(str(value), str(value)) for value in allowed] if allowed is not None else []
    if isinstance(field, fields.Boolean):
        options = [("${true}", words.labels["yes"]), ("${false}", words.labels["no"])]
    if options:
        shown = [*options, (made["value"], words.labels["variable"].format(name))]
        made |= {"type": "Dropdown", "choices": [{"value": value, "name": word} for value, word in shown]}
    if field.load_default is not missing and field.load_default is not None:
        made["description"] = words.labels["default"].format(field.load_default)
    return made


def _word(name: str, words: Words) -> str:
    return words.labels["named"].format(words.parameters[name], name) if name in words.parameters else name
