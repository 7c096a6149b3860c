"""Campaigns over HTTP: the whole life, bad input, a stranger, a repeat."""

from typing import Any

import pytest
from flask.testing import FlaskClient

from engine.app import App
from engine.campaign.model import Place

BODY = {
    "title": "九小场所排查", "starts_on": "2026-09-20", "ends_on": "2026-10-20", "source": "superior",
    "source_text": "区安委办〔2026〕12号", "filter": {"place_kinds": ["九小"]},
}  # fmt: skip


def test_from_opening_to_closing(owner: FlaskClient, colleague: FlaskClient, stranger: FlaskClient, place: str) -> None:
    made = owner.post("/api/v1/campaigns", json=BODY, headers={"Idempotency-Key": "a"})
    again = owner.post("/api/v1/campaigns", json=BODY, headers={"Idempotency-Key": "a"})
    assert (made.status_code, made.json["number"]) == (201, again.json["number"])
    address = f"/api/v1/campaigns/{made.json['number']}"
    assert owner.patch(address, json={"title": "九小场所拉网排查"}).json["title"] == "九小场所拉网排查"
    assert colleague.post(f"{address}/start").json["places"] == 1
    assert owner.post(f"{address}/start").status_code == 409
    owner.post("/api/v1/visits", json={"place": place, "kind": "专项巡查", "result": "未发现问题"})
    assert owner.get(f"{address}/places?unchecked=true").json["total"] == 0
    assert owner.get(f"{address}/places").json["items"][0]["checked"] is True
    assert owner.get(f"{address}/hazards").json["items"] == []
    assert owner.get(address).json["figures"][0]["shown"] == "1/1（100.0%）"
    assert owner.post(f"{address}/records", json={"visits": [999]}).status_code == 404
    for path in ("", "/places", "/hazards"):
        assert stranger.get(address + path).status_code == 404
    assert stranger.get("/api/v1/campaigns").json["total"] == 0
    assert owner.post(f"{address}/close", json={"summary": "已经查清，转入常态"}).json["state_name"] == "已结束"
    assert owner.get("/api/v1/campaigns?state=closed").json["total"] == 1


@pytest.mark.parametrize(
    "wrong",
    [
        {"title": 5}, {"ends_on": "soon"}, {"ends_on": "2026-09-01"}, {"filter": {"owner": ["x"]}}, {"filter": []},
        {"codes": "RF-01"}, {"codes": ["x"] * 300}, {"source": "plan_task", "plan_task": 7}, {"state": "closed"},
        {"filter": {"min_capacity": -1}}, {"starts_on": None}, {"content": "x" * 5000},
    ],
)  # fmt: skip
def test_bad_input_is_refused_by_field(owner: FlaskClient, place: str, wrong: dict[str, Any]) -> None:
    answer = owner.post("/api/v1/campaigns", json={**BODY, **wrong})
    assert (answer.status_code, bool(answer.json["errors"])) == (422, True)


def test_what_is_not_there_is_404_and_the_stranger_may_not_open_one(owner: FlaskClient, stranger: FlaskClient) -> None:
    assert owner.get("/api/v1/campaigns/ZX-2026-999").status_code == 404
    assert owner.post("/api/v1/campaigns", json={**BODY, "lead_unit": "nobody"}).status_code == 404
    assert stranger.post("/api/v1/campaigns", json=BODY).status_code == 403
    assert owner.get("/api/v1/campaigns/templates").json["total"] >= 5


