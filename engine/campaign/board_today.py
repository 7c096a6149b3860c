"""What an office looks at in the morning: each number with the list behind it and the filter that makes this list.

A number about hazards is the total of the ledger's own query, so that the list never shows another number.
"""

from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from engine.app import App
from engine.bpm.viewer import Viewer
from engine.campaign import board_lines
from engine.campaign.hazard_list import Wanted, query

DAY = timedelta(days=1)
HAZARDS, LINES = "hazards", "lines"
MOMENTS = ("found_from", "found_to", "closed_from", "closed_to")


@dataclass(frozen=True, slots=True)
class Number:
    """A number of the board. ``list`` is hazards (the ledger, narrowed by ``query``) or lines (the records behind the
    key).
    """

    key: str
    count: int
    list: str
    query: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Waiting:
    """A group for which work waits."""

    group: str
    count: int
    late: int


@dataclass(frozen=True, slots=True)
class Today:
    """The board of a day, as of ``at``."""

    at: datetime
    numbers: list[Number]
    waiting: list[Waiting]


def today(app: App, viewer: Viewer) -> Today:
    """The numbers of now, as far as the viewer may see."""
    now = app.clock()
    with app.reading() as tx:
        counted = [number(tx, app, viewer, key, given, now) for key, given in _ledger(app, now).items()]
        lines, groups = board_lines.counts(tx, viewer, now)
    listed = [Number(key, count, LINES, {}) for key, count in lines.items()]
    return Today(now, counted + listed, [Waiting(*row) for row in groups])


def number(tx: Session, app: App, viewer: Viewer, key: str, given: dict[str, Any], now: datetime) -> Number:
    """How many hazards the ledger lists under this filter: fields of hazard_list.Wanted, days for moments."""
    moments = {name: datetime.combine(given[name], time(), app.zone) for name in MOMENTS if name in given}
    wanted: dict[str, Any] = {**given, **moments}
    rows = query(app, viewer, Wanted(**wanted), now, "number").order_by(None)
    return Number(key, tx.scalar(select(func.count()).select_from(rows.subquery())) or 0, HAZARDS, given)


def _ledger(app: App, now: datetime) -> dict[str, dict[str, Any]]:
    day = now.astimezone(app.zone).date()
    sunday = day + (6 - day.weekday()) * DAY
    return {
        "new": {"status": "all", "voided": False, "found_from": day, "found_to": day + DAY},
        "due_today": {"due_from": day, "due_to": day},
        "due_week": {"due_from": day, "due_to": sunday},
        "overdue": {"overlay": "逾期"},
    }
