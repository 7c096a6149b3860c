"""Suspended with the clock running or stopped; what comes for a suspended case waits and is not lost."""

from datetime import timedelta

import pytest

from engine import demo_clock
from engine.app import App
from engine.bpm import assignment, definitions, instances, message_list, messages, queries, tasks, timers
from engine.bpm.model import Message
from engine.bpm.status import status
from engine.bpm.viewer import Viewer
from engine.bpm.views import View
from engine.errors import Conflict
from engine.testing import START, FakeClock
from tests.engine.bpm.diagrams import diagram, flows, timer
from tests.engine.bpm.test_timers import drain

ADMIN = Viewer("root", admin=True)
HOUR = timedelta(hours=1)

# A signal and a message wait beside each other; the timer would interrupt what waits for the signal.
LISTENER = diagram(
    f"""
    <startEvent id="start"/><parallelGateway id="fork"/>
    <subProcess id="inner"><startEvent id="is"/>
      <intermediateCatchEvent id="storm"><signalEventDefinition signalRef="s"/></intermediateCatchEvent>
      <userTask id="shelter" camunda:candidateGroups="office"/><endEvent id="ie"/>
      {flows("is>storm", "storm>shelter", "shelter>ie")}</subProcess>
    <boundaryEvent id="late" attachedToRef="inner">{timer("PT3H")}</boundaryEvent>
    <intermediateCatchEvent id="letter"><messageEventDefinition messageRef="m"/></intermediateCatchEvent>
    <endEvent id="e1"/><endEvent id="e2"/><endEvent id="e3"/>
    {flows("start>fork", "fork>inner", "fork>letter", "inner>e1", "late>e2", "letter>e3")}
    """,
    key="listener",
    extra='<signal id="s" name="typhoon"/><message id="m" name="letter"/>',
)
SENDER = diagram(
    f"""
    <startEvent id="start"/>
    <intermediateThrowEvent id="warn"><signalEventDefinition signalRef="s"/></intermediateThrowEvent>
    <intermediateThrowEvent id="write"><messageEventDefinition messageRef="m"/></intermediateThrowEvent>
    <endEvent id="end"/>{flows("start>warn", "warn>write", "write>end")}
    """,
    key="sender",
    extra='<signal id="s" name="typhoon"/><message id="m" name="letter"/>',
)


@pytest.fixture
def listening(app: App) -> View:
    """A case that waits for a signal and a message."""
    definitions.deploy(app, {"listener.bpmn": LISTENER}, by="test")
    definitions.deploy(app, {"sender.bpmn": SENDER}, by="test")
    return instances.start(app, "listener", {}, by="li")


def fired(app: App, case: View) -> list[tuple[str, timedelta]]:
    found = queries.history(app, ADMIN, case["id"]).items
    return [(event["element"], event["at"] - START) for event in found if event["event"] == "fired"]


