"""Moving instances to another version, one and many, over HTTP; what differs between versions."""

from flask.testing import FlaskClient

from engine.app import App
from engine.bpm import batches
from tests.api.conftest import REVIEW

CHANGED = REVIEW.replace(b'id="check"', b'id="look"').replace(b'"check"', b'"look"').replace(b">check<", b">look<")
OTHER = REVIEW.replace("核实".encode(), "复核".encode()).replace(b"</bpmn:process>", b"</bpmn:process><!-- 2 -->")


def deploy(root: FlaskClient, content: bytes) -> None:
    assert root.post("/api/v1/definitions", data=content, content_type="application/xml").status_code == 201


def test_one_instance_is_moved_after_a_dry_run(root: FlaskClient, owner: FlaskClient, task_id: str) -> None:
    case = root.get(f"/api/v1/tasks/{task_id}").json["instance_id"]
    deploy(root, OTHER)
    order = {"reason": "换版本", "dry_run": True}
    seen = root.post(f"/api/v1/instances/{case}/migrate", json=order).json["preview"]
    assert (seen["possible"], seen["from_version"], seen["to_version"]) == (True, 1, 2)
    assert [task["element"] for task in seen["tasks"]] == ["check"]
    assert root.get(f"/api/v1/instances/{case}").json["version"] == 1
    moved = root.post(f"/api/v1/instances/{case}/migrate", json={"reason": "换版本"}).json
    assert (moved["version"], [task["id"] for task in moved["tasks"]]) == (2, [task_id])
    again = root.post(f"/api/v1/instances/{case}/migrate", json={"reason": "换版本"})
    assert again.status_code == 409
    assert owner.post(f"/api/v1/instances/{case}/migrate", json={"reason": "试"}).status_code == 403


def test_an_element_in_the_way_is_a_problem_of_the_answer(root: FlaskClient, task_id: str) -> None:
    case = root.get(f"/api/v1/tasks/{task_id}").json["instance_id"]
    deploy(root, CHANGED)
    refused = root.post(f"/api/v1/instances/{case}/migrate", json={"reason": "换版本"})
    assert refused.status_code == 422
    assert [(problem["element"], problem["rule"]) for problem in refused.json["problems"]] == [("check", "migration")]
    order = {"reason": "换版本", "mapping": {"check": "look"}}
    assert root.post(f"/api/v1/instances/{case}/migrate", json=order).json["tasks"][0]["element"] == "look"
    for wrong in (
        {"reason": ""},
        {"reason": "x", "version": 0},
        {"reason": "x", "mapping": {"check": 1}},
        {"nonsense": 1},
    ):
        assert root.post(f"/api/v1/instances/{case}/migrate", json=wrong).status_code == 422


def test_many_are_moved_followed_and_taken_back(app: App, root: FlaskClient, owner: FlaskClient, review: str) -> None:
    for number in range(batches.AT_ONCE + 3):
        given = {"definition": review, "business_key": f"YQ-{number}"}
        assert root.post("/api/v1/instances", json=given).status_code == 201
    deploy(root, OTHER)
    order = {"definition": review, "reason": "换版本"}
    tried = root.post("/api/v1/migrations", json={**order, "q": "YQ-1", "dry_run": True}).json
    assert tried["dry_run"] and tried["counts"] == {"done": tried["total"]}
    made = root.post("/api/v1/migrations", json=order)
    assert made.status_code == 201 and made.json["status"] == "running"
    while batches.open_batches(app):
        batches.work_next(app)
    shown = root.get(f"/api/v1/batches/{made.json['id']}").json
    assert (shown["status"], shown["counts"]) == ("finished", {"done": batches.AT_ONCE + 3})
    listed = root.get(f"/api/v1/batches/{tried['id']}/items?size=1").json
    assert listed["total"] == tried["total"] and listed["items"][0]["result"]["possible"] is True
    undone = root.post(f"/api/v1/batches/{made.json['id']}/undo", json={"reason": "换错了"}).json
    assert undone["status"] == "undoing"
    while batches.open_batches(app):
        batches.work_next(app)
    assert root.get(f"/api/v1/batches/{made.json['id']}").json["counts"] == {"undone": batches.AT_ONCE + 3}
    assert root.get("/api/v1/batches").json["total"] == 2
    for path in ("batches", f"batches/{tried['id']}", f"batches/{tried['id']}/items"):
        assert owner.get(f"/api/v1/{path}").status_code == 403
    assert root.get("/api/v1/batches/unknown").status_code == 404
    assert owner.post("/api/v1/migrations", json=order).status_code == 403


def test_many_are_cancelled_with_one_reason(root: FlaskClient, task_id: str) -> None:
    case = root.get(f"/api/v1/tasks/{task_id}").json["instance_id"]
    order = {"kind": "cancel", "instances": [case], "reason": "录错"}
    assert root.post("/api/v1/batches", json=order).json["counts"] == {"done": 1}
    assert root.get(f"/api/v1/instances/{case}").json["status"] == "terminated"
    again = root.post("/api/v1/batches", json=order)
    assert again.status_code == 422 and "0 件" in again.json["detail"]


def test_versions_are_compared_in_words(root: FlaskClient, owner: FlaskClient, review: str) -> None:
    deploy(root, CHANGED)
    seen = owner.get(f"/api/v1/definitions/{review}/diff?from=1").json
    assert {(row["what"], row["id"]) for row in seen["differences"]} >= {("added", "look"), ("removed", "check")}
    assert owner.get(f"/api/v1/definitions/{review}/diff?from=2&to=2").json["differences"] == []
    assert owner.get(f"/api/v1/definitions/{review}/diff?from=1&to=9").status_code == 404
    assert owner.get(f"/api/v1/definitions/{review}/diff").status_code == 422


def test_a_process_is_stopped_with_its_instances_and_goes_on(
    root: FlaskClient, owner: FlaskClient, task_id: str
) -> None:
    order = {"reason": "修订中", "instances": True, "clock": "stopped"}
    path = "/api/v1/definitions/review"
    assert owner.post(f"{path}/suspend", json=order).status_code == 403
    stopped = root.post(f"{path}/suspend", json=order).json
    assert (stopped["suspended_by"], stopped["batch"]["counts"]) == ("root", {"done": 1})
    assert root.post("/api/v1/instances", json={"definition": "review"}).status_code == 409
    assert owner.post(f"/api/v1/tasks/{task_id}/complete", json={}).status_code == 409
    assert root.post(f"{path}/suspend", json=order).status_code == 409
    assert root.post(f"{path}/suspend", json={"reason": ""}).status_code == 422
    going = root.post(f"{path}/resume", json={"reason": "修订完", "instances": True}).json
    assert (going["suspended_at"], going["batch"]["counts"]) == (None, {"done": 1})
    assert owner.post(f"/api/v1/tasks/{task_id}/complete", json={}).status_code == 200


def test_a_deployment_says_why(root: FlaskClient) -> None:
    path = "/api/v1/definitions?reason=新的时限表"
    made = root.post(path, data=REVIEW, content_type="application/xml").json
    assert root.get(f"/api/v1/definitions/{made['key']}").json["reason"] == "新的时限表"
