"""Runs an instance until it rests: what is ready, then inclusive joins, conditions and due timers; it always stops."""

from __future__ import annotations

from datetime import datetime

from SpiffWorkflow.util.task import TaskState

from engine.bpm.spiff.arming import check_conditions, fire_next_timer
from engine.bpm.spiff.gateways import open_inclusive
from engine.bpm.spiff.instance import Instance
from engine.bpm.spiff.throwing import throw_error
from engine.bpm.spiff.tokens import Token
from engine.bpm.spiff.types import BpmnError
from engine.errors import Invalid, Unavailable

MAX_PASSED = 100_000
MAX_TOKENS = 5_000
FAIR_EVERY = 1_000
COUNT_EVERY = 256  # counting tokens costs a walk over the scopes


def settle(instance: Instance, until: datetime, coalesce_until: datetime | None = None) -> None:
    """Run until nothing is ready and no timer is due by `until`, each timer at its own moment (C3, C4).

    A repeating timer that missed firings before `coalesce_until` (default `until`) fires once for all of them (C8).
    """
    instance.until = max(until, coalesce_until or until)
    while True:
        _run_ready(instance)
        if open_inclusive(instance) or check_conditions(instance):
            continue
        if not fire_next_timer(instance, until):
            break
    instance.clock = max(instance.clock, until)


def _run_ready(instance: Instance) -> None:
    while instance.queue or instance.later:
        token = _next_ready(instance)
        if token.state != TaskState.READY:
            continue
        instance.passed += 1
        reason = _too_much(instance)
        if reason is None:
            _run(instance, token)
        else:
            _halt(instance, token, reason)


def _next_ready(instance: Instance) -> Token:
    """Throw events run last, so that whoever listens beside them hears them; a busy branch cannot hold them off."""
    fair = instance.later and instance.passed % FAIR_EVERY == FAIR_EVERY - 1
    return instance.queue.popleft() if instance.queue and not fair else instance.later.popleft()


def _halt(instance: Instance, token: Token, reason: Invalid) -> None:
    """One failure stands for everything that is ready; the rest waits, ready, until it is retried."""
    instance.park(token, reason)
    token.internal_data["halted"] = 1
    instance.queue.clear()
    instance.later.clear()


def resume(instance: Instance) -> None:
    """Let everything run on that was ready when the instance was halted."""
    for scope in instance.scopes():
        for token in scope.others():
            if token.state == TaskState.READY and (not token.task_spec.manual or "done" in token.internal_data):
                instance.enqueue(token)


def _too_much(instance: Instance) -> Invalid | None:
    if instance.passed > MAX_PASSED:
        return Invalid(
            f"连续经过 {MAX_PASSED} 个元素仍没有等待点，流程可能是死循环，请检查。",
            en=f"{MAX_PASSED} elements passed without a wait state: is this an endless loop?",
        )
    if instance.passed % COUNT_EVERY == 0:
        instance.crowded = sum(len(scope.live) for scope in instance.scopes()) > MAX_TOKENS
    if instance.crowded:
        return Invalid(
            f"同时进行的分支超过 {MAX_TOKENS} 个，请检查并行网关后是否缺少汇合。",
            en=f"More than {MAX_TOKENS} tokens at once: is a parallel join missing?",
        )
    return None


def _run(instance: Instance, token: Token) -> None:
    try:
        token.run()
    except BpmnError as error:
        throw_error(token, error)
    except Unavailable:  # no fault of the element's: the command is broken off, and done again
        raise
    except Exception as error:  # whatever a script, table or operator raises is an incident, never a crash
        instance.park(token, error)
