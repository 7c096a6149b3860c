"""The functions that expressions know; they see one given moment, one calendar and one zone, and no clock."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from engine.bpm.expression_limits import EvaluationFailed, text_of
from engine.calendar import Calendar

BUILTIN_NAMES = frozenset({
    "now", "days", "workdays", "hours", "workhours", "next_workday", "date", "overdue_workdays", "workdays_left",
    "deadline", "due_date", "latest_decision", "workdays_before", "len", "min", "max", "round", "str", "int",
})  # fmt: skip
MAX_DISTANCE = 4_000  # days, hours or working days between now and a moment that an expression asks for
_TICK = timedelta(microseconds=1)
_EARLIEST, _LATEST = datetime(1900, 1, 1, tzinfo=UTC), datetime(2200, 1, 1, tzinfo=UTC)  # where days are counted


@dataclass(frozen=True, slots=True)
class Counting:
    """A registered function that counts days: made anew for each moment, with the calendar and zone of the step."""

    make: Callable[[datetime, Calendar, ZoneInfo], Callable[..., Any]]

    def __call__(self, now: datetime, calendar: Calendar, zone: ZoneInfo) -> Callable[..., Any]:
        """The function itself for one moment."""
        return self.make(now, calendar, zone)


@dataclass(frozen=True, slots=True)
class Registered:
    """A function of the installation, for one moment; what a call may cost is not known here."""

    function: Callable[..., Any]

    def __call__(self, *arguments: Any) -> Any:
        """What it gives; it may raise anything."""
        return self.function(*arguments)


def functions_at(
    now: datetime, calendar: Calendar, zone: ZoneInfo, registered: Mapping[str, Callable[..., Any]]
) -> dict[str, Callable[..., Any]]:
    """The built-in and the registered functions for one moment."""
    bound = {
        name: Registered(function(now, calendar, zone) if isinstance(function, Counting) else function)
        for name, function in registered.items()
    }
    return {**builtin_functions(now, calendar, zone), **bound}


def builtin_functions(now: datetime, calendar: Calendar, zone: ZoneInfo) -> dict[str, Callable[..., Any]]:
    """The functions by name, for one moment `now` (aware). Each raises EvaluationFailed on a wrong argument."""
    today = now.astimezone(zone).date()

    def moment(value: Any) -> datetime:
        return _moment(value, zone)

    def due_day(due_at: Any) -> date:
        """The local day whose 24:00 (or some moment of which) the deadline is."""
        day = (max(moment(due_at), _EARLIEST) - _TICK).astimezone(zone).date()
        _number((today - day).days)
        return day

    def overdue(due_at: Any) -> int:
        """Working days past the local due date, today included; 0 before the due moment."""
        return 0 if now < moment(due_at) else calendar.workdays_between(due_day(due_at), today)

    def latest_decision(due_at: Any) -> datetime:
        """24:00 of the last working day up to the deadline's day: decide by then where a limit does not roll (T19)."""
        return calendar.end_of_day(calendar.last_workday(due_day(due_at)), zone)

    def workdays_before(due_at: Any, n: Any) -> datetime:
        """08:30 of the n-th working day before the deadline's day."""
        day = calendar.add_workdays(due_day(due_at), -_whole(n))
        return datetime.combine(day, time(8, 30), zone).astimezone(UTC)

    return {
        "now": lambda: now.astimezone(UTC),
        "days": lambda n: calendar.end_of_day(calendar.add_days(today, _whole(n), "N"), zone),
        "workdays": lambda n: calendar.end_of_day(calendar.add_workdays(today, _whole(n)), zone),
        "hours": lambda n: now.astimezone(UTC) + timedelta(hours=_number(n)),
        "workhours": lambda n: calendar.add_workhours(now, _number(n), zone),
        "next_workday": lambda at="08:30": calendar.next_workday(now, _clock_time(at), zone),
        "date": moment,
        "len": _length,
        "min": lambda *values: _extreme(min, values),
        "max": lambda *values: _extreme(max, values),
        "round": _rounded,
        "str": text_of,
        "int": _integer,
        "overdue_workdays": overdue,
        "deadline": lambda start, n, unit, roll="F": _counted(
            calendar, _near(moment(start)), _whole(n), unit, roll, zone
        ),
        "due_date": lambda due_at: due_day(due_at).isoformat(),
        "latest_decision": latest_decision,
        "workdays_before": workdays_before,
        "workdays_left": lambda due_at: calendar.workdays_between(today, due_day(due_at)),
    }