def test_the_office_writes_its_plan_over_http(owner: FlaskClient, stranger: FlaskClient) -> None:
    task = {
        "number": 2,
        "action": "重点行业",
        "title": "六查一打",
        "content": "逐条列单",
        "lead_units": ["safety_office"],
    }
    assert stranger.post("/api/v1/plan/tasks", json=task).status_code == 403
    for wrong, field in (
        ({"number": 0}, "number"), ({"title": ""}, "title"), ({"lead_units": []}, "lead_units"),
        ({"lead_units": ["nobody"]}, "lead_units"), ({"support_units": [5]}, "support_units.0"), ({"x": 1}, "x"),
    ):  # fmt: skip
        answer = owner.post("/api/v1/plan/tasks", json=task | wrong)
        assert (answer.status_code, answer.json["errors"][0]["field"]) == (422, field), wrong
    made = owner.post("/api/v1/plan/tasks", json=task)
    assert (made.status_code, made.json["revision"], made.json["report"]) == (201, 0, None)
    assert owner.post("/api/v1/plan/tasks", json=task).status_code == 409
    change = {"communities": True, "reason": "安委会议定", "revision": 0}
    assert stranger.patch("/api/v1/plan/tasks/2", json=change).status_code == 403
    assert owner.patch("/api/v1/plan/tasks/9", json=change).status_code == 404
    assert owner.patch("/api/v1/plan/tasks/2", json={**change, "reason": ""}).status_code == 422
    shared = owner.patch("/api/v1/plan/tasks/2", json=change).json
    assert (shared["communities"], shared["revision"], shared["title"]) == (True, 1, "六查一打")
    assert owner.patch("/api/v1/plan/tasks/2", json=change).status_code == 409, "read before it was changed"

    point = {"id": "2026-12-zero", "name": "动态清零", "due_on": "2026-12-31", "target": "常态化", "tasks": [2],
             "measure": {"kind": "zero", "since": "2026-01-01"}}  # fmt: skip
    for wrong, field in (
        ({"tasks": [7]}, "tasks"), ({"measure": {"kind": "stock"}}, "measure.found_before"),
        ({"measure": {"kind": "luck"}}, "measure.kind"), ({"id": "a b"}, "id"), ({"due_on": "soon"}, "due_on"),
    ):  # fmt: skip
        answer = owner.post("/api/v1/plan/milestones", json=point | wrong)
        assert (answer.status_code, answer.json["errors"][0]["field"]) == (422, field), wrong
    assert owner.post("/api/v1/plan/milestones", json=point).json["measure"]["key"] == "zero"
    judged = {"revision": 0, "reason": "由安委会判断", "measure": None}
    shown = owner.patch("/api/v1/plan/milestones/2026-12-zero", json=judged).json
    assert (shown["measure"], shown["measured"], shown["revision"]) == (None, {}, 1)
    kept = owner.post("/api/v1/plan/tasks/2/remove", json={"reason": "写错"})
    assert kept.status_code == 409 and "节点 1 项" in kept.json["detail"]
    for path in ("milestones/2026-12-zero", "tasks/2"):
        assert stranger.post(f"/api/v1/plan/{path}/remove", json={"reason": "写错"}).status_code == 403
        assert owner.post(f"/api/v1/plan/{path}/remove", json={"reason": "写错"}).status_code == 204
        assert owner.post(f"/api/v1/plan/{path}/remove", json={"reason": "写错"}).status_code == 404
    again = owner.post("/api/v1/plan/tasks", json=task).json
    assert (again["number"], again["revision"]) == (2, 3), "its edits are counted on"
    change["revision"] = 3
    assert owner.patch("/api/v1/plan/tasks/2", json=change).json["revision"] == 4


def test_who_answers_for_a_sector_is_listed_named_and_refused_by_field(
    app: App, owner: FlaskClient, stranger: FlaskClient, place: str
) -> None:
    with app.transaction() as tx:
        tx.get_one(Place, place).sector = "餐饮"
    (row,) = owner.get("/api/v1/plan/sectors").json["items"]
    assert (row["sector"], row["leader"], row["places"], row["open"]) == ("餐饮", None, 1, 0)
    assert stranger.get("/api/v1/plan/sectors").json["total"] == 0
    assert stranger.post("/api/v1/plan/sectors/餐饮", json={"leader": None}).status_code == 403
    for body in ({}, {"leader": 5}, {"leader": ""}, {"leader": "owner"}, {"leader": None, "x": 1}):
        answer = owner.post("/api/v1/plan/sectors/餐饮", json=body)
        assert answer.status_code == 422 and answer.json["errors"][0]["field"] in ("leader", "x"), body
    assert owner.post("/api/v1/plan/sectors/养蜂", json={"leader": None}).status_code == 404
