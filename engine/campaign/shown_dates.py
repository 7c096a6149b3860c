"""One truth about a date: when a deadline ends at another moment, what else shows it (a paper, a transfer, a measure)
moves with it. The end of a seal never moves beyond what the law allows.
"""

from collections.abc import Iterable
from datetime import datetime, time, timedelta
from typing import Any

from sqlalchemy import ColumnElement, String, and_, case, exists, literal, null, select
from sqlalchemy.orm import Session

from engine.app import App
from engine.campaign import clock_kinds
from engine.campaign.case_model import Assignment, Deadline, Measure
from engine.campaign.deadline_rows import COURT, SUSPENDED
from engine.campaign.measure_model import MeasureDecision
from engine.campaign.measures import SEALS
from engine.campaign.transfer_model import Transfer
from engine.errors import Conflict

SIGN, ANSWER = "签收", "答复"  # what is added to the kind of a paper to name its deadlines
ANSWERED_BY = {"交办": "整改", "挂牌督办": "整改", "督办": "督办"}  # papers answered by the end of another deadline
MOST, MOST_EXTENDED = 30, 60  # days of a seal, 行政强制法 25
Still = set[tuple[str, str, datetime]]  # hazard, kind and end of deadlines whose clock stands still
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
    with the limits of the law; and for what only the law counts, such as the months to ask the court.
    """
    if row.clock in clock_kinds.fixed():
        more = "；登记复议、诉讼的，办结后自动重新计算" if row.clock == COURT else ""
        raise Conflict(
            f"“{row.kind}”是法定期限（{row.clause}），不能中止，也不能变更{more}。",
            en="This limit is of the law: it is neither stopped nor changed by hand.",
        )
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


def kinds_of(paper: str) -> tuple[str, ...]:
    """The deadlines whose ends a paper of this kind shows."""
    return (paper + SIGN, paper + ANSWER, *([ANSWERED_BY[paper]] if paper in ANSWERED_BY else []))


def stopped(tx: Session, hazards: Iterable[str]) -> Still:
    """The deadlines whose clock stands still: while it does, nobody is late by that end."""
    query = select(Deadline.hazard, Deadline.kind, Deadline.due_at)
    query = query.where(Deadline.hazard.in_(set(hazards)), Deadline.state == SUSPENDED)
    return {(hazard or "", kind, due_at) for hazard, kind, due_at in tx.execute(query)}


def of_paper(row: Assignment, still: Still) -> tuple[datetime | None, datetime | None]:
    """By when a paper is to be signed and answered; None where there is no limit or its clock stands still."""
    sign, *answers = kinds_of(row.kind)
    sign_due_at, answer_due_at = row.sign_due_at, row.answer_due_at
    if sign_due_at and (row.hazard, sign, sign_due_at) in still:
        sign_due_at = None
    if answer_due_at and any((row.hazard, kind, answer_due_at) in still for kind in answers):
        answer_due_at = None
    return sign_due_at, answer_due_at


def running(hazard: Any, paper: Any, due_at: Any) -> ColumnElement[Any]:
    """The same in SQL, for a paper of this kind: the end, or NULL while its clock stands still.

    The hazards of which any clock does are few and read once; only of these the deadlines are looked up.
    """
    own = case(*((paper == kind, literal(by)) for kind, by in ANSWERED_BY.items()), else_=null()).cast(String)
    kinds = (paper + SIGN, paper + ANSWER, paper, own)
    still = exists().where(
        Deadline.hazard == hazard, Deadline.state == SUSPENDED, Deadline.kind.in_(kinds), Deadline.due_at == due_at
    )
    stopped = Deadline.__table__.alias("stopped")
    few = select(stopped.c.hazard).where(stopped.c.state == SUSPENDED, stopped.c.hazard.is_not(None))
    return case((and_(hazard.in_(few), still), null()), else_=due_at)


def follow(tx: Session, app: App, row: Deadline, due_at: datetime) -> None:
    """Let what shows the end of this deadline show this moment: called by whatever puts another deadline in its
    place, be it an extension, a new limit or a clock that runs on.
    """
    if row.hazard is None or row.due_at == due_at:
        return
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
        if row.kind in kinds_of(paper.kind)[1:] and paper.answer_due_at == row.due_at:
            paper.answer_due_at = due_at
    running = select(Transfer).where(Transfer.hazard == row.hazard, Transfer.closed_at.is_(None))
    for transfer in tx.scalars(running.where(Transfer.due_at == row.due_at)):
        if row.kind in (transfer.kind + SIGN, transfer.kind + ANSWER):
            transfer.due_at = due_at
    tx.flush()
