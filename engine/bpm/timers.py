"""Verbs of the clock: fire what is due, one instance and one due moment at a time, and say when the next is due."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime

import structlog
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from engine.app import App
from engine.bpm import incidents, instances
from engine.bpm.clocks import GOING
from engine.bpm.model import Definition, Instance, StartEvent, Timer
from engine.bpm.spiff.starts import next_start
from engine.bpm.step import StepWorld, opened
from engine.errors import Unavailable

log = structlog.get_logger()


def fire_next(app: App) -> bool:
    """Fire the earliest due timer of all instances at its own moment, in one transaction; answers whether one was due.

    Any number of processes may call this at once: the instance's row is the lock, another's row is skipped.
    """
    now = app.clock()
    if _start_due(app, now):
        return True
    instance_id = None
    try:
        with app.transaction() as tx:
            claimed = _claim(tx, now)
            if claimed is None:
                return False
            instance_id, due_at = claimed
            with opened(app, tx, instance_id, due_at, coalesce_until=now):
                pass  # opening an instance at a moment is firing all that is due by it
    except Unavailable:
        raise
    except Exception as error:
        if instance_id is None:
            raise
        incidents.park(app, instance_id, error)
    return True


def _claim(tx: Session, now: datetime) -> tuple[str, datetime] | None:
    found = tx.execute(
        select(Timer.instance_id, Timer.due_at)
        .join(Instance)
        .where(Timer.status == "armed", Timer.due_at <= now, GOING)
        .order_by(Timer.due_at, Timer.id)
        .limit(1)
        .with_for_update(skip_locked=True, of=(Timer, Instance))
    ).first()
    return (found.instance_id, found.due_at) if found else None


def next_due(app: App) -> datetime | None:
    """The moment at which the next timer of any running instance or start event falls due; process time."""
    with app.reading() as tx:
        armed = tx.scalar(select(func.min(Timer.due_at)).join(Instance).where(Timer.status == "armed", GOING))
        starting = tx.scalar(
            select(func.min(StartEvent.due_at)).join(Definition).where(Definition.suspended_at.is_(None))
        )
    return min((moment for moment in (armed, starting) if moment is not None), default=None)


def _start_due(app: App, now: datetime) -> bool:
    """Start the instance of one due timer start event and set its next moment, in one transaction."""
    with app.transaction() as tx:
        event = tx.scalar(
            select(StartEvent)
            .join(Definition)
            .where(StartEvent.due_at <= now, Definition.suspended_at.is_(None))
            .order_by(StartEvent.due_at, StartEvent.id)
            .limit(1)
            .with_for_update(skip_locked=True, of=StartEvent)
        )
        if event is None or event.due_at is None:
            return False
        definition = tx.get_one(Definition, event.definition_id)
        due_at, event.due_at = event.due_at, None
        with _only_logged(tx, definition):
            model = app.model(definition.bundle_hash, definition.key)
            event.due_at = next_start(model, event.element, event.armed_at, now, StepWorld(app, tx, ""))
        with _only_logged(tx, definition):
            instances.start_definition(tx, app, definition, {}, by="engine", now=due_at, start_element=event.element)
        return True


@contextmanager
def _only_logged(tx: Session, definition: Definition) -> Iterator[None]:
    """A failure leaves nothing but a line in the log: a start that breaks must not stop the timers of others (S5)."""
    try:
        with tx.begin_nested():
            yield
    except Unavailable:
        raise
    except Exception as error:
        log.error("start.failed", definition=definition.key, version=definition.version, error=repr(error))
