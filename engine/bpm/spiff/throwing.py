"""Throws messages, signals, errors, escalations and cancellations, each to the catcher that BPMN's scoping names."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from engine.bpm.correlation import matches
from engine.bpm.expressions import flat
from engine.bpm.spiff import arming, variables
from engine.bpm.spiff.model import Node, Trigger
from engine.bpm.spiff.tokens import Scope, Token
from engine.bpm.spiff.types import BpmnError, Thrown

if TYPE_CHECKING:
    from engine.bpm.spiff.instance import Instance


def throw(token: Token, trigger: Trigger) -> None:
    """Throw one message, signal or escalation. Raises EngineError when its name or payload has no value."""
    name = _name(token, trigger)
    payload = _payload(token, trigger)
    if trigger.kind == "message":
        _throw_message(token, trigger, name, payload)
    elif trigger.kind == "signal":
        _note(token, Thrown("signal", name, {}, _plain(payload), token.workflow.top_workflow.clock, token.node.id))
        signal(token.workflow.top_workflow, name, payload)
    else:
        _throw_escalation(token, name, payload)


def signal(instance: Instance, name: str, payload: dict[str, Any]) -> None:
    """Give a signal to everyone in this instance who listens for it now."""
    for number in sorted(instance.armed):
        token = instance.armed.get(number)
        if token is not None and _entry(token, number)["kind"] == "signal" and _entry(token, number)["name"] == name:
            arming.fire(instance, number, payload)


def raise_error(token: Token, trigger: Trigger) -> None:
    """An error end event. Always raises BpmnError, which `throw_error` then brings to its catcher."""
    name = _name(token, trigger)
    token.workflow.top_workflow.record(token, "thrown")
    message = trigger.message
    known, functions = variables.view(token), token.workflow.top_workflow.functions
    raise BpmnError(name, "" if message is None else str(message.of(known, functions)))


def throw_error(token: Token, error: BpmnError) -> None:
    """Bring a modelled error to the nearest catcher; without one the token is parked: an incident, not a silent end."""
    instance: Instance = token.workflow.top_workflow
    for place, node in _catchers(token):
        trigger = _catching(node, "error", error.code)
        if trigger is None:
            continue
        payload = {}
        if trigger.code_variable:
            payload[trigger.code_variable] = error.code
        if trigger.message_variable:
            payload[trigger.message_variable] = error.message
        if token.node.tag == "endEvent":
            instance.record(token, "completed")
            token.internal_data.pop("entered", None)
        _interrupt(place, node, payload)
        return
    instance.park(token, error)


def _throw_escalation(token: Token, code: str, payload: dict[str, Any]) -> None:
    instance: Instance = token.workflow.top_workflow
    instance.record(token, "thrown")
    for place, node in _catchers(token):
        trigger = _catching(node, "escalation", code)
        if trigger is None:
            continue
        values = {**payload, **({trigger.code_variable: code} if trigger.code_variable else {})}
        if _is_interrupting(node):
            if token.node.tag == "endEvent":
                instance.record(token, "completed")
                token.internal_data.pop("entered", None)
            _interrupt(place, node, values)
        elif isinstance(place, Token):
            place.workflow.spec.of(node).start_beside(place, values)
        else:
            place.spec.of(node).start(place, values)
        return
    instance.thrown.append(Thrown("escalation", code, {}, _plain(payload), instance.clock, token.node.id))


def cancel_transaction(token: Token) -> None:
    """A cancel end event: its transaction is cancelled, the token leaves through the cancel boundary event."""
    instance: Instance = token.workflow.top_workflow
    transaction = token.workflow.parent_task
    instance.record(token, "completed")
    token.internal_data.pop("entered", None)
    boundary = next(node for node in _boundaries(transaction) if node.has("cancel"))
    host = transaction.parent if transaction.is_item else transaction
    host.workflow.spec.of(boundary).interrupt(host, {})


def _throw_message(token: Token, trigger: Trigger, name: str, payload: dict[str, Any]) -> None:
    instance: Instance = token.workflow.top_workflow
    context = variables.view(token)
    correlation = {key: value.of(context, instance.functions) for key, value in trigger.correlation.items()}
    correlation = variables.storable_all(correlation)
    instance.record(token, "thrown")
    for number in sorted(instance.armed):
        waiter = instance.armed[number]
        entry = _entry(waiter, number)
        if entry["kind"] != "message" or entry["name"] != name or waiter.gone:
            continue
        if matches(correlation, entry.get("correlation", {}), variables.view(waiter)):
            arming.fire(instance, number, payload)
            return
    instance.thrown.append(Thrown("message", name, _plain(correlation), _plain(payload), instance.clock, token.node.id))


def _catchers(token: Token) -> Iterator[tuple[Token | Scope, Node]]:
    """What may catch an error or escalation, inside out: (host token or scope, boundary event or handler)."""
    while True:
        host = token.parent if token.is_item else token
        yield from ((host, node) for node in _boundaries(token))
        scope = token.workflow
        if not _is_handler(token):
            yield from ((scope, node) for node in scope.body.event_subprocesses())
        if scope is scope.top_workflow:
            return
        token = scope.parent_task


def _boundaries(token: Token) -> list[Node]:
    return sorted(token.node.boundaries, key=lambda node: all(trigger.name is None for trigger in node.triggers))


def _is_handler(token: Token) -> bool:
    """Whether this token is a running event sub-process: it does not catch what it throws itself."""
    return token.node.body is not None and token.node.body.event_triggered


def _catching(node: Node, kind: str, code: str) -> Trigger | None:
    """The event definition of this event (or event sub-process) that catches the code; without one it catches all."""
    triggers = node.triggers
    if node.body is not None:
        triggers = next(inner.triggers for inner in node.body.nodes.values() if inner.tag == "startEvent")
    for trigger in triggers:
        if trigger.kind == kind and (trigger.name is None or trigger.text == code):
            return trigger
    return None


def _is_interrupting(node: Node) -> bool:
    if node.body is None:
        return node.interrupting
    return next(inner.interrupting for inner in node.body.nodes.values() if inner.tag == "startEvent")


def _interrupt(place: Token | Scope, node: Node, payload: dict[str, Any]) -> None:
    if isinstance(place, Token):
        place.workflow.spec.of(node).interrupt(place, payload)
    else:
        place.spec.of(node).take_over(place, payload)


def _entry(token: Token, number: int) -> arming.Armed:
    return next(entry for entry in token.internal_data["armed"] if entry["id"] == number)


def _name(token: Token, trigger: Trigger) -> str:
    if trigger.name is None:
        return ""
    return str(trigger.name.of(variables.view(token), token.workflow.top_workflow.functions))


def _payload(token: Token, trigger: Trigger) -> dict[str, Any]:
    context, functions = variables.view(token), token.workflow.top_workflow.functions
    payload = flat(context) if trigger.all_variables else {}
    payload |= {target: value.of(context, functions) for target, value in trigger.payload}
    return variables.storable_all(payload)


def _plain(values: dict[str, Any]) -> dict[str, Any]:
    return {key: variables.plain(value) for key, value in values.items()}


def _note(token: Token, thrown: Thrown) -> None:
    instance: Instance = token.workflow.top_workflow
    instance.record(token, "thrown")
    instance.thrown.append(thrown)
