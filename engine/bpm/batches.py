"""Orders about many instances at once, one transaction each; a migration can be undone.

An order is rows: a batch and one item for each instance. Schedulers work the items off; whoever dies leaves its item to
the others. A dry run is an order that only looks: its items say what would become of each instance.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any
from uuid import uuid4

from sqlalchemy import ColumnElement, Select, and_, exists, func, insert, literal, select, update
from sqlalchemy.orm import Session

from engine.app import App
from engine.bpm import incidents, instances, migration, reasons
from engine.bpm.batch_model import Batch, BatchItem
from engine.bpm.definitions import find
from engine.bpm.model import Definition, Event, Instance
from engine.bpm.paging import paged
from engine.bpm.spiff.translation import Plan
from engine.bpm.step import Opened, opened
from engine.bpm.viewer import Page
from engine.bpm.views import View, batch_item_view, batch_view
from engine.errors import Conflict, EngineError, Invalid, NotFound, Unavailable

AT_ONCE = 20  # items that whoever gives the order waits for; schedulers do the rest
MOST = 100_000
GOING = ("running", "undoing")
Parameters = Mapping[str, Any]


def _migrate(case: Opened, given: Parameters, by: str, reason: str) -> None:
    migration.move_case(case, given["version"], move(given), by=by, reason=reason)


ACTS: dict[str, Callable[[Opened, Parameters, str, str], None]] = {
    "migrate": _migrate,
    "cancel": lambda case, given, by, reason: instances.cancel_case(case, by=by, reason=reason),
    "suspend": lambda case, given, by, reason: instances.suspend_case(case, by=by, reason=reason, clock=given["clock"]),
    "resume": lambda case, given, by, reason: instances.resume_case(case, by=by, reason=reason),
    "retry": lambda case, given, by, reason: incidents.retry_case(case, by=by, reason=reason),
}


def order(
    app: App,
    kind: str,
    *,
    by: str,
    reason: str,
    parameters: Parameters | None = None,
    ids: Sequence[str] = (),
    definition: str | None = None,
    versions: Sequence[int] = (),
    q: str | None = None,
    dry_run: bool = False,
) -> View:
    """Give an order about these instances, or about all running ones of a definition (and these versions; ``q`` is in
    the business key). Few are done at once, more by the schedulers; answers the batch.

    Raises Invalid (no reason, no or too many instances, a version to migrate to that does not exist: NotFound).
    """
    reasons.require(reason)
    if not ids and not definition:
        raise Invalid("请指明流程定义或实例编号。", en="Name a definition or the ids of instances.")
    wanted: list[ColumnElement[bool]] = [Instance.status.in_(("running", "incident"))]
    if ids:
        wanted.append(Instance.id.in_(ids))
    if definition:
        wanted.append(Definition.key == definition)
    if versions:
        wanted.append(Definition.version.in_(versions))
    if q:
        wanted.append(Instance.business_key.icontains(q, autoescape=True))
    with app.transaction() as tx:
        if kind == "migrate" and definition:
            newer = find(tx, definition, (parameters or {}).get("version"))
            wanted.append(Definition.version != newer.version)
        found = select(Instance.id).join(Definition).where(*wanted)
        batch_id = add(tx, app, kind, found, by=by, reason=reason, parameters=parameters, dry_run=dry_run)
    return some_at_once(app, batch_id)


def add(
    tx: Session, app: App, kind: str, found: Select[str], *, by: str, reason: str,
    parameters: Parameters | None = None, dry_run: bool = False,
) -> str:  # fmt: skip
    """Write an order about the instances that a select of ids finds, in the caller's transaction; answers its id.

    Raises Invalid for none or too many.
    """
    total = tx.scalar(select(func.count()).select_from(found.subquery())) or 0
    if not 0 < total <= MOST:
        raise Invalid(
            f"符合条件的办理中实例有 {total} 件，应为 1 到 {MOST} 件。请调整条件。",
            en=f"{total} running instances match; it must be 1 to {MOST}.",
        )
    batch_id = uuid4().hex
    tx.add(Batch(id=batch_id, kind=kind, at=app.clock(), by=by, reason=reason, parameters=dict(parameters or {}),
                 dry_run=dry_run, status="running"))  # fmt: skip
    tx.flush()
    rows = select(literal(batch_id), Instance.id, literal("pending")).where(Instance.id.in_(found))
    ordered = rows.order_by(Instance.started_at, Instance.id)
    tx.execute(insert(BatchItem).from_select(["batch_id", "instance_id", "status"], ordered))
    return batch_id


def add_ended(tx: Session, app: App, kind: str, *, by: str, reason: str, parameters: Parameters) -> None:
    """Write an order that concerns no instance and was carried out in the caller's transaction."""
    now = app.clock()
    tx.add(Batch(id=uuid4().hex, kind=kind, at=now, by=by, reason=reason, parameters=dict(parameters),
                 dry_run=False, status="finished", finished_at=now))  # fmt: skip