def _moment(value: Any, zone: ZoneInfo) -> datetime:
    """A date (its first moment, 00:00 local) or a date-time as an aware moment in UTC; texts are ISO 8601."""
    try:
        read = datetime.fromisoformat(value) if isinstance(value, str) else value
    except ValueError:
        read = None
    if isinstance(read, date) and not isinstance(read, datetime):
        read = datetime(read.year, read.month, read.day, tzinfo=zone)
    if not isinstance(read, datetime):
        raise EvaluationFailed(
            f"“{text_of(value)[:40]}”不是日期，请写成 2026-10-10 或 2026-10-10T08:30:00+08:00。",
            en="this is no date; write 2026-10-10 or 2026-10-10T08:30:00+08:00.",
        )
    return (read if read.tzinfo else read.replace(tzinfo=zone)).astimezone(UTC)


def _counted(calendar: Calendar, start: datetime, n: int, unit: Any, roll: Any, zone: ZoneInfo) -> datetime:
    """The moment at which a period ends: n of unit wd, d, h, wh or month after the start, which is not counted."""
    try:
        return calendar.count(start, n, str(unit), str(roll), zone).due_at
    except ValueError:
        raise EvaluationFailed(
            'deadline 的用法：deadline(起点, 3, "wd", "F")，单位 wd、d、h、wh 或 month，顺延 F 或 N。',
            en='use deadline(start, 3, "wd", "F"); unit wd, d, h, wh or month, roll F or N.',
        ) from None


def _near(start: datetime) -> datetime:
    """The moment itself, when days can be counted from it: the calendar makes up each year that it walks through."""
    if not _EARLIEST <= start <= _LATEST:
        raise EvaluationFailed(
            f"“{start.date()}”离今天太远，请检查日期。", en=f"{start.date()} is too far away; check the date."
        )
    return start


def _number(n: Any) -> float:
    if isinstance(n, bool) or not isinstance(n, (int, float)) or abs(n) > MAX_DISTANCE:
        raise EvaluationFailed(
            f"“{text_of(n)[:40]}”应当是不超过 {MAX_DISTANCE} 的数。",
            en=f"a number of at most {MAX_DISTANCE} is needed.",
        )
    return n


def _whole(n: Any) -> int:
    number = _number(n)
    if number != int(number):
        raise EvaluationFailed(f"“{n}”应当是整数。", en=f"{n} must be a whole number.")
    return int(number)


def _clock_time(at: Any) -> str:
    parts = at.split(":") if isinstance(at, str) else []
    if len(parts) != 2 or not all(part.isdecimal() and len(part) <= 2 for part in parts):
        raise EvaluationFailed('时间请写成 "08:30" 的样子。', en='write the time like "08:30".')
    hour, minute = int(parts[0]), int(parts[1])
    if hour > 23 or minute > 59:
        raise EvaluationFailed('时间请写成 "08:30" 的样子。', en='write the time like "08:30".')
    return f"{hour:02}:{minute:02}"


def _length(value: Any) -> int:
    if not isinstance(value, (str, list, tuple, Mapping)):
        raise EvaluationFailed("len 只能用在文字、列表或对象上。", en="len takes a text, a list or an object.")
    return len(value)


def _extreme(choose: Callable[..., Any], values: tuple[Any, ...]) -> Any:
    """The least or greatest of the arguments, or of the entries of a single list."""
    entries = values[0] if len(values) == 1 and isinstance(values[0], (list, tuple)) else values
    if not entries:
        raise EvaluationFailed("min 和 max 至少需要一个值。", en="min and max need a value.")
    try:
        return choose(entries)
    except TypeError:
        raise EvaluationFailed("min 和 max 的值要能互相比较。", en="the values cannot be compared.") from None


def _rounded(value: Any, digits: Any = 0) -> Any:
    if not isinstance(value, (int, float)) or not isinstance(digits, int) or not 0 <= digits <= 15:
        raise EvaluationFailed("round 需要一个数，小数位数为 0 到 15。", en="round takes a number and 0 to 15 digits.")
    return round(value, digits) if digits else round(value)


def _integer(value: Any) -> int:
    try:
        if isinstance(value, (int, float)) or (isinstance(value, str) and len(value) <= 60):
            return int(value)
    except (ValueError, OverflowError):
        pass
    raise EvaluationFailed(f"“{text_of(value)[:40]}”不能变成整数。", en="this cannot become a whole number.")
