"""A re-inspection over HTTP: it completes the task that waits for it, once, and nobody else's."""

from collections.abc import Callable
from typing import Any

from flask.testing import FlaskClient

from tests.api.test_transfers import login, web

__all__ = ["login", "web"]  # fixtures: the sample registers, the shipped diagrams, one hazard

Login = Callable[[str], FlaskClient]


def test_a_re_inspection_waits_for_the_fix_and_is_written_once(login: Login) -> None:
    office, holder, grid = (login(name) for name in ("clerk-safety-office", "secretary-qs", "inspector-qs-02"))
    [hazard] = office.get("/api/v1/hazards").json["items"]
    one = f"/api/v1/hazards/{hazard['number']}/rechecks"
    found = {"passed": True, "opinion": "逐项看过，合格"}
    early = grid.post(one, json=found)
    assert early.status_code == 409 and "没有等待复查" in early.json["detail"]

    def done(client: FlaskClient, element: str, **values: Any) -> None:
        [task] = [each for each in client.get("/api/v1/tasks").json["items"] if each["element"] == element]
        answer = client.post(f"/api/v1/tasks/{task['id']}/complete", json={"variables": values})
        assert answer.status_code == 200, answer.json

    done(office, "classify", valid=True)
    [task] = [each for each in office.get("/api/v1/tasks").json["items"] if each["element"] == "assign"]
    for unit, words in (("nope", "没有编码为"), ("fire_rescue", "请发起移交"), ("E-P020", "本级所属单位")):
        given = {"variables": {"holder_unit": unit, "requirement": "更换线路"}}
        refused = office.post(f"/api/v1/tasks/{task['id']}/complete", json=given)
        assert refused.status_code == 422 and words in refused.json["detail"], refused.json
        assert refused.json["errors"][0]["field"] == "holder_unit"
    done(office, "assign", holder_unit="QS", requirement="更换线路")
    done(holder, "sign", signed=True)
    done(holder, "rectify", outcome="done", rectified_note="已更换")
    for wrong in (
        {"passed": "很好"},
        {"opinion": ""},
        {"companions": "x"},
        {"failed": [7]},
        {"passed": None},
        {"x": 1},
    ):
        assert grid.post(one, json={**found, **wrong}).status_code == 422, wrong
    unknown = grid.post(one, json={**found, "passed": False, "failed": ["A9"]})
    assert (unknown.status_code, unknown.json["errors"][0]["field"]) == (422, "failed_items")
    assert login("officer-housing-bureau").post(one, json=found).status_code == 404
    assert holder.post(one, json=found).status_code == 403  # sees the hazard; another's task
    key = {"Idempotency-Key": "seen"}
    made, again = (grid.post(one, json={**found, "companions": ["clerk-safety-office"]}, headers=key) for _ in range(2))
    assert (made.status_code, again.json) == (201, made.json)
    assert (made.json["no"], made.json["passed"]) == (1, True)
    assert made.json["people"] == ["inspector-qs-02", "clerk-safety-office"]
    assert grid.get(one).json["total"] == 1 and grid.post(one, json=found).status_code == 409
    assert office.get(f"/api/v1/hazards/{hazard['number']}").json["stage"] == "销号审核"
