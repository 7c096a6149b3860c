"""Reads form-js forms and checks what somebody filled in; the rules are the form's own, nothing is guessed."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import regex

from engine.bpm.expressions import BadExpression, Expression
from engine.bpm.form_conditions import Conditions, hide_text, not_worked_out, read_condition
from engine.bpm.form_values import Finding, Patience, check_value
from engine.errors import Invalid, Problem

MAX_BYTES = 1_000_000
MAX_COMPONENTS = 1_000
MAX_DEPTH = 20
MAX_REPETITIONS = 500
MAX_PATTERN = 1_000
MAX_PROBLEMS = 500

_SILENT = frozenset(
    ("text", "html", "image", "button", "spacer", "separator", "table", "iframe", "documentPreview", "expression")
)
_CONTAINERS = frozenset(("group", "dynamiclist", "default"))


class BadForm(Invalid):
    """This is no form-js form that we can use; the message says what to change."""


@dataclass(frozen=True, slots=True)
class Field:
    """One input of a form. `path` is where its value lies in the submitted object."""

    key: str
    label: str
    type: str
    path: tuple[str, ...]
    required: bool
    rules: Mapping[str, Any]
    hidden_if: tuple[Expression, ...]
    list_path: tuple[str, ...] | None = None  # of the repeating list that it stands in; `path` then starts in its entry


@dataclass(frozen=True, slots=True)
class Form:
    """A form: its id, its title and its inputs in reading order."""

    id: str
    fields: tuple[Field, ...]
    source: Mapping[str, Any]

    @property
    def names(self) -> frozenset[str]:
        """The variables that this form fills."""
        return frozenset((field.list_path or field.path)[0] for field in self.fields)

    def check(self, values: Mapping[str, Any], known: Mapping[str, Any] | None = None) -> list[Problem]:
        """What is wrong with these values, one problem a field; `known` are variables that conditions may look at.

        Values that the form does not ask for are let through: they are not the form's business. When the conditions
        take too much work, one problem says so instead of any about fields that may be hidden."""
        looks = sum(len(field.hidden_if) * _rows(field, values) for field in self.fields)
        conditions, problems = Conditions(looks, values, known or {}), _too_long(self.fields, values)
        unknown, first, patience = 0, "", Patience()
        for field, shown, holder in _places(self.fields, values):
            hidden = conditions.hide(field.hidden_if, holder)
            value = None if hidden else _at(holder, field.path)
            finding = None if hidden else check_value(field.type, field.required, field.rules, value, patience)
            if finding is not None and hidden is None:
                unknown, first = unknown + 1, first or shown
            elif finding is not None:
                problems.append(_problem(shown, field, finding))
            if len(problems) >= MAX_PROBLEMS:
                break  # who sends the rest again is told of the next
        return [*problems, not_worked_out(unknown, first)] if unknown else problems


def parse_form(content: bytes) -> Form:
    """Read a `*.form` file (JSON). Raises BadForm with a sentence that names the component."""
    if len(content) > MAX_BYTES:
        raise BadForm(
            "表单文件超过 1 MB，请删去多余内容。", en="The form is larger than 1 MB; remove what is not needed."
        )
    try:
        source = json.loads(content.decode("utf-8-sig"))
    except (ValueError, RecursionError):
        raise BadForm(
            "表单不是可读的 JSON（UTF-8），请重新导出。", en="The form is not readable JSON (UTF-8); export it again."
        ) from None
    if not isinstance(source, dict) or not isinstance(source.get("components"), list):
        raise BadForm(
            "表单里没有组件列表（components），请重新导出。", en="The form has no list of components; export it again."
        )
    identifier = source.get("id")
    if not isinstance(identifier, str) or not identifier.strip():
        raise BadForm("表单没有编号（id），请在表单属性里填写。", en="The form has no id; give it one.")
    return Form(identifier.strip(), tuple(_fields(source, _Place(), [0])), source)


@dataclass(frozen=True, slots=True)
class _Place:
    """Where in the tree of components the reader stands."""

    path: tuple[str, ...] = ()
    hidden_if: tuple[Expression, ...] = ()
    list_path: tuple[str, ...] | None = None
    depth: int = 0


def _fields(container: Mapping[str, Any], place: _Place, count: list[int]) -> Iterator[Field]:
    components = container.get("components")
    if not isinstance(components, list):
        return
    if place.depth > MAX_DEPTH:
        raise BadForm(
            f"分组嵌套超过 {MAX_DEPTH} 层，请减少。", en=f"Groups nest deeper than {MAX_DEPTH}; make them flatter."
        )
    for component in components:
        count[0] += 1
        if count[0] > MAX_COMPONENTS:
            raise BadForm(
                f"表单组件超过 {MAX_COMPONENTS} 个，请拆分。",
                en=f"More than {MAX_COMPONENTS} components; split the form.",
            )
        if not isinstance(component, dict) or not isinstance(component.get("type"), str):
            raise _bad(
                component,
                "表单里有一个组件没有类型（type），请重新导出。",
                "A component has no type; export the form again.",
            )
        yield from _component(component, place, count)


def _component(component: Mapping[str, Any], place: _Place, count: list[int]) -> Iterator[Field]:
    kind, hidden_if = component["type"], (*place.hidden_if, *_condition(component))
    if kind in _SILENT:
        return
    if kind in _CONTAINERS:
        path = (*place.path, *_path(component.get("path")))
        if kind == "dynamiclist":
            yield from _fields(component, _Place((), hidden_if, path, place.depth + 1), count)
        else:
            yield from _fields(component, _Place(path, hidden_if, place.list_path, place.depth + 1), count)
        return
    key = component.get("key")
    if not isinstance(key, str) or not key:
        raise _bad(
            component,
            f"组件“{_label(component)}”没有键（key），请填写。",
            f"Component {_label(component)} has no key; give it one.",
        )
    rules = _rules(component)
    fixed = bool(component.get("disabled") or component.get("readonly"))
    path = (*place.path, *_path(key))
    yield Field(key, _label(component), kind, path, bool(rules.get("required")) and not fixed, rules, hidden_if,
                place.list_path)  # fmt: skip


def _path(text: object) -> tuple[str, ...]:
    return tuple(part for part in text.split(".") if part) if isinstance(text, str) else ()


def _label(component: Mapping[str, Any]) -> str:
    return str(component.get("label") or component.get("dateLabel") or component.get("timeLabel")
               or component.get("key") or component.get("id") or component["type"])  # fmt: skip


def _rules(component: Mapping[str, Any]) -> dict[str, Any]:
    """The component's own restrictions, checked so far as they do not depend on values."""
    validate = component.get("validate")
    rules = dict(validate) if isinstance(validate, dict) else {}
    for name in ("decimalDigits", "subtype", "multiple", "serializeToString", "description"):
        if name in component:
            rules[name] = component[name]
    if isinstance(component.get("values"), list) and not component.get("valuesKey"):
        rules["values"] = [
            entry["value"] for entry in component["values"] if isinstance(entry, dict) and "value" in entry
        ]
    _check_rules(component, rules)
    return rules


