"""How the databases find what the main lists show among thousands: by the intended index, walking through no table.

The plans are those of the statements that the verbs really sent, with their values, on tables that the database knows.
PostgreSQL rightly walks through tables as small as these: it is told to shun that, and so shows whether an index could
serve, not which one it takes among more.
"""

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

from sqlalchemy import event, func, select

from bench.crowd_rows import fill
from engine.app import App
from engine.bpm import queries
from engine.bpm.viewer import Viewer
from engine.campaign import (
    board,
    board_leader,
    board_map,
    board_today,
    hazard_counts,
    hazards,
    inbox,
    scope,
)
from engine.campaign.case_model import Hazard
from engine.campaign.demo.load import DEMO_NOW
from engine.campaign.model import Place
from engine.testing import FakeClock

MANY = 3_000
TODAY = DEMO_NOW.date()
# Tables that grow with every case, and a set of them that would be walked through for each row.
GROWING = "hazard", "task", "deadline", "instance", "event", "rung", "recheck", "assignment", "handed_in LEFT-JOIN"
# A table walked through. PostgreSQL walks through an index too, which then has no condition; one that has but a few of
# the rows is meant to be read whole.
WHOLE = {
    "sqlite": re.compile(r"SCAN (\w+ LEFT-JOIN|\w+?)(?:_\d+)?$", re.MULTILINE),
    "postgresql": re.compile(
        r"Seq Scan on (\w+)|"
        r"Index (?:Only )?Scan (?:Backward )?using (?!ix_recheck_failed|\w+_running)\w+ on (\w+) .*\n(?! +Index Cond)"
    ),
}
EXPLAIN = {"sqlite": "EXPLAIN QUERY PLAN", "postgresql": "EXPLAIN"}
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
    "ledger, one stage": (ledger(stage="复查"), "ix_task_element"),
    "ledger, one holder": (ledger(holder="GH"), "ix_hazard_"),
    "ledger, one place": (ledger(place="P045", status="all"), "ix_hazard_place_code"),
    "ledger, supervised": (ledger(overlay="督办中（街道）"), "ix_assignment_running"),
    "work list": (work(), "ix_task_open"),
    "work list, mine": (work(assignee="me"), "ix_task_"),
    "work list, to claim": (work(candidate="me"), "task_candidate"),
    "inbox": (lambda app, viewer: inbox.list_items(app, viewer), "ix_task_element"),
    "inbox, numbers": (lambda app, viewer: inbox.counts(app, viewer), "ix_task_element"),
    "lamps": (lambda app, viewer: board.matrix(app, viewer), "ix_hazard_closed_at"),
    "today": (lambda app, viewer: board_today.today(app, viewer), "ix_rung_at"),
}


# PostgreSQL counts what it costs to know who sees which hazards anew for each hazard, and so reads all of them once.
# SQLite finds requests among all papers, for one that was answered may still have a decision that runs.
STILL_WALKED = {"sqlite": ["inbox, numbers: all of assignment"], "postgresql": ["today: all of hazard"]}
OTHERWISE = {("postgresql", "work list"): "ix_task_instance"}


def test_the_main_lists_are_found_by_index_among_thousands(loaded: App, person: Callable[[App, str], Viewer]) -> None:
    app = loaded
    app.clock = FakeClock(DEMO_NOW)
    fill(app, MANY)
    viewer, wrong = person(app, "clerk-safety-office"), []
    for name, (ask, index) in QUESTIONS.items():
        with heard(app) as said:
            ask(app, viewer)
        plan = "\n".join(explained(app, statement, values) for statement, values in said)
        walked = {table for found in WHOLE[app.engine.name].finditer(plan) for table in found.groups() if table}
        wrong += [f"{name}: all of {table}" for table in sorted(walked.intersection(GROWING))]
        meant = OTHERWISE.get((app.engine.name, name), index)
        wrong += [f"{name}: no {meant}"] if meant not in plan else []
    assert wrong == STILL_WALKED[app.engine.name]
    for name in ("clerk-safety-office", "inspector-gh-01", "officer-fire-rescue", "secretary-sm", "leader-street"):
        _what_is_counted_together_is_counted_alone(app, person(app, name))


def _what_is_counted_together_is_counted_alone(app: App, viewer: Viewer) -> None:
    """Each number by a question of its own, in the plain way; the places too."""
    asked = board_leader.asked(TODAY) | {"due_week": {"due_from": TODAY, "due_to": TODAY + timedelta(days=6)}}
    wanted = board_today.conditions(app, viewer, asked, DEMO_NOW) | board_leader.past(DEMO_NOW - timedelta(days=7))
    since = DEMO_NOW - timedelta(days=14)
    hazards_seen, places_seen = scope.hazards(viewer), scope.places(viewer)
    of_hazards = select(Place.id).where(Place.id.in_(select(Hazard.place).where(hazards_seen)))
    with app.reading() as tx:
        one_by_one = {
            key: tx.scalar(select(func.count()).select_from(Hazard).where(hazards_seen, condition))
            for key, condition in wanted.items()
        }
        assert hazard_counts.counts(tx, viewer, wanted, since=since) == one_by_one
        seen = set(tx.scalars(select(Place.id).where(places_seen)))
        assert set(tx.scalars(of_hazards)) <= seen
    spots = board_map.list_spots(app, viewer, size=5).items
    assert board_map.worst_spots(app, viewer, 5) == [spot for spot in spots if spot.total]


@contextmanager
def heard(app: App) -> Iterator[list[tuple[str, Any]]]:
    """The statements that are sent meanwhile, with their values."""
    said: list[tuple[str, Any]] = []

    def hear(_connection: Any, _cursor: Any, statement: str, values: Any, _context: Any, _many: bool) -> None:
        said.append((statement, values))

    event.listen(app.engine, "before_cursor_execute", hear)
    yield said
    event.remove(app.engine, "before_cursor_execute", hear)


def explained(app: App, statement: str, values: Any) -> str:
    """The lines of a statement's plan."""
    with app.reading() as tx:
        driver = tx.connection()
        if app.engine.name == "postgresql":
            for way in ("seqscan", "hashjoin", "mergejoin"):
                driver.exec_driver_sql(f"SET LOCAL enable_{way} = off")
        found = driver.exec_driver_sql(f"{EXPLAIN[app.engine.name]} {statement}", values)
        return "\n".join(str(row[-1]) for row in found)
