"""Verbs on the import of a ledger or of places: read and check a sheet, correct the columns, start, follow.

Nothing is in the registers before the start. From then on schedulers work the rows off in the order of the sheet, one
transaction each; a process that is killed leaves its row to the next. A fingerprint keeps a row from coming in twice.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import uuid4

from sqlalchemy import exists, func, insert, select, update
from sqlalchemy.orm import Session

from engine import uploads
from engine.app import App
from engine.bpm.viewer import Page, Viewer
from engine.campaign import authority, column_memory, hazards, numbers, people
from engine.campaign import sheet_child as child
from engine.campaign.exchange_model import ImportRow, SheetImport
from engine.campaign.import_kinds import KINDS
from engine.campaign.ledger_check import of
from engine.campaign.model import Person
from engine.campaign.pages import read_page
from engine.campaign.place_check import SKIP
from engine.campaign.sheet_kinds import COLUMNS, LEDGER
from engine.errors import Conflict, EngineError, NotFound, Unavailable

DRAFT, RUNNING, FINISHED = "draft", "running", "finished"
OPERATOR = "system"  # the command, by whoever may use the machine


@dataclass(frozen=True, slots=True)
class ImportView:
    """An import as it is shown: ``columns`` says for each field the header it is read from, ``counts`` how many rows
    have which status, ``done`` of ``total`` how far it is.
    """

    id: str
    kind: str
    filename: str
    sheet: str
    sheets: list[str]
    header_row: int
    headers: list[str]
    columns: dict[str, str]
    defaults: dict[str, str]
    create_places: bool
    existing: str
    notes: list[str]
    status: str
    counts: dict[str, int]
    done: int
    total: int
    at: datetime
    by: str
    finished_at: datetime | None
    fields: list[dict[str, str]]


@dataclass(frozen=True, slots=True)
class RowView:
    """A row and what is to be known about it."""

    row: int
    status: str
    problems: list[dict[str, Any]]
    hazard: str | None
    place: str | None


def create(
    app: App, content: bytes, *, filename: str, viewer: Viewer, kind: str = LEDGER, sheet: str | None = None,
    header_row: int | None = None, columns: Mapping[str, str] | None = None,
    defaults: Mapping[str, str] | None = None, create_places: bool = False, existing: str = SKIP,
) -> ImportView:  # fmt: skip
    """Read a sheet (.xlsx, .csv) and check each row; nothing is imported yet. ``columns`` (field → header) is what the
    columns mean when it is not what their names say. Raises Invalid, TooLarge, NotAllowed, Unavailable.
    """
    now = app.clock()
    with app.reading() as tx:
        authority.require(tx, viewer, KINDS[kind].act)
    uploads.check_size(content, filename)
    digest = app.files.save(content)
    read = child.read(app, digest, kind, sheet, header_row)
    with app.transaction() as tx:
        made = SheetImport(
            id=uuid4().hex, kind=kind, existing=existing, filename=filename, sha256=digest,
            sheet=read["sheet"], sheets=read["sheets"],
            header_row=read["header_row"], headers=read["headers"], defaults=dict(defaults or {}),
            columns=column_memory.columns(tx, viewer, kind, read["headers"], columns or {}),
            create_places=create_places,
            notes=read["notes"], at=now, by=viewer.name, status=DRAFT,
        )  # fmt: skip
        tx.add(made)
        tx.flush()
        rows = [
            {"import_id": made.id, "row": number, "cells": cells, "problems": [], "status": "error"}
            for number, cells in read["rows"]
        ]
        tx.execute(insert(ImportRow), rows)
        KINDS[made.kind].check(tx, app, made, viewer, now)
        return _view(tx, made)


def remap(
    app: App,
    id: str,
    *,
    viewer: Viewer,
    columns: Mapping[str, str],
    defaults: Mapping[str, str],
    create_places: bool,
    existing: str = SKIP,
) -> ImportView:
    """Say what the columns mean (field → header, an empty header leaves a field out), what empty cells mean, and check
    again; the unit's next sheet with such headers is read likewise. Raises NotFound, Invalid, Conflict once started.
    """
    now = app.clock()
    with app.transaction() as tx:
        made = _draft(tx, id, viewer)
        made.columns = column_memory.columns(tx, viewer, made.kind, made.headers, columns)
        made.defaults, made.create_places, made.existing = dict(defaults), create_places, existing
        column_memory.remember(tx, viewer, made)
        KINDS[made.kind].check(tx, app, made, viewer, now)
        return _view(tx, made)


def start(app: App, id: str, *, viewer: Viewer, all_or_nothing: bool = True) -> ImportView:
    """Let the rows be imported; with ``all_or_nothing`` only when none has an error. Raises NotFound, Conflict."""
    now = app.clock()
    with app.transaction() as tx:
        made = _draft(tx, id, viewer)
        KINDS[made.kind].check(tx, app, made, viewer, now)
        counts = _counts(tx, id)
        if all_or_nothing and counts.get("error"):
            raise Conflict(
                f"有 {counts['error']} 行有错误，没有开始导入。请下载结果表改正后重新上传，或选择跳过有错误的行。",
                en=f"{counts['error']} rows have errors; correct them or skip them.",
            )
        made.status, made.started_at = RUNNING, now
        _reserve_numbers(tx, id)
        tx.execute(update(ImportRow).where(of(id), ImportRow.status == "ready").values(status="pending"))
        column_memory.remember(tx, viewer, made)
        tx.flush()
        _finish(tx, app)
        return _view(tx, made)


def work_next(app: App, only: str | None = None) -> bool:
    """Import one row of the oldest started import (or of this one); answers whether there was one. Any number of
    processes may call this; one import is worked on by one at a time, so that its rows come in their order.
    """
    claimed: tuple[str, int] | None = None
    try:
        with app.transaction() as tx:
            found = _claim(tx, only)
            if found is None:
                _finish(tx, app)
                return False
            made, row = found
            claimed = (row.import_id, row.row)
            KINDS[made.kind].write(tx, app, made, row, _viewer(app, tx, made.by), app.clock())
    except Unavailable:
        raise
    except Exception as error:
        if claimed is None:
            raise
        _failed(app, claimed, error)
    return True


def going(app: App) -> bool:
    """Whether there is something to work off."""
    with app.reading() as tx:
        return tx.scalar(select(SheetImport.id).where(SheetImport.status == RUNNING).limit(1)) is not None


def show(app: App, id: str, *, viewer: Viewer) -> ImportView:
    """One import and how far it is; raises NotFound."""
    with app.reading() as tx:
        return _view(tx, _mine(tx, id, viewer))


def list_imports(
    app: App, viewer: Viewer, *, kind: str | None = None, page: int = 1, size: int = 50
) -> Page[ImportView]:
    """One's own imports, an admin's all, the newest first."""
    query = select(SheetImport).order_by(SheetImport.at.desc(), SheetImport.id)
    if not viewer.admin:
        query = query.where(SheetImport.by == viewer.name)
    if kind:
        query = query.where(SheetImport.kind == kind)
    with app.reading() as tx:
        return read_page(tx, query, page, size, lambda made: _view(tx, made))


def rows(
    app: App, id: str, *, viewer: Viewer, status: str | None = None, page: int = 1, size: int = 50
) -> Page[RowView]:
    """The rows of an import with their problems; raises NotFound."""
    with app.reading() as tx:
        _mine(tx, id, viewer)
        query = select(ImportRow).where(of(id), *([ImportRow.status == status] if status else []))
        return read_page(
            tx, query.order_by(ImportRow.row), page, size,
            lambda row: RowView(row.row, row.status, row.problems, row.hazard, row.place),
        )  # fmt: skip


def result_file(app: App, id: str, *, viewer: Viewer) -> tuple[str, bytes]:
    """The office's own workbook with a column 导入结果, wrong cells coloured and commented; raises NotFound."""
    with app.reading() as tx:
        made = _mine(tx, id, viewer)
        found = tx.scalars(select(ImportRow).where(of(id)).order_by(ImportRow.row)).all()
        results = [(row.row, row.status, row.hazard or row.place or "", row.problems) for row in found]
    name = made.filename.rpartition(".")[0] or made.filename
    return f"{name}-导入结果.xlsx", child.written(app, made.sha256, made.sheet, made.header_row, results)


