"""Versions: an instance stays with the forms and tables it began with; a process can be stopped and let go on."""

import json
from datetime import timedelta
from functools import partial

import pytest

from engine.app import App
from engine.bpm import batches, definitions, instances, queries, repair, suspension, tasks, timers
from engine.bpm.spiff.modify import Instruction
from engine.bpm.viewer import Viewer
from engine.errors import Conflict, Invalid, NotFound
from engine.testing import FakeClock
from tests.engine.bpm.diagrams import REVIEW, diagram, flows
from tests.engine.bpm.test_concurrency import at_once

ADMIN = Viewer("root", admin=True)


def files(words: str, days: int) -> dict[str, bytes]:
    """A process with a form and a table that say something else in each version."""
    body = f"""<startEvent id="start"/>
        <userTask id="ask" camunda:candidateGroups="office" camunda:formRef="ask"/>
        <businessRuleTask id="decide" camunda:decisionRef="limit" camunda:resultVariable="days"
            camunda:mapDecisionResult="singleEntry"/>
        <userTask id="show" camunda:candidateGroups="office"/><endEvent id="end"/>
        {flows("start>ask", "ask>decide", "decide>show", "show>end")}"""
    form = {"type": "default", "id": "ask", "components": [{"type": "textfield", "key": words, "label": words}]}
    table = f"""<definitions xmlns="https://www.omg.org/spec/DMN/20191111/MODEL/" id="d" name="d" namespace="x">
        <decision id="limit" name="limit"><decisionTable id="t" hitPolicy="FIRST">
        <output id="o" name="days" typeRef="number"/>
        <rule id="r"><outputEntry id="x"><text>{days}</text></outputEntry></rule></decisionTable></decision>
        </definitions>"""
    return {"p.bpmn": diagram(body, key="pinned"), "ask.form": json.dumps(form).encode(), "limit.dmn": table.encode()}


def test_files_are_read_once_before_they_are_deployed_and_again_when_their_order_differs(app: App) -> None:
    first = app.parsed(files("first", 3))
    definitions.deploy(app, files("first", 3), by="root")
    assert app.parsed(files("first", 3)) is first
    both = {"review.bpmn": REVIEW, **files("first", 3)}
    assert (app.parsed(both).key, app.parsed(dict(reversed(both.items()))).key) == ("review", "pinned")


def test_an_instance_stays_with_the_form_and_the_table_of_its_version(app: App, owner: Viewer) -> None:
    definitions.deploy(app, files("first", 3), by="root")
    old = instances.start(app, "pinned", {}, by="li")
    definitions.deploy(app, files("second", 9), by="root", reason="新规定")
    assert definitions.show(app, "pinned")["reason"] == "新规定"
    new = instances.start(app, "pinned", {}, by="li")
    older = instances.start(app, "pinned", {}, by="li", version=1)
    for case, words, days in ((old, "first", 3), (new, "second", 9), (older, "first", 3)):
        task = case["tasks"][0]["id"]
        assert [part["key"] for part in queries.task(app, owner, task)["form_schema"]["components"]] == [words]
        tasks.complete(app, task, {words: "x"}, viewer=owner)
        assert queries.instance(app, ADMIN, case["id"])["variables"]["days"] == days


def test_a_stopped_process_starts_nothing_and_says_who_stopped_it(deployed: App, owner: Viewer) -> None:
    case = instances.start(deployed, "review", {}, by="li")
    stopped = suspension.suspend(deployed, "review", by="root", reason="修订中")
    assert (stopped["suspended_by"], stopped["suspended_reason"], stopped["batch"]) == ("root", "修订中", None)
    with pytest.raises(Conflict, match="已由 root 停用（原因：修订中）"):
        instances.start(deployed, "review", {}, by="li")
    with pytest.raises(Conflict):
        suspension.suspend(deployed, "review", by="root", reason="再次")
    tasks.complete(deployed, case["tasks"][0]["id"], {}, viewer=owner)
    assert suspension.resume(deployed, "review", by="chen", reason="修订完")["suspended_at"] is None
    assert instances.start(deployed, "review", {}, by="li")["version"] == 1
    told = [(one["kind"], one["by"], one["reason"], one["parameters"]) for one in batches.batches(deployed).items]
    about = {"definition": "review", "versions": [1]}
    assert sorted(told) == [
        ("resume", "chen", "修订完", about),
        ("suspend", "root", "修订中", {**about, "clock": "running"}),
    ]
    assert {(one["status"], one["total"]) for one in batches.batches(deployed).items} == {("finished", 0)}


def test_of_two_who_stop_a_process_at_once_one_is_told(deployed: App) -> None:
    for _ in range(4):
        answers = at_once(
            *(partial(suspension.suspend, deployed, "review", by=name, reason="修订中") for name in ("root", "chen"))
        )
        [(winner, _)] = [pair for pair in zip(("root", "chen"), answers, strict=True) if pair[1] is None]
        [refused] = [answer for answer in answers if answer is not None]
        assert isinstance(refused, Conflict)
        assert suspension.resume(deployed, "review", by=winner, reason="修订完")["suspended_by"] is None
    assert len([one for one in batches.batches(deployed).items if one["kind"] == "suspend"]) == 4


