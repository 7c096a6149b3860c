"""Searching the event log: who did what, when, to which case. Read from the newest, a bounded stretch at a time.

A page costs the same however long the log is: at most ``STRETCH`` events are looked at, and the answer says where to go
on, also when nothing was found in the stretch.
"""

import csv
import io
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Text, and_, cast, func, or_, select
from sqlalchemy.orm import Session

from engine.app import App
from engine.bpm.model import Definition, Event, Instance
from engine.bpm.paging import check_page
from engine.bpm.step import ENGINE
from engine.bpm.views import View, event_view, moment_text
from engine.errors import Invalid

STRETCH = 200_000
MOST_LINES = 50_000  # of an export
HEADER = (
    "序号", "流程时间", "记录时间", "操作人", "代谁", "事件", "流程", "业务编号", "实例", "环节", "环节名称", "任务",
    "说明",
)  # fmt: skip
STEPS = ("entered", "completed", "cancelled", "fired", "thrown")  # what the engine notes of each element
FORMULA = ("=", "+", "-", "@", "\t", "\r")


def search(app: App, *, before: int | None = None, size: int = 50, **wanted: Any) -> View:
    """Events that match, newest first: ``items``, ``next`` (pass it as ``before`` to go on; None at the end) and
    ``looked_back_to``, the moment up to which was looked.
    """
    check_page(1, size)
    with app.reading() as tx:
        return _stretch(tx, before, size, wanted)


def lines(app: App, **wanted: Any) -> Iterator[bytes]:
    """The same as CSV (UTF-8 with a mark, as Excel reads it), at most ``MOST_LINES``; cells are never formulas.

    Raises Invalid like ``search``, before the first line is written.
    """
    conditions(**wanted)
    return _lines(app, wanted)


def _lines(app: App, wanted: Mapping[str, Any]) -> Iterator[bytes]:
    yield "\ufeff".encode() + csv_line(HEADER)
    before, count = None, 0
    while count < MOST_LINES:
        with app.reading() as tx:
            found = _stretch(tx, before, 1_000, wanted)
        for item in found["items"][: MOST_LINES - count]:
            yield csv_line(_cells(app, item))
        count += len(found["items"])
        before = found["next"]
        if before is None:
            return


def conditions(
    *,
    actor: str | None = None,
    event: str | None = None,
    definition: str | None = None,
    instance: str | None = None,
    element: str | None = None,
    since: datetime | None = None,
    until: datetime | None = None,
    people: bool = False,
    q: str | None = None,
) -> list[ColumnElement[bool]]:
    """What is asked for. ``instance`` is an id or a whole business key, ``people`` leaves out what happened by itself,
    ``q`` is part of a name, of an element or of the details. Raises Invalid when the period ends before it begins.
    """
    if since and until and since > until:
        raise Invalid("起始时间晚于结束时间。", en="The period ends before it begins.")
    texts = (Event.name, Event.element, Instance.business_key, cast(Event.detail, Text))
    act = or_(Event.event.not_in(STEPS), Event.task_id.is_not(None), Event.element.is_(None))
    own = Event.actor != ENGINE, Event.event != "entered", act
    given: list[tuple[Any, Callable[[Any], ColumnElement[bool]]]] = [
        (actor, lambda name: or_(Event.actor == name, Event.on_behalf_of == name)),
        (event, lambda name: Event.event == name),
        (definition, lambda key: Definition.key == key),
        (instance, _of_instance),
        (element, lambda name: Event.element == name),
        (since, lambda moment: Event.at >= moment),
        (until, lambda moment: Event.at <= moment),
        (people, lambda _: and_(*own)),
        (q, lambda text: or_(*(column.icontains(text, autoescape=True) for column in texts))),
    ]
    return [condition(value) for value, condition in given if value]


def _of_instance(named: str) -> ColumnElement[bool]:
    keyed = select(Instance.id).where(Instance.business_key == named)
    return or_(Event.instance_id == named, Event.instance_id.in_(keyed))


def _stretch(tx: Session, before: int | None, size: int, wanted: Mapping[str, Any]) -> View:
    newest = tx.scalar(select(func.max(Event.id))) or 0
    top = min(before, newest + 1) if before is not None else newest + 1
    bottom = 1 if wanted.get("instance") else max(top - STRETCH, 1)  # those of one case are found by index
    found = (
        select(Event, Instance.business_key, Definition.key, Definition.name)
        .join(Instance, Instance.id == Event.instance_id)
        .join(Definition, Definition.id == Instance.definition_id)
        .where(Event.id < top, Event.id >= bottom, *conditions(**wanted))
        .order_by(Event.id.desc())
        .limit(size)
    )
    rows = tx.execute(found).all()
    last = rows[-1][0].id if len(rows) == size else bottom
    more = tx.scalar(select(Event.id).where(Event.id < last).order_by(Event.id.desc()).limit(1)) is not None
    back_to = tx.scalar(select(Event.at).where(Event.id >= last).order_by(Event.id).limit(1))
    items = [
        {**event_view(event), "instance_id": event.instance_id, "business_key": key, "definition": process,
         "definition_name": name}
        for event, key, process, name in rows
    ]  # fmt: skip
    return {"items": items, "next": last if more else None, "looked_back_to": back_to}


def _cells(app: App, item: View) -> tuple[Any, ...]:
    zone, detail = app.zone, item["detail"] or {}
    recorded = item["recorded_at"].astimezone(zone).strftime("%Y-%m-%d %H:%M:%S")
    said = "；".join(f"{name}={value}" for name, value in detail.items())
    return (
        item["id"], moment_text(item["at"], app), recorded, item["actor"], item["on_behalf_of"], item["event"],
        item["definition_name"], item["business_key"], item["instance_id"], item["element"], item["name"],
        item["task_id"], said,
    )  # fmt: skip


def csv_line(cells: Sequence[Any]) -> bytes:
    """A line of CSV whose cells Excel takes for no formula."""
    text = io.StringIO()
    csv.writer(text).writerow([_plain(cell) for cell in cells])
    return text.getvalue().encode()


def _plain(cell: Any) -> str:
    shown = "" if cell is None else str(cell)
    return f"'{shown}" if shown.startswith(FORMULA) else shown
