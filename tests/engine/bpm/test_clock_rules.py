"""Clock rules that the model beside this file does not reach: one moment a command, zones, bad values."""

import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import select

from engine.app import App
from engine.bpm import instances, queries, tasks
from engine.bpm.functions import builtin_functions
from engine.bpm.lint import lint
from engine.bpm.model import Definition, Event, Instance, Timer
from engine.bpm.spiff import Refused, parse, run, timers
from engine.bpm.viewer import Viewer
from engine.calendar import Calendar
from engine.testing import START
from tests.engine.bpm.diagrams import diagram, flows, timer
from tests.engine.bpm.spiff.kit import Outside

ADMIN = Viewer("root", admin=True)
BERLIN = ZoneInfo("Europe/Berlin")


class HastyClock:
    """A clock that goes on each time it is read."""

    def __init__(self) -> None:
        self.now = START

    def __call__(self) -> datetime:
        self.now += timedelta(seconds=1)
        return self.now


def test_all_that_one_command_does_carries_one_moment(deployed: App) -> None:
    """C1: the clock is read once per command, however long the command takes."""
    deployed.clock = HastyClock()
    case = instances.start(deployed, "review", {}, by="li")
    tasks.complete(deployed, case["tasks"][0]["id"], {}, viewer=ADMIN)
    with deployed.reading() as tx:
        rows = tx.scalars(select(Event).where(Event.instance_id == case["id"]).order_by(Event.id)).all()
        (late,) = tx.scalars(select(Timer).where(Timer.instance_id == case["id"])).all()
    moments = [row.at for row in rows]
    assert len(set(moments)) == 2 and moments == sorted(moments)
    assert (late.armed_at, late.due_at, late.ended_at) == (moments[0], moments[0] + timedelta(days=3), moments[-1])


def test_the_rows_are_what_the_state_says_after_every_step(deployed: App) -> None:
    """C2: each armed timer is a row with an absolute moment, and no other row is armed."""
    case, steps = instances.start(deployed, "review", {}, by="li"), 0
    while case["status"] == "running":
        with deployed.reading() as tx:
            row = tx.get_one(Instance, case["id"])
            model = deployed.model(tx.get_one(Definition, row.definition_id).bundle_hash, "review")
            armed = tx.scalars(select(Timer).where(Timer.instance_id == case["id"], Timer.status == "armed")).all()
        mirrored = run.inspect(model, row.state).timers
        assert {(found.token, found.due_at) for found in armed} == {(found.id, found.due_at) for found in mirrored}
        tasks.complete(deployed, case["tasks"][0]["id"], {}, viewer=ADMIN)
        case, steps = queries.instance(deployed, ADMIN, case["id"]), steps + 1
    assert steps == 2


LOCAL = diagram(
    f"""
    <startEvent id="start"/>
    <userTask id="work" camunda:candidateGroups="office" camunda:dueDate="2026-10-10"/>
    <boundaryEvent id="naive" attachedToRef="work" cancelActivity="false">
      {timer("2026-10-10T08:30:00", "timeDate")}</boundaryEvent>
    <boundaryEvent id="morning" attachedToRef="work" cancelActivity="false">
      {timer('${next_workday("08:30")}', "timeDate")}</boundaryEvent>
    <boundaryEvent id="month" attachedToRef="work" cancelActivity="false">{timer("P1M")}</boundaryEvent>
    <endEvent id="end"/><endEvent id="e1"/><endEvent id="e2"/><endEvent id="e3"/>
    {flows("start>work", "work>end", "naive>e1", "morning>e2", "month>e3")}
    """
)


