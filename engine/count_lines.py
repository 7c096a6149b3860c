"""The steps of a count, a sentence each in both languages: `Count.trace`."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime, timedelta

from engine.said import Said

WEEKEND = "周末"
UNITS: dict[str, str] = {"wd": "个工作日", "d": "个自然日", "h": "小时", "wh": "个工作小时", "month": "个月"}
IN_ENGLISH: dict[str, str] = {
    "wd": "working day", "d": "day", "h": "hour", "wh": "working hour", "month": "month", "year": "year",
}  # fmt: skip
HOLIDAYS: dict[str, str] = {
    "元旦": "New Year", "春节": "Spring Festival", "清明": "Qingming", "劳动节": "Labour Day", "端午": "Dragon Boat",
    "中秋": "Mid-Autumn", "国庆节": "National Day", WEEKEND: "weekend",
}  # fmt: skip
_WEEKDAYS, _DAYS = "一二三四五六日", ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_DAY = timedelta(days=1)


def amount(n: int, unit: str) -> str:
    """A number of days, hours or months in English: 3 working days."""
    return f"{n} {IN_ENGLISH[unit]}{'' if n == 1 else 's'}"


def holiday(name: str | None) -> str:
    """The English name of a holiday; one that the shipped tables do not have keeps its own."""
    return HOLIDAYS.get(name or "", name or "")


def starts(day: date) -> Said:
    """The day that is not counted."""
    return Said(f"起算日 {_zh(day)}不计入", f"Counted from the day after {_en(day)}")


def from_moment(began: datetime) -> Said:
    """The moment from which hours are counted."""
    return Said(
        f"自 {_zh(began.date())} {began:%H:%M} 起", f"Counted from {_en(began.date())} {began:%H:%M}"
    )  # fmt: skip


def added(n: int, unit: str, last: date | None = None, listed: Sequence[date] = ()) -> Said:
    """How much is added, the last day, and each day of a short list."""
    zh, en = f"加 {n} {UNITS[unit]}", f"Plus {amount(n, unit)}"
    if last is not None:
        zh, en = f"{zh}，至 {_zh(last)}", f"{en}, to {_en(last)}"
    if listed:
        zh += "：" + "、".join(map(_short, listed))
        en += ": " + ", ".join(map(_brief, listed))
    return Said(zh, en)


def rolled(last: date, why: str | None, due: date) -> Said:
    """A last day on which nobody works moves on."""
    return Said(
        f"末日 {_zh(last)}为{why}休息日，顺延至 {_zh(due)}",
        f"The last day {_en(last)} is off ({holiday(why)}): moved on to {_en(due)}",
    )


def kept(last: date, why: str | None) -> Said:
    """A last day on which nobody works stays: the rule says so."""
    return Said(
        f"末日 {_zh(last)}虽为{why}休息日，按规定不顺延",
        f"The last day {_en(last)} is off ({holiday(why)}) and by the rule does not move on",
    )


def worked(last: date) -> Said:
    """A last day at a weekend that works."""
    return Said(f"末日 {_zh(last)}为调休上班日，不顺延", f"{_en(last)} is a weekend that works: it is the last day")


def ends(day: date, at: str = "24:00") -> Said:
    """The end."""
    return Said(f"{_zh(day)} {at} 到期", f"Ends on {_en(day)} at {at}")


def skipped(days: Iterable[tuple[date, str | None]], working: Mapping[date, str]) -> list[Said]:
    """The holidays and working weekends among these days; plain weekends need no words."""
    told = list(days)
    over = [
        Said(f"跳过{name}放假 {_range(run)}", f"Skipping the {holiday(name)} holiday, {_span(run)}")
        for name, run in runs(told)
    ]
    return over + [
        Said(
            f"{_short(day)}（{working[day]}调休）上班，计入",
            f"{_brief(day)} works in exchange for {holiday(working[day])} and counts",
        )
        for day, _ in told
        if day in working
    ]


def runs(days: Iterable[tuple[date, str | None]]) -> list[tuple[str, list[date]]]:
    """Consecutive days of the same holiday together; plain weekends and working days left out."""
    found: list[tuple[str, list[date]]] = []
    for day, name in days:
        if name is None or name == WEEKEND:
            continue
        if found and found[-1][0] == name and found[-1][1][-1] == day - _DAY:
            found[-1][1].append(day)
        else:
            found.append((name, [day]))
    return found


def unpublished(years: Sequence[int]) -> Said:
    """Years whose holidays nobody knows yet."""
    return Said(
        f"{'、'.join(map(str, years))} 年放假安排尚未公布，暂按双休日和法定节假日推算，公布后重新计算",
        f"The holidays of {', '.join(map(str, years))} are not published yet: counted with weekends and statutory "
        "holidays for now, and again when they are",
    )


def _zh(day: date) -> str:
    return f"{day.isoformat()}（周{_WEEKDAYS[day.weekday()]}）"


def _en(day: date) -> str:
    return f"{day.isoformat()} ({_DAYS[day.weekday()]})"


def _short(day: date) -> str:
    return f"{day.month}月{day.day}日"


def _brief(day: date) -> str:
    return f"{day:%m-%d}"


def _range(days: list[date]) -> str:
    return _short(days[0]) if len(days) == 1 else f"{_short(days[0])}至{_short(days[-1])}"


def _span(days: list[date]) -> str:
    return _brief(days[0]) if len(days) == 1 else f"{_brief(days[0])} to {_brief(days[-1])}"