def undo(app: App, batch_id: str, *, by: str, reason: str) -> View:
    """Take a migration back for every instance with which nothing has happened since; the others keep it, and say so.

    Raises NotFound, Conflict unless it is a finished migration that was really done.
    """
    reasons.require(reason)
    with app.transaction() as tx:
        batch = _found(tx, batch_id, lock=True)
        if batch.kind != "migrate" or batch.dry_run or batch.status != "finished":
            raise Conflict("只有已完成的迁移可以撤销。", en="Only a migration that is finished can be undone.")
        batch.status, batch.finished_at = "undoing", None
        batch.parameters = {**batch.parameters, "undone_by": by, "undo_reason": reason}
        done = and_(BatchItem.batch_id == batch_id, BatchItem.status == "done")
        tx.execute(update(BatchItem).where(done).values(status="pending"))
    return some_at_once(app, batch_id)


def show(app: App, batch_id: str) -> View:
    """One batch with the numbers of its items by status. Raises NotFound."""
    with app.reading() as tx:
        return batch_view(_found(tx, batch_id), _counts(tx, [batch_id]).get(batch_id, {}))


def items(app: App, batch_id: str, *, status: str | None = None, page: int = 1, size: int = 50) -> Page[View]:
    """The instances of a batch and what became of each."""
    wanted = [BatchItem.batch_id == batch_id, *([BatchItem.status == status] if status else [])]
    found = select(BatchItem, Instance.business_key).join(Instance, Instance.id == BatchItem.instance_id).where(*wanted)
    with app.reading() as tx:
        _found(tx, batch_id)
        return paged(tx, found, (BatchItem.id,), page, size, lambda rows: [batch_item_view(*row) for row in rows])


def batches(app: App, *, page: int = 1, size: int = 50) -> Page[View]:
    """All batches, newest first."""
    with app.reading() as tx:

        def shape(rows: Sequence[Any]) -> list[View]:
            counts = _counts(tx, [row[0].id for row in rows])
            return [batch_view(row[0], counts.get(row[0].id, {})) for row in rows]

        return paged(tx, select(Batch), (Batch.at.desc(), Batch.id), page, size, shape)


def open_batches(app: App) -> bool:
    """Whether there is something to work off."""
    with app.reading() as tx:
        return tx.scalar(select(Batch.id).where(Batch.status.in_(GOING)).limit(1)) is not None


def work_next(app: App, only: str | None = None) -> bool:
    """Do one item of the oldest batch (or of this one) in one transaction; answers whether there was one.

    Any number of processes may call this at once. An instance that refuses is noted with the reason.
    """
    number = None
    try:
        with app.transaction() as tx:
            claimed = _claim(tx, only)
            if claimed is None:
                _finish(tx, app)
                return False
            batch, item = claimed
            number = item.id
            _do(app, tx, batch, item)
    except Unavailable:
        raise
    except Exception as error:
        if number is None:
            raise
        _refused(app, number, error)
    return True


