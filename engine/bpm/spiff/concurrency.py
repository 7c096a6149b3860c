"""Which elements of one scope can be active at the same time, after Kovalyov and Esparza's concurrency relation.

Their algorithm takes polynomial time and is exact for sound free-choice nets, too generous for others. An inclusive
gateway counts as a parallel one; what a non-interrupting boundary event starts is a net of its own.
"""

from __future__ import annotations

from collections.abc import Iterator

from engine.bpm.spiff.model import Body, Node

MAX_NODES = 600  # beyond, a wide parallel split would relate too many pairs
SPLITS = ("parallelGateway", "inclusiveGateway")
CHOICES = ("exclusiveGateway", "eventBasedGateway")
Move = tuple[tuple[str, ...], tuple[str, ...]]  # places that lose a token, places that get one
Relation = dict[str, set[str]]


def same_company(body: Body, here: str) -> frozenset[str]:
    """The elements beside which exactly the same others can be active as beside `here`.

    A token may move from one to another of them and the net stands as it could stand by itself: nothing is doubled
    behind a split, nothing lost before a join.
    """
    if len(body.nodes) > MAX_NODES:
        return frozenset()
    moves = [move for node in body.nodes.values() for move in _moves(body, node)]
    for start in _origins(body):
        beside = _related(moves, start)
        if here in beside:
            return frozenset(place for place, others in beside.items() if others == beside[here])
    return frozenset()


def _origins(body: Body) -> Iterator[list[str]]:
    starts = body.starts()
    yield [node.id for node in starts if not node.triggers]
    yield from ([node.id] for node in starts if node.triggers)
    yield from ([node.id] for node in body.nodes.values() if node.tag == "boundaryEvent" and not node.interrupting)


def _moves(body: Body, node: Node) -> Iterator[Move]:
    arriving = [f"-{flow.id}" for flow in node.incoming]
    leaving = [f"-{flow.id}" for flow in node.outgoing]
    if node.tag in SPLITS and arriving:
        yield tuple(arriving), (node.id,)
    else:
        yield from (((flow,), (node.id,)) for flow in arriving)
    if node.tag in CHOICES:
        yield from (((node.id,), (flow,)) for flow in leaving)
    else:
        yield (node.id,), tuple(leaving)
    for border in node.boundaries:
        if border.interrupting and not border.has("compensate"):
            yield (node.id,), (border.id,)


def _related(moves: list[Move], start: list[str]) -> Relation:
    consumers: dict[str, list[Move]] = {}
    for move in moves:
        for place in move[0]:
            consumers.setdefault(place, []).append(move)
    beside: Relation = {}
    pending: dict[str, None] = {}
    _relate(beside, pending, start, set())
    while pending:
        place, _ = pending.popitem()
        for taken, given in consumers.get(place, ()):
            if all(other in beside for other in taken) and _together(beside, taken):
                common = set.intersection(*(beside[other] for other in taken))
                _relate(beside, pending, given, common)
    return beside


def _together(beside: Relation, taken: tuple[str, ...]) -> bool:
    return all(right in beside[left] for left in taken for right in taken if left != right)


def _relate(beside: Relation, pending: dict[str, None], given: tuple[str, ...] | list[str], common: set[str]) -> None:
    for place in given:
        if place not in beside:
            beside[place] = set()
            pending[place] = None
    for place in given:
        gained = (common | {other for other in given if other != place}) - beside[place]
        if gained:
            beside[place] |= gained
            pending[place] = None
        for other in gained:
            beside[other].add(place)
            pending[other] = None
