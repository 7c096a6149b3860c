"""What the elements of a definition do: where instances stand now, and how often and how long in a period.

Everything is counted by the database. Of a very long period only the newest events are counted, and the answer says
from when; so the page opens as fast after years as on the first day.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Label, Select, case, func, select
from sqlalchemy.orm import Session

from engine.app import App
from engine.bpm.clocks import OPEN
from engine.bpm.definitions import find
from engine.bpm.event_range import first_since
from engine.bpm.model import Definition, Event, Incident, Instance, Subscription, Task, Timer
from engine.bpm.spiff import Model
from engine.bpm.spiff.model import ElementInfo
from engine.bpm.views import View
from engine.bpm.waiting import CATCHING
from engine.db import seconds_between

MOST_EVENTS = 1_000_000
BETWEEN = " "  # the id of an element has none
NAMES = ("running", "incidents", "finished", "failed")


def heat(app: App, key: str, *, version: int | None = None, since: datetime, until: datetime | None = None) -> View:
    """Each element of a version (None: of all, drawn on the newest) that did something or where something stands.

    ``running`` tokens and open ``incidents`` now; in the period how often ``finished``, how many incidents began
    (``failed``), of human work the mean and the 95th percentile of its duration in seconds. Raises NotFound.
    """
    now = app.clock()
    until = min(until or now, now)
    with app.reading() as tx:
        newest = find(tx, key, version)
        model = app.model(newest.bundle_hash, key)
        of = select(Definition.id).where(Definition.key == key, *([Definition.version == version] if version else []))
        ids = list(tx.scalars(of))
        numbers: dict[str, View] = {}
        known = _elements(model, key)
        for element, count in _standing(tx, ids, known, _calls(model, known)).items():
            _add(numbers, element, "running", count)
        for element, count in tx.execute(_incidents(ids).where(Incident.resolved_at.is_(None))):
            _add(numbers, element, "incidents", count)
        for element, count in tx.execute(_incidents(ids).where(Incident.opened_at.between(since, until))):
            _add(numbers, element, "failed", count)
        first, counted_from = _first(tx, app, since)
        for done, count, mean, late in tx.execute(_done(tx, ids, first, since, until)):
            _add(numbers, done, "finished", count)
            numbers[done].update(mean_seconds=mean, p95_seconds=late)
    busy = sorted((element, found) for element, found in numbers.items() if any(found.values()))
    elements = [{**_named(known.get(element), element, key), **found} for element, found in busy]
    return {"key": key, "version": newest.version, "all_versions": version is None, "name": newest.name,
            "since": since, "until": until, "counted_from": counted_from, "elements": elements}  # fmt: skip


def _none() -> View:
    return {**dict.fromkeys(NAMES, 0), "mean_seconds": None, "p95_seconds": None}


def _add(numbers: dict[str, View], element: str, name: str, count: int) -> None:
    numbers.setdefault(element, _none())[name] += count


def _elements(model: Model, key: str) -> dict[str, ElementInfo]:
    """The elements of a process and of those that it calls, its own first: files that were deployed together may have
    processes which use the same ids and have nothing to do with each other.
    """
    found: dict[str, ElementInfo] = {}
    reached = [key]
    for process in reached:  # grows while it is gone through
        body = model.processes.get(process)
        for _, node in body.all_nodes() if body else ():
            info = ElementInfo(node.id, node.name, node.tag, process, node.lane, node.documentation)
            if found.setdefault(node.id, info) is info and node.call is not None:
                reached += [called] if (called := node.call.process.source) not in reached else []
    return found


def _standing(
    tx: Session, ids: Sequence[str], known: Mapping[str, ElementInfo], calls: Mapping[str, Iterable[str]]
) -> Counter[str]:
    """Element → how much stands there, of each call how many instances stand inside. Each instance is looked at once;
    those that stand at the same places, which is most, come as one row.
    """
    found: Counter[str] = Counter()
    standing = select(*_places(known)).where(Instance.definition_id.in_(ids), OPEN).cte("standing")
    places = standing.prefix_with("MATERIALIZED").c  # or SQLite would look for each twice
    for *words, count in tx.execute(select(*places, func.count()).group_by(*places)):
        stand = Counter(element for word in words if word for element in word.split(BETWEEN))
        found.update({element: times * count for element, times in stand.items()})
        found.update({call: count for call, inside in calls.items() if not stand.keys().isdisjoint(inside)})
    return found


def _places(known: Mapping[str, ElementInfo]) -> list[Label[str]]:
    """The elements where one instance stands: of open tasks, of what waits by itself for a moment, a message or signal.

    What listens on the border of an activity or for an event sub-process is no place where an instance stands.
    """
    waits = [info.id for info in known.values() if info.type in CATCHING]
    tables: tuple[tuple[Any, ColumnElement[bool] | None, ColumnElement[bool] | None], ...] = (
        (Task, Task.status == "open", None),
        (Timer, Timer.status.in_(("armed", "blocked")), Timer.element.in_(waits)),
        (Subscription, None, Subscription.element.in_(waits)),
    )
    found = []
    for table, standing, catching in tables:
        words = func.aggregate_strings(table.element, BETWEEN)
        # As a filter of what was found: as a condition SQLite would look up each of these elements by itself.
        told = select(words if catching is None else words.filter(catching)).where(table.instance_id == Instance.id)
        told = told if standing is None else told.where(standing)
        found.append(told.correlate(Instance).scalar_subquery().label(table.__tablename__))
    return found


def _incidents(ids: Sequence[str]) -> Select[str, int]:
    return select(Incident.element, func.count()).where(_ours(Incident, ids)).group_by(Incident.element)


def _ours(table: Any, ids: Sequence[str]) -> ColumnElement[bool]:
    """Rows about an instance of these definitions, looked up for each row: there are more instances than rows."""
    return select(Instance.id).where(Instance.id == table.instance_id, Instance.definition_id.in_(ids)).exists()


def _of(tx: Session, ids: Sequence[str]) -> ColumnElement[bool]:
    """The same for events, which are many: by the instances of these definitions or by those of all others, whichever
    are fewer. Every event has an instance.
    """
    others = list(tx.scalars(select(Definition.id).where(Definition.id.not_in(ids))))
    many, few = (select(Instance.id).where(Instance.definition_id.in_(these)) for these in (ids, others))
    ours, rest = (tx.scalar(each.with_only_columns(func.count())) or 0 for each in (many, few))
    return Event.instance_id.in_(many) if ours <= rest else Event.instance_id.not_in(few)


def _first(tx: Session, app: App, since: datetime) -> tuple[int, datetime]:
    """From which event on is counted, and from which moment on that counts everything."""
    first, last = first_since(tx, app, since), tx.scalar(select(func.max(Event.id))) or 0
    if last - first < MOST_EVENTS:
        return first, since
    first = last - MOST_EVENTS
    at = tx.scalar(select(Event.recorded_at).where(Event.id >= first).order_by(Event.id).limit(1))
    return first, max(since, at or since)


def _done(tx: Session, ids: Sequence[str], first: int, since: datetime, until: datetime) -> Select[Any]:
    """Element, how often it was finished; of human work the mean and 95th percentile (nearest rank) of its seconds.

    Equal durations of an element are one row from the first step on: most events have none, and only what has one is
    put in order.
    """
    took = seconds_between(tx.get_bind().dialect, Task.created_at, Event.at)
    done = Event.event == "completed", Event.element.is_not(None), Event.at.between(since, until), Event.id >= first
    human = (Task.id == Event.task_id) & (Task.element == Event.element)
    events = select(Event.element.label("element"), took.label("took")).outerjoin(Task, human)
    one = events.where(*done, _of(tx, ids)).subquery()
    each = select(one.c.element, one.c.took, func.count().label("many")).group_by(one.c.element, one.c.took).cte("each")
    upto = func.sum(each.c.many).over(partition_by=each.c.element, order_by=each.c.took)
    total = func.sum(each.c.many).over(partition_by=each.c.element)
    timed = select(each, upto.label("upto"), total.label("total")).where(each.c.took.is_not(None)).subquery()
    mean = func.sum(timed.c.took * timed.c.many) / func.min(timed.c.total)
    late = func.min(case((timed.c.upto * 100 >= timed.c.total * 95, timed.c.took)))
    long = select(timed.c.element, mean.label("mean"), late.label("late")).group_by(timed.c.element).subquery()
    found = select(each.c.element, func.sum(each.c.many), func.min(long.c.mean), func.min(long.c.late))
    return found.outerjoin(long, long.c.element == each.c.element).group_by(each.c.element)


def _calls(model: Model, known: Mapping[str, ElementInfo]) -> dict[str, list[str]]:
    """Each call that alone calls its process → the elements in there, those of further calls included."""
    calling = {
        node.id: node.call.process.source
        for body, node in model.nodes()
        if node.call is not None and node.id in known and known[node.id].process == body.process
    }
    places: dict[str, list[str]] = {}
    for activity, process in calling.items():
        places.setdefault(process, []).append(activity)

    def inside(process: str, seen: frozenset[str]) -> list[str]:
        own = [info.id for info in known.values() if info.process == process]
        further = {calling[each] for each in own if each in calling and calling[each] not in seen}
        return own + [each for called in sorted(further) for each in inside(called, seen | {called})]

    alone = {process: found[0] for process, found in places.items() if len(found) == 1 and process in model.processes}
    return {activity: inside(process, frozenset({process})) for process, activity in alone.items()}


def _named(info: ElementInfo | None, element: str, key: str) -> View:
    if info is None:  # of another version
        return {"element": element, "name": element, "type": "", "process": key}
    return {"element": element, "name": info.name or element, "type": info.type, "process": info.process}
