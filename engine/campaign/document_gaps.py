"""What of a hazard's documents stands against its closure, a sentence each. Reads only."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine.app import App
from engine.campaign import named_hazards
from engine.campaign.case_model import Hazard
from engine.campaign.document_model import Document
from engine.campaign.document_views import ENDED, ISSUED_STATES, NOTIFIED, served
from engine.campaign.documents import beside, type_of, unsigned
from engine.said import Said, english

UNAPPROVED = Said("尚未批准", "is not approved")
UNSEALED = Said("尚未盖章签发", "is not sealed and issued")
UNSERVED = Said("尚未送达", "is not served")
NOTICE_RUNS = Said("公告送达尚未期满", "its public notice has not ended")


def unfinished(tx: Session, app: App, hazard: Hazard) -> list[str]:
    """Drafts, missing signatures, seal, service. A form is finished when it is signed, what stays in the organ when it
    is issued.
    """
    rows = tx.scalars(
        select(Document)
        .where(named_hazards.about(hazard.number), Document.state.not_in(ENDED), Document.about.is_(None))
        .order_by(Document.drafted_at, Document.id)
    )
    return [
        Said(f"《{row.type}》{row.number or ''}{lacking}", f"“{row.type}” {row.number or ''} {english(lacking)}")
        for row in rows
        if (lacking := _lacking(tx, app, row))
    ]


def not_beside(tx: Session, app: App, row: Document) -> list[str]:
    """The types that are handed over with this document and are not sealed; one drafted before it was for another."""
    wanted = type_of(app, row).served_with
    others = beside(tx, hazard=row.hazard, place=row.place, but=row.id) if wanted else []
    there = {
        other.type for other in others
        if other.organ == row.organ and other.issued_at is not None and other.drafted_at >= row.drafted_at
    }  # fmt: skip
    return [name for name in wanted if name not in there]


def _lacking(tx: Session, app: App, row: Document) -> str:
    if row.number is None:
        return UNAPPROVED
    if people := unsigned(tx, row):
        names = "、".join(people)
        return Said(f"缺签名：{names}", f"lacks the signature of {names}")
    if without := not_beside(tx, app, row):
        names, names_en = "、".join(f"《{name}》" for name in without), ", ".join(without)
        return Said(f"缺与它一并交付的{names}", f"lacks what is handed over with it: {names_en}")
    if row.state == NOTIFIED:
        return "" if served(row, app.clock()) else NOTICE_RUNS
    type = type_of(app, row)
    if row.state not in ISSUED_STATES:
        return "" if type.form else UNSEALED
    return "" if type.form or type.internal else UNSERVED
