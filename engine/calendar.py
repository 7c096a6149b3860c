"""Counts working days, natural days, hours and months and says in words how; it knows no clock, a start is given."""

import calendar
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from typing import Literal, Self
from zoneinfo import ZoneInfo

from engine import count_lines as lines
from engine.count_lines import UNITS
from engine.holidays import published_days_off, published_working_weekends, statutory_holidays
from engine.said import Said

Unit = Literal["wd", "d", "h", "wh", "month"]
Roll = Literal["F", "N"]
Span = tuple[time, time]

WORKING_SPANS: tuple[Span, ...] = ((time(8, 30), time(12, 0)), (time(14, 30), time(18, 0)))
MAX_COUNT = 10_000  # days, hours or months in one count
_DAY = timedelta(days=1)
_ONE_BY_ONE = 5  # working days up to which each one is listed in the trace


@dataclass(frozen=True, slots=True)
class Count:
    """The end of a period: the last day, the moment it ends (UTC), whether a table is still missing, and why.

    ``raw`` is the last day before it rolled; ``calendar_words.sentence`` says it all in one sentence.
    """

    due: date
    due_at: datetime
    provisional: bool
    trace: tuple[str, ...]
    raw: date


class Calendar:
    """Which days work. Years without a published table count as Monday to Friday less the known statutory holidays."""

    def __init__(self, off: Mapping[date, str], working: Mapping[date, str], years: Iterable[int]) -> None:
        self._off, self._working, self.published_years = dict(off), dict(working), frozenset(years)
        self._statutory: dict[int, dict[date, str]] = {}
        self._worked: dict[int, list[int]] = {}

    @classmethod
    @lru_cache(maxsize=1)
    def default(cls) -> Self:
        """The tables that the State Council has published, from the library `chinesecalendar`."""
        off = published_days_off()
        return cls(off, published_working_weekends(), range(min(off).year, max(off).year + 1))

    def extended(self, year: int, off: Mapping[date, str], working: Mapping[date, str]) -> "Calendar":
        """This calendar with one more published year."""
        return Calendar(self._off | dict(off), self._working | dict(working), self.published_years | {year})

    def replaced(self, year: int, off: Mapping[date, str], working: Mapping[date, str]) -> "Calendar":
        """This calendar with another table of a year. A December day belongs to the New Year of the table after it."""

        def others(days: Mapping[date, str]) -> dict[date, str]:
            return {day: name for day, name in days.items() if day.year != year or (day.month == 12 and "元旦" in name)}

        return Calendar(others(self._off), others(self._working), self.published_years).extended(year, off, working)

    def table(self, year: int) -> tuple[dict[date, str], dict[date, str]]:
        """The days off and the working weekends that are known of a year, with their holidays."""
        return (
            {day: name for day, name in self._off.items() if day.year == year},
            {day: name for day, name in self._working.items() if day.year == year},
        )

    def is_statutory_holiday(self, day: date) -> bool:
        """Whether it is one of the 法定节假日 themselves, not a weekend or a swapped day off."""
        return day in self._statutory_of(day.year)

    def is_workday(self, day: date) -> bool:
        """Whether it is a 工作日: no weekend, no day off of the table; a working weekend counts."""
        return self.day_off(day) is None

    def day_off(self, day: date) -> str | None:
        """Why nobody works on this day (`国庆节`, `周末`), or None on a working day."""
        if day in self._working:
            return None
        if day in self._off:
            return self._off[day]
        if day.year not in self.published_years and (name := self._statutory_of(day.year).get(day)):
            return name
        return "周末" if day.weekday() >= 5 else None

    def add_workdays(self, start: date, n: int) -> date:
        """The n-th working day after the start (before it, when n is negative); the start is not counted."""
        _bounded(n)
        if n == 0:
            return start
        year, place = (
            start.year,
            (bisect_right if n > 0 else bisect_left)(self._workdays(start.year), start.toordinal()),
        )
        place += n - 1 if n > 0 else n
        while place < 0:
            year -= 1
            place += len(self._workdays(year))
        while place >= len(self._workdays(year)):
            place -= len(self._workdays(year))
            year += 1
        return date.fromordinal(self._workdays(year)[place])

    def add_days(self, start: date, n: int, roll: Roll = "F") -> date:
        """The n-th natural day after the start; with roll F a last day that is off moves to the next working day."""
        _bounded(n)
        day = start + timedelta(days=n)
        return self.first_workday(day) if roll == "F" else day

    def add_months(self, start: date, n: int, roll: Roll = "F") -> date:
        """The corresponding day n months later, or that month's last day (民法典 202), rolled like days."""
        _bounded(n)
        year, month = divmod(start.year * 12 + start.month - 1 + n, 12)
        day = date(year, month + 1, min(start.day, calendar.monthrange(year, month + 1)[1]))
        return self.first_workday(day) if roll == "F" else day

    def first_workday(self, day: date) -> date:
        """This day or the first working day after it."""
        while not self.is_workday(day):
            day += _DAY
        return day

    def last_workday(self, day: date) -> date:
        """This day or the last working day before it: act by then, when the limit itself does not roll."""
        while not self.is_workday(day):
            day -= _DAY
        return day

    def workdays_between(self, after: date, upto: date) -> int:
        """How many working days lie in (after, upto]; 0 when `upto` is not later."""
        if upto <= after:
            return 0
        years = sum(len(self._workdays(year)) for year in range(after.year, upto.year))
        return years + self._worked_by(upto) - self._worked_by(after)

    def end_of_day(self, day: date, zone: ZoneInfo) -> datetime:
        """24:00 local time of the day, as a moment in UTC."""
        return datetime.combine(day + _DAY, time(), zone).astimezone(UTC)

    def next_workday(self, after: datetime, at: str, zone: ZoneInfo) -> datetime:
        """The first moment later than `after` that is this local time ("08:30") on a working day, in UTC."""
        clock = time.fromisoformat(at.zfill(5))
        day = after.astimezone(zone).date()
        if _local(day, clock, zone) <= after:
            day += _DAY
        return _local(self.first_workday(day), clock, zone)

    def add_workhours(
        self, start: datetime, hours: float, zone: ZoneInfo, spans: tuple[Span, ...] = WORKING_SPANS
    ) -> datetime:
        """The moment (UTC) at which so many hours of office time have passed since the start."""
        _bounded(hours, least=0)
        left, day = timedelta(hours=hours), start.astimezone(zone).date()
        daily = _office_day(spans)
        if not left:
            return start.astimezone(UTC)
        while True:
            for opens, closes in spans if self.is_workday(day) else ():
                begins, ends = max(start, _local(day, opens, zone)), _local(day, closes, zone)
                if begins + left <= ends:
                    return (begins + left).astimezone(UTC)
                left -= max(ends - begins, timedelta())
            whole = -(-left // daily) - 1  # working days that pass as a whole
            day = self.add_workdays(day, whole) + _DAY
            left -= whole * daily

    def count(self, start: date | datetime, n: int, unit: str, roll: str, zone: ZoneInfo) -> Count:
        """The end of a period with its explanation. A moment counts from its local day; hours need a moment.

        Raises ValueError for an unknown unit or roll, or a number out of bounds."""
        if unit not in UNITS or roll not in ("F", "N"):
            raise ValueError(f"unknown unit {unit!r} or roll {roll!r}")
        if isinstance(start, datetime):
            day = start.astimezone(zone).date()
            if unit in ("h", "wh"):
                return self._count_hours(start, n, unit, zone)
        elif unit in ("h", "wh"):
            raise ValueError("hours are counted from a moment, not from a day")
        else:
            day = start
        raw = self._raw_end(day, n, unit)
        due = self.first_workday(raw) if roll == "F" and unit != "wd" else raw
        trace: list[str] = [lines.starts(day), lines.added(n, unit, raw, self._listed(day, raw, n, unit))]
        trace += self._skipped(day, raw) if unit == "wd" else ()
        if due != raw:
            trace.append(lines.rolled(raw, self.day_off(raw), due))
        elif roll == "N" and unit != "wd" and not self.is_workday(raw):
            trace.append(lines.kept(raw, self.day_off(raw)))
        elif roll == "F" and raw in self._working:
            trace.append(lines.worked(raw))
        moved = unit == "wd" or roll == "F"  # only then does a table decide the date
        provisional = moved and self._unpublished(raw if unit != "wd" else day, due)
        trace += self._notice(day, due) if provisional else ()
        trace.append(lines.ends(due))
        return Count(due, self.end_of_day(due, zone), provisional, tuple(trace), raw)

    def _raw_end(self, day: date, n: int, unit: str) -> date:
        if unit == "wd":
            return self.add_workdays(day, n)
        return self.add_months(day, n, "N") if unit == "month" else self.add_days(day, n, "N")

    def _count_hours(self, start: datetime, n: int, unit: str, zone: ZoneInfo) -> Count:
        _bounded(n)
        due_at = start.astimezone(UTC) + timedelta(hours=n) if unit == "h" else self.add_workhours(start, n, zone)
        began, ends = start.astimezone(zone), due_at.astimezone(zone)
        provisional = unit == "wh" and self._unpublished(began.date(), ends.date())
        trace: list[str] = [lines.from_moment(began), lines.added(n, unit)]
        trace += self._skipped(began.date(), ends.date()) if unit == "wh" else ()
        trace += self._notice(began.date(), ends.date()) if provisional else ()
        trace.append(lines.ends(ends.date(), f"{ends:%H:%M}"))
        return Count(ends.date(), due_at, provisional, tuple(trace), ends.date())

    def _listed(self, start: date, due: date, n: int, unit: str) -> list[date]:
        if unit != "wd" or not 1 < n <= _ONE_BY_ONE:
            return []
        return [day for day in _after(start, due) if self.is_workday(day)]

    def _skipped(self, start: date, due: date) -> list[Said]:
        """The holidays and working weekends between, in words; plain weekends need none."""
        low, high = sorted((start, due))
        return lines.skipped([(day, self.day_off(day)) for day in _after(low, high)], self._working)

    def _unpublished(self, first: date, last: date) -> bool:
        return any(year not in self.published_years for year in range(first.year, last.year + 1))

    def _notice(self, first: date, last: date) -> list[Said]:
        return [
            lines.unpublished([year for year in range(first.year, last.year + 1) if year not in self.published_years])
        ]

    def _workdays(self, year: int) -> list[int]:
        """The ordinals of a year's working days, in order."""
        if year not in self._worked:
            days = range(date(year, 1, 1).toordinal(), date(year, 12, 31).toordinal() + 1)
            self._worked[year] = [day for day in days if self.is_workday(date.fromordinal(day))]
        return self._worked[year]

    def _worked_by(self, day: date) -> int:
        """How many working days of its year are over at the end of this day."""
        return bisect_right(self._workdays(day.year), day.toordinal())

    def _statutory_of(self, year: int) -> dict[date, str]:
        if year not in self._statutory:
            self._statutory[year] = statutory_holidays(year)
        return self._statutory[year]


def _bounded(n: float, least: float = -MAX_COUNT) -> None:
    if not least <= n <= MAX_COUNT:
        raise ValueError(f"{n} is not between {least} and {MAX_COUNT}")


@lru_cache(maxsize=32)
def _office_day(spans: tuple[Span, ...]) -> timedelta:
    day = date(2026, 1, 1)  # any: a clock time has no distance to another one
    return sum((datetime.combine(day, closes) - datetime.combine(day, opens) for opens, closes in spans), timedelta())


def _local(day: date, clock: time, zone: ZoneInfo) -> datetime:
    return datetime.combine(day, clock, zone).astimezone(UTC)


def _after(first: date, last: date) -> Iterator[date]:
    """The days in (first, last]."""
    return (first + timedelta(days=i) for i in range(1, (last - first).days + 1))
