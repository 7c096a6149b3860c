"""What a 行政处罚信息公示表 tells of the decision that it publishes, and where it is published as far as that is
written down (penalties.py).
"""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine.app import App
from engine.campaign.case_model import Hazard
from engine.campaign.document_model import Document
from engine.campaign.model import Place
from engine.campaign.registers_model import Penalty

TYPE = "行政处罚信息公示表"
DECISIONS = ("行政处罚决定书（单位）", "当场行政处罚决定书（单位）")
SAME = ("recipient", "address", "facts", "basis", "decision", "performance")


def facts(
    tx: Session, app: App, type: str, hazard: Hazard | None, place: Place | None, organ: str
) -> Mapping[str, Any]:  # fmt: skip
    """Fields of such a table, from the newest decision of this organ about the hazard (or place) that no other table
    has been drawn up for; nothing for other papers or without one.
    """
    if type != TYPE or place is None:
        return {}
    about = Document.hazard == hazard.number if hazard is not None else Document.place == place.id
    mine = select(Document).where(about, Document.organ == organ, Document.voided_at.is_(None))
    drawn_up = {str(one.body.get("reference", "")) for one in tx.scalars(mine.where(Document.type == TYPE))}
    decided = mine.where(Document.type.in_(DECISIONS), Document.approved_at.is_not(None))
    rows = tx.scalars(decided.order_by(Document.approved_at.desc(), Document.id)).all()
    row = next((one for one in rows if one.number not in drawn_up), None)
    if row is None or row.approved_at is None:
        return {}
    known = select(Penalty).where(Penalty.place == row.place, Penalty.document == row.number)
    penalty = tx.scalars(known.limit(1)).one_or_none()
    day = row.approved_at.astimezone(app.zone)
    return {
        **{name: row.body[name] for name in SAME if row.body.get(name)},
        "reference": row.number, "decided_on": f"{day.year}年{day.month}月{day.day}日",
        "publicity": penalty.published_at if penalty else "",
    }  # fmt: skip
