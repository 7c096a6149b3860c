"""Verbs on instances: start, cancel, suspend, resume."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Literal
from uuid import uuid4

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine.app import App
from engine.bpm import reasons, receiving, record, record_starts, rescheduling, variables
from engine.bpm.definitions import find
from engine.bpm.model import Definition, Instance, Task, TaskCandidate
from engine.bpm.spiff import run
from engine.bpm.step import Opened, Standing, StepWorld, opened
from engine.bpm.views import View, instance_view, task_view
from engine.errors import Conflict, Invalid

Clock = Literal["running", "stopped"]


def start(
    app: App,
    key: str,
    values: Mapping[str, Any],
    *,
    by: str,
    business_key: str | None = None,
    version: int | None = None,
) -> View:
    """Start the newest (or the given) version of a definition; answers the instance with its open tasks.

    Raises NotFound for an unknown definition, Invalid for variables that cannot be stored, Conflict when suspended.
    """
    now = app.clock()
    with app.transaction() as tx:
        instance_id = start_in(tx, app, key, values, by=by, now=now, business_key=business_key, version=version)
        return shown(tx, app, instance_id)


def start_in(
    tx: Session,
    app: App,
    key: str,
    values: Mapping[str, Any],
    *,
    by: str,
    now: datetime,
    business_key: str | None = None,
    version: int | None = None,
    start_element: str | None = None,
) -> str:
    """Start inside the caller's transaction and answer the new instance's id."""
    return start_definition(
        tx,
        app,
        startable(tx, key, version),
        values,
        by=by,
        now=now,
        business_key=business_key,
        start_element=start_element,
    )


def startable(tx: Session, key: str, version: int | None = None) -> Definition:
    """The definition of which instances may be started; raises NotFound, Conflict while it is suspended."""
    definition = find(tx, key, version)
    if definition.suspended_at is not None:
        by, why = definition.suspended_by, definition.suspended_reason
        raise Conflict(
            f"流程“{definition.name}”已由 {by} 停用（原因：{why}），恢复后才能发起。",
            en=f"Definition {key} was suspended by {by} ({why}); resume it before starting instances.",
        )
    return definition


def read_ahead(app: App, key: str) -> None:
    """Have the diagrams at hand before a transaction starts instances: they stay in memory. Raises NotFound."""
    with app.reading() as tx:
        definition = find(tx, key)
    app.model(definition.bundle_hash, definition.key)


def start_definition(
    tx: Session,
    app: App,
    definition: Definition,
    values: Mapping[str, Any],
    *,
    by: str,
    now: datetime,
    business_key: str | None = None,
    start_element: str | None = None,
) -> str:
    """Start exactly this definition at its none start event or at ``start_element``."""
    [instance_id] = start_each(
        tx, app, definition, [(business_key, values)], by=by, now=now, start_element=start_element
    )
    return instance_id


def start_each(
    tx: Session,
    app: App,
    definition: Definition,
    cases: Sequence[tuple[str | None, Mapping[str, Any]]],
    *,
    by: str,
    now: datetime,
    start_element: str | None = None,
) -> list[str]:
    """Start it once for each business key and variables, written together; answers the instances' ids in this order."""
    model = app.model(definition.bundle_hash, definition.key)
    if start_element is None and not any(start.kind == "none" for start in model.starts):
        raise Invalid(
            f"流程“{definition.name}”只能由消息、信号或定时器启动，不能直接发起。",
            en=f"Definition {definition.key} has no plain start event; send the message it waits for instead.",
        )
    begun = [(uuid4().hex, business_key, variables.check(values)) for business_key, values in cases]
    facts = {"definition_id": definition.id, "started_at": now, "started_by": by}
    record_starts.begin(tx, [{"id": id, "business_key": business_key, **facts} for id, business_key, _ in begun])
    starter = by if start_element is None else None
    starts = [
        (id, run.start(model, given, now, StepWorld(app, tx, id), start_element=start_element,
                       business_key=business_key, started_by=starter))
        for id, business_key, given in begun
    ]  # fmt: skip
    record_starts.write(tx, starts, now=now, recorded_at=app.wall(), actor=by)
    return [id for id, _, _ in begun]


