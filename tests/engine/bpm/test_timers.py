"""The clock: each rung once, at its own moment, whatever the scheduler did meanwhile."""

from datetime import datetime, timedelta

import pytest

from engine.app import App
from engine.bpm import definitions, instances, messages, queries, suspension, timers
from engine.bpm.step import Opened
from engine.bpm.viewer import Viewer
from engine.testing import START, FakeClock
from tests.engine.bpm.diagrams import diagram, flows, timer

ADMIN = Viewer("root", admin=True)

LADDER = diagram(
    f"""
    <startEvent id="start"/>
    <userTask id="work" camunda:candidateGroups="office" camunda:dueDate="${{days(1)}}"/>
    <boundaryEvent id="due" attachedToRef="work" cancelActivity="false">{timer("PT1H")}</boundaryEvent>
    <intermediateCatchEvent id="second">{timer("PT2H")}</intermediateCatchEvent>
    <intermediateCatchEvent id="third">{timer("PT3H")}</intermediateCatchEvent>
    <endEvent id="end"/><endEvent id="top"/>
    {flows("start>work", "work>end", "due>second", "second>third", "third>top")}
    """,
    key="ladder",
)


def drain(app: App) -> int:
    done = 0
    while timers.fire_next(app) or messages.deliver_next(app):
        done += 1
    return done


def test_an_outage_moves_no_rung(app: App, clock: FakeClock) -> None:
    definitions.deploy(app, {"ladder.bpmn": LADDER}, by="test")
    case = instances.start(app, "ladder", {}, by="li")
    assert timers.next_due(app) == START + timedelta(hours=1)
    clock.advance(days=10)
    assert drain(app) == 3
    rows = queries.timers(app, ADMIN, case["id"]).items
    assert [(row["element"], row["status"], row["due_at"] - START) for row in rows] == [
        ("due", "fired", timedelta(hours=1)),
        ("second", "fired", timedelta(hours=3)),
        ("third", "fired", timedelta(hours=6)),
    ]
    fired = [event for event in queries.history(app, ADMIN, case["id"]).items if event["event"] == "fired"]
    assert [event["at"] for event in fired] == [row["due_at"] for row in rows]
    assert drain(app) == 0
    assert timers.next_due(app) is None


def test_nothing_fires_before_its_moment(deployed: App, clock: FakeClock) -> None:
    instances.start(deployed, "strict", {}, by="li")
    clock.advance(minutes=59, seconds=59)
    assert not timers.fire_next(deployed)
    clock.advance(seconds=1)
    assert timers.fire_next(deployed)


def test_a_suspended_instance_waits_and_fires_at_its_own_moments_when_resumed(deployed: App, clock: FakeClock) -> None:
    case = instances.start(deployed, "strict", {}, by="li")
    instances.suspend(deployed, case["id"], by="root", reason="核实中")
    clock.advance(hours=5)
    assert not timers.fire_next(deployed)
    instances.resume(deployed, case["id"], by="root", reason="核实完毕")
    assert timers.fire_next(deployed)
    row = queries.timers(deployed, ADMIN, case["id"]).items[0]
    assert (row["status"], row["ended_at"]) == ("fired", START + timedelta(hours=1))


def test_a_timer_start_event_starts_one_instance_at_its_moment(app: App, clock: FakeClock) -> None:
    daily = diagram(
        f"""
        <startEvent id="every">{timer("R2/P1D", "timeCycle")}</startEvent>
        <userTask id="report" camunda:candidateGroups="office" camunda:dueDate="${{days(1)}}"/>
        <endEvent id="end"/>{flows("every>report", "report>end")}
        """,
        key="daily",
    )
    definitions.deploy(app, {"daily.bpmn": daily}, by="test")
    clock.advance(days=1)
    assert drain(app) == 1
    started = queries.instances(app, ADMIN, definition="daily")
    assert [case["started_at"] for case in started.items] == [START + timedelta(days=1)]


def test_a_start_that_breaks_is_logged_and_stops_nobody_else(
    deployed: App, clock: FakeClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    waiting = f'<startEvent id="at">{timer("PT1M")}</startEvent><endEvent id="end"/>{flows("at>end")}'
    definitions.deploy(deployed, {"minute.bpmn": diagram(waiting, key="minute")}, by="test")
    case = instances.start(deployed, "strict", {}, by="owner")

    def broken(*_: object, **__: object) -> str:
        raise RuntimeError("no")

    monkeypatch.setattr(instances, "start_definition", broken)
    clock.advance(days=2)
    assert drain(deployed) >= 2
    assert {row["status"] for row in queries.timers(deployed, ADMIN, case["id"]).items} == {"fired"}
    assert queries.instances(deployed, ADMIN, definition="minute").total == 0


def test_a_suspended_definition_has_no_next_start(app: App, clock: FakeClock) -> None:
    waiting = f'<startEvent id="at">{timer("PT1M")}</startEvent><endEvent id="end"/>{flows("at>end")}'
    definitions.deploy(app, {"minute.bpmn": diagram(waiting, key="minute")}, by="test")
    assert timers.next_due(app) == START + timedelta(minutes=1)
    suspension.suspend(app, "minute", by="root", reason="试")
    clock.advance(hours=1)
    assert timers.next_due(app) is None
    assert drain(app) == 0


def test_a_case_that_breaks_in_a_batch_is_parked_and_the_others_fire(
    deployed: App, clock: FakeClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    cases = [instances.start(deployed, "strict", {}, by="li")["id"] for _ in range(5)]
    clock.advance(hours=2)
    catch_up = timers.catch_up

    def broken(case: Opened, *moments: datetime) -> bool:
        if case.row.id == cases[2]:
            raise RuntimeError("no")
        return catch_up(case, *moments)

    monkeypatch.setattr(timers, "catch_up", broken)
    while timers.fire_due(deployed):
        pass
    states = [queries.timers(deployed, ADMIN, case).items[0]["status"] for case in cases]
    assert states == ["fired", "fired", "blocked", "fired", "fired"]
