"""Who completes a task is found out with the task: nothing may be true for longer than when it is looked up before."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import delete, insert, update

from api.compose import compose
from engine.app import App
from engine.bpm.viewer import Viewer
from engine.campaign import accounts, asking, people, substitutes
from engine.campaign.model import LoginSession, Person, PersonRole
from engine.sql import Statement
from engine.testing import FakeClock, fresh_settings

SECRET = "correct-horse-battery"


@pytest.fixture
def twin(app: App, tmp_path: Path) -> Iterator[App]:
    """Another process over the same database, with the same clocks."""
    other = compose(fresh_settings(app.settings.database_url, tmp_path))
    other.clock, other.wall = app.clock, app.wall
    yield other
    other.close()


@pytest.fixture
def seen(monkeypatch: pytest.MonkeyPatch) -> list[Statement]:
    """The statements that are run past the ORM."""
    found: list[Statement] = []
    fetch = Statement._fetch

    def counted(self: Statement, *given: Any) -> Any:
        found.append(self)
        return fetch(self, *given)

    monkeypatch.setattr(Statement, "_fetch", counted)
    return found


def complete(client: FlaskClient, task: str, **headers: str) -> Any:
    return client.post(f"/api/v1/tasks/{task}/complete", json={"variables": {}}, headers=headers)


def known(client: FlaskClient) -> None:
    """Its secret was good a moment ago, so that the short way is tried."""
    assert client.get("/api/v1/me").status_code == 200


@pytest.fixture
def browser(app: App, web: Flask, owner: FlaskClient) -> FlaskClient:
    """The owner in a browser; its requests have the CSRF token."""
    people.set_password(app, "owner", SECRET, by=None)
    client = web.test_client()
    client.post("/api/v1/session", json={"name": "owner", "password": SECRET})
    client.environ_base["HTTP_X_CSRF_TOKEN"] = client.get("/api/v1/me").json["csrf_token"]
    return client


def test_one_statement_finds_the_person_and_the_task(
    app: App, owner: FlaskClient, colleague: FlaskClient, task_id: str, seen: list[Statement]
) -> None:
    known(owner)
    seen.clear()
    answer = complete(owner, task_id)
    assert (answer.status_code, answer.json["completed_by"], answer.json["on_behalf_of"]) == (200, "owner", None)
    assert asking.BY_TOKEN in seen and accounts.BY_TOKEN not in seen
    known(colleague)
    seen.clear()
    assert complete(colleague, task_id).status_code == 409
    assert seen == [asking.BY_TOKEN]


def test_of_many_at_once_one_completes_and_the_others_are_told_who(
    web: Flask, owner: FlaskClient, colleague: FlaskClient, task_id: str
) -> None:
    def post(client: FlaskClient) -> Any:
        mine = web.test_client(use_cookies=False)
        mine.environ_base["HTTP_AUTHORIZATION"] = client.environ_base["HTTP_AUTHORIZATION"]
        return complete(mine, task_id)

    known(owner)
    known(colleague)
    with ThreadPoolExecutor(6) as pool:
        answers = list(pool.map(post, [owner, colleague] * 3))
    (done,) = (answer.json for answer in answers if answer.status_code == 200)
    refused = [answer.json["detail"] for answer in answers if answer.status_code == 409]
    assert len(refused) == 5 and all(done["completed_by"] in detail for detail in refused)


def test_a_browser_takes_the_same_way(browser: FlaskClient, task_id: str, seen: list[Statement]) -> None:
    seen.clear()
    assert complete(browser, task_id).json["completed_by"] == "owner"
    assert asking.BY_SESSION in seen and accounts.BY_SESSION not in seen


def _unit(app: App) -> None:
    with app.transaction() as tx:
        tx.execute(update(Person).where(Person.name == "owner").values(unit="police_station"))


def _off(app: App) -> None:
    with app.transaction() as tx:
        tx.execute(update(Person).where(Person.name == "owner").values(active=False))


def _revoke(app: App) -> None:
    accounts.revoke_tokens(app, "owner", by=None)


@pytest.mark.parametrize(("change", "status"), [(_unit, 404), (_off, 401), (_revoke, 401)])
def test_what_another_process_changes_about_a_person_counts_for_the_next_request(
    twin: App, owner: FlaskClient, colleague: FlaskClient, task_id: str, change: Callable[[App], None], status: int
) -> None:
    known(owner)
    change(twin)
    for _ in range(2):
        assert complete(owner, task_id).status_code == status
    known(colleague)
    assert complete(colleague, task_id).status_code == 200


def test_roles_are_read_anew(twin: App, stranger: FlaskClient, task_id: str, seen: list[Statement]) -> None:
    known(stranger)
    assert complete(stranger, task_id).status_code == 404
    with twin.transaction() as tx:
        tx.execute(insert(PersonRole).values(person="stranger", role="admin"))
    with twin.transaction() as tx:
        tx.execute(delete(PersonRole).where(PersonRole.role == "admin"))
    assert complete(stranger, task_id).status_code == 404
    with twin.transaction() as tx:
        tx.execute(insert(PersonRole).values(person="stranger", role="admin"))
    seen.clear()
    assert complete(stranger, task_id).json["completed_by"] == "stranger"
    assert asking.BY_TOKEN in seen and accounts.BY_TOKEN not in seen


def test_a_session_counts_until_it_ends_and_only_with_its_csrf_token(
    app: App, twin: App, browser: FlaskClient, task_id: str
) -> None:
    assert complete(browser, task_id, **{"X-CSRF-Token": "guessed"}).status_code == 403
    assert complete(browser, task_id, **{"X-CSRF-Token": ""}).status_code == 403
    app.wall = twin.wall = FakeClock(app.wall() + accounts.SESSION_LASTS)
    assert complete(browser, task_id).status_code == 401
    app.wall.now -= timedelta(seconds=1)
    known(browser)
    with twin.transaction() as tx:
        tx.execute(delete(LoginSession))
    assert complete(browser, task_id).status_code == 401


def test_a_substitution_begins_and_ends_between_two_requests(
    app: App, twin: App, stranger: FlaskClient, clock: FakeClock, task_id: str
) -> None:
    known(stranger)
    assert complete(stranger, task_id).status_code == 404
    now = clock.now
    substitutes.make(
        twin, by=Viewer("owner"), person=None, substitute="stranger", starts_at=now + timedelta(hours=1),
        ends_at=now + timedelta(hours=2), reason="年假",
    )  # fmt: skip
    for hours in (0, 2):
        clock.now = now + timedelta(hours=hours)
        assert complete(stranger, task_id).status_code == 404
    clock.now = now + timedelta(hours=1)
    done = complete(stranger, task_id).json
    assert (done["completed_by"], done["on_behalf_of"]) == ("stranger", "owner")


@pytest.mark.parametrize(
    ("body", "headers", "status"),
    [
        ("{", {}, 400),
        ('{"unknown": 1}', {}, 422),
        ("{}", {"Idempotency-Key": "k" * 256}, 422),
        ("{}", {"Content-Type": "text/plain"}, 415),
    ],
)
def test_nobody_learns_what_is_wrong_with_a_request_before_it_is_known_who_asks(
    twin: App, owner: FlaskClient, task_id: str, body: str, headers: dict[str, str], status: int
) -> None:
    def post() -> int:
        sent = {"Content-Type": "application/json", **headers}
        return owner.post(f"/api/v1/tasks/{task_id}/complete", data=body, headers=sent).status_code

    known(owner)
    assert post() == status
    accounts.revoke_tokens(twin, "owner", by=None)
    assert [post(), post()] == [401, 401]


def test_only_so_many_secrets_are_kept_in_mind(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(asking, "_shown", {})
    for number in range(asking.MOST + 1):
        asking.note(str(number))
    assert asking.shown(str(asking.MOST)) and not asking.shown("0")
