"""The state rules S1–S8 over the tables, one named test each; those of the pure core are in `spiff/test_limits.py`."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from sqlalchemy import event, func, select

from api.compose import compose
from engine import sql
from engine.app import App
from engine.bpm import definitions, incidents, instances, messages, queries, tasks, timers
from engine.bpm.model import Bundle, Event, Instance, Task
from engine.bpm.step import opened
from engine.bpm.viewer import Viewer
from engine.errors import Conflict, Invalid, Stale, TooLarge
from engine.sql import cursor_of
from engine.testing import FakeClock
from tests.engine.bpm.diagrams import REVIEW, diagram, flows, timer

ADMIN = Viewer("root", admin=True)


def user(name: str, extra: str = "") -> str:
    return f'<userTask id="{name}" camunda:candidateGroups="office" camunda:dueDate="${{days(3)}}"{extra}/>'


def begun(app: App, body: str, key: str = "rule", **values: Any) -> dict[str, Any]:
    definitions.deploy(app, {f"{key}.bpmn": diagram(body, key=key)}, by="test")
    return instances.start(app, key, values, by="li")


def test_s1_one_command_is_one_revision_and_a_step_from_an_older_one_is_refused_whole(
    deployed: App, owner: Viewer
) -> None:
    case = instances.start(deployed, "review", {}, by="li")
    before = case["revision"]
    tasks.complete(deployed, case["tasks"][0]["id"], {"x": 1}, viewer=owner)
    shown = queries.instance(deployed, ADMIN, case["id"])
    assert shown["revision"] == before + 1
    with pytest.raises(Stale), deployed.transaction() as tx, opened(deployed, tx, case["id"], deployed.clock()) as held:
        held.row = held.row._replace(
            revision=held.row.revision - 1
        )  # as if it had been read before somebody else's step
        held.apply(held.snapshot, actor="wang")
    assert queries.instance(deployed, ADMIN, case["id"]) == shown


def test_s2_the_same_key_answers_the_first_result_also_after_a_restart(deployed: App, owner: Viewer) -> None:
    task = instances.start(deployed, "review", {}, by="li")["tasks"][0]["id"]
    first = tasks.complete(deployed, task, {"n": 1}, viewer=owner, key="phone-1")
    restarted = compose(deployed.settings)
    restarted.clock = deployed.clock
    try:
        assert tasks.complete(restarted, task, {"n": 2}, viewer=owner, key="phone-1") == first
        assert queries.instance(restarted, ADMIN, first["instance_id"])["variables"] == {"n": 1}
    finally:
        restarted.close()


def test_s3_a_definition_is_stored_and_parsed_once_and_no_state_holds_a_copy(deployed: App, owner: Viewer) -> None:
    parsed = deployed.model.cache_info().misses
    for _ in range(3):
        task = instances.start(deployed, "review", {}, by="li")["tasks"][0]
        tasks.complete(deployed, task["id"], {}, viewer=owner)
    definitions.deploy(deployed, {"again.bpmn": REVIEW}, by="test")
    assert deployed.model.cache_info().misses <= parsed + 1
    with deployed.reading() as tx:
        states = tx.scalars(select(Instance.state)).all()
        bundles = [name for files in tx.scalars(select(Bundle.files)) for name in files]
    assert max(map(len, states)) < 1_000 and not any("整改".encode() in state for state in states)
    assert bundles.count("review.bpmn") == 1


class Noted:
    """A cursor of the driver that notes what it runs."""

    def __init__(self, cursor: Any, seen: list[str]) -> None:
        self._cursor, self._seen = cursor, seen

    def execute(self, statement: str, *values: Any) -> Any:
        self._seen.append(statement)
        return self._cursor.execute(statement, *values)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._cursor, name)


@contextmanager
def statements(app: App) -> Iterator[list[str]]:
    """The SQL statements that are run meanwhile, by SQLAlchemy and past it."""
    seen: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        seen.append(statement)

    event.listen(app.engine, "before_cursor_execute", note)
    try:
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(sql, "cursor_of", lambda driver: Noted(cursor_of(driver), seen))
            yield seen
    finally:
        event.remove(app.engine, "before_cursor_execute", note)


def test_a_completed_task_is_one_question_and_its_writes(app: App, owner: Viewer) -> None:
    case = begun(
        app,
        f"""<startEvent id="start"/>{user("say")}{user("rectify")}<endEvent id="end"/>
        {flows("start>say", "say>rectify", "rectify>end")}""",
    )
    tasks.complete(app, case["tasks"][0]["id"], {}, viewer=owner)  # reads the definition once and for all
    (last,) = queries.instance(app, ADMIN, case["id"])["tasks"]
    with statements(app) as seen:
        tasks.complete(app, last["id"], {}, viewer=owner)
    assert [one.partition(" ")[0] for one in seen].count("SELECT") == 1, seen
    assert app.engine.dialect.name == "sqlite" or len(seen) == 2, seen


DAILY, THRICE = timer("R/P1D", "timeCycle"), timer("R3/P1D", "timeCycle")
DAYS = 1_095


def test_s4_a_daily_cycle_over_three_years_stays_flat_in_size_and_statements(app: App, clock: FakeClock) -> None:
    body = f"""<startEvent id="start"/>{user("work")}<endEvent id="end"/><endEvent id="told"/>
        <boundaryEvent id="daily" attachedToRef="work" cancelActivity="false">{DAILY}</boundaryEvent>
        <scriptTask id="tell"><script>n = n + 1</script></scriptTask>
        {flows("start>work", "work>end", "daily>tell", "tell>told")}"""
    case = begun(app, body, n=0)["id"]
    sizes, costs, last = {}, {}, DAYS
    for day in range(1, last + 1):
        clock.advance(days=1)
        with statements(app) as seen:
            assert timers.fire_next(app)
        if day in (5, last):
            costs[day] = len(seen)
            with app.reading() as tx:
                sizes[day] = len(tx.get_one(Instance, case).state)
    assert queries.instance(app, ADMIN, case)["variables"]["n"] == last
    assert costs[last] == costs[5]
    assert sizes[last] <= sizes[5] * 1.1
    with app.reading() as tx:
        fired = tx.scalar(select(func.count()).where(Event.instance_id == case, Event.event == "fired"))
    assert fired == last


def test_s4_five_hundred_reworks_stay_flat_in_size_and_statements(app: App) -> None:
    guard = "<conditionExpression>${n >= 501}</conditionExpression>"
    body = f"""<startEvent id="start"/><exclusiveGateway id="m"/>{user("work")}
        <exclusiveGateway id="x" default="f_x_m"/>
        <boundaryEvent id="late" attachedToRef="work" cancelActivity="false">{timer("P1D")}</boundaryEvent>
        <scriptTask id="count"><script>n = n + 1</script></scriptTask><endEvent id="end"/><endEvent id="told"/>
        <sequenceFlow id="out" sourceRef="x" targetRef="end">{guard}</sequenceFlow>
        {flows("start>m", "m>work", "work>count", "count>x", "x>m", "late>told")}"""
    case = begun(app, body, n=0)
    task, sizes, costs = case["tasks"][0]["id"], {}, {}
    for rework in range(1, 502):
        with statements(app) as seen:
            tasks.complete(app, task, {"done": rework}, viewer=ADMIN)
        with app.reading() as tx:
            task = tx.scalar(select(Task.id).where(Task.instance_id == case["id"], Task.status == "open"))
            if rework in (5, 500):
                costs[rework], sizes[rework] = len(seen), len(tx.get_one(Instance, case["id"]).state)
    assert task is None  # the 501st round was the last
    assert costs[500] == costs[5]
    assert sizes[500] <= sizes[5] * 1.1  # S4 would let it be half as long again


BROKEN = {
    "script": '<scriptTask id="fail"><script>y = wrong + 1</script></scriptTask>',
    "operator": '<serviceTask id="fail" camunda:type="external" camunda:topic="test.fail"/>',
    "table": '<businessRuleTask id="fail" camunda:decisionRef="${table}" camunda:resultVariable="y"/>',
    "timer": f'<intermediateCatchEvent id="fail">{timer("${wrong}", "timeDate")}</intermediateCatchEvent>',
    "due date": '<userTask id="fail" camunda:candidateGroups="office" camunda:dueDate="${wrong}"/>',
    "call": '<callActivity id="fail" calledElement="${wrong}"/>',
    "collection": '<userTask id="fail" camunda:candidateGroups="office" camunda:dueDate="${days(1)}">'
    '<multiInstanceLoopCharacteristics camunda:collection="${wrong}"/></userTask>',
}


@pytest.mark.parametrize("kind", BROKEN)
def test_s5_whatever_fails_keeps_what_was_done_and_waits_with_its_reason(app: App, owner: Viewer, kind: str) -> None:
    _operator_that_fails(app)
    body = f"""<startEvent id="start"/>{user("say")}{BROKEN[kind]}<endEvent id="end"/>
        {flows("start>say", "say>fail", "fail>end")}"""
    case = begun(app, body, table="none")
    other = instances.start(app, "rule", {"table": "none"}, by="li")
    tasks.complete(app, case["tasks"][0]["id"], {"said": "是"}, viewer=owner)
    shown = queries.instance(app, ADMIN, case["id"])
    assert (shown["status"], shown["variables"]) == ("incident", {"said": "是", "table": "none"})
    stuck = shown["incidents"][0]
    assert stuck["element"] == "fail" and len(stuck["message"]) > 5
    assert queries.instance(app, ADMIN, other["id"])["status"] == "running"
    assert not incidents.retry(app, stuck["id"], by="root")
    remaining = queries.incidents(app, ADMIN).items[0]["id"]
    incidents.skip(app, remaining, by="root", reason="人工处理")
    assert queries.instance(app, ADMIN, case["id"])["status"] == "completed"


def test_s5_a_condition_that_fails_is_repaired_by_correcting_its_variable(app: App, owner: Viewer) -> None:
    guard = "<conditionExpression>${n > 1}</conditionExpression>"
    way = f'<sequenceFlow id="w" sourceRef="x" targetRef="end">{guard}</sequenceFlow>'
    body = f"""<startEvent id="start"/>{user("say")}<exclusiveGateway id="x"/><endEvent id="end"/>{way}
        {flows("start>say", "say>x")}"""
    case = begun(app, body, n="many")
    tasks.complete(app, case["tasks"][0]["id"], {}, viewer=owner)
    stuck = queries.incidents(app, ADMIN).items[0]
    assert stuck["element"] == "x"
    assert incidents.retry(app, stuck["id"], by="root", reason="应为数字", values={"n": 2})
    assert queries.instance(app, ADMIN, case["id"])["status"] == "completed"


def test_s5_a_form_that_refuses_leaves_the_task_open_and_the_case_as_it_was(app: App, owner: Viewer) -> None:
    field = '{"type": "number", "key": "n", "label": "n", "validate": {"min": 1}}'
    form = f'{{"id": "ask", "type": "default", "components": [{field}]}}'.encode()
    body = f"""<startEvent id="start"/>{user("say", ' camunda:formRef="ask"')}<endEvent id="end"/>
        {flows("start>say", "say>end")}"""
    definitions.deploy(app, {"r.bpmn": diagram(body, key="rule"), "ask.form": form}, by="test")
    case = instances.start(app, "rule", {}, by="li")
    before = queries.instance(app, ADMIN, case["id"])
    for wrong in ({"n": 0}, {"n": "x"}, {"other": 1}):
        with pytest.raises(Invalid):
            tasks.complete(app, case["tasks"][0]["id"], wrong, viewer=owner)
    assert queries.instance(app, ADMIN, case["id"]) == before


def _operator_that_fails(app: App) -> None:
    from marshmallow import Schema

    def fail(*_: object) -> dict[str, object]:
        raise RuntimeError("打印机没有纸")

    app.operators.operator("test.fail", title="失败", schema=Schema)(fail)


def test_s5_a_step_that_breaks_the_engine_parks_this_case_and_no_other(deployed: App, clock: FakeClock) -> None:
    broken, other = (instances.start(deployed, "strict", {}, by="li")["id"] for _ in range(2))
    with deployed.transaction() as tx:
        row = tx.get_one(Instance, broken)
        good, row.state = row.state, b"#"
    clock.advance(hours=1)
    while timers.fire_next(deployed) or messages.deliver_next(deployed):
        pass
    assert [task["element"] for task in queries.instance(deployed, ADMIN, other)["tasks"]] == ["escalated"]
    stuck = queries.incidents(deployed, ADMIN).items[0]
    assert stuck["instance_id"] == broken
    with pytest.raises(Conflict, match="没有可以跳过的元素"):
        incidents.skip(deployed, stuck["id"], by="root", reason="x")
    with deployed.transaction() as tx:
        tx.get_one(Instance, broken).state = good
    assert incidents.retry(deployed, stuck["id"], by="root", reason="已恢复")
    while timers.fire_next(deployed):
        pass
    assert [task["element"] for task in queries.instance(deployed, ADMIN, broken)["tasks"]] == ["escalated"]


def test_s7_the_history_comes_from_event_rows_and_misses_no_child_of_a_cycle(app: App, clock: FakeClock) -> None:
    body = f"""<startEvent id="start"/>{user("work")}<endEvent id="end"/>
        <boundaryEvent id="daily" attachedToRef="work" cancelActivity="false">{THRICE}</boundaryEvent>
        {user("look")}<endEvent id="seen"/>{flows("start>work", "work>end", "daily>look", "look>seen")}"""
    case = begun(app, body)["id"]
    for _ in range(3):
        clock.advance(days=1)
        assert timers.fire_next(app)
        look = next(task for task in queries.instance(app, ADMIN, case)["tasks"] if task["element"] == "look")
        tasks.complete(app, look["id"], {}, viewer=ADMIN)
    instances.cancel(app, case, by="root", reason="完")
    passed = queries.history(app, ADMIN, case).items
    assert [row["event"] for row in passed if row["element"] == "look"] == ["entered", "completed"] * 3
    with app.transaction() as tx:
        tx.get_one(Instance, case).state = b""  # the tree is gone; the history does not need it
    assert queries.history(app, ADMIN, case).items == passed


def test_s8_variables_are_bounded_for_one_act_and_over_all_and_hold_no_file(app: App, owner: Viewer) -> None:
    guard = "<conditionExpression>${over}</conditionExpression>"
    body = f"""<startEvent id="start"/><exclusiveGateway id="m"/>{user("work")}
        <exclusiveGateway id="x" default="f_x_m"/><endEvent id="end"/>
        <sequenceFlow id="out" sourceRef="x" targetRef="end">{guard}</sequenceFlow>
        {flows("start>m", "m>work", "work>x", "x>m")}"""
    case = begun(app, body, over=False)
    with pytest.raises(TooLarge, match="1 MB"):
        tasks.complete(app, case["tasks"][0]["id"], {"x": "y" * 1_100_000}, viewer=owner)
    with pytest.raises(Invalid) as refused:
        tasks.complete(app, case["tasks"][0]["id"], {"x": "data:image/png;base64,iVBO"}, viewer=owner)
    assert "上传文件" in refused.value.problems[0]["message"]
    with pytest.raises(TooLarge, match="合计超过 4 MB"):
        for number in range(9):
            with app.reading() as tx:
                task = tx.scalars(select(Task.id).where(Task.status == "open")).one()
            tasks.complete(app, task, {f"part{number}": "x" * 900_000}, viewer=owner)
    assert sorted(queries.instance(app, ADMIN, case["id"])["variables"]) == ["over", "part0", "part1", "part2", "part3"]
