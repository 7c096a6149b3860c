"""Papers drawn up for an inspection: its record and its order, each under one number with the inspection.

Whichever comes first gives the number out, the paper's approval or the filing of the record; the other takes it over
(document_numbers.assign, inspections.record).
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine.app import App
from engine.bpm.viewer import Viewer
from engine.campaign import (
    court_clock,
    document_numbers,
    inspection_lock,
    named_hazards,
    scope,
    started_clocks,
    units,
    visits,
)
from engine.campaign.case_model import Hazard
from engine.campaign.document_model import Document
from engine.campaign.document_types import DocumentType
from engine.campaign.model import Person, Unit, Visit
from engine.campaign.registers_model import Inspection
from engine.errors import Conflict, Invalid, NotAllowed

PAPERS = document_numbers.OF_PAPERS


def told(
    tx: Session, app: App, type: DocumentType, unit: Unit, values: Mapping[str, Any], viewer: Viewer, now: datetime
) -> dict[str, Any]:  # fmt: skip
    """What to draft for the inspection ``visit``: its place and officers, the hazard that was found on it (the one that
    was given, else all that were, and will be), and what it tells of the body, under what was given. Raises what
    ``_wanted`` raises.
    """
    visit, inspection = _wanted(tx, type, unit, values["visit"], viewer)
    known = _facts(tx, app, visit, inspection, now)
    body = {field.name: known[field.name] for field in type.fields if known.get(field.name)}
    return {
        **values, **_hazards(tx, visit, values, viewer), "place": visit.place,
        "officers": values.get("officers") or inspection.officers,
        "body": {**body, **(values.get("body") or {})},
    }  # fmt: skip


def found(tx: Session, app: App, hazard: Hazard, now: datetime) -> None:
    """A hazard found on an inspection was registered by one of its officers: the papers of the inspection that are
    about none yet, or about all that was found, are about it too, and start what they start (T3, T5, T6 …) from their
    own dates, which may be over already.
    """
    inspection = inspection_lock.hold(tx, hazard.visit)  # a draft that is just being made is there afterwards
    if inspection is not None and hazard.finder in inspection.officers:
        take(tx, app, inspection.visit, hazard, now)


def take(tx: Session, app: App, visit: int, hazard: Hazard, now: datetime) -> None:
    """The same for a hazard to which an officer says a finding belongs; the receipts go with the papers. The caller
    holds the inspection.
    """
    mine = select(Document).where(
        Document.inspection == visit,
        Document.hazard.is_(None) | (Document.all_found & Document.voided_at.is_(None)),
    )
    for row in tx.scalars(mine.order_by(Document.drafted_at, Document.id).with_for_update()).all():
        for paper in (row, *tx.scalars(select(Document).where(Document.about == row.id))):
            named_hazards.add(tx, paper, [hazard.number])
        court_clock.follow(tx, app, row.id, now)
        started_clocks.follow(tx, app, row.id, now)


def all_found(tx: Session, row: Document) -> None:
    """A draft about all that was found names what its officers registered, also what the drafter alone does not see."""
    inspection = tx.get(Inspection, row.inspection) if row.all_found else None
    if inspection is not None:
        here = select(Hazard.number).where(
            Hazard.visit == row.inspection, Hazard.finder.in_(inspection.officers), Hazard.closed_at.is_(None)
        )
        named_hazards.add(tx, row, tx.scalars(here.order_by(Hazard.registered_at, Hazard.number)).all())


def _hazards(tx: Session, visit: Visit, values: Mapping[str, Any], viewer: Viewer) -> dict[str, Any]:
    here = select(Hazard).where(Hazard.visit == visit.id, Hazard.void_reason.is_(None), scope.hazards(viewer))
    rows = list(tx.scalars(here.order_by(Hazard.registered_at, Hazard.number)))
    rows.sort(key=lambda row: row.closed_at is not None)  # what was fixed on the spot comes last
    given, numbers = values.get("hazard"), [row.number for row in rows]
    if given is not None and given not in numbers:
        raise Invalid(
            f"隐患 {given} 不是在这次检查中发现的，请核对。", en=f"Hazard {given} was not found on this inspection.",
            problems=[{"field": "hazard", "rule": "visit", "message": "不是在这次检查中发现的"}],
        )  # fmt: skip
    if given is not None or values.get("further_hazards"):
        return {"hazard": given or next(iter(numbers), None)}
    return {"hazard": next(iter(numbers), None), "all_found": True}


def _wanted(tx: Session, type: DocumentType, unit: Unit, id: int, viewer: Viewer) -> tuple[Visit, Inspection]:
    """The inspection for which this unit draws up such a paper, locked. Raises NotFound, Invalid (no such paper of an
    inspection), NotAllowed (another body's), Conflict (nobody went there yet, there is one already).
    """
    visit = visits.require(tx, id, viewer)
    inspection = inspection_lock.hold(tx, id)
    if inspection is None or type.type not in PAPERS:
        raise Invalid(
            f"只有行政检查的{'、'.join(f'《{name}》' for name in PAPERS)}可以写明所属的检查，请去掉 visit 一项再起草。",
            en=f"Only {', '.join(PAPERS)} of an inspection are drawn up for a visit; leave out visit.",
            problems=[{"field": "visit", "rule": "choice", "message": "这种文书不属于某次检查"}],
        )
    body = units.require(tx, inspection.unit)
    if document_numbers.organ_of(tx, body).code != document_numbers.organ_of(tx, unit).code:
        raise NotAllowed(
            f"这次检查由“{body.name}”实施，它的文书由该机关制作。",
            en=f"Its papers are those of {body.code}.",
        )
    if inspection.checked_in_at is None:
        raise Conflict("还没有扫码入企，不能制作这次检查的文书。", en="Check in first.")
    mine = select(Document).where(Document.inspection == id, Document.type == type.type, Document.voided_at.is_(None))
    if (there := tx.scalars(mine.limit(1)).one_or_none()) is not None:
        raise Conflict(
            f"这次检查已有《{type.type}》{there.number or '（未编号）'}，请在原文书上办理；需要重做的先作废。",
            en=f"This inspection has such a document already ({there.id}); void it first.",
        )
    return visit, inspection


def _facts(tx: Session, app: App, visit: Visit, inspection: Inspection, now: datetime) -> dict[str, Any]:
    """What the inspection tells of the body of a paper: when, who with which certificate, what was found wrong."""
    begun = inspection.checked_in_at or now
    times = [f"{moment.astimezone(app.zone):%Y-%m-%d %H:%M}" for moment in (begun, inspection.recorded_at or now)]
    people = tx.scalars(select(Person).where(Person.name.in_(inspection.officers)).order_by(Person.name))
    wrong = [str(row.get("text") or row.get("item") or "") for row in visit.findings if not row.get("ok")]
    return {
        "period": f"{times[0]} 至 {times[1]}",
        "officers_text": [f"{person.display_name}（证号 {person.cert_no or '—'}）" for person in people],
        "violations": [text for text in wrong if text],
        "items": [{"text": text, "result": "限期改正"} for text in wrong if text],
        "receipt": inspection.signer or inspection.refusal,
    }
