"""Instances, messages and incidents over HTTP."""

import pytest
from flask.testing import FlaskClient

from engine.app import App
from engine.bpm import definitions
from tests.api.conftest import REVIEW
from tests.engine.bpm.diagrams import diagram, flows


def test_starting_answers_the_id_the_status_and_the_open_tasks(root: FlaskClient, review: str) -> None:
    answer = root.post("/api/v1/instances", json={"definition": review, "variables": {"level": "一般"}})
    assert answer.status_code == 201
    made = answer.json
    assert made["id"] and made["status"] == "running" and made["version"] == 1
    assert [task["element"] for task in made["tasks"]] == ["check"]
    assert made["variables"]["level"] == "一般"


def test_only_whom_the_diagram_names_may_start_it(
    root: FlaskClient, owner: FlaskClient, stranger: FlaskClient, review: str
) -> None:
    assert stranger.post("/api/v1/instances", json={"definition": review}).status_code == 201
    named = b' camunda:candidateStarterGroups="clerk@safety_office, nobody" camunda:historyTimeToLive'
    narrow = REVIEW.replace(b" camunda:historyTimeToLive", named)
    assert root.post("/api/v1/definitions", data=narrow, content_type="application/xml").status_code == 201
    refused = stranger.post("/api/v1/instances", json={"definition": review})
    assert refused.status_code == 403 and "clerk@safety_office" in refused.json["detail"]
    for client in (owner, root):
        assert client.post("/api/v1/instances", json={"definition": review}).status_code == 201


def test_a_start_that_is_sent_twice_starts_one_instance(owner: FlaskClient, root: FlaskClient, review: str) -> None:
    body, key = {"definition": review, "business_key": "YQ-1"}, {"Idempotency-Key": "start-1"}
    first, again = (owner.post("/api/v1/instances", json=body, headers=key) for _ in range(2))
    assert (first.status_code, again.json) == (201, first.json)
    assert root.post("/api/v1/instances", json=body, headers=key).json["id"] != first.json["id"]
    assert root.get("/api/v1/instances").json["total"] == 2


def test_a_case_ends_with_its_last_task(root: FlaskClient, owner: FlaskClient, task_id: str) -> None:
    done = owner.post(f"/api/v1/tasks/{task_id}/complete", json={"variables": {"ok": True}}).json
    case = root.get(f"/api/v1/instances/{done['instance_id']}").json
    assert (case["status"], case["tasks"], case["variables"]["ok"]) == ("completed", [], True)
    assert case["ended_at"]
    passed = root.get(f"/api/v1/instances/{done['instance_id']}/history").json["items"]
    completed = [event["element"] for event in passed if event["event"] == "completed"]
    assert completed == ["begin", "check", "done"]
    assert [event["actor"] for event in passed if event["element"] == "check"][-1] == "owner"


def test_who_is_not_involved_sees_nothing_of_a_case(
    owner: FlaskClient, stranger: FlaskClient, root: FlaskClient, task_id: str
) -> None:
    case = root.get("/api/v1/instances").json["items"][0]["id"]
    assert [task["yours"] for task in owner.get(f"/api/v1/instances/{case}").json["tasks"]] == [True]
    assert stranger.get("/api/v1/instances").json["total"] == 0
    for path in ("", "/history", "/timers"):
        assert stranger.get(f"/api/v1/instances/{case}{path}").status_code == 404


def test_suspend_resume_and_cancel_need_an_admin_and_a_reason(
    root: FlaskClient, owner: FlaskClient, task_id: str
) -> None:
    case = root.get("/api/v1/instances").json["items"][0]["id"]
    for verb in ("suspend", "resume", "cancel"):
        assert owner.post(f"/api/v1/instances/{case}/{verb}", json={"reason": "x"}).status_code == 403
        assert root.post(f"/api/v1/instances/{case}/{verb}", json={}).status_code == 422
    assert root.post(f"/api/v1/instances/{case}/suspend", json={"reason": "核实"}).json["suspended_at"]
    assert owner.post(f"/api/v1/tasks/{task_id}/complete").status_code == 409
    assert root.post(f"/api/v1/instances/{case}/resume", json={"reason": "核实完"}).json["suspended_at"] is None
    assert root.post(f"/api/v1/instances/{case}/resume", json={"reason": "再来"}).status_code == 409
    ended = root.post(f"/api/v1/instances/{case}/cancel", json={"reason": "重复登记"}).json
    assert (ended["status"], ended["tasks"]) == ("terminated", [])
    assert owner.post(f"/api/v1/tasks/{task_id}/complete").status_code == 409


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({"definition": "nothing"}, 404),
        ({"definition": "review", "version": 99}, 404),
        ({"definition": "review", "version": 0}, 422),
        ({"definition": "review", "version": "x"}, 422),
        ({"definition": "review", "variables": [1]}, 422),
        ({"definition": "review", "colour": "red"}, 422),
        ({"definition": ""}, 422),
        ({"definition": 7}, 422),
        ({}, 422),
        ({"definition": "review", "business_key": "x" * 256}, 422),
        ({"definition": "review", "variables": {"a": "x" * 2_000_000}}, 413),
    ],
)
def test_a_start_that_cannot_be_is_refused_and_nothing_starts(
    root: FlaskClient, review: str, body: dict[str, object], status: int
) -> None:
    answer = root.post("/api/v1/instances", json=body)
    assert answer.status_code == status, answer.json
    assert answer.json["detail"]
    assert root.get("/api/v1/instances").json["total"] == 0


