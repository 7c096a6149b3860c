"""Papers between units: given, signed or returned, answered. The process writes them through operators; here is
also how they are read.
"""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from engine.app import App
from engine.bpm.viewer import Viewer
from engine.campaign import document_numbers, paper_clocks, powers, shown_dates, told, units
from engine.campaign.case_model import Assignment
from engine.campaign.sight import seen
from engine.campaign.transfer_model import Transfer
from engine.errors import Conflict, Invalid, NotAllowed

CODES = {  # behind the word of the organ that sends it; another kind of paper is a 函
    "交办": "交", "督办": "督", "移交": "移", "停用提请": "停", "查封提请": "封", "协办": "协", "挂牌提请": "挂",
    "挂牌督办": "挂", "区级督办": "督",
}  # fmt: skip
ACTS = {
    "交办": "assign", "督办": "supervise", "移交": "transfer", "停用提请": "transfer", "查封提请": "transfer",
    "协办": "transfer", "挂牌提请": "transfer", "挂牌督办": "listing", "区级督办": "supervise",
}  # of table D9; another kind of paper is a letter  # fmt: skip


@dataclass(frozen=True, slots=True)
class AssignmentView:
    """A paper as it is shown; ``state`` is 待签收, 已签收, 已退回, 已答复 or 已办结."""

    id: int
    kind: str
    number: str
    from_unit: str
    from_name: str
    to_unit: str
    to_name: str
    reason: str
    sent_at: datetime
    sign_due_at: datetime | None
    signed_at: datetime | None
    returned_at: datetime | None
    return_reason: str
    answer_due_at: datetime | None
    answered_at: datetime | None
    answer: str
    closed_at: datetime | None
    state: str


def list_assignments(app: App, number: str, *, viewer: Viewer) -> list[AssignmentView]:
    """All papers about a hazard that are told to this viewer, oldest first; raises NotFound."""
    with app.reading() as tx:
        seen(tx, number, viewer)
        query = select(Assignment).where(Assignment.hazard == number, told.papers(viewer))
        rows = tx.scalars(query.order_by(Assignment.id)).all()
        names = units.names(tx, {code for row in rows for code in (row.from_unit, row.to_unit)})
        still = shown_dates.stopped(tx, {number})
        return [_view(row, names, still) for row in rows]


def open_in(
    tx: Session,
    app: App,
    hazard: str,
    kind: str,
    *,
    from_unit: str,
    to_unit: str,
    reason: str,
    sign_due_at: datetime | None,
    answer_due_at: datetime | None,
    now: datetime,
) -> Assignment:
    """Send a paper with the next number of its register; raises NotFound for an unknown unit, Invalid with the clause
    when table D9 does not let the sender's body do this.
    """
    sender, _ = units.require(tx, from_unit), units.require(tx, to_unit)
    try:
        powers.entitled(tx, ACTS.get(kind, "assign"), sender, day=now.astimezone(app.zone).date())
    except NotAllowed as error:  # the sender stands in the diagram: that is what must be put right
        raise Invalid(error.message, en=error.en) from error
    number = document_numbers.give(tx, sender, CODES.get(kind, "函"), now.astimezone(app.zone).year)
    row = Assignment(
        hazard=hazard, kind=kind, number=number, from_unit=from_unit, to_unit=to_unit,
        reason=reason, sent_at=now, sign_due_at=sign_due_at, answer_due_at=answer_due_at,
    )  # fmt: skip
    tx.add(row)
    tx.flush()
    paper_clocks.paper_sent(tx, app, row, now)
    return row


def running(tx: Session, hazard: str, kind: str) -> Assignment:
    """The newest paper of this kind that is not closed; raises Conflict."""
    query = select(Assignment).where(
        Assignment.hazard == hazard, Assignment.kind == kind, Assignment.closed_at.is_(None)
    )
    row = tx.scalars(query.order_by(Assignment.id.desc()).limit(1)).one_or_none()
    if row is None:
        raise Conflict(
            f"隐患 {hazard} 没有办理中的“{kind}”，请核对流程的先后顺序。",
            en=f"Hazard {hazard} has no running paper of kind {kind}.",
        )
    return row


def sign_in(tx: Session, app: App, hazard: str, kind: str, *, at: datetime, answer_due_at: datetime | None) -> None:
    """The receiver signed; from now on the time for the answer may run. Raises Conflict."""
    row = running(tx, hazard, kind)
    row.signed_at, row.answer_due_at = at, answer_due_at or row.answer_due_at
    paper_clocks.paper_signed(tx, app, row, at)


def return_in(tx: Session, hazard: str, kind: str, *, at: datetime, reason: str) -> None:
    """The receiver gave it back with a reason; the paper is closed. Raises Conflict."""
    row = running(tx, hazard, kind)
    row.returned_at, row.closed_at, row.return_reason = at, at, reason
    paper_clocks.paper_over(tx, row, at)


def answer_in(tx: Session, hazard: str, kind: str, *, at: datetime, answer: str) -> None:
    """The receiver answered; the paper is closed. Raises Conflict."""
    row = running(tx, hazard, kind)
    row.answered_at, row.closed_at, row.answer = at, at, answer
    paper_clocks.paper_over(tx, row, at)


def close_all(tx: Session, hazard: str, now: datetime) -> int:
    """End every running paper of a hazard, and the transfer it belongs to; returns how many papers."""
    rows = tx.scalars(select(Assignment).where(Assignment.hazard == hazard, Assignment.closed_at.is_(None))).all()
    for row in rows:
        row.closed_at = now
    tx.execute(
        update(Transfer)
        .where(Transfer.hazard == hazard, Transfer.closed_at.is_(None))
        .values(closed_at=now, due_at=None)
    )
    tx.flush()
    return len(rows)


def _state(row: Assignment) -> str:
    if row.returned_at:
        return "已退回"
    if row.answered_at:
        return "已答复"
    if row.closed_at:
        return "已办结"
    return "已签收" if row.signed_at else "待签收"


def _view(row: Assignment, names: dict[str, str], still: set[tuple[str, str, datetime]]) -> AssignmentView:
    fields = {name: getattr(row, name) for name in AssignmentView.__slots__ if hasattr(row, name)}
    fields["sign_due_at"], fields["answer_due_at"] = shown_dates.of_paper(row, still)
    return AssignmentView(**fields, from_name=names[row.from_unit], to_name=names[row.to_unit], state=_state(row))
