"""Moves what is armed and due to other moments (C5, C9); pure like `run`, and nothing fires here.

A timer that moves is a new timer with an id of its own, so that the row of the old one stays as it was.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from typing import Any

from engine.bpm.spiff import arming, timers, variables
from engine.bpm.spiff.instance import Instance, utc
from engine.bpm.spiff.model import Model
from engine.bpm.spiff.projection import Origin, again, put_off
from engine.bpm.spiff.snapshot import due_of, event_of, followed, is_open, snapshot
from engine.bpm.spiff.state import load
from engine.bpm.spiff.tokens import Token
from engine.bpm.spiff.types import Move, NotArmed, Snapshot, TaskNotOpen, World

Moved = tuple[Snapshot, list[Move]]


def move_timer(model: Model, state: bytes, timer_id: str, due_at: datetime, now: datetime, world: World) -> Moved:
    """Let one armed timer fire at `due_at`; of a cycle this is the first point of its new grid. Raises NotArmed."""
    instance = load(model, state, now, world)
    for token, entry in list(_armed(instance)):
        if instance.name_of(entry["id"]) == timer_id:
            move = _rearm(token, entry, due_at)
            return snapshot(instance), [move]
    raise NotArmed(timer_id)


def move_task(model: Model, state: bytes, task_id: str, due_at: datetime, now: datetime, world: World) -> Moved:
    """Let one open task be due at `due_at`, and its reminders with it. Raises TaskNotOpen.

    A due date that follows a variable (ADR 5) is moved by setting the variable: whatever follows it moves as well.
    A reminder is a timer on the task's border that stood at the due moment, or is counted from that variable.
    """
    instance = load(model, state, now, world)
    token = next((token for token in _open(instance) if instance.name_of(token.id) == task_id), None)
    if token is None:
        raise TaskNotOpen(task_id)
    moves = _changed(instance, lambda: _set_due(token, due_at))
    return snapshot(instance), moves


def move_variable(model: Model, state: bytes, name: str, due_at: datetime, now: datetime, world: World) -> Moved:
    """Set a variable of the instance to another moment; what is due by it moves, reminders included."""
    instance = load(model, state, now, world)
    known = instance.variables
    assert known is not None
    moves = _changed(instance, lambda: known.update({name: due_at}))
    return snapshot(instance), moves


def shift(model: Model, state: bytes, span: timedelta, now: datetime, world: World) -> Moved:
    """Put off every armed timer and every open task's due date by exactly this span: the clock had been stopped."""
    instance = load(model, state, now, world)
    moves = [
        _rearm(token, entry, utc(entry["due"]) + span, put_off(entry.get("from"), span))
        for token, entry in sorted(_armed(instance), key=lambda pair: int(pair[1]["id"]))  # ties keep their order
    ]
    before = {token: due for token in _open(instance) if (due := due_of(token)) is not None}
    for token, old in before.items():
        if due_of(token) == old:  # a variable that several tasks follow is moved once
            _set_due(token, old + span, put_off(token.internal_data["human"].get("from"), span))
    moves += [_moved(token, old, old + span) for token, old in before.items()]
    return snapshot(instance), moves


def reproject(model: Model, state: bytes, now: datetime, world: World) -> Moved:
    """Count every provisional moment again, from where it was counted first, with the calendar of today (C9)."""
    instance = load(model, state, now, world)
    moves = []
    for token, entry in list(_armed(instance)):
        if "from" in entry:
            trigger = token.task_spec.triggers[entry["at"]]
            started = utc(entry["from"]["at"])
            value, origin = again(instance, trigger.value, entry["from"])
            due = timers.schedule(value, started, world.zone).first + _later(entry["from"])
            if due != utc(entry["due"]):
                moves.append(_rearm(token, entry, due, origin))
            elif origin is None:
                del entry["from"]
    for token in _open(instance):
        facts, human = token.internal_data["human"], token.node.human
        if "from" in facts and human is not None and human.due is not None:
            value, origin = again(instance, human.due, facts["from"])
            due = timers.due_date(value, utc(facts["from"]["at"]), world.zone) + _later(facts["from"])
            if due != (old := due_of(token)):
                moves.append(_moved(token, old, due))
            if due != old or origin is None:
                _set_due(token, due, origin)
    return snapshot(instance), moves


def _armed(instance: Instance) -> Iterator[tuple[Token, arming.Armed]]:
    for number, token in instance.armed.items():
        entry = next(entry for entry in token.internal_data["armed"] if entry["id"] == number)
        if entry["kind"] == "timer":
            yield token, entry


def _open(instance: Instance) -> list[Token]:
    return [token for scope in instance.scopes() for token in scope.others() if is_open(token)]


def _changed(instance: Instance, change: Callable[[], None]) -> list[Move]:
    """What moves with a change: the due dates of open tasks, and the reminders of those."""
    before = {token: due_of(token) for token in _open(instance)}
    change()
    moves = []
    for token, old in before.items():
        new = due_of(token)
        if new is not None and new != old:
            moves += [_moved(token, old, new), *_move_reminders(token, old, new)]
    return moves


def _rearm(token: Token, entry: arming.Armed, due: datetime, origin: Origin | None = None) -> Move:
    instance: Instance = token.workflow.top_workflow
    node, old, before = event_of(token), entry["id"], utc(entry["due"])
    del instance.armed[old]
    entry["id"], entry["due"] = instance.next_id(), due.isoformat()
    if "every" in entry:
        entry |= {"first": entry["due"], "round": 0}
    _note_origin(entry, origin)
    arming.watch(token)
    task = instance.name_of(token.parent.id) if node.tag == "boundaryEvent" and is_open(token.parent) else None
    return Move(node.id, node.name or node.id, node.tag, before, due, task, instance.name_of(old))


def _set_due(token: Token, due: datetime, origin: Origin | None = None) -> None:
    following = followed(token)
    if following:
        variables.assign(token, {following[0]: due})
        token.internal_data["human"].pop("kept", None)
    else:
        token.internal_data["human"]["due"] = due.isoformat()
        _note_origin(token.internal_data["human"], origin)


def _move_reminders(token: Token, before: datetime | None, after: datetime) -> Iterator[Move]:
    instance, following = token.workflow.top_workflow, followed(token)
    name = following[0] if following else ""
    for reminder in token.children:
        for entry in [entry for entry in reminder.internal_data.get("armed", ()) if entry["kind"] == "timer"]:
            value = reminder.task_spec.triggers[entry["at"]].value
            if utc(entry["due"]) == before:
                due = after
            elif any(name in expression.names for expression in value.expressions()):
                started = utc(token.internal_data["human"]["at"])
                counted = value.of(variables.view(reminder), instance.functions_at(started))
                due = max(timers.schedule(counted, started, instance.outside.zone).first, instance.clock)
            else:
                continue
            if due != utc(entry["due"]):
                yield _rearm(reminder, entry, due)


def _moved(token: Token, before: datetime | None, after: datetime) -> Move:
    node, name = token.node, token.workflow.top_workflow.name_of(token.id)
    return Move(node.id, node.name or node.id, node.tag, before, after, name, None)


def _note_origin(notes: dict[str, Any], origin: Origin | None) -> None:
    notes.pop("from", None)
    if origin is not None:
        notes["from"] = origin


def _later(origin: Origin) -> timedelta:
    return timedelta(seconds=origin["later"])
