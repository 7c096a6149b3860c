"""Standing substitution over HTTP: who may make and revoke it, what the substitute gets, and what stays as it was."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select, update

from engine.app import App
from engine.bpm import step, task_step
from engine.bpm.model import Notice
from engine.campaign import accounts, people, substitutes
from engine.campaign.model import Person
from engine.sql import Statement
from engine.testing import FakeClock

AWAY = {"substitute": "stranger", "starts_at": "2026-09-24", "ends_at": "2026-09-30", "reason": "年假"}
SUBSTITUTIONS = "/api/v1/substitutions"


def make(client: FlaskClient, **changed: Any) -> Any:
    return client.post(SUBSTITUTIONS, json={**AWAY, **changed})


def revoke(client: FlaskClient, made: str) -> Any:
    return client.post(f"{SUBSTITUTIONS}/{made}/revoke", json={"reason": "提前返岗"})


def open_tasks(client: FlaskClient, query: str = "") -> list[tuple[str, str | None]]:
    return [(task["id"], task["substitute_for"]) for task in client.get(f"/api/v1/tasks{query}").json["items"]]


def test_days_are_local_and_the_last_one_is_included(owner: FlaskClient) -> None:
    made = make(owner).json
    assert (made["person"], made["status"], made["created_by"]) == ("owner", "active", "owner")
    assert made["starts_at"] == "2026-09-24T00:00:00+08:00"
    assert made["ends_at"] == "2026-10-01T00:00:00+08:00"
    moments = make(owner, starts_at="2026-09-25T12:00:00+08:00", ends_at="2026-09-25T18:00:00").json
    assert (moments["status"], moments["ends_at"]) == ("coming", "2026-09-25T18:00:00+08:00")


def test_the_substitute_sees_and_completes_from_the_first_to_the_last_moment(
    owner: FlaskClient, stranger: FlaskClient, clock: FakeClock, task_id: str
) -> None:
    make(owner, starts_at="2026-09-25", ends_at="2026-09-25")
    for moment, seen in (("24T15:59:59", False), ("24T16:00:00", True), ("25T15:59:59", True), ("25T16:00:00", False)):
        clock.now = datetime.fromisoformat(f"2026-09-{moment}").replace(tzinfo=UTC)
        assert open_tasks(stranger) == ([(task_id, "owner")] if seen else []), moment
        assert stranger.get(f"/api/v1/tasks/{task_id}").status_code == (200 if seen else 404)
        assert open_tasks(stranger, "?substituted=true") == ([(task_id, "owner")] if seen else [])
        assert open_tasks(stranger, "?substituted=false") == []
    assert stranger.post(f"/api/v1/tasks/{task_id}/complete", json={}).status_code == 404
    clock.now -= timedelta(seconds=1)
    done = stranger.post(f"/api/v1/tasks/{task_id}/complete", json={}).json
    assert (done["completed_by"], done["on_behalf_of"]) == ("stranger", "owner")
    history = owner.get(f"/api/v1/instances/{done['instance_id']}/history").json["items"]
    assert [(row["event"], row["actor"]) for row in history if row["on_behalf_of"] == "owner"] == [
        ("completed", "stranger")
    ]
    shown = stranger.get(f"/api/v1/tasks/{task_id}").json
    assert (shown["on_behalf_of"], shown["substitute_for"]) == ("owner", "owner")


def test_one_act_on_many_tasks_goes_through_the_same_verbs(
    owner: FlaskClient, stranger: FlaskClient, task_id: str
) -> None:
    make(owner)
    assert stranger.post("/api/v1/tasks/bulk/claim", json={"tasks": [task_id]}).json["items"][0]["ok"]
    assert owner.get(f"/api/v1/tasks/{task_id}").json["assignee"] == "stranger"
    assert open_tasks(stranger, "?assignee=me&substituted=true") == [(task_id, "owner")]


def test_a_scope_names_processes_and_groups_and_a_lost_group_gives_nothing(
    app: App, owner: FlaskClient, stranger: FlaskClient, task_id: str
) -> None:
    other = make(owner, definitions=["review"], groups=["clerk"]).json
    assert open_tasks(stranger) == []
    revoke(owner, other["id"])
    make(owner, definitions=["review"], groups=["safety_office"])
    assert open_tasks(stranger) == [(task_id, "owner")]
    with app.transaction() as tx:
        tx.execute(update(Person).where(Person.name == "owner").values(unit="police_station"))
    assert open_tasks(stranger) == []


def test_a_substitute_of_an_admin_is_no_admin(root: FlaskClient, stranger: FlaskClient, task_id: str) -> None:
    assert make(root).status_code == 201
    assert stranger.get("/api/v1/me").json["roles"] == ["officer"]
    assert open_tasks(stranger) == []
    assert stranger.get("/api/v1/batches").status_code == 403
    assert stranger.post(f"/api/v1/tasks/{task_id}/due", json={}).status_code in (403, 422)
    assert make(stranger, person="colleague", substitute="owner").status_code == 403


def test_a_substitute_of_a_substitute_gets_nothing(
    owner: FlaskClient, colleague: FlaskClient, stranger: FlaskClient, root: FlaskClient, task_id: str
) -> None:
    owner.post(f"/api/v1/tasks/{task_id}/claim")
    make(owner, substitute="colleague")
    make(colleague, substitute="root")
    make(root, person="colleague")
    assert open_tasks(colleague) == [(task_id, "owner")]
    assert open_tasks(stranger) == [(task_id, None)]  # offered to the colleague's office, but the owner's by now
    assert stranger.post(f"/api/v1/tasks/{task_id}/complete", json={}).status_code == 403


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"substitute": "nobody"}, "substitute"), ({"substitute": "owner"}, "substitute"),
        ({"groups": ["police_station"]}, "groups"), ({"definitions": ["nix"]}, "definitions"),
        ({"starts_at": "2026-09-23"}, "starts_at"), ({"ends_at": "2026-09-23"}, "ends_at"),
        ({"ends_at": "2028-10-01"}, "ends_at"), ({"ends_at": "2026-02-30"}, "ends_at"), ({"ends_at": 7}, "ends_at"),
        ({"ends_at": "9999-12-31"}, "ends_at"), ({"reason": ""}, "reason"), ({"colour": "red"}, "colour"),
    ],
)  # fmt: skip
def test_an_impossible_order_is_422_at_its_field(owner: FlaskClient, changed: dict[str, Any], field: str) -> None:
    answer = make(owner, **changed)
    assert (answer.status_code, [found["field"] for found in answer.json["errors"]]) == (422, [field])
    assert owner.get(SUBSTITUTIONS).json["total"] == 0


def test_an_account_that_is_switched_off_is_no_substitute(app: App, owner: FlaskClient) -> None:
    with app.transaction() as tx:
        tx.execute(update(Person).where(Person.name == "stranger").values(active=False))
    assert make(owner).json["errors"][0]["field"] == "substitute"


def test_each_sees_their_own_and_a_stranger_cannot_revoke(
    owner: FlaskClient, colleague: FlaskClient, stranger: FlaskClient, root: FlaskClient
) -> None:
    made = make(root, person="owner").json["id"]
    for client, seen in ((owner, 1), (stranger, 1), (root, 1), (colleague, 0)):
        assert client.get(SUBSTITUTIONS).json["total"] == seen
    assert root.get(f"{SUBSTITUTIONS}?person=colleague").json["total"] == 0
    assert revoke(colleague, made).status_code == 404
    declined = revoke(stranger, made)
    assert (declined.json["status"], declined.json["revoked_by"]) == ("revoked", "stranger")
    assert declined.json["revoked_reason"] == "提前返岗"
    assert revoke(owner, made).status_code == 409


def test_revoking_counts_at_once_and_both_sides_are_told(
    app: App, owner: FlaskClient, stranger: FlaskClient, root: FlaskClient, task_id: str
) -> None:
    made = make(owner).json["id"]
    assert open_tasks(stranger) == [(task_id, "owner")]
    revoke(root, made)
    assert open_tasks(stranger) == []
    with app.reading() as tx:
        told = [(row.recipient, row.subject) for row in tx.scalars(select(Notice).order_by(Notice.created_at))]
    assert sorted(told) == [
        ("owner", "owner 不再由 stranger 代办"), ("stranger", "owner 不再由 stranger 代办"),
        ("stranger", "owner 由 stranger 代办"),
    ]  # fmt: skip


def test_of_the_person_and_the_substitute_at_once_one_revokes_and_one_completes(
    app: App, web: Flask, owner: FlaskClient, task_id: str
) -> None:
    made = make(owner).json["id"]

    def client(name: str) -> FlaskClient:
        fresh = web.test_client(use_cookies=False)
        fresh.environ_base["HTTP_AUTHORIZATION"] = f"Bearer {accounts.issue_token(app, name, by=None)}"
        return fresh

    both = [client("owner"), client("stranger")]
    with ThreadPoolExecutor(2) as pool:
        revoked = list(pool.map(lambda each: revoke(each, made).status_code, both))
    assert sorted(revoked) == [200, 409]
    make(owner)
    act = f"/api/v1/tasks/{task_id}/complete"
    with ThreadPoolExecutor(2) as pool:
        done = list(pool.map(lambda each: each.post(act, json={}), both))
    assert sorted(answer.status_code for answer in done) == [200, 409]
    winner = next(answer.json for answer in done if answer.status_code == 200)
    assert winner["on_behalf_of"] == ("owner" if winner["completed_by"] == "stranger" else None)


@contextmanager
def looks(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[Statement]]:
    """The statements that are run past the ORM meanwhile."""
    seen: list[Statement] = []
    fetch = Statement._fetch

    def counted(self: Statement, *given: Any) -> Any:
        seen.append(self)
        return fetch(self, *given)

    with monkeypatch.context() as patch:
        patch.setattr(Statement, "_fetch", counted)
        yield seen


def test_only_a_substitutes_request_looks_a_second_time(
    app: App, owner: FlaskClient, colleague: FlaskClient, stranger: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    make(owner)
    for client, more in ((owner, []), (colleague, []), (stranger, [substitutes._ABSENT])):
        with looks(monkeypatch) as seen:
            client.get("/api/v1/me")
        assert seen == [accounts.BY_TOKEN, *more]


def test_completing_takes_no_more_statements_than_without_the_table(
    app: App, owner: FlaskClient, colleague: FlaskClient, task_id: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    make(owner)
    with looks(monkeypatch) as seen:
        assert colleague.post(f"/api/v1/tasks/{task_id}/complete", json={}).status_code == 200
    assert seen == [accounts.BY_TOKEN, task_step._LOCKED, step._NAMED]  # the last one once per process


def test_a_browser_session_stands_in_as_a_token_does(
    app: App, web: Flask, owner: FlaskClient, stranger: FlaskClient, task_id: str
) -> None:
    make(owner)
    people.set_password(app, "stranger", "correct-horse-battery", by=None)
    browser = web.test_client()
    browser.post("/api/v1/session", json={"name": "stranger", "password": "correct-horse-battery"})
    csrf = browser.get("/api/v1/me").json["csrf_token"]
    answer = browser.post(f"/api/v1/tasks/{task_id}/claim", json={}, headers={"X-CSRF-Token": csrf})
    assert (answer.json["assignee"], answer.json["on_behalf_of"]) == ("stranger", "owner")
