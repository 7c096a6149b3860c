"""Finding instances as operators do: by state, place, time, incident or the value of a variable; and ordering about all
that were found.
"""

import json
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Text, and_, cast, exists, func, or_, select
from sqlalchemy.orm import Session

from engine.app import App
from engine.bpm import batches, reasons, waiting
from engine.bpm.clocks import OPEN, SUSPENDED
from engine.bpm.model import Definition, Incident, Instance, Subscription, Task, Timer
from engine.bpm.paging import choose, paged
from engine.bpm.viewer import Page
from engine.bpm.views import View, instance_view
from engine.db import to_json
from engine.errors import Conflict, Invalid, Problem

STATES: Mapping[str, ColumnElement[bool]] = {
    "open": OPEN,
    "running": Instance.status == "running",
    "incident": Instance.status == "incident",
    "suspended": and_(OPEN, Instance.id.in_(SUSPENDED)),
    "completed": Instance.status == "completed",
    "terminated": Instance.status == "terminated",
}
SORTS = {
    "-started_at": (Instance.started_at.desc(), Instance.id),
    "started_at": (Instance.started_at, Instance.id),
    "-ended_at": (Instance.ended_at.is_(None), Instance.ended_at.desc(), Instance.id),
    "business_key": (Instance.business_key.is_(None), Instance.business_key, Instance.id),
}


def instances(app: App, *, sort: str = "-started_at", page: int = 1, size: int = 50, **wanted: Any) -> Page[View]:
    """Instances that match ``conditions``, each with where it stands and how many incidents it has."""
    found = select(Instance, Definition).join(Definition).where(*conditions(**wanted))
    with app.reading() as tx:
        return paged(tx, found, choose(SORTS, sort), page, size, lambda rows: watched(tx, app, rows))


def order(
    app: App, kind: str, *, by: str, reason: str, expected: int, clock: str = "running", **wanted: Any
) -> View:  # fmt: skip
    """An order about all running instances that match, which the person saw to be ``expected`` many; answers the batch.

    Raises Conflict when they have become more or fewer meanwhile, Invalid without a reason.
    """
    reasons.require(reason)
    with app.transaction() as tx:
        found = select(Instance.id).join(Definition).where(OPEN, *conditions(**wanted))
        total = tx.scalar(select(func.count()).select_from(found.subquery()))
        if total != expected:
            raise Conflict(
                f"符合条件的实例现在是 {total} 件，不再是您看到的 {expected} 件。请核对列表后重试。",
                en=f"{total} instances match now, not the {expected} that you saw. Look at the list and try again.",
            )
        parameters = {"clock": clock, "filter": {name: str(value) for name, value in wanted.items() if value}}
        batch_id = batches.add(tx, app, kind, found, by=by, reason=reason, parameters=parameters)
    return batches.some_at_once(app, batch_id)


def conditions(
    *,
    definition: str | None = None,
    version: int | None = None,
    state: str | None = None,
    activity: str | None = None,
    message: str | None = None,
    q: str | None = None,
    started_since: datetime | None = None,
    started_until: datetime | None = None,
    ended_since: datetime | None = None,
    ended_until: datetime | None = None,
    variable: str | None = None,
) -> list[ColumnElement[bool]]:
    """What is asked for, over ``instance`` and ``definition``. ``activity`` is an element where something waits or has
    failed, ``message`` that of an open incident, ``q`` part of the business key or the id, ``variable`` ``name=value``.

    Raises Invalid for a variable that is no such pair.
    """
    given: list[tuple[Any, Callable[[Any], ColumnElement[bool]]]] = [
        (definition, lambda key: Definition.key == key),
        (version, lambda number: Definition.version == number),
        (state, lambda name: STATES[name]),
        (activity, _stands_at),
        (message, lambda text: exists().where(*_unresolved(), Incident.message == text)),
        (q, lambda text: or_(Instance.business_key.icontains(text, autoescape=True), Instance.id == text)),
        (started_since, lambda moment: Instance.started_at >= moment),
        (started_until, lambda moment: Instance.started_at <= moment),
        (ended_since, lambda moment: Instance.ended_at >= moment),
        (ended_until, lambda moment: Instance.ended_at <= moment),
        (variable, _has_value),
    ]
    return [condition(value) for value, condition in given if value]


def _unresolved() -> tuple[ColumnElement[bool], ColumnElement[bool]]:
    return Incident.instance_id == Instance.id, Incident.resolved_at.is_(None)


def _stands_at(element: str) -> ColumnElement[bool]:
    armed = Timer.status.in_(("armed", "blocked"))
    return or_(
        exists().where(Task.instance_id == Instance.id, Task.status == "open", Task.element == element),
        exists().where(Timer.instance_id == Instance.id, armed, Timer.element == element),
        exists().where(Subscription.instance_id == Instance.id, Subscription.element == element),
        exists().where(*_unresolved(), Incident.element == element),
    )


def _has_value(pair: str) -> ColumnElement[bool]:
    """The stored JSON of a variable is compared, so that a number is a number: ``n=3`` finds 3 and the text "3"."""
    name, equals, value = (part.strip() for part in pair.partition("="))
    if not (name and equals):
        problem = Problem(field="variable", rule="format", message="请写成 变量名=值", en="Write name=value")
        raise Invalid("变量条件应写成“变量名=值”。", en="Ask for a variable as name=value.", problems=[problem])
    alike = {to_json(value)}
    try:
        parsed = json.loads(value)
    except ValueError:
        parsed = value
    if isinstance(parsed, int | float) or parsed is None:
        alike.add(to_json(parsed))
    return cast(Instance.variables.op("->")(name), Text).in_(sorted(alike))


def watched(tx: Session, app: App, rows: Sequence[Any]) -> list[View]:
    """Instances with their definitions as operators see them: what is open, what failed, what comes next."""
    ids = [row[0].id for row in rows]
    coming = waiting.next_events(tx, ids, app.clock())
    at: dict[str, list[str]] = {}
    for instance_id, name in tx.execute(
        select(Task.instance_id, Task.name).where(Task.instance_id.in_(ids), Task.status == "open").order_by(Task.id)
    ):
        at.setdefault(instance_id, []).append(name)
    awaited = waiting.awaited(tx, app, [(row[0], row[1]) for row in rows], at)
    broken = select(Incident.instance_id, func.count()).where(Incident.resolved_at.is_(None))
    broken = broken.where(Incident.instance_id.in_(ids)).group_by(Incident.instance_id)
    failed = {row[0]: row[1] for row in tx.execute(broken)}
    return [
        {
            **instance_view(instance, definition),
            "next_event_at": coming.get(instance.id),
            "activities": at.get(instance.id, []),
            "awaits": awaited.get(instance.id, []),
            "incidents": failed.get(instance.id, 0),
        }
        for instance, definition in rows
    ]
