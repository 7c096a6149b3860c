"""Extending and shortening (C5), and dates that wait for a holiday table (C9), with their rows and their history."""

from datetime import UTC, date, datetime, timedelta

import pytest

from engine.app import App
from engine.bpm import definitions, instances, queries, rescheduling, timers
from engine.bpm.rescheduling import Why
from engine.bpm.viewer import Viewer
from engine.bpm.views import View
from engine.calendar import Calendar
from engine.errors import Conflict, Invalid, NotFound
from engine.testing import START, FakeClock
from tests.engine.bpm.diagrams import diagram, flows, timer

ADMIN = Viewer("root", admin=True)
WHY = Why("root", "申请人情况特殊", "本地规则第三条")
HOUR = timedelta(hours=1)
UNKNOWN = datetime(2027, 9, 30, 1, 0, tzinfo=UTC)  # Thursday 09:00 in Shanghai, of a year without a table

COUNTED = diagram(
    f"""
    <startEvent id="start"/>
    <userTask id="work" camunda:candidateGroups="office" camunda:dueDate="${{workdays(2)}}"/>
    <boundaryEvent id="remind" attachedToRef="work" cancelActivity="false">
      {timer('${next_workday("08:30")}', "timeDate")}</boundaryEvent>
    <endEvent id="end"/><endEvent id="reminded"/>
    {flows("start>work", "work>end", "remind>reminded")}
    """,
    key="counted",
)


def rows(app: App, case: View) -> list[tuple[str, timedelta]]:
    return [(row["status"], row["due_at"] - START) for row in queries.timers(app, ADMIN, case["id"]).items]


def changes(app: App, case: View) -> list[View]:
    found = queries.history(app, ADMIN, case["id"]).items
    return [event for event in found if event["event"] == "rescheduled"]


def first_timer(app: App, case: View) -> int:
    return int(queries.timers(app, ADMIN, case["id"]).items[0]["id"])


def test_an_extended_timer_leaves_its_row_with_reason_clause_and_actor(deployed: App, clock: FakeClock) -> None:
    case = instances.start(deployed, "strict", {}, by="li")
    clock.advance(minutes=30)
    new = rescheduling.move_timer(deployed, case["id"], first_timer(deployed, case), START + 5 * HOUR, WHY)
    old, armed = queries.timers(deployed, ADMIN, case["id"]).items
    assert (old["status"], old["due_at"], old["ended_at"]) == ("replaced", START + HOUR, clock())
    assert (old["reason"], old["clause"], old["changed_by"]) == ("申请人情况特殊", "本地规则第三条", "root")
    assert (armed["status"], armed["due_at"], armed["armed_at"], armed["reason"]) == (
        "armed", START + 5 * HOUR, clock(), None,
    )  # fmt: skip
    assert new["id"] == armed["id"]
    assert timers.next_due(deployed) == START + 5 * HOUR
    (told,) = changes(deployed, case)
    assert (told["element"], told["actor"], told["at"]) == ("expired", "root", clock())
    assert told["detail"] == {
        "from": (START + HOUR).isoformat(), "to": (START + 5 * HOUR).isoformat(), "reason": "申请人情况特殊",
        "clause": "本地规则第三条",
    }  # fmt: skip


def test_a_timer_may_be_moved_away_and_back_as_often_as_needed(deployed: App) -> None:
    case = instances.start(deployed, "strict", {}, by="li")
    for hours in (5, 1, 5, 1):
        armed = next(t for t in queries.timers(deployed, ADMIN, case["id"]).items if t["status"] == "armed")
        rescheduling.move_timer(deployed, case["id"], armed["id"], START + hours * HOUR, WHY)
    assert sorted(status for status, _ in rows(deployed, case)) == ["armed", *["replaced"] * 4]


