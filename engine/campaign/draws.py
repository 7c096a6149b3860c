"""Drawing lots for inspections (双随机): places and officers from pools, with a recorded seed. The rank of each is the
hash of seed and name, so that anybody can draw again with any tool and get the same.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from hashlib import sha256
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine.app import App
from engine.bpm.viewer import Page, Viewer
from engine.campaign import authority, once, places, powers
from engine.campaign.model import Person, Place
from engine.campaign.numbers import next_number
from engine.campaign.pages import read_page
from engine.campaign.registers_model import Draw
from engine.errors import Conflict, Invalid, NotFound
from engine.said import Said

TEAM = 2


@dataclass(frozen=True, slots=True)
class DrawView:
    """A draw with all that is needed to repeat it; ``names`` are those of the places."""

    number: str
    title: str
    unit: str
    year: int
    seed: str
    n: int
    team: int
    places: list[str]
    officers: list[str]
    conflicts: list[dict[str, str]]
    result: list[dict[str, Any]]
    published_on: date | None
    created_at: datetime
    created_by: str
    names: dict[str, str]


@dataclass(frozen=True, slots=True)
class Repeated:
    """What the same pools and seed give when the lots are drawn again, and whether it is what was kept."""

    number: str
    same: bool
    result: list[dict[str, Any]]


def draw(
    seed: str, objects: Sequence[str], officers: Sequence[str], conflicts: set[tuple[str, str]], n: int, team: int
) -> list[dict[str, Any]]:
    """The first ``n`` places by rank, and for each the first ``team`` officers that have no conflict with it.

    Raises Invalid when the pools are too small.
    """
    if not 0 < n <= len(objects):
        told = Said(
            f"检查对象库只有 {len(objects)} 个对象，不能抽取 {n} 个", f"{len(objects)} objects, {n} are to be drawn"
        )
        raise _too_few("n", told)
    result = []
    for place in sorted(set(objects), key=lambda one: _rank(seed, one))[:n]:
        free = [name for name in set(officers) if (name, place) not in conflicts]
        if len(free) < team:
            told = Said(
                f"对“{place}”没有利害关系的执法人员不足 {team} 名",
                f"Fewer than {team} officers are free of interest in {place}",
            )
            raise _too_few("officers", told)
        result.append({"place": place, "officers": sorted(free, key=lambda one: _rank(seed, place, one))[:team]})
    return result


def create(app: App, values: Mapping[str, Any], *, viewer: Viewer, key: str | None = None) -> DrawView:
    """Draw and keep it (``title, seed, n, places, officers, conflicts?, unit?``); the same ``key`` answers the first.

    Raises Invalid, NotAllowed, NotFound (a place the viewer may not see).
    """
    now = app.clock()
    today = now.astimezone(app.zone).date()
    with app.transaction() as tx:
        authority.require(tx, viewer, "draw.create")
        if made := once.earlier(tx, viewer, "draw", key):
            return _view(tx, tx.get_one(Draw, made))
        unit = powers.acting_unit(tx, viewer, values.get("unit"))
        rule = powers.entitled(tx, "inspect", unit, day=today)
        objects = sorted({places.require(tx, id, viewer).id for id in values["places"]})
        officers = sorted(set(values["officers"]))
        powers.certified(tx, officers, {unit.code}, rule, today)
        conflicts = [dict(row) for row in values.get("conflicts") or ()]
        excluded = {(row["officer"], row["place"]) for row in conflicts}
        result = draw(values["seed"], objects, officers, excluded, values["n"], TEAM)
        row = Draw(
            number=f"SSJ-{today.year}-{next_number(tx, f'draw-{today.year}'):03d}", title=values["title"],
            unit=unit.code, year=today.year, seed=values["seed"], n=values["n"], team=TEAM, places=objects,
            officers=officers, conflicts=conflicts, result=result,
            created_at=now, created_by=viewer.name,
        )  # fmt: skip
        tx.add(row)
        tx.flush()
        once.note(tx, viewer, "draw", key, row.number)
        return _view(tx, row)


def publish(app: App, number: str, *, viewer: Viewer) -> DrawView:
    """Publish the result list; raises Conflict when it is published, NotAllowed, NotFound."""
    today = app.clock().astimezone(app.zone).date()
    with app.transaction() as tx:
        authority.require(tx, viewer, "plan.publish")
        row = tx.scalars(select(Draw).where(Draw.number == number).with_for_update()).one_or_none()
        if row is None:
            raise _unknown(number)
        powers.acting_unit(tx, viewer, row.unit)
        if row.published_on is not None:
            raise Conflict(f"{number} 已于 {row.published_on.isoformat()} 公布。", en=f"{number} is published already.")
        row.published_on = today
        return _view(tx, row)


def list_draws(app: App, viewer: Viewer, *, page: int = 1, size: int = 50) -> Page[DrawView]:
    """Draws, newest first: those of the own unit; a published one is everybody's."""
    query = select(Draw).order_by(Draw.created_at.desc(), Draw.number.desc())
    with app.reading() as tx:
        return read_page(tx, query.where(_seen(viewer)), page, size, lambda row: _view(tx, row))


def show(app: App, number: str, *, viewer: Viewer) -> DrawView:
    """One draw; raises NotFound, also when it is not published and another unit's."""
    with app.reading() as tx:
        return _view(tx, _require(tx, number, viewer))


def repeat(app: App, number: str, *, viewer: Viewer) -> Repeated:
    """Draw again from the pools and the seed that were kept; nothing is written. Raises NotFound."""
    with app.reading() as tx:
        row = _require(tx, number, viewer)
        excluded = {(each["officer"], each["place"]) for each in row.conflicts}
        again = draw(row.seed, row.places, row.officers, excluded, row.n, row.team)
        return Repeated(row.number, again == row.result, again)


def _require(tx: Session, number: str, viewer: Viewer) -> Draw:
    row = tx.scalars(select(Draw).where(Draw.number == number, _seen(viewer))).one_or_none()
    if row is None:
        raise _unknown(number)
    return row


def _seen(viewer: Viewer) -> Any:
    own = select(Person.unit).where(Person.name == viewer.name)
    mine = Draw.unit.in_(own) | (Draw.created_by == viewer.name)
    return Draw.number.is_not(None) if viewer.admin else mine | Draw.published_on.is_not(None)


def _rank(*parts: str) -> str:
    return sha256("\0".join(parts).encode()).hexdigest()


def _too_few(field: str, message: Said) -> Invalid:
    return Invalid(
        f"{message}，请补充名录库或减少抽取数量。",
        en=f"{message.en}: add to the pools or draw fewer.",
        problems=[{"field": field, "rule": "pool", "message": message}],
    )


def _unknown(number: str) -> NotFound:
    return NotFound(f"没有编号为“{number}”的抽取。", en=f"There is no draw {number}.")


def _view(tx: Session, row: Draw) -> DrawView:
    own = {name: getattr(row, name) for name in DrawView.__slots__ if name != "names"}
    names = tx.execute(select(Place.id, Place.name).where(Place.id.in_(row.places)).order_by(Place.id))
    return DrawView(**own, names={row.id: row.name for row in names})
