"""Reading the patrol plan (D10): today's walk, what is overdue, and the review after a visit (复盘: what is still open
at the place and when to come again). The lines are kept by patrol_planning.py.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from engine.app import App
from engine.bpm.paging import check_page
from engine.bpm.viewer import Page, Viewer
from engine.campaign import patrol_planning, patrol_rules, places, powers_table, scope, visits
from engine.campaign.case_model import Hazard
from engine.campaign.model import Place, Visit
from engine.campaign.patrol_model import Patrol
from engine.campaign.registers_model import Inspection
from engine.said import beside, both


@dataclass(frozen=True, slots=True)
class PatrolView:
    """A line of the plan as it is shown. ``next_on`` is the day by which to go there, ``inspections_left`` how many
    administrative inspections the yearly cap still allows (None: no cap); a patrol is none and is not capped.
    """

    place: str
    place_name: str
    address: str
    community: str
    grid: str
    risk_level: str
    status: str
    often: str
    reason: str
    last_on: date | None
    next_on: date | None
    overdue: bool
    days_over: int
    open_hazards: int
    inspections_left: int | None


@dataclass(frozen=True, slots=True)
class Review:
    """What remains to be done after a visit: open hazards of the place, and the next date with its reason."""

    visit: int
    open_hazards: list[str]
    plan: PatrolView


def list_patrol(
    app: App,
    viewer: Viewer,
    *,
    unit: str | None = None,
    due: date | None = None,
    overdue: bool = False,
    page: int = 1,
    size: int = 50,
) -> Page[PatrolView]:
    """The places to be visited by the day ``due`` (today when left out), what is due longest first.

    ``unit`` is a grid, community or street, of an unknown one nothing is due; ``overdue`` leaves out what is due today.
    Raises Invalid.
    """
    check_page(page, size)
    today = _today(app)
    query = select(Patrol, Place).join(Place, Place.id == Patrol.place).where(scope.places(viewer))
    query = query.where(Patrol.next_on < today if overdue else Patrol.next_on <= (due or today))
    with app.reading() as tx:
        if unit:
            query = query.where(or_(Patrol.grid == unit, Patrol.community == unit, Place.street == unit))
        total = tx.scalar(select(func.count()).select_from(query.subquery())) or 0
        ordered = query.order_by(Patrol.next_on, Patrol.place).limit(size).offset((page - 1) * size)
        rows = [(row, place) for row, place in tx.execute(ordered)]
        return Page(_views(tx, rows, today), total, page, size)


def show(app: App, place: str, *, viewer: Viewer) -> PatrolView:
    """The line of one place, computed from the records as they are now; raises NotFound."""
    with app.reading() as tx:
        return _one(tx, app, places.require(tx, place, viewer), app.clock())


def review(app: App, visit: int, *, viewer: Viewer) -> Review:
    """What a visit leaves behind; raises NotFound."""
    with app.reading() as tx:
        row = visits.require(tx, visit, viewer)
        still = select(Hazard.number).where(Hazard.place == row.place, Hazard.closed_at.is_(None))
        numbers = list(tx.scalars(still.where(scope.hazards(viewer)).order_by(Hazard.number)))
        return Review(row.id, numbers, _one(tx, app, tx.get_one(Place, row.place), app.clock()))


def _one(tx: Session, app: App, place: Place, now: datetime) -> PatrolView:
    row = tx.get(Patrol, place.id)
    if row is None:
        row = Patrol(place=place.id, community=place.community, grid=place.grid, n=0, unit="", reason="")
    else:
        tx.expunge(row)  # what is computed here is only shown; the scheduler writes it
    tables = patrol_rules.tables_of(tx, patrol_rules.deployed(tx))
    if tables and (row.began_on is None or (row.look_at is not None and row.look_at <= now)):
        [(_, line, _)] = patrol_planning.computed(tx, app, [row], tables, now)
        row.n, row.unit, row.reason, row.next_on = line.n, line.unit, line.reason, line.next_on
        row.reason_en = beside(line.reason)
    return _views(tx, [(row, place)], _today(app))[0]


def _views(tx: Session, rows: Sequence[tuple[Patrol, Place]], today: date) -> list[PatrolView]:
    ids = [place.id for _, place in rows]
    running = select(Hazard.place, func.count()).where(Hazard.place.in_(ids), Hazard.closed_at.is_(None))
    hazards = {row[0]: row[1] for row in tx.execute(running.group_by(Hazard.place))}
    approved = select(Visit.place, func.count()).join(Inspection, Inspection.visit == Visit.id).where(
        Visit.place.in_(ids), Inspection.counts, Inspection.approved_at.is_not(None),
        Inspection.starts_on >= date(today.year, 1, 1), Inspection.starts_on <= date(today.year, 12, 31),
    )  # fmt: skip
    done = {row[0]: row[1] for row in tx.execute(approved.group_by(Visit.place))}
    return [_view(row, place, today, hazards.get(place.id, 0), done.get(place.id, 0)) for row, place in rows]


def _view(row: Patrol, place: Place, today: date, open_hazards: int, done: int) -> PatrolView:
    most = powers_table.cap(place.risk_level, today)
    over = (today - row.next_on).days if row.next_on and row.next_on < today else 0
    return PatrolView(
        place.id, place.name, place.address, place.community, place.grid, place.risk_level, place.status,
        patrol_rules.often(row.n, row.unit), both(row.reason, row.reason_en), row.last_on, row.next_on,
        over > 0, over, open_hazards, None if most is None else max(most - done, 0),
    )  # fmt: skip


def _today(app: App) -> date:
    return app.clock().astimezone(app.zone).date()
