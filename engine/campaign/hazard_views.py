"""Hazards as they are shown: stage, overlays and lamp are put together here from the rows, for a whole page at
once.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from engine.app import App
from engine.bpm.model import Instance, Task
from engine.bpm.viewer import Viewer
from engine.campaign import clock_rules, deadlines, lamp, overlays, stages, told
from engine.campaign.case_model import Deadline, Evidence, Hazard, Measure, Recheck
from engine.campaign.model import HazardCode, Person, Place, Unit


@dataclass(frozen=True, slots=True)
class HazardView:
    """One line of the ledger. ``stage`` is where the process stands, ``overlays`` what else holds (逾期, 督办中 …),
    ``lamp`` the colour now, ``source`` empty for an enterprise unless the report was its own, ``visit`` the patrol or
    inspection on which it was found; the file of a closed one is kept until ``kept_until`` (T59).
    """

    number: str
    instance_id: str | None
    place: str
    place_name: str
    visit: int | None
    code: str
    code_name: str
    text: str
    part: str
    source: str
    street: str
    community: str
    community_name: str
    grid: str
    holder_unit: str
    holder_name: str
    finder: str
    finder_name: str
    found_at: datetime
    registered_at: datetime
    local_level: str | None
    is_major: bool
    major_status: str
    reason: str
    five: dict[str, Any] | None
    repeats: int
    recurs: str | None
    tracked_reason: str | None
    failed_rechecks: int
    stage: str
    overlays: tuple[str, ...]
    lamp: str
    lamp_name: str
    lamp_reason: str
    due_at: datetime | None
    due_date: date | None
    overdue_workdays: int | None
    workdays_left: int | None
    status: str
    closed_at: datetime | None
    closure_no: str | None
    kept_until: date | None
    void_reason: str | None
    photos: list[str]


OWN = [
    name
    for name in HazardView.__slots__
    if name in Hazard.__mapper__.columns and name not in ("source", "tracked_reason")
]  # as the row has them


def views(tx: Session, app: App, hazards: Sequence[Hazard], now: datetime, viewer: Viewer) -> list[HazardView]:
    """These rows as shown to this viewer at this moment; a fixed number of queries, however many rows."""
    around = _Around(tx, hazards, now, viewer)
    return [_view(app, hazard, around, now) for hazard in hazards]


class _Around:
    """Everything beside the rows of a page that their views need, read in one query per table."""

    def __init__(self, tx: Session, hazards: Sequence[Hazard], now: datetime, viewer: Viewer) -> None:
        numbers = [hazard.number for hazard in hazards]
        self.overlays = overlays.of(tx, numbers, now, viewer)
        self.deadlines = _by_hazard(row for row in _rows(tx, numbers, Deadline) if row.state == deadlines.OPEN)
        self.measures = _by_hazard(row for row in _rows(tx, numbers, Measure) if row.lifted_at is None)
        self.rechecks = _by_hazard(_rows(tx, numbers, Recheck))
        self.photos = _by_hazard(_rows(tx, numbers, Evidence, told.files(viewer)))
        self.party = told.is_party(tx, viewer)
        ids = [hazard.instance_id for hazard in hazards if hazard.instance_id]
        self.elements: dict[str, list[str]] = {}
        tasks = select(Task.instance_id, Task.element).where(Task.instance_id.in_(ids), Task.status == "open")
        for instance, element in tx.execute(tasks):
            self.elements.setdefault(instance, []).append(element)
        self.stopped = set(tx.scalars(select(Instance.id).where(Instance.id.in_(ids), Instance.clock_stopped)))
        self.places = _names(tx, Place.id, Place.name, {hazard.place for hazard in hazards})
        self.codes = _names(tx, HazardCode.id, HazardCode.name, {hazard.code_id for hazard in hazards})
        self.people = _names(tx, Person.name, Person.display_name, {hazard.finder for hazard in hazards})
        codes = {code for hazard in hazards for code in (hazard.community, hazard.holder_unit)}
        self.units = _names(tx, Unit.code, Unit.name, codes)


def _view(app: App, hazard: Hazard, around: _Around, now: datetime) -> HazardView:
    shown = deadlines.main_of(around.deadlines.get(hazard.number, []))
    measures = around.measures.get(hazard.number, [])
    failed = sum(not row.passed for row in around.rechecks.get(hazard.number, []))
    closed = hazard.closed_at is not None
    elements = around.elements.get(hazard.instance_id or "", [])
    applied, void = stages.applied(elements), hazard.void_reason is not None
    facts = lamp.Facts(
        shown.due_at if shown else None,
        shown.kind if shown else "",
        stages.ended(closed=closed, void=void),
        failed,
        applied,
        measures[0].kind if measures else "",
        hazard.instance_id in around.stopped,
    )
    light = lamp.of(app, facts, now)
    return HazardView(
        **{name: getattr(hazard, name) for name in OWN},
        source="" if around.party and hazard.source not in told.SOURCES else hazard.source,
        tracked_reason=None if around.party else hazard.tracked_reason,
        place_name=around.places[hazard.place],
        code_name=around.codes[hazard.code_id],
        community_name=around.units[hazard.community],
        holder_name=around.units[hazard.holder_unit],
        finder_name=around.people.get(hazard.finder, hazard.finder),
        failed_rechecks=failed,
        stage=stages.of(elements, closed=closed, void=void),
        overlays=around.overlays.get(hazard.number, ()),
        lamp=light.colour,
        lamp_name=light.name,
        lamp_reason=light.reason,
        due_at=shown.due_at if shown else None,
        due_date=shown.due_on if shown else None,
        overdue_workdays=light.overdue_workdays,
        workdays_left=light.workdays_left,
        status="closed" if closed else "open",
        kept_until=kept_until(app, hazard),
        photos=[photo.id for photo in around.photos.get(hazard.number, [])],
    )


def kept_until(app: App, hazard: Hazard) -> date | None:
    """The last day on which the file of a closed hazard must still be there; None for one that is open or void."""
    if hazard.closed_at is None or hazard.void_reason is not None:
        return None
    rule = deadlines.rule_of(app, "T59", hazard.closed_at)
    return clock_rules.count(rule, hazard.closed_at, app.calendar, app.zone).last_day if rule else None


def _rows(tx: Session, numbers: Sequence[str], table: Any, *which: ColumnElement[bool]) -> list[Any]:
    return list(tx.scalars(select(table).where(table.hazard.in_(numbers), *which).order_by(table.id)))


def _by_hazard(rows: Any) -> dict[str, list[Any]]:
    grouped: dict[str, list[Any]] = {}
    for row in rows:
        grouped.setdefault(row.hazard, []).append(row)
    return grouped


def _names(tx: Session, key: Any, name: Any, wanted: set[Any]) -> dict[Any, str]:
    return {row[0]: row[1] for row in tx.execute(select(key, name).where(key.in_(wanted)))}