@pytest.fixture(params=["UTC", "America/New_York", "Asia/Shanghai", "Pacific/Kiritimati"])
def machine_zone(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """A machine that stands in another zone than the installation."""
    with monkeypatch.context() as changed:
        changed.setenv("TZ", request.param)
        time.tzset()
        yield request.param
    time.tzset()


def test_the_zone_of_the_machine_changes_nothing(machine_zone: str) -> None:
    """C7: local texts are read in the installation's zone, wherever the process runs."""
    begun = run.start(parse({"local.bpmn": LOCAL}), {}, START, Outside())
    assert {found.element: found.due_at for found in begun.timers} == {
        "naive": datetime(2026, 10, 10, 0, 30, tzinfo=UTC),
        "morning": datetime(2026, 9, 28, 0, 30, tzinfo=UTC),
        "month": datetime(2026, 10, 24, 1, 0, tzinfo=UTC),
    }
    assert begun.tasks[0].due_at == datetime(2026, 10, 10, 16, 0, tzinfo=UTC)


def test_days_and_months_follow_the_local_calendar_where_clocks_change() -> None:
    """C7, C9: in a zone with summer time a day ends at local midnight and a month keeps the local hour."""
    friday = datetime(2026, 10, 23, 10, 0, tzinfo=BERLIN).astimezone(UTC)  # clocks go back on 25 October
    functions = builtin_functions(friday, Calendar.default(), BERLIN)
    assert functions["days"](3) == datetime(2026, 10, 27, 0, 0, tzinfo=BERLIN)
    assert functions["workdays"](1) == datetime(2026, 10, 27, 0, 0, tzinfo=BERLIN)
    assert functions["next_workday"]("08:30") == datetime(2026, 10, 26, 8, 30, tzinfo=BERLIN)
    assert timers.schedule("P1M", friday, BERLIN).first == datetime(2026, 11, 23, 10, 0, tzinfo=BERLIN)
    assert timers.schedule("2026-10-26T10:00:00", friday, BERLIN).first == datetime(2026, 10, 26, 9, 0, tzinfo=UTC)
    assert timers.schedule("P3D", friday, BERLIN).first - friday == timedelta(hours=72)  # a duration is exact


def test_a_monthly_cycle_keeps_the_local_hour_through_the_year() -> None:
    """C7, C8: its grid is counted on the local calendar from its first point."""
    start = datetime(2026, 1, 31, 9, 0, tzinfo=BERLIN).astimezone(UTC)
    every = timers.schedule("R/P1M", start, BERLIN).every
    assert every is not None
    points = [every.after(start, BERLIN, times).astimezone(BERLIN) for times in range(12)]
    assert {(point.hour, point.minute) for point in points} == {(9, 0)}
    assert [point.day for point in points] == [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]


BAD = [
    ("timeDate", "soon"), ("timeDate", "2026-13-01"), ("timeDate", "P3D"), ("timeDate", "${workdays(}"),
    ("timeDuration", "3 days"), ("timeDuration", "P"), ("timeDuration", "2026-10-10"), ("timeDuration", "${1 +}"),
    ("timeCycle", "every day"), ("timeCycle", "R0/P1D"), ("timeCycle", "R3/PT0S"), ("timeCycle", "P1D"),
    ("timeCycle", "R3/${"),
]  # fmt: skip
AFTER = '<endEvent id="end"/><userTask id="work" camunda:candidateGroups="office"/>'
PLACES = {
    "start": f'<startEvent id="bad">%s</startEvent>{AFTER}' + flows("bad>work", "work>end"),
    "catch": f'<startEvent id="s"/><intermediateCatchEvent id="bad">%s</intermediateCatchEvent>{AFTER}'
    + flows("s>bad", "bad>work", "work>end"),
    "boundary": f'<startEvent id="s"/>{AFTER}<endEvent id="late"/>'
    '<boundaryEvent id="bad" attachedToRef="work">%s</boundaryEvent>' + flows("s>work", "work>end", "bad>late"),
    "event_subprocess": f'<startEvent id="s"/>{AFTER}<subProcess id="sub" triggeredByEvent="true">'
    '<startEvent id="bad">%s</startEvent><endEvent id="se"/>' + flows("bad>se") + "</subProcess>"
    + flows("s>work", "work>end"),
}  # fmt: skip


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize(("kind", "value"), BAD)
def test_a_timer_that_could_never_be_followed_is_refused_before_it_runs(place: str, kind: str, value: str) -> None:
    """C10: wherever it stands and of whatever kind, with the element and what to write instead."""
    with pytest.raises(Refused) as refused:
        parse({"bad.bpmn": diagram(PLACES[place] % timer(value, kind))})
    assert {problem["element"] for problem in refused.value.problems} == {"bad"}
    assert all(problem["message"] and problem["en"] for problem in refused.value.problems)


@pytest.mark.parametrize("value", ["soon", "3 days", "${workdays(}", "2026-13-01"])
def test_a_due_date_that_could_never_be_read_is_refused_before_it_runs(value: str) -> None:
    """C10, for tasks."""
    task = f'<userTask id="bad" camunda:candidateGroups="office" camunda:dueDate="{value}"/>'
    body = f'<startEvent id="s"/>{task}<endEvent id="e"/>{flows("s>bad", "bad>e")}'
    found = lint({"bad.bpmn": diagram(body)})
    assert [problem["element"] for problem in found if problem["severity"] == "error" and problem["element"]] == ["bad"]
