"""The ledger's filters and orders as one SQL query; scoping by viewer is part of it and cannot be left out."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, SQLColumnExpression, case, false, func, not_, or_, select

from engine.app import App
from engine.bpm.model import Task
from engine.bpm.viewer import Viewer
from engine.campaign import lamp, overlays, scope
from engine.campaign.case_model import Assignment, Deadline, Hazard
from engine.campaign.model import Place
from engine.campaign.pages import like
from engine.campaign.stages import ELEMENTS
from engine.errors import Invalid

NO_SECTOR = "未填"


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a list of hazards is narrowed to; None leaves a filter out. ``status`` is open, closed or all.

    ``found_to`` and ``closed_to`` are the first moment that no longer counts; ``due_from`` and ``due_to`` both count.
    """

    q: str | None = None
    community: str | None = None
    grid: str | None = None
    place: str | None = None
    code: str | None = None
    level: str | None = None
    lamp: str | None = None
    stage: str | None = None
    overlay: str | None = None
    unit: str | None = None
    overdue: bool | None = None
    status: str = "open"
    found_from: datetime | None = None
    found_to: datetime | None = None
    sector: str | None = None
    holder: str | None = None
    source: str | None = None
    due_from: date | None = None
    due_to: date | None = None
    closed_from: datetime | None = None
    closed_to: datetime | None = None
    voided: bool | None = None


def query(app: App, viewer: Viewer, wanted: Wanted, now: datetime, sort: str) -> Select[Hazard]:
    """Hazards this viewer may see that match; an unknown lamp, stage, status or order is refused with the choices."""
    rows = select(Hazard).where(scope.hazards(viewer))
    equal: Sequence[tuple[Any, str | None]] = (
        (Hazard.community, wanted.community), (Hazard.grid, wanted.grid), (Hazard.place, wanted.place),
        (Hazard.code, wanted.code), (Hazard.local_level, wanted.level), (Hazard.source, wanted.source),
        (Hazard.holder_unit, wanted.holder),
    )  # fmt: skip
    for column, value in equal:
        if value:
            rows = rows.where(column == value)
    rows = rows.where(*_conditions(app, viewer, wanted, now))
    return rows.order_by(*_order(app, sort, now))


def _conditions(app: App, viewer: Viewer, wanted: Wanted, now: datetime) -> list[ColumnElement[bool]]:
    _one_of("status", wanted.status, ("open", "closed", "all"))
    found: list[ColumnElement[bool]] = []
    if wanted.status != "all":
        found.append(Hazard.closed_at.is_(None) if wanted.status == "open" else Hazard.closed_at.is_not(None))
    if wanted.lamp:
        colours = wanted.lamp.split(",")
        for colour in colours:
            _one_of("lamp", colour, lamp.ORDER)
        found.append(lamp.column(app, now).in_(colours))
    if wanted.stage:
        _one_of("stage", wanted.stage, list(ELEMENTS))
        found.append(_at_stage(wanted.stage))
    if wanted.overlay:
        _one_of("overlay", wanted.overlay, list(overlays.CONDITIONS))
        found.append(overlays.holding(wanted.overlay, now, viewer))
    if wanted.overdue is not None:
        late = lamp.late(now)
        found.append(late if wanted.overdue else not_(func.coalesce(late, false())))
    return found + _more_conditions(wanted)


def _more_conditions(wanted: Wanted) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = []
    if wanted.unit:
        sent = select(Assignment.hazard).where(Assignment.to_unit == wanted.unit)
        found.append(or_(Hazard.holder_unit == wanted.unit, Hazard.number.in_(sent)))
    if wanted.sector:
        found.append(Hazard.place.in_(select(Place.id).where(in_sector(wanted.sector))))
    if wanted.voided is not None:
        found.append(Hazard.void_reason.is_not(None) if wanted.voided else Hazard.void_reason.is_(None))
    found += _between(Hazard.found_at, wanted.found_from, wanted.found_to)
    found += _between(Hazard.closed_at, wanted.closed_from, wanted.closed_to)
    if wanted.due_from:
        found.append(lamp.next_due(Deadline.due_on) >= wanted.due_from)
    if wanted.due_to:
        found.append(lamp.next_due(Deadline.due_on) <= wanted.due_to)
    if wanted.q:
        pattern = like(wanted.q)
        named = select(Place.id).where(Place.name.like(pattern, escape="\\"))
        texts = (Hazard.number, Hazard.text, Hazard.part, Hazard.code)
        found.append(or_(Hazard.place.in_(named), *(column.like(pattern, escape="\\") for column in texts)))
    return found


def in_sector(sector: str) -> ColumnElement[bool]:
    """Rows of ``place`` of a sector; NO_SECTOR are those that name none."""
    return Place.sector == ("" if sector == NO_SECTOR else sector)


def _between(column: Any, first: datetime | None, after: datetime | None) -> list[ColumnElement[bool]]:
    return [*([column >= first] if first else []), *([column < after] if after else [])]


def _at_stage(stage: str) -> ColumnElement[bool]:
    open_tasks = select(Task.instance_id).where(Task.status == "open", Task.element.in_(ELEMENTS[stage]))
    return Hazard.instance_id.in_(open_tasks)


def _order(app: App, sort: str, now: datetime) -> list[ColumnElement[Any]]:
    name, down = sort.removeprefix("-"), sort.startswith("-")
    orders: dict[str, Callable[[], SQLColumnExpression[Any]]] = {
        "due_at": lambda: lamp.next_due(Deadline.due_at),
        "number": lambda: Hazard.number,
        "found_at": lambda: Hazard.found_at,
        "lamp": lambda: case({c: i for i, c in enumerate(lamp.ORDER)}, value=lamp.column(app, now), else_=9),
    }
    _one_of("sort", name, list(orders))
    first = orders[name]()
    return [first.desc().nulls_last() if down else first.asc().nulls_last(), Hazard.number.asc()]


def _one_of(field: str, value: str, allowed: Sequence[str]) -> None:
    if value not in allowed:
        raise Invalid(
            f"筛选条件 {field}=“{value}”不对，可用：{'、'.join(allowed)}。",
            en=f"{field}={value} is not known; use one of {', '.join(allowed)}.",
            problems=[{"field": field, "rule": "choice", "message": f"可用：{'、'.join(allowed)}"}],
        )
