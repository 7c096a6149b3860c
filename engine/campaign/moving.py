"""What follows in the registers when due moments move: deadline rows, and the chain that counts from them (C5, C9)."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine.app import App
from engine.bpm import rescheduling
from engine.bpm.model import Definition, Instance, Message
from engine.bpm.rescheduling import Why
from engine.bpm.spiff import timers
from engine.bpm.spiff.types import Move
from engine.bpm.step import ENGINE, Opened, opened
from engine.campaign import clock_kinds, deadlines, shown_dates, started_clocks
from engine.campaign.case_model import Assignment, Deadline, Hazard
from engine.campaign.clock_file import MARK
from engine.campaign.report_model import CitizenReport
from engine.campaign.transfer_model import Transfer

CHANGED = "deadline_changed"  # the message by which the chain hears of another rectification limit

FOLLOWED = {
    deadlines.RECTIFY: "due_at", deadlines.PLAN: "plan_due_at", deadlines.VERIFY: "verify_due",
    deadlines.ANSWER: "reply_due",
}  # the variables behind the due dates  # fmt: skip


def follow(case: Opened, moves: Sequence[Move], why: Why) -> None:
    """Move the deadlines of a hazard or a report as its instance moved: all of them when its clock had been stopped,
    else those at whose moment a task stood that was moved.
    """
    if why.put_off is not None:
        _put_off_papers(case, why.put_off)
    for row in _open(case.tx, case.row.id):
        if why.put_off is not None:
            _put_off(case, row, why.put_off, why)
        elif moved := next((each for each in moves if each.timer is None and each.before == row.due_at), None):
            move(case, row, moved.after, why)


def _put_off(case: Opened, row: Deadline, span: timedelta, why: Why) -> None:
    """A seal keeps to its lawful end however long its case stood still, and a measure of another case keeps its own."""
    measure = shown_dates.measure_of(case.tx, row)
    if measure is not None and shown_dates.case_of(case.tx, measure) not in (None, case.row.id):
        return
    due_at = shown_dates.lawful(case.tx, case.app, row, row.due_at + span)
    if due_at != row.due_at:
        move(case, row, due_at, why)


def _put_off_papers(case: Opened, span: timedelta) -> None:
    """What units still have to sign or answer about this hazard, and its transfer, waits as long as the clock stood
    still. A request for a measure that runs as a process of its own keeps its dates.
    """
    hazards = select(Hazard.number).where(Hazard.instance_id == case.row.id)
    own = select(Instance.business_key).join(Definition).where(
        Definition.key == "seal", Instance.ended_at.is_(None), Instance.business_key.in_(hazards)
    )  # fmt: skip
    papers = select(Assignment).where(
        Assignment.hazard.in_(hazards), Assignment.closed_at.is_(None),
        (Assignment.kind != "查封提请") | Assignment.hazard.not_in(own),
    )  # fmt: skip
    for paper in case.tx.scalars(papers):
        if paper.signed_at is None and paper.sign_due_at is not None:
            paper.sign_due_at += span
        if paper.answer_due_at is not None:
            paper.answer_due_at += span
    running = select(Transfer).where(
        Transfer.hazard.in_(hazards), Transfer.closed_at.is_(None), Transfer.due_at.is_not(None)
    )
    for transfer in case.tx.scalars(running):
        if transfer.due_at is not None:
            transfer.due_at += span
    case.tx.flush()


def reproject(app: App, now: datetime) -> int:
    """Count provisional deadlines again with the calendar of today, each in a transaction; answers how many moved.

    One that the diagram set otherwise than by its count stays as it is: only its process knows how it came about.
    """
    with app.reading() as tx:
        provisional = select(Deadline.id).where(Deadline.provisional, Deadline.state == deadlines.OPEN)
        found = tx.scalars(provisional.order_by(Deadline.id)).all()
    return rescheduling.each(found, lambda row_id: _reproject_one(app, row_id, now))


def _reproject_one(app: App, row_id: int, now: datetime) -> bool:
    with app.transaction() as tx:
        return reproject_in(app, tx, row_id, now, Why(ENGINE, rescheduling.TABLE_ARRIVED))


def reproject_in(app: App, tx: Session, row_id: int, now: datetime, why: Why) -> bool:
    """Count one deadline again with the calendar of today in a running transaction; answers whether it moved."""
    row = tx.get_one(Deadline, row_id)
    instance_id = case_of(tx, row)
    if instance_id is None:
        return False
    with opened(app, tx, instance_id, now, even_suspended=True) as case:
        row = tx.get_one(Deadline, row_id, populate_existing=True)
        rule = deadlines.rule_of(app, row.clock, row.start_at)
        count = deadlines.count_of(app, row.start_at, row.n, row.unit, row.roll, rule)
        if row.state != deadlines.OPEN or count.provisional or deadlines.set_otherwise(row):
            return False
        if started_clocks.waits(tx, row):
            return False
        before = row.due_at
        if count.due_at == before:
            row.provisional, row.trace = False, [*count.trace, MARK]
            return False
        move(case, row, count.due_at, why, trace=list(count.trace))
        return True


def case_of(tx: Session, row: Deadline) -> str | None:
    """The instance whose deadline it is; None for one without a process."""
    return tx.scalar(
        select(Hazard.instance_id).where(Hazard.number == row.hazard)
        if row.hazard
        else select(CitizenReport.instance_id).where(CitizenReport.number == row.report)
    )


def move(case: Opened, row: Deadline, due_at: datetime, why: Why, *, trace: list[str] | None = None) -> Deadline:
    """Let one deadline end at another moment, and tell the case; answers the new row."""
    before = row.due_at
    new = deadlines.move_in(
        case.tx, case.app, row, due_at, trace=trace, reason=why.reason, clause=why.clause or row.clause, now=case.now,
        actor="" if why.by == ENGINE else why.by,
    )  # fmt: skip
    tell(case, row, before, due_at, why)
    started_clocks.moved(case.tx, case.app, new, case.now)
    return new


def tell(case: Opened, row: Deadline, before: datetime, due_at: datetime | None, why: Why) -> None:
    """Tell the tasks and the chain of a case when something is due now; None: its clock stands still."""
    name = FOLLOWED.get(row.kind)
    if name and due_at is not None and holds(case, name, before):
        rescheduling.move_variable(case, name, due_at, replace(why, put_off=None))
    if row.kind == deadlines.RECTIFY:
        case.tx.add(
            Message(
                kind="message", name=CHANGED, correlation={"hazard": row.hazard},
                variables={"due_at": due_at and due_at.isoformat()}, at=case.now, sender=case.row.id,
            )
        )  # fmt: skip


def holds(case: Opened, name: str, moment: datetime) -> bool:
    """Whether this variable of a case is still this moment: nobody moved it otherwise."""
    try:
        return timers.moment(case.snapshot.variables.get(name), case.app.zone) == moment
    except timers.BadTimer:
        return False


def _open(tx: Session, instance_id: str) -> Sequence[Deadline]:
    """The open deadlines of what this instance is the case of, without those of papers, which do not move with it."""
    hazards = select(Hazard.number).where(Hazard.instance_id == instance_id)
    reports = select(CitizenReport.number).where(CitizenReport.instance_id == instance_id)
    mine = Deadline.hazard.in_(hazards) | Deadline.report.in_(reports)
    moves = Deadline.clock.not_in(clock_kinds.apart())
    return tx.scalars(select(Deadline).where(mine, moves, Deadline.state == deadlines.OPEN)).all()
