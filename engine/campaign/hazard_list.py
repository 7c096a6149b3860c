"""The ledger's filters and orders as one SQL query; scoping by viewer is part of it and cannot be left out."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, SQLColumnExpression, and_, case, false, func, not_, or_, select

from engine.app import App
from engine.bpm.model import Task
from engine.bpm.viewer import Viewer
from engine.campaign import campaign_progress, campaigns, lamp, overlays, scope, told
from engine.campaign.campaign_model import Campaign
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
    sector: str | None = None
    code: str | None = None
    level: str | None = None
    major: str | None = None
    source: str | None = None
    finder: str | None = None
    holder: str | None = None
    campaign: str | None = None
    lamp: str | None = None
    stage: str | None = None
    overlay: str | None = None
    unit: str | None = None
    overdue: bool | None = None
    status: str = "open"
    found_from: datetime | None = None
    found_to: datetime | None = None
    due_from: date | None = None
    due_to: date | None = None
    closed_from: datetime | None = None
    closed_to: datetime | None = None
    voided: bool | None = None
    visit: int | None = None
    is_major: bool | None = None
    recurred: bool | None = None


@dataclass(frozen=True, slots=True)
class Order:
    """How a list is sorted: by ``key``, what has none last, among equals by number."""

    name: str
    key: SQLColumnExpression[Any]
    down: bool

    def by(self, *, back: bool = False) -> list[ColumnElement[Any]]:
        """The ORDER BY, or with ``back`` the same from the end."""
        down = self.down is not back
        first: ColumnElement[Any] = self.key.desc() if down else self.key.asc()
        if self.name == "number":
            return [first]
        first = first.nulls_first() if back else first.nulls_last()
        return [first, Hazard.number.desc() if back else Hazard.number.asc()]

    def beyond(self, value: Any, number: str, *, back: bool = False) -> ColumnElement[bool]:
        """Rows after the one with this key and number, or with ``back`` those before it."""
        further = Hazard.number < number if back else Hazard.number > number
        down = self.down is not back
        if self.name == "number":
            return Hazard.number < number if down else Hazard.number > number
        if value is None:
            return (
                or_(self.key.is_not(None), and_(self.key.is_(None), further)) if back else self.key.is_(None) & further
            )
        past = or_(self.key < value if down else self.key > value, and_(self.key == value, further))
        return past if back else or_(past, self.key.is_(None))


def query(app: App, viewer: Viewer, wanted: Wanted, now: datetime, sort: str) -> Select[Hazard]:
    """Hazards this viewer may see that match, in this order; what is unknown is refused with the choices."""
    return matching(app, viewer, wanted, now).order_by(*order(app, sort, now).by())


def matching(app: App, viewer: Viewer, wanted: Wanted, now: datetime) -> Select[Hazard]:
    """The same in no order; an unknown lamp, stage, status or overlay is refused with the choices."""
    return select(Hazard).where(scope.hazards(viewer), *conditions(app, viewer, wanted, now))


def conditions(app: App, viewer: Viewer, wanted: Wanted, now: datetime) -> list[ColumnElement[bool]]:
    """What the rows of ``hazard`` that are wanted have in common, whoever may see them."""
    equal: Sequence[tuple[Any, str | None]] = (
        (Hazard.community, wanted.community), (Hazard.grid, wanted.grid), (Hazard.place, wanted.place),
        (Hazard.code, wanted.code), (Hazard.local_level, wanted.level), (Hazard.source, wanted.source),
        (Hazard.finder, wanted.finder), (Hazard.holder_unit, wanted.holder), (Hazard.major_status, wanted.major),
    )  # fmt: skip
    found: list[ColumnElement[bool]] = [column == value for column, value in equal if value]
    if wanted.source:
        found.append(told.sources(viewer))
    _one_of("status", wanted.status, ("open", "closed", "all"))
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
    return found + _more_conditions(app, viewer, wanted)


def _more_conditions(app: App, viewer: Viewer, wanted: Wanted) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = []
    if wanted.unit:
        sent = select(Assignment.hazard).where(Assignment.to_unit == wanted.unit)
        found.append(or_(Hazard.holder_unit == wanted.unit, Hazard.number.in_(sent)))
    if wanted.sector:
        found.append(Hazard.place.in_(select(Place.id).where(in_sector(wanted.sector))))
    if wanted.visit is not None:
        found.append(Hazard.visit == wanted.visit)
    if wanted.campaign:
        found.append(_of_campaign(app, viewer, wanted.campaign))
    if wanted.voided is not None:
        found.append(Hazard.void_reason.is_not(None) if wanted.voided else Hazard.void_reason.is_(None))
    if wanted.is_major is not None:
        found.append(Hazard.is_major.is_(wanted.is_major))
    if wanted.recurred is not None:
        found.append(Hazard.repeats > 0 if wanted.recurred else Hazard.repeats == 0)
    found += _between(Hazard.found_at, wanted.found_from, wanted.found_to)
    found += _between(Hazard.closed_at, wanted.closed_from, wanted.closed_to)
    if wanted.due_from:
        found += [*([] if wanted.due_to else [lamp.has_due()]), ~lamp.has_due(Deadline.due_on < wanted.due_from)]
    if wanted.due_to:
        found.append(lamp.has_due(Deadline.due_on <= wanted.due_to))
    if wanted.q:
        pattern = like(wanted.q)
        named = select(Place.id).where(Place.name.like(pattern, escape="\\"))
        texts = (Hazard.number, Hazard.text, Hazard.part, Hazard.code)
        found.append(or_(Hazard.place.in_(named), *(column.like(pattern, escape="\\") for column in texts)))
    return found


def _of_campaign(app: App, viewer: Viewer, number: str) -> ColumnElement[bool]:
    """Those that count for a campaign the viewer may see; for any other number none."""
    with app.reading() as tx:
        row = tx.scalars(select(Campaign).where(Campaign.number == number, campaigns.sight(viewer))).one_or_none()
    return campaign_progress.found_in(app, row) if row is not None else false()


def in_sector(sector: str) -> ColumnElement[bool]:
    """Rows of ``place`` of a sector; NO_SECTOR are those that name none."""
    return Place.sector == ("" if sector == NO_SECTOR else sector)


def _between(column: Any, first: datetime | None, after: datetime | None) -> list[ColumnElement[bool]]:
    return [*([column >= first] if first else []), *([column < after] if after else [])]


def _at_stage(stage: str) -> ColumnElement[bool]:
    open_tasks = select(Task.instance_id).where(Task.status == "open", Task.element.in_(ELEMENTS[stage]))
    return Hazard.instance_id.in_(open_tasks)


def order(app: App, sort: str, now: datetime) -> Order:
    """The order of this name, a minus in front of it for downwards; raises Invalid."""
    name = sort.removeprefix("-")
    orders: dict[str, Callable[[], SQLColumnExpression[Any]]] = {
        "due_at": lambda: lamp.next_due(),
        "number": lambda: Hazard.number,
        "found_at": lambda: Hazard.found_at,
        "lamp": lambda: case({c: i for i, c in enumerate(lamp.ORDER)}, value=lamp.column(app, now), else_=9),
    }
    _one_of("sort", name, list(orders))
    return Order(name, orders[name]().label("key"), sort.startswith("-"))


def _one_of(field: str, value: str, allowed: Sequence[str]) -> None:
    if value not in allowed:
        raise Invalid(
            f"筛选条件 {field}=“{value}”不对，可用：{'、'.join(allowed)}。",
            en=f"{field}={value} is not known; use one of {', '.join(allowed)}.",
            problems=[{"field": field, "rule": "choice", "message": f"可用：{'、'.join(allowed)}"}],
        )
