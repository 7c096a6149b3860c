"""A Body → SpiffWorkflow's process spec: one task spec of ours for each element, two for an element that loops."""

from __future__ import annotations

from SpiffWorkflow.bpmn.specs import BpmnProcessSpec

from engine.bpm.spiff.activities import AutomaticTask, CallActivity, EventSubprocess, HumanTask, SubProcess
from engine.bpm.spiff.adhoc import AdHocSubProcess
from engine.bpm.spiff.element import Element
from engine.bpm.spiff.events import BoundaryEvent, CatchEvent, EndEvent, EventGateway, StartEvent, ThrowEvent
from engine.bpm.spiff.gateways import ExclusiveGateway, InclusiveGateway, ParallelGateway
from engine.bpm.spiff.loops import MultiInstance, StandardLoop
from engine.bpm.spiff.model import Body, Node

SPECS: dict[str, type[Element]] = {
    "task": AutomaticTask,
    "scriptTask": AutomaticTask,
    "serviceTask": AutomaticTask,
    "businessRuleTask": AutomaticTask,
    "userTask": HumanTask,
    "manualTask": HumanTask,
    "receiveTask": CatchEvent,
    "callActivity": CallActivity,
    "subProcess": SubProcess,
    "transaction": SubProcess,
    "adHocSubProcess": AdHocSubProcess,
    "exclusiveGateway": ExclusiveGateway,
    "parallelGateway": ParallelGateway,
    "inclusiveGateway": InclusiveGateway,
    "eventBasedGateway": EventGateway,
    "startEvent": StartEvent,
    "endEvent": EndEvent,
    "intermediateCatchEvent": CatchEvent,
    "intermediateThrowEvent": ThrowEvent,
    "boundaryEvent": BoundaryEvent,
}


class ProcessSpec(BpmnProcessSpec):  # type: ignore[misc]
    """Spiff's process spec with our names: a colon in front keeps diagram ids apart from Spiff's own `Start`, `End`."""

    def __init__(self, body: Body) -> None:
        super().__init__(name=body.key)
        self.body = body

    def of(self, node: Node) -> Element:
        """The spec of an element."""
        spec: Element = self.task_specs[f":{node.id}"]
        return spec

    def item_of(self, node: Node) -> Element:
        """The spec of one pass of an element that loops."""
        spec: Element = self.task_specs[f"::{node.id}"]
        return spec


def wire(body: Body) -> ProcessSpec:
    """The executable form of one process or sub-process (its nested ones have their own)."""
    spec = ProcessSpec(body)
    for node in body.nodes.values():
        kind = _kind(node)
        if node.loop is None:
            kind(spec, node, f":{node.id}")
        else:
            container = StandardLoop if node.loop.kind == "standard" else MultiInstance
            container(spec, node, f":{node.id}")
            kind(spec, node, f"::{node.id}", item=True)
    return spec


def _kind(node: Node) -> type[Element]:
    if node.body is not None and node.body.event_triggered:
        return EventSubprocess
    if node.tag == "sendTask":
        return AutomaticTask if node.work is not None else ThrowEvent
    if node.work is not None and node.tag in ("intermediateThrowEvent", "endEvent"):
        return AutomaticTask
    return SPECS[node.tag]
