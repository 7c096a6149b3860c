"""Repair of a running case over the tables: an order with its reason, its record, and the dry run."""

from typing import Any

import pytest

from engine.app import App
from engine.bpm import definitions, incidents, instances, queries, repair, tasks
from engine.bpm.spiff.modify import Instruction
from engine.bpm.viewer import Viewer
from engine.errors import Conflict, Invalid, NotFound, TooLarge
from engine.testing import FakeClock
from tests.engine.bpm.diagrams import diagram, flows

ADMIN = Viewer("root", admin=True)


@pytest.fixture
def case(deployed: App) -> str:
    """A review whose rectification is open, with its deadline armed."""
    return str(instances.start(deployed, "review", {"level": "一般"}, by="li")["id"])


def stored(app: App, case: str) -> tuple[Any, ...]:
    """All that the tables say about a case."""
    shown = queries.instance(app, ADMIN, case)
    history = queries.history(app, ADMIN, case).total
    return shown["revision"], shown["tasks"], shown["variables"], queries.timers(app, ADMIN, case).items, history


def test_an_order_moves_the_case_and_is_recorded_with_who_why_and_what_changed(
    deployed: App, case: str, clock: FakeClock
) -> None:
    lines = [
        Instruction("set", variables={"level": "较大"}),
        Instruction("cancel", "rectify"),
        Instruction("start_before", "recheck"),
    ]
    clock.advance(hours=1)
    shown = repair.modify(deployed, case, lines, by="root", reason="登记错了")
    assert [task["element"] for task in shown["tasks"]] == ["recheck"]
    assert [(row["element"], row["status"]) for row in queries.timers(deployed, ADMIN, case).items] == [
        ("late", "cancelled")
    ]
    last = queries.history(deployed, ADMIN, case).items[-1]
    assert (last["event"], last["actor"], last["at"]) == ("modified", "root", clock())
    detail = last["detail"]
    assert detail["reason"] == "登记错了"
    assert [line["do"] for line in detail["instructions"]] == ["set", "cancel", "start_before"]
    assert [task["element"] for task in detail["before"]["tasks"]] == ["rectify"]
    assert [task["element"] for task in detail["after"]["tasks"]] == ["recheck"]
    assert detail["variables"] == {"level": {"before": "一般", "after": "较大"}}


def test_a_dry_run_shows_the_result_and_writes_nothing(deployed: App, case: str, clock: FakeClock) -> None:
    before = stored(deployed, case)
    clock.advance(days=4)  # even what is due stays unfired
    shown = repair.modify(deployed, case, [Instruction("skip", "rectify")], by="root", reason="", dry_run=True)
    assert [task["element"] for task in shown["tasks"]] == ["supervise", "recheck"]
    assert shown["timers"] == []
    clock.advance(days=-4)
    assert stored(deployed, case) == before


def test_every_other_timer_row_stays_byte_for_byte(deployed: App, case: str, clock: FakeClock) -> None:
    before = queries.timers(deployed, ADMIN, case).items
    clock.advance(hours=7)
    repair.modify(deployed, case, [Instruction("start_before", "supervise")], by="root", reason="提级")
    assert queries.timers(deployed, ADMIN, case).items == before


@pytest.mark.parametrize(
    ("lines", "reason", "error"),
    [
        ([], "x", Invalid),
        ([Instruction("cancel", "rectify")], "x", Invalid),
        ([Instruction("skip", "rectify")], " ", Invalid),
        ([Instruction("set", variables={"x": "y" * 1_100_000})], "x", TooLarge),
        ([Instruction("set", variables={"x": float("nan")})], "x", Invalid),
    ],
    ids=["no line", "nothing left", "no reason", "too large", "no number"],
)
def test_a_refused_order_writes_nothing(
    deployed: App, case: str, lines: list[Instruction], reason: str, error: type[Exception]
) -> None:
    before = stored(deployed, case)
    with pytest.raises(error):
        repair.modify(deployed, case, lines, by="root", reason=reason)
    assert stored(deployed, case) == before


