"""Verbs that move running instances to another version of their definition; every due moment stays as it was (C6)."""

from datetime import datetime
from typing import Any

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from engine.app import App
from engine.bpm import reasons, record
from engine.bpm.definitions import find
from engine.bpm.dry import DryWorld
from engine.bpm.instances import needs_running, shown
from engine.bpm.model import Definition, Event, Instance, TaskCandidate, Timer
from engine.bpm.spiff import Model, run
from engine.bpm.spiff.migrate import migrate
from engine.bpm.spiff.state import continued
from engine.bpm.spiff.translation import Plan
from engine.bpm.spiff.types import OpenTask, OpenTimer, Snapshot
from engine.bpm.step import Opened, Standing, named, opened
from engine.bpm.views import View
from engine.errors import Conflict, EngineError, NotFound, Problem

MOST_LOOKED_AT = 300  # instances of a forecast


def move(app: App, instance_id: str, *, version: int | None, how: Plan, by: str, reason: str) -> View:
    """Plan one instance to the newest (or the given) version of its definition; answers it as it stands then.

    Raises CannotMigrate (each element in the way), Invalid (mapping, reason), Conflict (ended, has this version).
    """
    now = app.clock()
    with app.transaction() as tx, opened(app, tx, instance_id, now, even_suspended=True) as case:
        move_case(case, version, how, by=by, reason=reason)
        return shown(tx, app, instance_id)


def move_case(case: Opened, version: int | None, how: Plan, *, by: str, reason: str) -> None:
    """The same in the hands of a command, after everything that is due has fired in the old version."""
    reasons.require(reason)
    needs_running(case.row)
    definition, target = _target(case.app, case.tx, case.definition.key, version, case.definition.version)
    before = case.definition
    counted = _counted_from(case.row, case.now)
    after = migrate(case.model, target, case.row.state, how, counted, case.world, fire_until=case.row.suspended_at)
    handed_over = _handed_over(case)
    case.apply(after, actor=by)
    case.change(definition_id=definition.id)
    case.model, case.definition = target, named(case.app, case.tx, definition.id)
    detail = {"from": before.version, "to": definition.version, "reason": reason, "mapping": dict(how.mapping)}
    _note(case, "migrated", by, detail | ({"offered": handed_over} if handed_over else {}))


def undo_case(case: Opened, definition_id: str, state: bytes, *, by: str, reason: str) -> None:
    """Put an instance back where it stood before it was moved, in its old version; ids go on, none is given twice."""
    definition = named(case.app, case.tx, definition_id)
    source = case.app.model(definition.bundle_hash, definition.key)
    detail = {"from": case.definition.version, "to": definition.version, "reason": reason, "undone": True}
    after = run.inspect(source, continued(state, case.row.state))
    for timer in set(after.timers) - set(case.snapshot.timers):  # given up by the move: one row, which was never gone
        again = Timer.token == timer.id, Timer.due_at == timer.due_at, Timer.status == "cancelled"
        case.tx.execute(delete(Timer).where(*again))
    case.apply(after, actor=by)
    _offer_again(case)
    case.change(definition_id=definition_id)
    case.model, case.definition = source, definition
    _note(case, "migrated", by, detail)


def _handed_over(case: Opened) -> dict[str, list[str]]:
    """To whom open tasks are offered, of those that somebody offered to others than the diagram."""
    drawn = {task.id: set(task.candidates) for task in case.snapshot.tasks}
    found = select(TaskCandidate.task_id, TaskCandidate.candidate).where(TaskCandidate.task_id.in_(drawn))
    offered: dict[str, set[str]] = {task_id: set() for task_id in drawn}
    for task_id, candidate in case.tx.execute(found):
        offered[task_id].add(candidate)
    return {task_id: sorted(names) for task_id, names in offered.items() if names != drawn[task_id]}


def _offer_again(case: Opened) -> None:
    """What was handed over before the move that is being undone is offered so again."""
    moved = select(Event.detail).where(Event.instance_id == case.row.id, Event.event == "migrated")
    detail = case.tx.scalar(moved.order_by(Event.id.desc()).limit(1)) or {}
    for task_id, names in detail.get("offered", {}).items():
        case.tx.execute(delete(TaskCandidate).where(TaskCandidate.task_id == task_id))
        case.tx.add_all(TaskCandidate(task_id=task_id, candidate=name) for name in names)


