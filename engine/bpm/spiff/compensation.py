"""Compensation (BPMN 2.0.2 §13.5.5): completed activities are noted with their handlers and undone in reverse order."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from SpiffWorkflow.util.task import TaskState

from engine.bpm.spiff.model import Body, Node, Trigger
from engine.bpm.spiff.tokens import Scope, Token

if TYPE_CHECKING:
    from engine.bpm.spiff.instance import Instance

Done = list[Any]  # [activity, what was completed inside it]


def boundary_of(node: Node) -> Node | None:
    """The compensation boundary event of an activity."""
    return next((boundary for boundary in node.boundaries if boundary.has("compensate")), None)


def handler_inside(body: Body | None) -> Node | None:
    """The compensation event sub-process inside a sub-process."""
    for node in body.event_subprocesses() if body is not None else ():
        assert node.body is not None
        if any(inner.tag == "startEvent" and inner.has("compensate") for inner in node.body.nodes.values()):
            return node
    return None


def note(token: Token) -> None:
    """An activity completed: remember it when it could be undone."""
    node = token.node
    if "for" in token.internal_data or (node.body is not None and node.body.event_triggered):
        return
    inside = token.internal_data.get("inside")
    if boundary_of(node) is not None or inside or handler_inside(node.body) is not None:
        token.workflow.done.append([node.id, inside or []])


def begin(token: Token, trigger: Trigger | None) -> bool:
    """Undo what the throwing token's scope completed (or the one activity it names); True when nothing is left."""
    notes = token.internal_data
    if "undo" not in notes:
        scope = _home(token)
        wanted = trigger.activity if trigger is not None else None
        notes["undo"] = [done for done in scope.done if wanted is None or done[0] == wanted]
        scope.done = [done for done in scope.done if done not in notes["undo"]]
        token.workflow.top_workflow.record(token, "thrown")
    token._set_state(TaskState.STARTED)
    return _next(token)


def handled(handler: Token) -> None:
    """A handler completed: let its compensation go on."""
    instance: Instance = handler.workflow.top_workflow
    number = handler.internal_data["for"]
    waiter = next((scope.tasks[number] for scope in instance.scopes() if number in scope.tasks), None)
    if waiter is None or not _next(waiter):
        return
    if "silent" not in waiter.internal_data:
        waiter._ready()
        return
    instance.subprocesses.pop(waiter.id).closed = True
    handled(waiter)
    waiter.workflow.retire(waiter)


def _next(waiter: Token) -> bool:
    """Start the handler of what was completed last; True when nothing is left."""
    instance: Instance = waiter.workflow.top_workflow
    inner = instance.subprocesses.get(waiter.id)
    scope = inner if inner is not None else _home(waiter)
    while waiter.internal_data["undo"]:
        activity, inside = waiter.internal_data["undo"].pop()
        if _undo(scope, scope.body.nodes[activity], inside, waiter):
            return False
    return True


def _undo(scope: Scope, node: Node, inside: list[Done], waiter: Token) -> bool:
    """Start undoing one activity; whether there is something to wait for."""
    boundary = boundary_of(node)
    if boundary is not None:
        _pass(scope, boundary)
        _start(scope, scope.body.nodes[scope.body.handlers[boundary.id]], waiter)
        return True
    if node.body is not None and node.body.event_triggered:
        _start(scope, node, waiter)
        return True
    return _undo_inside(scope, node, inside, waiter)


def _undo_inside(scope: Scope, node: Node, inside: list[Done], waiter: Token) -> bool:
    """Open a completed sub-process once more, only to undo what was done in it."""
    assert node.body is not None
    token = scope.place(node)
    token._set_state(TaskState.STARTED)
    handler = handler_inside(node.body)
    undo = inside if handler is None else [[handler.id, []]]
    token.internal_data |= {"for": waiter.id, "undo": undo, "silent": 1, "ready": 1}
    opened = scope.top_workflow.open_scope(token, node.body, None)
    opened.done = [] if handler is None else inside
    if not _next(token):
        return True
    scope.top_workflow.subprocesses.pop(token.id).closed = True
    scope.retire(token)
    return False


def _start(scope: Scope, handler: Node, waiter: Token) -> None:
    token = scope.place(handler)
    token.internal_data["for"] = waiter.id
    token.task_spec._update(token)


def _pass(scope: Scope, boundary: Node) -> None:
    token = scope.place(boundary)
    for what in ("entered", "fired", "completed"):
        scope.top_workflow.record(token, what)
    scope.retire(token)


def _home(token: Token) -> Scope:
    """The scope whose activities a compensation thrown here undoes: a handler undoes for the sub-process around it."""
    scope = token.workflow
    while scope.body.event_triggered:
        scope = scope.parent_task.workflow
    return scope