def test_an_unknown_a_suspended_and_an_ended_instance_are_refused(deployed: App, case: str) -> None:
    lines = [Instruction("skip", "rectify")]
    with pytest.raises(NotFound):
        repair.modify(deployed, "x", lines, by="root", reason="x")
    instances.suspend(deployed, case, by="root", reason="核实")
    with pytest.raises(Conflict, match="root"):
        repair.modify(deployed, case, lines, by="root", reason="x")
    instances.resume(deployed, case, by="root", reason="核实完")
    instances.cancel(deployed, case, by="root", reason="重复")
    with pytest.raises(Conflict, match="结束"):
        repair.modify(deployed, case, lines, by="root", reason="x")


def test_a_long_value_is_named_but_not_kept_in_the_history(deployed: App, case: str) -> None:
    repair.modify(deployed, case, [Instruction("set", variables={"x": "y" * 5_000})], by="root", reason="补录")
    changed = queries.history(deployed, ADMIN, case).items[-1]["detail"]["variables"]
    assert changed == {"x": {"after": "（5002 字符，未记录）"}}


@pytest.fixture
def failing(app: App) -> str:
    """A case that stands at a script over a variable that it does not have."""
    body = f"""
        <startEvent id="start"/>
        <scriptTask id="fail"><script>y = wrong + 1</script></scriptTask>
        <userTask id="next" camunda:candidateGroups="office" camunda:dueDate="${{days(1)}}"/>
        <endEvent id="end"/>{flows("start>fail", "fail>next", "next>end")}
    """
    definitions.deploy(app, {"f.bpmn": diagram(body, key="failing")}, by="test")
    return str(instances.start(app, "failing", {"old": 1}, by="li")["id"])


def test_what_resolves_an_incident_keeps_the_reason_as_its_resolution(failing: str, app: App) -> None:
    incident = queries.incidents(app, ADMIN).items[0]
    repair.modify(
        app,
        failing,
        [Instruction("cancel", "fail"), Instruction("start_before", "next")],
        by="root",
        reason="改走下一步",
    )
    resolved = queries.incidents(app, ADMIN, resolved=True).items
    assert [(row["id"], row["resolved_by"], row["resolution"]) for row in resolved] == [
        (incident["id"], "root", "改走下一步")
    ]
    assert queries.instance(app, ADMIN, failing)["status"] == "running"


def test_an_incident_is_repaired_by_correcting_variables_and_retrying_in_one_act(failing: str, app: App) -> None:
    incident = queries.incidents(app, ADMIN).items[0]["id"]
    with pytest.raises(Invalid, match="原因"):
        incidents.retry(app, incident, by="root", values={"wrong": 1})
    assert incidents.retry(app, incident, by="root", reason="补上金额", values={"wrong": 1}, names=["old"])
    shown = queries.instance(app, ADMIN, failing)
    assert (shown["status"], shown["variables"]) == ("running", {"wrong": 1, "y": 2})
    assert queries.incidents(app, ADMIN, resolved=True).items[0]["resolution"] == "补上金额"
    assert [event["event"] for event in queries.history(app, ADMIN, failing).items][-1] == "retried"
    with pytest.raises(Conflict, match="root"):
        incidents.retry(app, incident, by="root")


def test_a_failed_element_is_skipped_with_its_results_given_by_hand(failing: str, app: App, owner: Viewer) -> None:
    incident = queries.incidents(app, ADMIN).items[0]["id"]
    incidents.skip(app, incident, by="root", reason="人工核定", values={"y": 9})
    shown = queries.instance(app, ADMIN, failing)
    assert (shown["variables"]["y"], [task["element"] for task in shown["tasks"]]) == (9, ["next"])
    tasks.complete(app, shown["tasks"][0]["id"], {}, viewer=owner)
    assert queries.instance(app, ADMIN, failing)["status"] == "completed"
