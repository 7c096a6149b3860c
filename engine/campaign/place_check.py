"""Checks rows of places against the register and against each other: new, changed, the same, or wrong."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine.app import App
from engine.bpm.viewer import Viewer
from engine.campaign import place_rows, scope
from engine.campaign.exchange_model import ImportRow, SheetImport
from engine.campaign.model import Place
from engine.campaign.place_columns import COLUMNS
from engine.campaign.row_words import FILL
from engine.campaign.sheet_rows import SheetRow
from engine.campaign.sheet_world import World
from engine.said import Said, joined

SKIP, UPDATE = "skip", "update"
EXISTING = (SKIP, UPDATE)  # what becomes of a place that is in the register
TITLES = {column.key: column.title for column in COLUMNS}


class Register:
    """All places, and which of them the viewer may see."""

    def __init__(self, tx: Session, viewer: Viewer) -> None:
        self.places = {place.id: place for place in tx.scalars(select(Place))}
        self.seen = set(tx.scalars(select(Place.id).where(scope.places(viewer))))
        self.areas = set(tx.scalars(scope.areas(viewer)))
        self.everywhere = viewer.admin
        self.by_uscc: dict[str, list[Place]] = {}
        self.by_identity: dict[tuple[str, str], Place] = {}
        for place in self.places.values():
            if place.uscc:
                self.by_uscc.setdefault(place.uscc, []).append(place)
            self.by_identity.setdefault(place_rows.identity(place.name, place.grid), place)

    def meant(self, row: SheetRow, given: dict[str, Any]) -> Place | None:
        """The place of a row by id, credit code, or name and grid; what contradicts itself is an error at the row."""
        code, name = given.get("uscc", ""), given.get("name", "")
        same = self.by_uscc.get(code, [])
        if len(same) > 1:
            same = [place for place in same if place.name == name] or same
        named = self.by_identity.get(place_rows.identity(name, given.get("grid", "")))
        if (id := given.get("id")) is not None:
            found = self.places.get(id)
            if found is None:
                row.error(
                    "id",
                    Said(
                        "底册里没有这个编号；新的场所请不要填写编号",
                        "the register does not have this number; leave it empty for a new place",
                    ),
                )
            elif same and found not in same:
                row.error(
                    "uscc",
                    Said(
                        f"这个统一社会信用代码是场所 {same[0].id} 的，与编号不符",
                        f"this credit code is that of place {same[0].id}, not of this number",
                    ),
                )
            elif named is not None and named is not found:
                row.error(
                    "name",
                    Said(
                        f"这个网格里已有同名的场所 {named.id}，与编号不符",
                        f"place {named.id} of this grid has this name, not the one of this number",
                    ),
                )
            return found
        if len(same) > 1:
            row.error(
                "uscc",
                Said(
                    f"底册里有 {len(same)} 个场所用这个代码：{'、'.join(place.id for place in same)}，请填写编号",
                    f"{len(same)} places have this code: {', '.join(place.id for place in same)}; write the number",
                ),
            )
        elif same and named is not None and named is not same[0]:
            row.error(
                "uscc",
                Said(
                    f"统一社会信用代码是场所 {same[0].id} 的，名称和网格是场所 {named.id} 的，请核对",
                    f"the credit code is that of place {same[0].id}, name and grid those of {named.id}; check them",
                ),
            )
        elif not same and named is not None and code and named.uscc and named.uscc != code:
            row.error(
                "uscc",
                Said(
                    f"这个网格里同名的场所 {named.id} 的代码是 {named.uscc}，请核对",
                    f"place {named.id} of this grid has this name and the code {named.uscc}; check it",
                ),
            )
        return same[0] if same else named


def check(
    tx: Session, app: App, made: SheetImport, rows: Sequence[ImportRow], viewer: Viewer, now: datetime
) -> None:  # fmt: skip
    """Write for each row of a sheet what it means or what is wrong with it, held against the register of now."""
    world, register = World(tx, app, viewer, now), Register(tx, viewer)
    seen: dict[tuple[str, Any], int] = {}
    for row in rows:
        sheet_row = SheetRow(row.row, row.cells, made.headers, made.columns, made.defaults, titles=COLUMNS)
        if place_rows.blank(sheet_row):
            row.status = "ignored"
        else:
            given = place_rows.read(sheet_row, world)
            place = register.meant(sheet_row, given)
            _twice(sheet_row, given, place, seen)
            row.status = _judge(sheet_row, register, world, given, place, made.existing)
            row.place = place.id if place and place.id in register.seen else None
            if row.status == "ready":
                row.given = {"values": given, "revision": place.revision if place else None}
        row.problems = sheet_row.problems


def _twice(row: SheetRow, given: dict[str, Any], place: Place | None, seen: dict[tuple[str, Any], int]) -> None:
    """A place may be in a sheet once: by credit code, by name and grid, or as the same place of the register."""
    marks = [("uscc", given.get("uscc")), ("id", place.id if place else None)]
    if given.get("name") and given.get("grid"):
        marks.append(("name", place_rows.identity(given["name"], given["grid"])))
    words = {
        "uscc": Said("统一社会信用代码", "credit code"), "name": Said("名称和网格", "name and grid"),
        "id": Said("场所", "place"),
    }  # fmt: skip
    found = [(field, seen[field, mark]) for field, mark in marks if mark and (field, mark) in seen]
    if found:
        field, other = found[0]
        same = words[field]
        en = f"row {other} is the same ({same.en}); delete one of them"
        row.error(field, Said(f"与第 {other} 行重复（{same}相同），请删除其中一行", en))
    for field, mark in marks:
        if mark:
            seen.setdefault((field, mark), row.number)


def _judge(
    row: SheetRow, register: Register, world: World, given: dict[str, Any], place: Place | None, existing: str
) -> str:
    if place is not None and place.id not in register.seen:
        row.error(
            "id" if "id" in given else "uscc" if "uscc" in given else "name",
            Said("这个场所不在您的管辖范围", "this place is outside your area"),
        )
    if place is None:
        for field in ("name", "kind", "grid"):
            if field not in given and not any(problem["field"] == field for problem in row.problems):
                row.error(field, FILL)
        given.setdefault("place_kind", "其他")
    if (grid := given.get("grid")) and not _in_area(register, world, grid) and (place is None or place.grid != grid):
        row.error("grid", Said("这个网格不在您的管辖范围", "this grid is outside your area"))
    if row.wrong:
        return "error"
    if place is None:
        return "ready"
    given.pop("id", None)
    changed = [TITLES[name] for name, value in given.items() if getattr(place, name) != value]
    if existing == SKIP or not changed:
        return "exists"
    row.warn(
        "name",
        Said(
            f"将修改场所 {place.id}：{'、'.join(changed)}",
            f"place {place.id} will be changed: {joined('', ', ', changed).en}",
        ),
    )
    return "ready"


def _in_area(register: Register, world: World, grid: str) -> bool:
    unit = world.units.get(grid)
    above = set()
    while unit is not None:
        above.add(unit.code)
        unit = world.units.get(unit.parent or "")
    return register.everywhere or bool(above & register.areas)
