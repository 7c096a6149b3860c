"""Definitions and instances: what is deployed stays, what fails can be repaired, what is ended is ended."""

import pytest

from engine.app import App
from engine.bpm import definitions, incidents, instances, queries, tasks
from engine.bpm.operators import Run
from engine.bpm.viewer import Viewer
from engine.errors import Conflict, Invalid, NotFound, TooLarge
from tests.engine.bpm.diagrams import REVIEW, diagram, flows

ADMIN = Viewer("root", admin=True)


def test_the_same_content_is_the_same_version_and_a_change_is_a_new_one(app: App) -> None:
    first = definitions.deploy(app, {"review.bpmn": REVIEW}, by="a").definitions[0]
    again = definitions.deploy(app, {"review.bpmn": REVIEW}, by="b").definitions[0]
    changed = definitions.deploy(app, {"review.bpmn": REVIEW.replace("整改".encode(), "改正".encode())}, by="c")
    assert (first["version"], again["id"], changed.definitions[0]["version"]) == (1, first["id"], 2)
    assert definitions.xml(app, "review", 1) == REVIEW


def test_a_running_instance_keeps_its_version(deployed: App, owner: Viewer) -> None:
    case = instances.start(deployed, "review", {}, by="li")
    definitions.deploy(deployed, {"review.bpmn": REVIEW.replace("复查".encode(), "验收".encode())}, by="c")
    tasks.complete(deployed, case["tasks"][0]["id"], {}, viewer=owner)
    assert [task["name"] for task in queries.tasks(deployed, owner).items] == ["复查"]


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"not xml",
        b"<html/>",
        b'<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]><definitions>&x;</definitions>',
        diagram('<startEvent id="start"/><userTask id="t"/>' + flows("start>nowhere")),
        diagram('<startEvent id="start"/><complexGateway id="g"/><endEvent id="e"/>' + flows("start>g", "g>e")),
    ],
    ids=["empty", "no xml", "html", "external entity", "dangling flow", "complex gateway"],
)
def test_a_broken_file_is_refused_with_problems_and_nothing_is_stored(app: App, content: bytes) -> None:
    with pytest.raises(Invalid) as refused:
        definitions.deploy(app, {"x.bpmn": content}, by="li")
    assert refused.value.problems
    assert all(problem["message"] and problem["en"] for problem in refused.value.problems)
    assert queries.definitions(app).total == 0


def test_an_unknown_definition_and_bad_variables_are_refused(deployed: App) -> None:
    with pytest.raises(NotFound, match="nothing"):
        instances.start(deployed, "nothing", {}, by="li")
    with pytest.raises(Invalid) as refused:
        instances.start(deployed, "review", {"x": float("nan"), "y": "a\0b"}, by="li")
    assert {problem["field"] for problem in refused.value.problems} == {"x", "y"}
    with pytest.raises(TooLarge):
        instances.start(deployed, "review", {"photo": "x" * 1_100_000}, by="li")
    assert queries.instances(deployed, ADMIN).total == 0


def test_a_cancelled_instance_is_over_and_keeps_the_reason(deployed: App, owner: Viewer) -> None:
    case = instances.start(deployed, "review", {}, by="li")
    with pytest.raises(Invalid):
        instances.cancel(deployed, case["id"], by="li", reason=" ")
    assert instances.cancel(deployed, case["id"], by="li", reason="重复登记")["status"] == "terminated"
    assert queries.tasks(deployed, owner).total == 0
    assert [row["status"] for row in queries.timers(deployed, ADMIN, case["id"]).items] == ["cancelled"]
    last = queries.history(deployed, ADMIN, case["id"]).items[-1]
    assert (last["event"], last["detail"]) == ("cancelled", {"reason": "重复登记"})
    with pytest.raises(Conflict):
        instances.cancel(deployed, case["id"], by="li", reason="再次")


def test_a_failing_step_keeps_the_users_act_and_can_be_retried(app: App, owner: Viewer) -> None:
    """Rule S5: the operator fails once; the completion stays, the incident says why, retry goes on from there."""
    failing = {"now": True}
    _register(app, failing)
    body = f"""
        <startEvent id="start"/>
        <userTask id="say" camunda:candidateGroups="office" camunda:dueDate="${{days(1)}}"/>
        <serviceTask id="send" name="发送" camunda:type="external" camunda:topic="test.send"/>
        <endEvent id="end"/>{flows("start>say", "say>send", "send>end")}
    """
    definitions.deploy(app, {"f.bpmn": diagram(body, key="failing")}, by="test")
    case = instances.start(app, "failing", {}, by="li")
    tasks.complete(app, case["tasks"][0]["id"], {"said": "是"}, viewer=owner)
    stuck = queries.instance(app, ADMIN, case["id"])
    assert (stuck["status"], stuck["variables"]["said"]) == ("incident", "是")
    incident = queries.incidents(app, ADMIN).items[0]
    assert incident["element"] == "send"
    assert "打印机没有纸" in incident["message"]
    assert not incidents.retry(app, incident["id"], by="root")
    failing["now"] = False
    remaining = queries.incidents(app, ADMIN).items[0]
    assert incidents.retry(app, remaining["id"], by="root")
    assert queries.instance(app, ADMIN, case["id"])["status"] == "completed"


def _register(app: App, failing: dict[str, bool]) -> None:
    from marshmallow import Schema

    def send(*_: object) -> dict[str, object]:
        if failing["now"]:
            raise RuntimeError("打印机没有纸")
        return {"sent": True}

    run: Run = send
    app.operators.operator("test.send", title="发送", schema=Schema)(run)


def test_people_see_the_instances_they_have_work_in(
    deployed: App, owner: Viewer, leader: Viewer, stranger: Viewer
) -> None:
    case = instances.start(deployed, "review", {}, by="someone")
    assert queries.instances(deployed, owner).total == 1
    assert queries.instances(deployed, leader).total == queries.instances(deployed, stranger).total == 0
    with pytest.raises(NotFound):
        queries.instance(deployed, stranger, case["id"])
