"""Saved filters over HTTP: what is saved is valid, and the work list takes it."""

from typing import Any

import pytest
from flask.testing import FlaskClient

FILTERS = "/api/v1/task-filters"


def save(client: FlaskClient, **body: Any) -> Any:
    return client.post(FILTERS, json=body)


def test_a_filter_is_saved_used_changed_and_deleted(
    owner: FlaskClient, colleague: FlaskClient, stranger: FlaskClient, task_id: str
) -> None:
    instance = owner.get(f"/api/v1/tasks/{task_id}").json["instance_id"]
    query = {"candidate": "me", "overdue": False, "instance_id": instance, "sort": "-due_at"}
    made = save(owner, name="可认领", query=query, shared_with="safety_office")
    assert made.status_code == 201, made.json
    assert (made.json["query"], made.json["count"], made.json["person"]) == (query, 1, "owner")
    address = f"{FILTERS}/{made.json['id']}"
    assert [row["count"] for row in colleague.get(FILTERS).json["items"]] == [1]
    assert stranger.get(FILTERS).json["items"] == []
    listed = f"/api/v1/tasks?filter={made.json['id']}"
    assert [task["id"] for task in colleague.get(listed).json["items"]] == [task_id]
    assert colleague.get(f"{listed}&overdue=true").json["total"] == 0
    assert colleague.get(f"{listed}&size=1&page=2").json["items"] == []
    assert [found["field"] for found in stranger.get(listed).json["errors"]] == ["filter"]
    owner.post(f"/api/v1/tasks/{task_id}/claim")
    assert colleague.get(listed).json["total"] == 0
    assert colleague.post(address, json={"name": "x"}).status_code == 403
    changed = owner.post(address, json={"query": {"assignee": "me"}}).json
    assert (changed["name"], changed["query"], changed["count"]) == ("可认领", {"assignee": "me"}, 1)
    assert owner.delete(address).status_code == 204
    assert (owner.get(listed).status_code, owner.post(address, json={}).status_code) == (422, 404)


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"query": {}}, "name"),
        ({"name": "x"}, "query"),
        ({"name": "x" * 101, "query": {}}, "name"),
        ({"name": "x", "query": {"colour": "red"}}, "query.colour"),
        ({"name": "x", "query": {"status": "lost"}}, "query.status"),
        ({"name": "x", "query": {"overdue": "maybe"}}, "query.overdue"),
        ({"name": "x", "query": {"sort": "colour"}}, "query.sort"),
        ({"name": "x", "query": {"page": 2}}, "query.page"),
        ({"name": "x", "query": {"filter": "y"}}, "query.filter"),
        ({"name": "x", "query": {"q": None}}, "query.q"),
        ({"name": "x", "query": {"q": "x" * 256}}, "query.q"),
        ({"name": "x", "query": []}, "query"),
        ({"name": "x", "query": {}, "shared_with": "police_station"}, "shared_with"),
        ({"name": "x", "query": {}, "position": -1}, "position"),
    ],
)
def test_a_filter_that_the_work_list_would_refuse_is_not_saved(
    owner: FlaskClient, body: dict[str, Any], field: str
) -> None:
    answer = save(owner, **body)
    assert (answer.status_code, [found["field"] for found in answer.json["errors"]]) == (422, [field])
    assert owner.get(FILTERS).json["total"] == 0


def test_an_admin_shares_with_every_group_that_has_people(root: FlaskClient, stranger: FlaskClient) -> None:
    assert save(root, name="x", query={}, shared_with="police_station").status_code == 201
    assert stranger.get(FILTERS).json["total"] == 1
    assert save(root, name="x", query={}).status_code == 409
