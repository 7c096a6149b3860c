"""A period in one sentence, as it stands on a paper; the steps of the count are `Count.trace`."""

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

if TYPE_CHECKING:
    from engine.calendar import Calendar, Count

_DAY = timedelta(days=1)
_NAMES = {"wd": "个工作日", "d": "日", "h": "小时", "wh": "个工作小时", "month": "个月"}


def sentence(
    calendar: "Calendar", start: date | datetime, n: int, unit: str, roll: str, count: "Count", zone: ZoneInfo
) -> str:
    """「从 2026-09-24 次日起算，3 个工作日，跳过 9-25…27 中秋，届满 2026-09-30」."""
    if unit in ("h", "wh") and isinstance(start, datetime):
        began, ends = start.astimezone(zone), count.due_at.astimezone(zone)
        parts = [f"从 {began:%Y-%m-%d %H:%M} 起算", f"{n} {_NAMES[unit]}"]
        parts += skipped(calendar, began.date(), ends.date()) if unit == "wh" else ()
        return "，".join([*parts, *_provisional(count), f"届满 {ends:%Y-%m-%d %H:%M}"])
    first = start.astimezone(zone).date() if isinstance(start, datetime) else start
    if n == 0:
        return f"{first.isoformat()} 当日办结，届满 {count.due.isoformat()}"
    parts = [f"从 {first.isoformat()} 次日起算", f"{n} {_NAMES[unit]}"]
    parts += skipped(calendar, first, count.due) if unit == "wd" else rolled(calendar, count.raw, roll)
    return "，".join([*parts, *_provisional(count), f"届满 {count.due.isoformat()}"])


def skipped(calendar: "Calendar", first: date, last: date) -> list[str]:
    """The holidays in (first, last] by name and span, and the weekends that worked; plain weekends need no words."""
    low, high = sorted((first, last))
    days = [low + timedelta(days=i) for i in range(1, (high - low).days + 1)]
    found = [f"跳过 {_span(run)} {name}" for name, run in _runs(calendar, days)]
    worked = [day for day in days if day.weekday() >= 5 and calendar.is_workday(day)]
    return found + [f"{day.month}-{day.day} 调休上班计入" for day in worked]


def rolled(calendar: "Calendar", last: date, roll: str) -> list[str]:
    """What became of a last day on which nobody works."""
    why = calendar.day_off(last)
    if why is None:
        return []
    if roll == "N":
        return [f"末日 {last.month}-{last.day} 为{why}，不顺延"]
    return [f"末日 {last.month}-{last.day} 为{why}，顺延"]


def _provisional(count: "Count") -> list[str]:
    return ["放假安排尚未公布，暂定"] if count.provisional else []


def _runs(calendar: "Calendar", days: list[date]) -> Iterator[tuple[str, list[date]]]:
    """Consecutive days of one holiday together."""
    run: list[date] = []
    name = ""
    for day in days:
        why = calendar.day_off(day)
        if run and why == name:
            run.append(day)
            continue
        if run:
            yield name, run
        run, name = ([day], why) if why not in (None, "周末") and why else ([], "")
    if run:
        yield name, run


def _span(run: list[date]) -> str:
    first, last = run[0], run[-1]
    if first == last:
        return f"{first.month}-{first.day}"
    return f"{first.month}-{first.day}…" + (f"{last.day}" if last.month == first.month else f"{last.month}-{last.day}")
