"""Definitions that events start: one instance each, however many schedulers and senders race for it."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path

import pytest

from api.compose import compose
from engine.app import App
from engine.bpm import definitions, instances, messages, queries, suspension, timers
from engine.bpm.viewer import Viewer
from engine.errors import NotFound
from engine.testing import START, FakeClock, fresh_settings
from tests.engine.bpm.diagrams import diagram, flows, timer

ADMIN = Viewer("root", admin=True)
NAMES = '<message id="m" name="go"/><signal id="s" name="storm"/>'
MESSAGE, SIGNAL = '<messageEventDefinition messageRef="m"/>', '<signalEventDefinition signalRef="s"/>'


def started_by(trigger: str, key: str = "case", name: str = "一") -> dict[str, bytes]:
    work = '<userTask id="work" camunda:candidateGroups="office" camunda:dueDate="P1D"/>'
    body = f'<startEvent id="on">{trigger}</startEvent>{work}<endEvent id="end"/>{flows("on>work", "work>end")}'
    return {f"{key}.bpmn": diagram(body, key=key, name=name, extra=NAMES)}


WAITING = {"w.bpmn": diagram(
    '<startEvent id="start"/><receiveTask id="wait" messageRef="m"/><endEvent id="end"/>'
    f'{flows("start>wait", "wait>end")}',
    key="waiting", extra=NAMES,
)}  # fmt: skip
SENDING = {"t.bpmn": diagram(
    f'<startEvent id="start"/><endEvent id="tell">{MESSAGE}</endEvent>{flows("start>tell")}', key="sending", extra=NAMES
)}  # fmt: skip


@pytest.fixture
def hosts(app: App, database_url: str, tmp_path: Path, clock: FakeClock) -> Iterator[list[App]]:
    """Four programs over one database, each with connections and a cache of its own, like processes."""
    others = [compose(fresh_settings(database_url, tmp_path)) for _ in range(3)]
    for other in others:
        other.clock = clock
    yield [app, *others]
    for other in others:
        other.close()


def race(hosts: list[App], act: Callable[[App], object]) -> list[object]:
    with ThreadPoolExecutor(len(hosts)) as pool:
        return list(pool.map(act, hosts))


def drain(app: App) -> int:
    done = 0
    while timers.fire_next(app) or messages.deliver_next(app):
        done += 1
    return done


def cases(app: App, key: str = "case") -> list[dict[str, object]]:
    return queries.instances(app, ADMIN, definition=key).items


@pytest.mark.parametrize("value", ["R/P1D", "R3/P1D"])
def test_many_schedulers_start_one_instance_for_each_moment_of_a_cycle(hosts, clock, value) -> None:
    definitions.deploy(hosts[0], started_by(timer(value, "timeCycle")), by="test")
    for number in range(1, 4):
        clock.advance(days=1)
        race(hosts, drain)
        assert len(cases(hosts[0])) == number
    assert sorted(case["started_at"] - START for case in cases(hosts[0])) == [timedelta(days=n) for n in (1, 2, 3)]


def test_after_an_outage_a_cycle_starts_one_instance_and_goes_on_on_its_grid(hosts, clock) -> None:
    definitions.deploy(hosts[0], started_by(timer("R/P1D", "timeCycle")), by="test")
    clock.advance(days=5, hours=2)
    race(hosts, drain)
    assert len(cases(hosts[0])) == 1
    assert timers.next_due(hosts[0]) == START + timedelta(days=6)


def test_a_date_starts_exactly_one_instance_and_is_over(hosts, clock) -> None:
    definitions.deploy(hosts[0], started_by(timer("2026-09-25T09:00:00+08:00", "timeDate")), by="test")
    clock.advance(days=3)
    assert sum(race(hosts, drain)) == 1
    assert (len(cases(hosts[0])), timers.next_due(hosts[0])) == (1, None)


def test_each_message_starts_one_instance_also_when_many_are_sent_at_once(hosts) -> None:
    definitions.deploy(hosts[0], started_by(MESSAGE), by="test")
    assert race(hosts, lambda host: messages.send(host, "go", {}, {}, by="li")) == [1, 1, 1, 1]
    assert len(cases(hosts[0])) == 4


def test_messages_sent_at_once_each_find_a_waiter_of_their_own(hosts) -> None:
    definitions.deploy(hosts[0], WAITING, by="test")
    for _ in range(4):
        instances.start(hosts[0], "waiting", {}, by="li")
    assert race(hosts, lambda host: messages.send(host, "go", {}, {}, by="li")) == [1, 1, 1, 1]
    assert {case["status"] for case in cases(hosts[0], "waiting")} == {"completed"}


def test_one_waiter_takes_one_of_many_messages_and_the_others_are_told(hosts) -> None:
    definitions.deploy(hosts[0], WAITING, by="test")
    instances.start(hosts[0], "waiting", {}, by="li")

    def attempt(host: App) -> str:
        try:
            return str(messages.send(host, "go", {}, {}, by="li"))
        except NotFound:
            return "nobody"

    assert sorted(race(hosts, attempt)) == ["1", "nobody", "nobody", "nobody"]


def test_a_thrown_message_is_delivered_once_by_many_schedulers(hosts) -> None:
    definitions.deploy(hosts[0], {**started_by(MESSAGE), **SENDING}, by="test")
    for _ in range(3):
        instances.start(hosts[0], "sending", {}, by="li")
    race(hosts, drain)
    assert len(cases(hosts[0])) == 3


def test_a_signal_starts_each_definition_that_listens_once(hosts) -> None:
    definitions.deploy(hosts[0], {**started_by(SIGNAL, "one"), **started_by(SIGNAL, "two")}, by="test")
    throw = f'<startEvent id="start"/><endEvent id="tell">{SIGNAL}</endEvent>{flows("start>tell")}'
    definitions.deploy(hosts[0], {"t.bpmn": diagram(throw, key="thrower", extra=NAMES)}, by="test")
    instances.start(hosts[0], "thrower", {}, by="li")
    race(hosts, drain)
    assert [len(cases(hosts[0], key)) for key in ("one", "two")] == [1, 1]


@pytest.mark.parametrize("trigger", [MESSAGE, timer("R/P1D", "timeCycle")], ids=["message", "timer"])
def test_a_new_version_takes_over_the_starts_of_the_old_one(app: App, clock: FakeClock, trigger: str) -> None:
    for name in ("一", "二"):
        definitions.deploy(app, started_by(trigger, name=name), by="test")
    clock.advance(days=1)
    if trigger is MESSAGE:
        messages.send(app, "go", {}, {}, by="li")
    drain(app)
    assert [case["version"] for case in cases(app)] == [2]


def test_a_suspended_definition_is_started_by_nothing_and_does_not_make_up_for_it(app: App, clock: FakeClock) -> None:
    for key, trigger in {"message": MESSAGE, "cycle": timer("R/P1D", "timeCycle"), "once": timer("P1D")}.items():
        definitions.deploy(app, started_by(trigger, key), by="test")
        suspension.suspend(app, key, by="root", reason="试")
    clock.advance(days=3, hours=2)
    with pytest.raises(NotFound, match="go"):
        messages.send(app, "go", {}, {}, by="li")
    assert drain(app) == 0
    for key in ("message", "cycle", "once"):
        suspension.resume(app, key, by="root", reason="试")
    assert drain(app) == 0
    assert timers.next_due(app) == START + timedelta(days=4)
    clock.advance(days=1)
    drain(app)
    assert [len(cases(app, key)) for key in ("message", "cycle", "once")] == [0, 1, 0]


def test_a_moment_after_the_suspension_is_not_touched(app: App, clock: FakeClock) -> None:
    definitions.deploy(app, started_by(timer("P2D")), by="test")
    suspension.suspend(app, "case", by="root", reason="试")
    clock.advance(days=1)
    suspension.resume(app, "case", by="root", reason="试")
    clock.advance(days=1)
    assert (drain(app), len(cases(app))) == (1, 1)


def test_a_message_that_nobody_waits_for_is_lost_and_the_senders_history_says_so(app: App) -> None:
    definitions.deploy(app, {**SENDING, **WAITING}, by="test")
    sender = instances.start(app, "sending", {}, by="li")["id"]
    drain(app)
    late = instances.start(app, "waiting", {}, by="li")["id"]
    drain(app)
    assert queries.instance(app, ADMIN, late)["status"] == "running"
    lost = [event for event in queries.history(app, ADMIN, sender).items if event["event"] == "lost"]
    assert [event["detail"] for event in lost] == [{"message": "go", "correlation": {}}]
    instances.start(app, "sending", {}, by="li")
    drain(app)
    assert queries.instance(app, ADMIN, late)["status"] == "completed"