def cancel(app: App, instance_id: str, *, by: str, reason: str) -> View:
    """End an instance before its time, with the reason; tasks and timers are cancelled. Raises Conflict once ended."""
    now = app.clock()
    with app.transaction() as tx, opened(app, tx, instance_id, now, even_suspended=True) as case:
        cancel_case(case, by=by, reason=reason)
        return shown(tx, app, instance_id)


def cancel_case(case: Opened, *, by: str, reason: str) -> None:
    """The same in the hands of a command."""
    reasons.require(reason)
    needs_running(case.row)
    case.apply(run.cancel(case.model, case.row.state, case.now, case.world), actor=by)
    record.note(
        case.tx, case.row.id, "cancelled", at=case.now, recorded_at=case.app.wall(), actor=by, detail={"reason": reason}
    )


def suspend(app: App, instance_id: str, *, by: str, reason: str, clock: Clock = "running") -> View:
    """Stop all work on an instance; what messages and signals come for it waits.

    With the clock ``running`` its deadlines run on, and what falls due meanwhile fires on resume at its own moment;
    with the clock ``stopped`` nothing falls due, and on resume everything is put off by the time it was suspended.
    """
    now = app.clock()
    with app.transaction() as tx, opened(app, tx, instance_id, now, even_suspended=True) as case:
        suspend_case(case, by=by, reason=reason, clock=clock)
        return shown(tx, app, instance_id)


def suspend_case(case: Opened, *, by: str, reason: str, clock: Clock = "running") -> None:
    """The same in the hands of a command. Raises Conflict when it is suspended already."""
    _check_switch(case, reason, suspended=False)
    case.change(suspended_at=case.now, suspended_by=by, clock_stopped=clock == "stopped")
    _note_switch(case, "suspended", by, {"reason": reason, "clock": clock})


def resume(app: App, instance_id: str, *, by: str, reason: str) -> View:
    """Let a suspended instance go on with what was waiting for it; see ``suspend`` for its deadlines."""
    now = app.clock()
    with app.transaction() as tx, opened(app, tx, instance_id, now, even_suspended=True) as case:
        resume_case(case, by=by, reason=reason)
        return shown(tx, app, instance_id)


def resume_case(case: Opened, *, by: str, reason: str) -> None:
    """The same in the hands of a command. Raises Conflict when it is not suspended."""
    _check_switch(case, reason, suspended=True)
    since, stopped = case.row.suspended_at, case.row.clock_stopped
    assert since is not None
    case.change(suspended_at=None, suspended_by=None, clock_stopped=False)
    _note_switch(case, "resumed", by, {"reason": reason})
    if stopped and since < case.now:
        rescheduling.put_off(case, case.now - since, by=by, reason=reason)
    receiving.receive_held(case, clock_stopped=stopped)


def _check_switch(case: Opened, reason: str, *, suspended: bool) -> None:
    reasons.require(reason)
    needs_running(case.row)
    if (case.row.suspended_at is not None) != suspended:
        raise Conflict("该流程已经处于这个状态。", en="The instance is already in this state.")


def _note_switch(case: Opened, event: str, by: str, detail: dict[str, Any]) -> None:
    record.note(case.tx, case.row.id, event, at=case.now, recorded_at=case.app.wall(), actor=by, detail=detail)
    case.tx.flush()


def needs_running(row: Standing | Instance) -> None:
    """Raises Conflict for an instance that has ended."""
    if row.status in record.ENDED:
        raise Conflict("该流程已经结束，不能再操作。", en="The instance has ended.")


def shown(tx: Session, app: App, instance_id: str) -> View:
    """An instance with its variables and open tasks."""
    instance, definition = tx.execute(
        select(Instance, Definition).join(Definition).where(Instance.id == instance_id)
    ).one()
    tasks = tx.scalars(
        select(Task).where(Task.instance_id == instance_id, Task.status == "open").order_by(Task.created_at, Task.id)
    ).all()
    candidates: dict[str, list[str]] = {}
    for task_id, candidate in tx.execute(
        select(TaskCandidate.task_id, TaskCandidate.candidate).where(TaskCandidate.task_id.in_([t.id for t in tasks]))
    ):
        candidates.setdefault(task_id, []).append(candidate)
    rows = [task_view(app, task, instance, definition, candidates.get(task.id, [])) for task in tasks]
    return {**instance_view(instance, definition), "variables": instance.variables, "tasks": rows}
