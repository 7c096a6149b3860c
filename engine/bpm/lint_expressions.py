"""Every expression of the files, wherever it stands: its functions exist, and it does not fail in every instance."""

from collections.abc import Iterable, Iterator
from dataclasses import fields, is_dataclass
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from engine.bpm.decision_tables import Decision
from engine.bpm.expression_syntax import EACH, MAX_READ
from engine.bpm.expressions import EvaluationFailed, Expression, evaluate, truth
from engine.bpm.functions import BUILTIN_NAMES, builtin_functions
from engine.bpm.lint_place import Place
from engine.bpm.spiff import Model
from engine.bpm.spiff.model import Body, Flow, Node
from engine.bpm.spiff.values import Value
from engine.bpm.unary_tests import FEEL_FUNCTIONS
from engine.calendar import Calendar
from engine.errors import EngineError, Problem

SOME_DAY = datetime(2026, 1, 1, tzinfo=UTC)
SOME_ZONE = ZoneInfo("Asia/Shanghai")
_OF_TODAY = ("overdue_workdays", "workdays_left", "due_date", "latest_decision", "workdays_before")  # depend on the day
SOME_FUNCTIONS = {
    name: function
    for name, function in builtin_functions(SOME_DAY, Calendar.default(), SOME_ZONE).items()
    if name not in _OF_TODAY
}
_APART = (Node, Body, Flow, Decision)  # looked at by themselves


def check_expressions(model: Model, functions: frozenset[str]) -> Iterator[Problem]:
    """Findings about the expressions of all elements and flows, then of all decisions; ``functions`` are those of the
    installation.
    """
    known, read = BUILTIN_NAMES | functions, 0
    for body, node in model.nodes():
        parts: list[Node | Flow] = [*node.outgoing, node]
        for part in parts:
            found, at = dict.fromkeys(expressions_of(part)), Place(body.file, part.id)
            read += _length(found)
            yield from _functions(found, at, known)
            yield from _failing(found, at)
            yield from _undecided(part, at)
    for decision in model.decisions.values():
        cells = list(expressions_of(decision))
        read += _length(cells)
        yield from _functions(cells, Place("", decision.id), known | FEEL_FUNCTIONS.keys())
    if read > MAX_READ:
        yield Place("", "").error(
            "size",
            f"全部表达式和单元格合计 {read} 个字符（每个至少算 {EACH} 个），最多 {MAX_READ} 个。请拆开部署，或缩短。",
            f"All expressions and cells have {read} characters ({EACH} at least each), but at most {MAX_READ} can be "
            "deployed together; split the deployment or shorten them.",
        )


def _length(expressions: Iterable[Expression]) -> int:
    return sum(max(EACH, len(expression.source)) for expression in expressions)


def expressions_of(whole: Node | Flow | Decision) -> Iterator[Expression]:
    """All expressions of an element, flow or decision, in whatever part of it; those of other elements excepted."""
    for field in fields(whole):
        yield from _inside(getattr(whole, field.name))


def _inside(part: object) -> Iterator[Expression]:
    if isinstance(part, Expression):
        yield part
    elif isinstance(part, Value):
        yield from part.expressions()
    elif isinstance(part, (list, tuple, dict)):
        for entry in part.values() if isinstance(part, dict) else part:
            yield from _inside(entry)
    elif is_dataclass(part) and not isinstance(part, _APART):
        for field in fields(part):
            yield from _inside(getattr(part, field.name))


def settled(expressions: Iterable[Expression]) -> bool:
    """Whether they mean the same in every instance, whatever the day."""
    return all(not expression.names and expression.functions <= SOME_FUNCTIONS.keys() for expression in expressions)


def _functions(expressions: Iterable[Expression], at: Place, known: frozenset[str]) -> Iterator[Problem]:
    for expression in expressions:
        for name in sorted(expression.functions - known):
            yield at.error(
                "function",
                f"表达式“{expression.source[:80]}”用了不存在的函数 {name}，请改正名称或改用已有的函数。",
                f"The expression {expression.source[:80]} uses an unknown function {name}; correct the name or use a "
                "known one.",
            )


def _failing(expressions: Iterable[Expression], at: Place) -> Iterator[Problem]:
    """Expressions that can be seen to fail, such as `${1 / 0}` or `${workdays("three")}`."""
    for expression in expressions:
        if settled([expression]):
            try:
                evaluate(expression, {}, SOME_FUNCTIONS)
            except EngineError as error:
                yield wrong("expression", error, at)


def _undecided(part: Node | Flow, at: Place) -> Iterator[Problem]:
    """Conditions that can be seen to be neither true nor false, such as `${"yes"}`."""
    for condition in filter(None, _conditions(part)):
        if settled(condition.expressions()):
            try:
                value = condition.of({}, SOME_FUNCTIONS)
            except EngineError:
                continue  # that it fails has been said
            try:
                truth(value)
            except EngineError as error:
                yield wrong("condition", error, at)


def _conditions(part: Node | Flow) -> list[Value | None]:
    if isinstance(part, Flow):
        return [part.condition]
    waited = [trigger.value for trigger in part.triggers if trigger.kind == "conditional"]
    return [*waited, *(holder.condition for holder in (part.loop, part.ad_hoc) if holder is not None)]


def wrong(rule: str, error: EngineError, at: Place) -> Problem:
    """What an expression or a moment is refused for, as a finding that also says what to do."""
    if isinstance(error, EvaluationFailed):
        return at.error(rule, f"请改正：{error.message}", f"Please correct this: {error.en}")
    return at.error(rule, error.message, error.en)
