"""What differs between two versions of a definition, element by element, in words; layout makes no difference."""

from collections.abc import Iterator, Mapping
from dataclasses import fields, is_dataclass
from typing import Any

from engine.app import App
from engine.bpm.bundles import own_files
from engine.bpm.decision_tables import Decision, Table
from engine.bpm.definitions import find
from engine.bpm.expressions import Expression, Script
from engine.bpm.spiff import Model, parse
from engine.bpm.spiff.model import Node
from engine.bpm.spiff.values import Value
from engine.bpm.unary_tests import UnaryTests
from engine.bpm.views import View

Facts = dict[str, str]  # path of what is said → what is said
APART = ("id", "file", "text", "incoming", "outgoing", "boundaries", "body", "default")  # no facts, or said elsewhere
WORDS = {
    "name": "名称", "tag": "类型", "lane": "泳道", "attached_to": "所在活动", "interrupting": "中断", "flows": "连线",
    "human.groups": "候选组", "human.users": "候选人", "human.assignee": "办理人", "human.due": "到期时间",
    "human.follow_up": "跟进时间", "human.priority": "优先级", "human.form": "表单", "human.no_deadline": "不设期限",
    "work.topic": "操作", "work.script": "脚本", "work.expression": "表达式", "work.decision": "决策表",
    "work.result": "结果变量", "call.process": "调用的流程", "inputs": "输入参数", "outputs": "输出参数",
    "triggers": "事件", "triggers.value": "时间或条件",
    "loop": "循环", "documentation": "说明", "hit_policy": "命中策略", "rule": "规则", "order": "规则顺序",
    "input": "输入列", "output": "输出列", "component": "组件", "starters": "谁可以发起", "version_tag": "版本标签",
    "variable": "结果变量", "requires": "依赖的决策",
}  # fmt: skip


def diff(app: App, key: str, before: int, after: int | None) -> View:
    """Two versions compared (``after`` None: the newest). Raises NotFound."""
    with app.reading() as tx:
        old, new = find(tx, key, before), find(tx, key, after)
        models = [parse(own_files(tx, definition), key) for definition in (old, new)]
    return {"key": key, "from_version": old.version, "to_version": new.version, "differences": compare(*models)}


def compare(before: Model, after: Model) -> list[View]:
    """One row for each element, table or form that was added, removed or changed, with what it says now and before."""
    return [
        *_element_rows(_elements(before), _elements(after)),
        *_rows("decision", _decisions(before.decisions), _decisions(after.decisions)),
        *_rows("form", _forms(before), _forms(after)),
    ]


def _element_rows(before: Mapping[tuple[str, str], Facts], after: Mapping[tuple[str, str], Facts]) -> Iterator[View]:
    """Process by process: two may have elements of the same id."""
    for process in dict.fromkeys(owner for owner, _ in (*before, *after)):
        old, new = ({name: facts for (owner, name), facts in side.items() if owner == process}
                    for side in (before, after))  # fmt: skip
        yield from ({**row, "process": process} for row in _rows("element", old, new))


def _rows(kind: str, before: Mapping[str, Facts], after: Mapping[str, Facts]) -> Iterator[View]:
    for identifier in dict.fromkeys([*before, *after]):
        old, new = before.get(identifier), after.get(identifier)
        if old == new:
            continue
        known = new if new is not None else old or {}
        changes = [] if old is None or new is None else list(_changes(old, new))
        what = "added" if old is None else "removed" if new is None else "changed"
        yield {"kind": kind, "id": identifier, "name": known.get("name") or identifier, "type": known.get("tag", kind),
               "what": what, "changes": changes}  # fmt: skip


def _changes(old: Facts, new: Facts) -> Iterator[View]:
    for path in dict.fromkeys([*old, *new]):
        if old.get(path) != new.get(path):
            yield {"path": path, "label": _label(path), "before": old.get(path), "after": new.get(path)}


