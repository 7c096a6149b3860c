"""A unit takes another place in the tree: first it is told whose cases change hands and who approves afterwards, then
it moves with all that is below it, its places and its open cases. What is closed stays where it was.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from engine.app import App
from engine.bpm.model import Instance, Task
from engine.bpm.viewer import Viewer
from engine.campaign import authority, history, patrol_planning, units
from engine.campaign.case_model import Hazard
from engine.campaign.duty_model import Duty
from engine.campaign.model import Person, PersonRole, Place, Setting, Unit
from engine.campaign.powers import APPROVERS
from engine.campaign.units_register import NOUN
from engine.errors import Conflict, Invalid, Problem
from engine.rows import locked
from engine.said import Said

TREE = "unit_tree"  # the row on which whoever moves a unit waits for the other
ABOVE = {"grid": ("community",), "community": ("street",), "office": ("street", "district", "department")}
MOST = 200  # people told by name
AREA = ("grid", "community", "street")


@dataclass(frozen=True, slots=True)
class Seer:
    """Somebody who begins or ceases to see the cases of an area."""

    name: str
    display_name: str
    unit_name: str
    area: str
    area_name: str


@dataclass(frozen=True, slots=True)
class UnitMove:
    """What a move does, or did (``moved``): how many units go along, places, open hazards and duties get other areas;
    open ``tasks`` of these hazards stay with whom they were offered to, and those ``held`` by an area that loses them
    are still its to fix. ``gains`` and ``loses`` are people (the first
    200), ``heads_before`` and ``heads_after`` who approves for an office.
    """

    unit: str
    parent: str
    parent_name: str
    moved: bool
    below: int
    places: int
    hazards: int
    duties: int
    tasks: int
    held: int
    gains: list[Seer]
    loses: list[Seer]
    heads_before: list[str]
    heads_after: list[str]


def move(
    app: App, code: str, parent: str, *, revision: int, reason: str, viewer: Viewer, dry_run: bool = False
) -> UnitMove:  # fmt: skip
    """Hang a unit below another one; ``dry_run`` only tells. Raises Conflict (below itself, there already, edited since
    ``revision`` was read), Invalid (a kind that does not belong there, a dissolved unit), NotAllowed, NotFound.
    """
    now = app.clock()
    with app.transaction() as tx:
        authority.require(tx, viewer, "unit.update")
        locked(tx, Setting, TREE, value="")
        unit, above = units.require(tx, code), units.require(tx, parent)
        tx.refresh(unit)
        tx.refresh(above)
        units.require_active(tx, parent, now.astimezone(app.zone).date())
        _check(tx, unit, above, reason)
        told = _effect(tx, unit, above)
        if dry_run:
            return told
        _write(tx, unit, above)
        values = {"parent": parent, "path": f"{above.path}{code}/"}
        if unit.kind == "office":
            values["scope"] = parent
        beside = {"places": told.places, "hazards": told.hazards, "duties": told.duties}
        history.change(
            tx, unit, NOUN, code, values, revision=revision, by=viewer.name, now=now, reason=reason,
            beside=({}, beside),
        )  # fmt: skip
        return replace(told, moved=True)


def _check(tx: Session, unit: Unit, above: Unit, reason: str) -> None:
    if above.path.startswith(unit.path):
        raise Conflict(
            f"“{above.name}”在“{unit.name}”之内，单位不能移到自己或者下级之下。",
            en="A unit cannot be moved below itself.",
        )
    if unit.parent == above.code:
        raise Conflict(f"“{unit.name}”已经在“{above.name}”之下。", en="It is there already.")
    problems = []
    if unit.kind in ABOVE and above.kind not in ABOVE[unit.kind]:
        kinds = "、".join(units.KINDS[kind] for kind in ABOVE[unit.kind])
        told = Said(f"{units.KINDS[unit.kind]}只能在{kinds}之下", f"Not below a unit of the kind {above.kind}")
        problems.append(Problem(field="parent", rule="kind", message=told))
    for row in tx.scalars(select(Unit).where(Unit.path.startswith(unit.path, autoescape=True)).order_by(Unit.path)):
        if wrong := units.forceless(tx, code=row.code, kind=row.kind, body=row.body, above=above, field="parent"):
            problems += wrong
            break
    if not reason.strip():
        problems.append(Problem(field="reason", rule="required", message=Said("请填写理由", "Give the reason")))
    if len(f"{above.path}{unit.code}/") > Unit.path.type.length:
        problems.append(Problem(field="parent", rule="depth", message=Said("层级太深", "Too many levels")))
    if problems:
        words = "；".join(problem["message"] for problem in problems)
        raise Invalid(f"单位没有移动：{words}。", en="The unit was not moved.", problems=problems)


def _effect(tx: Session, unit: Unit, above: Unit) -> UnitMove:
    grids = list(tx.scalars(select(Unit.code).where(Unit.path.startswith(unit.path, autoescape=True))))
    here = Hazard.grid.in_(grids), Hazard.closed_at.is_(None), Hazard.void_reason.is_(None)
    tasks = select(func.count(Task.id)).join(Instance, Instance.id == Task.instance_id)
    tasks = tasks.join(Hazard, Hazard.instance_id == Instance.id).where(Task.status == "open", *here)
    places = select(func.count()).select_from(Place).where(Place.grid.in_(grids))
    hazards = select(func.count()).select_from(Hazard).where(*here)
    duties = select(func.count()).select_from(Duty).where(Duty.grid.in_(grids), Duty.state.in_(("open", "missed")))
    before, after = _areas(tx, unit, unit.parent), _areas(tx, unit, above.code)
    office = unit.kind == "office"
    return UnitMove(
        unit=unit.code, parent=above.code, parent_name=above.name, moved=False, below=len(grids) - 1,
        places=tx.scalar(places) or 0, hazards=tx.scalar(hazards) or 0, duties=tx.scalar(duties) or 0,
        tasks=tx.scalar(tasks) or 0, held=tx.scalar(hazards.where(Hazard.holder_unit.in_(before - after))) or 0,
        gains=_seers(tx, unit, after - before), loses=_seers(tx, unit, before - after),
        heads_before=_heads(tx, unit.parent) if office else [], heads_after=_heads(tx, above.code) if office else [],
    )  # fmt: skip


def _areas(tx: Session, unit: Unit, parent: str | None) -> set[str]:
    """The areas whose people see what lies in this unit; for an office the one whose cases its people see."""
    if unit.kind == "office":
        return {parent} if parent else set()
    found, current = set[str](), tx.get(Unit, parent) if parent and unit.kind in AREA else None
    while current is not None:
        found |= {current.code} if current.kind in AREA else set()
        current = tx.get(Unit, current.parent) if current.parent else None
    return found


def _seers(tx: Session, unit: Unit, areas: Iterable[str]) -> list[Seer]:
    names = units.names(tx, set(areas))
    query = select(Person, Unit).join(Unit, Unit.code == Person.unit).where(Person.active).order_by(Person.name)
    if unit.kind == "office":
        people = tx.execute(query.where(Unit.code == unit.code).limit(MOST)).all() if names else []
        return [
            Seer(person.name, person.display_name, own.name, area, names[area])
            for area in sorted(names)
            for person, own in people
        ]
    return [
        Seer(person.name, person.display_name, own.name, own.scope or "", names[own.scope or ""])
        for person, own in tx.execute(query.where(Unit.scope.in_(names)).limit(MOST))
    ]


def _heads(tx: Session, code: str | None) -> list[str]:
    role = select(PersonRole.person).where(PersonRole.role.in_(APPROVERS))
    heads = select(Person.display_name).where(Person.unit == code, Person.active, Person.name.in_(role))
    return list(tx.scalars(heads.order_by(Person.name)))


def _write(tx: Session, unit: Unit, above: Unit) -> None:
    """What is below goes along: paths, and the areas of places, open hazards and duties."""
    old, new = unit.path, f"{above.path}{unit.code}/"
    below = tx.scalars(select(Unit).where(Unit.path.startswith(old, autoescape=True), Unit.code != unit.code)).all()
    for row in below:
        row.path = new + row.path.removeprefix(old)
    if unit.kind not in AREA or unit.kind == "street":
        return
    street = units.ancestor(tx, above, "street")
    for grid in (unit, *below):
        if grid.kind != "grid":
            continue
        community = above if grid is unit else units.ancestor(tx, grid, "community")
        values = {"community": community.code if community else None, "street": street.code if street else None}
        places = list(tx.scalars(select(Place.id).where(Place.grid == grid.code)))
        patrol_planning.wrote(tx, places)
        running = Hazard.closed_at.is_(None), Hazard.void_reason.is_(None)
        for statement in (
            update(Place).where(Place.grid == grid.code),
            update(Hazard).where(Hazard.grid == grid.code, *running),
            update(Duty).where(Duty.grid == grid.code, Duty.state.in_(("open", "missed"))),
        ):
            tx.execute(statement.values(values), execution_options={"synchronize_session": False})
    tx.flush()
