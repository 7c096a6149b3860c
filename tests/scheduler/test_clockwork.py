"""The clockwork on real time: it wakes when something is due, hears of commits, and shares work with others."""

import threading
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import func, select

from api.compose import compose
from engine import demo_clock
from engine.app import App
from engine.bpm import definitions, heartbeats, instances, notices
from engine.bpm.model import Event, Instance, Notice, Task
from engine.testing import START, FakeClock
from scheduler import jobs
from scheduler.clockwork import LOOK, PAUSE, Clockwork
from tests.engine.bpm.test_rescheduling import COUNTED, UNKNOWN
from tests.scheduler.waiting import wait_until

RUNGS = Path(__file__).with_name("rungs.bpmn")


@pytest.fixture
def demo(app: App) -> App:
    """A demo installation: process time stands apart from real time and moves when told."""
    definitions.deploy(app, {RUNGS.name: RUNGS.read_bytes()}, by="owner")
    demo_clock.begin(app, START)
    return app


@pytest.fixture
def works(demo: App) -> Iterator[Clockwork]:
    made = Clockwork(demo)
    made.start()
    yield made
    made.stop()


def fired(app: App) -> int:
    with app.reading() as tx:
        return tx.scalar(select(func.count()).where(Event.event == "fired")) or 0


def test_a_timer_fires_when_its_moment_comes(demo: App, works: Clockwork) -> None:
    instances.start(demo, "rungs", {"reached": 0}, by="owner")
    demo_clock.move(demo, timedelta(minutes=59, seconds=58))
    assert fired(demo) == 0
    wait_until(lambda: fired(demo) == 1, seconds=4)


def test_an_admin_who_moves_the_clock_is_noticed_even_from_another_process(demo: App, works: Clockwork) -> None:
    instances.start(demo, "rungs", {"reached": 0}, by="owner")
    other = compose(demo.settings)
    demo_clock.move(other, timedelta(hours=14))
    other.close()
    wait_until(lambda: fired(demo) == 2, seconds=2 * LOOK.total_seconds() + 1)


def test_what_was_committed_in_this_process_is_delivered_without_waiting_for_the_next_look(
    demo: App, works: Clockwork
) -> None:
    sent: list[str] = []
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(jobs.CHANNELS, "console", lambda _settings, notice: sent.append(notice.id))
        for number in range(1, 4):
            with demo.transaction() as tx:
                notices.queue(demo, tx, recipient="owner", subject="催办", body="", now=demo.clock())
            wait_until(lambda number=number: len(sent) == number, seconds=0.8)


def test_the_clockwork_rests_when_there_is_nothing_to_do(demo: App, works: Clockwork) -> None:
    wait_until(lambda: all((job.wait(demo) or LOOK) > timedelta() for job in jobs.JOBS), seconds=5)  # work of the day
    looks: list[datetime] = []
    quiet = Clockwork(demo, [jobs.Job("quiet", lambda _: True, lambda app: looks.append(app.wall()))])
    quiet.start()
    wait_until(lambda: len(looks) >= 4 and looks[-1] - looks[-4] > 2 * LOOK, seconds=5)
    quiet.stop()


def test_a_job_that_fails_is_tried_again_and_the_others_go_on(demo: App) -> None:
    calls: list[str] = []

    def failing(_: App) -> bool:
        calls.append("failing")
        raise RuntimeError("no")

    def fine(_: App) -> bool:
        calls.append("fine")
        return False

    broken = Clockwork(demo, [jobs.Job(one.__name__, one, lambda _: timedelta()) for one in (failing, fine)])
    broken.start()
    wait_until(lambda: calls.count("failing") >= 2 and calls.count("fine") >= 2, seconds=4)
    broken.stop()


def test_after_stop_nothing_moves(demo: App) -> None:
    clockwork = Clockwork(demo)
    clockwork.start()
    clockwork.stop()
    instances.start(demo, "rungs", {"reached": 0}, by="owner")
    demo_clock.move(demo, timedelta(hours=2))
    assert fired(demo) == 0


def test_whoever_is_stopped_never_waits_for_a_step_that_wakes_another(demo: App) -> None:
    """APScheduler waits for the steps in hand with the lock that waking takes: who was told to end hung for ever."""
    begun, told = threading.Event(), threading.Event()

    def one(app: App) -> bool:
        begun.set()
        told.wait(10)
        works._wake(works._jobs[0], PAUSE)  # it looked whether this is the end just before it was
        return False

    works = Clockwork(demo, [jobs.Job("one", one, lambda app: timedelta())])
    works.start()
    assert begun.wait(10)
    ending = threading.Thread(target=works.stop, daemon=True)
    shut = works._ticks.shutdown
    works._ticks.shutdown = lambda wait: (threading.Timer(0.2, told.set).start(), shut(wait))  # type: ignore[method-assign]
    ending.start()
    ending.join(10)
    assert not ending.is_alive()


def test_several_schedulers_share_the_work_and_every_rung_fires_once(demo: App) -> None:
    for _ in range(40):
        instances.start(demo, "rungs", {"reached": 0}, by="owner")
    demo_clock.move(demo, timedelta(hours=40))
    crew = [Clockwork(compose(demo.settings)) for _ in range(3)]
    for clockwork in crew:
        clockwork.start()
    wait_until(lambda: fired(demo) >= 120, seconds=30)
    for clockwork in crew:
        clockwork.stop()
        clockwork._app.close()
    with demo.reading() as tx:
        reached = tx.scalars(select(Instance.variables)).all()
        rungs = tx.execute(
            select(Event.instance_id, Event.element, func.count())
            .where(Event.event == "fired")
            .group_by(Event.instance_id, Event.element)
        ).all()
        waiting = tx.scalar(select(func.count()).select_from(Notice))
    assert [variables["reached"] for variables in reached] == [3] * 40
    assert len(rungs) == 120 and {count for *_, count in rungs} == {1}
    assert waiting == 0


def test_a_scheduler_that_starts_counts_provisional_dates_with_the_holidays_it_brings(app: App) -> None:
    app.clock = FakeClock(UNKNOWN)
    definitions.deploy(app, {"counted.bpmn": COUNTED}, by="test")
    case = instances.start(app, "counted", {}, by="owner")
    assert case["tasks"][0]["provisional"]
    app.calendar = app.calendar.extended(2027, {date(2027, 10, day): "国庆节" for day in range(1, 9)}, {})
    made = Clockwork(app)
    made.start()
    made.stop()
    with app.reading() as tx:
        task = tx.get_one(Task, case["tasks"][0]["id"])
    assert (task.provisional, task.due_at) == (False, datetime(2027, 10, 12, 16, 0, tzinfo=UTC))


def test_a_scheduler_says_that_it_lives_and_that_it_stops(demo: App) -> None:
    clockwork = Clockwork(demo)
    clockwork.start()
    wait_until(lambda: heartbeats.alive(demo) == 1, seconds=5)
    clockwork.stop()
    assert [row["state"] for row in heartbeats.schedulers(demo).items] == ["ended"]
