"""Many processes over one database, killed and restarted at random: nothing is lost and nothing happens twice (S1)."""

from collections.abc import Iterator
from pathlib import Path
from random import Random

import pytest

from tests.chaos.run import Outcome, Size, run
from tests.postgres import CRASH_SAFE, server

SEED = 20261125
SMALL = Size(cases=30, webs=1, workers=1, schedulers=1, blows=3)
LARGE = Size(cases=40, webs=1, workers=4, schedulers=3, blows=4)


@pytest.fixture
def own_server() -> Iterator[str]:
    """A server that may be restarted: the one of the other tests is not to be disturbed."""
    with server(CRASH_SAFE) as url:
        yield url


def agree(outcome: Outcome, size: Size) -> None:
    """The oracle found nothing, and there was something to find."""
    assert outcome.wrong == []
    assert outcome.memory.confirmed >= 2 * size.cases and sum(outcome.memory.done.values()) >= size.cases // 2
    assert sum(timer.status == "fired" for timer in outcome.found.timers) >= 2 * size.cases


def test_four_web_and_three_scheduler_processes_on_postgresql_lose_nothing(own_server: str, tmp_path: Path) -> None:
    outcome = run(own_server, tmp_path, LARGE, Random(SEED))
    agree(outcome, LARGE)
    assert set(outcome.blows) == {"worker", "web server", "scheduler", "database server"}


def test_a_web_and_a_scheduler_process_on_sqlite_lose_nothing(tmp_path: Path) -> None:
    outcome = run(f"sqlite:///{tmp_path / 'chaos.sqlite3'}", tmp_path, SMALL, Random(SEED))
    agree(outcome, SMALL)
    assert set(outcome.blows) == {"worker", "web server", "scheduler"}