def _label(path: str) -> str:
    """The longest beginning of the path that has a word, and the rest as it is."""
    parts = path.replace("[", ".[").split(".")
    for length in range(len(parts), 0, -1):
        word = WORDS.get(".".join(parts[:length]))
        if word:
            return " ".join([word, *parts[length:]])
    return path


def _elements(model: Model) -> dict[tuple[str, str], Facts]:
    found: dict[tuple[str, str], Facts] = {}
    for key, body in model.processes.items():
        said = {"starters": ", ".join(body.starters), "version_tag": body.version_tag, "properties": body.properties}
        found[key, body.id] = {"name": body.name, "tag": "process"}
        for name, value in said.items():
            found[key, body.id] |= dict(_flat(name, value))
        for _, node in body.all_nodes():
            found[key, node.id] = _facts(node)
    return found


def _facts(node: Node) -> Facts:
    facts = {path.removeprefix("node."): text for path, text in _flat("node", node)}
    ways: dict[str, list[str]] = {}
    for flow in node.outgoing:
        shown = " (默认)" if flow.id == node.default else f" [{flow.condition.source}]" if flow.condition else ""
        ways.setdefault(flow.target, []).append(f"{flow.name}{shown}".strip() or "→")
    return facts | {f"flows.{target}": " | ".join(shown) for target, shown in ways.items()}


def _decisions(decisions: Mapping[str, Decision]) -> dict[str, Facts]:
    found: dict[str, Facts] = {}
    for key, decision in decisions.items():
        facts = found[key] = {"name": decision.name, "variable": decision.variable}
        facts |= dict(_flat("requires", ", ".join(one.id for one in decision.requires)))
        if not isinstance(decision.logic, Table):
            facts |= dict(_flat("logic", decision.logic))
            continue
        facts["hit_policy"] = f"{decision.logic.hit_policy} {decision.logic.aggregation or ''}".strip()
        facts |= dict(_flat("input", decision.logic.inputs)) | dict(_flat("output", decision.logic.outputs))
        for rule in decision.logic.rules:
            cells = [*rule.tests, *rule.outputs]
            facts[f"rule.{rule.id}"] = " | ".join("-" if cell is None else cell.source for cell in cells)
        facts["order"] = ", ".join(rule.id for rule in decision.logic.rules)
    return found


def _forms(model: Model) -> dict[str, Facts]:
    """Each component of a form by its key; where it stands in the rows of the form is layout."""
    found: dict[str, Facts] = {}
    for key, form in model.forms.items():
        facts = found[key] = {}
        for number, component in enumerate(form.source.get("components", [])):
            said = {name: value for name, value in component.items() if name not in ("id", "layout")}
            facts[f"component.{component.get('key') or component.get('id') or number}"] = str(said)
    return found


def _flat(path: str, value: Any) -> Iterator[tuple[str, str]]:
    """What a value of the model says, as paths and texts; what is empty says nothing."""
    if value is None or value == () or value == [] or value == {} or value is False or value == "":
        return
    if isinstance(value, Value | Expression | UnaryTests):
        yield path, value.source
    elif isinstance(value, Script):
        yield path, "\n".join(f"{name} = {line.source}" for name, line in value.lines)
    elif isinstance(value, Mapping):
        for key, entry in value.items():
            yield from _flat(f"{path}.{key}", entry)
    elif isinstance(value, tuple) and len(value) == 2 and isinstance(value[0], str):  # a named value
        yield from _flat(f"{path}.{value[0]}", value[1])
    elif isinstance(value, list | tuple):
        for number, entry in enumerate(value, 1):
            yield from _flat(path if isinstance(entry, tuple) or len(value) == 1 else f"{path}[{number}]", entry)
    elif is_dataclass(value):
        for field in fields(value):
            if field.name not in APART:
                yield from _flat(f"{path}.{field.name}", getattr(value, field.name))
    else:
        yield path, str(value)
