"""The three months in which the court can be asked to enforce a decision (T34, 行政强制法 53), as a deadline of the
deciding department from the service on: told when the time for review and suit is over, warned before the last day,
alarmed after it, whether or not anybody opened a case.
"""

from datetime import date, datetime, time

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from engine.app import App
from engine.bpm import rescheduling
from engine.campaign import clock_kinds, clock_rules, court_papers, deadlines, named_hazards
from engine.campaign.case_model import Deadline, Hazard
from engine.campaign.closure_model import Lawsuit
from engine.campaign.court_model import CourtCase
from engine.campaign.document_model import Document
from engine.campaign.registers_model import Penalty

RULE = deadlines.COURT


def last_day(tx: Session, app: App, document: str, served_at: datetime) -> date:
    """The last day on which the party can still ask for review or sue: by T32 and T33, and when one ended later."""
    ended = tx.scalar(select(func.max(Lawsuit.ended_on)).where(Lawsuit.document == document))
    days = [clock_rules.due(app, code, served_at).last_day for code in ("T32", "T33")]
    return max([*days, *([ended] if ended else [])])


def follow(tx: Session, app: App, document: str | None, now: datetime) -> None:
    """Let the deadline of a decision follow what happened to it: served, sued about, paid, asked for at the court,
    void. Nothing for other papers and for an order about a hazard that is closed: a penalty is still to be enforced.
    """
    row = tx.get(Document, document, with_for_update=True, populate_existing=True) if document else None
    if row is None or row.type not in court_papers.DECISIONS or row.number is None:
        return
    for hazard in named_hazards.all_of(tx, row):
        _follow(tx, app, row, hazard, now)


def _follow(tx: Session, app: App, row: Document, hazard: str, now: datetime) -> None:
    about, kind = deadlines.of_hazard(hazard), _kind(row)
    if row.voided_at is not None:
        deadlines.close_in(tx, about, now, kind=kind, state=deadlines.VOID)
    elif row.served_at is None or _over(tx, row, hazard):
        deadlines.close_in(tx, about, now, kind=kind)
    elif _lives(tx.get_one(Hazard, hazard), row):
        start = datetime.combine(last_day(tx, app, row.id, row.served_at), time.min, app.zone)
        running = deadlines.open_one(tx, about, kind)
        if running is None or running.start_at != start:
            deadlines.open_in(
                tx, app, about, kind, start_at=start, n=3, unit="month", roll="F", clock=RULE, duty_unit=row.organ,
                now=now, reason="复议、诉讼办结，重新计算",
            )  # fmt: skip


def fulfilled(tx: Session, hazard: str, now: datetime) -> None:
    """The hazard is closed: what was ordered about it was done, and nobody asks a court for it."""
    orders = select(Document).where(named_hazards.about(hazard), Document.type.in_(court_papers.ORDERS))
    for row in tx.scalars(orders):
        deadlines.close_in(tx, deadlines.of_hazard(hazard), now, kind=_kind(row))


def follow_old(app: App, now: datetime) -> int:
    """Give decisions that were served before there was this deadline their own, each in a transaction, where its months
    are not over; answers 0, no date moves.
    """
    links = named_hazards.links().subquery()
    served = select(Document, links.c.hazard).join(links, links.c.document == Document.id).join(
        Hazard, Hazard.number == links.c.hazard
    ).where(
        Document.type.in_(court_papers.DECISIONS), Document.served_at.is_not(None), Document.voided_at.is_(None),
        Document.number.is_not(None), Hazard.void_reason.is_(None),
        or_(Hazard.closed_at.is_(None), Document.type.not_in(court_papers.ORDERS)),
    )  # fmt: skip
    with app.reading() as tx:
        begun = {tuple(row) for row in tx.execute(select(Deadline.hazard, Deadline.kind).where(Deadline.clock == RULE))}
        rows = tx.execute(served.order_by(Document.id))
        found = list(dict.fromkeys(row.id for row, hazard in rows if (hazard, _kind(row)) not in begun))
    return rescheduling.each(found, lambda id: _follow_old(app, id, now))


def _follow_old(app: App, id: str, now: datetime) -> int:
    with app.transaction() as tx:
        row = tx.get_one(Document, id)
        last = last_day(tx, app, id, row.served_at) if row.served_at else None
        ends = clock_rules.due(app, RULE, datetime.combine(last, time.min, app.zone)).due_at if last else now
        if ends > now:
            follow(tx, app, id, now)
    return 0


def _lives(hazard: Hazard, row: Document) -> bool:
    return hazard.closed_at is None or (hazard.void_reason is None and row.type not in court_papers.ORDERS)


def _kind(row: Document) -> str:
    """Each decision about a hazard has its own: the end of it tells code, year and serial apart."""
    return f"{clock_kinds.TO_THE_COURT}{row.series}{(row.year or 0) % 100}-{row.serial}"[-16:]


def _over(tx: Session, row: Document, hazard: str) -> bool:
    """Whether nobody has to ask the court now: it was asked or the case ended, a review or suit runs, the fine came
    in.
    """
    case = select(CourtCase.number).where(
        CourtCase.document == row.id,
        CourtCase.applied_at.is_not(None) | (CourtCase.closed_at.is_not(None) & (CourtCase.hazard == hazard)),
    )
    suit = select(Lawsuit.id).where(Lawsuit.document == row.id, Lawsuit.ended_on.is_(None))
    paid = select(Penalty.id).where(
        Penalty.place == row.place, Penalty.document == row.number, Penalty.paid >= Penalty.fine
    )
    return any(tx.scalar(query.limit(1)) is not None for query in (case, suit, paid))
