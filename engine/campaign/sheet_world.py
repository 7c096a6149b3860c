"""What the registers hold, read once for a whole sheet, so that thousands of rows can be resolved without a query
each.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine.app import App
from engine.bpm.viewer import Viewer
from engine.campaign import scope
from engine.campaign.case_model import Hazard
from engine.campaign.exchange_model import LedgerEntry
from engine.campaign.ledger_values import Bad, folded
from engine.campaign.model import HazardCode, Person, Place, Unit

CHUNK = 500  # values in one IN
_BRACKETS = re.compile(r"(.+?)[(]([^()]+)[)]")


@dataclass(frozen=True, slots=True)
class Known:
    """A place of the register, as far as rows need it."""

    id: str
    name: str
    uscc: str
    community: str
    grid: str
    unit: str | None


class World:
    """The registers as one viewer may use them, at one moment."""

    def __init__(self, tx: Session, app: App, viewer: Viewer, now: datetime) -> None:
        self.zone, self.now, self.viewer = app.zone, now, viewer
        self.today = now.astimezone(app.zone).date()
        self.units = {row.code: row for row in tx.scalars(select(Unit))}
        self.units_by_name: dict[str, list[Unit]] = {}
        for unit in self.units.values():
            self.units_by_name.setdefault(folded(unit.name), []).append(unit)
        self.codes = list(tx.scalars(select(HazardCode).order_by(HazardCode.id)))
        self.logins: set[str] = set()
        self.people: dict[str, list[str]] = {}
        for login, shown in tx.execute(select(Person.name, Person.display_name)):
            self.logins.add(login)
            self.people.setdefault(shown, []).append(login)
        columns = (Place.id, Place.name, Place.uscc, Place.community, Place.grid, Place.unit)
        self.places = [Known(*row) for row in tx.execute(select(*columns).where(scope.places(viewer)))]
        self.by_id = {place.id: place for place in self.places}
        self.by_uscc = {place.uscc: place for place in self.places if place.uscc}
        self.by_name: dict[str, list[Known]] = {}
        for place in self.places:
            self.by_name.setdefault(folded(place.name), []).append(place)
        self.open_at = {(row[0], row[1]): row[2] for row in tx.execute(
            select(Hazard.place, Hazard.code, Hazard.number).where(Hazard.closed_at.is_(None), scope.hazards(viewer))
        )}  # fmt: skip

    def unit(self, text: str) -> Unit | None:
        """The unit of a code or name, also written as name（code）. Raises Bad when several have the name."""
        text = folded(text)
        match = _BRACKETS.fullmatch(text)
        for part in (text, match[2] if match else ""):
            if part in self.units:
                return self.units[part]
        found = self.units_by_name.get(text) or self.units_by_name.get(match[1] if match else "") or []
        if len(found) > 1:
            raise Bad(
                f"有 {len(found)} 个单位叫这个名称，请写编码：{'、'.join(unit.code for unit in found)}",
                f"{len(found)} units have this name; write the code: {'、'.join(unit.code for unit in found)}",
            )
        return found[0] if found else None

    def area(self, text: str) -> Unit | None:
        """The smallest of the units that a text such as 桂花社区/第一网格 names, a community or a grid. Raises Bad."""
        found = None
        above = ""
        for part in filter(None, (piece.strip() for piece in re.split(r"[/、\\]", folded(text)))):
            below = [
                unit for unit in self.units.values()
                if unit.kind in ("community", "grid") and above and unit.parent == above
                and (unit.code == part or folded(unit.name).endswith(part))
            ]  # fmt: skip
            found = below[0] if len(below) == 1 else self.unit(part)
            if found is None:
                raise Bad(
                    "没有这个社区或网格，请填写已建立的社区、网格的名称或编码",
                    "there is no such community or grid; write the name or code of one that there is",
                )
            above = found.code
        return found

    def place(self, text: str, uscc: str, near: Unit | None) -> Known | None:
        """The place by credit code, id or name, also written as name（credit code）; of several with the name the one
        in this community or grid. Raises Bad when it stays unclear.
        """
        text, uscc = folded(text), folded(uscc).upper()
        match = _BRACKETS.fullmatch(text)
        inside = match[2].strip().upper() if match else ""
        for code in (uscc, inside):
            if code in self.by_uscc:
                return self.by_uscc[code]
        if text in self.by_id:
            return self.by_id[text]
        if match and inside in self.by_id and folded(self.by_id[inside].name) == match[1]:
            return self.by_id[inside]
        found = self.by_name.get(text) or self.by_name.get(match[1] if match else "") or []
        if near is not None and len(found) > 1:
            found = [place for place in found if near.code in (place.community, place.grid)]
        if len(found) > 1:
            raise Bad(
                f"有 {len(found)} 个场所叫这个名称，请写场所编号：{'、'.join(place.id for place in found)}",
                f"{len(found)} places have this name; write the number: {'、'.join(place.id for place in found)}",
            )
        return found[0] if found and not (uscc and found[0].uscc and found[0].uscc != uscc) else None

    def code(self, text: str, day: date) -> HazardCode:
        """The row of the code table in force on the day, by code, by name, or by a part of one name. Raises Bad."""
        text = folded(text)
        rows = [row for row in self.codes if row.valid_from <= day and (row.valid_to is None or day <= row.valid_to)]
        same = [row for row in rows if text.upper() == row.code or text == folded(row.name)]
        same = same or [row for row in rows if text.upper().split(" ")[0] == row.code]
        same = same or [row for row in rows if len(text) >= 2 and text in folded(row.name)]
        if len(same) == 1:
            return same[0]
        if same:
            raise Bad(
                f"可能是：{'、'.join(f'{row.code} {row.name}' for row in same[:5])}，请填写代码",
                f"it may be {'、'.join(f'{row.code} {row.name}' for row in same[:5])}; write the code",
            )
        raise Bad(
            "隐患代码表在发现当日没有这一项，请填写代码（例如 RF-01）或完整名称",
            "the codes in force on that day have no such item; write a code (such as RF-01) or a whole name",
        )

    def login(self, text: str) -> str | None:
        """The login name of a person named so, unless several or nobody is."""
        if text in self.logins:
            return text
        found = self.people.get(text, [])
        return found[0] if len(found) == 1 else None


def known_numbers(tx: Session, numbers: Iterable[str]) -> dict[str, Hazard]:
    """Those of these hazard numbers that the ledger has."""
    found: dict[str, Hazard] = {}
    for part in chunks(numbers):
        found |= {row.number: row for row in tx.scalars(select(Hazard).where(Hazard.number.in_(part)))}
    return found


def known_fingerprints(tx: Session, fingerprints: Iterable[str]) -> dict[str, str]:
    """Fingerprint → number of the hazard that was imported from such a row."""
    found: dict[str, str] = {}
    for part in chunks(fingerprints):
        query = select(LedgerEntry.fingerprint, LedgerEntry.hazard).where(LedgerEntry.fingerprint.in_(part))
        found |= {row[0]: row[1] for row in tx.execute(query)}
    return found


def chunks(values: Iterable[str]) -> Iterable[list[str]]:
    """These values in parts that one IN can hold, each once."""
    wanted = list(dict.fromkeys(values))
    return (wanted[start : start + CHUNK] for start in range(0, len(wanted), CHUNK))