def preview(app: App, instance_id: str, *, version: int | None, how: Plan) -> View:
    """What ``move`` would do, without doing it: ``possible``, ``problems`` and how the instance would stand."""
    now = app.clock()
    with app.reading() as tx:
        row = tx.execute(
            select(Instance, Definition).join(Definition).where(Instance.id == instance_id)
        ).one_or_none()  # fmt: skip
        if row is None:
            raise NotFound("没有这个流程实例，可能编号有误。", en="There is no such instance.")
        instance, definition = row
        view: View = {"instance_id": instance.id, "business_key": instance.business_key,
                      "from_version": definition.version, "possible": False, "problems": []}  # fmt: skip
        source = app.model(definition.bundle_hash, definition.key)
        before = run.inspect(source, instance.state)
        try:
            needs_running(instance)
            newer, target = _target(app, tx, definition.key, version, definition.version)
            before = _at_present(app, instance, source, now)
            after = _moved(app, instance, before, source, target, how, now)
        except EngineError as error:
            return {**view, "problems": _reasons(error), **_standing(app, before, before)}
        return {**view, "possible": True, "to_version": newer.version, **_standing(app, before, after)}


def forecast(app: App, key: str, target: Model) -> View:
    """What would become of the running instances on a model that is not deployed: ``running``, how many of them were
    looked at and could move, and the reasons of the others with how often and an example each.
    """
    now = app.clock()
    running = (Definition.key == key, Instance.status.in_(("running", "incident")))
    with app.reading() as tx:
        total = tx.scalar(select(func.count()).select_from(Instance).join(Definition).where(*running)) or 0
        query = select(Instance, Definition).join(Definition).where(*running).order_by(Instance.started_at, Instance.id)
        rows = tx.execute(query.limit(MOST_LOOKED_AT)).all()
    blocked: dict[str, View] = {}
    stopped = 0
    for instance, definition in rows:
        try:
            source = app.model(definition.bundle_hash, key)
            _moved(app, instance, _at_present(app, instance, source, now), source, target, Plan(), now)
        except EngineError as error:
            stopped += 1
            for problem in _reasons(error):
                first = {"message": problem["message"], "en": problem.get("en", problem["message"]), "count": 0,
                         "example": instance.business_key or instance.id}  # fmt: skip
                blocked.setdefault(problem["message"], first)["count"] += 1
    reasons_found = sorted(blocked.values(), key=lambda one: -one["count"])
    return {"running": total, "looked_at": len(rows), "possible": len(rows) - stopped, "blocked": reasons_found}


def _at_present(app: App, instance: Instance, source: Model, now: datetime) -> Snapshot:
    """How an instance stands when everything that is due has fired; the clock of a suspended one stands."""
    kept = run.inspect(source, instance.state)
    return kept if instance.suspended_at else _caught_up(source, kept, now, DryWorld(app))


def _moved(
    app: App, instance: Instance, before: Snapshot, source: Model, target: Model, how: Plan, now: datetime
) -> Snapshot:  # fmt: skip
    counted = _counted_from(instance, now)
    return migrate(source, target, before.state, how, counted, DryWorld(app), fire_until=instance.suspended_at)


def _counted_from(row: Standing | Instance, now: datetime) -> datetime:
    """From when new deadlines count: where the clock stands, it has stood since the suspension, which a resume adds."""
    return row.suspended_at if row.clock_stopped and row.suspended_at else now


def _reasons(error: EngineError) -> list[Problem]:
    return error.problems or [Problem(message=error.message, en=error.en)]


def _target(app: App, tx: Session, key: str, version: int | None, present: int) -> tuple[Definition, Model]:
    definition = find(tx, key, version)
    if definition.version == present:
        raise Conflict(f"该流程已经是第 {present} 版。", en=f"The instance has version {present} already.")
    return definition, app.model(definition.bundle_hash, definition.key)


def _caught_up(model: Model, at: Snapshot, now: datetime, world: DryWorld) -> Snapshot:
    """What the scheduler would have fired by now."""
    while due := [timer.due_at for timer in at.timers if timer.due_at <= now]:
        at = run.advance(model, at.state, min(due), world, coalesce_until=now)
    return at


def _standing(app: App, before: Snapshot, after: Snapshot) -> View:
    """Plain JSON, for a dry run is kept; moments are ISO 8601 texts."""
    known, still = {timer.id for timer in before.timers}, {timer.id for timer in after.timers}

    def shown(found: OpenTask | OpenTimer) -> View:
        due = found.due_at and found.due_at.astimezone(app.zone).isoformat()
        return {"element": found.element, "name": found.name, "due_at": due}

    return {
        "status": after.status,
        "tasks": [{**shown(task), "groups": list(task.groups)} for task in after.tasks],
        "timers": [{**shown(timer), "new": timer.id not in known} for timer in after.timers],
        "dropped": [shown(timer) for timer in before.timers if timer.id not in still],
    }


def _note(case: Opened, event: str, by: str, detail: dict[str, Any]) -> None:
    record.note(case.tx, case.row.id, event, at=case.now, recorded_at=case.app.wall(), actor=by, detail=detail)
    case.tx.flush()
