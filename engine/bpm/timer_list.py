"""The timers of all instances, for operators: what is late, what comes next, what is blocked or provisional."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import or_, select

from engine.app import App
from engine.bpm.clocks import SUSPENDED
from engine.bpm.model import Definition, Instance, Timer
from engine.bpm.paging import choose, paged
from engine.bpm.viewer import Page
from engine.bpm.views import View, timer_view

SORTS = {"due_at": (Timer.due_at, Timer.id), "-due_at": (Timer.due_at.desc(), Timer.id.desc())}


def _states(now: datetime) -> Mapping[str, tuple[Any, ...]]:
    armed, stopped = Timer.status == "armed", Timer.instance_id.in_(SUSPENDED)
    return {
        "armed": (armed,),
        "next": (armed, ~stopped, Timer.due_at > now),
        "late": (armed, ~stopped, Timer.due_at <= now),
        "stopped": (armed, stopped),
        "provisional": (armed, Timer.provisional),
        "blocked": (Timer.status == "blocked",),
    }


def timers(
    app: App,
    *,
    state: str = "armed",
    definition: str | None = None,
    since: datetime | None = None,
    until: datetime | None = None,
    q: str | None = None,
    sort: str = "due_at",
    page: int = 1,
    size: int = 50,
) -> Page[View]:
    """Timers in this state: ``armed`` (all), ``next``, ``late``, ``stopped`` with a suspended instance,
    ``provisional``, ``blocked`` by an incident; due after ``since`` and at ``until`` at the latest, as ``health``
    counts them. ``q`` is in the name of the timer or the business key.
    """
    wanted = [*_states(app.clock())[state]]
    if definition:
        wanted.append(Definition.key == definition)
    if since:
        wanted.append(Timer.due_at > since)
    if until:
        wanted.append(Timer.due_at <= until)
    if q:
        texts = (Timer.name, Timer.element, Instance.business_key)
        wanted.append(or_(*(column.icontains(q, autoescape=True) for column in texts)))
    found = (
        select(Timer, Instance, Definition)
        .select_from(Timer)
        .join(Instance, Instance.id == Timer.instance_id)
        .join(Definition, Definition.id == Instance.definition_id)
        .where(*wanted)
    )
    with app.reading() as tx:
        return paged(tx, found, choose(SORTS, sort), page, size, lambda rows: [_shown(*row) for row in rows])


def _shown(timer: Timer, instance: Instance, definition: Definition) -> dict[str, Any]:
    return {
        **timer_view(timer), "instance_id": instance.id, "business_key": instance.business_key,
        "definition": definition.key, "definition_name": definition.name, "version": definition.version,
        "suspended": instance.suspended_at is not None,
    }  # fmt: skip
