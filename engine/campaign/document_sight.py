"""Who sees a document: its organ from the draft on; who it is for, and whoever sees its hazard, once it was issued."""

from sqlalchemy import ColumnElement, or_, select, true
from sqlalchemy.orm import Session

from engine.bpm.viewer import Viewer
from engine.campaign import authority, document_types, inspection_lock, scope, units
from engine.campaign.case_model import Hazard
from engine.campaign.document_model import Document, DocumentHazard
from engine.campaign.model import Person, Place, Unit
from engine.errors import NotAllowed, NotFound


def documents(viewer: Viewer) -> ColumnElement[bool]:
    """Rows of ``document`` this viewer may see. Inspectors and secretaries see drafts of their own only."""
    if viewer.admin:
        return true()
    mine = select(Unit).join(Person, Person.unit == Unit.code).where(Person.name == viewer.name).subquery()
    places = select(Place.id).where(Place.unit.in_(select(mine.c.code)))
    inner = [row.type for row in document_types.all_types() if row.internal]
    theirs = select(Hazard.number).where(scope.hazards(viewer))
    out = Document.issued_at.is_not(None) & Document.type.not_in(inner)
    return or_(
        Document.organ.in_(select(mine.c.code)),
        Document.organ.in_(select(mine.c.parent).where(mine.c.kind == "office")),
        Document.drafted_by == viewer.name,
        out
        & or_(
            Document.to_unit.in_(select(mine.c.code)),
            Document.place.in_(places),
            Document.hazard.in_(theirs),
            Document.id.in_(select(DocumentHazard.document).where(DocumentHazard.hazard.in_(theirs))),
        ),
    )


def seen(tx: Session, id: str, viewer: Viewer, *, lock: bool = False) -> Document:
    """The row of a document the viewer may see, locked until the transaction ends if asked, behind the inspection it
    was drawn up for; raises NotFound.
    """
    if lock:
        inspection_lock.hold_of(tx, id)
    query = select(Document).where(Document.id == id, documents(viewer))
    row = tx.scalars(query.with_for_update() if lock else query).one_or_none()
    if row is None:
        raise NotFound(
            "没有这份文书，或它不在您的职责范围内。", en="There is no such document, or it is not yours to see."
        )
    return row


def to_act(tx: Session, id: str, viewer: Viewer, act: str) -> Document:
    """The locked row for somebody of its organ (or its drafter) who may do this act; raises NotFound, NotAllowed."""
    row = seen(tx, id, viewer, lock=True)
    authority.require(tx, viewer, act)
    if not viewer.admin and row.drafted_by != viewer.name and not of_organ(tx, row, viewer):
        raise NotAllowed(
            f"这份文书由“{units.require(tx, row.organ).name}”办理，您可以查看但不能办理。",
            en=f"This document belongs to {row.organ}: you may read it but not act on it.",
        )
    return row


def to_read(tx: Session, row: Document, viewer: Viewer) -> bool:
    """Whether this viewer is of those a document was issued to: of its receiver, or of the enterprise it is about."""
    unit = units.of_person(tx, viewer.name)
    if unit is None or row.issued_at is None or of_organ(tx, row, viewer):
        return False
    place = tx.get(Place, row.place) if row.place else None
    return unit.code in (row.to_unit, place.unit if place else None)


def of_organ(tx: Session, row: Document, viewer: Viewer) -> bool:
    """Whether this viewer is of the organ in whose name the document is."""
    unit = units.of_person(tx, viewer.name)
    return unit is not None and (unit.code == row.organ or (unit.kind == "office" and unit.parent == row.organ))
