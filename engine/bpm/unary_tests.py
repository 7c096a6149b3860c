"""The cells of decision tables: FEEL unary tests as dmn-js writes them, as predicates on top of our expressions."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from types import MappingProxyType
from typing import Any

from engine.bpm.expression_limits import NODE, OPERATORS, Budget
from engine.bpm.expression_syntax import MAX_LENGTH
from engine.bpm.expressions import BadExpression, EvaluationFailed, Expression, compile_expression, evaluate

MAX_CELL = 1_000  # characters of one cell
VALUE = "ʔ"  # the name under which a cell's `?` is known; no keyboard has this letter

NOTHING: Mapping[str, Any] = MappingProxyType({})
_PLAIN = frozenset({bool, int, float, str})

Functions = Mapping[str, Callable[..., Any]]
_INTERVAL = re.compile(
    r'\s*(?P<opens>[\[(\]])(?P<low>(?:"[^"]*"|[^"\[\]])+?)\.\.(?P<high>(?:"[^"]*"|[^"\[\]])+?)(?P<closes>[\])\[])\s*(?=,|$)'
)
_COMPARISON = re.compile(r"(<=|>=|!=|<|>|=)\s*(.+)", re.DOTALL)
_FEEL_SIGN = re.compile(
    r'@?"(?:[^"\\]|\\.)*"?|\'(?:[^\'\\]|\\.)*\'?|<=|>=|!=|==|=|\?'
    r"|\b(?:date and time|starts with|ends with|list contains|string length)\b"
)
_SPELLINGS = {
    "?": VALUE, "=": "==", "date and time": "date", "starts with": "starts_with", "ends with": "ends_with",
    "list contains": "list_contains", "string length": "len",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Scope:
    """What the cells of one decision see while it is evaluated, and what all of them together may cost."""

    variables: Mapping[str, Any]
    functions: Functions
    budget: Budget

    def value(self, expression: Expression, more: Mapping[str, Any] = NOTHING) -> Any:
        """The value of an expression; `more` are variables besides. Raises EvaluationFailed."""
        variables = {**self.variables, **more} if more else self.variables
        return evaluate(expression, variables, self.functions, self.budget)


_Check = Callable[[Any, Scope], bool]


def _text_test(test: Callable[[str, str], bool]) -> Callable[[Any, Any], bool]:
    return lambda text, part: isinstance(text, str) and isinstance(part, str) and test(text, part)


FEEL_FUNCTIONS: dict[str, Callable[..., Any]] = {
    "contains": _text_test(lambda text, part: part in text),
    "starts_with": _text_test(str.startswith),
    "ends_with": _text_test(str.endswith),
    "list_contains": lambda entries, entry: isinstance(entries, (list, tuple)) and entry in entries,
    "count": lambda entries: len(entries) if isinstance(entries, (list, tuple)) else 0,
}


@dataclass(frozen=True, slots=True)
class UnaryTests:
    """A compiled cell: the alternatives of which one must hold; none of them in an empty cell, which always holds."""

    source: str
    checks: tuple[_Check, ...]
    negated: bool = False
    expressions: tuple[Expression, ...] = field(default=(), compare=False)

    def hold(self, value: Any, scope: Scope) -> bool:
        """Whether the cell accepts this input value. Raises EvaluationFailed when a cell has no value."""
        if not self.checks:
            return True
        for check in self.checks:
            if check(value, scope):
                return not self.negated
        return self.negated


def feel(text: str) -> Expression:
    """A simple FEEL expression (literals, names, comparisons, calls) as one of ours. Raises BadExpression."""
    if text.startswith(("${", "#{")) or len(text) > MAX_LENGTH:  # one that is too long is refused there, unread
        return compile_expression(text)
    return compile_expression(_FEEL_SIGN.sub(_spelling, text))


def _spelling(found: re.Match[str]) -> str:
    sign = found.group()
    return f"date({sign[1:]})" if sign[0] == "@" else _SPELLINGS.get(sign, sign)


def compile_unary(source: str) -> UnaryTests:
    """Compile `-`, `"a", "b"`, `> 3`, `[1..5)`, `not(…)`, `null`, or an expression with `?`. Raises BadExpression."""
    text = source.strip()
    if len(text) > MAX_CELL:
        raise BadExpression(
            f"单元格最多 {MAX_CELL} 个字符，请缩短。",
            en=f"a cell has at most {MAX_CELL} characters; shorten it.",
            source=text,
        )
    if text in ("", "-"):
        return UnaryTests(text, ())
    used: list[Expression] = []
    inner = _inside_not(text)
    checks = tuple(_check(part, used) for part in _parts(inner if inner is not None else text))
    return UnaryTests(text, checks, inner is not None, tuple(used))


def _inside_not(text: str) -> str | None:
    """The tests inside of `not(…)` when that spans the whole cell."""
    found = re.match(r"not\s*\(", text)
    if found is None or not text.endswith(")"):
        return None
    inside = text[found.end() : -1]
    depth = 0
    for sign in re.sub(r'"[^"]*"', "", inside):
        depth += (sign == "(") - (sign == ")")
        if depth < 0:
            return None
    return inside


def _parts(text: str) -> list[str]:
    """The alternatives between commas; brackets and strings hold theirs together."""
    parts, start, index, depth, quoted = [], 0, 0, 0, False
    while index < len(text):
        interval = _INTERVAL.match(text, index) if index == start else None
        if interval is not None:
            index = interval.end()
            continue
        sign = text[index]
        if quoted:
            index += sign == "\\"
            quoted = sign != '"'
        elif sign == '"':
            quoted = True
        elif sign == "," and depth == 0:
            parts.append(text[start:index])
            start = index + 1
        else:
            depth += (sign in "([{") - (sign in ")]}")
        index += 1
    return [*parts, text[start:]]


def _check(part: str, used: list[Expression]) -> _Check:
    if interval := _INTERVAL.fullmatch(part):
        return _within(interval, used)
    if comparison := _COMPARISON.match(part.strip()):
        return _compared(comparison.group(1), _used(comparison.group(2), used))
    return _equal(_used(part, used))


def _used(text: str, used: list[Expression]) -> Expression:
    expression = feel(text)
    used.append(expression)
    return expression


def _within(interval: re.Match[str], used: list[Expression]) -> _Check:
    low, high = _used(interval["low"], used), _used(interval["high"], used)
    above = _compared(">=" if interval["opens"] == "[" else ">", low)
    below = _compared("<=" if interval["closes"] == "]" else "<", high)
    return lambda value, scope: above(value, scope) and below(value, scope)


def _compared(sign: str, bound: Expression) -> _Check:
    def check(value: Any, scope: Scope) -> bool:
        other = scope.value(bound)
        scope.budget.weigh(value, other)
        if sign in ("=", "!="):
            return same(value, other) == (sign == "=")
        if value is None or other is None:
            return False
        return ordered(sign, value, other)

    return check


def _equal(wanted: Expression) -> _Check:
    """A plain entry: equal to it, one of its list, or true when it asks about `?` itself."""
    asks = VALUE in wanted.names
    if wanted.short and not wanted.names:
        return _equal_to(evaluate(wanted, NOTHING, NOTHING))

    def check(value: Any, scope: Scope) -> bool:
        if asks:
            return scope.value(wanted, {VALUE: value}) is True
        answer = scope.value(wanted)
        scope.budget.weigh(value, answer)
        return same(value, answer) or (isinstance(answer, list) and any(same(value, entry) for entry in answer))

    return check


def _equal_to(constant: Any) -> _Check:
    """The most frequent cell: it costs the steps of an expression, and is none."""

    def check(value: Any, scope: Scope) -> bool:
        scope.budget.spend(NODE)
        scope.budget.weigh(value, constant)
        return same(value, constant)

    return check


def same(value: Any, other: Any) -> bool:
    """Equality without Python's `True == 1`; a moment equals its ISO 8601 text."""
    if type(value) is type(other) and type(value) in _PLAIN:
        return bool(value == other)
    if isinstance(value, bool) != isinstance(other, bool):
        return False
    if isinstance(value, datetime) or isinstance(other, datetime):
        return bool(OPERATORS["Eq"](value, other))
    return bool(value == other)


def ordered(sign: str, value: Any, other: Any) -> bool:
    """`value < other` and so on; values of kinds that have no order are not in it (FEEL's null)."""
    if isinstance(value, bool) or isinstance(other, bool):
        return False
    try:
        return bool(_ORDERED[sign](value, other))
    except EvaluationFailed:
        return False


_ORDERED = {"<": OPERATORS["Lt"], "<=": OPERATORS["LtE"], ">": OPERATORS["Gt"], ">=": OPERATORS["GtE"]}
