"""The commands on an instance, each a pure step: (model, state, command, now) → Snapshot. Nothing is written here."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import uuid4

from engine.bpm.spiff import arming, variables
from engine.bpm.spiff.instance import Instance
from engine.bpm.spiff.kept import at_rest, inspect, opened
from engine.bpm.spiff.model import Body, Model, Node
from engine.bpm.spiff.modify import Instruction
from engine.bpm.spiff.modify import modify as carry_out
from engine.bpm.spiff.modify import retry as retry_token
from engine.bpm.spiff.returning import Earlier, return_to
from engine.bpm.spiff.settle import settle
from engine.bpm.spiff.snapshot import is_open
from engine.bpm.spiff.tokens import Token
from engine.bpm.spiff.types import NotFailed, NotWaiting, Snapshot, TaskNotOpen, World
from engine.errors import Invalid

__all__ = [
    "advance", "cancel", "complete", "complete_each", "deliver", "inspect", "modify", "retry", "send_back",
    "set_variables", "start",
]  # fmt: skip


def start(
    model: Model, values: Mapping[str, Any], now: datetime, world: World, *, process: str | None = None,
    start_element: str | None = None, business_key: str | None = None, started_by: str | None = None,
) -> Snapshot:  # fmt: skip
    """Start a process (default: the model's first) at its plain start event or at `start_element`; run until it rests.

    Raises Invalid when there is no such process or start event, or for variables that cannot be stored.
    """
    body = model.processes.get(process or model.key)
    if body is None:
        raise Invalid(f"没有流程“{process}”，请检查编号。", en=f"There is no process {process}.")
    nodes = _start_nodes(body, start_element)
    instance = Instance(model, body.id, uuid4().hex[:16], now, world)
    instance.constants = {} if business_key is None else {"business_key": business_key}
    initiators = {node.initiator: started_by for node in nodes if node.initiator}
    instance.variables = variables.storable_all({**initiators, **values})
    instance.begin(nodes, happened=start_element is not None)
    settle(instance, now)
    return at_rest(instance)


def advance(
    model: Model, state: bytes, now: datetime, world: World, *, coalesce_until: datetime | None = None
) -> Snapshot:
    """Fire every timer with `due_at <= now` in due order, each with the clock at its own due moment (C3, C4).

    A caller that goes through an outage due moment by due moment passes its end as `coalesce_until`, so that a
    repeating timer still fires once for everything missed (C8).
    """
    return at_rest(_opened(model, state, now, world, coalesce_until))


def complete(
    model: Model, state: bytes, task_id: str, values: Mapping[str, Any], now: datetime, world: World
) -> Snapshot:
    """Complete an open task with its variables, after firing what was due. Raises TaskNotOpen, Invalid, TooLarge."""
    instance = _opened(model, state, now, world)
    if not _complete(instance, task_id, values, now):
        raise TaskNotOpen(task_id)
    return at_rest(instance)


def complete_each(
    model: Model, state: bytes, task_ids: Sequence[str], now: datetime, world: World
) -> tuple[Snapshot, list[str]]:
    """Complete open tasks without variables, one after the other, until something is thrown that others must see first.

    Answers also the ids of those completed; a task that the completion of another one cancelled is passed over.
    """
    instance = _opened(model, state, now, world)
    completed: list[str] = []
    for task_id in task_ids:
        if instance.thrown:
            break
        instance.passed = 0  # each completion is a step of its own
        if _complete(instance, task_id, {}, now):
            completed.append(task_id)
    return at_rest(instance), completed


def deliver(
    model: Model, state: bytes, waiting_id: str, values: Mapping[str, Any], now: datetime, world: World
) -> Snapshot:
    """Give one message or signal to one waiter, after firing what was due. Raises NotWaiting."""
    instance = _opened(model, state, now, world)
    number = instance.number_of(waiting_id)
    token = instance.armed.get(number)
    if token is None:
        raise NotWaiting(waiting_id)
    arming.fire(instance, number, variables.storable_all(values))
    settle(instance, now)
    return at_rest(instance)


def retry(model: Model, state: bytes, failure_id: str, now: datetime, world: World) -> Snapshot:
    """Run a failed element again: from its start, or only its way out when its work was done. Raises NotFailed."""
    instance = _opened(model, state, now, world)
    number = instance.number_of(failure_id)
    for scope in instance.scopes():
        for token in scope.others():
            if token.internal_data.get("failure", [None])[0] == number:
                retry_token(token)
                settle(instance, now)
                return at_rest(instance)
    raise NotFailed(failure_id)


def set_variables(model: Model, state: bytes, values: Mapping[str, Any], now: datetime, world: World) -> Snapshot:
    """Change variables from outside; conditions that wait for them are looked at. Raises Invalid, TooLarge."""
    instance = _opened(model, state, now, world)
    variables.assign(instance.task_tree, values)
    settle(instance, now)
    return at_rest(instance)


def modify(
    model: Model, state: bytes, instructions: Sequence[Instruction], now: datetime, world: World
) -> Snapshot:  # fmt: skip
    """Carry out an order about tokens and variables, all of it or nothing, and run on. Raises Invalid, TooLarge."""
    instance = _opened(model, state, now, world)
    instance.passed = 0
    carry_out(instance, instructions)
    settle(instance, now)
    return at_rest(instance)


def send_back(
    model: Model, state: bytes, task_id: str, earlier: Earlier, now: datetime, world: World
) -> tuple[Snapshot, str]:
    """Cancel an open task and open an earlier human step instead; answers also the new task's id.

    Raises TaskNotOpen, and Invalid when the earlier step cannot be opened.
    """
    instance = _opened(model, state, now, world)
    token = _find(instance, task_id)
    if token is None or not is_open(token):
        raise TaskNotOpen(task_id)
    fresh = return_to(instance, token, earlier)
    settle(instance, now)
    return at_rest(instance), instance.name_of(fresh.id)


def cancel(model: Model, state: bytes, now: datetime, world: World) -> Snapshot:
    """End the instance before its time; everything open is cancelled."""
    instance = opened(model, state, now, world)
    if not instance.closed:
        instance.clear()
        instance.closed = instance.terminated = True
    return at_rest(instance)


def _opened(
    model: Model, state: bytes, now: datetime, world: World, coalesce_until: datetime | None = None
) -> Instance:
    """The instance with everything fired that is due by now: no command overtakes a deadline (C3)."""
    instance = opened(model, state, now, world)
    if instance.due:
        instance.clock = min(now, instance.due[0][0])
    settle(instance, now, coalesce_until)
    return instance


def _complete(instance: Instance, task_id: str, values: Mapping[str, Any], now: datetime) -> bool:
    """Complete a task and run until everything rests; False when it is not open."""
    token = _find(instance, task_id)
    if token is None or not is_open(token):
        return False
    variables.assign(token, values)
    if any(name in token.data for name in values) and not token.is_item:  # also where an input of that name hides it
        variables.assign(token, values, outside=True)
    token.internal_data["done"] = 1
    instance.enqueue(token)
    settle(instance, now)
    return True


def _start_nodes(body: Body, element: str | None) -> list[Node]:
    if element is not None:
        node = body.nodes.get(element)
        if node is None or node.tag not in ("startEvent", "receiveTask", "intermediateCatchEvent"):
            raise Invalid(f"没有开始事件“{element}”。", en=f"There is no start event {element}.")
        return [node]
    plain = [node for node in body.starts() if not (node.tag == "startEvent" and node.triggers)]
    if not plain:
        raise Invalid(
            "这个流程只能由消息、信号或定时器启动。", en="This process is started by a message, signal or timer."
        )
    return plain


def _find(instance: Instance, name: str) -> Token | None:
    number = instance.number_of(name)
    return next((scope.tasks[number] for scope in instance.scopes() if number in scope.tasks), None)
