"""A server that is killed in the middle of its work and started two days later: every rung once, at its own moment."""

import os
import signal
import socket
import subprocess
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from alembic import command
from sqlalchemy import func, select

from engine import demo_clock, schema
from engine.app import App
from engine.bpm import definitions, instances
from engine.bpm.model import Event, Instance, Timer
from engine.testing import START
from tests.scheduler.waiting import wait_until

CASES = 200
APART = timedelta(seconds=11)
RUNGS = {"rung_1": timedelta(hours=1), "rung_2": timedelta(hours=13), "rung_3": timedelta(hours=37)}


@pytest.fixture
def server(app: App) -> Iterator[Callable[[], subprocess.Popen[bytes]]]:
    """Start a real ``bihuan serve`` on this database; whatever still runs at the end is killed."""
    started: list[subprocess.Popen[bytes]] = []

    def start() -> subprocess.Popen[bytes]:
        with socket.create_server(("127.0.0.1", 0)) as free:
            port = free.getsockname()[1]
        process = subprocess.Popen(
            [sys.executable, "-m", "api", "serve"],
            env={
                **os.environ,
                "BIHUAN_DATABASE_URL": app.settings.database_url,
                "BIHUAN_DATA_DIR": str(app.settings.data_dir),
                "BIHUAN_PORT": str(port),
            },
            stdout=subprocess.DEVNULL,
        )
        started.append(process)
        return process

    yield start
    for process in started:
        process.kill()
        process.wait()


def test_killed_in_the_middle_of_200_cases_every_rung_fires_once_at_its_own_moment(
    app: App, server: Callable[[], subprocess.Popen[bytes]]
) -> None:
    begun = begin_cases(app)
    demo_clock.begin(app, max(begun.values()) + RUNGS["rung_1"])

    kill_after(app, server(), firings=CASES // 3)
    assert late(app) > 0, "the kill has to come in the middle"
    demo_clock.move(app, timedelta(days=2))
    kill_after(app, server(), firings=2 * CASES)
    assert late(app) > 0, "the second kill has to come in the middle of catching up"

    last = server()
    wait_until(lambda: late(app) == 0)
    last.terminate()
    assert last.wait(10) == 0

    with app.reading() as tx:
        events = tx.execute(
            select(Event.instance_id, Event.element, Event.at).where(Event.event == "fired", Event.element.in_(RUNGS))
        ).all()
        reached = Counter(variables["reached"] for variables in tx.scalars(select(Instance.variables)))
    expected = {(case, rung, start + after) for case, start in begun.items() for rung, after in RUNGS.items()}
    assert len(events) == len(expected) == CASES * len(RUNGS)
    assert {tuple(event) for event in events} == expected
    assert reached == {len(RUNGS): CASES}


def kill_after(app: App, process: subprocess.Popen[bytes], *, firings: int) -> None:
    """Kill the server as soon as so many timers have fired in all."""
    wait_until(lambda: fired(app) >= firings or process.poll() is not None)
    process.send_signal(signal.SIGKILL)
    assert process.wait() == -signal.SIGKILL, "the server ended by itself"


def begin_cases(app: App) -> dict[str, datetime]:
    """200 cases, a few seconds apart; the moment at which each began."""
    with app.engine.begin() as connection:
        command.stamp(schema.config(connection), "head", purge=True)
    diagram = Path(__file__).with_name("rungs.bpmn")
    definitions.deploy(app, {diagram.name: diagram.read_bytes()}, by="owner")
    begun = {}
    for number in range(CASES):
        app.clock = lambda moment=START + number * APART: moment
        begun[instances.start(app, "rungs", {"reached": 0}, by="owner")["id"]] = app.clock()
    return begun


def fired(app: App) -> int:
    """How many timers have fired."""
    with app.reading() as tx:
        return tx.scalar(select(func.count()).where(Timer.status == "fired")) or 0


def late(app: App) -> int:
    """How many timers are due and have not fired."""
    with app.reading() as tx:
        return tx.scalar(select(func.count()).where(Timer.status == "armed", Timer.due_at <= app.clock())) or 0
