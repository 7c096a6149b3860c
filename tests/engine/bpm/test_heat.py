"""Heat against a plain count of the same rows, on both databases."""

from collections import Counter

import pytest
from sqlalchemy import select

from engine.app import App
from engine.bpm import tasks
from engine.bpm.model import Event, Task
from engine.testing import FakeClock
from tests.engine.bpm.test_cockpit import LI, begin, elements


def test_heat_is_what_the_log_and_the_tasks_say_also_where_many_took_equally_long(
    deployed: App, clock: FakeClock
) -> None:
    for minutes in (5, 5, 5, 1, 5, 90, 1):
        task = begin(deployed, number="YQ-1")["tasks"][0]["id"]
        clock.advance(minutes=minutes)
        tasks.complete(deployed, task, {}, viewer=LI)
    with deployed.reading() as tx:
        done = list(tx.execute(select(Event.element, Event.task_id).where(Event.event == "completed")))
        took = sorted((row.ended_at - row.created_at).total_seconds() for row in tx.scalars(
            select(Task).where(Task.element == "rectify", Task.ended_at.is_not(None))
        ))  # fmt: skip
    found = elements(deployed)
    assert {name: row["finished"] for name, row in found.items() if row["finished"]} == Counter(row[0] for row in done)
    assert found["rectify"]["mean_seconds"] == pytest.approx(sum(took) / 7, abs=0.01)
    assert found["rectify"]["p95_seconds"] == pytest.approx(took[6], abs=0.01)
