"""The clocks of documents: by when one must be served (T25), when a public notice counts as service (T25.notice)."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine.app import App
from engine.bpm import rescheduling
from engine.campaign import clock_rules, court_clock, deadlines, started_clocks
from engine.campaign.document_model import Document, DocumentServing
from engine.campaign.document_types import DocumentType
from engine.campaign.document_views import NOTIFIED

NOTICE, BY_NOTICE = "T25.notice", "公告送达"


def approved(tx: Session, app: App, row: Document, type: DocumentType, now: datetime) -> None:
    """The time to serve begins with the decision; only a document about a hazard has a deadline there."""
    rule = deadlines.rule_of(app, type.serve_within, now)
    if rule is None or rule.n is None or row.hazard is None:
        return
    deadlines.open_in(
        tx, app, deadlines.of_hazard(row.hazard), _kind(row, type), start_at=now, n=rule.n, unit=rule.unit,
        roll=rule.roll, clock=rule.code, duty_unit=row.organ, now=now,
    )  # fmt: skip


def served(tx: Session, row: Document, type: DocumentType, at: datetime, now: datetime) -> None:
    """The time to serve ends."""
    if type.serve_within and row.hazard:
        deadlines.close_in(tx, deadlines.of_hazard(row.hazard), now, kind=_kind(row, type), done_at=at)


def notice(app: App, way: str, at: datetime) -> clock_rules.Due | None:
    """When what was published on this day counts as served; None for every other way, by which it does at once."""
    return clock_rules.due(app, NOTICE, at) if way == BY_NOTICE else None


def voided(tx: Session, row: Document, type: DocumentType, now: datetime) -> None:
    """What is void need not be served."""
    if type.serve_within and row.hazard and row.number:
        about = deadlines.of_hazard(row.hazard)
        deadlines.close_in(tx, about, now, kind=_kind(row, type), state=deadlines.VOID)


def reproject(app: App, now: datetime) -> int:
    """Count public notices again whose end was provisional, with the calendar of today; answers how many moved."""
    with app.reading() as tx:
        running = select(DocumentServing.id).where(DocumentServing.provisional, DocumentServing.effective_at > now)
        found = tx.scalars(running.order_by(DocumentServing.id)).all()
    return rescheduling.each(found, lambda id: _reproject_one(app, id, now))


def _reproject_one(app: App, id: int, now: datetime) -> bool:
    with app.transaction() as tx:
        made = tx.get_one(DocumentServing, id)
        row = tx.scalars(select(Document).where(Document.id == made.document).with_for_update()).one()
        tx.refresh(made)
        ends = clock_rules.due(app, NOTICE, made.at)
        if ends.provisional or made.effective_at is None:
            return False
        before = made.effective_at
        made.effective_at, made.provisional, made.trace = ends.due_at, False, list(ends.trace)
        if row.state == NOTIFIED and row.served_at == before:
            row.served_at = ends.due_at
            tx.flush()
            court_clock.follow(tx, app, row.id, now)
            started_clocks.follow(tx, app, row.id, now)
        return ends.due_at != before


def _kind(row: Document, type: DocumentType) -> str:
    return f"送达{type.code}{row.serial}号"[:16]
