"""Which documents an office may make now about a hazard or a place, and of what must be there first what is missing."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from engine.app import App
from engine.bpm.viewer import Viewer
from engine.campaign import document_numbers, document_types, documents, places, units
from engine.campaign.document_model import Document
from engine.campaign.document_numbers import OF_PAPERS
from engine.campaign.document_sight import seen
from engine.campaign.document_types import DocumentType, Need
from engine.campaign.document_views import state_of
from engine.campaign.sight import seen as seen_hazard
from engine.errors import Invalid, NotFound, Problem
from engine.said import Said


@dataclass(frozen=True, slots=True)
class NeedView:
    """One thing that must be there first: met or not, by which types, and the document that comes nearest."""

    words: Said
    met: bool
    types: list[str]
    document: str | None
    state: str


@dataclass(frozen=True, slots=True)
class ChoiceView:
    """A type that the viewer's unit may make; ``ready``: everything is there that must be there first;
    ``of_inspection``: it can be drawn up for an inspection and carries its number; ``slots``: what it is called among
    四单四函 here, such as 单一 风险提示单.
    """

    type: str
    nr: int | None
    clause: str
    note: str
    ready: bool
    needs: list[NeedView]
    of_inspection: bool
    slots: list[str]


def choices(app: App, viewer: Viewer, *, hazard: str | None = None, place: str | None = None) -> list[ChoiceView]:
    """The types in force that the viewer's unit may make, in the order of the table; nobody's without a unit.

    Raises Invalid for a hazard or place that is not the viewer's to see.
    """
    now = app.clock()
    day = now.astimezone(app.zone).date()
    with app.reading() as tx:
        where = _place(tx, hazard, place, viewer)
        unit = units.of_person(tx, viewer.name)
        rows = [row for row in document_types.all_types() if row.valid_from <= day <= (row.valid_to or day)]
        able = [row for row in rows if unit and unit.kind in row.issuers and not row.made_by_service]
        others = documents.beside(tx, hazard=hazard, place=where) if where else []
        called: dict[str, list[str]] = {}
        for slot, given in document_numbers.slots(tx).items():
            called.setdefault(given["type"], []).append(f"{slot} {given['title']}")
        return [_choice(row, others, now, called.get(row.type, [])) for row in able]


def _place(tx: Session, hazard: str | None, place: str | None, viewer: Viewer) -> str | None:
    try:
        if hazard:
            return seen_hazard(tx, hazard, viewer).place
        return places.require(tx, place, viewer).id if place else None
    except NotFound as error:
        problem = Problem(field="hazard" if hazard else "place", rule="unknown", message=error.message)
        raise Invalid(error.message, en=error.en, problems=[problem]) from error


def needs_of(app: App, id: str, *, viewer: Viewer) -> list[NeedView]:
    """What must be there before this document; raises NotFound."""
    now = app.clock()
    with app.reading() as tx:
        row = seen(tx, id, viewer)
        return _needs(documents.type_of(app, row), _others(tx, row), now)


def _others(tx: Session, row: Document) -> list[Document]:
    return documents.beside(tx, hazard=row.hazard, place=row.place, but=row.id)


def _choice(row: DocumentType, others: Sequence[Document], now: datetime, slots: list[str]) -> ChoiceView:
    needs = _needs(row, others, now)
    ready = all(need.met for need in needs)
    return ChoiceView(row.type, row.nr, row.clause, row.note, ready, needs, row.type in OF_PAPERS, slots)


def _needs(row: DocumentType, others: Sequence[Document], now: datetime) -> list[NeedView]:
    return [_need(need, others, now) for need in row.needs]


def _need(need: Need, others: Sequence[Document], now: datetime) -> NeedView:
    """Nearest is one that is good enough, else the newest of these types."""
    fit = sorted((one for one in others if one.type in need.types), key=lambda one: one.drafted_at, reverse=True)
    near = next((one for one in fit if documents.met(need, [one], now)), fit[0] if fit else None)
    found = (near.id, state_of(near, now)) if near else (None, "")
    return NeedView(need.words(), documents.met(need, others, now), list(need.types), *found)
