"""One order of locks for an inspection, what was found on it and the papers drawn up for it: the inspection first, then
its sheets and documents, then hazards. Whoever names a hazard on a paper and whoever draws the paper up hold the same
row, so that one of them sees what the other wrote; and no two wait for each other.
"""

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine.campaign.document_model import Document
from engine.campaign.model import Visit
from engine.campaign.registers_model import Inspection


def hold(tx: Session, visit: int | None) -> Inspection | None:
    """The inspection of this visit as it is now, locked until the transaction ends; None when it is a patrol."""
    if visit is None:
        return None
    return tx.scalars(select(Inspection).where(Inspection.visit == visit).with_for_update()).one_or_none()


def hold_of(tx: Session, document: str) -> None:
    """The same of the inspection that a document was drawn up for, if any: before the document is locked."""
    mine = select(Inspection).join(Document, Document.inspection == Inspection.visit).where(Document.id == document)
    tx.scalars(mine.with_for_update(of=Inspection)).one_or_none()


def hold_at(tx: Session, place: str) -> Sequence[Inspection]:
    """All inspections of a place, locked one after another: before a hazard of it that may settle a finding ends."""
    here = select(Inspection).join(Visit, Visit.id == Inspection.visit).where(Visit.place == place)
    return tx.scalars(here.order_by(Inspection.visit).with_for_update(of=Inspection)).all()
