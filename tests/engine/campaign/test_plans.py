"""How SQLite finds what the main lists show among thousands: by the intended index, walking through no table.

The plans are those of the statements that the verbs really sent, with their values, on tables that the database knows.
"""

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import event

from bench.crowd_rows import fill
from engine.app import App
from engine.bpm import queries
from engine.bpm.viewer import Viewer
from engine.campaign import board, board_today, hazards, inbox
from engine.campaign.demo.load import DEMO_NOW
from tests.copies import Prepared

MANY = 3_000
TODAY = DEMO_NOW.date()
GROWING = "hazard", "task", "deadline", "instance", "event", "rung", "recheck"  # tables that grow with every case
WHOLE = re.compile(r"SCAN (\w+?)(_\d+)?$")
Ask = Callable[[App, Viewer], Any]


def ledger(**wanted: Any) -> Ask:
    """One page of the ledger as its page asks for it."""
    return lambda app, viewer: hazards.list_hazards(app, viewer, counted="some", **wanted)


def work(**wanted: Any) -> Ask:
    """One page of the work list."""
    return lambda app, viewer: queries.tasks(app, viewer, **wanted)


# What is asked, and an index that the plan must use.
QUESTIONS: dict[str, tuple[Ask, str]] = {
    "ledger": (ledger(), "ix_hazard_closed_at"),
    "ledger, red": (ledger(lamp="red,deep_red", sort="lamp"), "ix_deadline_state_due"),
    "ledger, overdue": (ledger(overlay="逾期"), "ix_deadline_state_due"),
    "ledger, due this week": (ledger(due_from=TODAY, due_to=TODAY + timedelta(days=6)), "ix_deadline_state_due"),
    "ledger, one stage": (ledger(stage="复查"), "ix_task_open"),
    "ledger, one holder": (ledger(holder="GH"), "ix_hazard_"),
    "ledger, one place": (ledger(place="P045", status="all"), "ix_hazard_place_code"),
    "ledger, supervised": (ledger(overlay="督办中（街道）"), "ix_assignment_running"),
    "work list": (work(), "ix_task_open"),
    "work list, mine": (work(assignee="me"), "ix_task_"),
    "work list, to claim": (work(candidate="me"), "task_candidate"),
    "inbox": (lambda app, viewer: inbox.list_items(app, viewer), "ix_task_open"),
    "lamps": (lambda app, viewer: board.matrix(app, viewer), "ix_hazard_closed_at"),
    "today": (lambda app, viewer: board_today.today(app, viewer), "ix_rung_at"),
}


@pytest.mark.parametrize(("demo", "database_url"), [("sqlite", "sqlite")], indirect=True)
def test_the_main_lists_are_found_by_index_among_thousands(
    demo: App, app: App, tmp_path: Path, person: Callable[[App, str], Viewer]
) -> None:
    Prepared.of(demo, tmp_path).pour_into(app)
    app.clock = demo.clock
    fill(app, MANY)
    viewer, wrong = person(app, "clerk-safety-office"), []
    for name, (ask, index) in QUESTIONS.items():
        with heard(app) as said:
            ask(app, viewer)
        plan = [line for statement, values in said for line in explained(app, statement, values)]
        walked = {found[1] for line in plan if (found := WHOLE.search(line))}.intersection(GROWING)
        wrong += [f"{name}: all of {table}" for table in sorted(walked)]
        wrong += [f"{name}: no {index}"] if not any(index in line for line in plan) else []
    assert wrong == []


@contextmanager
def heard(app: App) -> Iterator[list[tuple[str, Any]]]:
    """The statements that are sent meanwhile, with their values."""
    said: list[tuple[str, Any]] = []

    def hear(_connection: Any, _cursor: Any, statement: str, values: Any, _context: Any, _many: bool) -> None:
        said.append((statement, values))

    event.listen(app.engine, "before_cursor_execute", hear)
    yield said
    event.remove(app.engine, "before_cursor_execute", hear)


def explained(app: App, statement: str, values: Any) -> list[str]:
    """The lines of a statement's plan."""
    with app.reading() as tx:
        return [str(row[-1]) for row in tx.connection().exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", values)]