def test_a_moved_timer_fires_once_at_its_new_moment(deployed: App, clock: FakeClock) -> None:
    case = instances.start(deployed, "strict", {}, by="li")
    rescheduling.move_timer(deployed, case["id"], first_timer(deployed, case), START + 5 * HOUR, WHY)
    clock.advance(hours=4)
    assert not timers.fire_next(deployed)
    clock.advance(hours=10)
    assert timers.fire_next(deployed) and not timers.fire_next(deployed)
    assert rows(deployed, case) == [("replaced", HOUR), ("fired", 5 * HOUR)]


def test_a_task_moves_with_its_due_date_and_says_so(deployed: App) -> None:
    case = instances.start(deployed, "strict", {}, by="li")
    task = rescheduling.move_task(deployed, case["tasks"][0]["id"], START + 9 * HOUR, WHY)
    assert (task["due_at"], task["status"]) == (START + 9 * HOUR, "open")
    assert rows(deployed, case) == [("replaced", HOUR), ("armed", 9 * HOUR)]  # it stood at the task's due moment
    assert {event["element"] for event in changes(deployed, case)} == {"answer", "expired"}
    assert {event["task_id"] for event in changes(deployed, case)} == {task["id"]}


@pytest.mark.parametrize("hours", [-1, 0, 900_000])
def test_a_moment_that_is_not_ahead_is_refused_and_nothing_changes(deployed: App, hours: int) -> None:
    case = instances.start(deployed, "strict", {}, by="li")
    for act in (
        lambda: rescheduling.move_timer(deployed, case["id"], first_timer(deployed, case), START + hours * HOUR, WHY),
        lambda: rescheduling.move_task(deployed, case["tasks"][0]["id"], START + hours * HOUR, WHY),
    ):
        with pytest.raises(Invalid, match="晚于现在") as refused:
            act()
        assert refused.value.problems[0]["field"] == "due_at"
    assert rows(deployed, case) == [("armed", HOUR)]
    assert changes(deployed, case) == []


def test_a_reason_is_needed(deployed: App) -> None:
    case = instances.start(deployed, "strict", {}, by="li")
    with pytest.raises(Invalid, match="原因"):
        rescheduling.move_timer(deployed, case["id"], first_timer(deployed, case), START + 5 * HOUR, Why("root", " "))


def test_a_naive_moment_is_local_time(deployed: App) -> None:
    case = instances.start(deployed, "strict", {}, by="li")
    local = datetime(2026, 9, 24, 18, 0)  # noqa: DTZ001  # what a caller without a zone would pass
    rescheduling.move_timer(deployed, case["id"], first_timer(deployed, case), local, WHY)
    assert rows(deployed, case)[1] == ("armed", 9 * HOUR)


def test_what_fired_was_cancelled_or_never_was_cannot_be_moved(deployed: App, clock: FakeClock) -> None:
    case = instances.start(deployed, "strict", {}, by="li")
    timer_id, task_id = first_timer(deployed, case), case["tasks"][0]["id"]
    with pytest.raises(NotFound):
        rescheduling.move_timer(deployed, case["id"], timer_id + 1, START + 5 * HOUR, WHY)
    with pytest.raises(NotFound):
        rescheduling.move_task(deployed, "nothing", START + 5 * HOUR, WHY)
    clock.advance(hours=1)  # due exactly now: it fires before it can be moved (C3, C4), and stays fired
    with pytest.raises(Conflict, match="已于 2026-09-24 10:00 触发"):
        rescheduling.move_timer(deployed, case["id"], timer_id, START + 5 * HOUR, WHY)
    assert rows(deployed, case) == [("fired", HOUR)]
    with pytest.raises(Conflict, match="已于 2026-09-24 10:00 结束"):
        rescheduling.move_task(deployed, task_id, START + 5 * HOUR, WHY)


