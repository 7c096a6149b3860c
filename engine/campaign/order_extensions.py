"""More time for what an order asked to be fixed (T3): the party asks in time (T8), the department answers within its
limit (T8.answer), its head decides. The street's own limits are extended in the case (requests.py).
"""

from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine.app import App
from engine.bpm.viewer import Viewer
from engine.campaign import (
    clock_starts,
    deadlines,
    extension_rules,
    named_hazards,
    powers,
    started_clocks,
    stopping,
    units,
)
from engine.campaign.case_model import Deadline, Finding, Hazard
from engine.campaign.clearances import still_open
from engine.campaign.deadline_views import DeadlineView, view
from engine.campaign.document_model import Document
from engine.campaign.english import word
from engine.campaign.model import Place
from engine.errors import Conflict, Invalid, NotAllowed
from engine.said import Said

CLOCK, ASKED, ANSWERED = "T8.answer", "延期申请", "延期答复"


@dataclass(frozen=True, slots=True)
class _Order:
    """A running limit of an order, the order and its hazard, locked."""

    row: Deadline
    hazard: Hazard
    paper: Document

    @property
    def answer(self) -> str:
        """The kind of the limit to answer."""
        start = next(one for one in clock_starts.of(self.paper.type, self.paper.organ) if one.clock == self.row.clock)
        return started_clocks.answer_of(start, self.paper)


def ask(
    app: App, id: int, *, until: date, reason: str, asked_on: date | None = None, viewer: Viewer
) -> DeadlineView:  # fmt: skip
    """Ask that the limit of an order end on a later day; the party does, or the department notes on which day the
    written application came (``asked_on``, today when left out). Answers the department's limit to answer it.

    Raises NotFound, NotAllowed, Invalid (too long, a day to come), Conflict (asked too late, no such limit, asked
    already, extended as often as the rule allows).
    """
    now = app.clock()
    with app.transaction() as tx:
        order = _held(tx, id, viewer)
        _may_ask(tx, order, viewer)
        begin = _came(app, order.row, asked_on, now)
        if deadlines.open_one(tx, deadlines.of_hazard(order.hazard.number), order.answer) is not None:
            raise Conflict("已有一份延期申请在等待答复，请等待。", en="A request waits for its answer already.")
        extension_rules.check(app, order.row, now=begin, n=None, unit="d", until=until)
        rule = deadlines.rule_of(app, CLOCK, begin)
        if rule is None or rule.n is None:
            raise Conflict("申请之日还没有延期答复的规则。", en="No rule of the answer is in force on that day.")
        made = deadlines.open_in(
            tx, app, deadlines.of_hazard(order.hazard.number), order.answer, start_at=begin, n=rule.n, unit=rule.unit,
            roll=rule.roll, clock=CLOCK, duty_unit=order.paper.organ, now=now,
        )  # fmt: skip
        told = Said(
            f"申请将“{order.row.kind}”的期限由 {order.row.due_on} 延至 {until}：{reason.strip()}",
            f"Asked for more time for {word(order.row.kind)}, from {order.row.due_on} to {until}: {reason.strip()}",
        )
        detail = {"limit": order.row.kind, "until": until.isoformat(), "by": viewer.name}
        tx.add(Finding(hazard=order.hazard.number, kind=ASKED, at=now, text=told, detail=detail))
        return view(made)


