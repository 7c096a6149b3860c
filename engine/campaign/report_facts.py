"""The facts of a period behind the reports, each with the records that it counts: what came, what was closed, and the
four rates that rank the communities. All from the records; nothing is entered by hand.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, Select, func, select
from sqlalchemy.orm import Session

from engine.bpm.model import Task
from engine.campaign import deadlines, patrol_facts
from engine.campaign.case_model import Assignment, Deadline, Hazard
from engine.campaign.figures import Behind, Figure, counted, number
from engine.campaign.model import Place, Visit
from engine.campaign.periods import Period
from engine.campaign.report_model import CitizenReport
from engine.campaign.report_sight import Sight
from engine.said import Said

ITEMS, PAPERS, TIMES = Said("项", "hazards"), Said("件", "papers"), Said("次", "times")
VISITS, PLACES = Said("家次", "visits"), Said("家", "places")
RATES = {
    "on_time": (
        Said("按期整改率", "Fixed in time"),
        Said(
            "整改时限在本期届满的隐患中，届满前提交整改并办结的",
            "Of the hazards whose limit ended in the period: handed in before and settled",
        ),
        ITEMS,
    ),
    "signed": (
        Said("签收及时率", "Signed for in time"),
        Said(
            "签收时限在本期届满的交办单中，届满前签收的",
            "Of the assignments to be signed for in the period: signed for before the limit",
        ),
        PAPERS,
    ),
    "rechecked": (
        Said("复查及时率", "Re-inspected in time"),
        Said(
            "复查时限在本期届满的复查中，届满前完成的", "Of the re-inspections due in the period: done before the limit"
        ),
        TIMES,
    ),
    "recurred": (
        Said("复发率", "Came back"),
        Said(
            "本期发现的隐患中，同一场所同一代码在此前 365 日内出现过的（越低越好）",
            "Of the hazards found in the period: same place and code within 365 days before (the lower the better)",
        ),
        ITEMS,
    ),
}
COUNTS = {
    "found": (
        Said("发现隐患", "Found"),
        Said("本期发现的隐患，作废的不计", "Found in the period, without voided ones"),
        ITEMS,
    ),
    "closed": (Said("销号隐患", "Closed"), Said("本期销号的隐患", "Closed in the period"), ITEMS),
    "major_found": (
        Said("发现重大隐患", "Major found"),
        Said("本期发现的重大隐患", "Major ones found in the period"),
        ITEMS,
    ),
    "major_closed": (
        Said("销号重大隐患", "Major closed"),
        Said("本期销号的重大隐患", "Major ones closed in the period"),
        ITEMS,
    ),
    "visits": (
        Said("走访检查", "Visits"),
        Said("本期走访检查次数，企业自查、无法进入的不计", "Visits in the period, without self-checks and no entry"),
        VISITS,
    ),
    "visited": (
        Said("走访场所", "Places visited"),
        Said("本期走访过的场所 ÷ 在册正常场所", "Places visited in the period ÷ places that are open"),
        PLACES,
    ),
    "night": (Said("夜查", "At night"), Said("其中的夜查", "Of these: night checks"), TIMES),
    "services": (Said("服务指导", "Service"), Said("其中的服务指导", "Of these: service and advice"), VISITS),
    "covert": (Said("暗访", "Covert"), Said("其中的暗访", "Of these: covert visits"), TIMES),
    "reports": (
        Said("群众举报", "Public reports"),
        Said("本期收到的群众举报中，已经答复的", "Of the public reports that came in the period: answered"),
        PAPERS,
    ),
}


@dataclass(frozen=True, slots=True)
class Window:
    """A period as moments; ``now`` cuts off what has not happened yet."""

    period: Period
    first: datetime
    after: datetime
    now: datetime
    zone: ZoneInfo

    @property
    def upto(self) -> datetime:
        """The end of the period, or now while it runs."""
        return min(self.after, self.now)

    def day(self, moment: datetime) -> date:
        """The local day of a moment."""
        return moment.astimezone(self.zone).date()


def window(period: Period, now: datetime, zone: ZoneInfo) -> Window:
    """The moments of a period."""
    first = datetime.combine(period.starts_on, time(), zone)
    return Window(period, first, datetime.combine(period.ends_on + timedelta(days=1), time(), zone), now, zone)


def rates(tx: Session, sight: Sight, span: Window) -> list[Figure]:
    """The four rates with the records behind them."""
    given = {
        "on_time": _on_time(tx, sight, span), "signed": _signed(tx, sight, span),
        "rechecked": _rechecked(tx, sight, span), "recurred": _recurred(tx, sight, span),
    }  # fmt: skip
    return [counted(key, *RATES[key], rows) for key, rows in given.items()]


def counts(tx: Session, sight: Sight, span: Window) -> list[Figure]:
    """How much came, was closed, and was walked to."""
    found = _hazards(tx, sight, span, Hazard.found_at)
    closed = _hazards(tx, sight, span, Hazard.closed_at)
    went = _visits(tx, sight, span)
    normal = select(Place.id, Place.name, Place.community, Place.sector, Place.grid).where(
        sight.places, Place.status == "正常"
    )
    walked = {row.note for row, *_ in went}
    registered = [
        Behind(id, id in walked, name, community, sector, note=grid)
        for id, name, community, sector, grid in tx.execute(normal)
    ]
    given: dict[str, Sequence[Behind]] = {
        "found": [row for row, _ in found], "closed": [row for row, _ in closed],
        "major_found": [row for row, major in found if major], "major_closed": [row for row, major in closed if major],
        "visits": [row for row, *_ in went], "night": [row for row, kind, _ in went if kind == "夜查"],
        "services": [row for row, kind, _ in went if kind == "服务指导"],
        "covert": [row for row, _, covert in went if covert],
    }  # fmt: skip
    sums = {key: number(key, *COUNTS[key], rows) for key, rows in given.items()}
    sums["visited"] = counted("visited", *COUNTS["visited"], registered)
    sums["reports"] = counted("reports", *COUNTS["reports"], _reports(tx, sight, span))
    return [sums[key] for key in COUNTS]


def by_community(figures: Sequence[Figure]) -> dict[str, dict[str, tuple[int, int]]]:
    """Community → key → numerator and denominator."""
    found: dict[str, dict[str, tuple[int, int]]] = {}
    for figure in figures:
        for row in figure.behind:
            keys = found.setdefault(row.community, {})
            hits, all_ = keys.get(figure.key, (0, 0))
            keys[figure.key] = (hits + row.counted, all_ + 1)
    return found


def overdue(tx: Session, sight: Sight, now: datetime) -> list[Behind]:
    """Hazards whose limit has passed and that are not settled, the longest overdue first."""
    query = _cases(sight).add_columns(Deadline.due_on).join(Deadline, Deadline.hazard == Hazard.number)
    query = query.where(
        Hazard.closed_at.is_(None), Deadline.kind == deadlines.RECTIFY, Deadline.state == deadlines.OPEN,
        Deadline.due_at <= now,
    ).order_by(Deadline.due_at, Hazard.number)  # fmt: skip
    return [Behind(row.number, True, name, row.community, sector, due_on, row.text[:80])
            for row, name, sector, due_on in tx.execute(query)]  # fmt: skip


def due_between(tx: Session, sight: Sight, first: date, last: date) -> list[Behind]:
    """Hazards whose limit ends on one of these days and that are not settled."""
    query = _cases(sight).add_columns(Deadline.due_on).join(Deadline, Deadline.hazard == Hazard.number)
    query = query.where(
        Hazard.closed_at.is_(None), Deadline.kind == deadlines.RECTIFY, Deadline.state == deadlines.OPEN,
        Deadline.due_on >= first, Deadline.due_on <= last,
    ).order_by(Deadline.due_at, Hazard.number)  # fmt: skip
    return [Behind(row.number, True, name, row.community, sector, due_on, row.text[:80])
            for row, name, sector, due_on in tx.execute(query)]  # fmt: skip


def papers(tx: Session, sight: Sight, *which: ColumnElement[bool]) -> list[Behind]:
    """Papers that match, with the hazard they are about."""
    query = select(Assignment, Hazard.community, Place.name, Place.sector)
    query = query.join(Hazard, Hazard.number == Assignment.hazard).join(Place, Place.id == Hazard.place)
    query = query.where(sight.hazards, *which).order_by(Assignment.sent_at, Assignment.id)
    return [Behind(row.number, True, name, community, sector, None, f"{row.kind} {row.hazard} → {row.to_unit}")
            for row, community, name, sector in tx.execute(query)]  # fmt: skip


def limits(period: Period, now: datetime) -> tuple[ColumnElement[bool], ...]:
    """Rows of ``deadline``: limits to rectify that ended in a period, up to now; those in state MET were kept."""
    return (
        Deadline.kind == deadlines.RECTIFY, Deadline.state.in_((deadlines.OPEN, deadlines.MET, deadlines.MISSED)),
        Deadline.due_on >= period.starts_on, Deadline.due_on <= period.ends_on, Deadline.due_at <= now,
    )  # fmt: skip


def kept(tx: Session, sight: Sight, periods: Sequence[Period], now: datetime) -> list[tuple[int, int]]:
    """Numerator and denominator of the rate on_time in each period, counted in the database at one look."""
    met, counted = Deadline.state == deadlines.MET, []
    for one in periods:
        inside = Deadline.due_on.between(one.starts_on, one.ends_on)
        counted += [func.count().filter(inside, met), func.count().filter(inside)]
    whole = Period("", min(one.starts_on for one in periods), max(one.ends_on for one in periods))
    query = select(*counted).select_from(Deadline).join(Hazard, Hazard.number == Deadline.hazard)
    row = tx.execute(query.where(sight.hazards, Hazard.void_reason.is_(None), *limits(whole, now))).one()
    return list(zip(row[::2], row[1::2], strict=True))


def _on_time(tx: Session, sight: Sight, span: Window) -> list[Behind]:
    query = _cases(sight).add_columns(Deadline.due_on, Deadline.state)
    query = query.join(Deadline, Deadline.hazard == Hazard.number).where(*limits(span.period, span.now))
    query = query.order_by(Deadline.due_at, Hazard.number)
    return [Behind(row.number, state == deadlines.MET, name, row.community, sector, due_on)
            for row, name, sector, due_on, state in tx.execute(query)]  # fmt: skip


def _signed(tx: Session, sight: Sight, span: Window) -> list[Behind]:
    query = _cases(sight).add_columns(Assignment).join(Assignment, Assignment.hazard == Hazard.number).where(
        Assignment.kind == "交办", Assignment.sign_due_at > span.first, Assignment.sign_due_at <= span.upto
    ).order_by(Assignment.id)  # fmt: skip
    return [
        Behind(paper.number, paper.signed_at is not None and paper.signed_at < paper.sign_due_at, name, row.community,
               sector, span.day(paper.sign_due_at), row.number)
        for row, name, sector, paper in tx.execute(query)
    ]  # fmt: skip


def _rechecked(tx: Session, sight: Sight, span: Window) -> list[Behind]:
    query = _cases(sight).add_columns(Task).join(Task, Task.instance_id == Hazard.instance_id).where(
        Task.element == "recheck", Task.status != "cancelled", Task.due_at > span.first, Task.due_at <= span.upto
    ).order_by(Task.due_at, Hazard.number)  # fmt: skip
    return [
        Behind(row.number, task.ended_at is not None and task.ended_at < task.due_at, name, row.community, sector,
               span.day(task.due_at))
        for row, name, sector, task in tx.execute(query)
    ]  # fmt: skip


def _recurred(tx: Session, sight: Sight, span: Window) -> list[Behind]:
    query = _cases(sight).where(
        Hazard.found_at >= span.first, Hazard.found_at < span.after, Hazard.found_at <= span.now
    )
    return [Behind(row.number, row.repeats > 0, name, row.community, sector, span.day(row.found_at))
            for row, name, sector in tx.execute(query.order_by(Hazard.found_at, Hazard.number))]  # fmt: skip


def _hazards(tx: Session, sight: Sight, span: Window, when: Any) -> list[tuple[Behind, bool]]:
    query = _cases(sight).add_columns(when).where(when >= span.first, when < span.after, when <= span.now)
    return [(Behind(row.number, True, name, row.community, sector, span.day(at), row.text[:80]), row.is_major)
            for row, name, sector, at in tx.execute(query.order_by(when, Hazard.number))]  # fmt: skip


def _visits(tx: Session, sight: Sight, span: Window) -> list[tuple[Behind, str, bool]]:
    query = select(Visit.id, Visit.kind, Visit.covert, Visit.at, Place.id, Place.name, Place.community, Place.sector)
    query = query.join(Place, Place.id == Visit.place).where(
        sight.visits, *patrol_facts.counting(), Visit.at >= span.first, Visit.at < span.after, Visit.at <= span.now
    ).order_by(Visit.at, Visit.id)  # fmt: skip
    return [(Behind(str(id), True, name, community, sector, span.day(at), place), kind, covert)
            for id, kind, covert, at, place, name, community, sector in tx.execute(query)]  # fmt: skip


def _reports(tx: Session, sight: Sight, span: Window) -> list[Behind]:
    """All of them for the street, which takes them in; elsewhere those that led to a hazard of one's own."""
    query = select(CitizenReport, Hazard.community).outerjoin(Hazard, Hazard.number == CitizenReport.hazard).where(
        CitizenReport.received_at >= span.first, CitizenReport.received_at < span.upto
    ).order_by(CitizenReport.received_at, CitizenReport.number)  # fmt: skip
    if not sight.street:
        query = query.where(sight.hazards)
    return [Behind(row.number, row.replied_at is not None, row.category, community or "", "", span.day(row.received_at))
            for row, community in tx.execute(query)]  # fmt: skip


def _cases(sight: Sight) -> Select[Any, Any, Any]:
    return (
        select(Hazard, Place.name, Place.sector)
        .join(Place, Place.id == Hazard.place)
        .where(sight.hazards, Hazard.void_reason.is_(None))
    )
