"""The life of a token on any element: enter, arm boundary events, work, write results, choose the ways out, go on."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from SpiffWorkflow.bpmn.specs.mixins import BpmnSpecMixin
from SpiffWorkflow.util.task import TaskState

from engine.bpm.spiff import compensation, variables
from engine.bpm.spiff.model import Copy, Flow, Node, Trigger
from engine.bpm.spiff.tokens import Token
from engine.bpm.spiff.values import Functions
from engine.errors import Invalid


class Element(BpmnSpecMixin):  # type: ignore[misc]
    """A Spiff task spec that predicts nothing (S4b) and keeps a failing token where it is (S5)."""

    throws = False  # runs after everything else that is ready

    def __init__(self, process: Any, node: Node, name: str, *, item: bool = False) -> None:
        super().__init__(process, name, bpmn_name=node.name, lane=node.lane)
        self.node, self.item = node, item
        self.undoable = compensation.boundary_of(node) is not None or node.body is not None

    @property
    def local(self) -> bool:
        """Whether its token has variables of its own from an input mapping."""
        return bool(self.node.inputs or self.node.copies_in)

    @property
    def triggers(self) -> list[Trigger]:
        """The event definitions it may wait for."""
        return self.node.triggers

    # Spiff's hooks, in the order in which it calls them

    def _predict(self, my_task: Token, *_args: Any, **_kwargs: Any) -> None:
        """Nothing: a child is created when its parent completes."""

    def _update(self, my_task: Token) -> None:
        try:
            ready = self._update_hook(my_task)
        except Exception as error:  # a bad timer, an unknown process: the predecessor is done, this one failed
            my_task.workflow.top_workflow.park(my_task, error)
            return
        if ready and not my_task.gone:
            my_task._ready()

    def _update_hook(self, my_task: Token) -> bool:
        self.enter(my_task)
        if self.local:
            self.read_inputs(my_task)
        ready = self.activate(my_task)
        if not self.item and not my_task.gone:
            for boundary in self.node.boundaries:
                my_task.workflow.spec.of(boundary).attach(my_task)
        return ready

    def read_inputs(self, my_task: Token) -> None:
        """Fill the token's own variables from the input mapping; a later one sees those before it."""
        functions, seen = my_task.workflow.top_workflow.functions, variables.view(my_task, own=True)
        for copy in self.node.copies_in:
            my_task.data.update(copied(copy, seen, functions))
        for name, value in self.node.inputs:
            my_task.data.update(variables.storable_all({name: value.of(seen, functions)}))

    def _on_ready(self, my_task: Token) -> None:
        my_task.internal_data["ready"] = 1
        if not self.manual or "done" in my_task.internal_data:
            my_task.workflow.top_workflow.enqueue(my_task)

    def _run_hook(self, my_task: Token) -> bool | None:
        if "done" not in my_task.internal_data:
            finished = self.perform(my_task)
            if my_task.gone or not finished:
                return None
            my_task.internal_data["done"] = 1  # a retry will not do the work twice
        self.write_outputs(my_task)
        if not self.item:
            my_task.internal_data["leave"] = [flow.id for flow in self.choose(my_task)]
        return True

    def _on_complete(self, my_task: Token) -> None:
        scope = my_task.workflow
        self.leave(my_task)
        if my_task._children:
            for child in my_task.children:
                child.cancel()
        if self.undoable and not self.item:
            compensation.note(my_task)
        if self.item:
            container = my_task.parent
            container.task_spec.item_done(container, my_task)
            scope.retire(my_task)
            return
        chosen = my_task.internal_data.pop("leave")
        flows = [flow for flow in self.node.outgoing if flow.id in chosen]
        tokens = [scope.place(scope.body.nodes[flow.target], flow) for flow in flows]
        scope.retire(my_task)
        for token in tokens:
            token.task_spec._update(token)
        if "for" in my_task.internal_data:
            compensation.handled(my_task)
        self.tell_owner(my_task)
        scope.check_end()

    def tell_owner(self, my_task: Token) -> None:
        """An ad-hoc sub-process around it decides after each element whether it goes on."""
        scope = my_task.workflow
        if scope.body.tag != "adHocSubProcess" or scope.closed:
            return
        owner = scope.parent_task
        try:
            owner.task_spec.passed(owner, scope)
        except Exception as error:  # its condition has no value: the sub-process failed, not the element
            scope.top_workflow.park(owner, error)

    def _on_cancel(self, my_task: Token) -> None:
        if "entered" in my_task.internal_data:
            my_task.workflow.top_workflow.record(my_task, "cancelled")

    # What the kinds of elements do differently

    def enter(self, my_task: Token) -> None:
        """Note in the trace that a token arrived, once."""
        if "entered" not in my_task.internal_data:
            my_task.internal_data["entered"] = 1
            my_task.workflow.top_workflow.record(my_task, "entered")

    def leave(self, my_task: Token) -> None:
        """Note in the trace that it completed."""
        my_task.workflow.top_workflow.record(my_task, "completed")

    def activate(self, my_task: Token) -> bool:
        """Start; True when the work can be done at once."""
        return True

    def perform(self, my_task: Token) -> bool:
        """Do the work; False when it goes on later."""
        return True

    def write_outputs(self, my_task: Token) -> None:
        """Apply the output mapping, all or nothing."""
        if not self.node.outputs and not self.node.copies_out:
            return
        context, functions = variables.view(my_task), my_task.workflow.top_workflow.functions
        values = {name: value.of(context, functions) for name, value in self.node.outputs}
        for copy in self.node.copies_out:
            values |= copied(copy, context, functions)
        variables.assign(my_task, values, outside=True)

    def choose(self, my_task: Token) -> list[Flow]:
        """The flows that get a token: BPMN's implicit split. Raises Invalid when all conditions are false."""
        flows = self.node.outgoing
        if len(flows) == 1 and flows[0].condition is None:
            return flows
        chosen = [
            flow for flow in flows
            if flow.id != self.node.default and (flow.condition is None or self.holds(my_task, flow))
        ]  # fmt: skip
        if not any(flow.condition is not None for flow in chosen):
            chosen += [flow for flow in flows if flow.id == self.node.default]
        if flows and not chosen:
            raise no_way_out(self.node)
        return chosen

    def holds(self, my_task: Token, flow: Flow) -> bool:
        """Whether the condition of a flow is true now."""
        assert flow.condition is not None
        return flow.condition.holds(variables.view(my_task), my_task.workflow.top_workflow.functions)

    def instantiate(self, my_task: Token) -> None:
        """The process starts here because what this element waits for happened."""
        self._update(my_task)

    def wait(self, my_task: Token) -> bool:
        """Put the token into Spiff's WAITING state; for `activate` to return."""
        my_task._set_state(TaskState.WAITING)
        return False


def copied(copy: Copy, known: Mapping[str, Any], functions: Functions) -> dict[str, Any]:
    """What a data association copies; nothing while its source does not exist yet."""
    if copy.value is not None:
        value = copy.value.of(known, functions)
    else:
        source = next((name for name in copy.sources if name in known), None)
        if source is None:
            return {}
        value = known[source]
    return variables.storable_all(dict.fromkeys(copy.targets, value))


def no_way_out(node: Node) -> Invalid:
    """The failure of an element whose conditions are all false."""
    return Invalid(
        f"“{node.name or node.id}”的所有出线条件都不成立，也没有默认连线。请更正变量后重试，或在流程图中加默认连线。",
        en=f"No condition leaving {node.id} is true and there is no default flow. Correct the variables and retry.",
    )
