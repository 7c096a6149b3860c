"""Which leader answers for which sector (一岗双责): set by the office, with how the sector stands. Whoever is told
about a hazard reads the name of its leader (reminders.py).
"""

from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from engine.app import App
from engine.bpm.viewer import Viewer
from engine.campaign import authority, deadlines, history, people
from engine.campaign.case_model import Deadline, Hazard
from engine.campaign.model import Person, PersonRole, Place, Setting
from engine.campaign.report_sight import of_viewer
from engine.errors import Invalid, NotFound, Problem
from engine.rows import locked

NOUN, KEY = "sector", "sector_leaders"
ROLES = ("leader", "principal")


@dataclass(frozen=True, slots=True)
class SectorView:
    """A sector with its leader (a login name, None while nobody is named), its places and its open hazards."""

    sector: str
    leader: str | None
    leader_name: str
    places: int
    open: int
    major: int
    overdue: int


def list_sectors(app: App, viewer: Viewer) -> list[SectorView]:
    """The sectors of the places that this viewer may see, by name."""
    with app.reading() as tx:
        return _views(tx, viewer, app)


def name_leader(app: App, sector: str, leader: str | None, *, reason: str = "", viewer: Viewer) -> SectorView:
    """Let a leader answer for a sector from now on, or nobody (None). Raises NotAllowed, NotFound (no place of that
    sector, no such person), Invalid (no leader).
    """
    with app.transaction() as tx:
        authority.require(tx, viewer, "sector.name")
        if leader is not None:
            _require_leader(tx, people.require(tx, leader).name)
        setting = locked(tx, Setting, KEY, value={})
        known = dict(setting.value)
        before = known.pop(sector, None)
        setting.value = {**known, **({sector: leader} if leader else {})}
        if before != leader:
            told = ({"leader": before} if before else {}, {"leader": leader} if leader else {})
            history.note(
                tx, NOUN, sector, before=told[0], after=told[1], reason=reason, by=viewer.name, now=app.clock()
            )
        tx.flush()
        row = next((one for one in _views(tx, viewer, app) if one.sector == sector), None)
        if row is None:
            raise NotFound(f"没有行业为“{sector}”的场所，请核对。", en=f"No place is of the sector {sector}.")
        return row


def of_place(tx: Session, place: Place) -> str:
    """The display name of who answers for the sector of this place; empty while nobody is named or has left."""
    setting = tx.get(Setting, KEY)
    person = tx.get(Person, setting.value.get(place.sector, "")) if setting and place.sector else None
    return person.display_name if person is not None and person.active else ""


def _require_leader(tx: Session, name: str) -> None:
    holds = select(PersonRole.person).where(PersonRole.person == name, PersonRole.role.in_(ROLES))
    if tx.scalar(holds.limit(1)) is None:
        told = "分管行业的应是街道领导（角色 leader、principal）"
        raise Invalid(f"{told}。", en="Only a leader answers for a sector.", problems=[
            Problem(field="leader", rule="role", message=told)])  # fmt: skip


def _views(tx: Session, viewer: Viewer, app: App) -> list[SectorView]:
    sight, now = of_viewer(tx, viewer), app.clock()
    setting = tx.get(Setting, KEY)
    leaders = dict(setting.value) if setting is not None else {}
    known = select(Person.name, Person.display_name).where(Person.name.in_(set(leaders.values())))
    names = {row.name: row.display_name for row in tx.execute(known)}
    counted = select(Place.sector, func.count()).where(sight.places, Place.sector != "").group_by(Place.sector)
    places: dict[str, int] = {}
    for sector, n in tx.execute(counted):
        places[sector] = n
    late = select(Deadline.hazard).where(
        Deadline.kind == deadlines.RECTIFY, Deadline.state == deadlines.OPEN, Deadline.due_at <= now
    )
    hazards = select(
        Place.sector, func.count(), func.count().filter(Hazard.is_major),
        func.count().filter(Hazard.number.in_(late)),
    ).join(Place, Place.id == Hazard.place).where(
        sight.hazards, Hazard.closed_at.is_(None)
    ).group_by(Place.sector)  # fmt: skip
    found = {sector: numbers for sector, *numbers in tx.execute(hazards)}
    return [
        SectorView(
            sector, leaders.get(sector), names.get(leaders.get(sector, ""), ""), n, *found.get(sector, (0, 0, 0))
        )
        for sector, n in sorted(places.items())
    ]
