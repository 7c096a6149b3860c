"""Repair over HTTP: an order on a running case, and what is done about an incident."""

import pytest
from flask.testing import FlaskClient

from engine.app import App
from engine.bpm import definitions
from tests.engine.bpm.diagrams import diagram, flows


def _case(root: FlaskClient) -> str:
    return str(root.get("/api/v1/instances").json["items"][0]["id"])


def test_an_admin_modifies_a_case_after_looking_at_a_dry_run(root: FlaskClient, task_id: str) -> None:
    case = _case(root)
    body = {"instructions": [{"do": "set", "variables": {"n": 1}}, {"do": "repeat", "element": "check"}]}
    looked = root.post(f"/api/v1/instances/{case}/modify", json={**body, "dry_run": True})
    assert looked.status_code == 200
    assert (looked.json["variables"], [task["element"] for task in looked.json["tasks"]]) == ({"n": 1}, ["check"])
    assert root.get(f"/api/v1/tasks/{task_id}").json["status"] == "open"
    assert root.post(f"/api/v1/instances/{case}/modify", json=body).status_code == 422  # a reason is missing
    done = root.post(f"/api/v1/instances/{case}/modify", json={**body, "reason": "重来"}).json
    assert done["tasks"][0]["id"] != task_id
    assert root.get(f"/api/v1/tasks/{task_id}").json["status"] == "cancelled"
    last = root.get(f"/api/v1/instances/{case}/history").json["items"][-1]
    assert (last["event"], last["detail"]["reason"]) == ("modified", "重来")


def test_only_an_admin_may_modify(owner: FlaskClient, root: FlaskClient, task_id: str) -> None:
    body = {"reason": "x", "instructions": [{"do": "skip", "element": "check"}]}
    assert owner.post(f"/api/v1/instances/{_case(root)}/modify", json=body).status_code == 403


@pytest.mark.parametrize(
    "line",
    [
        {"do": "explode"},
        {"element": "check"},
        {"do": "skip", "element": "nowhere"},
        {"do": "skip", "task": ""},
        {"do": "skip", "element": "check", "colour": "red"},
        {"do": "remove", "names": ["absent"]},
        {"do": "set", "variables": []},
        "skip",
    ],
)
def test_a_line_that_makes_no_sense_is_422_with_a_sentence(root: FlaskClient, task_id: str, line: object) -> None:
    answer = root.post(f"/api/v1/instances/{_case(root)}/modify", json={"reason": "x", "instructions": [line]})
    assert answer.status_code == 422 and answer.json["detail"] and answer.json["en"]
    assert root.get(f"/api/v1/tasks/{task_id}").json["status"] == "open"


@pytest.fixture
def incident(app: App, root: FlaskClient) -> str:
    """The incident of a case whose script lacks a variable."""
    body = f"""<startEvent id="start"/><scriptTask id="fail"><script>y = wrong + 1</script></scriptTask>
        <endEvent id="end"/>{flows("start>fail", "fail>end")}"""
    definitions.deploy(app, {"f.bpmn": diagram(body, key="failing")}, by="root")
    root.post("/api/v1/instances", json={"definition": "failing"})
    return str(root.get("/api/v1/incidents").json["items"][0]["id"])


def test_an_incident_is_retried_with_corrected_variables_and_shows_its_resolution(
    root: FlaskClient, owner: FlaskClient, incident: str
) -> None:
    address = f"/api/v1/incidents/{incident}/retry"
    assert owner.post(address).status_code == 403
    assert root.post(address, json={"variables": {"wrong": 1}}).status_code == 422
    assert root.post(address, json={"variables": {"wrong": 1}, "reason": "补录"}).json == {"resolved": True}
    listed = root.get("/api/v1/incidents?resolved=true").json["items"]
    assert [(row["resolved_by"], row["resolution"]) for row in listed] == [("root", "补录")]


def test_the_full_cause_is_for_admins_and_says_where_it_failed(
    root: FlaskClient, owner: FlaskClient, incident: str
) -> None:
    address = f"/api/v1/cockpit/incidents/{incident}"
    found = root.get(address).json
    cause = found["cause"]
    assert (cause["element"], cause["element_type"], cause["expression"]) == ("fail", "scriptTask", "wrong + 1")
    assert all(frame.startswith("engine/") for one in cause["errors"] for frame in one["frames"])
    for client, path in ((owner, address), (root, f"{address}0")):
        assert client.get(path).status_code == 404
    assert "cause" not in root.get("/api/v1/incidents").json["items"][0]


def test_a_retry_that_fails_again_says_so(root: FlaskClient, incident: str) -> None:
    assert root.post(f"/api/v1/incidents/{incident}/retry").json == {"resolved": False}
    assert root.get("/api/v1/incidents").json["items"][0]["id"] != incident


def test_the_failed_step_is_skipped_with_a_reason(root: FlaskClient, owner: FlaskClient, incident: str) -> None:
    address = f"/api/v1/incidents/{incident}/skip"
    assert owner.post(address, json={"reason": "x"}).status_code == 403
    assert root.post(address, json={}).status_code == 422
    assert root.post(address, json={"reason": "人工核定", "variables": {"y": 3}}).json == {"resolved": True}
    case = root.get("/api/v1/instances").json["items"][0]["id"]
    shown = root.get(f"/api/v1/instances/{case}").json
    assert (shown["status"], shown["variables"]) == ("completed", {"y": 3})
    assert root.post(address, json={"reason": "x"}).status_code == 409


def test_a_task_goes_back_to_an_earlier_step_and_the_case_says_what_it_waits_for(
    app: App, root: FlaskClient, owner: FlaskClient
) -> None:
    body = f"""<startEvent id="start"/><userTask id="draft" name="起草" camunda:candidateGroups="safety_office"/>
        <userTask id="check" name="审核" camunda:candidateGroups="safety_office"/><endEvent id="end"/>
        {flows("start>draft", "draft>check", "check>end")}"""
    definitions.deploy(app, {"b.bpmn": diagram(body, key="back")}, by="root")
    case = root.post("/api/v1/instances", json={"definition": "back"}).json
    owner.post(f"/api/v1/tasks/{case['tasks'][0]['id']}/complete")
    shown = root.get(f"/api/v1/instances/{case['id']}").json
    assert [(entry["kind"], entry["who"]) for entry in shown["waiting"]] == [("task", ["safety_office"])]
    assert "“审核”等 safety_office 认领" in shown["waiting"][0]["words"]
    here = f"/api/v1/tasks/{shown['tasks'][0]['id']}"
    assert [step["element"] for step in owner.get(here).json["returnable"]] == ["draft"]
    assert owner.post(f"{here}/return", json={"reason": "x", "to": "end"}).json["errors"][0]["field"] == "to"
    assert owner.post(f"{here}/return", json={"reason": "x", "to": "draft", "deadline": "old"}).status_code == 422
    again = owner.post(f"{here}/return", json={"reason": "资料不全", "to": "draft", "deadline": "kept"}).json
    assert (again["element"], again["assignee"]) == ("draft", "owner")
    assert root.get("/api/v1/instances").json["items"][0]["next_event_at"] is None
