"""What an office looks at in the morning: each number with the list behind it and the filter that makes this list.

A number about hazards is counted by the ledger's own conditions, so that the list never shows another number.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Any

from sqlalchemy import ColumnElement, and_

from engine.app import App
from engine.bpm.viewer import Viewer
from engine.campaign import board_lines, hazard_counts, hazard_list
from engine.campaign.hazard_list import Wanted

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
        asked = _ledger(app, now)
        midnight = datetime.combine(now.astimezone(app.zone).date(), time(), app.zone)
        found = hazard_counts.counts(tx, viewer, conditions(app, viewer, asked, now), since=midnight)
        lines, groups = board_lines.counts(tx, viewer, now)
    counted = [Number(key, found[key], HAZARDS, given) for key, given in asked.items()]
    listed = [Number(key, count, LINES, {}) for key, count in lines.items()]
    return Today(now, counted + listed, [Waiting(*row) for row in groups])


def conditions(
    app: App, viewer: Viewer, asked: Mapping[str, Mapping[str, Any]], now: datetime
) -> dict[str, ColumnElement[bool]]:
    """Key → what the ledger lists under this filter: fields of hazard_list.Wanted, days for moments."""
    found = {}
    for key, given in asked.items():
        moments = {name: datetime.combine(given[name], time(), app.zone) for name in MOMENTS if name in given}
        wanted: dict[str, Any] = {**given, **moments}
        found[key] = and_(*hazard_list.conditions(app, viewer, Wanted(**wanted), now))
    return found


def _ledger(app: App, now: datetime) -> dict[str, dict[str, Any]]:
    day = now.astimezone(app.zone).date()
    sunday = day + (6 - day.weekday()) * DAY
    return {
        "new": {"status": "all", "voided": False, "found_from": day, "found_to": day + DAY},
        "due_today": {"due_from": day, "due_to": day},
        "due_week": {"due_from": day, "due_to": sunday},
        "overdue": {"overlay": "逾期"},
    }
