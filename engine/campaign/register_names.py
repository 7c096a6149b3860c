"""What people call the things whose edits the audit of the registers tells: the name behind each key, and the keys
behind part of a name. Reads only.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Select, String, case, cast, or_, select
from sqlalchemy.orm import Session

from engine.campaign.checklist_model import Checklist, Sheet
from engine.campaign.document_model import DocumentTemplate
from engine.campaign.model import HazardCode, Milestone, Person, Place, PlanTask, Unit, Visit
from engine.campaign.picture_model import Picture
from engine.campaign.registers_model import Change


@dataclass(frozen=True, slots=True)
class _Named:
    """``rows`` selects (key of the edit, name); ``column`` is what narrows it, of whose type ``read`` makes a key."""

    rows: Select[str, str]
    column: Any
    read: Callable[[str], Any] = str


_PERSON = _Named(select(Person.name, Person.display_name), Person.name)
_UNIT = _Named(select(Unit.code, Unit.name), Unit.code)
_SHOWN = case((Picture.caption != "", Picture.caption), else_=Picture.filename)
NAMED = {
    "unit": _UNIT,
    "power": _UNIT,
    "organ": _UNIT,
    "person": _PERSON,
    "account": _PERSON,
    "lockout": _PERSON,
    "substitution": _PERSON,
    "mandate": _PERSON,
    "place": _Named(select(Place.id, Place.name), Place.id),
    "code": _Named(select(HazardCode.code, HazardCode.name).order_by(HazardCode.valid_from), HazardCode.code),
    "checklist": _Named(
        select(Checklist.key + "/" + cast(Checklist.version, String), Checklist.name),
        Checklist.key, lambda key: key.rpartition("/")[0],
    ),
    "sheet": _Named(
        select(cast(Sheet.id, String), Place.name + " " + Checklist.name)
        .join(Checklist, Checklist.id == Sheet.checklist).join(Visit, Visit.id == Sheet.visit)
        .join(Place, Place.id == Visit.place),
        Sheet.id, int,
    ),
    "picture": _Named(select(Picture.id, Picture.code + " " + _SHOWN), Picture.id),
    "milestone": _Named(select(Milestone.id, Milestone.name), Milestone.id),
    "plan-task": _Named(select(cast(PlanTask.number, String), PlanTask.title), PlanTask.number, int),
    "template": _Named(
        select(DocumentTemplate.organ + " " + DocumentTemplate.type, Unit.name + " " + DocumentTemplate.type)
        .join(Unit, Unit.code == DocumentTemplate.organ),
        DocumentTemplate.organ, lambda key: key.partition(" ")[0],
    ),
}  # fmt: skip


def names(tx: Session, edits: Iterable[Change]) -> dict[tuple[str, str], str]:
    """(noun, key) → the name of today, for those that have one; one statement for each noun."""
    keys: dict[str, set[str]] = {}
    for edit in edits:
        keys.setdefault(edit.noun, set()).add(edit.key)
    found: dict[tuple[str, str], str] = {}
    for noun, wanted in keys.items():
        if named := NAMED.get(noun):
            rows = tx.execute(named.rows.where(named.column.in_({named.read(key) for key in wanted})))
            found |= {(noun, key): name for key, name in rows}
    return found


def about(subject: str) -> ColumnElement[bool]:
    """The edits of what has this key, or whose name contains it."""
    called = []
    for noun, named in NAMED.items():
        key, name = list(named.rows.selected_columns)
        known = named.rows.order_by(None).with_only_columns(key).where(name.icontains(subject, autoescape=True))
        called.append((Change.noun == noun) & Change.key.in_(known))
    return or_(Change.key == subject, Change.key.startswith(f"{subject}/", autoescape=True), *called)