def test_in_an_ended_or_suspended_instance_nothing_is_moved(deployed: App) -> None:
    case = instances.start(deployed, "strict", {}, by="li")
    timer_id, task_id = first_timer(deployed, case), case["tasks"][0]["id"]
    instances.suspend(deployed, case["id"], by="zhao", reason="核实中")
    with pytest.raises(Conflict, match="zhao 挂起"):
        rescheduling.move_timer(deployed, case["id"], timer_id, START + 5 * HOUR, WHY)
    instances.cancel(deployed, case["id"], by="root", reason="重复")
    instances_over = instances.start(deployed, "strict", {}, by="li")
    instances.cancel(deployed, instances_over["id"], by="root", reason="重复")
    with pytest.raises(Conflict, match="取消"):
        rescheduling.move_timer(
            deployed, instances_over["id"], first_timer(deployed, instances_over), START + 5 * HOUR, WHY
        )
    with pytest.raises(Conflict):
        rescheduling.move_task(deployed, task_id, START + 5 * HOUR, WHY)


@pytest.fixture
def counted(app: App, clock: FakeClock) -> View:
    """A case whose dates reach into a year without a holiday table."""
    definitions.deploy(app, {"counted.bpmn": COUNTED}, by="test")
    clock.now = UNKNOWN
    return instances.start(app, "counted", {}, by="li")


def arrived(app: App) -> None:
    off = {date(2027, 10, day): "国庆节" for day in range(1, 9)}
    app.calendar = Calendar.default().extended(2027, off, {date(2027, 10, 9): "国庆节"})


def test_provisional_dates_are_shown_and_counted_again_when_the_table_arrives(
    app: App, clock: FakeClock, counted: View
) -> None:
    shown = queries.instance(app, ADMIN, counted["id"])
    assert (shown["tasks"][0]["provisional"], shown["timers"][0]["provisional"]) == (True, True)
    clock.advance(hours=2)
    assert rescheduling.reproject(app) == 0
    assert queries.instance(app, ADMIN, counted["id"])["revision"] == shown["revision"]
    arrived(app)
    assert rescheduling.reproject(app) == 2
    shown = queries.instance(app, ADMIN, counted["id"])
    assert (shown["tasks"][0]["provisional"], shown["timers"][0]["provisional"]) == (False, False)
    assert shown["tasks"][0]["due_at"] == datetime(2027, 10, 11, 16, 0, tzinfo=UTC)
    assert shown["timers"][0]["due_at"] == datetime(2027, 10, 9, 0, 30, tzinfo=UTC)
    old = queries.timers(app, ADMIN, counted["id"]).items[0]
    assert (old["status"], old["changed_by"], old["reason"]) == ("replaced", "engine", rescheduling.TABLE_ARRIVED)
    assert rescheduling.reproject(app) == 0
    assert len(changes(app, counted)) == 2


def test_a_table_that_confirms_a_date_only_clears_the_mark(app: App, counted: View) -> None:
    before = queries.instance(app, ADMIN, counted["id"])
    app.calendar = Calendar.default().extended(2027, {date(2027, 10, day): "国庆节" for day in range(1, 4)}, {})
    assert rescheduling.reproject(app) == 0
    after = queries.instance(app, ADMIN, counted["id"])
    assert after["timers"] == [{**before["timers"][0], "provisional": False}]
    assert (after["tasks"][0]["due_at"], after["tasks"][0]["provisional"]) == (before["tasks"][0]["due_at"], False)


def test_a_suspended_case_is_counted_again_too_and_fires_nothing(app: App, clock: FakeClock, counted: View) -> None:
    instances.suspend(app, counted["id"], by="root", reason="核实中")
    clock.advance(days=30)
    arrived(app)
    assert rescheduling.reproject(app) == 2
    shown = queries.instance(app, ADMIN, counted["id"])
    assert [found["status"] for found in shown["timers"]] == ["armed"]


def test_one_case_that_cannot_be_counted_again_stops_no_other(app: App, clock: FakeClock, counted: View) -> None:
    other = instances.start(app, "counted", {}, by="li")
    with app.transaction() as tx:
        tx.get_one(instances.Instance, min(counted["id"], other["id"])).state = b"{}"
    arrived(app)
    assert rescheduling.reproject(app) == 2
