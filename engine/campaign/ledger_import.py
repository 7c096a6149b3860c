"""Verbs on the import of a ledger, places or visits: read and check a sheet, correct the columns, start, follow.

Nothing is in the registers before the start. From then on schedulers work the rows off in the order of the sheet, some
in each transaction; a process that is killed leaves its rows to the next. A fingerprint keeps a row from coming in
twice. Nobody waits long for an import: judging only reads (sheet_drafts.py), a unit of writing is a part of a second,
and a row is whole or not there, so that nothing of it needs to be hidden until the last row is done.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from uuid import uuid4
from weakref import WeakKeyDictionary

from sqlalchemy import exists, select, update
from sqlalchemy.orm import Session

from engine import uploads
from engine.app import App
from engine.bpm.viewer import Page, Viewer
from engine.campaign import authority, column_memory, hazard_numbers, numbers, people
from engine.campaign import sheet_child as child
from engine.campaign import sheet_drafts as drafts
from engine.campaign.exchange_model import ImportRow, SheetImport
from engine.campaign.import_kinds import KINDS
from engine.campaign.import_pace import ENOUGH, PART, TOGETHER, at_once
from engine.campaign.import_views import ImportView as ImportView
from engine.campaign.import_views import RowView, named, view_of
from engine.campaign.model import Person
from engine.campaign.pages import read_page
from engine.campaign.place_check import SKIP
from engine.campaign.sheet_drafts import DRAFT, of
from engine.campaign.sheet_kinds import LEDGER
from engine.errors import Conflict, EngineError, Unavailable
from engine.said import Said

RUNNING, FINISHED = "running", "finished"
_together: WeakKeyDictionary[App, int] = WeakKeyDictionary()  # how many rows that is on this machine now
OPERATOR = "system"  # the command, by whoever may use the machine


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
    made = SheetImport(
        id=uuid4().hex, kind=kind, existing=existing, filename=filename, sha256=digest, defaults=dict(defaults or {}),
        create_places=create_places, at=now, by=viewer.name, status=DRAFT,
    )  # fmt: skip
    draft = _read(app, drafts.Draft(made, ()), columns or {}, viewer, now, (sheet, header_row))
    with app.transaction() as tx:
        return view_of(tx, drafts.add(tx, draft))


def reread(app: App, id: str, *, viewer: Viewer, sheet: str, header_row: int | None = None) -> ImportView:
    """Take another sheet of the same workbook, or another row as its header, and check again; defaults stay, columns
    are understood anew. Raises NotFound, Invalid (no such sheet, no header), Conflict once started.
    """
    now = app.clock()
    with app.reading() as tx:
        taken = drafts.taken(tx, id, viewer)
    draft = _read(app, taken, {}, viewer, now, (sheet, header_row))
    with app.transaction() as tx:
        return view_of(tx, drafts.note(tx, draft, whole=True))


def _read(
    app: App, draft: drafts.Draft, columns: Mapping[str, str], viewer: Viewer, now: datetime,
    wanted: tuple[str | None, int | None],
) -> drafts.Draft:  # fmt: skip
    """A sheet with the rows of its file, judged; ``wanted`` are the name and the header row of the sheet."""
    made = draft.made
    read = child.read(app, made.sha256, made.kind, *wanted)
    with app.reading() as tx:
        made.sheet, made.sheets, made.notes = read["sheet"], read["sheets"], [Said(*one) for one in read["notes"]]
        made.header_row, made.headers = read["header_row"], read["headers"]
        made.columns = column_memory.columns(tx, viewer, made.kind, read["headers"], columns)
        draft = drafts.filled(draft, read["rows"])
        drafts.judge(tx, app, draft, viewer, now)
    return draft


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
    with app.reading() as tx:
        draft = drafts.taken(tx, id, viewer)
        made = draft.made
        made.columns = column_memory.columns(tx, viewer, made.kind, made.headers, columns)
        made.defaults, made.create_places, made.existing = dict(defaults), create_places, existing
        drafts.judge(tx, app, draft, viewer, now)
    with app.transaction() as tx:
        made = drafts.note(tx, draft)
        column_memory.remember(tx, viewer, made)
        return view_of(tx, made)


def start(app: App, id: str, *, viewer: Viewer, all_or_nothing: bool = True) -> ImportView:
    """Let the rows be imported; with ``all_or_nothing`` only when none has an error. Raises NotFound, Conflict."""
    now = app.clock()
    with app.reading() as tx:
        draft = drafts.taken(tx, id, viewer)
        drafts.judge(tx, app, draft, viewer, now)
    errors = sum(row.status == "error" for row in draft.rows)
    if all_or_nothing and errors:
        raise Conflict(
            f"有 {errors} 行有错误，没有开始导入。请下载结果表改正后重新上传，或选择跳过有错误的行。",
            en=f"{errors} rows have errors, nothing was imported; correct them in the result sheet, or skip them.",
        )
    with app.transaction() as tx:
        made = drafts.note(tx, draft)
        made.status, made.started_at = RUNNING, now
        _reserve_numbers(tx, draft.rows)
        tx.execute(update(ImportRow).where(of(id), ImportRow.status == "ready").values(status="pending"))
        column_memory.remember(tx, viewer, made)
        tx.flush()
        _finish(tx, app)
        return view_of(tx, made)


def work_next(app: App, only: str | None = None) -> bool:
    """Import the next rows of the oldest started import (or of this one); answers whether there were any. Any number
    of processes may call this; one import is worked on by one at a time, so that its rows come in their order.

    Some rows are written in one transaction; when one of them is refused, all are undone and done again one by one.
    """
    try:
        many = _together.get(app, TOGETHER)
        held = _work(app, only, many)
    except _Refused as refused:
        for _ in range(refused.rows):
            _work(app, refused.import_id, 1)
        return True
    if held is not None:
        _together[app] = at_once(many, held)
    return held is not None


class _Refused(Exception):
    """Rows that cannot be written together."""

    def __init__(self, import_id: str, rows: int) -> None:
        super().__init__(import_id, rows)
        self.import_id, self.rows = import_id, rows


def _work(app: App, only: str | None, most: int) -> timedelta | None:
    """How long it held its locks, None without rows. The wait for who wrote before is not its own."""
    claimed: list[tuple[str, int]] = []
    for kind in _going(app):
        KINDS[kind].prepare(app)
    try:
        with app.transaction() as tx:
            made, rows = _claim(tx, only, most)
            began = app.wall()
            if made is None:
                _finish(tx, app)
                return None
            claimed = [(row.import_id, row.row) for row in rows]
            _write(tx, app, made, rows, began)
    except Unavailable:
        raise
    except Exception as error:
        if not claimed:
            raise
        if len(claimed) > 1:
            raise _Refused(claimed[0][0], len(claimed)) from error
        _failed(app, claimed[0], error)
    return app.wall() - began


def _write(tx: Session, app: App, made: SheetImport, rows: Sequence[ImportRow], began: datetime) -> None:
    """As many of these rows, in their order, as can be written while others may be let wait; what is left of them is
    still pending, for the next transaction. A row is whole in any case.
    """
    viewer, write = _viewer(app, tx, made.by), KINDS[made.kind].write
    for start in range(0, len(rows), PART):
        if start and app.wall() - began > ENOUGH:
            return
        write(tx, app, made, rows[start : start + PART], viewer, app.clock())


def going(app: App) -> bool:
    """Whether there is something to work off."""
    return bool(_going(app))


def _going(app: App) -> Sequence[str]:
    """Of which kinds there is something to work off."""
    with app.reading() as tx:
        return tx.scalars(select(SheetImport.kind).where(SheetImport.status == RUNNING).distinct()).all()


def show(app: App, id: str, *, viewer: Viewer) -> ImportView:
    """One import and how far it is; raises NotFound."""
    with app.reading() as tx:
        return view_of(tx, drafts.mine(tx, id, viewer))


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
        return read_page(tx, query, page, size, lambda made: view_of(tx, made))


def rows(
    app: App, id: str, *, viewer: Viewer, status: str | None = None, page: int = 1, size: int = 50
) -> Page[RowView]:
    """The rows of an import with their problems; raises NotFound."""
    with app.reading() as tx:
        drafts.mine(tx, id, viewer)
        query = select(ImportRow).where(of(id), *([ImportRow.status == status] if status else []))
        return read_page(
            tx, query.order_by(ImportRow.row), page, size,
            lambda row: RowView(row.row, row.status, row.problems, row.hazard, row.place, row.visit),
        )  # fmt: skip


def result_file(app: App, id: str, *, viewer: Viewer) -> tuple[str, bytes]:
    """The office's own workbook with a column 导入结果, wrong cells coloured and commented; raises NotFound."""
    with app.reading() as tx:
        made = drafts.mine(tx, id, viewer)
        found = tx.scalars(select(ImportRow).where(of(id)).order_by(ImportRow.row)).all()
        results = [(row.row, row.status, named(row), row.problems) for row in found]
    name = made.filename.rpartition(".")[0] or made.filename
    return f"{name}-导入结果.xlsx", child.written(app, made.sha256, made.sheet, made.header_row, results)


