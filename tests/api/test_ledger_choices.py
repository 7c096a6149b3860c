"""What a person keeps of the ledger over HTTP: filters that the ledger takes, shared with a group; columns."""

from typing import Any

import pytest
from flask.testing import FlaskClient

FILTERS = "/api/v1/ledger/filters"
COLUMNS = "/api/v1/ledger/columns"


def test_a_question_to_the_ledger_is_kept_shared_changed_and_deleted(
    owner: FlaskClient, colleague: FlaskClient, stranger: FlaskClient
) -> None:
    query = {"status": "all", "found_from": "2026-09-01T00:00:00", "due_to": "2026-10-01", "lamp": "red,orange"}
    body = {"name": "九月的红灯", "query": {**query, "sort": "-number"}, "shared_with": "safety_office"}
    made = owner.post(FILTERS, json=body)
    assert made.status_code == 201, made.json
    assert (made.json["query"], made.json["count"]) == (body["query"], None)
    assert owner.post(FILTERS, json=body).status_code == 409
    assert owner.post("/api/v1/task-filters", json={"name": body["name"], "query": {}}).status_code == 201
    assert [row["query"] for row in colleague.get(FILTERS).json["items"]] == [body["query"]]
    assert stranger.get(FILTERS).json["items"] == []
    found = owner.get("/api/v1/hazards", query_string=colleague.get(FILTERS).json["items"][0]["query"])
    assert found.status_code == 200, found.json
    address = f"{FILTERS}/{made.json['id']}"
    assert colleague.post(address, json={"name": "x"}).status_code == 403
    assert stranger.post(address, json={"name": "x"}).status_code == 404
    assert owner.post(f"/api/v1/task-filters/{made.json['id']}", json={}).status_code == 404
    changed = owner.post(address, json={"query": {"overdue": True}}).json
    assert (changed["name"], changed["query"]) == (body["name"], {"overdue": True})
    assert (colleague.delete(address).status_code, owner.delete(address).status_code) == (403, 204)
    assert owner.delete(address).status_code == 404
    assert [row["name"] for row in owner.get("/api/v1/task-filters").json["items"]] == [body["name"]]


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"query": {}}, "name"),
        ({"name": "x"}, "query"),
        ({"name": "x", "query": {"colour": "red"}}, "query.colour"),
        ({"name": "x", "query": {"stage": "飞"}}, "query.stage"),
        ({"name": "x", "query": {"found_from": "yesterday"}}, "query.found_from"),
        ({"name": "x", "query": {"after": "abc"}}, "query.after"),
        ({"name": "x", "query": {"q": "x" * 5000}}, "query"),
        ({"name": "x", "query": []}, "query"),
        ({"name": "x", "query": {}, "shared_with": "police_station"}, "shared_with"),
    ],
)
def test_a_question_that_the_ledger_would_refuse_is_not_kept(
    owner: FlaskClient, body: dict[str, Any], field: str
) -> None:
    answer = owner.post(FILTERS, json=body)
    assert (answer.status_code, {found["field"] for found in answer.json["errors"]}) == (422, {field})
    assert owner.get(FILTERS).json["total"] == 0


def test_columns_are_remembered_for_the_person(owner: FlaskClient, colleague: FlaskClient) -> None:
    for chosen in (["number", "text"], ["lamp"], ["lamp"]):
        answer = owner.post(f"{COLUMNS}/red", json={"columns": chosen})
        assert (answer.status_code, answer.json) == (200, {"list": "red", "columns": chosen})
    usual = {"list": "ledger", "columns": []}
    assert owner.get(COLUMNS).json["items"] == [usual, {"list": "red", "columns": ["lamp"]}]
    assert colleague.get(COLUMNS).json["items"] == [usual, {"list": "red", "columns": []}]
    assert owner.post(f"{COLUMNS}/red", json={"columns": []}).json["columns"] == []
    assert owner.get(COLUMNS).json["items"] == [usual, {"list": "red", "columns": []}]
    assert owner.post(f"{COLUMNS}/green", json={"columns": ["lamp"]}).status_code == 404
    for wrong in ({}, {"columns": ["<b>"]}, {"columns": ["lamp"] * 61}, {"columns": "lamp"}, {"columns": [1]}):
        assert owner.post(f"{COLUMNS}/red", json=wrong).status_code == 422
