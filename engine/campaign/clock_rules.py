"""The clocks T1–T60: limits as data in rules/clocks.yaml, checked when they are read, and the dates they lead to.

Everything here is pure: a start is given, the calendar too; nothing is read from a database or a clock.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from pathlib import Path
from typing import Any, cast
from zoneinfo import ZoneInfo

from engine.app import App
from engine.bpm.functions import Counting
from engine.calendar import Calendar, Roll
from engine.calendar_words import PROVISIONAL, ending, rolled, sentence
from engine.campaign import execution_hours
from engine.campaign.clock_file import MARK, BadClocks, Clock, Counter, read
from engine.count_lines import amount
from engine.errors import Invalid
from engine.said import Said, english, joined

FILE = Path(__file__).parent / "rules" / "clocks.yaml"
UNITS = {"wd": "个工作日", "d": "日", "h": "小时", "wh": "个工作小时", "month": "个月", "year": "年"}
_MONTHS = {"month": 1, "quarter": 3, "half": 6, "year": 12}
_PERIODS = {
    "day": ("每日", "the day"), "week": ("每周", "the week"), "month": ("每月", "the month"),
    "quarter": ("每季度", "the quarter"), "half": ("每半年", "the half-year"), "year": ("每年", "the year"),
}  # fmt: skip
_TICK = timedelta(microseconds=1)

__all__ = [
    "FUNCTIONS", "MARK", "BadClocks", "Clock", "Due", "clocks", "due", "end_of", "happened", "in_force",
    "known", "latest", "on_day", "reached", "rule",
]  # fmt: skip


@dataclass(frozen=True, slots=True)
class Due:
    """The end of a clock: the moment (UTC) and the last day, in words and step by step; ``provisional`` while a
    holiday table is missing.
    """

    clock: Clock
    due_at: datetime
    last_day: date
    words: str
    trace: tuple[str, ...]
    provisional: bool
    n: int
    unit: str


@lru_cache(maxsize=1)
def clocks() -> tuple[Clock, ...]:
    """All rows of the shipped file, in its order; raises BadClocks when it is broken."""
    return read(FILE.read_text(encoding="utf-8"), str(FILE.name))


def rule(code: str, on: date, known: Iterable[Clock] | None = None) -> Clock:
    """The row of this clock that is in force on a day. Raises Invalid for an unknown code or a day without rule."""
    rows = _rows(code, clocks() if known is None else known)
    found = [clock for clock in rows if _holds(clock, on)]
    if not found:
        raise Invalid(
            f"时限“{code} {rows[0].title}”在 {on.isoformat()} 尚无生效的规则，请核对起算日。",
            en=f"No rule of clock {code} is in force on {on.isoformat()}; check the start.",
        )
    return found[0]


def on_day(code: str, on: date) -> Clock | None:
    """The same, None for a day on which there was no such rule yet; raises Invalid for an unknown code."""
    return next((clock for clock in _rows(code, clocks()) if _holds(clock, on)), None)


def known(code: str) -> bool:
    """Whether the file has this code."""
    return any(clock.code == code for clock in clocks())


def in_force(app: App, on: date | None = None) -> list[Clock]:
    """The clocks that are in force on a local day (today when left out), in the order of the file."""
    day = on or app.clock().astimezone(app.zone).date()
    return [
        clock for clock in clocks() if clock.valid_from <= day and (clock.valid_to is None or day <= clock.valid_to)
    ]


def end_of(app: App, code: str, start_at: datetime, n: int | None = None) -> dict[str, Any]:
    """When a clock ends that started then, in words, and by when to decide about it (``decide_by``); see ``due``."""
    found = due(app, code, start_at, n=n)
    return {
        "code": code, "title": found.clock.title, "due_at": found.due_at, "last_day": found.last_day,
        "decide_by": latest(app, found), "words": found.words, "provisional": found.provisional,
        "consequence": found.clock.consequence,
    }  # fmt: skip


def happened(app: App, code: str, moments: Sequence[datetime]) -> dict[str, Any]:
    """Whether a counter (T31) is full now with these events; raises Invalid for any other clock."""
    now = app.clock()
    clock = rule(code, now.astimezone(app.zone).date())
    return {
        "code": code, "title": clock.title, "reached": reached(clock, moments, now, app.zone),
        "consequence": clock.consequence, "clause": clock.clause,
    }  # fmt: skip


def due(app: App, code: str, start_at: datetime, *, on: date | None = None, n: int | None = None) -> Due:
    """When a clock that started at this moment ends, by the rule in force on the day ``on`` (that of the start when
    left out). ``n`` is needed where the rule leaves the number to the case, and may only be shorter elsewhere.
    """
    start = start_at.astimezone(app.zone)
    return count(rule(code, on or start.date()), start_at, app.calendar, app.zone, n=n)


def count(clock: Clock, start_at: datetime, calendar: Calendar, zone: ZoneInfo, *, n: int | None = None) -> Due:
    """The end of one clock. Raises Invalid when it is a counter, or ``n`` is missing or above the rule."""
    if clock.counter:
        raise Invalid(
            f"时限“{clock.code} {clock.title}”按次数计算，没有届满日期。",
            en=f"Clock {clock.code} counts events, it has no end.",
        )
    if clock.fixed:
        return _fixed(clock, start_at, calendar, zone)
    number = _number(clock, n)
    if clock.before:
        return _before(clock, start_at, number, calendar, zone)
    unit, amount = ("month", number * 12) if clock.unit == "year" else (clock.unit, number)
    found = calendar.count(start_at, amount, unit, clock.roll, zone)
    words = sentence(calendar, start_at, amount, unit, clock.roll, found, zone)
    return Due(
        clock, found.due_at, found.due, _whole(words, clock), (*found.trace, _basis(clock)), found.provisional,
        amount, unit,
    )  # fmt: skip


def latest(app: App, found: Due) -> datetime:
    """Decide by then: 24:00 of the last working day, where a limit on the authority itself does not roll (T19)."""
    day = app.calendar.last_workday(found.last_day) if found.clock.roll == "N" else found.last_day
    return min(found.due_at, app.calendar.end_of_day(day, app.zone))


def reached(clock: Clock, moments: Sequence[datetime], now: datetime, zone: ZoneInfo) -> bool:
    """Whether so many events of a counter lie within its window that ends today (T31: 3 in 180 days)."""
    counter, found = counted(clock, [moment.astimezone(zone).date() for moment in moments], now.astimezone(zone).date())
    return found >= counter.times


def counted(clock: Clock, days: Iterable[date], today: date) -> tuple[Counter, int]:
    """The counter of a clock and how many of these days lie within its window that ends today; raises Invalid for a
    clock that is none.
    """
    if not clock.counter:
        raise Invalid(f"时限“{clock.code}”不是次数规则。", en=f"Clock {clock.code} is no counter.")
    within, years = clock.counter.within, clock.counter.unit == "year"
    first = Calendar.default().add_months(today, -12 * within, "N") if years else today - timedelta(days=within)
    return clock.counter, sum(first < day <= today for day in days)


def _rows(code: str, known: Iterable[Clock]) -> list[Clock]:
    rows = [clock for clock in known if clock.code == code]
    if not rows:
        raise Invalid(
            f"没有时限“{code}”，请写 T1 到 T60 中的一个（见 engine/campaign/rules/clocks.yaml）。",
            en=f"There is no clock {code}; use one of T1 to T60 (see rules/clocks.yaml).",
        )
    return rows


def _holds(clock: Clock, day: date) -> bool:
    return clock.valid_from <= day and (clock.valid_to is None or day <= clock.valid_to)


def _number(clock: Clock, n: int | None) -> int:
    if clock.n is None and n is None:
        raise Invalid(
            f"时限“{clock.code} {clock.title}”的数量由案件决定，请填写天数。",
            en=f"Clock {clock.code} takes its number from the case; give n.",
        )
    most = clock.n if clock.most is None else clock.most
    least = clock.n if clock.most is not None and clock.n is not None else 0
    if n is not None and (n < least or (most is not None and n > most)):
        raise Invalid(
            f"时限“{clock.code} {clock.title}”应为 {least} 至 {most} {UNITS[clock.unit]}，"
            f"不能是 {n}（{clock.clause}）。",
            en=f"Clock {clock.code} allows {least} to {most} {clock.unit}, not {n} ({clock.clause}).",
        )
    return n if n is not None else cast(int, clock.n)


def _before(clock: Clock, start_at: datetime, n: int, calendar: Calendar, zone: ZoneInfo) -> Due:
    """The last moment for what must be done so long before another moment, such as a request before the expiry."""
    at = start_at.astimezone(zone)
    day = (at - _TICK).date()  # 24:00 belongs to the day that ends
    if clock.unit in ("h", "wh"):
        due_at = start_at.astimezone(UTC) - timedelta(hours=n)
        last = due_at.astimezone(zone)
        words = _no_later(f"{at:%Y-%m-%d %H:%M}", n, clock.unit, f"{last:%Y-%m-%d %H:%M}")
        return Due(clock, due_at, last.date(), _whole(words, clock), (words, _basis(clock)), False, n, clock.unit)
    if clock.unit == "wd":
        end, provisional = calendar.add_workdays(day, -n), day.year not in calendar.published_years
    else:
        months = {"month": n, "year": 12 * n}.get(clock.unit)
        end = calendar.add_months(day, -months, "N") if months else calendar.add_days(day, -n, "N")
        provisional = False
    words = _no_later(day.isoformat(), n, clock.unit, end.isoformat(), "届满")
    return Due(
        clock, calendar.end_of_day(end, zone), end, _whole(words, clock), (words, _basis(clock)), provisional,
        n, clock.unit,
    )  # fmt: skip


def _fixed(clock: Clock, start_at: datetime, calendar: Calendar, zone: ZoneInfo) -> Due:
    """The fixed day that belongs to the period in which the start lies."""
    assert clock.fixed is not None
    fixed, today = clock.fixed, start_at.astimezone(zone).date()
    if fixed.period == "day":
        raw = today
    elif fixed.period == "week":
        raw = today - timedelta(days=today.weekday()) + timedelta(days=cast(int, fixed.day) - 1)
    else:
        length = _MONTHS[fixed.period]
        first = date(today.year, (today.month - 1) // length * length + 1, 1)
        month = calendar.add_months(first, length - 1 + fixed.month, "N")
        next_month = calendar.add_months(month, 1, "N")
        raw = next_month - timedelta(days=1) if fixed.day == "last" else month.replace(day=cast(int, fixed.day))
    end = calendar.first_workday(raw) if clock.roll == "F" else raw
    provisional = clock.roll == "F" and end.year not in calendar.published_years
    due_at = calendar.end_of_day(end, zone)
    if fixed.at:
        due_at = datetime.combine(end, time.fromisoformat(fixed.at), zone).astimezone(UTC)
    told, told_en = _PERIODS[fixed.period]
    parts = [Said(f"{told}固定日期 {raw.isoformat()}", f"Fixed day of {told_en}: {raw.isoformat()}")]
    parts += rolled(calendar, raw, cast(Roll, clock.roll))
    parts += [PROVISIONAL] if provisional else []
    words = joined("，", ", ", [*parts, ending(end.isoformat() + (f" {fixed.at}" if fixed.at else ""))])
    return Due(clock, due_at, end, _whole(words, clock), (words, _basis(clock)), provisional, 0, "d")


def _no_later(before: str, n: int, unit: str, last: str, ended: str = "") -> Said:
    return Said(
        f"须在 {before} {ended}之前至少 {n} {UNITS[unit]}，最迟 {last}",
        f"At least {amount(n, unit)} before {before}: {last} at the latest",
    )


def _basis(clock: Clock) -> Said:
    if not clock.note:
        return Said(f"依据：{clock.clause}", f"Basis: {clock.clause}")
    return Said(f"依据：{clock.clause}（{clock.note}）", f"Basis: {clock.clause} ({english(clock.note)})")


def _whole(words: Said, clock: Clock) -> Said:
    return joined("；", "; ", (words, _basis(clock)))


def _clock(now: datetime, calendar: Calendar, zone: ZoneInfo) -> Callable[..., datetime]:
    """``clock("T19", start)``: the moment at which it ends; a third argument where the number is the case's own."""

    def moment(code: Any, start: Any, n: Any = None) -> datetime:
        began = _start(start, zone)
        return count(rule(str(code), began.astimezone(zone).date()), began, calendar, zone, n=n).due_at

    return moment


def _start(value: Any, zone: ZoneInfo) -> datetime:
    """The start as an aware moment; texts are ISO 8601, local when they carry no offset."""
    try:
        read_ = datetime.fromisoformat(value) if isinstance(value, str) else value
    except ValueError:
        read_ = None
    if isinstance(read_, date) and not isinstance(read_, datetime):
        read_ = datetime(read_.year, read_.month, read_.day, tzinfo=zone)
    if not isinstance(read_, datetime):
        raise Invalid(
            'clock 的用法：clock("T19", 起点)，起点是日期或日期时间。',
            en='use clock("T19", start) with a date or moment.',
        )
    return read_ if read_.tzinfo else read_.replace(tzinfo=zone)


def _barred(now: datetime, calendar: Calendar, zone: ZoneInfo) -> Callable[[], bool]:
    """``execution_barred()``: whether it is night or a statutory holiday now, when nothing may be executed by force."""
    return lambda: execution_hours.barred(now, calendar, zone)


FUNCTIONS: dict[str, Callable[..., Any]] = {"clock": Counting(_clock), "execution_barred": Counting(_barred)}
