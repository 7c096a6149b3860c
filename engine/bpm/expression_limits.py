"""What one evaluation may cost: a work budget and operators that refuse results out of proportion."""

import json
import math
import operator
from collections.abc import Callable, Mapping
from datetime import date, datetime, time, timedelta
from typing import Any

from engine.errors import EngineError

MAX_WORK = 100_000  # steps of one evaluation, script or text with `${…}`: 10 to 70 ms, whatever is done with them
NODE = 3  # steps of each name, literal, operator or call; going through a value costs one for each of its parts
CALL = 100  # steps of a call, besides those for going through its arguments
REGISTERED = 300  # the same of a function that the installation has registered, such as a count by the law
SHORT = 100  # characters: a text that is shorter is looked for letter by letter,
PAIRS = 2_000  # and so many pairs of letters are a step
DAY = 5  # further steps for each day that a function of COUNTING is told to count
SEARCHING = frozenset({"contains"})  # functions that look for their second text in the first
COUNTING = frozenset({"days", "workdays", "workhours", "deadline", "workdays_before"})  # functions that walk a calendar
MAX_TEXT = 100_000  # characters of a text that an expression makes
MAX_ITEMS = 10_000  # entries of a list that an expression makes
MAX_INTEGER = 10**60
MAX_VALUE = 100_000  # parts of a value that a script assigns

_MOMENTS = (datetime, date, time, timedelta)
_ALLOWED = (str, int, float, list, tuple, dict, *_MOMENTS, Mapping)  # the abstract one is dear, so it comes last
_FREE = frozenset({bool, int, float, type(None), *_MOMENTS})  # going through one of these takes no step
ANY = frozenset({bool, str, list, tuple, dict, type(None)})  # of these any value is accepted


class EvaluationFailed(EngineError):
    """The expression is well formed, but has no value with these variables."""

    source = ""  # the expression, where it is known


