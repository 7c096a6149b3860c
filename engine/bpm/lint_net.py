"""Runs a flow net in the abstract: where tokens can go, whether they can all end, whether some must wait for ever.

Conditions, data and time are not looked at: every way out of a choice counts as possible.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field

from engine.bpm.spiff.gateways import Reach, awaits, reach_of
from engine.bpm.spiff.model import Body, Flow, Node
from engine.bpm.spiff.settle import MAX_TOKENS

MAX_STATES = 20_000
MAX_WORK = 400_000  # places looked at in all nets of one call; about a second
JOINS = ("parallelGateway", "inclusiveGateway")
_BEGIN = "\0begin:"  # the place of a token that enters at a node; no flow has such an id

Marking = frozenset[tuple[str, int]]
Tokens = dict[str, int]


@dataclass(slots=True)
class Outcome:
    """What running the net has shown."""

    finished: bool = False  # some run ends with no token left
    complete: bool = True  # everything was looked at
    stuck: set[str] = field(default_factory=set)  # joins at which some run waits for ever
    doubled: set[str] = field(default_factory=set)  # elements at which two tokens can meet without being joined
    exact: bool = True  # no more than two met anywhere; of more it is not known what they do later
    crowded: bool = False  # more tokens than the engine accepts
    most: int = 1  # tokens that were seen together


@dataclass(slots=True)
class Allowance:
    """How much of one net may still be looked at; all nets of one call share what there is (lint_flow.py), so that many
    cost no more than one.
    """

    work: int = MAX_WORK

    def part(self, of: int) -> "Allowance":
        """A part of what is left, to be given back by ``take_back``."""
        part = Allowance(self.work // of)
        self.work -= part.work
        return part

    def take_back(self, part: "Allowance") -> None:
        """What a net did not use is there for the next."""
        self.work += max(part.work, 0)


class Net:
    """The flow net of one process or sub-process."""

    def __init__(self, body: Body, allowance: Allowance) -> None:
        self.body, self.allowance = body, allowance
        self.target: dict[str, Node] = {}
        for node in body.nodes.values():
            self.target[_BEGIN + node.id] = node
            for flow in node.incoming:
                self.target[flow.id] = node
        self.reach: dict[str, Reach] = {}

    def beginnings(self) -> list[Tokens]:
        """The markings with which it can begin: one for each start event, else all implicit starts together."""
        starts = self.body.starts()
        if all(node.tag == "startEvent" for node in starts):
            return [{_BEGIN + node.id: 1} for node in starts]
        return [{_BEGIN + node.id: 1 for node in starts}]

    def explore(self) -> Outcome:
        """Look at all markings that matter, one token at a time: can it finish, can it wait for ever?"""
        outcome = Outcome()

        def following(tokens: Tokens) -> Iterator[Tokens]:
            chosen = self._enabled(tokens)
            if chosen is None:
                outcome.stuck |= {self.target[place].id for place in tokens}
                return
            node, places = chosen
            rest = _without(tokens, places, 1)
            for ways in [[]] if _ends_all(node) else _outcomes(node):
                yield {} if _ends_all(node) else self._with(rest, ways, 1, outcome)

        self._walk(outcome, following)
        return outcome

    def crowd(self) -> Outcome:
        """Look at it with loops cut, elements in order and all their tokens together: where do branches pile up?"""
        outcome, (back, order) = Outcome(), self._order()

        def following(tokens: Tokens) -> Iterator[Tokens]:
            outcome.most = max(outcome.most, sum(tokens.values()))
            outcome.crowded |= outcome.most > MAX_TOKENS
            ready = {self.target[place].id: self.target[place] for place in tokens}
            able = [node for node in ready.values() if _able(node, tokens)]
            if not able or outcome.crowded:
                return
            node = min(able, key=lambda node: order[node.id])
            places = [place for place in tokens if self.target[place] is node]
            counts = [tokens[place] for place in places]
            moved = max(counts) if node.tag in JOINS and len(node.incoming) > 1 else sum(counts)
            if moved > max(counts):
                outcome.doubled.add(node.id)
            rest = {place: count for place, count in tokens.items() if place not in places}
            for ways in [[]] if _ends_all(node) else _outcomes(node):
                yield self._with(rest, [flow for flow in ways if flow.id not in back], moved, None)

        self._walk(outcome, following)
        return outcome

    def _walk(self, outcome: Outcome, following: Callable[[Tokens], Iterator[Tokens]]) -> None:
        seen: set[Marking] = set()
        pending = self.beginnings()
        while pending:
            tokens = pending.pop()
            key = frozenset(tokens.items())
            if key in seen:
                continue
            seen.add(key)
            self.allowance.work -= len(tokens) + 1
            if len(seen) > MAX_STATES or self.allowance.work < 0:
                outcome.complete = False
                return
            if not tokens:
                outcome.finished = True
            else:
                pending += following(tokens)

    def _with(self, rest: Tokens, ways: Iterable[Flow], moved: int, outcome: Outcome | None) -> Tokens:
        """The tokens after a pass. Two on one flow are noted in the outcome, and more count as two."""
        result = dict(rest)
        for flow in ways:
            count = result.get(flow.id, 0) + moved
            if count > 1 and outcome is not None:
                outcome.doubled.add(flow.target)
                outcome.exact &= count == 2
                count = 2
            result[flow.id] = count
        return result

    def _enabled(self, tokens: Tokens) -> tuple[Node, list[str]] | None:
        """One element that can act, with the places it takes tokens from; inclusive joins act last.

        Each flow leads to one element, so elements do not take tokens from each other: looking at one at a time
        misses no ending."""
        inclusive: list[Node] = []
        for place in tokens:
            node = self.target[place]
            if node.tag in JOINS and len(node.incoming) > 1:
                if node.tag == "inclusiveGateway":
                    inclusive.append(node)
                elif _able(node, tokens):
                    return node, [flow.id for flow in node.incoming]
            else:
                return node, [place]
        places = {self.target[place].id for place in tokens}
        for node in inclusive:
            found = [flow.id for flow in node.incoming if flow.id in tokens]
            if not awaits(node, self._reach(node), set(found), places):
                return node, found
        return None

    def _reach(self, gateway: Node) -> Reach:
        if gateway.id not in self.reach:
            self.reach[gateway.id] = reach_of(gateway, self.body)
        return self.reach[gateway.id]

    def _order(self) -> tuple[set[str], dict[str, int]]:
        """The flows that close a loop, and a place in order for each element, found by walking depth first."""
        back: set[str] = set()
        order: dict[str, int] = {}
        entered: set[str] = set()
        for root in [*self.body.starts(), *self.body.nodes.values()]:
            stack = [] if root.id in entered else [(root, iter(_all_ways(root)))]
            entered.add(root.id)
            while stack:
                node, ways = stack[-1]
                flow = next(ways, None)
                if flow is None:
                    order[node.id] = -len(order)
                    stack.pop()
                elif flow.target in entered and flow.target not in order:
                    back.add(flow.id)
                elif flow.target not in entered:
                    entered.add(flow.target)
                    following = self.body.nodes[flow.target]
                    stack.append((following, iter(_all_ways(following))))
        return back, order


def reachable(body: Body, roots: Iterable[Node]) -> set[str]:
    """The ids of all elements that tokens from these elements can come to, themselves included."""
    pending, seen = list(roots), set()
    while pending:
        node = pending.pop()
        if node.id not in seen:
            seen.add(node.id)
            pending += [body.nodes[flow.target] for flow in node.outgoing]
            pending += node.boundaries
    return seen


def _all_ways(node: Node) -> list[Flow]:
    return [*node.outgoing, *(flow for boundary in node.boundaries for flow in boundary.outgoing)]


def _without(tokens: Tokens, places: Iterable[str], taken: int) -> Tokens:
    left = {place: count - (taken if place in places else 0) for place, count in tokens.items()}
    return {place: count for place, count in left.items() if count}


def _able(node: Node, tokens: Tokens) -> bool:
    """Whether it has what it needs: a parallel join needs a token on each flow, all else needs one."""
    if node.tag != "parallelGateway" or len(node.incoming) < 2:
        return True
    return all(flow.id in tokens for flow in node.incoming)


def _ends_all(node: Node) -> bool:
    return node.tag == "endEvent" and any(node.has(kind) for kind in ("terminate", "error", "cancel"))


def _outcomes(node: Node) -> list[list[Flow]]:
    """The sets of flows that one pass of an element can leave by."""
    if node.tag in ("exclusiveGateway", "eventBasedGateway"):
        return [[flow] for flow in node.outgoing] or [[]]
    if node.tag == "parallelGateway":
        return [node.outgoing]
    ways = _conditional(node)
    for boundary in node.boundaries:
        if not boundary.has("compensate"):
            beside = list(boundary.outgoing)
            ways += [beside] if boundary.interrupting else [[*normal, *beside] for normal in ways[:4]]
    return ways


def _conditional(node: Node) -> list[list[Flow]]:
    """Flows with conditions may be taken one by one or together; without one that holds, the default flow is."""
    always = [flow for flow in node.outgoing if flow.condition is None and flow.id != node.default]
    maybe = [flow for flow in node.outgoing if flow.condition is not None]
    default = [flow for flow in node.outgoing if flow.id == node.default]
    if not maybe and not default:
        return [always]
    some = [[*always, flow] for flow in maybe] + ([[*always, *maybe]] if len(maybe) > 1 else [])
    return [*some, [*always, *default]] if default or not some else some