def test_all_versions_or_only_one_are_stopped(deployed: App) -> None:
    definitions.deploy(deployed, {"review.bpmn": REVIEW.replace("整改".encode(), "改正".encode())}, by="root")
    suspension.suspend(deployed, "review", by="root", reason="有误", version=2)
    assert instances.start(deployed, "review", {}, by="li", version=1)["version"] == 1
    suspension.suspend(deployed, "review", by="root", reason="全部")
    with pytest.raises(Conflict):
        instances.start(deployed, "review", {}, by="li", version=1)
    with pytest.raises(NotFound):
        suspension.suspend(deployed, "review", by="root", reason="没有", version=7)


def test_running_instances_stop_and_go_on_with_the_process_but_not_one_stopped_for_itself(deployed: App) -> None:
    with_it, alone = (instances.start(deployed, "review", {}, by="li")["id"] for _ in range(2))
    instances.suspend(deployed, alone, by="root", reason="核实")
    stopped = suspension.suspend(deployed, "review", by="root", reason="修订中", instances=True)
    assert (stopped["batch"]["kind"], stopped["batch"]["counts"]) == ("suspend", {"done": 1})
    assert queries.instance(deployed, ADMIN, with_it)["suspended_by"] == "root"
    going = suspension.resume(deployed, "review", by="root", reason="修订完", instances=True)
    assert going["batch"]["counts"] == {"done": 1}
    assert queries.instance(deployed, ADMIN, with_it)["suspended_at"] is None
    assert queries.instance(deployed, ADMIN, alone)["suspended_at"] is not None


def test_what_was_not_stopped_yet_is_not_stopped_by_a_process_that_goes_on(deployed: App) -> None:
    for _ in range(batches.AT_ONCE + 5):
        instances.start(deployed, "review", {}, by="li")
    stopped = suspension.suspend(deployed, "review", by="root", reason="修订中", instances=True)
    assert stopped["batch"]["counts"]["pending"] == 4
    suspension.resume(deployed, "review", by="root", reason="修订完", instances=True)
    while batches.open_batches(deployed):
        batches.work_next(deployed)
    assert queries.instances(deployed, ADMIN, status="suspended").total == 0
    assert batches.show(deployed, stopped["batch"]["id"])["counts"] == {"done": batches.AT_ONCE + 1, "failed": 4}


def test_who_was_stopped_again_for_a_reason_of_its_own_stays_stopped(deployed: App) -> None:
    case = instances.start(deployed, "review", {}, by="li")["id"]
    suspension.suspend(deployed, "review", by="root", reason="修订中", instances=True)
    instances.resume(deployed, case, by="root", reason="急件")
    instances.suspend(deployed, case, by="root", reason="另案核实")
    assert suspension.resume(deployed, "review", by="root", reason="修订完", instances=True)["batch"] is None
    assert queries.instance(deployed, ADMIN, case)["suspended_at"] is not None


def test_stopping_needs_a_reason(deployed: App) -> None:
    for verb in (suspension.suspend, suspension.resume):
        with pytest.raises(Invalid):
            verb(deployed, "review", by="root", reason=" ")


def test_with_the_process_the_clocks_stop_too_by_choice(deployed: App, clock: FakeClock) -> None:
    case = instances.start(deployed, "review", {}, by="li")
    [timer] = queries.timers(deployed, ADMIN, case["id"]).items
    suspension.suspend(deployed, "review", by="root", reason="修订中", instances=True, clock="stopped")
    clock.advance(days=10)
    assert timers.next_due(deployed) is None
    suspension.resume(deployed, "review", by="root", reason="修订完", instances=True)
    [armed] = [one for one in queries.timers(deployed, ADMIN, case["id"]).items if one["status"] == "armed"]
    assert armed["due_at"] - timer["due_at"] == timedelta(days=10)


def test_failed_instances_are_retried_together(app: App) -> None:
    content = diagram(
        f"""<startEvent id="s"/><scriptTask id="sum"><script>n = 1 / k</script></scriptTask>
        <endEvent id="e"/>{flows("s>sum", "sum>e")}""",
        key="sums",
    )
    definitions.deploy(app, {"p.bpmn": content}, by="root")
    failed = [instances.start(app, "sums", {"k": 0}, by="li")["id"] for _ in range(2)]
    repair.modify(app, failed[0], [Instruction("set", variables={"k": 1})], by="root", reason="更正")
    done = batches.order(app, "retry", by="root", reason="已更正", definition="sums")
    assert done["counts"] == {"done": 2}
    assert [queries.instance(app, ADMIN, case)["status"] for case in failed] == ["completed", "incident"]
