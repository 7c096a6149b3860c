"""Writes the sample registers from their files: organisation with people, places, codes, plan, outlines."""

from typing import Any

from sqlalchemy.orm import Session

from engine.app import App
from engine.campaign import beginning, organ_words, outline_reading, outlines, people, places, units, uscc
from engine.campaign.demo.sample import HERE, read
from engine.campaign.model import Person, Place, Setting, Unit
from engine.campaign.numbers import take_number

BY = "system"
ORDINALS = "甲乙丙丁"


def write_registers(app: App, *, password_hash: str | None = None) -> tuple[int, int, int]:
    """Units, people, places, codes and plan in one transaction; returns the numbers of units, people and places.

    All accounts get the documented sample password, unless its hash is given.
    """
    given = read("organisation")
    hashed = password_hash or people.hasher.hash(given["password"])
    with app.transaction() as tx:
        made = [(_unit(tx, row), row) for row in _all_units(given)]  # held: the session then reads no unit twice
        count = _place_rows(tx, app)
        made += [_owner_unit(tx, place) for place in given["owners"]]
        accounts = _People(tx, app, given["titles"], hashed)
        accounts.add("admin", "系统管理员", None, "admin")
        for _, row in made:
            accounts.of_unit(row)
        beginning.write_codes(tx)
        beginning.write_checklists(tx, app, BY)
        beginning.write_plan(tx)
        _outlines(tx, app)
        tx.merge(Setting(key=organ_words.KEY, value={**given["organs"], **organ_words.words(tx)}))
        tx.add(Setting(key="revisit-seed-2026", value="sample"))  # the same sample for everybody, see revisits.py
        return len(made), accounts.count, count


def login(role: str, unit: str, ordinal: int = 1) -> str:
    """The login name of the n-th person with this role in a unit: ``clerk-safety-office``,
    ``clerk-safety-office-2``.
    """
    name = f"{role}-{unit.lower().replace('_', '-')}"
    return name if ordinal == 1 else f"{name}-{ordinal}"


def _all_units(given: dict[str, Any]) -> list[dict[str, Any]]:
    rows = [row | {"people": given["people"].get(row["code"], {})} for row in beginning.unit_rows(given["street"])]
    for community in given["communities"]:
        code, name = community["code"], community["name"]
        rows.append(_row(code, name, name, "community", "street", "secretary"))
        for n in range(1, given["grids_each"] + 1):
            grid = f"{code}-{n:02d}"
            title = f"{name}第{'一二三四'[n - 1]}网格"
            rows.append(_row(grid, title, f"{code}{n:02d}", "grid", code, "inspector"))
    return rows


def _row(code: str, name: str, short: str, kind: str, parent: str, role: str) -> dict[str, Any]:
    return {"code": code, "name": name, "short": short, "kind": kind, "parent": parent,
            "power": "巡查、提示、督促整改，无执法权", "people": {role: 1}}  # fmt: skip


def _unit(tx: Session, row: dict[str, Any]) -> Unit:
    values = {name: row[name] for name in ("code", "name", "kind", "parent", "power") if name in row}
    return tx.get(Unit, row["code"]) or units.add(tx, **values)


def _owner_unit(tx: Session, place_id: str) -> tuple[Unit, dict[str, Any]]:
    """The enterprise unit of a place whose head has an account."""
    place = tx.get_one(Place, place_id)
    row: dict[str, Any] = {"code": f"E-{place_id}", "name": place.name, "short": place.name, "kind": "enterprise",
           "parent": place.grid, "power": "企业主体责任", "people": {"owner": 1}}  # fmt: skip
    unit = _unit(tx, row)
    place.unit = unit.code
    tx.flush()
    return unit, row


class _People:
    """Makes the accounts of a unit; all sample accounts share one documented password, so it is hashed once."""

    def __init__(self, tx: Session, app: App, titles: dict[str, str], hashed: str) -> None:
        self._tx, self._app, self._titles, self._hashed = tx, app, titles, hashed
        self._certificates = 0
        self.count = 0

    def of_unit(self, row: dict[str, Any]) -> None:
        for role, number in row.get("people", {}).items():
            for ordinal in range(1, number + 1):
                shown = f"{self._titles[role]}-{row['short']}-{ORDINALS[ordinal - 1]}"
                self.add(login(role, row["code"], ordinal), shown, row["code"], role)

    def add(self, name: str, shown: str, unit: str | None, role: str) -> None:
        if self._tx.get(Person, name) is not None:
            return
        certificate = ""
        if role == "officer":
            self._certificates += 1
            certificate = f"DEMO{self._certificates:04d}"
        people.add(
            self._tx, self._app, name, password_hash=self._hashed, unit=unit, roles=[role], by=BY, display_name=shown,
            cert_no=certificate,
        )  # fmt: skip
        self.count += 1


def _place_rows(tx: Session, app: App) -> int:
    given = read("places")
    for number, row in enumerate(given["places"], start=1):
        values = {**given["kinds"][row["kind"]], **row}
        body = f"91419999MADEM{number:04d}"  # of no region that exists
        values |= {
            "uscc": body + uscc.check_sign(body),
            "head": f"负责人-{row['id']}",
            "phone": f"000-0000-{number:04d}",
        }
        if values.get("fire_key_level"):
            values["team"] = _team(values["lead_unit"], values["grid"].partition("-")[0])
        places.add(tx, app, values, by=BY)
    take_number(tx, "place", len(given["places"]))
    return len(given["places"])


def _team(lead_unit: str, community: str) -> list[dict[str, str]]:
    """The five people who vouch for a key unit (五包一); logins of the sample organisation."""
    return [
        {"part": "行业部门", "person": login("officer", lead_unit)},
        {"part": "街道", "person": login("clerk", "fire_service_center")},
        {"part": "社区", "person": login("secretary", community)},
        {"part": "消防", "person": login("officer", "fire_rescue", 2)},
        {"part": "专业人员", "person": login("expert", "expert_pool")},
    ]


def _outlines(tx: Session, app: App) -> None:
    given = outline_reading.shapes((HERE / "outlines.geojson").read_bytes())
    known = {(one.noun, one.key) for one in given}
    outlines.write_in(tx, given, known=known, by=BY, now=app.clock())
