"""The red-green map (红绿图): communities, grids and places with the worst lamp of what is open there, as far as the
viewer may see. The shapes are our own (outline_model.py), no map is fetched from anywhere.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Select, case, func, select
from sqlalchemy.orm import Session

from engine.app import App
from engine.bpm.paging import check_page
from engine.bpm.viewer import Page, Viewer
from engine.campaign import lamp, scope, units
from engine.campaign.case_model import Hazard
from engine.campaign.hazard_list import in_sector
from engine.campaign.model import Place, Unit
from engine.campaign.outline_model import Outline

CLEAR = "none"  # nothing is open there
RANKS = (*lamp.ORDER[:-1], CLEAR)  # the worst first
MOST = 5000  # places drawn at once; the worst ones come first


@dataclass(frozen=True, slots=True)
class Area:
    """A community or grid: its outline (GeoJSON geometry; None: not uploaded), worst lamp and open hazards."""

    code: str
    name: str
    kind: str
    parent: str | None
    geometry: dict[str, Any] | None
    lamp: str
    total: int
    lamps: dict[str, int]


@dataclass(frozen=True, slots=True)
class Spot:
    """A place: where it lies (None: unknown), its worst lamp and open hazards."""

    id: str
    name: str
    community: str
    community_name: str
    grid: str
    sector: str
    geometry: dict[str, Any] | None
    lamp: str
    total: int


@dataclass(frozen=True, slots=True)
class Map:
    """All of the viewer's map; ``unplaced`` places have neither outline nor position, ``more`` are not drawn."""

    areas: list[Area]
    places: list[Spot]
    unplaced: int
    more: int


def draw(app: App, viewer: Viewer) -> Map:
    """The map of now."""
    now = app.clock()
    query = _spots(_lit(app, viewer, now), viewer)
    with app.reading() as tx:
        total = tx.scalar(select(func.count()).select_from(query.order_by(None).subquery())) or 0
        spots = _told(tx, query.limit(MOST))
        placed = [spot for spot in spots if spot.geometry]
        return Map(_areas(tx, app, viewer, now), placed, len(spots) - len(placed), max(0, total - MOST))


def list_spots(
    app: App, viewer: Viewer, *, worst: str | None = None, community: str | None = None, grid: str | None = None,
    sector: str | None = None, q: str | None = None, page: int = 1, size: int = 50,
) -> Page[Spot]:  # fmt: skip
    """The same places as a list, the worst first; ``worst`` none: those where nothing is open."""
    check_page(page, size)
    query = _spots(_lit(app, viewer, app.clock()), viewer, worst)
    for column, wanted in ((Place.community, community), (Place.grid, grid)):
        query = query.where(column == wanted) if wanted else query
    if sector:
        query = query.where(in_sector(sector))
    if q:
        query = query.where(Place.name.contains(q, autoescape=True))
    with app.reading() as tx:
        total = tx.scalar(select(func.count()).select_from(query.order_by(None).subquery())) or 0
        return Page(_told(tx, query.limit(size).offset((page - 1) * size)), total, page, size)


def _lit(app: App, viewer: Viewer, now: datetime) -> Any:
    """Place → its worst lamp (as its rank) and number of open hazards, counted once for each look."""
    rank = case({name: place for place, name in enumerate(RANKS)}, value=lamp.column(app, now))
    rows = select(Hazard.place, rank.label("rank")).where(scope.hazards(viewer), Hazard.closed_at.is_(None)).subquery()
    return select(rows.c.place, func.min(rows.c.rank).label("worst"), func.count().label("total")).group_by(
        rows.c.place
    ).subquery()  # fmt: skip


def _spots(lit: Any, viewer: Viewer, wanted: str | None = None) -> Select[Any]:
    worst = func.coalesce(lit.c.worst, len(RANKS) - 1)
    query = select(Place, worst, func.coalesce(lit.c.total, 0), Outline.geometry)
    query = query.outerjoin(lit, lit.c.place == Place.id)
    query = query.outerjoin(Outline, (Outline.noun == "place") & (Outline.key == Place.id))
    query = query.where(scope.places(viewer), Place.status != "拆除")
    if wanted is not None:
        query = query.where(worst == RANKS.index(wanted))
    return query.order_by(worst, func.coalesce(lit.c.total, 0).desc(), Place.id)


def _told(tx: Session, query: Select[Any]) -> list[Spot]:
    rows = tx.execute(query).all()
    names = units.names(tx, {place.community for place, *_ in rows})
    return [
        Spot(place.id, place.name, place.community, names[place.community], place.grid, place.sector,
             geometry or _point(place), RANKS[worst], total)
        for place, worst, total, geometry in rows
    ]  # fmt: skip


def _point(place: Place) -> dict[str, Any] | None:
    if place.lat is None or place.lon is None:
        return None
    return {"type": "Point", "coordinates": [place.lon, place.lat]}


def _areas(tx: Session, app: App, viewer: Viewer, now: datetime) -> list[Area]:
    """The communities and grids of the places that the viewer sees."""
    colour = lamp.column(app, now).label("colour")
    rows = select(Hazard.grid, colour).where(scope.hazards(viewer), Hazard.closed_at.is_(None)).subquery()
    counted: dict[str, dict[str, int]] = {}
    two = rows.c.grid, rows.c.colour
    for grid, name, count in tx.execute(select(*two, func.count()).group_by(*two)):
        counted.setdefault(grid, {})[name] = count
    mine = select(Place.grid).where(scope.places(viewer)).union(select(Place.community).where(scope.places(viewer)))
    query = select(Unit, Outline.geometry).outerjoin(Outline, (Outline.noun == "unit") & (Outline.key == Unit.code))
    query = query.where(Unit.code.in_(mine)).order_by(Unit.path)
    found = tx.execute(query).all()
    return [_area(unit, shape, _within(unit, counted, (other for other, _ in found))) for unit, shape in found]


def _within(unit: Unit, counted: dict[str, dict[str, int]], all_: Iterable[Unit]) -> dict[str, int]:
    """The lamps of a grid, or of all grids of a community."""
    inside = [other.code for other in all_ if other.code == unit.code or other.parent == unit.code]
    sums = {name: sum(counted.get(code, {}).get(name, 0) for code in inside) for name in lamp.ORDER[:-1]}
    return {name: count for name, count in sums.items() if count}


def _area(unit: Unit, shape: dict[str, Any] | None, lamps: dict[str, int]) -> Area:
    worst = next((name for name in lamp.ORDER if lamps.get(name)), CLEAR)
    return Area(unit.code, unit.name, unit.kind, unit.parent, shape, worst, sum(lamps.values()), lamps)