def _do(app: App, tx: Session, batch: Batch, item: BatchItem) -> None:
    if batch.dry_run:
        given = batch.parameters
        found = migration.preview(app, item.instance_id, version=given["version"], how=move(given))
        item.result = {**found, "problems": list(found["problems"])}
        item.status = "done" if found["possible"] else "failed"
        item.message = "；".join(problem["message"] for problem in found["problems"]) or None
        return
    with opened(app, tx, item.instance_id, app.clock(), even_suspended=True) as case:
        if batch.status == "undoing":
            _undo(case, batch, item)
            return
        item.definition_before, item.state_before = case.row.definition_id, case.row.state
        ACTS[batch.kind](case, batch.parameters, batch.by, batch.reason)
        item.status, item.revision_after = "done", case.row.revision


def _undo(case: Opened, batch: Batch, item: BatchItem) -> None:
    if case.row.revision != item.revision_after or _touched(case):
        item.status, item.message = "kept", "迁移之后已有新的办理，没有撤销。"
        return
    assert item.definition_before is not None and item.state_before is not None
    by, reason = batch.parameters["undone_by"], batch.parameters["undo_reason"]
    migration.undo_case(case, item.definition_before, item.state_before, by=by, reason=reason)
    item.status = "undone"


def _touched(case: Opened) -> bool:
    """Whether somebody acted since the move without a step: claimed a task, wrote a comment, suspended the instance."""
    newest = select(Event.event).where(Event.instance_id == case.row.id).order_by(Event.id.desc()).limit(1)
    return case.tx.scalar(newest) != "migrated"


def move(given: Parameters) -> Plan:
    """How to migrate, from the fields of an order."""
    return Plan(given.get("mapping") or {}, given.get("new_timers", "arm") == "arm", bool(given.get("drop_gone")))


def _claim(tx: Session, only: str | None) -> tuple[Batch, BatchItem] | None:
    wanted = [Batch.status.in_(GOING), BatchItem.status == "pending", *([Batch.id == only] if only else [])]
    found = tx.execute(
        select(Batch, BatchItem)
        .join(BatchItem, BatchItem.batch_id == Batch.id)
        .where(*wanted)
        .order_by(Batch.at, Batch.id, BatchItem.id)
        .limit(1)
        .with_for_update(skip_locked=True, of=BatchItem)
    ).first()
    return (found[0], found[1]) if found else None


def _finish(tx: Session, app: App) -> None:
    """Batches without pending items are over; an item in somebody's hands still counts as pending."""
    left = exists().where(BatchItem.batch_id == Batch.id, BatchItem.status == "pending")
    for going, over in (("running", "finished"), ("undoing", "undone")):
        tx.execute(update(Batch).where(Batch.status == going, ~left).values(status=over, finished_at=app.clock()))


def _refused(app: App, number: int, error: Exception) -> None:
    words = error.message if isinstance(error, EngineError) else repr(error)
    with app.transaction() as tx:
        tx.execute(
            update(BatchItem)
            .where(BatchItem.id == number, BatchItem.status == "pending")
            .values(status="failed", message=words)
        )


def some_at_once(app: App, batch_id: str) -> View:
    """Do the first items now, so that whoever gives a small order sees its end; answers the batch."""
    for _ in range(AT_ONCE + 1):  # the one after the last finds nothing and closes the batch
        if not work_next(app, batch_id):
            break
    return show(app, batch_id)


def _found(tx: Session, batch_id: str, *, lock: bool = False) -> Batch:
    found = select(Batch).where(Batch.id == batch_id)
    batch = tx.scalar(found.with_for_update() if lock else found)
    if batch is None:
        raise NotFound("没有这个批次，可能编号有误。", en="There is no such batch.")
    return batch


def _counts(tx: Session, ids: Sequence[str]) -> dict[str, dict[str, int]]:
    counts: dict[str, dict[str, int]] = {}
    found = select(BatchItem.batch_id, BatchItem.status, func.count()).where(BatchItem.batch_id.in_(ids))
    for batch_id, status, count in tx.execute(found.group_by(BatchItem.batch_id, BatchItem.status)):
        counts.setdefault(batch_id, {})[status] = count
    return counts
