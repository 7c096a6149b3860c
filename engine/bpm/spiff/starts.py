"""When a timer start event begins a new instance: pure, from the moment its definition was deployed."""

from datetime import datetime

from engine.bpm.functions import functions_at
from engine.bpm.spiff.model import Model
from engine.bpm.spiff.timers import Schedule, schedule
from engine.bpm.spiff.types import World


def first_start(model: Model, element: str, armed_at: datetime, world: World) -> datetime:
    """The first moment, counted from the deployment. Raises BadTimer."""
    return _schedule(model, element, armed_at, world).first


def next_start(model: Model, element: str, armed_at: datetime, after: datetime, world: World) -> datetime | None:
    """The first moment of its grid later than ``after``; what was missed counts as one (C8). None: it is over."""
    plan = _schedule(model, element, armed_at, world)
    if plan.every is None:
        return None
    past = 1
    if plan.every.exact and not plan.every.months:  # calendar months have no fixed length and are counted one by one
        past = max(1, (after - plan.first) // plan.every.exact + 1)
    while plan.left is None or past < plan.left:
        moment = plan.every.after(plan.first, world.zone, times=past)
        if moment > after:
            return moment
        past += 1
    return None


def _schedule(model: Model, element: str, armed_at: datetime, world: World) -> Schedule:
    node = next(node for _, node in model.nodes() if node.id == element)
    value = next(trigger.value for trigger in node.triggers if trigger.kind == "timer")
    assert value is not None  # the parser refuses a timer without one
    functions = functions_at(armed_at, world.calendar, world.zone, world.functions)
    return schedule(value.of({}, functions), armed_at, world.zone)
