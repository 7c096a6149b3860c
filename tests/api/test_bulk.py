"""One act on many tasks: each for itself, refusals told as for one task, a repeated order done once."""

from typing import Any

import pytest
from flask.testing import FlaskClient

from api import again
from engine.app import App
from engine.bpm import tasks as verbs
from engine.errors import Interrupted


def bulk(client: FlaskClient, act: str, tasks: list[str], key: str | None = None, **body: Any) -> list[dict[str, Any]]:
    headers = {"Idempotency-Key": key} if key else {}
    answer = client.post(f"/api/v1/tasks/bulk/{act}", json={"tasks": tasks, **body}, headers=headers)
    assert answer.status_code == 200, answer.json
    items: list[dict[str, Any]] = answer.json["items"]
    return items


@pytest.fixture
def three(root: FlaskClient, review: str) -> list[str]:
    """Three open tasks of the safety office."""
    return [root.post("/api/v1/instances", json={"definition": review}).json["tasks"][0]["id"] for _ in range(3)]


def test_many_are_claimed_and_one_that_is_not_ones_own_does_not_hold_up_the_others(
    owner: FlaskClient, colleague: FlaskClient, task_id: str
) -> None:
    outcomes = bulk(owner, "claim", ["no-such", task_id, task_id])
    assert [(item["id"], item["ok"]) for item in outcomes] == [("no-such", False), (task_id, True)]
    [taken] = bulk(colleague, "claim", [task_id])
    assert not taken["ok"] and "owner" in taken["error"]["detail"]
    assert bulk(owner, "release", [task_id]) == [{"id": task_id, "ok": True, "error": None}]


def test_a_refusal_is_told_as_for_one_task(owner: FlaskClient, colleague: FlaskClient, task_id: str) -> None:
    owner.post(f"/api/v1/tasks/{task_id}/claim")
    for act, body in (("claim", {}), ("complete", {}), ("priority", {"priority": 5})):
        alone = colleague.post(f"/api/v1/tasks/{task_id}/{act}", json=body)
        [outcome] = bulk(colleague, act, [task_id], **body)
        assert outcome["error"] == {name: value for name, value in alone.json.items() if name != "instance"}
        assert outcome["error"]["title"] in ("与现状冲突", "无权办理")


def test_many_are_completed_with_the_same_values_and_a_repeated_order_answers_the_same(
    owner: FlaskClient, colleague: FlaskClient, root: FlaskClient, three: list[str]
) -> None:
    colleague.post(f"/api/v1/tasks/{three[1]}/claim")
    first = bulk(owner, "complete", three, key="k", variables={"ok": True})
    assert [item["ok"] for item in first] == [True, False, True]
    assert bulk(owner, "complete", three, key="k", variables={"ok": True}) == first
    assert [item["error"]["status"] for item in bulk(owner, "complete", three)] == [409, 403, 409]
    case = root.get(f"/api/v1/tasks/{three[0]}").json["instance_id"]
    assert root.get(f"/api/v1/instances/{case}").json["variables"]["ok"] is True


def test_many_get_the_same_remark_once_for_one_key(owner: FlaskClient, three: list[str]) -> None:
    for _ in range(2):
        assert all(item["ok"] for item in bulk(owner, "comment", three, key="k", text="请尽快"))
    assert all(item["ok"] for item in bulk(owner, "complete", three, key="k"))  # another act under the same key
    for task_id in three:
        task = owner.get(f"/api/v1/tasks/{task_id}").json
        assert ([remark["text"] for remark in task["comments"]], task["status"]) == (["请尽快"], "completed")


def test_many_are_ranked_by_their_holder(owner: FlaskClient, three: list[str]) -> None:
    bulk(owner, "claim", three[:2])
    assert [item["ok"] for item in bulk(owner, "priority", three, priority=90)] == [True, True, False]
    assert [owner.get(f"/api/v1/tasks/{task_id}").json["priority"] for task_id in three] == [90, 90, 50]