def _check_rules(component: Mapping[str, Any], rules: dict[str, Any]) -> None:
    label = _label(component)
    for name in ("min", "max", "minLength", "maxLength"):
        bound = rules.get(name)
        if isinstance(bound, str):
            rules[name] = _as_number(bound)
        elif bound is not None and (isinstance(bound, bool) or not isinstance(bound, (int, float))):
            raise _bad(
                component,
                f"组件“{label}”的限制 {name} 应为数字，请改正。",
                f"{name} of {label} must be a number; correct it.",
            )
    if rules.get("pattern") is not None:
        rules["pattern"] = _pattern(str(rules["pattern"]), component)


def _bad(component: Any, message: str, en: str) -> BadForm:
    """A refusal because of one component, which it names by its id or else its key."""
    element = name_of(component) if isinstance(component, dict) else ""
    return BadForm(message, en=en, problems=[Problem(element=element, message=message, en=en)])


def name_of(component: Mapping[str, Any]) -> str:
    """The id of a component, or else its key."""
    return next((name for name in (component.get("id"), component.get("key")) if isinstance(name, str) and name), "")


def _pattern(text: str, component: Mapping[str, Any]) -> "regex.Pattern[str]":
    try:
        if len(text) <= MAX_PATTERN:
            return regex.compile(text)
    except (regex.error, OverflowError, RecursionError):
        pass
    label = _label(component)
    raise _bad(
        component,
        f"组件“{label}”的格式规则（正则表达式）写得不对或太长，请改正。",
        f"The pattern of {label} is wrong or too long; correct it.",
    )


