"""Checks all rows of a sheet of visits against the registers and against each other, and writes understood ones."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine.app import App
from engine.bpm.viewer import Viewer
from engine.campaign import authority, scope, visit_columns, visit_rows
from engine.campaign.exchange_model import ImportRow, SheetImport
from engine.campaign.model import NumberRegister, Place, Visit
from engine.campaign.sheet_rows import SheetRow
from engine.campaign.sheet_world import World, chunks
from engine.errors import NotFound
from engine.rows import locked
from engine.said import Said

SAID = "由导入的纸质记录载明"
Mark = tuple[str, datetime, str]


def check(
    tx: Session, app: App, made: SheetImport, rows: Sequence[ImportRow], viewer: Viewer, now: datetime
) -> None:  # fmt: skip
    """Write for each row of a sheet what it means or what is wrong with it, held against the registers of now."""
    world, seen = World(tx, app, viewer, now), dict[Mark, int]()
    titles = visit_columns.COLUMNS
    read = [SheetRow(row.row, row.cells, made.headers, made.columns, made.defaults, titles=titles) for row in rows]
    meant = [None if visit_rows.blank(one) else visit_rows.read(one, world) for one in read]
    there = _there(tx, [given["place"] for given in meant if given])
    for row, one, given in zip(rows, read, meant, strict=True):
        row.place = given["place"] if given else None
        row.status = "ignored" if visit_rows.blank(one) else "ready" if given else "error"
        if given:
            mark = visit_rows.mark(given)
            if mark in there:
                row.status, row.visit = "exists", there[mark]
            elif mark in seen:
                one.error(
                    "at",
                    Said(
                        f"与第 {seen[mark]} 行是同一场所同一时间的同一种检查，请删除其中一行或写明时间",
                        f"row {seen[mark]} is the same visit (place, time, kind); delete one or write the time",
                    ),
                )
                row.status = "error"
            seen.setdefault(mark, row.row)
        row.given = given if row.status == "ready" else None
        row.problems = one.problems


def write(tx: Session, app: App, sheet: SheetImport, rows: Sequence[ImportRow], viewer: Viewer, now: datetime) -> None:
    """The visits of these rows; one that somebody else wrote since the check exists. Raises NotFound, NotAllowed."""
    authority.require(tx, viewer, "visit.import")
    locked(tx, NumberRegister, "visit-import", last=0)  # one at a time decides whether a visit is new
    given = [row.given or {} for row in rows]
    wanted = {one["place"] for one in given}
    seen = set(tx.scalars(select(Place.id).where(Place.id.in_(wanted), scope.places(viewer))))
    if lost := sorted(wanted - seen):
        raise NotFound(f"场所 {'、'.join(lost)} 已不在您的管辖范围。", en=f"Places out of your area: {lost}.")
    there = _there(tx, wanted)
    made = [(row, _visit(one, viewer, now)) for row, one in zip(rows, given, strict=True)]
    new = [visit for row, visit in made if (visit.place, visit.at, visit.kind) not in there]
    tx.add_all(new)
    tx.flush()
    for row, visit in made:
        row.status = "exists" if visit.id is None else "done"
        row.visit = visit.id or there[visit.place, visit.at, visit.kind]
    tx.flush()


def _visit(given: dict[str, Any], viewer: Viewer, now: datetime) -> Visit:
    """A patrol as the paper tells it; its words stay as they were written."""
    at = datetime.fromisoformat(given["at"])
    return Visit(
        kind=given["kind"], place=given["place"], at=at, people=given["people"], result=given["result"], track="A",
        unit=None, leader=given["leader"], experts=[], covert=False, filed_at=now, note=given["note"],
        findings=given["findings"], advice=given["advice"], clause=SAID, created_at=now, created_by=viewer.name,
    )  # fmt: skip


def _there(tx: Session, places: Iterable[str]) -> dict[Mark, int]:
    """The patrols that the register has of these places."""
    found: dict[Mark, int] = {}
    for part in chunks(places):
        rows = select(Visit.place, Visit.at, Visit.kind, Visit.id).where(Visit.place.in_(part), Visit.track == "A")
        found |= {(place, at, kind): id for place, at, kind, id in tx.execute(rows.order_by(Visit.id.desc()))}
    return found