def test_with_the_clock_stopped_nothing_is_due_and_all_is_put_off_by_exactly_that_time(
    deployed: App, clock: FakeClock
) -> None:
    case = instances.start(deployed, "strict", {}, by="li")
    reminder = clock() + timedelta(minutes=50)
    assignment.follow_up(deployed, case["tasks"][0]["id"], viewer=ADMIN, at=reminder)
    clock.advance(minutes=30)
    shown = instances.suspend(deployed, case["id"], by="root", reason="等待鉴定", clock="stopped")
    assert (shown["clock_stopped"], shown["suspended_at"]) == (True, clock())
    clock.advance(days=3)
    assert not timers.fire_next(deployed)
    assert timers.next_due(deployed) is None
    assert queries.tasks(deployed, ADMIN, overdue=True).total == 0
    assert queries.tasks(deployed, ADMIN, overdue=False).items[0]["lamp"] == case["tasks"][0]["lamp"]
    counted = status(deployed)
    assert (counted.late_timers, counted.overdue, counted.due, counted.open_tasks) == (0, 0, 0, 1)
    shown = instances.resume(deployed, case["id"], by="root", reason="鉴定完毕")
    assert (shown["clock_stopped"], shown["suspended_at"]) == (False, None)
    assert shown["tasks"][0]["due_at"] == START + HOUR + timedelta(days=3)
    assert shown["tasks"][0]["follow_up_at"] == reminder  # a person's own, no limit of the process
    old, new = queries.timers(deployed, ADMIN, case["id"]).items
    assert (old["status"], old["due_at"], old["changed_by"]) == ("replaced", START + HOUR, "root")
    assert "鉴定完毕" in old["reason"]
    assert (new["status"], new["due_at"]) == ("armed", START + HOUR + timedelta(days=3))
    told = [event for event in queries.history(deployed, ADMIN, case["id"]).items if event["actor"] == "root"][1:]
    assert [event["event"] for event in told] == ["suspended", "resumed", "rescheduled", "rescheduled"]
    assert told[0]["detail"] == {"reason": "等待鉴定", "clock": "stopped"}
    clock.advance(minutes=29)
    assert not timers.fire_next(deployed)
    clock.advance(minutes=1)
    assert timers.fire_next(deployed)


def test_with_the_clock_running_a_deadline_passes_and_fires_at_its_own_moment(deployed: App, clock: FakeClock) -> None:
    case = instances.start(deployed, "strict", {}, by="li")
    assert not instances.suspend(deployed, case["id"], by="root", reason="核实中")["clock_stopped"]
    clock.advance(hours=5)
    assert not timers.fire_next(deployed)
    assert timers.next_due(deployed) is None
    assert queries.tasks(deployed, ADMIN, overdue=True).total == status(deployed).overdue == 1
    instances.resume(deployed, case["id"], by="root", reason="核实完毕")
    drain(deployed)
    assert fired(deployed, case) == [("expired", HOUR)]


def test_what_was_overdue_before_the_clock_stopped_stays_overdue(deployed: App, clock: FakeClock) -> None:
    case = instances.start(deployed, "review", {}, by="li")
    clock.advance(days=4)
    instances.suspend(deployed, case["id"], by="root", reason="核实中", clock="stopped")
    clock.advance(days=30)
    late = queries.tasks(deployed, ADMIN, overdue=True)
    assert [task["element"] for task in late.items] == ["rectify"]
    assert queries.tasks(deployed, ADMIN, overdue=False).items[0]["element"] == "supervise"


def test_a_clock_may_be_stopped_again_and_again(deployed: App, clock: FakeClock) -> None:
    case = instances.start(deployed, "strict", {}, by="li")
    for _ in range(3):
        instances.suspend(deployed, case["id"], by="root", reason="核实中", clock="stopped")
        clock.advance(minutes=50)
        instances.resume(deployed, case["id"], by="root", reason="核实完毕")
    armed = queries.timers(deployed, ADMIN, case["id"]).items[-1]
    assert (armed["status"], armed["due_at"]) == ("armed", START + HOUR + timedelta(minutes=150))
    assert [row["status"] for row in queries.timers(deployed, ADMIN, case["id"]).items] == [*["replaced"] * 3, "armed"]


def test_a_suspended_case_may_be_cancelled_and_its_timers_end(deployed: App, clock: FakeClock) -> None:
    case = instances.start(deployed, "strict", {}, by="li")
    instances.suspend(deployed, case["id"], by="root", reason="核实中", clock="stopped")
    clock.advance(days=1)
    instances.cancel(deployed, case["id"], by="root", reason="重复登记")
    assert [row["status"] for row in queries.timers(deployed, ADMIN, case["id"]).items] == ["cancelled"]
    with pytest.raises(Conflict):
        instances.resume(deployed, case["id"], by="root", reason="再来")


