"""What the files of places lack: slots of the team that vouches for a key unit (N包一), or what a full file says."""

import functools
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import yaml
from sqlalchemy import select
from sqlalchemy.orm import Session

from engine.app import App
from engine.bpm.viewer import Viewer
from engine.campaign import places, scope
from engine.campaign.model import Person, Place
from engine.campaign.place_views import COMPLETE
from engine.campaign.places import STATUSES

RULES = Path(__file__).parent / "rules" / "teams.yaml"
TEAM, FILE = "team", "file"
LOWEST = 3  # of the levels of key units
KINDS = (TEAM, FILE)
LABELS = {
    "uscc": "统一社会信用代码", "sector": "行业", "lead_unit": "行业主管部门", "address": "地址", "lat": "经纬度",
    "capacity": "容纳人数", "floors": "层数", "legal_rep": "法定代表人", "head": "主要负责人", "phone": "电话",
    "actual_controller": "实际控制人", "open_hours": "营业时间",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Template:
    """The slots of a team for one level of key units, in force from a day on."""

    parts: tuple[str, ...]
    clause: str
    note: str


@dataclass(frozen=True, slots=True)
class TeamPart:
    """A part of the team of one place; ``person`` is empty while nobody holds it."""

    part: str
    person: str


@dataclass(frozen=True, slots=True)
class Gap:
    """A place whose file lacks something; ``missing`` in words, ``clause`` what asks for it."""

    place: str
    place_name: str
    community: str
    grid: str
    fire_key_level: int
    missing: list[str]
    clause: str
    note: str


def list_gaps(app: App, viewer: Viewer, *, kind: str = TEAM) -> list[Gap]:
    """The places the viewer may see that lack something today, by id; places that are gone are left out."""
    day = app.clock().astimezone(app.zone).date()
    query = select(Place).where(scope.places(viewer), Place.status.in_(STATUSES[:2])).order_by(Place.id)
    with app.reading() as tx:
        if kind == TEAM:
            rows = tx.scalars(query.where(Place.fire_key_level > 0)).all()
            return list(_teams(tx, rows, day))
        return list(_files(tx.scalars(query).all()))


def team_of(app: App, id: str, *, viewer: Viewer) -> list[TeamPart]:
    """Every part that the level of this place asks for today, then what is held beside; where nobody has to vouch,
    those of the lowest level, whom a place may name. Raises NotFound.
    """
    day = app.clock().astimezone(app.zone).date()
    with app.reading() as tx:
        place = places.require(tx, id, viewer)
        wanted = template_on(place.fire_key_level or LOWEST, day)
        held = {str(one["part"]): str(one.get("person") or "") for one in place.team}
    parts = dict.fromkeys([*(wanted.parts if wanted else ()), *held])
    return [TeamPart(part, held.get(part, "")) for part in parts]


def template_on(level: int, day: date) -> Template | None:
    """The team that a key unit of this level needs on a day; None before any rule."""
    given = _rules()
    rows = [row for row in given["rows"] if level in row["levels"] and row["from"] <= day]
    if not rows:
        return None
    newest = max(rows, key=lambda row: row["from"])
    return Template(tuple(newest["parts"]), newest["clause"], given["note"])


def empty_parts(tx: Session, place: Place, wanted: Template) -> list[str]:
    """The parts of a team that nobody holds, or somebody who left."""
    return _empty(place, wanted, _present(tx, [place]))


def _teams(tx: Session, rows: Sequence[Place], day: date) -> Iterator[Gap]:
    there = _present(tx, rows)
    for row in rows:
        wanted = template_on(row.fire_key_level, day)
        if wanted is not None and (missing := _empty(row, wanted, there)):
            yield _gap(row, missing, wanted.clause, wanted.note)


def _present(tx: Session, rows: Sequence[Place]) -> set[str]:
    named = {one.get("person") for row in rows for one in row.team if one.get("person")}
    return set(tx.scalars(select(Person.name).where(Person.name.in_(named), Person.active)))


def _empty(place: Place, wanted: Template, there: set[str]) -> list[str]:
    held = {one.get("part"): one.get("person") for one in place.team if one.get("person")}
    missing = [part for part in wanted.parts if part not in held]
    left = (part for part in wanted.parts if part in held and held[part] not in there)
    return missing + [f"{part}（{held[part]} 已离岗）" for part in left]


def _files(rows: Sequence[Place]) -> Iterator[Gap]:
    for row in rows:
        if missing := [LABELS[name] for name in COMPLETE if getattr(row, name) in (None, "")]:
            yield _gap(row, missing, "建清单、知底数、明情况", "")


def _gap(row: Place, missing: list[str], clause: str, note: str) -> Gap:
    return Gap(row.id, row.name, row.community, row.grid, row.fire_key_level, missing, clause, note)


@functools.cache
def _rules() -> dict[str, Any]:
    given: dict[str, Any] = yaml.safe_load(RULES.read_text(encoding="utf-8"))
    return given
