"""The conditions that hide fields of a form: what they may say, and the one budget for looking at them row by row."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from engine.bpm.expression_limits import MAX_WORK, Budget
from engine.bpm.expressions import EvaluationFailed, Expression, evaluate
from engine.bpm.unary_tests import FEEL_FUNCTIONS, feel
from engine.errors import Problem

CHECK_WORK = 2 * MAX_WORK  # steps that all conditions of one check may take ...
LOOK_WORK = 30  # ... and further ones for each look at a condition: long lists are legal
MAX_LOOKS = 20_000  # looks that bring further steps
FUNCTIONS: Mapping[str, Callable[..., Any]] = {"len": len, **FEEL_FUNCTIONS}


def hide_text(component: Mapping[str, Any]) -> str:
    """The condition under which form-js hides a component, as FEEL; empty when there is none."""
    conditional = component.get("conditional")
    hide = conditional.get("hide") if isinstance(conditional, dict) else None
    return hide.strip().removeprefix("=").strip() if isinstance(hide, str) else ""


def read_condition(text: str) -> Expression:
    """Such a condition as an expression of ours. Raises BadExpression for FEEL that is not understood."""
    return feel(text)


class Conditions:
    """The conditions of one check: they share a budget; one that sees the same values again is not worked out again.

    A look costs a step for the condition and one for each of its names, working it out what it costs anywhere.
    ``looks`` is how many looks there will be.
    """

    __slots__ = ("_budget", "_known", "_sent")

    def __init__(self, looks: int, *sent: Mapping[str, Any]) -> None:
        self._sent, self._budget = sent, Budget(CHECK_WORK + LOOK_WORK * min(looks, MAX_LOOKS))
        self._known: dict[tuple[object, ...], tuple[bool, dict[str, Any]]] = {}  # the values too: an id stays theirs

    def hide(self, conditions: Iterable[Expression], holder: Mapping[str, Any]) -> bool | None:
        """Whether one of them holds; None when the budget is used up before that is known."""
        hidden = self._budget.left >= 0 and any(self._holds(condition, holder) for condition in conditions)
        return True if hidden else None if conditions and self._budget.left < 0 else False

    def _holds(self, condition: Expression, holder: Mapping[str, Any]) -> bool:
        """Whether it is true; names that nobody set are null, and one that cannot be evaluated does not hold."""
        try:
            self._budget.spend(1 + len(condition.names))
            seen = {name: self._value(name, holder) for name in condition.names}
            key = (id(condition), *map(_same, seen.values()))
            if key not in self._known:
                self._known[key] = self._true(condition, seen), seen
            return self._known[key][0]
        except EvaluationFailed:
            return False

    def _true(self, condition: Expression, seen: Mapping[str, Any]) -> bool:
        try:
            return evaluate(condition, seen, FUNCTIONS, self._budget) is True
        except EvaluationFailed:
            return False

    def _value(self, name: str, holder: Mapping[str, Any]) -> Any:
        for values in (holder, *self._sent):
            if name in values:
                return values[name]
        return None


def not_worked_out(count: int, first: str) -> Problem:
    """What is said of fields that may be hidden, when working that out took too long: never that they are required."""
    return Problem(
        field=first, rule="conditions", severity="error",
        message=f"填写的行太多，有 {count} 个字段（从“{first}”起）算不出是否要填。请减少行数、分几次填写，"
        "或请管理员简化表单的显示条件。",
        en=f"So many rows that of {count} fields (from {first} on) it is not known whether they are shown; fill in "
        "fewer rows at a time, or let an administrator simplify the form's conditions.",
    )  # fmt: skip


def _same(value: Any) -> object:
    """Equal only for values that no condition can tell apart: short texts and numbers, otherwise the very same."""
    if value is None or isinstance(value, (bool, int, float)) or (isinstance(value, str) and len(value) <= 64):
        return type(value), value
    return id(value)
