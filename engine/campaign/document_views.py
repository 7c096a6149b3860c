"""Documents as they are shown, and the words for where one stands in its life."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from engine.app import App
from engine.campaign import document_dates, named_hazards, units
from engine.campaign.document_dates import WrittenDate
from engine.campaign.document_model import Document, DocumentServing, DocumentSignature, DocumentVersion

DRAFT, SUBMITTED, APPROVED, SIGNED, ISSUED, SERVED = "起草", "待审批", "已批准", "已签名", "已签发", "已送达"
NOTIFIED = "公告中"  # served by public notice whose days are not over: it becomes SERVED by itself
ARCHIVED, VOID = "已归档", "已作废"
STATES = (DRAFT, SUBMITTED, APPROVED, SIGNED, ISSUED, NOTIFIED, SERVED, ARCHIVED, VOID)
ISSUED_STATES = (ISSUED,)
ENDED = (SERVED, ARCHIVED, VOID)


@dataclass(frozen=True, slots=True)
class SignatureView:
    """A signature: who, in which role, when, over which body."""

    role: str
    name: str
    person: str | None
    at: datetime
    sha256: str
    body_sha256: str


@dataclass(frozen=True, slots=True)
class ServingView:
    """One service; ``receipt`` is the id of its 送达回证."""

    way: str
    place: str
    at: datetime
    recipient: str
    signed_by: str
    witnesses: list[str]
    refusal_note: str
    tracking: str
    effective_at: datetime | None
    trace: list[str]
    provisional: bool
    files: list[str]
    receipt: str


@dataclass(frozen=True, slots=True)
class DocumentView:
    """A document as it is shown; ``revision`` is what an edit must name, ``outcome`` (approved, rejected or empty) and
    ``opinion`` are what was said about what was submitted last; ``moved`` are dates in the body that hold no more;
    ``further_hazards`` are those it names besides ``hazard``, ``all_found`` whether also what is registered later.
    """

    id: str
    type: str
    title: str
    organ: str
    organ_name: str
    unit: str
    hazard: str | None
    further_hazards: list[str]
    place: str | None
    inspection: int | None
    all_found: bool
    to_unit: str | None
    paper: int | None
    about: str | None
    body: dict[str, Any]
    officers: list[str]
    state: str
    revision: int
    version: int
    number: str | None
    verify_code: str
    drafted_at: datetime
    drafted_by: str
    submitted_at: datetime | None
    submitted_by: str | None
    approved_at: datetime | None
    approved_by: str | None
    approved_for: str
    approved_mandate: str
    issued_at: datetime | None
    issued_by: str | None
    seal: str
    power: str
    certificates: list[dict[str, str]]
    sha256: str | None
    served_at: datetime | None
    archived_at: datetime | None
    void_asked_by: str | None
    void_reason: str | None
    voided_at: datetime | None
    voided_by: str | None
    outcome: str
    opinion: str
    signatures: list[SignatureView]
    services: list[ServingView]
    moved: list[WrittenDate]


def state_of(row: Document, now: datetime) -> str:
    """Where a document stands now: what was served by public notice is served when its days are over."""
    return SERVED if row.state == NOTIFIED and served(row, now) else row.state


def served(row: Document, now: datetime) -> bool:
    """Whether it counts as served by now."""
    return row.served_at is not None and row.served_at <= now


def in_state(state: str, now: datetime) -> ColumnElement[bool]:
    """The same for a list."""
    over = Document.served_at <= now
    if state == SERVED:
        return (Document.state == SERVED) | ((Document.state == NOTIFIED) & over)
    return (Document.state == state) & ~over if state == NOTIFIED else Document.state == state


def view(tx: Session, app: App, row: Document) -> DocumentView:
    """One row as it is shown."""
    return views(tx, app, [row])[0]


def views(tx: Session, app: App, rows: Sequence[Document]) -> list[DocumentView]:
    """These rows as they are shown; a fixed number of queries."""
    ids, now = [row.id for row in rows], app.clock()
    names = units.names(tx, {row.organ for row in rows})
    signatures: dict[str, list[SignatureView]] = {}
    query = select(DocumentSignature).where(DocumentSignature.document.in_(ids)).order_by(DocumentSignature.id)
    for signature in tx.scalars(query):
        signatures.setdefault(signature.document, []).append(
            SignatureView(**{name: getattr(signature, name) for name in SignatureView.__slots__})
        )
    said = select(DocumentVersion).join(
        Document, (Document.id == DocumentVersion.document) & (Document.version == DocumentVersion.version)
    )
    decided = {row.document: row for row in tx.scalars(said.where(Document.id.in_(ids)))}
    services: dict[str, list[ServingView]] = {}
    query_served = select(DocumentServing).where(DocumentServing.document.in_(ids)).order_by(DocumentServing.id)
    for serving in tx.scalars(query_served):
        services.setdefault(serving.document, []).append(
            ServingView(**{name: getattr(serving, name) for name in ServingView.__slots__})
        )
    further = named_hazards.further(tx, ids)
    dates = document_dates.moved(tx, app, [row for row in rows if row.state not in (ARCHIVED, VOID)])
    own = [name for name in DocumentView.__slots__ if name in Document.__mapper__.columns and name != "state"]
    return [
        DocumentView(
            **{name: getattr(row, name) for name in own},
            state=state_of(row, now),
            organ_name=names[row.organ],
            outcome=decided[row.id].outcome if row.id in decided else "",
            opinion=decided[row.id].opinion if row.id in decided else "",
            signatures=signatures.get(row.id, []),
            services=services.get(row.id, []),
            moved=dates.get(row.id, []),
            further_hazards=further.get(row.id, []),
        )
        for row in rows
    ]
