"""Tasks over HTTP: who sees them, who may do what, and that a task is done once."""

from datetime import timedelta

import pytest
from flask.testing import FlaskClient

from engine.app import App
from engine.campaign import deadlines
from engine.campaign.model import Person
from engine.testing import FakeClock
from tests.api.conftest import REVIEW

FIELDS = {
    "id",
    "element",
    "name",
    "definition",
    "instance_id",
    "business_key",
    "groups",
    "assignee",
    "due_at",
    "lamp",
    "status",
}


def act(client: FlaskClient, task_id: str, verb: str, **body: object) -> tuple[int, dict[str, object]]:
    answer = client.post(f"/api/v1/tasks/{task_id}/{verb}", json=body)
    return answer.status_code, answer.json


def test_the_owner_and_a_colleague_see_the_task_and_a_stranger_does_not(
    owner: FlaskClient, colleague: FlaskClient, stranger: FlaskClient, root: FlaskClient, task_id: str
) -> None:
    for client in (owner, colleague, root):
        assert [task["id"] for task in client.get("/api/v1/tasks").json["items"]] == [task_id]
        assert client.get(f"/api/v1/tasks/{task_id}").status_code == 200
    assert stranger.get("/api/v1/tasks").json["total"] == 0
    assert stranger.get(f"/api/v1/tasks/{task_id}").status_code == 404
    for verb, body in (
        ("claim", {}),
        ("release", {}),
        ("complete", {}),
        ("delegate", {"to": "stranger"}),
        ("return", {"reason": "x"}),
        ("comment", {"text": "x"}),
    ):
        assert act(stranger, task_id, verb, **body)[0] == 404, verb


def test_a_task_has_the_promised_fields_and_an_offset_in_its_times(owner: FlaskClient, task_id: str) -> None:
    task = owner.get(f"/api/v1/tasks/{task_id}").json
    assert set(task) >= FIELDS
    assert (task["element"], task["name"], task["definition"]) == ("check", "核对材料", "review")
    assert (task["business_key"], task["groups"], task["assignee"]) == ("YQ-1", ["safety_office"], None)
    # Thursday 24 September; the 25th to 27th are the Mid-Autumn holiday, so three working days end with the 30th.
    assert task["due_at"] == "2026-10-01T00:00:00+08:00"
    assert (task["lamp"], task["status"]) == ("yellow", "open")


def test_claim_release_and_complete(owner: FlaskClient, colleague: FlaskClient, task_id: str) -> None:
    assert act(owner, task_id, "claim")[1]["assignee"] == "owner"
    status, answer = act(colleague, task_id, "claim")
    assert status == 409 and "owner" in str(answer["detail"])
    assert act(colleague, task_id, "complete")[0] == 403
    assert act(owner, task_id, "release")[1]["assignee"] is None
    status, answer = act(colleague, task_id, "complete", variables={"ok": True})
    assert (status, answer["status"], answer["completed_by"]) == (200, "completed", "colleague")


def test_a_free_task_may_be_completed_at_once_and_without_a_body(owner: FlaskClient, task_id: str) -> None:
    assert owner.post(f"/api/v1/tasks/{task_id}/complete").status_code == 200


def test_a_second_completion_is_409_and_names_the_first(
    owner: FlaskClient, colleague: FlaskClient, task_id: str
) -> None:
    act(owner, task_id, "complete")
    for client in (colleague, owner):
        status, answer = act(client, task_id, "complete")
        assert status == 409
        assert "owner" in str(answer["detail"]) and "owner" in str(answer["en"])


def test_the_same_idempotency_key_gets_the_first_answer_again(owner: FlaskClient, task_id: str) -> None:
    address, key = f"/api/v1/tasks/{task_id}/complete", {"Idempotency-Key": "phone-1"}
    first = owner.post(address, json={"variables": {"n": 1}}, headers=key)
    again = owner.post(address, json={"variables": {"n": 1}}, headers=key)
    assert first.status_code == again.status_code == 200
    assert first.json == again.json
    assert owner.post(address, json={}, headers={"Idempotency-Key": "phone-2"}).status_code == 409


def test_an_admin_may_complete_any_task(root: FlaskClient, owner: FlaskClient, task_id: str) -> None:
    act(owner, task_id, "claim")
    assert act(root, task_id, "complete")[0] == 200


def test_a_delegated_task_is_the_other_persons_until_it_is_returned(
    owner: FlaskClient, colleague: FlaskClient, stranger: FlaskClient, task_id: str
) -> None:
    act(owner, task_id, "claim")
    assert act(owner, task_id, "delegate", to="stranger")[1]["assignee"] == "stranger"
    assert [task["id"] for task in stranger.get("/api/v1/tasks?assignee=me").json["items"]] == [task_id]
    assert act(owner, task_id, "complete")[0] == 403
    assert act(stranger, task_id, "return", reason="不归我管")[1]["assignee"] == "owner"
    assert stranger.get(f"/api/v1/tasks/{task_id}").status_code == 404
    assert act(owner, task_id, "return", reason="人手不够")[1]["assignee"] is None
    assert act(colleague, task_id, "return", reason="没有人认领")[0] == 409


