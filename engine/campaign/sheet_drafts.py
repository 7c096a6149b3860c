"""A sheet that is not started yet: judged apart from the database, and noted there in one short transaction.

Judging thousands of rows takes seconds. SQLite has one writer at a time, and whoever else wants to save would wait for
all of them; so the registers are only read for it, and the writing transaction first looks whether the sheet is still
what was judged. Nothing rests on the judgement alone: whoever writes a row asks the registers again.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, delete, insert, select, update
from sqlalchemy.orm import Session

from engine.app import App
from engine.bpm.viewer import Viewer
from engine.campaign import authority
from engine.campaign.exchange_model import ImportRow, SheetImport
from engine.campaign.import_kinds import KINDS
from engine.errors import Conflict, NotFound

DRAFT = "draft"
JUDGED = ("status", "given", "problems", "hazard", "place", "visit")  # what is noted at a row
MEANT = ("sheet", "header_row", "columns", "defaults", "create_places", "existing")  # what a judgement depends on


@dataclass(frozen=True, slots=True)
class Draft:
    """A sheet and its rows in no session; ``meant`` is how the sheet was understood when it was taken."""

    made: SheetImport
    rows: Sequence[ImportRow]
    meant: tuple[Any, ...] = ()


def of(id: str) -> ColumnElement[bool]:
    """The rows of one import, as a condition."""
    return ImportRow.import_id == id


def mine(tx: Session, id: str, viewer: Viewer) -> SheetImport:
    """One's own import, an admin's any; raises NotFound."""
    made = tx.get(SheetImport, id)
    if made is None or not (viewer.admin or made.by == viewer.name):
        raise NotFound("没有这次导入，或不是您上传的。", en="There is no such import of yours.")
    return made


def taken(tx: Session, id: str, viewer: Viewer) -> Draft:
    """One's own sheet with its rows, not judged. Raises NotFound, NotAllowed, Conflict once started."""
    made = mine(tx, id, viewer)
    authority.require(tx, viewer, KINDS[made.kind].act)
    _not_started(made)
    found = tx.scalars(select(ImportRow).where(of(id)).order_by(ImportRow.row)).all()
    rows = [ImportRow(import_id=id, row=row.row, cells=row.cells) for row in found]
    meant = _of(made, MEANT)
    tx.expunge_all()
    return Draft(made, rows, meant)


def filled(draft: Draft, read: Sequence[tuple[int, list[Any]]]) -> Draft:
    """The same sheet with other rows: number and cells of each."""
    rows = [ImportRow(import_id=draft.made.id, row=number, cells=cells) for number, cells in read]
    return replace(draft, rows=rows)


def judge(tx: Session, app: App, draft: Draft, viewer: Viewer, now: datetime) -> None:
    """Say at each row what it means or what is wrong with it, held against the registers of now."""
    for row in draft.rows:
        row.given = row.hazard = row.place = row.visit = None
    KINDS[draft.made.kind].check(tx, app, draft.made, draft.rows, viewer, now)


def add(tx: Session, draft: Draft) -> SheetImport:
    """Note a new sheet with its rows."""
    tx.add(draft.made)
    tx.flush()
    _insert(tx, draft)
    return draft.made


def note(tx: Session, draft: Draft, *, whole: bool = False) -> SheetImport:
    """Note what was judged: at the rows of which something else is said by now, or ``whole``, in their place. Raises
    Conflict when the sheet was started or understood otherwise since it was taken.
    """
    judged = draft.made
    made = tx.scalars(select(SheetImport).where(SheetImport.id == judged.id).with_for_update()).one()
    _not_started(made)
    if _of(made, MEANT) != draft.meant:
        raise Conflict(
            "这次导入的列对应刚被修改过，请刷新后再试。", en="The columns of this import were just changed; reload it."
        )
    for name in (*MEANT, "sheets", "headers", "notes"):
        setattr(made, name, getattr(judged, name))
    if whole:
        tx.execute(delete(ImportRow).where(of(made.id)))
        tx.flush()
        _insert(tx, draft)
        return made
    columns = ("row", *JUDGED)
    said = {row.row: tuple(row) for row in tx.execute(select(*_columns(columns)).where(of(made.id)))}
    differ = [row for row in draft.rows if _of(row, columns) != said.get(row.row)]
    if differ:
        tx.execute(update(ImportRow), [_named(row, ("import_id", *columns)) for row in differ])
    return made


def _insert(tx: Session, draft: Draft) -> None:
    columns = ("import_id", "row", "cells", *JUDGED)
    tx.execute(insert(ImportRow), [_named(row, columns) for row in draft.rows])


def _of(row: SheetImport | ImportRow, names: Sequence[str]) -> tuple[Any, ...]:
    return tuple(getattr(row, name) for name in names)


def _columns(names: Sequence[str]) -> list[Any]:
    return [getattr(ImportRow, name) for name in names]


def _named(row: ImportRow, names: Sequence[str]) -> dict[str, Any]:
    return dict(zip(names, _of(row, names), strict=True))


def _not_started(made: SheetImport) -> None:
    if made.status != DRAFT:
        raise Conflict("这次导入已经开始，不能再改。", en="This import was started already.")
