"""Start, end, catching, throwing and boundary events and the event-based gateway."""

from __future__ import annotations

from typing import Any

from SpiffWorkflow.util.task import TaskState

from engine.bpm.spiff import arming, compensation, variables
from engine.bpm.spiff.element import Element
from engine.bpm.spiff.model import Flow
from engine.bpm.spiff.throwing import cancel_transaction, raise_error, throw
from engine.bpm.spiff.tokens import Scope, Token


class StartEvent(Element):
    """The beginning of a scope; what triggered it already happened when the token is placed."""

    def activate(self, my_task: Token) -> bool:
        """Passes at once."""
        if self.node.triggers:
            scope = my_task.workflow
            notes = scope.parent_task.internal_data if scope.body.event_triggered else {}
            scope.top_workflow.record(my_task, "fired", missed=notes.pop("missed", 0))
        return True


class EndEvent(Element):
    """Consumes a token; throws, terminates, raises an error or cancels a transaction on the way."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.throws = bool(self.node.triggers)

    def perform(self, my_task: Token) -> bool:
        """Do what the end event is for."""
        for trigger in self.node.triggers:
            if my_task.gone:
                break
            if trigger.kind == "terminate":
                my_task.workflow.clear(keep=my_task)
                my_task.workflow.terminate()
            elif trigger.kind == "cancel":
                if "undo" not in my_task.internal_data:
                    my_task.workflow.clear(keep=my_task)
                if not compensation.begin(my_task, None):
                    return False
                cancel_transaction(my_task)
            elif trigger.kind == "compensate":
                return compensation.begin(my_task, trigger)
            elif trigger.kind == "error":
                raise_error(my_task, trigger)
            else:
                throw(my_task, trigger)
        return True


class ThrowEvent(Element):
    """An intermediate throw event, or a send task without an operator."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.throws = any(trigger.kind != "link" for trigger in self.node.triggers)

    def perform(self, my_task: Token) -> bool:
        """Throw each of its events."""
        for trigger in self.node.triggers:
            if trigger.kind == "compensate":
                return compensation.begin(my_task, trigger)
            if trigger.kind != "link" and not my_task.gone:
                throw(my_task, trigger)
        return True


class CatchEvent(Element):
    """An intermediate catch event or receive task: waits for one of its events, or with `parallelMultiple` for all."""

    def activate(self, my_task: Token) -> bool:
        """Listen; the target of a link passes at once."""
        if self.node.has("link"):
            return True
        arming.arm(my_task)
        return self.wait(my_task)

    def instantiate(self, my_task: Token) -> None:
        """Its event started the process: pass on at once."""
        for flow in self.node.incoming:
            pass_through(my_task.workflow, flow.source)  # the event-based gateway that starts the process
        self.enter(my_task)
        my_task.workflow.top_workflow.record(my_task, "fired")
        my_task._ready()

    def triggered(self, my_task: Token, entry: arming.Armed, payload: dict[str, Any], missed: int) -> None:
        """One of its events happened."""
        instance = my_task.workflow.top_workflow
        variables.assign(my_task, payload)
        if my_task.idle:  # it races behind an event-based gateway and wins
            my_task.parent.task_spec.won(my_task.parent, my_task)
            self.enter(my_task)
            self.read_inputs(my_task)
        instance.record(my_task, "fired", missed=missed)
        if self.node.parallel_multiple and arming.drop(my_task, entry):
            return
        arming.disarm(my_task)
        my_task._ready()


def pass_through(scope: Scope, element: str) -> None:
    """Note that an element was passed which no token had to wait at."""
    token = scope.place(scope.body.nodes[element])
    for what in ("entered", "completed"):
        scope.top_workflow.record(token, what)
    scope.retire(token)


class EventGateway(Element):
    """Waits for the first of the events behind it; the others stop listening."""

    def activate(self, my_task: Token) -> bool:
        """Let all events behind it listen."""
        self.listen(my_task, self.node.outgoing)
        return self.wait(my_task)

    def listen(self, my_task: Token, flows: list[Flow]) -> None:
        """Let the events behind these flows listen."""
        for flow in flows:
            token = my_task.workflow.listen(my_task.workflow.body.nodes[flow.target], parent=my_task)
            token.internal_data["flow"] = flow.id
            arming.arm(token)

    def won(self, my_task: Token, winner: Token) -> None:
        """An event happened: the gateway is passed, its token now stands on that event."""
        scope = my_task.workflow
        scope.wake(winner)
        for loser in list(my_task.children):
            loser.cancel()
        scope.top_workflow.record(my_task, "completed")
        my_task._set_state(TaskState.COMPLETED)
        scope.retire(my_task)


class BoundaryEvent(Element):
    """Listens while its host runs; interrupts it or starts a token beside it. Errors find it by walking up."""

    def attach(self, host: Token) -> None:
        """Listen, if there is something to listen for."""
        if any(trigger.kind in arming.LISTENING for trigger in self.node.triggers):
            arming.arm(host.workflow.listen(self.node, parent=host))

    def triggered(self, my_task: Token, entry: arming.Armed, payload: dict[str, Any], missed: int) -> None:
        """One of its events happened."""
        host = my_task.parent
        if self.node.parallel_multiple and len(my_task.internal_data["armed"]) > 1:
            variables.assign(host, payload, outside=True)
            arming.drop(my_task, entry)
            return
        if self.node.interrupting:
            self.interrupt(host, payload, missed=missed)
            return
        self.start_beside(host, payload, missed=missed)
        if not my_task.gone and not arming.repeat(my_task, entry):
            my_task.cancel()

    def interrupt(self, host: Token, payload: dict[str, Any], *, missed: int = 0) -> None:
        """The host is cancelled, its token leaves through this event."""
        token = host.workflow.place(self.node)
        host.cancel()
        self._pass(token, host, payload, missed)

    def start_beside(self, host: Token, payload: dict[str, Any], *, missed: int = 0) -> None:
        """The host goes on, one more token leaves through this event."""
        self._pass(host.workflow.place(self.node), host, payload, missed)

    def _pass(self, token: Token, host: Token, payload: dict[str, Any], missed: int) -> None:
        variables.assign(token, payload)
        if host.node.human is not None and host.node.loop is None:
            token.internal_data["host"] = host.id
        self.enter(token)
        self.read_inputs(token)
        token.workflow.top_workflow.record(token, "fired", missed=missed)
        token._ready()
