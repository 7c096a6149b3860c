"""The red-green map (红绿图): communities, grids and places with the worst lamp of what is open there, as far as the
viewer may see. The shapes are our own (outline_model.py), no map is fetched from anywhere.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Subquery, case, func, select
from sqlalchemy.orm import Session

from engine.app import App
from engine.bpm.paging import check_page
from engine.bpm.viewer import Page, Viewer
from engine.campaign import lamp, scope, units
from engine.campaign.case_model import Hazard
from engine.campaign.hazard_list import in_sector
from engine.campaign.model import Place, Unit
from engine.campaign.outline_model import Outline

TORN_DOWN = "拆除"
CLEAR = "none"  # nothing is open there
RANKS = (*lamp.ORDER[:-1], CLEAR)  # the worst first
COLUMNS = (
    Place.id, Place.name, Place.community, Place.grid, Place.sector, Place.lat, Place.lon,
)  # fmt: skip
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
    """The map of now: what is open is counted in one statement."""
    now = app.clock()
    with app.reading() as tx:
        counted = _counted(tx, app, viewer, now)
        query = select(*COLUMNS, Outline.geometry).where(*_standing(viewer))
        query = query.outerjoin(Outline, (Outline.noun == "place") & (Outline.key == Place.id))
        rows = tx.execute(query).all()
        names = units.names(tx, {row.community for row in rows})
        spots = [_spot(row, names, *_worst(counted["place"].get(row.id, {}))) for row in rows]
        spots.sort(key=lambda spot: (RANKS.index(spot.lamp), -spot.total, spot.id))
        placed = [spot for spot in spots if spot.geometry]
        lamps = {**counted["community"], **counted["grid"]}
        areas = _areas(tx, {code for row in rows for code in (row.community, row.grid)} | set(lamps), lamps)
    return Map(areas, placed[:MOST], len(spots) - len(placed), len(placed[MOST:]))


def list_spots(
    app: App, viewer: Viewer, *, worst: str | None = None, community: str | None = None, grid: str | None = None,
    sector: str | None = None, q: str | None = None, page: int = 1, size: int = 50,
) -> Page[Spot]:  # fmt: skip
    """The same places as a list, the worst first; ``worst`` none: those where nothing is open."""
    check_page(page, size)
    where = _standing(viewer)
    for column, wanted in ((Place.community, community), (Place.grid, grid)):
        where += [column == wanted] if wanted else []
    where += [in_sector(sector)] if sector else []
    where += [Place.name.contains(q, autoescape=True)] if q else []
    lit = _lit(app, viewer, app.clock())
    rank = func.coalesce(lit.c.rank, RANKS.index(CLEAR)).label("rank")
    total = func.coalesce(lit.c.total, 0).label("total")
    query = select(*COLUMNS, Outline.geometry, rank, total).where(*where)
    query = query.outerjoin(Outline, (Outline.noun == "place") & (Outline.key == Place.id))
    query = query.outerjoin(lit, lit.c.place == Place.id)
    counting = select(Place.id).where(*where)  # the lamps are looked at again only where they narrow the list
    if worst is not None:
        query = query.where(rank == RANKS.index(worst))
        counting = counting.outerjoin(lit, lit.c.place == Place.id).where(rank == RANKS.index(worst))
    query = query.order_by(rank, total.desc(), Place.id).limit(size).offset((page - 1) * size)
    with app.reading() as tx:
        rows = tx.execute(query).all()
        names = units.names(tx, {row.community for row in rows})
        all_ = tx.scalar(select(func.count()).select_from(counting.subquery())) or 0
    return Page([_spot(row, names, RANKS[row.rank], row.total) for row in rows], all_, page, size)


def worst_spots(app: App, viewer: Viewer, size: int) -> list[Spot]:
    """The first of ``list_spots``, as far as something is open there; who sees a hazard sees its place, so that nobody
    has to ask who sees which place.
    """
    lit = _lit(app, viewer, app.clock())
    query = select(*COLUMNS, Outline.geometry, lit.c.rank, lit.c.total).join(lit, lit.c.place == Place.id)
    query = query.outerjoin(Outline, (Outline.noun == "place") & (Outline.key == Place.id))
    query = query.where(Place.status != TORN_DOWN).order_by(lit.c.rank, lit.c.total.desc(), Place.id).limit(size)
    with app.reading() as tx:
        rows = tx.execute(query).all()
        names = units.names(tx, {row.community for row in rows})
    return [_spot(row, names, RANKS[row.rank], row.total) for row in rows]


def _counted(tx: Session, app: App, viewer: Viewer, now: datetime) -> dict[str, dict[str, dict[str, int]]]:
    """place, grid and community → code → colour → number of open hazards, as the ledger filters by these."""
    colour = lamp.column(app, now).label("colour")
    rows = select(Hazard.place, Hazard.grid, Hazard.community, colour)
    lit = rows.where(scope.hazards(viewer), Hazard.closed_at.is_(None)).subquery()
    four = lit.c.place, lit.c.grid, lit.c.community, lit.c.colour
    found: dict[str, dict[str, dict[str, int]]] = {"place": {}, "grid": {}, "community": {}}
    for place, grid, community, name, count in tx.execute(select(*four, func.count()).group_by(*four)):
        for noun, code in (("place", place), ("grid", grid), ("community", community)):
            lamps = found[noun].setdefault(code, {})
            lamps[name] = lamps.get(name, 0) + count
    return found


def _lit(app: App, viewer: Viewer, now: datetime) -> Subquery:
    """Place → rank of its worst lamp and number of its open hazards."""
    rank = case({name: place for place, name in enumerate(RANKS)}, value=lamp.column(app, now))
    rows = select(Hazard.place, rank.label("rank")).where(scope.hazards(viewer), Hazard.closed_at.is_(None)).subquery()
    worst = select(rows.c.place, func.min(rows.c.rank).label("rank"), func.count().label("total"))
    return worst.group_by(rows.c.place).subquery()


def _standing(viewer: Viewer) -> list[ColumnElement[bool]]:
    return [scope.places(viewer), Place.status != TORN_DOWN]


def _worst(lamps: Mapping[str, int]) -> tuple[str, int]:
    return next((name for name in RANKS if lamps.get(name)), CLEAR), sum(lamps.values())


def _spot(row: Any, names: Mapping[str, str], colour: str, total: int) -> Spot:
    known = row.lat is not None and row.lon is not None
    point = {"type": "Point", "coordinates": [row.lon, row.lat]} if known else None
    return Spot(
        row.id, row.name, row.community, names[row.community], row.grid, row.sector, row.geometry or point, colour,
        total,
    )  # fmt: skip


def _areas(tx: Session, codes: set[str], lamps: Mapping[str, dict[str, int]]) -> list[Area]:
    query = select(Unit, Outline.geometry).outerjoin(Outline, (Outline.noun == "unit") & (Outline.key == Unit.code))
    return [
        Area(unit.code, unit.name, unit.kind, unit.parent, shape, *_worst(lamps.get(unit.code, {})),
             lamps.get(unit.code, {}))
        for unit, shape in tx.execute(query.where(Unit.code.in_(codes)).order_by(Unit.path))
    ]  # fmt: skip