def test_a_task_is_not_delegated_to_an_account_that_does_not_exist(owner: FlaskClient, task_id: str) -> None:
    status, answer = act(owner, task_id, "delegate", to="ghost")
    assert status == 422
    assert answer["errors"][0]["field"] == "to"  # type: ignore[index]


def test_a_comment_stays_with_the_task(owner: FlaskClient, colleague: FlaskClient, task_id: str) -> None:
    for _ in range(2):  # sent again with its key: said once
        key = {"Idempotency-Key": "c-1"}
        told = owner.post(f"/api/v1/tasks/{task_id}/comment", json={"text": "缺一张照片"}, headers=key)
        assert told.status_code == 200
    [remark] = colleague.get(f"/api/v1/tasks/{task_id}").json["comments"]
    assert (remark["author"], remark["text"]) == ("owner", "缺一张照片")


def test_lists_filter_sort_and_page(owner: FlaskClient, root: FlaskClient, review: str, clock: FakeClock) -> None:
    for number in range(5):
        clock.now += timedelta(hours=1)
        root.post("/api/v1/instances", json={"definition": review, "business_key": f"YQ-{number}"})

    def keys(query: str) -> list[str]:
        answer = owner.get(f"/api/v1/tasks?{query}")
        assert answer.status_code == 200, answer.json
        return [task["business_key"] for task in answer.json["items"]]

    assert keys("sort=-created_at&size=2") == ["YQ-4", "YQ-3"]
    assert keys("sort=-created_at&size=2&page=3") == ["YQ-0"]
    assert keys("q=yq-2") == ["YQ-2"] == keys("q=YQ-2&candidate=me&unit=safety_office&definition=review")
    assert keys("assignee=me") == keys("unit=police_station") == keys("overdue=true") == keys("status=completed") == []
    assert len(keys("name=核对")) == 5 and keys("name=材料") == keys("name=%25") == []
    assert len(keys("overdue=false")) == len(keys("status=all")) == 5
    clock.now += timedelta(days=30)
    assert len(keys("overdue=true")) == 5 and keys("overdue=false") == []


def test_a_units_tasks_are_also_those_of_the_roles_in_it(root: FlaskClient, review: str) -> None:
    for group in (b"clerk@safety_office", b"clerk@unsafety_office"):
        body = REVIEW.replace(b'candidateGroups="safety_office"', b'candidateGroups="' + group + b'"')
        assert root.post("/api/v1/definitions", data=body, content_type="application/xml").status_code == 201
        root.post("/api/v1/instances", json={"definition": review})
    found = root.get("/api/v1/tasks?unit=safety_office").json["items"]
    assert [task["groups"] for task in found] == [["clerk@safety_office"]]


def test_wildcards_in_a_search_are_plain_characters(owner: FlaskClient, task_id: str) -> None:
    for text in ("%25", "_", "%5C", "'", '"'):
        assert owner.get(f"/api/v1/tasks?q={text}").json["total"] == 0, text


@pytest.mark.parametrize(
    ("query", "field"),
    [("sort=colour", "sort"), ("overdue=maybe", "overdue"), ("status=lost", "status"), ("size=1000", "size")],
)
def test_a_wrong_filter_is_named(owner: FlaskClient, query: str, field: str) -> None:
    answer = owner.get(f"/api/v1/tasks?{query}")
    assert answer.status_code == 422
    assert [found["field"] for found in answer.json["errors"]] == [field]


@pytest.mark.parametrize(
    ("body", "field"),
    [({"variables": []}, "variables"), ({"variables": "x"}, "variables"), ({"data": {}}, "data")],
)
def test_a_completion_with_a_wrong_body_changes_nothing(
    owner: FlaskClient, task_id: str, body: dict[str, object], field: str
) -> None:
    status, answer = act(owner, task_id, "complete", **body)
    assert status == 422
    assert [found["field"] for found in answer["errors"]] == [field]  # type: ignore[attr-defined]
    assert owner.get(f"/api/v1/tasks/{task_id}").json["status"] == "open"


def test_an_idempotency_key_that_is_too_long_is_refused(owner: FlaskClient, task_id: str) -> None:
    headers = {"Idempotency-Key": "x" * 256}
    assert owner.post(f"/api/v1/tasks/{task_id}/complete", json={}, headers=headers).status_code == 422


