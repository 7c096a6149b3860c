"""The periods of a rhythm: day, week, month, quarter, half-year, year. Pure: a day is given, no clock is read."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

MONTHS = {"month": 1, "quarter": 3, "half": 6, "year": 12}
RHYTHM_NAMES = {"day": "每日", "week": "每周", "month": "每月", "quarter": "每季度", "half": "每半年", "year": "每年"}
_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Period:
    """One period: its key (``2026-10-12 2026-W42 2026-10 2026-Q4 2026-H2 2026``), its first and its last day."""

    key: str
    starts_on: date
    ends_on: date


def period_of(rhythm: str, day: date) -> Period:
    """The period of this rhythm in which a day lies; a week begins on Monday and has its ISO number."""
    if rhythm == "day":
        return Period(day.isoformat(), day, day)
    if rhythm == "week":
        year, week, weekday = day.isocalendar()
        monday = day - _DAY * (weekday - 1)
        return Period(f"{year}-W{week:02d}", monday, monday + 6 * _DAY)
    length = MONTHS[rhythm]
    number = (day.month - 1) // length
    starts_on = date(day.year, number * length + 1, 1)
    return Period(_key(rhythm, day.year, number + 1), starts_on, month_after(starts_on, length) - _DAY)


def periods_between(rhythm: str, first: date, last: date) -> Iterator[Period]:
    """Every period that has a day in [first, last], in order."""
    day = first
    while day <= last:
        period = period_of(rhythm, day)
        yield period
        day = period.ends_on + _DAY


def period_named(key: str) -> Period:
    """The period of this key; raises ValueError for a key that names none."""
    try:
        rhythm, day = _read(key)
    except OverflowError as error:
        raise ValueError(f"{key!r} names no period") from error
    period = period_of(rhythm, day)
    if period.key != key:
        raise ValueError(f"{key!r} names no period")
    return period


def month_after(first: date, n: int) -> date:
    """The first day of the n-th month after the month of a day."""
    year, month = divmod(first.year * 12 + first.month - 1 + n, 12)
    return date(year, month + 1, 1)


def _key(rhythm: str, year: int, number: int) -> str:
    tail = {"month": f"-{number:02d}", "quarter": f"-Q{number}", "half": f"-H{number}", "year": ""}
    return f"{year:04d}{tail[rhythm]}"


def _read(key: str) -> tuple[str, date]:
    year, _, rest = key.partition("-")
    if not rest:
        return "year", date(int(year), 1, 1)
    if rest[0] == "W":
        return "week", date.fromisocalendar(int(year), int(rest[1:]), 1)
    if rest[0] in "QH":
        rhythm = "quarter" if rest[0] == "Q" else "half"
        return rhythm, date(int(year), (int(rest[1:]) - 1) * MONTHS[rhythm] + 1, 1)
    if "-" in rest:
        return "day", date.fromisoformat(key)
    return "month", date(int(year), int(rest), 1)
