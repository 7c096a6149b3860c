"""Who owes a duty: the subjects of one kind as they are today, each with whoever does it and where it lies."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from hashlib import sha256
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine.campaign import units
from engine.campaign.campaign_model import Campaign
from engine.campaign.case_model import Hazard
from engine.campaign.duty_kinds import Kind, Rhythm, rules
from engine.campaign.model import HazardCode, Person, PersonRole, Place, PlanTask, Unit
from engine.campaign.periods import Period

LONGEST = 64  # of a subject's code
OFFICE = "office:"  # `who` of a kind whose duties all fall to one unit


@dataclass(frozen=True, slots=True)
class Subject:
    """One subject of a kind: its code and name, who does it (a unit or a person), and its area."""

    code: str
    name: str
    unit: str | None
    person: str | None = None
    place: str | None = None
    street: str | None = None
    community: str | None = None
    grid: str | None = None
    high_risk: bool = False
    since: date | None = None  # the days on which it owes; none: always
    until: date | None = None

    def owes(self, period: Period) -> bool:
        """Whether it owes the duty of this period."""
        begun = self.since is None or self.since <= period.ends_on
        return begun and (self.until is None or period.starts_on <= self.until)

    def rhythm(self, rhythms: tuple[Rhythm, ...]) -> str | None:
        """The rhythm that holds for this subject, if one does."""
        return next((each.rhythm for each in rhythms if not each.when or getattr(self, each.when)), None)


def subjects(tx: Session, kind: Kind) -> list[Subject]:
    """The subjects of a kind today, in the order of their codes."""
    find = {
        "place": _places, "unit": _units, "person": _people, "hazard": _hazards, "plan_task": _plan_tasks,
        "decision": _decisions, "resident": _residents, "campaign": _campaigns,
    }  # fmt: skip
    return list(find[kind.subject](tx, kind))


def _places(tx: Session, kind: Kind) -> Iterator[Subject]:
    wanted, risky = kind.select, rules().high_risk
    for place in tx.scalars(select(Place).order_by(Place.id)):
        if (
            ("kinds" in wanted and place.kind not in wanted["kinds"])
            or place.kind in wanted.get("not_kinds", ())
            or ("status" in wanted and place.status not in wanted["status"])
            or (place.capacity or 0) < wanted.get("min_capacity", 0)
            or (wanted.get("fire_key") and not place.fire_key_level)
        ):
            continue
        doer = place.grid if kind.who == "grid" else place.unit or place.grid
        if kind.who.startswith(OFFICE):
            doer = kind.who.removeprefix(OFFICE)
        yield Subject(
            place.id, place.name, doer, place=place.id, street=place.street, community=place.community, grid=place.grid,
            high_risk=place.kind in risky["kinds"] or (risky["dangerous_goods"] and place.dangerous_goods),
        )  # fmt: skip


def _residents(tx: Session, kind: Kind) -> Iterator[Subject]:
    """Each person who was sent to stay at a place (驻厂、驻矿、驻项目), for the days of the assignment."""
    there = set(tx.scalars(select(Person.name).where(Person.active)))
    for place in tx.scalars(select(Place).order_by(Place.id)):
        for one in place.residents:
            if one["person"] in there:
                yield Subject(
                    resident_code(place.id, one["person"]), place.name, None, person=one["person"], place=place.id,
                    street=place.street, community=place.community, grid=place.grid,
                    since=_day(one.get("since")), until=_day(one.get("until")),
                )  # fmt: skip


def resident_code(place: str, person: str) -> str:
    """The code of a resident at a place; a long one is shortened so that it stays one of a kind."""
    code = f"{place}/{person}"
    return code if len(code) <= LONGEST else f"{sha256(code.encode()).hexdigest()[:40]}"


def _day(text: str | None) -> date | None:
    """None also for a day that there is not: one bad file of a place must not keep all duties from being created."""
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        return None


def _units(tx: Session, kind: Kind) -> Iterator[Subject]:
    query = select(Unit).order_by(Unit.code)
    if "units" in kind.select:
        query = query.where(Unit.code.in_(kind.select["units"]))
    else:
        query = query.where(Unit.kind.in_(kind.select["unit_kinds"]))
    for unit in tx.scalars(query):
        doer = kind.who.removeprefix(OFFICE) if kind.who else unit.code
        if kind.who and tx.get(Unit, doer) is None:
            continue  # an installation without that office owes nothing to it
        yield Subject(unit.code, unit.name, doer, **_area(tx, unit))


def _people(tx: Session, kind: Kind) -> Iterator[Subject]:
    holders = select(PersonRole.person).where(PersonRole.role.in_(kind.select["roles"]))
    query = select(Person, Unit).join(Unit, Unit.code == Person.unit)
    query = query.where(Person.active, Person.name.in_(holders)).order_by(Person.name)
    for person, unit in tx.execute(query):
        yield Subject(person.name, person.display_name, None, person=person.name, **_area(tx, unit))


def _hazards(tx: Session, kind: Kind) -> Iterator[Subject]:
    query = select(Hazard, Place.name).join(Place, Place.id == Hazard.place)
    query = query.join(HazardCode, HazardCode.id == Hazard.code_id).order_by(Hazard.number)
    open_ones = Hazard.closed_at.is_(None), Hazard.void_reason.is_(None)
    for hazard, name in tx.execute(query.where(*open_ones, HazardCode.code_group.in_(kind.select["code_groups"]))):
        yield Subject(
            hazard.number, f"{hazard.number} {name}", hazard.grid, place=hazard.place, street=hazard.street,
            community=hazard.community, grid=hazard.grid,
        )  # fmt: skip


def _plan_tasks(tx: Session, kind: Kind) -> Iterator[Subject]:
    for task in tx.scalars(select(PlanTask).order_by(PlanTask.number)):
        lead = tx.get_one(Unit, task.lead_units[0])
        yield Subject(f"{task.number:02d}", f"第 {task.number} 项 {task.title}", lead.code, **_area(tx, lead))


def _campaigns(tx: Session, kind: Kind) -> Iterator[Subject]:
    """Each campaign that runs and has this cadence, from its start to its last day."""
    running = select(Campaign).where(Campaign.state == "running").order_by(Campaign.number)
    for row in tx.scalars(running):
        if kind.select["cadence"] in row.cadence:
            lead = tx.get_one(Unit, row.lead_unit)
            yield Subject(
                row.number, row.title, lead.code, since=row.starts_on, until=row.ends_on, **_area(tx, lead)
            )  # fmt: skip


def _decisions(tx: Session, kind: Kind) -> Iterator[Subject]:
    """None: a decision of a meeting becomes a duty when it is written down (activities.py), not by a rhythm."""
    yield from ()


def _area(tx: Session, unit: Unit) -> dict[str, Any]:
    """Where a unit lies. A department, outside every street, owes its duties to the only one there is."""
    area = {kind: found.code if (found := units.ancestor(tx, unit, kind)) else None for kind in AREAS}
    if area["street"] is None:
        streets = tx.scalars(select(Unit.code).where(Unit.kind == "street").limit(2)).all()
        area["street"] = streets[0] if len(streets) == 1 else None
    return area


AREAS = ("street", "community", "grid")
