"""Writes understood rows of places, many at once, in the caller's transaction: new places, and changed ones.

What the rows need of the registers is read once for all of them; new places are one statement.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine.app import App
from engine.bpm.viewer import Viewer
from engine.campaign import authority, history, place_rows, places, scope
from engine.campaign.exchange_model import ImportRow, SheetImport
from engine.campaign.model import NumberRegister, Person, Place, Unit
from engine.campaign.place_check import SKIP
from engine.errors import Conflict, NotFound
from engine.rows import locked

AREAS = ("street", "community", "grid")


def write(tx: Session, app: App, sheet: SheetImport, rows: Sequence[ImportRow], viewer: Viewer, now: datetime) -> None:
    """Write the places and note them at their rows. What somebody else wrote since the check is left as it is: the row
    then exists, or raises Conflict. Also raises what creating or changing a place raises.
    """
    authority.require(tx, viewer, "place.import")
    # One at a time decides whether a place is new.
    register = _Register(tx, [row.given or {} for row in rows], locked(tx, NumberRegister, "place", last=0))
    changed = _changed(tx, [row.place for row in rows if row.place], viewer)
    used, new = set[str](), list[tuple[Place, dict[str, Any], str]]()
    for row in rows:
        given, reason = row.given or {}, f"由“{sheet.filename}”第 {row.row} 行导入"
        if row.place is not None:
            place = changed[row.place]
            places.edit(
                tx, place, given["values"], revision=given["revision"], by=viewer.name, now=now, reason=reason,
                locked=True,
            )  # fmt: skip
            row.status = "done"
            continue
        values = given["values"]
        there = register.there(values)
        if there is not None and sheet.existing != SKIP:
            raise Conflict(
                f"检查之后已有人建立了场所 {there}，没有改动它。请重新上传。",
                en=f"Place {there} was created since the check; upload the sheet again.",
            )
        if there is None:
            place = places.row(tx, values | {"id": values.get("id") or register.number()}, by=viewer.name, now=now)
            new.append((place, values, reason))
            register.note(place)
        row.status, row.place = ("done", place.id) if there is None else ("exists", there)
        used.add(row.place)
    tx.add_all(place for place, _, _ in new)
    tx.flush()
    told = ((place.id, values, reason) for place, values, reason in new)
    history.made_all(tx, places.NOUN, told, by=viewer.name, now=now)
    _mine(used - set(tx.scalars(select(Place.id).where(Place.id.in_(used), scope.places(viewer)))))


class _Register:
    """The places with the credit codes, and in the grids, of these rows; units and people that they name."""

    def __init__(self, tx: Session, rows: Sequence[dict[str, Any]], numbers: NumberRegister) -> None:
        values = [given["values"] for given in rows]
        self._numbers = numbers
        codes, grids = ({each[name] for each in values if each.get(name)} for name in ("uscc", "grid"))
        self._by_code: dict[str, str] = {}
        self._by_identity: dict[tuple[str, str], str] = {}
        near = select(Place.id, Place.name, Place.grid, Place.uscc).where(Place.uscc.in_(codes) | Place.grid.in_(grids))
        for id, name, grid, code in tx.execute(near.order_by(Place.id)):
            self._keep(id, name, grid, code)
        named = {each[name] for each in values for name in ("lead_unit", "unit") if each.get(name)}
        # Held here, so that the session finds them without asking the database for each row.
        self._units = tx.scalars(select(Unit).where(Unit.kind.in_(AREAS) | Unit.code.in_(named))).all()
        people = {each["linked_leader"] for each in values if each.get("linked_leader")}
        self._people = tx.scalars(select(Person).where(Person.name.in_(people))).all() if people else ()

    def there(self, values: dict[str, Any]) -> str | None:
        """The place of this credit code, or of this name in this grid."""
        found = self._by_code.get(values.get("uscc") or "")
        return found or self._by_identity.get(place_rows.identity(values["name"], values["grid"]))

    def note(self, place: Place) -> None:
        """A place that was just made counts for the rows that follow."""
        self._keep(place.id, place.name, place.grid, place.uscc)

    def number(self) -> str:
        """The next id."""
        self._numbers.last += 1
        return places.id_of(self._numbers.last)

    def _keep(self, id: str, name: str, grid: str, code: str | None) -> None:
        if code:
            self._by_code.setdefault(code, id)
        self._by_identity.setdefault(place_rows.identity(name, grid), id)


def _changed(tx: Session, ids: Iterable[str], viewer: Viewer) -> dict[str, Place]:
    """The places of these rows, locked in one order; raises NotFound for one that the viewer may not use."""
    wanted = set(ids)
    if not wanted:
        return {}
    mine = select(Place).where(Place.id.in_(wanted), scope.places(viewer)).order_by(Place.id).with_for_update(of=Place)
    found = {place.id: place for place in tx.scalars(mine)}
    _mine(wanted - set(found))
    return found


def _mine(lost: set[str]) -> None:
    if lost:
        told = "、".join(sorted(lost))
        raise NotFound(f"场所 {told} 不在您的管辖范围。", en=f"Places out of your area: {told}.")