def _as_number(text: str) -> float | None:
    """A bound typed as text; one that is an expression or empty restricts nothing."""
    try:
        return float(text)
    except ValueError:
        return None


def _condition(component: Mapping[str, Any]) -> tuple[Expression, ...]:
    """The `hide` condition, when it is of a kind that we understand; otherwise the field counts as visible, and the
    linter says so.
    """
    try:
        return (read_condition(text),) if (text := hide_text(component)) else ()
    except BadExpression:
        return ()


def _places(
    fields: tuple[Field, ...], values: Mapping[str, Any]
) -> Iterator[tuple[Field, str, Mapping[str, Any]]]:  # fmt: skip
    """Each field with the objects in which its value lies: the values, or each entry of its repeating list."""
    for field in fields:
        shown = ".".join(field.path)
        if field.list_path is None:
            yield field, shown, values
            continue
        entries = _at(values, field.list_path)
        for number, entry in enumerate(entries[:MAX_REPETITIONS] if isinstance(entries, list) else ()):
            row = f"{'.'.join(field.list_path)}[{number}].{shown}"
            yield field, row, entry if isinstance(entry, dict) else {}


def _rows(field: Field, values: Mapping[str, Any]) -> int:
    entries = _at(values, field.list_path) if field.list_path is not None else [values]
    return min(len(entries), MAX_REPETITIONS) if isinstance(entries, list) else 0


def _at(values: Any, path: tuple[str, ...]) -> Any:
    """The value at a path; a flat key with dots is accepted too."""
    if isinstance(values, Mapping) and (flat := ".".join(path)) in values:
        return values[flat]
    for part in path:
        values = values.get(part) if isinstance(values, Mapping) else None
    return values


def _too_long(fields: tuple[Field, ...], values: Mapping[str, Any]) -> list[Problem]:
    """A problem for each list with more rows than are looked at."""
    problems = []
    for path in dict.fromkeys(field.list_path for field in fields):
        entries = _at(values, path) if path is not None else None
        if path is not None and isinstance(entries, list) and len(entries) > MAX_REPETITIONS:
            problems.append(Problem(
                field=".".join(path), rule="maxItems", severity="error",
                message=f"“{'.'.join(path)}”最多 {MAX_REPETITIONS} 行，现在是 {len(entries)} 行，请分几次填写。",
                en=f"{'.'.join(path)} has at most {MAX_REPETITIONS} rows; fill it in several times.",
            ))  # fmt: skip
    return problems


def _problem(shown: str, field: Field, finding: Finding) -> Problem:
    """A bound is told with what the form says of it: the rule that it comes from."""
    why = str(field.rules.get("description") or "").rstrip("。") if finding.rule in ("min", "max") else ""
    message = f"{finding.message.rstrip('。')}：{why}。" if why else finding.message
    return Problem(
        field=shown, message=f"“{field.label}”{message}", en=f"{field.key} {finding.en}", rule=finding.rule,
        severity="error",
    )  # fmt: skip
