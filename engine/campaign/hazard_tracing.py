"""The tracing report of one hazard (责任倒查): everything the records know about it, in one piece, and who looked."""

from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine.app import App
from engine.bpm import record
from engine.bpm.model import Event, Task
from engine.bpm.viewer import Viewer
from engine.campaign import assignments, candidates, deadlines, events, evidence, hazards, measures
from engine.campaign.case_model import Hazard
from engine.campaign.model import Visit
from engine.campaign.report_model import Candidate, CitizenReport
from engine.campaign.sight import existing, seen
from engine.errors import NotAllowed

LOOKED = "tracing_seen"  # the event of a look


@dataclass(frozen=True, slots=True)
class Tracing:
    """Before, during and after: visits, deadlines, steps with their people, papers, photos, looks."""

    made_at: datetime
    made_by: str
    hazard: dict[str, Any]
    rule: dict[str, Any]
    visits: list[dict[str, Any]]
    deadlines: list[dict[str, Any]]
    tasks: list[dict[str, Any]]
    story: list[dict[str, Any]]
    papers: list[dict[str, Any]]
    measures: list[dict[str, Any]]
    files: list[dict[str, Any]]
    reports: list[dict[str, Any]]
    candidates: list[dict[str, Any]]
    looks: list[dict[str, Any]]


def trace(app: App, number: str, *, viewer: Viewer) -> Tracing:
    """Assemble it from the rows; for the two offices and an admin, and the look is written down. Raises NotAllowed,
    NotFound; to somebody who does not see the hazard it is not there.
    """
    _must_see(app, number, viewer)
    now = app.clock()
    with app.transaction() as tx:
        row = existing(tx, number)
        if row.instance_id is not None:
            record.note(tx, row.instance_id, LOOKED, at=now, recorded_at=app.wall(), actor=viewer.name)
        tx.flush()
        visits, tasks, reports, found, looks = _rows(tx, row)
    # Seen as the engine sees it: the discipline office has no area of its own, but must see each hazard it traces.
    eyes = Viewer(viewer.name, viewer.groups, admin=True)
    shown = hazards.show(app, number, viewer=eyes)
    return Tracing(
        made_at=now, made_by=viewer.name, hazard=asdict(shown),
        rule={"code": row.code, "code_id": row.code_id, "level": row.local_level, "reason": row.reason},
        visits=visits, deadlines=[asdict(each) for each in deadlines.list_deadlines(app, number, viewer=eyes)],
        tasks=tasks, story=[asdict(each) for each in events.list_events(app, number, viewer=eyes)],
        papers=[asdict(each) for each in assignments.list_assignments(app, number, viewer=eyes)],
        measures=[asdict(each) for each in measures.list_measures(app, number, viewer=eyes)],
        files=[asdict(each) for each in evidence.list_evidence(app, number, viewer=eyes)],
        reports=reports, candidates=found, looks=looks,
    )  # fmt: skip


def _must_see(app: App, number: str, viewer: Viewer) -> None:
    try:
        candidates.must_see(viewer)
    except NotAllowed:
        with app.reading() as tx:
            seen(tx, number, viewer)
        raise


def _rows(tx: Session, hazard: Hazard) -> tuple[list[dict[str, Any]], ...]:
    visits = [
        {"at": row.at, "kind": row.kind, "people": row.people, "result": row.result, "note": row.note}
        for row in tx.scalars(select(Visit).where(Visit.place == hazard.place).order_by(Visit.at, Visit.id))
    ]
    tasks = [
        {
            "element": row.element, "name": row.name, "created_at": row.created_at, "due_at": row.due_at,
            "ended_at": row.ended_at, "status": row.status, "by": row.completed_by,
            "late": bool(row.due_at and row.ended_at and row.ended_at >= row.due_at),
        }
        for row in tx.scalars(
            select(Task).where(Task.instance_id == hazard.instance_id).order_by(Task.created_at, Task.id)
        )
    ]  # fmt: skip
    reports = [
        {"number": row.number, "received_at": row.received_at, "verified_at": row.outcome_at, "joined": row.joined}
        for row in tx.scalars(select(CitizenReport).where(CitizenReport.hazard == hazard.number))
    ]
    found = [
        asdict(candidates.view(row))
        for row in tx.scalars(select(Candidate).where(Candidate.hazard == hazard.number).order_by(Candidate.id))
    ]
    looks = [
        {"at": row.at, "by": row.actor}
        for row in tx.scalars(
            select(Event).where(Event.instance_id == hazard.instance_id, Event.event == LOOKED).order_by(Event.id)
        )
    ]
    return visits, tasks, reports, found, looks
