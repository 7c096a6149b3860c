"""Why a case stands where it is: each kind of waiting has its sentence, its who and its until."""

from datetime import timedelta
from typing import Any

import pytest

from engine.app import App
from engine.bpm import assignment, definitions, instance_search, instances, messages, queries, tasks, timers
from engine.bpm.viewer import Account, Viewer
from engine.testing import START, FakeClock
from tests.engine.bpm.diagrams import diagram, flows, timer

ADMIN = Viewer("root", admin=True)
EXTRA = (
    '<message id="m" name="reply"/><signal id="s" name="typhoon"/>'
    '<process id="sub" name="核查" isExecutable="true"><startEvent id="s0"/><userTask id="inner" '
    'camunda:candidateGroups="office" camunda:dueDate="${days(1)}"/><endEvent id="e0"/>'
    f"{flows('s0>inner', 'inner>e0')}</process>"
)


def user(name: str, due: str = "${days(3)}") -> str:
    return f'<userTask id="{name}" name="任务{name}" camunda:candidateGroups="office" camunda:dueDate="{due}"/>'


BRANCHES = ("a", "b", "pause", "letter", "storm", "rich", "call", "fail")
ALL = diagram(
    f"""
    <startEvent id="start"/><parallelGateway id="f"/><parallelGateway id="j" name="会签"/>{user("a")}{user("b")}
    <boundaryEvent id="remind" attachedToRef="b" cancelActivity="false">{timer("P1D")}</boundaryEvent>
    <intermediateCatchEvent id="pause" name="公示">{timer("P7D")}</intermediateCatchEvent>
    <receiveTask id="letter" name="等回函" messageRef="m"><extensionElements><camunda:properties>
    <camunda:property name="correlation:hazard" value="${{hazard}}"/></camunda:properties>
    </extensionElements></receiveTask>
    <intermediateCatchEvent id="storm" name="等预警"><signalEventDefinition signalRef="s"/></intermediateCatchEvent>
    <intermediateCatchEvent id="rich" name="等拨款">
    <conditionalEventDefinition><condition>${{money}}</condition></conditionalEventDefinition></intermediateCatchEvent>
    <callActivity id="call" name="委托核查" calledElement="sub"/>
    <boundaryEvent id="called_off" attachedToRef="call">{timer("P20D")}</boundaryEvent>
    <boundaryEvent id="silence" attachedToRef="letter">{timer("P30D")}</boundaryEvent>
    <boundaryEvent id="nudge" attachedToRef="letter" cancelActivity="false">{timer("P25D")}</boundaryEvent>
    <scriptTask id="fail" name="算分"><script>x = gone</script></scriptTask>
    <endEvent id="end"/>
    {flows("start>f", "j>end", "remind>end", "called_off>end", "silence>end", "nudge>end")}
    {flows(*(f"f>{name}" for name in BRANCHES), *(f"{name}>j" for name in BRANCHES))}
    """,
    key="all",
    extra=EXTRA,
)


@pytest.fixture
def case(app: App) -> str:
    """A case that waits for everything at once."""
    definitions.deploy(app, {"all.bpmn": ALL}, by="test")
    started = instances.start(app, "all", {"hazard": "YQ-1", "money": False}, by="li")
    return str(started["id"])


def waits(app: App, case: str) -> dict[tuple[str, str | None], dict[str, Any]]:
    found = queries.instance(app, ADMIN, case)["waiting"]
    assert all(entry["en"] != entry["words"] for entry in found)
    return {(entry["kind"], entry["element"]): entry for entry in found}


def test_each_kind_of_waiting_is_named(app: App, case: str, clock: FakeClock, owner: Viewer) -> None:
    clock.advance(hours=1)
    open_now = {task["element"]: task["id"] for task in queries.instance(app, ADMIN, case)["tasks"]}
    tasks.claim(app, open_now["b"], viewer=owner)
    tasks.complete(app, open_now["a"], {}, viewer=owner)
    found = waits(app, case)
    assert set(found) == {
        ("incident", "fail"), ("task", "b"), ("task", "inner"), ("timer", "pause"), ("message", "letter"),
        ("signal", "storm"), ("condition", "rich"), ("called", "call"), ("join", "j"),
    }  # fmt: skip
    assert next(iter(found))[0] == "incident"
    task = found["task", "b"]
    assert (task["who"], task["since"], task["name"]) == (["li"], START, "任务b")
    assert "等 li 办理，期限 2026-09-28 00:00" in task["words"] and "已逾期" not in task["words"]
    assert found["task", "inner"]["who"] == ["office"] and "认领" in found["task", "inner"]["words"]
    assert found["timer", "pause"]["until"] == START + timedelta(days=7)
    letter, storm = found["message", "letter"], found["signal", "storm"]
    assert letter["event"] == "reply" and letter["words"].startswith("“等回函”自")
    assert letter["words"].endswith("起等消息（YQ-1），最晚到 2026-10-24 09:00。")
    assert letter["until"] == START + timedelta(days=30) and storm["until"] is None
    assert storm["event"] == "typhoon" and "起等信号。" in storm["words"], "its element has a name"
    assert "${money}" in found["condition", "rich"]["words"] and found["condition", "rich"]["since"] == START
    assert (
        "“核查”结束，最晚到 2026-10-14 09:00。" in found["called", "call"]["words"]
        and found["called", "call"]["since"] == START
    )
    join = found["join", "j"]
    assert join["since"] == START + timedelta(hours=1)
    assert "“任务b”" in join["words"] and "“公示”" in join["words"] and "“任务a”" not in join["words"]
    assert "出错" in found["incident", "fail"]["words"]
    awaits = instance_search.instances(app, definition="all").items[0]["awaits"]
    assert [(one["name"], one["until"]) for one in awaits] == [
        ("公示", found["timer", "pause"]["until"]), ("等回函", letter["until"]), ("等预警", None),
    ], "what an operator's list tells of it, beside its tasks"  # fmt: skip


