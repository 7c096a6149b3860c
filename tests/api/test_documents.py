"""Documents over HTTP: the eight slots, and what a stranger and bad input get."""

from typing import Any

import pytest
from flask.testing import FlaskClient

LETTER: dict[str, Any] = {
    "type": "工作提醒函",
    "body": {"to_name": "桂花社区", "subject": "巡查", "facts": "少巡一次", "due": "2026年9月30日"},
}


def test_a_slot_is_filled_with_another_type_and_nobody_below_a_head_does_that(
    root: FlaskClient, owner: FlaskClient
) -> None:
    slots = owner.get("/api/v1/document-slots").json["items"]
    assert [slot["slot"] for slot in slots] == ["单一", "单二", "单三", "单四", "函一", "函二", "函三", "函四"]
    change = {"title": "督办提醒", "type": "督办函"}
    assert owner.post("/api/v1/document-slots/函一", json=change).status_code == 403
    assert root.post("/api/v1/document-slots/函一", json=change).json["type"] == "督办函"
    assert owner.get("/api/v1/document-slots").json["items"][4]["title"] == "督办提醒"
    assert root.post("/api/v1/document-slots/函二", json={"title": "提醒", "type": "工作提醒函"}).status_code == 200
    offered = owner.get("/api/v1/document-types/choices?size=200").json["items"]
    called = {one["type"]: one["slots"] for one in offered}
    assert (called["工作提醒函"], called["交办单"], called["约谈记录"]) == (["函二 提醒"], ["单二 隐患交办单"], [])
    assert root.post("/api/v1/document-slots/函九", json=change).status_code == 404
    assert root.post("/api/v1/document-slots/函一", json={**change, "type": "没有"}).status_code == 422


def test_an_organ_gets_its_word_and_no_word_is_two_organs(owner: FlaskClient, root: FlaskClient) -> None:
    path = "/api/v1/document-organs/police_station"
    assert owner.post(path, json={"word": "公"}).status_code == 403
    assert root.post(path, json={"word": "公", "area": "青"}).json["begins"] == "（青）公"
    assert root.post(path, json={"word": "青街安"}).status_code == 409
    assert root.post(path, json={"word": "（公）"}).status_code == 422
    assert root.post("/api/v1/document-organs/nobody", json={"word": "急"}).status_code == 404
    begins = {row["unit"]: row["begins"] for row in owner.get("/api/v1/document-organs").json["items"]}
    assert begins == {"police_station": "（青）公", "street": "青街安"}


def test_a_draft_that_is_sent_twice_is_one_document(owner: FlaskClient, root: FlaskClient) -> None:
    key = {"Idempotency-Key": "draft-1"}
    first, again = (owner.post("/api/v1/documents", json=LETTER, headers=key) for _ in range(2))
    assert (first.status_code, again.json) == (201, first.json)
    assert owner.post("/api/v1/documents", json=LETTER).json["id"] != first.json["id"]
    assert root.post("/api/v1/documents", json=LETTER, headers=key).json.get("id") != first.json["id"]


def test_a_document_is_a_strangers_404_until_it_is_theirs(owner: FlaskClient, stranger: FlaskClient) -> None:
    made = owner.post("/api/v1/documents", json=LETTER)
    assert made.status_code == 201, made.json
    address = f"/api/v1/documents/{made.json['id']}"
    assert owner.post(f"{address}/submit").json["state"] == "待审批"
    for path in ("", "/print", "/file", "/versions"):
        assert stranger.get(f"{address}{path}").status_code == 404
    assert stranger.post(f"{address}/approve", json={}).status_code in (403, 404)
    assert owner.get(f"{address}/print").status_code == 200
    (version,) = owner.get(f"{address}/versions").json["items"]
    assert (version["version"], version["by"], version["outcome"]) == (1, "owner", "")


@pytest.mark.parametrize(
    "change",
    [
        {"type": "没有"}, {"type": 7}, {"body": []}, {"hazard": "YQ-0"}, {"officers": ["nobody"]}, {"x": 1},
        {"further_hazards": ["YQ-0"]}, {"further_hazards": "YQ-0"}, {"further_hazards": ["YQ-0"] * 201},
        {"all_found": True},
    ],
)  # fmt: skip
def test_a_draft_that_cannot_be_made_is_refused_in_words(owner: FlaskClient, change: dict[str, Any]) -> None:
    answer = owner.post("/api/v1/documents", json={**LETTER, **change})
    assert answer.status_code in (404, 422) and answer.json["detail"], answer.json


def test_a_stale_edit_loses_nothing(owner: FlaskClient) -> None:
    made = owner.post("/api/v1/documents", json=LETTER).json
    address, body = f"/api/v1/documents/{made['id']}", {**LETTER["body"], "facts": "少巡两次"}
    first = owner.patch(address, json={"revision": made["revision"], "body": body})
    assert first.status_code == 200, first.json
    assert owner.patch(address, json={"revision": made["revision"], "body": LETTER["body"]}).status_code == 409
    shown = owner.get(address).json
    assert (shown["body"]["facts"], shown["further_hazards"], shown["all_found"]) == ("少巡两次", [], False)
    named = owner.patch(address, json={"revision": shown["revision"], "further_hazards": ["YQ-0"]})
    assert (named.status_code, named.json["errors"][0]["field"]) == (422, "further_hazards.0"), named.json