class Budget:
    """Counts the work of one evaluation and stops it when it is used up."""

    __slots__ = ("left",)

    def __init__(self, work: int = MAX_WORK) -> None:
        self.left = work

    def spend(self, work: int) -> None:
        """Take this many steps. Raises EvaluationFailed when there are not so many left."""
        self.left -= work
        if self.left < 0:
            raise EvaluationFailed("表达式计算量太大，请拆分或缩短列表。", en="the expression takes too much work.")

    def weigh(self, *values: object) -> None:
        """Take as many steps as going through these values takes; numbers and moments are free."""
        for value in values:
            if type(value) is str:
                self.spend(1 + len(value) // 64)  # its weight
            elif type(value) not in _FREE and isinstance(value, (str, list, tuple, dict, Mapping)):
                self.spend(weight(value, self.left))

    def search(self, part: object, text: object) -> None:
        """Take as many steps as looking for a text in another may take, beyond going through both."""
        if isinstance(part, str) and isinstance(text, str) and len(part) < SHORT:
            self.spend(len(part) * len(text) // PAIRS)

    def call(self, name: str, arguments: list[Any], work: int = CALL) -> None:
        """Take the steps of a call with these arguments."""
        self.weigh(*arguments)
        if name in SEARCHING and len(arguments) == 2:
            self.search(arguments[1], arguments[0])
        counted = sum(min(abs(n), 4_000) for n in arguments if isinstance(n, (int, float))) if name in COUNTING else 0
        self.spend(work + DAY * int(counted))


def weight(value: object, limit: int) -> int:
    """How many parts a value has (64 characters of text are one), counted up to just above `limit`."""
    if type(value) in _FREE:
        return 1
    if type(value) is str:
        return 1 + len(value) // 64
    total, pending = 0, [value]
    while pending and total <= limit:
        part = pending.pop()
        total += 1
        if type(part) in _FREE:
            continue
        if isinstance(part, str):
            total += len(part) // 64
        elif isinstance(part, (dict, Mapping)):
            total += len(part)
            if total <= limit:
                pending += part.values()
        elif isinstance(part, (list, tuple)):
            total += len(part) // 8
            if total <= limit:
                pending += part
    return total


def accepted(value: Any) -> Any:
    """The value itself, when it is of a kind that variables can have. Raises EvaluationFailed otherwise."""
    kind = type(value)
    if kind in ANY or (kind is int and -MAX_INTEGER <= value <= MAX_INTEGER):
        return value
    if not isinstance(value, _ALLOWED):
        raise EvaluationFailed(
            f"{type(value).__name__} 类型的值不能用在表达式里。", en=f"a {type(value).__name__} cannot be used here."
        )
    if isinstance(value, int) and abs(value) > MAX_INTEGER:
        raise EvaluationFailed("数字太大。", en="the number is too large.")
    if isinstance(value, float) and not math.isfinite(value):
        raise EvaluationFailed("计算结果不是有限的数。", en="the result is not a finite number.")
    return value


def _numbers(*values: object) -> bool:
    return all(isinstance(value, (int, float)) for value in values)


def _mismatch(sign: str, left: object, right: object) -> EvaluationFailed:
    kinds = f"{_kind(left)}和{_kind(right)}"
    return EvaluationFailed(
        f"“{sign}”两边的类型不能一起计算：{kinds}。文字请用 str(…) 转换，空值请先判断。",
        en=f"'{sign}' cannot work on {type(left).__name__} and {type(right).__name__}.",
    )


def _kind(value: object) -> str:
    names = {bool: "是/否", int: "整数", float: "小数", str: "文字", list: "列表", dict: "对象", type(None): "空值"}
    return names.get(type(value), "日期时间" if isinstance(value, _MOMENTS) else type(value).__name__)


def _arithmetic(sign: str, function: Callable[[Any, Any], Any]) -> Callable[[Any, Any], Any]:
    """An operator that takes numbers only: no text repetition, no `%` formatting."""

    def apply(left: Any, right: Any) -> Any:
        if not _numbers(left, right):
            raise _mismatch(sign, left, right)
        return function(left, right)

    return apply


def _add(left: Any, right: Any) -> Any:
    if isinstance(left, str) and isinstance(right, str) and len(left) + len(right) <= MAX_TEXT:
        return left + right
    if isinstance(left, list) and isinstance(right, list) and len(left) + len(right) <= MAX_ITEMS:
        return left + right
    if _numbers(left, right) or isinstance(right, timedelta) or isinstance(left, timedelta):
        return left + right
    if isinstance(left, (str, list)) and type(left) is type(right):
        raise EvaluationFailed("相加的结果太长。", en="the sum is too long.")
    raise _mismatch("+", left, right)


def _subtract(left: Any, right: Any) -> Any:
    if _numbers(left, right) or (isinstance(left, _MOMENTS) and isinstance(right, _MOMENTS)):
        return left - right
    raise _mismatch("-", left, right)


def _power(base: Any, exponent: Any) -> Any:
    if not _numbers(base, exponent):
        raise _mismatch("**", base, exponent)
    if abs(exponent) > 1_000 or (isinstance(base, int) and base.bit_length() * abs(exponent) > 4_096):
        raise EvaluationFailed("乘方太大。", en="the power is too large.")
    return base**exponent


def _ordered(sign: str, function: Callable[[Any, Any], bool]) -> Callable[[Any, Any], bool]:
    """A comparison; a moment may be compared with its ISO 8601 text, which is how variables keep moments."""

    def apply(left: Any, right: Any) -> bool:
        try:
            return bool(function(*_comparable(left, right)))
        except TypeError:
            raise _mismatch(sign, left, right) from None

    return apply


def _comparable(left: Any, right: Any) -> tuple[Any, Any]:
    if isinstance(left, datetime) and isinstance(right, str):
        return left, _moment(right)
    if isinstance(right, datetime) and isinstance(left, str):
        return _moment(left), right
    return left, right


def _moment(text: str) -> datetime | str:
    """The moment that an ISO 8601 text with offset names; any other text stays a text."""
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return text
    return moment if moment.tzinfo else text


def _contains(item: Any, container: Any) -> bool:
    if not isinstance(container, (str, list, tuple, Mapping)) or (
        isinstance(container, str) and not isinstance(item, str)
    ):
        raise _mismatch("in", item, container)
    return item in container


def _negate(value: Any) -> Any:
    if not isinstance(value, (int, float, timedelta)):
        raise EvaluationFailed(f"“-”不能用在{_kind(value)}上。", en=f"'-' cannot work on {type(value).__name__}.")
    return -value


OPERATORS: dict[str, Callable[..., Any]] = {
    "Add": _add,
    "Sub": _subtract,
    "Mult": _arithmetic("*", operator.mul),
    "Div": _arithmetic("/", operator.truediv),
    "FloorDiv": _arithmetic("//", operator.floordiv),
    "Mod": _arithmetic("%", operator.mod),
    "Pow": _power,
    "Eq": _ordered("==", operator.eq),
    "NotEq": _ordered("!=", operator.ne),
    "Lt": _ordered("<", operator.lt),
    "LtE": _ordered("<=", operator.le),
    "Gt": _ordered(">", operator.gt),
    "GtE": _ordered(">=", operator.ge),
    "In": _contains,
    "NotIn": lambda item, container: not _contains(item, container),
    "Is": lambda left, right: left is right,
    "IsNot": lambda left, right: left is not right,
    "Not": operator.not_,
    "Invert": operator.not_,  # JUEL's `!`, which binds tighter than Python's `not`
    "USub": _negate,
    "UAdd": lambda value: _add(0, value),
}


def truth(value: Any) -> bool:
    """A condition's value as yes or no. The texts "true" and "false" are what they say; any other text is neither."""
    if not isinstance(value, str):
        return bool(value)
    if value.strip().lower() in ("true", "false"):
        return value.strip().lower() == "true"
    raise EvaluationFailed(
        f'条件的结果应为真或假，现在是文字“{value[:40]}”。请写成比较，例如 x == "是"。',
        en="a condition must be true or false, not a text; write a comparison.",
    )


def text_of(value: Any) -> str:
    """A value as text: empty for nothing, `true`/`false`, ISO 8601 for moments, JSON for lists and objects."""
    if value is None or isinstance(value, bool):
        return "" if value is None else str(value).lower()
    if isinstance(value, (datetime, date, time)):
        return value.isoformat()
    if isinstance(value, (list, tuple, Mapping)):
        if weight(value, MAX_TEXT // 10) > MAX_TEXT // 10:
            raise EvaluationFailed("要转成文字的值太大。", en="the value is too large for a text.")
        return json.dumps(value, ensure_ascii=False, default=text_of)
    return str(value)
