"""Verbs of the clock: fire what is due, each at its own moment, and say when the next is due."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta

import structlog
from sqlalchemy import bindparam, literal, select
from sqlalchemy.orm import Session

from engine.app import App
from engine.bpm import incidents, instances
from engine.bpm.clocks import GOING
from engine.bpm.model import Definition, Instance, StartEvent, Timer
from engine.bpm.spiff.starts import next_start
from engine.bpm.step import STANDING, Opened, Standing, StepWorld, at_hand, catch_up
from engine.errors import Unavailable
from engine.sql import Found, Statement

log = structlog.get_logger()

MOST = 16  # timers claimed at once: most of the gain of a batch, and few instances that a person might wait for
HOLD = timedelta(milliseconds=50)  # after which a batch takes on nothing new

# "armed" stands in the text, because a parameter would keep the database from using the index of armed timers. The
# instance alone is locked, as by everybody else: its timers are changed by nobody who does not hold it.
_ARMED = (
    select(Timer.due_at, *STANDING)
    .join_from(Timer, Instance)
    .where(Timer.status == literal("armed", literal_execute=True), GOING)
    .order_by(Timer.due_at, Timer.id)
)
_CLAIM = Statement(
    _ARMED.where(Timer.due_at <= bindparam("now"))
    .limit(bindparam("most"))
    .with_for_update(skip_locked=True, of=Instance)
)
_NEXT = Statement(_ARMED.with_only_columns(Timer.due_at).limit(1))
_NEXT_START = Statement(
    select(StartEvent.due_at)
    .join(Definition)
    .where(StartEvent.due_at.is_not(None), Definition.suspended_at.is_(None))
    .order_by(StartEvent.due_at)
    .limit(1)
)


def fire_due(app: App) -> bool:
    """Fire the earliest due timers, each at its own moment, in one short transaction; answers whether one was due.

    Any number of processes may call this at once: the instances' rows are the locks, another's are skipped.
    """
    now = app.clock()
    if _start_due(app, now):
        return True
    try:
        return _fire(app, now, MOST)
    except Unavailable:
        raise
    except Exception:  # one broke and undid the others with it: alone, each shows which it was
        return [_fire_first(app, now) for _ in range(MOST)].count(True) > 0


def fire_next(app: App) -> bool:
    """Fire the earliest due timer of all instances alone; answers whether one was due."""
    now = app.clock()
    return _start_due(app, now) or _fire_first(app, now)


def _fire_first(app: App, now: datetime) -> bool:
    claimed: list[Found] = []
    try:
        return _fire(app, now, 1, claimed)
    except Unavailable:
        raise
    except Exception as error:
        if not claimed:
            raise
        incidents.park(app, claimed[0].id, error)
        return True


def _fire(app: App, now: datetime, most: int, claimed: list[Found] | None = None) -> bool:
    """Claim up to so many due timers and fire them in due order; ``claimed`` is told which instances were taken.

    What is not reached within ``HOLD`` goes free with the commit: a person may be waiting for one of the instances.
    """
    cases: dict[str, Opened] = {}
    fired = False
    with app.transaction() as tx:
        found = _CLAIM.rows(tx, now=now, most=most)
        if claimed is not None:
            claimed += found
        until = app.wall() + HOLD
        for due_at, *columns in found:
            standing = Standing(*columns)
            case = cases.get(standing.id) or at_hand(app, tx, standing, due_at)
            cases[standing.id] = case
            # Another may have fired it between this statement's look and its lock: then nothing is due any more.
            fired |= catch_up(case, due_at, now)
            if app.wall() > until:
                break
    return fired


def next_due(app: App) -> datetime | None:
    """The moment at which the next timer of any running instance or start event falls due; process time."""
    found = [row.due_at for statement in (_NEXT, _NEXT_START) for row in app.look(statement)]
    return min(found, default=None)


def _start_due(app: App, now: datetime) -> bool:
    """Start the instance of one due timer start event and set its next moment, in one transaction."""
    if not any(row.due_at <= now for row in app.look(_NEXT_START)):
        return False
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
