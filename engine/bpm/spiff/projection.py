"""Values of timers and due dates, with a note of what they were counted from while a holiday table is missing (C9)."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from engine.bpm.spiff import variables
from engine.bpm.spiff.instance import Instance, utc
from engine.bpm.spiff.values import Value

if TYPE_CHECKING:
    from engine.bpm.spiff.tokens import Token

Origin = dict[str, Any]  # at: the clock then · with: the variables it saw · later: seconds it was put off by since


def evaluate(token: Token, value: Value) -> tuple[Any, Origin | None]:
    """The value now and, when it reaches into a year without a published table, what to count it from again."""
    instance, context = token.workflow.top_workflow, variables.view(token)
    instance.calendar.guessed = False
    found = value.of(context, instance.functions)
    if not instance.calendar.guessed:
        return found, None
    names = sorted({name for expression in value.expressions() for name in expression.names})
    seen = {name: context[name] for name in names if name in context}
    return found, {"at": instance.clock.isoformat(), "with": seen, "later": 0}


def again(instance: Instance, value: Value, origin: Origin) -> tuple[Any, Origin | None]:
    """The same value from the same moment with the calendar of today; the origin stays while a table is missing."""
    instance.calendar.guessed = False
    found = value.of(origin["with"], instance.functions_at(utc(origin["at"])))
    return found, origin if instance.calendar.guessed else None


def put_off(origin: Origin | None, span: timedelta) -> Origin | None:
    """The origin of a moment that was moved by a span: when it is counted again, it moves as far."""
    return None if origin is None else {**origin, "later": origin["later"] + span.total_seconds()}
