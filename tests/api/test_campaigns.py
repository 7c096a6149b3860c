"""Campaigns over HTTP: the whole life, bad input, a stranger, a repeat."""

from typing import Any

import pytest
from flask.testing import FlaskClient

from engine.app import App
from engine.campaign.model import Place, PlanTask

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


def test_the_tasks_of_the_plan_are_shared_with_the_communities_by_the_street(
    app: App, owner: FlaskClient, stranger: FlaskClient
) -> None:
    with app.transaction() as tx:
        tx.add(PlanTask(number=2, action="…", title="六查一打", content="…", lead_units=[], support_units=[]))
    assert owner.get("/api/v1/plan/communities").json["total"] == 0
    body = {"communities": True, "reason": "安委会议定"}
    assert stranger.post("/api/v1/plan/tasks/2", json=body).status_code == 403
    for wrong in ({}, {"communities": 5}, {"communities": True, "x": 1}):
        assert owner.post("/api/v1/plan/tasks/2", json=wrong).status_code == 422, wrong
    assert owner.post("/api/v1/plan/tasks/9", json=body).status_code == 404
    shared = owner.post("/api/v1/plan/tasks/2", json=body).json
    assert (shared["communities"], shared["report"]) == (True, None)


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