def answer(
    app: App, id: int, *, granted: bool, reason: str, until: date | None = None, viewer: Viewer
) -> DeadlineView:  # fmt: skip
    """Answer the request: the head of the department that gave the order grants it, until the day that was asked for
    or an earlier one, or does not. Answers the limit of the order as it is then. Raises NotFound, NotAllowed, Conflict
    (nothing was asked), Invalid (later than asked, or no later than the limit).
    """
    now = app.clock()
    with app.transaction() as tx:
        order = _held(tx, id, viewer)
        organ = units.require(tx, order.paper.organ)
        if not viewer.admin and not powers.approves(tx, organ, viewer.name):
            raise NotAllowed(
                f"延期由作出指令的“{organ.name}”负责人批准。",
                en=f"The head of {organ.code}, which gave the order, decides.",
            )
        about = deadlines.of_hazard(order.hazard.number)
        asked = _asked(tx, order)
        waiting = deadlines.open_one(tx, about, order.answer)
        if asked is None or waiting is None:
            raise Conflict("没有等待答复的延期申请。", en="No request waits for an answer.")
        row = order.row
        if granted:
            last = date.fromisoformat(asked["until"])
            if until is not None and until > last:
                raise Invalid(
                    f"不能延至 {until}，申请的是 {last}。", en=f"No more than was asked for: {last}.",
                    problems=[{"field": "until", "rule": "range", "message": f"最迟 {last}"}],
                )  # fmt: skip
            allowed = extension_rules.check(app, row, now=waiting.start_at, n=None, unit="d", until=until or last)
            row = deadlines.extend_in(
                tx, app, about, row.kind, n=allowed.days, unit="d", reason=reason.strip(), clause="", now=now,
                due_at=app.calendar.end_of_day(allowed.until, app.zone), actor=viewer.name,
            )  # fmt: skip
        deadlines.close_in(tx, about, now, kind=order.answer)
        how = Said(f"批准延至 {row.due_on}", f"extended to {row.due_on}")
        how = how if granted else Said(f"不予延期，仍为 {row.due_on}", f"not extended, still {row.due_on}")
        told = Said(f"“{row.kind}”{how}：{reason.strip()}", f"Limit of {word(row.kind)} {how.en}: {reason.strip()}")
        tx.add(Finding(hazard=order.hazard.number, kind=ANSWERED, at=now, text=told, detail={"by": viewer.name}))
        started_clocks.moved(tx, app, row, now)
        return view(row)


def _held(tx: Session, id: int, viewer: Viewer) -> _Order:
    seen = stopping.require(tx, id, viewer)
    hazard = tx.scalars(select(Hazard).where(Hazard.number == seen.hazard).with_for_update()).one_or_none()
    row = tx.get_one(Deadline, id, populate_existing=True)
    paper = _paper(tx, row) if hazard is not None else None
    if hazard is None or paper is None or row.state != deadlines.OPEN:
        raise Conflict(
            "只有部门责令整改的、正在计算的期限在这里申请延期；街道限期整改的，在隐患里申请。",
            en="Only a running limit of an order is extended here; those of the street are in the case.",
        )
    still_open(hazard)
    return _Order(row, hazard, paper)


def _paper(tx: Session, row: Deadline) -> Document | None:
    """The order whose limit it is."""
    starts = [one for one in clock_starts.all_starts() if one.clock == row.clock and one.due]
    mine = select(Document).where(named_hazards.about(row.hazard or ""))
    for start in starts:
        for paper in tx.scalars(mine.where(Document.type.in_(start.of))):
            if paper.number is not None and started_clocks.kind_of(start, paper) == row.kind:
                return paper
    return None


def _may_ask(tx: Session, order: _Order, viewer: Viewer) -> None:
    unit = units.of_person(tx, viewer.name)
    party = tx.get_one(Place, order.hazard.place).unit
    organ = units.require(tx, order.paper.organ)
    ours = unit is not None and unit.path.startswith(organ.path)
    if not (viewer.admin or ours or (unit is not None and unit.code in (party, order.hazard.holder_unit))):
        raise NotAllowed(
            f"由被责令的单位申请，或者由“{organ.name}”登记收到的书面申请。",
            en=f"The party asks, or {organ.code} notes the written application.",
        )


def _came(app: App, row: Deadline, asked_on: date | None, now: datetime) -> datetime:
    today, first = (moment.astimezone(app.zone).date() for moment in (now, row.opened_at))
    if asked_on is None or asked_on == today:
        return now
    if not min(first, row.start_at.astimezone(app.zone).date()) <= asked_on < today:
        raise Invalid(
            "收到申请的日期应在责令之日至今天之间。", en="It came between the order and today.",
            problems=[{"field": "asked_on", "rule": "range", "message": "应在责令之日至今天之间"}],
        )  # fmt: skip
    return datetime.combine(asked_on, time.min, app.zone)


def _asked(tx: Session, order: _Order) -> dict[str, Any] | None:
    """What was asked for last about this limit."""
    asked = select(Finding).where(Finding.hazard == order.hazard.number, Finding.kind == ASKED)
    rows = asked.order_by(Finding.id.desc())
    return next((row.detail for row in tx.scalars(rows) if row.detail.get("limit") == order.row.kind), None)
