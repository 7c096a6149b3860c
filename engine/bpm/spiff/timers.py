"""When a timer is due: ISO 8601 values or moments → absolute UTC, counted from an explicit moment.

This is the one seam to time (rule C1). SpiffWorkflow's own timer definitions are not used at all: they read
`datetime.now` in six places, fire on strict `<`, evaluate Python and know local time only as the container's TZ.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from engine.errors import Invalid

_NUMBER = r"(\d+(?:[.,]\d+)?)"
_DURATION = re.compile(
    rf"P(?!$)(?:{_NUMBER}Y)?(?:{_NUMBER}M)?(?:{_NUMBER}W)?(?:{_NUMBER}D)?"
    rf"(?:T(?!$)(?:{_NUMBER}H)?(?:{_NUMBER}M)?(?:{_NUMBER}S)?)?"
)
_REPEAT = re.compile(r"R(-1|\d*)/(.+)")
LATEST = datetime(9000, 1, 1, tzinfo=UTC)


class BadTimer(Invalid):
    """This is no date, duration or cycle that a timer could follow."""


@dataclass(frozen=True, slots=True)
class Duration:
    """An ISO 8601 duration; months and years are calendar months, all else is exact."""

    months: int
    exact: timedelta

    def after(self, moment: datetime, zone: ZoneInfo, times: int = 1) -> datetime:
        """The moment this duration (or several of it) later, months counted on the local calendar, in UTC."""
        later = _add_months(moment.astimezone(zone), self.months * times) if self.months else moment
        try:
            return min(later.astimezone(UTC) + self.exact * times, LATEST)
        except OverflowError:
            return LATEST


@dataclass(frozen=True, slots=True)
class Schedule:
    """When a timer fires first and, for a cycle, its grid: `left` firings in all (None: without end), each `every`."""

    first: datetime
    every: Duration | None = None
    left: int | None = 1
    text: str = ""  # the ISO text of `every`


def schedule(value: Any, now: datetime, zone: ZoneInfo) -> Schedule:
    """The schedule of a timer whose value is a moment, a duration, or ISO text of one of them. Raises BadTimer."""
    if isinstance(value, timedelta):
        return Schedule(Duration(0, value).after(now, zone))
    if not isinstance(value, str):
        return Schedule(moment(value, zone))
    text = value.strip()
    repeat = _REPEAT.fullmatch(text.upper().replace("--", "/"))
    if repeat is not None:
        return _cycle(repeat.group(1), repeat.group(2).split("/"), now, zone, value)
    if text[:1] in ("P", "p"):
        return Schedule(duration(text).after(now, zone))
    return Schedule(moment(text, zone))


def moment(value: Any, zone: ZoneInfo, *, end_of_day: bool = False) -> datetime:
    """A moment in UTC from a datetime, a date or ISO text; what has no zone is local (rule C7). Raises BadTimer.

    A bare date is its beginning, or with `end_of_day` its end (24:00), as people mean a due date.
    """
    if isinstance(value, str):
        value = _parsed(value.strip())
    try:
        if isinstance(value, datetime):
            aware = value if value.tzinfo is not None else value.replace(tzinfo=zone)
            return aware.astimezone(UTC)
        if isinstance(value, date):
            day = value + timedelta(days=1) if end_of_day else value
            return datetime.combine(day, time(), zone).astimezone(UTC)
    except OverflowError:  # the first or last day that a calendar has, which is none in UTC or has no end
        pass
    raise _bad(value)


def due_date(value: Any, now: datetime, zone: ZoneInfo) -> datetime:
    """When work is due: a span counted from now, a moment, or a bare date, which is its end. Raises BadTimer."""
    if isinstance(value, timedelta) or (isinstance(value, str) and value.strip()[:1] in ("P", "p")):
        return schedule(value, now, zone).first
    return moment(value, zone, end_of_day=True)


def duration(text: str) -> Duration:
    """An ISO 8601 duration such as P3D, PT1H30M or P1M. Raises BadTimer."""
    found = _DURATION.fullmatch(text.strip().upper())
    if found is None:
        raise _bad(text)
    try:
        years, months, weeks, days, hours, minutes, seconds = (
            float((part or "0").replace(",", ".")) for part in found.groups()
        )
        whole = years * 12 + months
        if whole != int(whole) or whole > 100_000:
            raise _bad(text)
        exact = timedelta(weeks=weeks, days=days, hours=hours, minutes=minutes, seconds=seconds)
    except OverflowError:
        raise _bad(text) from None
    return Duration(int(whole), exact)


def _cycle(count: str, parts: list[str], now: datetime, zone: ZoneInfo, source: str) -> Schedule:
    left = None if count in ("", "-1") else int(count)
    if left == 0 or len(parts) > 2:
        raise _bad(source)
    if len(parts) == 1:
        every = duration(parts[0])
        first = every.after(now, zone)
    elif parts[1].startswith("P"):
        every, first = duration(parts[1]), moment(parts[0], zone)
    else:
        every, end = duration(parts[0]), moment(parts[1], zone)
        first = every.after(end, zone, times=-(left or 1))
    if every.after(now, zone) <= now:
        raise _bad(source)
    text = parts[0] if parts[0].startswith("P") else parts[1]
    return Schedule(first, every, left, text)


def _parsed(text: str) -> datetime | date:
    try:
        if re.fullmatch(r"\d{4}-?\d{2}-?\d{2}|\d{4}-?W\d{2}(-?\d)?", text, re.IGNORECASE):
            return date.fromisoformat(text.upper())
        return datetime.fromisoformat(text)
    except ValueError:
        raise _bad(text) from None


def _add_months(local: datetime, months: int) -> datetime:
    index = local.year * 12 + local.month - 1 + months
    year, month = divmod(index, 12)
    if not 1 <= year < LATEST.year:
        return LATEST
    for day in range(local.day, 27, -1):
        try:
            return local.replace(year=year, month=month + 1, day=day)
        except ValueError:
            continue
    return local.replace(year=year, month=month + 1)


def _bad(value: Any) -> BadTimer:
    shown = str(value)[:80]
    return BadTimer(
        f"“{shown}”不是有效的时间，请写成 P3D、R3/PT1H、2026-10-10T08:30:00+08:00，或 ${{workdays(3)}}。",
        en=f"'{shown}' is no valid time. Write ISO 8601 such as P3D, R3/PT1H, 2026-10-10T08:30:00+08:00.",
    )
