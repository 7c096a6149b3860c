"""Which schedulers live: each writes a row every few seconds; whoever stopped doing so without a word is dead.

All moments are real time: whether a process lives has nothing to do with the clock of the processes.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, delete, func, select, update

from engine.app import App
from engine.bpm.heartbeat_model import Heartbeat
from engine.bpm.paging import paged
from engine.bpm.viewer import Page
from engine.bpm.views import View

BEAT = timedelta(seconds=10)
DEAD_AFTER = timedelta(seconds=45)  # four beats missed: a long step or a short absence of the database is no death
KEPT = timedelta(days=7)  # how long one that has gone is still listed


@dataclass(frozen=True, slots=True)
class Life:
    """One run of one scheduler; ``id`` is its own, ``process`` the number the machine gave it."""

    id: str
    host: str
    process: int
    started_at: datetime


def beat(app: App, life: Life) -> None:
    """Say that this scheduler lives; the first time its row is made, and rows of those long gone are removed."""
    wall = app.wall()
    with app.transaction() as tx:
        seen = update(Heartbeat).where(Heartbeat.id == life.id).values(seen_at=wall, ended_at=None)
        if tx.connection().execute(seen).rowcount:
            return
        tx.execute(delete(Heartbeat).where(Heartbeat.seen_at < wall - KEPT))
        tx.add(Heartbeat(id=life.id, host=life.host, process=life.process, started_at=life.started_at, seen_at=wall))


def end(app: App, life: Life) -> None:
    """Say that this scheduler stops because it was told to."""
    wall = app.wall()
    with app.transaction() as tx:
        tx.execute(update(Heartbeat).where(Heartbeat.id == life.id).values(seen_at=wall, ended_at=wall))


def living(wall: datetime) -> ColumnElement[bool]:
    """A scheduler that has not ended and was seen lately, as a condition over ``heartbeat``."""
    return Heartbeat.ended_at.is_(None) & (Heartbeat.seen_at > wall - DEAD_AFTER)


def alive(app: App) -> int:
    """How many schedulers live."""
    with app.reading() as tx:
        return tx.scalar(select(func.count()).select_from(Heartbeat).where(living(app.wall()))) or 0


def schedulers(app: App, *, page: int = 1, size: int = 50) -> Page[View]:
    """The schedulers that live (state ``alive``), have ended (``ended``) or are silent without a word (``dead``)."""
    wall = app.wall()

    def shape(rows: Sequence[Any]) -> list[View]:
        return [_shown(row[0], wall) for row in rows]

    with app.reading() as tx:
        order = (Heartbeat.ended_at.is_not(None), Heartbeat.seen_at.desc(), Heartbeat.id)
        return paged(tx, select(Heartbeat), order, page, size, shape)


def _shown(row: Heartbeat, wall: datetime) -> View:
    silent = wall - row.seen_at
    state = "ended" if row.ended_at else "dead" if silent >= DEAD_AFTER else "alive"
    return {
        "id": row.id, "host": row.host, "process": row.process, "started_at": row.started_at, "seen_at": row.seen_at,
        "ended_at": row.ended_at, "state": state, "silent_seconds": int(silent.total_seconds()),
    }  # fmt: skip
