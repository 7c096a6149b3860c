"""What diagrams may do with documents: start a draft in a step, so that whoever works the case finds it begun."""

from collections.abc import Mapping
from typing import Any

from marshmallow import Schema, fields
from sqlalchemy.orm import Session

from engine.app import App
from engine.bpm.operators import Run
from engine.bpm.spiff.types import OperatorCall
from engine.bpm.step import ACTOR, ENGINE
from engine.campaign import document_bodies, document_types, documents, interviews, units
from engine.campaign.model import Place
from engine.campaign.sight import existing

GIVEN = dict[str, Any]
Result = Mapping[str, Any]


class DocumentDraft(Schema):
    """``unit`` is a unit or a group ``role@unit`` of it; what the document is about is a hazard, a place or a talk."""

    type = fields.String(required=True)
    unit = fields.String(required=True)
    hazard = fields.String(load_default=None, allow_none=True)
    place = fields.String(load_default=None, allow_none=True)
    interview = fields.String(load_default=None, allow_none=True)
    to_unit = fields.String(load_default=None, allow_none=True)
    body = fields.Dict(keys=fields.String(), load_default=dict, allow_none=True)


def draft(app: App, tx: Session, call: OperatorCall, given: GIVEN) -> Result:
    """Start a draft of the type in the name of a unit; its fields come from the records, ``body`` goes over them.
    Answers the id of the document. Raises what ``documents.draft`` raises.
    """
    type = document_types.on_day(given["type"], call.at.astimezone(app.zone).date())
    unit = units.require(tx, given["unit"].rpartition("@")[2])
    hazard = existing(tx, given["hazard"]) if given["hazard"] else None
    place = tx.get_one(Place, given["place"]) if given["place"] else None
    body = {name: _text(value) for name, value in (given["body"] or {}).items()}
    if given["interview"]:
        talk = interviews.existing(tx, given["interview"])
        place = place or (tx.get_one(Place, talk.place) if talk.place else None)
        asked = place.name if place else talk.person or (units.require(tx, talk.unit).name if talk.unit else "")
        body = {"subject": talk.reason[: document_bodies.LONGEST_TEXT], "asked": asked, **body}
    row = documents.draft_in(
        tx, app, type, unit, {"to_unit": given["to_unit"], "body": body}, hazard=hazard, place=place,
        by=str(tx.info.get(ACTOR, ENGINE)), now=call.at,
    )  # fmt: skip
    return {"document": row.id}


def _text(value: Any) -> Any:
    """A variable as a field holds it: long texts are cut to what a body takes, the record of the step has the rest."""
    if isinstance(value, list):
        return [_text(part) for part in value][: document_bodies.MOST_LINES]
    return "" if value is None else str(value)[: document_bodies.LONGEST_TEXT]


OPERATORS: list[tuple[str, str, type[Schema], Run, Result]] = [
    ("document.draft", "起草文书", DocumentDraft, draft, {"document": ""}),
]
