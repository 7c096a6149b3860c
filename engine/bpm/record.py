"""Snapshot → rows: the only writer of where an instance stands.

All of a step is written together (engine/sql.py), past the ORM: this is the hot path.
"""

from collections.abc import Iterable
from datetime import datetime
from typing import Any, cast

from sqlalchemy import Table, bindparam, case, delete, exists, insert, select, update
from sqlalchemy.orm import Session

from engine.bpm.correlation import key_text
from engine.bpm.model import Event, Incident, Instance, Message, Subscription, Task, TaskCandidate, Timer
from engine.bpm.spiff.types import Move, OpenTask, OpenTimer, Snapshot, Thrown, TraceEntry, Waiting
from engine.bpm.viewer import Behalf
from engine.errors import Stale
from engine.sql import Statement, Writes, insert_into

Row = dict[str, Any]
ENDED = ("completed", "terminated")
EMPTY = Snapshot(state=b"", status="running", variables={})

_instance, _task, _candidate, _timer, _subscription, _incident = (
    cast(Table, model.__table__) for model in (Instance, Task, TaskCandidate, Timer, Subscription, Incident)
)
_locked = update(_instance).where(
    _instance.c.id == bindparam("instance"), _instance.c.revision == bindparam("expected")
)
# SQLite writes the index of a column anew when a statement only names it: most steps leave the status as it is.
_advanced: Row = {name: bindparam(name) for name in ("revision", "state", "variables")}
_ADVANCE = Statement(_locked.values(_advanced))
_TURN = Statement(_locked.values({**_advanced, **{name: bindparam(name) for name in ("status", "ended_at")}}))
_END_TASK = Statement(
    update(_task)
    .where(_task.c.id == bindparam("task"))
    .values({name: bindparam(name) for name in ("status", "ended_at", "completed_by")})
)
_MOVE_TASK = Statement(
    update(_task)
    .where(_task.c.id == bindparam("task"))
    .values({name: bindparam(name) for name in ("due_at", "provisional")})
)
# What somebody ranked otherwise stays.
_rank: Any = bindparam("new_priority", type_=_task.c.priority.type)
_renamed: Row = {name: bindparam(f"new_{name}") for name in ("element", "name", "form")}
_renamed |= {"priority": case((_task.c.priority == bindparam("old_priority"), _rank), else_=_task.c.priority)}
_RENAME_TASK = Statement(update(_task).where(_task.c.id == bindparam("task")).values(_renamed))
_UNCANDIDATE = Statement(
    delete(TaskCandidate).where(
        TaskCandidate.task_id == bindparam("task_id"), TaskCandidate.candidate == bindparam("candidate")
    )
)
# Unless it is there: a task that was handed over to a group may be offered already to whom a new version names.
_also = {name: bindparam(name, type_=_candidate.c[name].type) for name in ("task_id", "candidate")}
_ALSO_CANDIDATE = Statement(
    insert(_candidate).from_select(
        list(_also),
        select(*_also.values()).where(
            ~exists().where(_candidate.c.task_id == _also["task_id"], _candidate.c.candidate == _also["candidate"])
        ),
    )
)
_END_TIMER = Statement(
    update(_timer)
    .where(_timer.c.token == bindparam("timer"), _timer.c.due_at == bindparam("due"))
    .values(status=bindparam("status"), ended_at=bindparam("ended_at"))
)
_RENAME_TIMER = Statement(
    update(_timer)
    .where(_timer.c.token == bindparam("timer"), _timer.c.due_at == bindparam("due"))
    .values({name: bindparam(f"new_{name}") for name in ("element", "name")})
)
_END_WAITING = Statement(delete(_subscription).where(_subscription.c.token == bindparam("waiter")))
_RENAME_WAITING = Statement(
    update(_subscription)
    .where(_subscription.c.token == bindparam("waiter"))
    .values({name: bindparam(f"new_{name}") for name in ("name", "element")})
)
_RESOLVE = Statement(
    update(_incident)
    .where(_incident.c.id == bindparam("incident"))
    .values(resolved_at=bindparam("resolved_at"), resolved_by=bindparam("resolved_by"))
)
_TASK, _CANDIDATE, _TIMER, _SUBSCRIPTION, _INCIDENT, _MESSAGE, _EVENT = (
    insert_into(model) for model in (Task, TaskCandidate, Timer, Subscription, Incident, Message, Event)
)


def write(
    tx: Session,
    instance_id: str,
    before: Snapshot,
    after: Snapshot,
    *,
    revision: int,
    now: datetime,
    recorded_at: datetime,
    actor: str,
    behalf: Behalf | None = None,
) -> Row:
    """Write the difference of two snapshots, the trace and what was thrown; answers the instance's new values.

    What happens by itself after a substitute's act is on nobody's behalf. Raises Stale when another was first.
    """
    writes = Writes()
    values = add(
        writes, instance_id, before, after, revision=revision, now=now, recorded_at=recorded_at, actor=actor,
        behalf=behalf,
    )  # fmt: skip
    if writes.run(tx) != 1:
        raise Stale("该流程刚被他人更新，请刷新后重试。", en="The instance changed meanwhile; reload and try again.")
    return values


