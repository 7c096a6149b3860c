"""Writes one understood row of places, in the caller's transaction: a new place, or a changed one."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine.app import App
from engine.bpm.viewer import Viewer
from engine.campaign import authority, history, place_rows, places
from engine.campaign.exchange_model import ImportRow, SheetImport
from engine.campaign.model import NumberRegister, Place
from engine.campaign.place_check import SKIP
from engine.errors import Conflict
from engine.rows import locked


def write(tx: Session, app: App, sheet: SheetImport, rows: Sequence[ImportRow], viewer: Viewer, now: datetime) -> None:
    """Write the places and note them at their rows; see ``_write`` for each."""
    for row in rows:
        _write(tx, app, sheet, row, viewer, now)


def _write(tx: Session, app: App, sheet: SheetImport, row: ImportRow, viewer: Viewer, now: datetime) -> None:
    """Write the place and note it at the row. What somebody else wrote since the check is left as it is: the row then
    exists, or raises Conflict. Also raises what creating or changing a place raises.
    """
    given = row.given or {}
    values = given["values"]
    authority.require(tx, viewer, "place.import")
    locked(tx, NumberRegister, "place", last=0)  # one at a time decides whether a place is new
    if row.place is None:
        found = _there(tx, values)
        if found is not None and sheet.existing == SKIP:
            places.require(tx, found.id, viewer)
            row.status, row.place = "exists", found.id
            return
        if found is not None:
            raise Conflict(
                f"检查之后已有人建立了场所 {found.id}，没有改动它。请重新上传。",
                en=f"Place {found.id} was created since the check; upload the sheet again.",
            )
        place = places.add(tx, app, values, by=viewer.name)
        places.require(tx, place.id, viewer)
        reason = f"由“{sheet.filename}”第 {row.row} 行导入"
        history.made(tx, places.NOUN, place.id, values, by=viewer.name, now=now, reason=reason)
        row.status, row.place = "done", place.id
    else:
        place = places.require(tx, row.place, viewer)
        reason = f"由“{sheet.filename}”第 {row.row} 行导入"
        places.edit(tx, place, values, revision=given["revision"], by=viewer.name, now=now, reason=reason)
        row.status = "done"


def _there(tx: Session, values: dict[str, str]) -> Place | None:
    """The place of this credit code, or of this name in this grid."""
    if code := values.get("uscc"):
        found = tx.scalars(select(Place).where(Place.uscc == code).limit(1)).one_or_none()
        if found is not None:
            return found
    wanted = place_rows.identity(values["name"], values["grid"])
    near = tx.scalars(select(Place).where(Place.grid == values["grid"]).order_by(Place.id))
    return next((place for place in near if place_rows.identity(place.name, place.grid) == wanted), None)
