"""One truth about a date: when a deadline ends at another moment, what else shows it (a paper, a transfer, a measure)
moves with it. The end of a seal never moves beyond what the law allows.
"""

from datetime import datetime, time, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine.app import App
from engine.campaign.case_model import Assignment, Deadline, Measure
from engine.campaign.measure_model import MeasureDecision
from engine.campaign.measures import SEALS
from engine.campaign.transfer_model import Transfer
from engine.errors import Conflict

SIGN, ANSWER = "签收", "答复"  # what is added to the kind of a paper to name its deadlines
MOST, MOST_EXTENDED = 30, 60  # days of a seal, 行政强制法 25
WARN = 5  # working days before the last day to decide


def measure_of(tx: Session, row: Deadline) -> Measure | None:
    """The running measure whose end this deadline is."""
    same = select(Measure).where(
        Measure.hazard == row.hazard, Measure.kind == row.kind, Measure.lifted_at.is_(None),
        Measure.ends_at == row.due_at,
    )  # fmt: skip
    return tx.scalars(same.order_by(Measure.id.desc()).limit(1)).one_or_none()


def case_of(tx: Session, measure: Measure) -> str | None:
    """The instance in which a measure is dealt with; None for one that was only written down."""
    return tx.scalar(select(MeasureDecision.instance_id).where(MeasureDecision.measure == measure.id))


def by_hand(tx: Session, row: Deadline) -> None:
    """Raises Conflict for the end of a measure that its process deals with: it is tested, extended or lifted there,
    with the limits of the law.
    """
    measure = measure_of(tx, row)
    if measure is not None and case_of(tx, measure) is not None:
        raise Conflict(
            f"“{row.kind}”的期限随措施办理：检测、鉴定停止计时，延长须经负责人批准，不需要的解除（行政强制法第二十五条、"
            "第二十八条），请在措施里办理。",
            en="The end of a measure is changed by a test, an extension or its lifting, not by hand.",
        )


def lawful(tx: Session, app: App, row: Deadline, due_at: datetime) -> datetime:
    """This moment, for a seal at most the last one that the law allows."""
    measure = measure_of(tx, row)
    if measure is None or measure.kind not in SEALS:
        return due_at
    tested = tx.scalar(select(MeasureDecision.suspended_days).where(MeasureDecision.measure == measure.id)) or 0
    days = (MOST_EXTENDED if measure.extended_at else MOST) + tested
    return min(due_at, max(row.due_at, app.calendar.end_of_day(measure.starts_on + timedelta(days=days), app.zone)))


def follow(tx: Session, app: App, row: Deadline, due_at: datetime) -> None:
    """Let what shows the end of this deadline show this moment; called before the deadline itself is replaced."""
    measure = measure_of(tx, row)
    if measure is not None:
        last = (due_at.astimezone(app.zone) - due_at.resolution).date()
        day = app.calendar.last_workday(last)
        measure.ends_at, measure.decide_by = due_at, min(due_at, app.calendar.end_of_day(day, app.zone))
        warn = app.calendar.add_workdays(day, -WARN)
        measure.warn_at = datetime.combine(warn, time(8, 30), app.zone)
    papers = select(Assignment).where(Assignment.hazard == row.hazard, Assignment.closed_at.is_(None))
    for paper in tx.scalars(papers):
        if row.kind == paper.kind + SIGN and paper.sign_due_at == row.due_at:
            paper.sign_due_at = due_at
        if row.kind == paper.kind + ANSWER and paper.answer_due_at == row.due_at:
            paper.answer_due_at = due_at
    running = select(Transfer).where(Transfer.hazard == row.hazard, Transfer.closed_at.is_(None))
    for transfer in tx.scalars(running.where(Transfer.due_at == row.due_at)):
        if row.kind in (transfer.kind + SIGN, transfer.kind + ANSWER):
            transfer.due_at = due_at
    tx.flush()