def test_a_message_that_nobody_waits_for_is_404(root: FlaskClient, owner: FlaskClient) -> None:
    body = {"name": "refused", "correlation": {"hazard": "YQ-1"}}
    assert root.post("/api/v1/messages", json=body).status_code == 404
    assert owner.post("/api/v1/messages", json=body).status_code == 403


def test_a_message_repeated_with_its_key_is_sent_once(app: App, root: FlaskClient) -> None:
    wanted = diagram(
        '<startEvent id="start"><messageEventDefinition messageRef="m"/></startEvent>'
        '<userTask id="t" camunda:candidateGroups="office" camunda:dueDate="${days(1)}"/>'
        f'<endEvent id="end"/>{flows("start>t", "t>end")}',
        extra='<message id="m" name="refused"/>',
    )
    body, key = {"name": "refused"}, {"Idempotency-Key": "k-1"}
    assert root.post("/api/v1/messages", json=body, headers=key).status_code == 404  # nobody waits: the key stays free
    definitions.deploy(app, {"p.bpmn": wanted}, by="root")
    for _ in range(2):
        assert root.post("/api/v1/messages", json=body, headers=key).json == {"delivered": 1}
    assert root.get("/api/v1/instances").json["total"] == 1
    assert root.post("/api/v1/messages", json=body, headers={"Idempotency-Key": "k-2"}).json == {"delivered": 1}
    assert root.get("/api/v1/instances").json["total"] == 2


def test_retrying_an_unknown_incident_is_404_and_needs_an_admin(root: FlaskClient, owner: FlaskClient) -> None:
    assert root.post("/api/v1/incidents/x/retry").status_code == 404
    assert owner.post("/api/v1/incidents/x/retry").status_code == 403
    assert root.get("/api/v1/incidents").json["total"] == 0


def test_a_timer_and_a_due_date_are_moved_by_an_admin_with_a_reason(
    root: FlaskClient, owner: FlaskClient, review: str, task_id: str
) -> None:
    timed = REVIEW.replace(
        b'<bpmn:sequenceFlow id="to_done"',
        b'<bpmn:boundaryEvent id="late" attachedToRef="check" cancelActivity="false"><bpmn:outgoing>to_noted'
        b"</bpmn:outgoing><bpmn:timerEventDefinition><bpmn:timeDuration>P3D</bpmn:timeDuration>"
        b'</bpmn:timerEventDefinition></bpmn:boundaryEvent><bpmn:endEvent id="noted"><bpmn:incoming>to_noted'
        b'</bpmn:incoming></bpmn:endEvent><bpmn:sequenceFlow id="to_noted" sourceRef="late" targetRef="noted" />'
        b'<bpmn:sequenceFlow id="to_done"',
    )
    assert root.post("/api/v1/definitions", data=timed, content_type="application/xml").status_code == 201
    case = root.post("/api/v1/instances", json={"definition": review}).json
    path = f"/api/v1/instances/{case['id']}/timers"
    (armed,) = root.get(path).json["items"]
    body = {"due_at": "2026-10-20T10:00:00", "reason": "设备检修", "clause": "本地规则第三条"}
    assert owner.post(f"{path}/{armed['id']}", json=body).status_code == 403
    for wrong in ({}, {**body, "reason": ""}, {**body, "due_at": "2026-09-01T10:00:00"}, {**body, "due_at": "soon"}):
        assert root.post(f"{path}/{armed['id']}", json=wrong).status_code == 422
    moved = root.post(f"{path}/{armed['id']}", json=body).json
    assert (moved["due_at"], moved["status"], moved["provisional"]) == ("2026-10-20T10:00:00+08:00", "armed", False)
    assert root.post(f"{path}/{armed['id']}", json=body).status_code == 409
    assert root.post(f"{path}/999999", json=body).status_code == 404
    old = next(timer for timer in root.get(path).json["items"] if timer["id"] == armed["id"])
    assert (old["status"], old["reason"], old["clause"], old["changed_by"]) == (
        "replaced", "设备检修", "本地规则第三条", "root",
    )  # fmt: skip
    task = case["tasks"][0]["id"]
    assert owner.post(f"/api/v1/tasks/{task}/due", json=body).status_code == 403
    assert root.post(f"/api/v1/tasks/{task}/due", json={**body, "reason": " "}).status_code == 422
    assert root.post(f"/api/v1/tasks/{task}/due", json=body).json["due_at"] == "2026-10-20T10:00:00+08:00"
    assert root.post("/api/v1/tasks/nothing/due", json=body).status_code == 404


def test_an_instance_is_suspended_with_its_clock_stopped_or_running(root: FlaskClient, task_id: str) -> None:
    case = root.get("/api/v1/instances").json["items"][0]["id"]
    path = f"/api/v1/instances/{case}"
    assert root.post(f"{path}/suspend", json={"reason": "核实", "clock": "slow"}).status_code == 422
    assert root.post(f"{path}/suspend", json={"reason": "核实", "clock": "stopped"}).json["clock_stopped"] is True
    assert root.post(f"{path}/resume", json={"reason": "核实完"}).json["clock_stopped"] is False
    assert root.post(f"{path}/suspend", json={"reason": "核实"}).json["clock_stopped"] is False
