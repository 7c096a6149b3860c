"""The hazards that a document is about: its own, and the further ones of the same place that an order of one
inspection names (rows of ``document_hazard``). Every list and clock of a hazard finds its papers through here.
"""

from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import ColumnElement, CompoundSelect, select
from sqlalchemy.orm import Session

from engine.bpm.viewer import Viewer
from engine.campaign.case_model import Hazard
from engine.campaign.document_model import Document, DocumentHazard
from engine.campaign.document_types import DocumentType
from engine.campaign.sight import seen
from engine.errors import Invalid, NotFound
from engine.said import Said

MOST = 200
FIELD = "further_hazards"


def about(number: str) -> ColumnElement[bool]:
    """Rows of ``document`` that are about this hazard."""
    named = select(DocumentHazard.document).where(DocumentHazard.hazard == number)
    return (Document.hazard == number) | Document.id.in_(named)


def links() -> CompoundSelect[str, str | None]:
    """Each document with each hazard it is about: ``document``, ``hazard``."""
    own = select(Document.id.label("document"), Document.hazard.label("hazard")).where(Document.hazard.is_not(None))
    return own.union_all(select(DocumentHazard.document, DocumentHazard.hazard))


def further(tx: Session, ids: Iterable[str]) -> dict[str, list[str]]:
    """The further hazards of these documents, by document id, in the order of their numbers; one query."""
    found: dict[str, list[str]] = {}
    named = select(DocumentHazard).where(DocumentHazard.document.in_(list(ids)))
    for row in tx.scalars(named.order_by(DocumentHazard.hazard)):
        found.setdefault(row.document, []).append(row.hazard)
    return found


def all_of(tx: Session, row: Document) -> list[str]:
    """Every hazard that a document is about, in the order of their numbers: whoever locks them one after another does
    so in this order.
    """
    return sorted({*([row.hazard] if row.hazard else []), *further(tx, [row.id]).get(row.id, [])})


def wanted(
    tx: Session, type: DocumentType, hazard: Hazard | None, numbers: Sequence[str], viewer: Viewer
) -> list[Hazard]:  # fmt: skip
    """The further hazards that a draft about this one is to name. Raises Invalid naming each that may not be: one of
    another place, one that has ended, one that was named already, one that the viewer may not see, and all of them
    where the type is about one hazard only.
    """
    if not numbers:
        return []
    if not type.several or hazard is None or len(numbers) > MOST:
        raise _refused(type, [(0, _none(type, hazard))])
    found, wrong = [], []
    for at, number in enumerate(numbers):
        fault, row = _looked_at(tx, hazard, number, numbers[:at], viewer)
        if fault is not None:
            wrong.append((at, fault))
        elif row is not None:
            found.append(row)
    if wrong:
        raise _refused(type, wrong)
    return found


def name(tx: Session, document: str, numbers: Iterable[str]) -> None:
    """Let a document name these further hazards and no others."""
    asked = set(numbers)
    rows = tx.scalars(select(DocumentHazard).where(DocumentHazard.document == document)).all()
    for row in rows:
        if row.hazard not in asked:
            tx.delete(row)
    tx.add_all(DocumentHazard(document=document, hazard=one) for one in sorted(asked - {row.hazard for row in rows}))
    tx.flush()


def add(tx: Session, row: Document, numbers: Iterable[str]) -> None:
    """Let a document be about these hazards too; the first is its own where it has none."""
    missing = [number for number in numbers if number not in all_of(tx, row)]
    if missing and row.hazard is None:
        row.hazard = missing.pop(0)
    name(tx, row.id, [*further(tx, [row.id]).get(row.id, ()), *missing])


def lines(type: DocumentType, hazards: Sequence[Hazard]) -> dict[str, list[Any]]:
    """One line for each of several hazards in the fields of an order that list what is wrong, with its number."""
    told = [f"{one.text}（{one.number}）" for one in hazards]
    rows: dict[str, list[Any]] = {
        "items": [{"text": text, "result": "限期改正"} for text in told],
        "violations": [*told],
    }
    return {field.name: rows[field.name] for field in type.fields if field.name in rows}


def _looked_at(
    tx: Session, hazard: Hazard, number: str, before: Sequence[str], viewer: Viewer
) -> tuple[Said | None, Hazard | None]:
    if number == hazard.number or number in before:
        return Said(f"隐患 {number} 已经写明，不必重复", f"{number} is named already"), None
    try:
        row = seen(tx, number, viewer)
    except NotFound as error:
        return Said(error.message.removesuffix("。"), error.en), None
    if row.place != hazard.place:
        return Said(f"隐患 {number} 不在同一场所，请另行制作文书", f"{number} is at another place"), None
    if row.closed_at is not None:
        return Said(f"隐患 {number} 已经销号或者作废", f"{number} has ended"), None
    return None, row


def _none(type: DocumentType, hazard: Hazard | None) -> Said:
    if not type.several:
        return Said(f"《{type.type}》只写一件隐患", f"“{type.type}” is about one hazard")
    if hazard is None:
        return Said("请先选定文书所属的隐患，再写明其他隐患", "Name the document's own hazard first")
    return Said(f"一份文书最多再写明 {MOST} 件隐患", f"{MOST} further hazards at most")


def _refused(type: DocumentType, wrong: Sequence[tuple[int, Said]]) -> Invalid:
    return Invalid(
        f"《{type.type}》不能写明这些隐患：" + "；".join(told for _, told in wrong) + "。",
        en=f"“{type.type}” cannot name these hazards: " + "; ".join(told.en for _, told in wrong) + ".",
        problems=[{"field": f"{FIELD}.{at}", "rule": "hazard", "message": told} for at, told in wrong],
    )
