"""A period in one sentence, as it stands on a paper; the steps of the count are `Count.trace`."""

from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from engine.count_lines import amount, holiday, runs
from engine.said import Said, joined

if TYPE_CHECKING:
    from engine.calendar import Calendar, Count

PROVISIONAL = Said("放假安排尚未公布，暂定", "provisional: the holidays are not published yet")
_NAMES = {"wd": "个工作日", "d": "日", "h": "小时", "wh": "个工作小时", "month": "个月"}


def sentence(
    calendar: "Calendar", start: date | datetime, n: int, unit: str, roll: str, count: "Count", zone: ZoneInfo
) -> Said:
    """「从 2026-09-24 次日起算，3 个工作日，跳过 9-25…27 中秋，届满 2026-09-30」."""
    if unit in ("h", "wh") and isinstance(start, datetime):
        began, ends = start.astimezone(zone), count.due_at.astimezone(zone)
        parts = [Said(f"从 {began:%Y-%m-%d %H:%M} 起算", f"from {began:%Y-%m-%d %H:%M}"), _amount(n, unit)]
        parts += skipped(calendar, began.date(), ends.date()) if unit == "wh" else ()
        return joined("，", ", ", [*parts, *_provisional(count), ending(f"{ends:%Y-%m-%d %H:%M}")])
    first = start.astimezone(zone).date() if isinstance(start, datetime) else start
    if n == 0:
        done = Said(f"{first.isoformat()} 当日办结", f"on {first.isoformat()} itself")
        return joined("，", ", ", [done, ending(count.due.isoformat())])
    begins = Said(f"从 {first.isoformat()} 次日起算", f"from the day after {first.isoformat()}")
    parts = [begins, _amount(n, unit)]
    parts += skipped(calendar, first, count.due) if unit == "wd" else rolled(calendar, count.raw, roll)
    return joined("，", ", ", [*parts, *_provisional(count), ending(count.due.isoformat())])


def ending(at: str) -> Said:
    """When it is over."""
    return Said(f"届满 {at}", f"ends on {at}")


def _amount(n: int, unit: str) -> Said:
    return Said(f"{n} {_NAMES[unit]}", amount(n, unit))


def skipped(calendar: "Calendar", first: date, last: date) -> list[Said]:
    """The holidays in (first, last] by name and span, and the weekends that worked; plain weekends need no words."""
    low, high = sorted((first, last))
    days = [low + timedelta(days=i) for i in range(1, (high - low).days + 1)]
    found = [
        Said(f"跳过 {_span(run)} {name}", f"skipping {_span(run)} {holiday(name)}")
        for name, run in runs((day, calendar.day_off(day)) for day in days)
    ]
    worked = [day for day in days if day.weekday() >= 5 and calendar.is_workday(day)]
    return found + [
        Said(f"{day.month}-{day.day} 调休上班计入", f"{day.month}-{day.day} works and counts") for day in worked
    ]


def rolled(calendar: "Calendar", last: date, roll: str) -> list[Said]:
    """What became of a last day on which nobody works."""
    why = calendar.day_off(last)
    if why is None:
        return []
    day = f"{last.month}-{last.day}"
    if roll == "N":
        return [Said(f"末日 {day} 为{why}，不顺延", f"the last day {day} is off ({holiday(why)}) and stays")]
    return [Said(f"末日 {day} 为{why}，顺延", f"the last day {day} is off ({holiday(why)}) and moves on")]


def _provisional(count: "Count") -> list[Said]:
    return [PROVISIONAL] if count.provisional else []


def _span(run: list[date]) -> str:
    first, last = run[0], run[-1]
    if first == last:
        return f"{first.month}-{first.day}"
    return f"{first.month}-{first.day}…" + (f"{last.day}" if last.month == first.month else f"{last.month}-{last.day}")