def add(
    writes: Writes, instance_id: str, before: Snapshot, after: Snapshot, *, revision: int, now: datetime,
    recorded_at: datetime, actor: str, behalf: Behalf | None = None, first: Iterable[Row] = (),
) -> Row:  # fmt: skip
    """Add all of this to what will be written; ``first`` are events that come before those of the trace."""
    values: Row = {"revision": revision + 1, "state": after.state, "variables": after.variables}
    turned = before.status != after.status
    if turned:
        values |= _turn(after, now)
    writes.add(_TURN if turned else _ADVANCE, [{"instance": instance_id, "expected": revision, **values}])
    _write_tasks(writes, instance_id, before, after, actor)
    _write_timers(writes, instance_id, before, after, now)
    _write_subscriptions(writes, instance_id, before, after, now)
    _write_incidents(writes, instance_id, before, after, now, actor)
    sent = [thrown for thrown in after.thrown if thrown.kind in ("message", "signal")]
    writes.add(_MESSAGE, [_message_row(instance_id, thrown) for thrown in sent])
    writes.add(_EVENT, first)
    writes.add(_EVENT, [_event_row(instance_id, entry, recorded_at, actor, behalf) for entry in after.trace])
    return values


def note(
    tx: Session,
    instance_id: str,
    event: str,
    *,
    at: datetime,
    recorded_at: datetime,
    actor: str,
    task: Task | None = None,
    move: Move | None = None,
    detail: Row | None = None,
    on_behalf_of: str | None = None,
) -> None:
    """Record what a person did that is no step of the process: claimed, commented, suspended, moved a due moment …"""
    place = task or move
    written = Event(
        instance_id=instance_id, event=event, at=at, recorded_at=recorded_at, actor=actor, detail=detail,
        element=place and place.element, name=place and place.name, type=place and place.type,
        task_id=task.id if task else move and move.task, on_behalf_of=on_behalf_of,
    )  # fmt: skip
    tx.add(written)


def _turn(after: Snapshot, now: datetime) -> Row:
    last = after.trace[-1].at if after.trace else now
    return {"status": after.status, "ended_at": last if after.status in ENDED else None}


def endings(after: Snapshot, actor: str) -> dict[tuple[str | None, str], Row]:
    """How tasks ended in this step, by id and element, as columns of their rows.

    An event on a task's border names the task too; only the entry of the task's own element tells its end.
    """
    return {
        (entry.task, entry.element): {
            "status": entry.event,
            "ended_at": entry.at,
            "completed_by": actor if entry.event == "completed" else None,
        }
        for entry in after.trace
        if entry.event in ("completed", "cancelled")
    }


def _write_tasks(writes: Writes, instance_id: str, before: Snapshot, after: Snapshot, actor: str) -> None:
    known = {task.id: task for task in before.tasks}
    open_now = {task.id: task for task in after.tasks}
    ends, gone = endings(after, actor), [task for task in before.tasks if task.id not in open_now]
    unseen: Row = {"status": "cancelled", "ended_at": None, "completed_by": None}
    writes.add(_END_TASK, [{"task": task.id, **ends.get((task.id, task.element), unseen)} for task in gone])
    moved = [
        {"task": task.id, "due_at": task.due_at, "provisional": task.provisional}
        for task in open_now.values()
        if task.id in known and (known[task.id].due_at, known[task.id].provisional) != (task.due_at, task.provisional)
    ]
    writes.add(_MOVE_TASK, moved)
    _rename_tasks(writes, [(known[task.id], task) for task in open_now.values() if task.id in known])
    opened = [task for task in open_now.values() if task.id not in known]
    writes.add(_TASK, [_task_row(instance_id, task) for task in opened])
    writes.add(_CANDIDATE, [row for task in opened for row in _candidate_rows(task)])


def _rename_tasks(writes: Writes, still: list[tuple[OpenTask, OpenTask]]) -> None:
    """In another version an open task may have another name, form and rank, and be offered to others."""
    for old, new in still:
        if (old.element, old.name, old.form, old.priority) != (new.element, new.name, new.form, new.priority):
            named = {"new_element": new.element, "new_name": new.name, "new_form": new.form}
            rank = {"old_priority": old.priority, "new_priority": new.priority}
            writes.add(_RENAME_TASK, [{"task": new.id, **named, **rank}])
        before, after = _candidate_rows(old), _candidate_rows(new)
        writes.add(_UNCANDIDATE, [row for row in before if row not in after])
        writes.add(_ALSO_CANDIDATE, [row for row in after if row not in before])