def test_who_suspended_it_comes_first_and_nothing_happens_by_itself(app: App, case: str) -> None:
    assert queries.instance(app, ADMIN, case)["next_event_at"] == START + timedelta(days=1)
    instances.suspend(app, case, by="root", reason="核实")
    shown = queries.instance(app, ADMIN, case)
    first = shown["waiting"][0]
    assert (first["kind"], first["who"], shown["next_event_at"]) == ("suspended", ["root"], None)
    assert "已由 root 于 2026-09-24 09:00 挂起" in first["words"] and "原因：核实；" in first["words"]


def test_a_task_that_nobody_can_do_says_that_an_admin_has_to_act(app: App, owner: Viewer) -> None:
    body = f"""<startEvent id="start"/><parallelGateway id="f"/>{user("a")}{user("b")}
        <userTask id="c" name="任务c" camunda:candidateUsers="${{whom}}"/><endEvent id="end"/>
        {flows("start>f", "f>a", "f>b", "f>c", "a>end", "b>end", "c>end")}"""
    definitions.deploy(app, {"d.bpmn": diagram(body, key="lost")}, by="test")
    case = str(instances.start(app, "lost", {"whom": []}, by="li")["id"])
    open_now = {task["element"]: task["id"] for task in queries.instance(app, ADMIN, case)["tasks"]}
    tasks.claim(app, open_now["a"], viewer=owner)

    def said() -> list[str]:
        return [waits(app, case)["task", element]["words"].partition("。")[2] for element in "abc"]

    app.accounts, app.peopled = lambda _, names: {"li": Account(False)}, lambda _, names: frozenset()
    assert said() == [
        "办理人没有在用的账号，须由管理员移交。",
        "候选的组里没有人，须由管理员移交或补上人员。",
        "它没有候选人，须由管理员移交。",
    ]
    assert "等 管理员 认领" in waits(app, case)["task", "c"]["words"]
    app.accounts, app.peopled = lambda _, names: {"li": Account()}, lambda _, names: frozenset(names)
    assert said()[:2] == ["", ""]
    assignment.follow_up(app, open_now["a"], viewer=owner, at=START + timedelta(days=1))
    assert waits(app, case)["task", "a"]["words"].endswith("期限 2026-09-28 00:00，先放到 2026-09-25 09:00。")


def test_the_next_event_is_the_earliest_timer_or_coming_due_date(app: App, case: str, clock: FakeClock) -> None:
    def following() -> Any:
        shown = queries.instance(app, ADMIN, case)["next_event_at"]
        assert queries.instances(app, ADMIN).items[0]["next_event_at"] == shown
        return shown and shown - START

    assert following() == timedelta(days=1)  # the reminder
    clock.advance(days=1)
    assert timers.fire_next(app)
    assert following() == timedelta(days=1, hours=15)  # the inner task's day ends
    clock.advance(days=4)
    assert following() == timedelta(days=7)
    assert "已逾期" in waits(app, case)["task", "b"]["words"]


def test_an_ended_case_waits_for_nothing(app: App, case: str) -> None:
    instances.cancel(app, case, by="root", reason="作废")
    shown = queries.instance(app, ADMIN, case)
    assert (shown["waiting"], shown["next_event_at"]) == ([], None)


def test_an_inclusive_join_names_only_the_branches_that_can_still_come(app: App, owner: Viewer) -> None:
    guarded = "".join(
        f'<sequenceFlow id="f_{name}" sourceRef="f" targetRef="{name}">'
        f"<conditionExpression>${{{name} == 1}}</conditionExpression></sequenceFlow>"
        for name in "abc"
    )
    body = f"""<startEvent id="start"/><inclusiveGateway id="f"/><inclusiveGateway id="j"/>
        {user("a")}{user("b")}{user("c")}<endEvent id="end"/>{guarded}
        {flows("start>f", "a>j", "b>j", "c>j", "j>end")}"""
    definitions.deploy(app, {"or.bpmn": diagram(body, key="or")}, by="test")
    case = str(instances.start(app, "or", {"a": 1, "b": 1, "c": 0}, by="li")["id"])
    open_now = {task["element"]: task["id"] for task in queries.instance(app, ADMIN, case)["tasks"]}
    tasks.complete(app, open_now["a"], {}, viewer=owner)
    words = waits(app, case)["join", "j"]["words"]
    assert "“任务b”" in words and "任务c" not in words


def test_what_waits_behind_an_event_gateway_says_since_when(app: App) -> None:
    body = f"""<startEvent id="start"/><eventBasedGateway id="g"/>
        <intermediateCatchEvent id="rich"><conditionalEventDefinition><condition>${{money}}</condition>
        </conditionalEventDefinition></intermediateCatchEvent>
        <intermediateCatchEvent id="go"><messageEventDefinition messageRef="m"/></intermediateCatchEvent>
        <endEvent id="end"/>{flows("start>g", "g>rich", "g>go", "rich>end", "go>end")}"""
    definitions.deploy(app, {"g.bpmn": diagram(body, key="race", extra='<message id="m" name="reply"/>')}, by="test")
    case = str(instances.start(app, "race", {"money": False}, by="li")["id"])
    found = waits(app, case)
    assert set(found) == {("condition", "rich"), ("message", "go")}
    assert found["condition", "rich"]["since"] == START
    assert "起等消息“reply”。" in found["message", "go"]["words"]
    assert messages.send(app, "reply", {}, {}, by="li") == 1
    assert queries.instance(app, ADMIN, case)["waiting"] == []
