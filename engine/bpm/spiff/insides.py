"""Where an instance stands as people say it, and which called processes run inside it (ADR 1): read, never moved."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime

from engine.bpm.spiff.instance import Instance
from engine.bpm.spiff.model import Model, Node
from engine.bpm.spiff.state import load
from engine.bpm.spiff.tokens import Scope, Token

NEVER = datetime(1, 1, 1, tzinfo=UTC)  # the clock of an instance that is only looked at
MOST = 200  # called processes that are listed


@dataclass(frozen=True, slots=True)
class Inside:
    """A called process that runs: the call activity ``element``, which pass of it (from 1; None: the only one), under
    how many other calls, and the names of the elements where it stands.
    """

    element: str
    name: str
    process: str
    process_name: str
    item: int | None
    depth: int
    stands: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Insides:
    """The names of the elements where the case stands, the called processes in order, and how many there are."""

    stands: tuple[str, ...]
    called: tuple[Inside, ...]
    total: int


def insides(model: Model, state: bytes) -> Insides:
    """What runs inside an instance. Raises UnreadableState."""
    instance = load(model, state, NEVER, None)
    called = list(_called(instance, instance, 0))
    return Insides(_stands(instance, instance), tuple(called[:MOST]), len(called))


def _called(instance: Instance, scope: Scope, depth: int) -> Iterator[Inside]:
    """A sub-process is part of the process it is drawn in; only calls go deeper."""
    for token in sorted(scope.others(), key=lambda token: int(token.id)):
        inner = instance.subprocesses.get(token.id)
        if inner is None:
            continue
        if token.node.call is None:
            yield from _called(instance, inner, depth)
            continue
        body, node = inner.body, token.node
        yield Inside(
            node.id, _name(node), body.process, body.name or body.id, _item(token), depth, _stands(instance, inner)
        )
        yield from _called(instance, inner, depth + 1)


def _stands(instance: Instance, scope: Scope) -> tuple[str, ...]:
    return tuple(dict.fromkeys(_places(instance, scope)))


def _places(instance: Instance, scope: Scope) -> Iterator[str]:
    for token in scope.live.values():
        inner = instance.subprocesses.get(token.id)
        if inner is not None and token.node.call is None:
            yield from _places(instance, inner)
        elif inner is not None or not any(child.is_item for child in token.children):
            yield _awaited(scope, token.node)


def _awaited(scope: Scope, node: Node) -> str:
    """A gateway that waits for one of several events mostly has no name of its own: then those of the events."""
    if node.tag != "eventBasedGateway" or node.name:
        return _name(node)
    return " / ".join(_name(scope.body.nodes[flow.target]) for flow in node.outgoing)


def _item(token: Token) -> int | None:
    return int(token.data["loopCounter"]) + 1 if token.is_item else None


def _name(node: Node) -> str:
    return node.name or node.id
