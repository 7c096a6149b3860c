"""Arms what a token waits for and fires it: timers in due order, messages and signals by name, conditions by edge."""

from __future__ import annotations

import heapq
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from engine.bpm.spiff import projection, timers, variables
from engine.bpm.spiff.instance import Instance, utc
from engine.bpm.spiff.model import Trigger
from engine.bpm.spiff.tokens import Token
from engine.bpm.spiff.values import Value

LISTENING = ("message", "signal", "timer", "conditional")
AT_ONCE = 20
Armed = dict[str, Any]  # id, kind, at (index in node.triggers) · due, from, every, left · name, correlation · last


def arm(token: Token) -> None:
    """Evaluate what the token's element waits for and listen. Raises EngineError for a value that cannot be used."""
    entries = [
        _entry(token, index, trigger)
        for index, trigger in enumerate(token.task_spec.triggers)
        if trigger.kind in LISTENING
    ]
    token.internal_data["armed"] = entries
    watch(token)


def watch(token: Token) -> None:
    """Put an armed token into the instance's indexes; also after loading."""
    instance: Instance = token.workflow.top_workflow
    for entry in token.internal_data.get("armed", ()):
        instance.armed[entry["id"]] = token
        if entry["kind"] == "timer":
            heapq.heappush(instance.due, (utc(entry["due"]), entry["id"]))
        elif entry["kind"] == "conditional":
            instance.conditional[token.id] = token


def _entry(token: Token, index: int, trigger: Trigger) -> Armed:
    instance: Instance = token.workflow.top_workflow
    entry: Armed = {"id": instance.next_id(), "kind": trigger.kind, "at": index}
    if trigger.kind == "timer":
        assert trigger.value is not None
        value, origin = projection.evaluate(token, trigger.value)
        planned = timers.schedule(value, instance.clock, instance.outside.zone)
        entry["due"] = planned.first.isoformat()
        if origin is not None:
            entry["from"] = origin
        if planned.every is not None:
            entry |= {"every": planned.text, "left": planned.left, "first": entry["due"], "round": 0}
    elif trigger.kind == "conditional":
        entry["last"] = False
    else:
        entry |= address(token, trigger)
    return entry


def address(token: Token, trigger: Trigger) -> Armed:
    """Under which name, and with which correlation, a message or signal reaches the token."""
    context, functions = variables.view(token), token.workflow.top_workflow.functions
    assert trigger.name is not None
    found: Armed = {"name": str(trigger.name.of(context, functions))}
    if trigger.correlation:
        keys = {key: value.of(context, functions) for key, value in trigger.correlation.items()}
        found["correlation"] = variables.storable_all(keys)
    return found


def fire(instance: Instance, number: int, payload: Mapping[str, Any] | None = None, *, missed: int = 0) -> None:
    """Let the trigger with this number happen; nothing happens when nobody waits for it any more."""
    token = instance.armed.get(number)
    if token is None:
        return
    entry = next(found for found in token.internal_data["armed"] if found["id"] == number)
    token.task_spec.triggered(token, entry, dict(payload or {}), missed)


def drop(token: Token, entry: Armed) -> bool:
    """Stop waiting for one trigger; whether the token still waits for another one."""
    instance: Instance = token.workflow.top_workflow
    instance.armed.pop(entry["id"], None)
    token.internal_data["armed"].remove(entry)
    if not any(found["kind"] == "conditional" for found in token.internal_data["armed"]):
        instance.conditional.pop(token.id, None)
    return bool(token.internal_data["armed"])


def disarm(token: Token) -> None:
    """Stop waiting altogether."""
    token.workflow.top_workflow.forget(token)
    token.internal_data.pop("armed", None)


def repeat(token: Token, entry: Armed) -> bool:
    """After a non-interrupting firing: whether the token goes on listening (messages do, timers only in a cycle)."""
    if entry["kind"] != "timer":
        return True
    if "every" not in entry or entry["left"] == 0:
        return drop(token, entry)
    instance: Instance = token.workflow.top_workflow
    instance.armed.pop(entry["id"], None)
    entry["id"] = instance.next_id()  # the next round is a timer of its own
    watch(token)
    return True


def fire_next_timer(instance: Instance, until: datetime) -> bool:
    """Fire the earliest timer due by `until`, the clock standing at its moment; whether there was one (C3, C4)."""
    while instance.due and instance.due[0][0] <= until:
        due, number = heapq.heappop(instance.due)
        token = instance.armed.get(number)
        if token is None:
            continue
        entry = next(found for found in token.internal_data["armed"] if found["id"] == number)
        if utc(entry["due"]) != due:
            continue
        if due <= instance.clock:
            instance.passed += AT_ONCE  # no time passed: a circle of such timers must end soon
        instance.clock = max(instance.clock, due)
        fire(instance, number, missed=_advance_cycle(instance, entry))
        return True
    return False


def _advance_cycle(instance: Instance, entry: Armed) -> int:
    """Move a cycle to its first grid point after everything missed; how many firings this one stands for besides (C8).

    The grid is counted from its first point, so that months of different length do not make it drift.
    """
    if "every" not in entry:
        return 0
    every, first, zone = timers.duration(entry["every"]), utc(entry["first"]), instance.outside.zone
    before: int = entry["round"]
    following = before + 1
    if every.exact and not every.months:
        following = max(following, (instance.until - first) // every.exact + 1)
    while every.months and every.after(first, zone, following) <= min(instance.until, timers.LATEST):
        following += 1
    if entry["left"] is not None:
        following = min(following, before + entry["left"])
        entry["left"] -= following - before
    entry.pop("from", None)  # the grid is settled once its first point has come
    entry["round"], entry["due"] = following, every.after(first, zone, following).isoformat()
    return following - before - 1


def check_conditions(instance: Instance) -> bool:
    """Evaluate the conditions that are waited for; fire those that became true. Whether one did."""
    fired = False
    for token in list(instance.conditional.values()):
        for entry in list(token.internal_data.get("armed", ())):
            if entry["kind"] != "conditional" or instance.armed.get(entry["id"]) is not token:
                continue
            fired |= _check_condition(instance, token, entry)
    return fired


def _check_condition(instance: Instance, token: Token, entry: Armed) -> bool:
    condition = token.task_spec.triggers[entry["at"]].value
    assert condition is not None
    try:
        now = condition.holds(variables.view(token), instance.functions)
    except Exception as error:  # over a variable that does not exist yet it is simply not true yet
        if not _mentions_missing(token, condition):
            instance.park(token, error)
            return False
        now = False
    before, entry["last"] = entry["last"], now
    if now and not before:
        fire(instance, entry["id"])
    return now and not before


def _mentions_missing(token: Token, condition: Value) -> bool:
    known = variables.view(token)
    return any(name not in known for expression in condition.template.expressions for name in expression.names)
