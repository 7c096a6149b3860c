"""What some rows of a ledger need of the registers to be written, read once for all of them: places that the viewer may
use, codes, holders, what was found before, and the numbers.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine.app import App
from engine.bpm.viewer import Viewer
from engine.campaign import authority, codes, places, scope, units
from engine.campaign.found_before import FoundBefore
from engine.campaign.hazard_numbers import HazardNumbers, Parts
from engine.campaign.model import HazardCode, Place, Unit

Given = Mapping[str, Any]


class Registers:
    """The registers at the moment of one transaction, as far as these rows need them."""

    def __init__(self, tx: Session, app: App, rows: Sequence[Given], viewer: Viewer) -> None:
        self._tx, self._app, self._viewer = tx, app, viewer
        wanted = {given["place"] for given in rows if given["place"]}
        seen = select(Place).where(Place.id.in_(wanted), scope.places(viewer))
        self._places = {place.id: place for place in tx.scalars(seen)} if wanted else {}
        self._new = {id(given): self._made(given) for given in rows if not given["place"]}
        self._units = {unit.code: unit for unit in tx.scalars(select(Unit).where(Unit.code.in_(_named(rows, self))))}
        known = select(HazardCode).where(HazardCode.code.in_({given["code"] for given in rows}))
        self._codes = tx.scalars(known.order_by(HazardCode.id)).all()
        self._days = {given["found_at"]: _moment(given).astimezone(app.zone).date() for given in rows}
        numbers = [(given["number"], day.year, day.month) for given in rows for day in [self._days[given["found_at"]]]]
        self._numbers = HazardNumbers(tx, numbers)
        self.before = FoundBefore(tx, [(self.place(given).id, self.code(given).code, _moment(given)) for given in rows])

    def place(self, given: Given) -> Place:
        """Raises NotFound for a place that the viewer may not use (any more)."""
        if not given["place"]:
            return self._new[id(given)]
        return self._places.get(given["place"]) or places.require(self._tx, given["place"], self._viewer)

    def code(self, given: Given) -> HazardCode:
        """The row of the code table on the day it was found; raises Invalid."""
        return codes.on_day_of(self._codes, given["code"], self._days[given["found_at"]])

    def holder(self, given: Given, place: Place) -> Unit:
        """Who has to fix it: the unit of the paper, else the community. Raises NotFound."""
        code = given["holder"] or place.community
        return self._units.get(code) or units.require(self._tx, code)

    def number(self, given: Given) -> Parts:
        """Its number; raises Conflict when it is taken."""
        day = self._days[given["found_at"]]
        return self._numbers.give(given["number"], day.year, day.month)

    def _made(self, given: Given) -> Place:
        """A place that the register did not have: made by a row before, or now. Raises NotAllowed, NotFound."""
        new = given["new_place"]
        same = Place.uscc == new["uscc"] if new["uscc"] else (Place.name == new["name"]) & (Place.grid == new["grid"])
        place = self._tx.scalars(select(Place).where(same).limit(1)).one_or_none()
        if place is None:
            authority.require(self._tx, self._viewer, "place.create")
            place = places.add(self._tx, self._app, new, by=self._viewer.name)
        return places.require(self._tx, place.id, self._viewer)


def _named(rows: Sequence[Given], registers: Registers) -> set[str]:
    return {given["holder"] or registers.place(given).community for given in rows}


def _moment(given: Given) -> datetime:
    return datetime.fromisoformat(given["found_at"])
