"""The measures of the three-year plan, computed from the records: 存量 what is left, 增量 what is new, 清零 days
without an overdue major hazard. The number at a past date is what the records say of that date.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, or_, select
from sqlalchemy.orm import Session

from engine.campaign import deadlines
from engine.campaign.case_model import Deadline, Hazard
from engine.campaign.figures import NO_DATA, Behind, Figure, counted
from engine.campaign.model import Place
from engine.said import Said

CASES, DAYS = Said("件", "hazards"), Said("天", "days")
MEASURES = {
    "stock": (
        Said("重大隐患存量", "Major hazards left"),
        Said(
            "截至当日仍未销号的重大隐患件数 ÷ 截止日（含）以前发现的重大隐患件数；作废的不计",
            "Major hazards not closed by then ÷ found up to and on the set day; without voided ones",
        ),
    ),
    "growth": (
        Said("重大隐患增量", "New major hazards"),
        Said(
            "本期发现的重大隐患件数，与上一个同样长的时期比；作废的不计",
            "Major hazards found in the period, beside the period of the same length before; without voided ones",
        ),
    ),
    "zero": (
        Said("重大隐患动态清零", "Days without an overdue major hazard"),
        Said(
            "没有逾期未整改重大隐患的天数 ÷ 本期已过的天数；整改时限届满未办结的，每天 24:00 计一次",
            "Days without a major hazard past its limit ÷ days of the period so far; counted daily at 24:00",
        ),
    ),
}
NO_MORE = Said("不多于上一个同样长的时期", "not more than in the period before")
NONE_LATE = Said("每一天都没有逾期的重大隐患", "no day with an overdue major hazard")
_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Judged:
    """A measure with its target in words; ``met`` is None as long as the date has not come, and for a share of nothing:
    where no record is counted, nothing was measured.
    """

    figure: Figure
    target: str
    met: bool | None

    @property
    def state(self) -> str:
        """Where it stands: 达到, 未达到, 进行中, or 无数据 when there is nothing that it is a share of."""
        if self.nothing:
            return NO_DATA
        return {True: "达到", False: "未达到", None: "进行中"}[self.met]

    @property
    def shown(self) -> str:
        """The figure as it is written, or that there is none."""
        return self.figure.shown

    @property
    def nothing(self) -> bool:
        """Whether it is a share of nothing; how many more than before there are is none."""
        return not self.figure.beside and not self.figure.denominator


@dataclass(frozen=True, slots=True)
class _Major:
    number: str
    place: str
    community: str
    sector: str
    found_on: date
    closed_at: datetime | None


def measure(
    tx: Session, where: ColumnElement[bool], wanted: Mapping[str, Any], *, on: date, today: date, zone: ZoneInfo
) -> Judged:
    """A milestone's measure at the end of the day ``on``, or of today while that day is to come.

    ``wanted``: ``kind``; stock: ``found_before`` (day), ``most``; growth and zero: ``since`` (day). All texts of days
    are ISO 8601; ``where`` says whose hazards count.
    """
    day = min(on, today)
    since = date.fromisoformat(wanted.get("since", f"{on.year}-01-01"))
    if wanted["kind"] == "stock":
        figure = stock(tx, where, date.fromisoformat(wanted["found_before"]), day, zone)
        most = int(wanted.get("most", 0))
        target = Said(f"未销号不超过 {most} 件", f"not more than {most} left")
        reached = figure.numerator <= most
    elif wanted["kind"] == "growth":
        figure = growth(tx, where, since, day, zone)
        target, reached = NO_MORE, figure.numerator <= (figure.denominator or 0)
    else:
        figure = zero(tx, where, since, day, zone)
        target, reached = NONE_LATE, figure.numerator == figure.denominator
    judged = Judged(figure, target, reached if on < today else None)
    return replace(judged, met=None) if judged.nothing else judged


def stock(tx: Session, where: ColumnElement[bool], found_upto: date, on: date, zone: ZoneInfo) -> Figure:
    """Major hazards found up to a day that were not closed at the end of another."""
    end = _end(on, zone)
    found = list(_majors(tx, where, zone, upto=min(found_upto, on)))
    behind = [
        Behind(row.number, row.closed_at is None or row.closed_at > end, row.place, row.community, row.sector,
               row.found_on, "未销号" if row.closed_at is None or row.closed_at > end else "已销号")
        for row in found
    ]  # fmt: skip
    return counted("stock", *MEASURES["stock"], CASES, behind)


def growth(tx: Session, where: ColumnElement[bool], since: date, on: date, zone: ZoneInfo) -> Figure:
    """Major hazards found in [since, on] beside those of as many days before; the denominator is the earlier number."""
    days = max((on - since).days + 1, 0)
    rows = list(_majors(tx, where, zone, since=since - days * _DAY, upto=on))
    behind = [
        Behind(row.number, row.found_on >= since, row.place, row.community, row.sector, row.found_on,
               "本期" if row.found_on >= since else "上期")
        for row in rows
    ]  # fmt: skip
    new = sum(row.counted for row in behind)
    title, words = MEASURES["growth"]
    return Figure("growth", title, words, CASES, new, len(behind) - new, behind, beside=True)


def zero(tx: Session, where: ColumnElement[bool], since: date, on: date, zone: ZoneInfo) -> Figure:
    """Days of [since, on] at whose end no major hazard was overdue; each other day names those that were."""
    late = list(overdue_times(tx, where))
    behind = []
    for n in range((on - since).days + 1):
        day = since + n * _DAY
        end = _end(day, zone)
        over = sorted({number for number, begins, ends in late if begins <= end and (ends is None or ends > end)})
        behind.append(Behind(day.isoformat(), not over, day=day, note="、".join(over)))
    return counted("zero", *MEASURES["zero"], DAYS, behind)


def overdue_times(tx: Session, where: ColumnElement[bool]) -> Iterator[tuple[str, datetime, datetime | None]]:
    """From when to when each major hazard was overdue: number, begin, end (None: still)."""
    query = select(Hazard.number, Hazard.closed_at, Deadline).join(Deadline, Deadline.hazard == Hazard.number)
    query = query.where(where, *_MAJOR, Deadline.kind == deadlines.RECTIFY).order_by(Hazard.number, Deadline.id)
    for number, closed_at, row in tx.execute(query):
        if row.state in (deadlines.MET, deadlines.VOID):
            continue
        if row.state == deadlines.OPEN or row.ended_at is None or row.ended_at == row.due_at:
            yield number, row.due_at, closed_at
        elif row.ended_at > row.due_at:
            yield number, row.due_at, row.ended_at


def _majors(
    tx: Session, where: ColumnElement[bool], zone: ZoneInfo, *, upto: date, since: date | None = None
) -> Iterator[_Major]:
    query = select(Hazard, Place.name, Place.sector).join(Place, Place.id == Hazard.place).where(where, *_MAJOR)
    query = query.where(Hazard.found_at < _end(upto, zone))
    if since is not None:
        query = query.where(Hazard.found_at >= datetime.combine(since, time(), zone))
    for row, name, sector in tx.execute(query.order_by(Hazard.found_at, Hazard.number)):
        found_on = row.found_at.astimezone(zone).date()
        yield _Major(row.number, name, row.community, sector, found_on, row.closed_at)


def _end(day: date, zone: ZoneInfo) -> datetime:
    return datetime.combine(day + _DAY, time(), zone)


_MAJOR = (or_(Hazard.is_major, Hazard.major_status == "已解除"), Hazard.void_reason.is_(None))
