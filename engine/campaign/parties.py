"""Whether two papers are about the same party or name the same number, however people spell them: width, brackets,
spaces and the form of a company differ from clerk to clerk, and a place is called by its name or by that of its unit.
"""

import re
import unicodedata

from sqlalchemy.orm import Session

from engine.campaign.document_model import Document
from engine.campaign.model import Place, Unit

_MARKS = re.compile(r"[\W_]+")
_FORMS = (("有限责任公司", "公司"), ("股份有限公司", "公司"), ("有限公司", "公司"), ("股份公司", "公司"))


def plain(text: object) -> str:
    """A text without what people spell differently; the form of a company is left out, its name is not."""
    found = _MARKS.sub("", unicodedata.normalize("NFKC", str(text or "")).casefold())
    for form, short in _FORMS:
        found = found.replace(form, short)
    return found


def same(tx: Session, one: Document, other: Document) -> bool:
    """Whether two papers are for the same party; one that names nobody is for whoever the other is for."""
    mine, theirs = (plain(paper.body.get("recipient")) for paper in (one, other))
    if not mine or not theirs or mine == theirs:
        return True
    return one.place is not None and one.place == other.place and {mine, theirs} <= _names(tx, one.place)


def _names(tx: Session, place: str) -> set[str]:
    """How a place and its own unit are called."""
    row = tx.get_one(Place, place)
    unit = tx.get(Unit, row.unit) if row.unit else None
    return {plain(row.name), plain(unit.name if unit else row.name)}