def _task_row(instance_id: str, task: OpenTask) -> Row:
    return {
        "id": task.id, "instance_id": instance_id, "element": task.element, "name": task.name, "type": task.type,
        "status": "open", "assignee": task.assignee, "form": task.form, "priority": task.priority,
        "created_at": task.created_at, "due_at": task.due_at, "follow_up_at": task.follow_up_at,
        "provisional": task.provisional,
    }  # fmt: skip


def _candidate_rows(task: OpenTask) -> list[Row]:
    return [{"task_id": task.id, "candidate": name} for name in task.candidates]


def _write_timers(writes: Writes, instance_id: str, before: Snapshot, after: Snapshot, now: datetime) -> None:
    old = {(timer.id, timer.due_at): timer for timer in before.timers}
    new = {(timer.id, timer.due_at): timer for timer in after.timers}
    fired = {(entry.element, entry.at) for entry in after.trace if entry.event == "fired"}
    ended = []
    for key, timer in old.items():
        if key not in new:
            hit = (timer.element, timer.due_at) in fired
            status, moment = ("fired", timer.due_at) if hit else ("cancelled", now)
            ended.append({"timer": timer.id, "due": timer.due_at, "status": status, "ended_at": moment})
    writes.add(_END_TIMER, ended)
    renamed = [(key, timer) for key, timer in new.items() if key in old and old[key].element != timer.element]
    writes.add(_RENAME_TIMER, [{"timer": key[0], "due": key[1], "new_element": timer.element, "new_name": timer.name}
                               for key, timer in renamed])  # fmt: skip
    writes.add(_TIMER, [_timer_row(instance_id, timer, now) for key, timer in new.items() if key not in old])


def _timer_row(instance_id: str, timer: OpenTimer, now: datetime) -> Row:
    return {
        "token": timer.id, "instance_id": instance_id, "element": timer.element, "name": timer.name,
        "kind": timer.kind, "due_at": timer.due_at, "status": "armed", "armed_at": now,
        "provisional": timer.provisional,
    }  # fmt: skip


def _write_subscriptions(writes: Writes, instance_id: str, before: Snapshot, after: Snapshot, now: datetime) -> None:
    known = {waiting.id: waiting for waiting in before.waiting}
    still = {waiting.id for waiting in after.waiting}
    writes.add(_END_WAITING, [{"waiter": token} for token in sorted(known.keys() - still)])
    renamed = [waiting for waiting in after.waiting if waiting.id in known and known[waiting.id] != waiting]
    writes.add(_RENAME_WAITING, [{"waiter": waiting.id, "new_name": waiting.name, "new_element": waiting.element}
                                 for waiting in renamed])  # fmt: skip
    begun = [waiting for waiting in after.waiting if waiting.id not in known]
    writes.add(_SUBSCRIPTION, [_subscription_row(instance_id, waiting, now) for waiting in begun])


def _subscription_row(instance_id: str, waiting: Waiting, now: datetime) -> Row:
    return {
        "token": waiting.id, "instance_id": instance_id, "element": waiting.element, "kind": waiting.kind,
        "name": waiting.name, "correlation": waiting.correlation, "correlation_key": key_text(waiting.correlation),
        "created_at": now,
    }  # fmt: skip


def _write_incidents(
    writes: Writes, instance_id: str, before: Snapshot, after: Snapshot, now: datetime, actor: str
) -> None:
    known = {failure.id for failure in before.failures}
    still = {failure.id for failure in after.failures}
    gone = [{"incident": name, "resolved_at": now, "resolved_by": actor} for name in sorted(known - still)]
    writes.add(_RESOLVE, gone)
    opened = [
        {"id": failure.id, "instance_id": instance_id, "element": failure.element, "message": failure.message,
         "opened_at": failure.at, "cause": failure.cause}
        for failure in after.failures
        if failure.id not in known
    ]  # fmt: skip
    writes.add(_INCIDENT, opened)


def _message_row(instance_id: str, thrown: Thrown) -> Row:
    return {
        "kind": thrown.kind, "name": thrown.name, "correlation": thrown.correlation, "variables": thrown.variables,
        "at": thrown.at, "sender": instance_id, "receivers": 0,
    }  # fmt: skip


def _event_row(instance_id: str, entry: TraceEntry, recorded_at: datetime, actor: str, behalf: Behalf | None) -> Row:
    detail = ({"missed": entry.missed} if entry.missed else {}) | ({"scope": entry.scope} if entry.scope else {})
    acted = behalf if behalf and (entry.task, entry.element) == behalf[:2] else None
    detail |= {"mandate": acted.mandate} if acted and acted.mandate else {}
    return {
        "instance_id": instance_id, "at": entry.at, "recorded_at": recorded_at, "event": entry.event,
        "element": entry.element, "name": entry.name, "type": entry.type, "task_id": entry.task, "actor": actor,
        "detail": detail or None,
        "on_behalf_of": acted and acted.person,
    }  # fmt: skip