def _reserve_numbers(tx: Session, id: str) -> None:
    """Numbers that the sheet brings are taken first, so that a row without one cannot be given one of them."""
    for given in tx.scalars(select(ImportRow.given).where(of(id), ImportRow.status == "ready")):
        if given and (parts := hazards.NUMBER.fullmatch(given.get("number") or "")):
            numbers.take_number(tx, f"hazard-{parts[1]}-{parts[2]}", int(parts[3]))


def _claim(tx: Session, only: str | None) -> tuple[SheetImport, ImportRow] | None:
    wanted = [SheetImport.status == RUNNING, ImportRow.status == "pending", *([SheetImport.id == only] if only else [])]
    found = tx.execute(
        select(SheetImport, ImportRow).join(ImportRow, ImportRow.import_id == SheetImport.id).where(*wanted)
        .order_by(SheetImport.at, SheetImport.id, ImportRow.row).limit(1)
        .with_for_update(skip_locked=True, of=SheetImport)
    ).first()  # fmt: skip
    if found is None:
        return None
    tx.refresh(found[1])  # whoever held the import before may have done this row since the look
    return (found[0], found[1]) if found[1].status == "pending" else _claim(tx, found[0].id)


def _finish(tx: Session, app: App) -> None:
    left = exists().where(ImportRow.import_id == SheetImport.id, ImportRow.status == "pending")
    over = update(SheetImport).where(SheetImport.status == RUNNING, ~left)
    tx.execute(over.values(status=FINISHED, finished_at=app.clock()))


