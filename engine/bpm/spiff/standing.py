"""What an instance waits for that has no row of its own: joins, conditions and called processes."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime

from SpiffWorkflow.util.task import TaskState

from engine.bpm.spiff.gateways import InclusiveGateway, JoiningGateway
from engine.bpm.spiff.instance import Instance
from engine.bpm.spiff.model import Flow, Model, Node
from engine.bpm.spiff.state import load
from engine.bpm.spiff.tokens import Scope, Token

NEVER = datetime(1, 1, 1, tzinfo=UTC)  # the clock of an instance that is only looked at


@dataclass(frozen=True, slots=True)
class Standing:
    """`what` is awaited: the branches of a join, the text of a condition, the called process. `after` are the
    elements whose last event says since when."""

    kind: str  # join | condition | called
    element: str
    name: str
    what: tuple[str, ...]
    after: tuple[str, ...]


def standing(model: Model, state: bytes) -> tuple[Standing, ...]:
    """Everything of this kind that the instance waits for now, each once."""
    instance = load(model, state, NEVER, None)
    found = [entry for scope in instance.scopes() for entry in _in_scope(instance, scope)]
    return tuple(dict.fromkeys(found))


def _in_scope(instance: Instance, scope: Scope) -> Iterator[Standing]:
    for token in scope.others():
        node = token.node
        if token.state == TaskState.WAITING and isinstance(token.task_spec, JoiningGateway):
            arrived = [flow for flow in node.incoming if scope.joins.get(node.id, {}).get(flow.id)]
            missing = _missing(scope, token, arrived)
            yield Standing("join", node.id, _name(node), missing, tuple(flow.source for flow in arrived))
        elif token.id in instance.conditional and node.tag == "intermediateCatchEvent":
            texts = [
                trigger.value.source for trigger in node.triggers if trigger.kind == "conditional" and trigger.value
            ]
            yield Standing("condition", node.id, _name(node), tuple(texts), (_first(token),))
        elif node.call is not None and token.id in instance.subprocesses:
            called = instance.subprocesses[token.id].body
            yield Standing("called", node.id, _name(node), (called.name or called.id,), (node.id,))


def _missing(scope: Scope, token: Token, arrived: list[Flow]) -> tuple[str, ...]:
    """The branches without a token; at an inclusive join only those that one can still reach."""
    empty = [flow for flow in token.node.incoming if flow not in arrived]
    if isinstance(token.task_spec, InclusiveGateway):
        reach = token.task_spec.reach
        reached = {flow for place, count in scope.places.items() if count for flow in reach.get(place, ())}
        empty = [flow for flow in empty if flow.id in reached]
    return tuple(flow.name or _name(scope.body.nodes[flow.source]) for flow in empty)


def _first(token: Token) -> str:
    """Behind an event-based gateway the waiting began there."""
    before: Node = token.parent.node if token.idle else token.node
    return before.id


def _name(node: Node) -> str:
    return node.name or node.id
