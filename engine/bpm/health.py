"""How the engine stands at a glance, for the page of its operators: numbers, what is due next, what is late, sizes."""

from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime, timedelta
from itertools import pairwise

from sqlalchemy import ColumnElement, case, func, select, text
from sqlalchemy.orm import Session

from engine.app import App
from engine.bpm.clocks import OPEN, SUSPENDED
from engine.bpm.model import Event, Instance, Message, Notice, Task, Timer
from engine.bpm.status import status
from engine.bpm.views import View

HOURS = 24
LATE = (timedelta(minutes=1), timedelta(minutes=10), timedelta(hours=1), timedelta(hours=6), timedelta(days=1))


def health(app: App) -> View:
    """``Status`` and beside it: suspended instances, blocked timers, the timers of the next 24 hours by the hour, those
    that are late by how late they are, the rows and bytes of the database.
    """
    stands = status(app)
    now = stands.now
    with app.reading() as tx:

        def count(*where: ColumnElement[bool]) -> int:
            return tx.scalar(select(func.count()).where(*where)) or 0

        return {
            **asdict(stands),
            "wall": app.wall(),
            "suspended": count(OPEN, Instance.id.in_(SUSPENDED)),
            "blocked_timers": count(Timer.status == "blocked"),
            "coming": _coming(tx, now),
            "late": _late(tx, now),
            "bytes": _bytes(tx),
            "rows": _rows(tx),
        }


def _coming(tx: Session, now: datetime) -> list[View]:
    """How many timers fall due in each of the next hours."""
    steps = [now + timedelta(hours=hour) for hour in range(HOURS + 1)]
    counts = _by_step(tx, [Timer.due_at <= until for until in steps[1:]], Timer.due_at > now, Timer.due_at <= steps[-1])
    return [{"from": start, "until": end, "count": counts[at]} for at, (start, end) in enumerate(_pairs(steps))]


def _late(tx: Session, now: datetime) -> list[View]:
    """How many timers should have fired already, by how long ago: up to ``seconds``, the last without end; due after
    ``from`` and at ``until`` at the latest.
    """
    counts = _by_step(tx, [Timer.due_at > now - bound for bound in LATE], Timer.due_at <= now)
    bounds = [int(bound.total_seconds()) for bound in LATE]
    ends = [now, *(now - bound for bound in LATE), None]
    return [
        {"seconds": bound, "from": ends[at + 1], "until": ends[at], "count": counts[at]}
        for at, bound in enumerate([*bounds, None])
    ]


def _by_step(tx: Session, steps: Sequence[ColumnElement[bool]], *where: ColumnElement[bool]) -> list[int]:
    """Armed timers that go, counted by the first step they fulfil; the last count is of those that fulfil none."""
    step = case(*((condition, at) for at, condition in enumerate(steps)), else_=len(steps))
    found = select(step, func.count()).select_from(Timer)
    counts = [0] * (len(steps) + 1)
    for at, count in tx.execute(
        found.where(Timer.status == "armed", Timer.instance_id.not_in(SUSPENDED), *where).group_by(step)
    ):
        counts[at] = count
    return counts


def _pairs(steps: Sequence[datetime]) -> list[tuple[datetime, datetime]]:
    return list(pairwise(steps))


def _rows(tx: Session) -> View:
    """The rows that grow; events are only ever added, their number is told by the last."""
    counts = {
        name: tx.scalar(select(func.count()).select_from(table)) or 0
        for name, table in (("instances", Instance), ("tasks", Task), ("timers", Timer), ("notices", Notice))
    }
    last = tx.scalar(select(func.max(Event.id))) or 0
    return {**counts, "messages": tx.scalar(select(func.max(Message.id))) or 0, "events": last}


def _bytes(tx: Session) -> int:
    if tx.get_bind().dialect.name == "postgresql":
        return tx.scalar(text("SELECT pg_database_size(current_database())")) or 0
    pages, size = (tx.scalar(text(f"PRAGMA {name}")) or 0 for name in ("page_count", "page_size"))
    return int(pages) * int(size)