def test_many_are_handed_over_to_a_person_or_a_group(
    owner: FlaskClient, stranger: FlaskClient, three: list[str]
) -> None:
    assert all(item["ok"] for item in bulk(owner, "hand-over", three[:2], to="stranger", reason="调岗"))
    assert stranger.get("/api/v1/tasks?assignee=me").json["total"] == 2
    outcomes = bulk(stranger, "hand-over", three, to_group="safety_office", reason="退还")
    assert [item["ok"] for item in outcomes] == [True, True, False]
    assert outcomes[2]["error"]["title"] == "找不到"
    assert owner.get("/api/v1/tasks?candidate=me").json["total"] == 3


def test_many_are_delegated_answered_given_back_and_put_aside(
    owner: FlaskClient, stranger: FlaskClient, three: list[str]
) -> None:
    later = "2026-12-01T09:00:00+08:00"
    assert [item["ok"] for item in bulk(owner, "delegate", [*three, "x"], to="stranger")] == [True, True, True, False]
    assert [item["ok"] for item in bulk(stranger, "follow-up", three, at=later)] == [True, True, True]
    assert owner.get("/api/v1/tasks?follow_up=later").json["total"] == 3
    assert [item["ok"] for item in bulk(stranger, "resolve", three[:2], text="已核对")] == [True, True]
    outcomes = bulk(stranger, "return", three, reason="不归我管")
    assert [item["ok"] for item in outcomes] == [False, False, True]
    assert owner.get("/api/v1/tasks?assignee=me").json["total"] == 3
    outcomes = bulk(owner, "return", three, reason="重来", to="check")
    assert [item["error"]["errors"][0]["field"] for item in outcomes] == ["to", "to", "to"]


@pytest.mark.parametrize(
    ("act", "body", "field"),
    [
        ("delegate", {"tasks": ["x"], "to": "ghost"}, "to"),
        ("follow-up", {"tasks": ["x"], "at": "bald"}, "at"),
        ("resolve", {"tasks": ["x"], "text": ""}, "text"),
        ("return", {"tasks": ["x"], "reason": ""}, "reason"),
        ("claim", {"tasks": []}, "tasks"),
        ("claim", {"tasks": ["x"] * 201}, "tasks"),
        ("complete", {"tasks": ["x"], "variables": 1}, "variables"),
        ("comment", {"tasks": ["x"]}, "text"),
        ("priority", {"tasks": ["x"], "priority": 101}, "priority"),
        ("hand-over", {"tasks": ["x"], "to": "ghost", "reason": "x"}, "to"),
        ("hand-over", {"tasks": ["x"], "reason": "x"}, "to"),
    ],
)
def test_an_order_that_is_wrong_for_every_task_is_refused_whole(
    owner: FlaskClient, act: str, body: dict[str, Any], field: str
) -> None:
    answer = owner.post(f"/api/v1/tasks/bulk/{act}", json=body)
    assert (answer.status_code, [found["field"] for found in answer.json["errors"]]) == (422, [field])


def test_a_task_that_the_database_broke_off_is_done_again_also_after_another_was_saved(
    app: App, owner: FlaskClient, three: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    claim, broken = verbs.claim, [three[1]]

    def broken_once(web: App, task_id: str, **given: Any) -> Any:
        if task_id in broken:
            broken.remove(task_id)
            raise Interrupted("断开", en="broken off")
        return claim(web, task_id, **given)

    monkeypatch.setattr(again, "PAUSES", (0.0,))
    monkeypatch.setattr(verbs, "claim", broken_once)
    assert [item["ok"] for item in bulk(owner, "claim", three)] == [True, True, True]
    broken += three * 4
    assert [item["error"]["status"] for item in bulk(owner, "claim", three)] == [503, 503, 503]
    assert len(broken) == 3 * 4 - 2 - 1 - 1  # waited for with the first only