def _reserve_numbers(tx: Session, rows: Sequence[ImportRow]) -> None:
    """Numbers that the sheet brings are taken first, so that a row without one cannot be given one of them."""
    last: dict[str, int] = {}
    for row in rows:
        number = (row.given or {}).get("number") if row.status == "ready" else None
        if parts := hazard_numbers.NUMBER.fullmatch(number or ""):
            month = hazard_numbers.series(int(parts[1]), int(parts[2]))
            last[month] = max(last.get(month, 0), int(parts[3]))
    for month, serial in sorted(last.items()):
        numbers.take_number(tx, month, serial)


def _claim(tx: Session, only: str | None, most: int) -> tuple[SheetImport | None, Sequence[ImportRow]]:
    """The oldest started import that nobody works on, locked, with its next rows."""
    left = exists().where(ImportRow.import_id == SheetImport.id, ImportRow.status == "pending")
    wanted = [SheetImport.status == RUNNING, left, *([SheetImport.id == only] if only else [])]
    oldest = select(SheetImport).where(*wanted).order_by(SheetImport.at, SheetImport.id).limit(1)
    made = tx.scalars(oldest.with_for_update(skip_locked=True)).one_or_none()
    if made is None:
        return None, []
    # Read after the lock: whoever held the import before may have done rows since the look.
    pending = select(ImportRow).where(of(made.id), ImportRow.status == "pending")
    rows = tx.scalars(pending.order_by(ImportRow.row).limit(most)).all()
    return (made, rows) if rows else (None, [])


def _finish(tx: Session, app: App) -> None:
    left = exists().where(ImportRow.import_id == SheetImport.id, ImportRow.status == "pending")
    over = update(SheetImport).where(SheetImport.status == RUNNING, ~left)
    tx.execute(over.values(status=FINISHED, finished_at=app.clock()))


def _failed(app: App, claimed: tuple[str, int], error: Exception) -> None:
    zh, en = (error.message, error.en) if isinstance(error, EngineError) else (repr(error), repr(error))
    told = {"message": f"第 {claimed[1]} 行：{zh}", "en": f"Row {claimed[1]}: {en}"}
    problem = {"field": "", "column": None, "value": "", "severity": "error", **told}
    with app.transaction() as tx:
        row = tx.get_one(ImportRow, claimed)
        if row.status == "pending":
            row.status, row.problems = "failed", [*row.problems, problem]


def _viewer(app: App, tx: Session, name: str) -> Viewer:
    if tx.get(Person, name) is None and name == OPERATOR:
        return Viewer(OPERATOR, admin=True)
    return people.viewer(people.show(app, name))