def test_a_signal_waits_for_a_suspended_case_and_comes_before_the_timer_that_was_due_after_it(
    app: App, clock: FakeClock, listening: View
) -> None:
    instances.suspend(app, listening["id"], by="root", reason="核实中")
    clock.advance(hours=2)
    instances.start(app, "sender", {}, by="li")
    drain(app)
    assert not messages.pending(app)  # nothing to do until it resumes
    [shown] = message_list.messages(app, q="TYPHOON").items
    assert (shown["kind"], shown["held"], shown["at"]) == ("signal", True, clock())
    sender = queries.instance(app, ADMIN, shown["sender"])
    assert (shown["instance_id"], shown["business_key"]) == (sender["id"], sender["business_key"])
    assert message_list.messages(app).total == status(app).waiting_messages
    assert message_list.messages(app, q="none").items == []
    assert queries.instance(app, ADMIN, listening["id"])["tasks"] == []
    clock.advance(hours=5)
    instances.resume(app, listening["id"], by="root", reason="核实完毕")
    drain(app)
    assert fired(app, listening) == [("letter", 2 * HOUR), ("storm", 2 * HOUR), ("late", 3 * HOUR)]
    assert message_list.messages(app).total == status(app).waiting_messages == 0


def test_a_signal_that_came_after_the_deadline_finds_nobody(app: App, clock: FakeClock, listening: View) -> None:
    instances.suspend(app, listening["id"], by="root", reason="核实中")
    clock.advance(hours=4)
    instances.start(app, "sender", {}, by="li")
    drain(app)
    instances.resume(app, listening["id"], by="root", reason="核实完毕")
    drain(app)
    assert fired(app, listening) == [("late", 3 * HOUR), ("letter", 4 * HOUR)]


def test_with_the_clock_stopped_what_came_meanwhile_comes_on_resume(
    app: App, clock: FakeClock, listening: View
) -> None:
    clock.advance(hours=1)
    instances.suspend(app, listening["id"], by="root", reason="核实中", clock="stopped")
    clock.advance(hours=9)
    instances.start(app, "sender", {}, by="li")
    drain(app)
    clock.advance(hours=10)
    instances.resume(app, listening["id"], by="root", reason="核实完毕")
    drain(app)
    assert fired(app, listening) == [("letter", 20 * HOUR), ("storm", 20 * HOUR)]
    clock.advance(hours=2)
    drain(app)
    assert fired(app, listening)[-1] == ("late", 22 * HOUR)


def test_who_sends_a_message_to_a_suspended_case_is_told_so(app: App, listening: View) -> None:
    instances.suspend(app, listening["id"], by="root", reason="核实中")
    with pytest.raises(Conflict, match="挂起"):
        messages.send(app, "letter", {}, {}, by="li")
    instances.resume(app, listening["id"], by="root", reason="核实完毕")
    assert messages.send(app, "letter", {}, {}, by="li") == 1


def test_a_message_kept_for_a_case_that_ends_goes_to_the_next_who_waits(app: App, listening: View) -> None:
    instances.suspend(app, listening["id"], by="root", reason="核实中")
    instances.start(app, "sender", {}, by="li")
    drain(app)
    other = instances.start(app, "listener", {}, by="li")
    instances.cancel(app, listening["id"], by="root", reason="重复登记")
    drain(app)
    assert fired(app, other) == [("letter", timedelta())]
    with app.reading() as tx:
        assert tx.query(Message).where(Message.delivered_at.is_(None)).count() == 0


def test_no_work_is_done_on_a_suspended_case_and_the_demo_clock_does_not_wait_for_it(
    deployed: App, clock: FakeClock
) -> None:
    case = instances.start(deployed, "strict", {}, by="li")
    instances.suspend(deployed, case["id"], by="root", reason="核实中", clock="stopped")
    clock.advance(hours=2)
    with pytest.raises(Conflict, match="root 挂起（原因：核实中）"):
        tasks.complete(deployed, case["tasks"][0]["id"], {}, viewer=ADMIN)
    assert fired(deployed, case) == []
    demo_clock.begin(deployed, START)
    with pytest.raises(Conflict):
        demo_clock.move_to_next(deployed)