def _failed(app: App, claimed: tuple[str, int], error: Exception) -> None:
    words = error.message if isinstance(error, EngineError) else repr(error)
    problem = {"field": "", "column": None, "value": "", "severity": "error", "message": f"第 {claimed[1]} 行：{words}"}
    with app.transaction() as tx:
        row = tx.get_one(ImportRow, claimed)
        if row.status == "pending":
            row.status, row.problems = "failed", [*row.problems, problem]


def _viewer(app: App, tx: Session, name: str) -> Viewer:
    if tx.get(Person, name) is None and name == OPERATOR:
        return Viewer(OPERATOR, admin=True)
    return people.viewer(people.show(app, name))


def _mine(tx: Session, id: str, viewer: Viewer) -> SheetImport:
    made = tx.get(SheetImport, id)
    if made is None or not (viewer.admin or made.by == viewer.name):
        raise NotFound("没有这次导入，或不是您上传的。", en="There is no such import of yours.")
    return made


def _draft(tx: Session, id: str, viewer: Viewer) -> SheetImport:
    authority.require(tx, viewer, KINDS[_mine(tx, id, viewer).kind].act)
    made = tx.scalars(select(SheetImport).where(SheetImport.id == id).with_for_update()).one()
    if made.status != DRAFT:
        raise Conflict("这次导入已经开始，不能再改。", en="This import was started already.")
    return made


def _counts(tx: Session, id: str) -> dict[str, int]:
    grouped = select(ImportRow.status, func.count()).where(of(id)).group_by(ImportRow.status)
    return {row[0]: row[1] for row in tx.execute(grouped)}


def _view(tx: Session, made: SheetImport) -> ImportView:
    counts = _counts(tx, made.id)
    done = counts.get("done", 0) + counts.get("failed", 0)
    return ImportView(
        made.id, made.kind, made.filename, made.sheet, made.sheets, made.header_row, made.headers,
        {field: made.headers[index] for field, index in made.columns.items()}, made.defaults, made.create_places,
        made.existing, made.notes, made.status, counts, done,
        done + counts.get("pending", 0) + counts.get("ready", 0), made.at, made.by, made.finished_at,
        [{"key": column.key, "title": column.title} for column in COLUMNS[made.kind]],
    )  # fmt: skip
