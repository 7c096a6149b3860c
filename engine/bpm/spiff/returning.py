"""Return of an open task's token to an earlier human step of its scope; where that would be possible."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime

from engine.bpm.spiff import arming
from engine.bpm.spiff.concurrency import same_company
from engine.bpm.spiff.instance import HUMAN_TAGS, Instance, utc
from engine.bpm.spiff.model import FREE, NONE, Body, Model
from engine.bpm.spiff.state import load
from engine.bpm.spiff.tokens import Token
from engine.errors import Invalid

NEVER = datetime(1, 1, 1, tzinfo=UTC)  # the clock of an instance that is only looked at


@dataclass(frozen=True, slots=True)
class Earlier:
    """The step to go back to, who gets it, and what is kept of its old deadlines: its due date, its border timers."""

    element: str
    assignee: str | None
    due: datetime | None = None
    timers: Mapping[str, datetime] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Place:
    """Where an open task stands: the body of its scope, the id of that scope (None: the case itself), and the human
    steps to which its token may go back without doubling or losing another; none where the diagram draws its own ways
    back and forbids others."""

    body: Body
    scope: str | None
    reachable: tuple[str, ...]
    drawn: bool


def place_of(model: Model, state: bytes, task_id: str) -> Place | None:
    """Where this task stands; None when it is not there."""
    instance = load(model, state, NEVER, None)
    token = _find(instance, task_id)
    if token is None:
        return None
    body, here = token.workflow.body, token.node.id
    process = model.processes[body.process].properties.get("return", FREE)
    drawn = token.node.properties.get("return", process) == NONE
    loose = drawn or token.is_item or "for" in token.internal_data or body.tag == "adHocSubProcess"
    company = frozenset() if loose else same_company(body, here) - {here}
    steps = [node for node in body.nodes.values() if node.tag in HUMAN_TAGS and node.loop is None]
    return Place(body, instance.scope_name(token), tuple(node.id for node in steps if node.id in company), drawn)


def return_to(instance: Instance, token: Token, earlier: Earlier) -> Token:
    """Cancel the token's task and open the earlier step instead. Raises Invalid when that step cannot be opened."""
    scope = token.workflow
    fresh = scope.place(scope.body.nodes[earlier.element])
    token.cancel()
    fresh.task_spec._update(fresh)
    if "failure" in fresh.internal_data:
        raise Invalid(
            f"不能退回到“{fresh.node.name or fresh.node.id}”：{fresh.internal_data['failure'][1]}",
            en=f"{fresh.node.id} cannot be opened again: see the Chinese text for the cause.",
        )
    facts = fresh.internal_data["human"]
    if earlier.assignee is not None:
        facts["assignee"] = earlier.assignee
    if earlier.due is not None:
        facts["due"] = earlier.due.isoformat()
    for listener in list(fresh.children):
        if listener.node.id in earlier.timers:
            _keep(listener, earlier.timers[listener.node.id], instance.clock)
    return fresh


def _keep(listener: Token, moment: datetime, now: datetime) -> None:
    """A border timer gets its old moment; a reminder that had its moment does not come again. Cycles start anew."""
    for entry in list(listener.internal_data["armed"]):
        if entry["kind"] != "timer" or "every" in entry or utc(entry["due"]) == moment:
            continue
        if moment > now:
            entry["due"] = moment.isoformat()
            arming.watch(listener)
        elif not listener.node.interrupting and not arming.drop(listener, entry):
            listener.cancel()


def _find(instance: Instance, task_id: str) -> Token | None:
    number = instance.number_of(task_id)
    return next((scope.tasks[number] for scope in instance.scopes() if number in scope.tasks), None)
