"""Verbs that stop a process and let it go on: only new instances, or also those that run, as an order about them."""

from collections.abc import Sequence
from datetime import datetime

import structlog
from sqlalchemy import Select, func, select, update
from sqlalchemy.orm import Session

from engine.app import App
from engine.bpm import batches, reasons
from engine.bpm.batch_model import Batch, BatchItem
from engine.bpm.definitions import find
from engine.bpm.instances import Clock
from engine.bpm.model import Definition, Event, Instance, StartEvent
from engine.bpm.spiff.starts import next_start
from engine.bpm.step import StepWorld
from engine.bpm.views import View, definition_view
from engine.errors import Conflict

log = structlog.get_logger()


def suspend(
    app: App, key: str, *, by: str, reason: str, version: int | None = None, instances: bool = False,
    clock: Clock = "running",
) -> View:  # fmt: skip
    """Forbid new instances of one version, or of all; with ``instances`` those that run are suspended too, their clocks
    ``running`` or ``stopped``.

    Answers the newest of these versions, with the order about its instances as ``batch``. Raises NotFound, Conflict.
    """
    now = app.clock()
    reasons.require(reason)
    with app.transaction() as tx:
        found = [one for one in _versions(tx, key, version) if one.suspended_at is None]
        if not found:
            raise _already()
        for definition in found:
            definition.suspended_at, definition.suspended_by, definition.suspended_reason = now, by, reason
        going = _running(found).where(Instance.suspended_at.is_(None))
        meant = going if instances else None
        order = _order(tx, app, "suspend", meant, key, found, by=by, reason=reason, clock=clock)
        newest = definition_view(found[0])
    return {**newest, "batch": order and batches.some_at_once(app, order)}


def resume(app: App, key: str, *, by: str, reason: str, version: int | None = None, instances: bool = False) -> View:
    """Allow new instances again; with ``instances`` those go on which were suspended together with the process.

    An instance that was suspended for a reason of its own stays suspended. Timer starts that fell into the suspension
    are not made up for: a cycle goes on at its next moment. Raises NotFound, Conflict.
    """
    now = app.clock()
    reasons.require(reason)
    with app.transaction() as tx:
        found = [one for one in _versions(tx, key, version) if one.suspended_at is not None]
        if not found:
            raise _already()
        stopped = _suspended_with(tx, key, found)
        _withdraw(tx, key, found)
        for definition in found:
            definition.suspended_at = definition.suspended_by = definition.suspended_reason = None
            _pass_over_missed(app, tx, definition, now)
        order = _order(tx, app, "resume", stopped if instances else None, key, found, by=by, reason=reason)
        newest = definition_view(found[0])
    return {**newest, "batch": order and batches.some_at_once(app, order)}


def _versions(tx: Session, key: str, version: int | None) -> Sequence[Definition]:
    """The versions that are meant, the newest first, locked."""
    newest = find(tx, key, version)
    these = [Definition.key == key, *([Definition.id == newest.id] if version is not None else [])]
    found = select(Definition).where(*these).order_by(Definition.version.desc()).with_for_update()
    return tx.scalars(found).all()


def _running(versions: Sequence[Definition]) -> Select[str]:
    ids = [one.id for one in versions]
    return select(Instance.id).where(Instance.definition_id.in_(ids), Instance.ended_at.is_(None))


def _suspended_with(tx: Session, key: str, versions: Sequence[Definition]) -> Select[str]:
    """The instances that were suspended by orders which suspended these versions, and not resumed since."""
    done = BatchItem.batch_id.in_(_orders(tx, key, versions)), BatchItem.status == "done"
    # The order's own act is one that nothing followed: whoever resumed it and stopped it again had another reason.
    acts = select(func.count()).where(Event.instance_id == Instance.id, Event.event.in_(("suspended", "resumed")))
    since = acts.where(Event.at >= _since(versions)).scalar_subquery()
    with_it = select(BatchItem.instance_id).where(*done)
    return _running(versions).where(Instance.id.in_(with_it), Instance.suspended_at.is_not(None), since == 1)


def _withdraw(tx: Session, key: str, versions: Sequence[Definition]) -> None:
    """Nobody suspends an instance any more with a process that goes on."""
    wanted = BatchItem.batch_id.in_(_orders(tx, key, versions)), BatchItem.status == "pending"
    told = "该流程已恢复，没有再暂停这一件。"
    tx.execute(update(BatchItem).where(*wanted).values(status="failed", message=told))


def _orders(tx: Session, key: str, versions: Sequence[Definition]) -> list[str]:
    orders = tx.scalars(select(Batch).where(Batch.kind == "suspend", Batch.at >= _since(versions))).all()
    return [order.id for order in orders if order.parameters.get("definition") == key]


def _since(versions: Sequence[Definition]) -> datetime:
    return min(one.suspended_at for one in versions if one.suspended_at is not None)


def _order(
    tx: Session, app: App, kind: str, found: Select[str] | None, key: str, versions: Sequence[Definition], *, by: str,
    reason: str, clock: Clock | None = None,
) -> str | None:  # fmt: skip
    """Write who stopped these versions or let them go on, and why; answers the order about instances, if there is one.

    Without instances it is an order that is over, so that all of them are found in one place.
    """
    parameters = {
        "definition": key,
        "versions": [one.version for one in versions],
        **({"clock": clock} if clock else {}),
    }
    if found is None or tx.scalar(found.limit(1)) is None:
        batches.add_ended(tx, app, kind, by=by, reason=reason, parameters=parameters)
        return None
    return batches.add(tx, app, kind, found, by=by, reason=reason, parameters=parameters)


def _pass_over_missed(app: App, tx: Session, definition: Definition, now: datetime) -> None:
    """What was forbidden when it was due stays undone, unlike what an outage delayed."""
    model = app.model(definition.bundle_hash, definition.key)
    missed = select(StartEvent).where(StartEvent.definition_id == definition.id, StartEvent.due_at <= now)
    for event in tx.scalars(missed):
        log.info("start.passed_over", definition=definition.key, element=event.element, due_at=event.due_at)
        event.due_at = next_start(model, event.element, event.armed_at, now, StepWorld(app, tx, ""))


def _already() -> Conflict:
    return Conflict("该流程已经处于这个状态。", en="The definition is already in this state.")
