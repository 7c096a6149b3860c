"""Snapshot → rows: the only writer of where an instance stands."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import delete, insert, update
from sqlalchemy.orm import Session

from engine.bpm.correlation import key_text
from engine.bpm.model import Event, Incident, Instance, Message, Subscription, Task, TaskCandidate, Timer
from engine.bpm.spiff.types import OpenTask, OpenTimer, Snapshot, Waiting
from engine.errors import Stale

ENDED = ("completed", "terminated")
EMPTY = Snapshot(state=b"", status="running", variables={})


def write(
    tx: Session,
    row: Instance,
    before: Snapshot,
    after: Snapshot,
    *,
    now: datetime,
    recorded_at: datetime,
    actor: str,
) -> None:
    """Write the difference of two snapshots, the trace and what was thrown; raises Stale when another was first (S1)."""
    _advance_revision(tx, row, after, now)
    _write_tasks(tx, row.id, before, after, actor)
    _write_timers(tx, row.id, before, after, now)
    _write_subscriptions(tx, row.id, before.waiting, after.waiting, now)
    _write_incidents(tx, row.id, before, after, now, actor)
    _write_messages(tx, row.id, after)
    _insert(
        tx,
        Event,
        [
            {
                "instance_id": row.id,
                "at": entry.at,
                "recorded_at": recorded_at,
                "event": entry.event,
                "element": entry.element,
                "name": entry.name,
                "type": entry.type,
                "task_id": entry.task,
                "actor": actor,
                "detail": {"missed": entry.missed} if entry.missed else None,
            }
            for entry in after.trace
        ],
    )


def note(
    tx: Session,
    instance_id: str,
    event: str,
    *,
    at: datetime,
    recorded_at: datetime,
    actor: str,
    task: Task | None = None,
    detail: dict[str, Any] | None = None,
) -> None:
    """Record what a person did that is no step of the process: claimed, commented, suspended …"""
    tx.execute(
        insert(Event).values(
            instance_id=instance_id,
            at=at,
            recorded_at=recorded_at,
            event=event,
            actor=actor,
            detail=detail,
            element=task and task.element,
            name=task and task.name,
            type=task and task.type,
            task_id=task and task.id,
        )
    )


def _advance_revision(tx: Session, row: Instance, after: Snapshot, now: datetime) -> None:
    values = {
        "revision": row.revision + 1,
        "state": after.state,
        "status": after.status,
        "variables": after.variables,
        "ended_at": _last_moment(after, now) if after.status in ENDED else None,
    }
    changed = tx.execute(
        update(Instance).where(Instance.id == row.id, Instance.revision == row.revision).values(**values),
        execution_options={"synchronize_session": False},
    )
    if changed.rowcount != 1:  # type: ignore[attr-defined]
        raise Stale(
            "该流程刚被他人更新，请刷新后重试。", en="The instance was changed meanwhile; reload and try again."
        )
    for name, value in values.items():
        # The row in memory follows without becoming dirty: the statement above is the only write.
        row.__dict__[name] = value


def _last_moment(after: Snapshot, now: datetime) -> datetime:
    return after.trace[-1].at if after.trace else now


def _write_tasks(tx: Session, instance_id: str, before: Snapshot, after: Snapshot, actor: str) -> None:
    known = {task.id: task for task in before.tasks}
    open_now = {task.id: task for task in after.tasks}
    # An event on the task's border names the task too; only the entry of the task's own element tells its end.
    finished = {(entry.task, entry.element): entry for entry in after.trace if entry.event in ("completed", "cancelled")}
    _insert(tx, Task, [_task_row(instance_id, task) for task in open_now.values() if task.id not in known])
    _insert(
        tx,
        TaskCandidate,
        [
            {"task_id": task.id, "candidate": candidate}
            for task in open_now.values()
            if task.id not in known
            for candidate in _candidates(task)
        ],
    )
    for task_id, task in known.items():
        if task_id not in open_now:
            end = finished.get((task_id, task.element))
            done = end is not None and end.event == "completed"
            tx.execute(
                update(Task)
                .where(Task.id == task_id)
                .values(
                    status="completed" if done else "cancelled",
                    ended_at=end.at if end else None,
                    completed_by=actor if done else None,
                ),
                execution_options={"synchronize_session": "evaluate"},
            )
        elif open_now[task_id].due_at != task.due_at:
            tx.execute(update(Task).where(Task.id == task_id).values(due_at=open_now[task_id].due_at))


def _task_row(instance_id: str, task: OpenTask) -> dict[str, Any]:
    return {
        "id": task.id,
        "instance_id": instance_id,
        "element": task.element,
        "name": task.name,
        "type": task.type,
        "status": "open",
        "assignee": task.assignee,
        "form": task.form,
        "priority": task.priority,
        "created_at": task.created_at,
        "due_at": task.due_at,
        "follow_up_at": task.follow_up_at,
    }


def _candidates(task: OpenTask) -> set[str]:
    return {f"group:{group}" for group in task.groups} | {f"user:{user}" for user in task.users}


def _write_timers(tx: Session, instance_id: str, before: Snapshot, after: Snapshot, now: datetime) -> None:
    old = {(timer.id, timer.due_at): timer for timer in before.timers}
    new = {(timer.id, timer.due_at): timer for timer in after.timers}
    fired = {(entry.element, entry.at) for entry in after.trace if entry.event == "fired"}
    for (token, due_at), timer in old.items():
        if (token, due_at) not in new:
            hit = (timer.element, due_at) in fired
            tx.execute(
                update(Timer)
                .where(Timer.token == token, Timer.due_at == due_at)
                .values(status="fired" if hit else "cancelled", ended_at=due_at if hit else now)
            )
    _insert(tx, Timer, [_timer_row(instance_id, timer, now) for key, timer in new.items() if key not in old])


def _timer_row(instance_id: str, timer: OpenTimer, now: datetime) -> dict[str, Any]:
    return {
        "token": timer.id,
        "instance_id": instance_id,
        "element": timer.element,
        "name": timer.name,
        "kind": timer.kind,
        "due_at": timer.due_at,
        "status": "armed",
        "armed_at": now,
    }


def _write_subscriptions(
    tx: Session, instance_id: str, before: Sequence[Waiting], after: Sequence[Waiting], now: datetime
) -> None:
    gone = {waiting.id for waiting in before} - {waiting.id for waiting in after}
    if gone:
        tx.execute(delete(Subscription).where(Subscription.token.in_(gone)))
    known = {waiting.id for waiting in before}
    _insert(
        tx,
        Subscription,
        [
            {
                "token": waiting.id,
                "instance_id": instance_id,
                "element": waiting.element,
                "kind": waiting.kind,
                "name": waiting.name,
                "correlation": waiting.correlation,
                "correlation_key": key_text(waiting.correlation),
                "created_at": now,
            }
            for waiting in after
            if waiting.id not in known
        ],
    )


def _write_incidents(
    tx: Session, instance_id: str, before: Snapshot, after: Snapshot, now: datetime, actor: str
) -> None:
    known = {failure.id for failure in before.failures}
    still = {failure.id for failure in after.failures}
    if known - still:
        tx.execute(update(Incident).where(Incident.id.in_(known - still)).values(resolved_at=now, resolved_by=actor))
    _insert(
        tx,
        Incident,
        [
            {
                "id": failure.id,
                "instance_id": instance_id,
                "element": failure.element,
                "message": failure.message,
                "opened_at": failure.at,
            }
            for failure in after.failures
            if failure.id not in known
        ],
    )


def _write_messages(tx: Session, instance_id: str, after: Snapshot) -> None:
    _insert(
        tx,
        Message,
        [
            {
                "kind": thrown.kind,
                "name": thrown.name,
                "correlation": thrown.correlation,
                "variables": thrown.variables,
                "at": thrown.at,
                "sender": instance_id,
            }
            for thrown in after.thrown
            if thrown.kind in ("message", "signal")
        ],
    )


def _insert(tx: Session, table: type, rows: Iterable[dict[str, Any]]) -> None:
    values = list(rows)
    if values:
        tx.execute(insert(table), values)
