"""Everything on paper about a hazard in one list: what was sent to whom, the documents, the measures that departments
decided and the reports it came from, each with where it stands.
"""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine.app import App
from engine.bpm.viewer import Viewer
from engine.campaign import assignments, citizen_reports, named_hazards, units
from engine.campaign.assignments import AssignmentView
from engine.campaign.case_model import Measure
from engine.campaign.document_model import Document
from engine.campaign.document_sight import documents
from engine.campaign.document_views import state_of
from engine.campaign.report_model import CitizenReport
from engine.campaign.sight import seen

PAPER, DOCUMENT, MEASURE, REPORT = "paper", "document", "measure", "report"
SOURCES = (PAPER, DOCUMENT, MEASURE, REPORT)


@dataclass(frozen=True, slots=True)
class CasePaper:
    """One line: ``source`` says where it is kept and ``id`` its key there; ``document`` is the id of the document
    that carries it, ``document_state`` where that stands. What does not apply is empty.
    """

    source: str
    id: str
    kind: str
    number: str
    state: str
    sent_at: datetime
    from_unit: str
    from_name: str
    to_unit: str
    to_name: str
    title: str = ""
    document: str | None = None
    document_state: str = ""
    reason: str = ""
    sign_due_at: datetime | None = None
    signed_at: datetime | None = None
    returned_at: datetime | None = None
    return_reason: str = ""
    answer_due_at: datetime | None = None
    answered_at: datetime | None = None
    answer: str = ""
    closed_at: datetime | None = None


def list_papers(app: App, number: str, *, viewer: Viewer) -> list[CasePaper]:
    """The papers of a hazard that the viewer may see, oldest first; raises NotFound."""
    now = app.clock()
    sent = assignments.list_assignments(app, number, viewer=viewer)
    with app.reading() as tx:
        seen(tx, number, viewer)
        query = select(Document).where(named_hazards.about(number), documents(viewer))
        drawn = list(tx.scalars(query.order_by(Document.drafted_at, Document.id)))
        carrying = {row.paper: row for row in drawn if row.paper is not None}
        found = [_paper(row, carrying.get(row.id), now) for row in sent]
        found += _documents(tx, [row for row in drawn if row.paper not in {each.id for each in sent}], now)
        found += [*_measures(tx, number, now), *_reports(tx, number, viewer)]
    return sorted(found, key=lambda one: (one.sent_at, SOURCES.index(one.source), one.id))


def _paper(row: AssignmentView, document: Document | None, now: datetime) -> CasePaper:
    shared = {name: getattr(row, name) for name in AssignmentView.__slots__ if name != "id"}
    return CasePaper(
        source=PAPER, id=str(row.id), **shared, title=document.title if document else "",
        document=document.id if document else None, document_state=state_of(document, now) if document else "",
    )  # fmt: skip


def _documents(tx: Session, rows: list[Document], now: datetime) -> list[CasePaper]:
    names = units.names(tx, {code for row in rows for code in (row.organ, row.to_unit) if code})
    return [
        CasePaper(
            DOCUMENT, row.id, row.type, row.number or "", state_of(row, now), row.issued_at or row.drafted_at,
            row.organ, names[row.organ], row.to_unit or "", names.get(row.to_unit or "", ""), row.title, row.id,
            state_of(row, now),
            signed_at=row.served_at, closed_at=row.voided_at or row.archived_at, reason=row.void_reason or "",
        )
        for row in rows
    ]  # fmt: skip


def _measures(tx: Session, number: str, now: datetime) -> list[CasePaper]:
    rows = list(tx.scalars(select(Measure).where(Measure.hazard == number).order_by(Measure.id)))
    names = units.names(tx, {row.organ for row in rows})
    return [
        CasePaper(
            MEASURE, str(row.id), row.kind, row.decision_no, _standing(row, now), row.opened_at, row.organ,
            names[row.organ], "", "", reason=row.basis, answer=row.lift_reason, answer_due_at=row.ends_at,
            closed_at=row.lifted_at,
        )
        for row in rows
    ]  # fmt: skip


def _standing(row: Measure, now: datetime) -> str:
    if row.lifted_at:
        return "已解除"
    return "已到期" if row.ends_at < now else "已延长" if row.extended_at else "执行中"


def _reports(tx: Session, number: str, viewer: Viewer) -> list[CasePaper]:
    """Reports that became this hazard, for whoever may see reports at all; never who reported."""
    query = select(CitizenReport).where(CitizenReport.hazard == number, citizen_reports.seen(viewer))
    rows = list(tx.scalars(query.order_by(CitizenReport.number)))
    names = units.names(tx, {row.receiver for row in rows})
    return [
        CasePaper(
            REPORT, row.number, "群众举报", row.number, "已答复" if row.replied_at else "待答复", row.received_at,
            "", "", row.receiver, names[row.receiver], answered_at=row.replied_at, signed_at=row.signed_at,
        )
        for row in rows
    ]  # fmt: skip