def test_a_delegate_answers_and_the_owner_gets_the_task_back(
    owner: FlaskClient, stranger: FlaskClient, task_id: str
) -> None:
    assert act(owner, task_id, "delegate", to="stranger")[1]["delegation"] == "pending"
    status, task = act(stranger, task_id, "resolve", text="已核对")
    assert (status, task["delegation"], task["assignee"]) == (200, "resolved", task["owner"])
    assert act(stranger, task_id, "resolve", text="再答")[0] == 404


def test_a_task_is_handed_over_put_aside_and_ranked(owner: FlaskClient, stranger: FlaskClient, task_id: str) -> None:
    assert act(owner, task_id, "hand-over", to="ghost", reason="x")[0] == 422
    assert act(owner, task_id, "hand-over", to="stranger", reason="调离岗位")[1]["assignee"] == "stranger"
    status, task = act(stranger, task_id, "follow-up", at="2026-12-01T09:00:00+08:00")
    assert (status, task["follow_up_at"]) == (200, "2026-12-01T09:00:00+08:00")
    assert stranger.get("/api/v1/tasks?follow_up=reached").json["total"] == 0
    assert act(stranger, task_id, "priority", priority=80)[1]["priority"] == 80
    assert act(stranger, task_id, "priority", priority=101)[0] == 422


def test_a_task_is_handed_over_to_a_group_that_has_people(
    owner: FlaskClient, stranger: FlaskClient, task_id: str
) -> None:
    act(owner, task_id, "claim")
    for wrong in ({}, {"to": "colleague", "to_group": "police_station"}, {"to_group": ""}):
        assert act(owner, task_id, "hand-over", reason="x", **wrong)[0] == 422
    status, answer = act(owner, task_id, "hand-over", to_group="fire_station", reason="x")
    assert (status, answer["errors"][0]["field"]) == (422, "to_group")  # type: ignore[index]
    status, task = act(owner, task_id, "hand-over", to_group="police_station", reason="属派出所管辖")
    assert (status, task["groups"], task["assignee"]) == (200, ["police_station"], None)
    assert act(stranger, task_id, "claim")[1]["assignee"] == "stranger"


def test_nothing_is_given_to_an_account_that_is_not_active(app: App, owner: FlaskClient, task_id: str) -> None:
    with app.transaction() as tx:
        tx.get_one(Person, "colleague").active = False
    for verb, body in (("delegate", {}), ("hand-over", {"reason": "调岗"})):
        status, answer = act(owner, task_id, verb, to="colleague", **body)
        assert (status, answer["errors"][0]["field"]) == (422, "to")  # type: ignore[index]
        assert "停用" in str(answer["detail"])


def test_a_task_of_another_process_knows_its_hazard_and_the_limit_behind_its_date(
    owner: FlaskClient, stranger: FlaskClient, root: FlaskClient, app: App, review: str, place: str
) -> None:
    found = {"place": place, "code": "RF-01", "text": "安全出口锁闭"}
    number = owner.post("/api/v1/hazards", json=found).json["number"]
    given = {"definition": review, "business_key": "FZ-1", "variables": {"hazard": number}}
    task = root.post("/api/v1/instances", json=given).json["tasks"][0]["id"]

    def limit(kind: str) -> None:
        about, now = deadlines.of_hazard(number), app.clock()
        with app.transaction() as tx:
            deadlines.open_in(tx, app, about, kind, start_at=now, n=3, unit="wd", roll="F", now=now)

    limit("整改")  # ends at the same moment, but is another's
    shown = owner.get(f"/api/v1/tasks/{task}").json
    assert (shown["hazard"], shown["limit"]) == (number, None)
    limit("约谈记录")
    shown = owner.get(f"/api/v1/tasks/{task}").json
    assert (shown["limit"]["kind"], shown["limit"]["due_at"]) == ("约谈记录", shown["due_at"])

    # Whoever gets the task but may not see the hazard gets no link to it.
    assert act(root, task, "hand-over", to="stranger", reason="协助")[0] == 200
    for client, seen in ((owner, number), (stranger, None)):
        (row,) = client.get("/api/v1/tasks", query_string={"definition": review}).json["items"]
        assert (row["hazard"], client.get(f"/api/v1/tasks/{task}").json["hazard"]) == (seen, seen)
    assert stranger.get(f"/api/v1/hazards/{number}").status_code == 404


def test_a_part_of_a_case_and_one_without_a_hazard(
    root: FlaskClient, owner: FlaskClient, review: str, place: str
) -> None:
    number = owner.post("/api/v1/hazards", json={"place": place, "code": "RF-01", "text": "通道堵塞"}).json["number"]
    for key, hazard in ((f"{number}#协办", number), ("YQ-0", None), (None, None)):
        made = root.post("/api/v1/instances", json={"definition": review, "business_key": key}).json
        (row,) = root.get("/api/v1/tasks", query_string={"instance_id": made["id"]}).json["items"]
        assert row["hazard"] == hazard
