"""Gateways as BPMN 2.0.2 §13.4 says: joins count tokens per incoming flow, excess tokens stay for the next round."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Set
from functools import cached_property

from SpiffWorkflow.util.task import TaskState

from engine.bpm.spiff.element import Element, no_way_out
from engine.bpm.spiff.instance import Instance
from engine.bpm.spiff.model import Body, Flow, Node
from engine.bpm.spiff.tokens import Scope, Token

Reach = Mapping[str, frozenset[str]]


class ExclusiveGateway(Element):
    """Takes the first flow whose condition is true, in document order."""

    def choose(self, my_task: Token) -> list[Flow]:
        """One flow; the default one when no condition is true."""
        flows, default = self.node.outgoing, self.node.default
        for flow in flows:
            if flow.id != default and (flow.condition is None or self.holds(my_task, flow)):
                return [flow]
        if not flows:
            return []
        for flow in flows:
            if flow.id == default:
                return [flow]
        raise no_way_out(self.node)


class JoiningGateway(Element):
    """A gateway that may wait for tokens on its other incoming flows."""

    def _update_hook(self, my_task: Token) -> bool:
        if len(self.node.incoming) < 2:
            self.enter(my_task)
            return True
        my_task.workflow.join(my_task)
        my_task._set_state(TaskState.WAITING)
        self.arrived(my_task)
        return False

    def arrived(self, my_task: Token) -> None:
        """Look whether the gateway opens."""

    def open(self, scope: Scope, tokens: list[Token]) -> None:
        """Consume one token of each given flow and let the oldest go on."""
        for token in tokens:
            scope.unjoin(token)
        for token in tokens[1:]:
            scope.retire(token)
        self.enter(tokens[0])
        tokens[0]._ready()

    def by_flow(self, scope: Scope) -> dict[str, Token]:
        """The oldest waiting token of each incoming flow that has one."""
        flows = scope.joins.get(self.node.id, {})
        return {flow: next(iter(tokens.values())) for flow, tokens in flows.items() if tokens}


class ParallelGateway(JoiningGateway):
    """Opens when each incoming flow has a token."""

    def arrived(self, my_task: Token) -> None:
        """Open as soon as the last flow has its token."""
        found = self.by_flow(my_task.workflow)
        if len(found) == len(self.node.incoming):
            self.open(my_task.workflow, list(found.values()))

    def choose(self, my_task: Token) -> list[Flow]:
        """All flows."""
        return self.node.outgoing


class InclusiveGateway(JoiningGateway):
    """Opens when no token elsewhere can still reach an incoming flow that is empty (§13.4.3); decided at rest."""

    def arrived(self, my_task: Token) -> None:
        """Wait; `open_inclusive` decides."""
        my_task.workflow.top_workflow.inclusive[my_task.id] = my_task

    def may_open(self, scope: Scope) -> list[Token] | None:
        """The tokens to consume, or None while it must wait."""
        found = self.by_flow(scope)
        elsewhere = (place for place, count in scope.places.items() if count)
        return None if awaits(self.node, self.reach, found.keys(), elsewhere) else list(found.values())

    @cached_property
    def reach(self) -> Reach:
        """Which elements can still send something to this gateway."""
        return reach_of(self.node, self._wf_spec.body)


def reach_of(gateway: Node, body: Body) -> Reach:
    """For each element: the incoming flows of this gateway that it leads to without passing the gateway."""
    reached: dict[str, set[str]] = {}
    for incoming in gateway.incoming:
        seen, pending = {incoming.source}, [incoming.source]
        while pending:
            place = pending.pop()
            if place == gateway.id:
                continue
            reached.setdefault(place, set()).add(incoming.id)
            node = body.nodes[place]
            before = [flow.source for flow in node.incoming] + [node.attached_to or ""]
            for source in before:
                if source in body.nodes and source not in seen:
                    seen.add(source)
                    pending.append(source)
    return {place: frozenset(flows) for place, flows in reached.items()}


def awaits(gateway: Node, reach: Reach, found: Set[str], places: Iterable[str]) -> bool:
    """Whether an inclusive join with tokens on the flows ``found`` must wait for one of the elements where tokens are:
    one that leads to an empty flow, and to none that has its token already.
    """
    empty = {flow.id for flow in gateway.incoming} - found
    ahead = (reach.get(place, frozenset()) for place in places if place != gateway.id)
    return bool(empty) and any(flows & empty and not flows & found for flows in ahead)


def open_inclusive(instance: Instance) -> bool:
    """Open the inclusive gateways that nothing can reach any more; whether there was one.

    Opening one only moves tokens closer to the others, so that all can be judged before the first one runs on.
    """
    waiting = {(id(token.workflow), token.node.id): token for token in instance.inclusive.values()}
    opened = False
    for token in waiting.values():
        gateway: InclusiveGateway = token.task_spec
        ready = gateway.may_open(token.workflow)
        for consumed in ready or ():
            instance.inclusive.pop(consumed.id, None)
        if ready:
            gateway.open(token.workflow, ready)
            opened = True
    return opened
