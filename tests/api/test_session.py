"""Logging in and out, CSRF, tokens and lockout."""

from datetime import timedelta

import pytest
from flask.testing import FlaskClient

from engine.app import App
from engine.campaign import people
from engine.testing import FakeClock
from tests.api.conftest import PASSWORD


@pytest.fixture
def wall(app: App) -> FakeClock:
    """Real time of the test."""
    app.wall = FakeClock()
    return app.wall


@pytest.fixture
def browser(app: App, wall: FakeClock, nobody: FlaskClient) -> FlaskClient:
    """A browser of somebody with a password."""
    people.create(app, "zhang", password=PASSWORD, unit="safety_office", roles=["clerk"], by=None)
    return nobody


def log_in(client: FlaskClient, password: str = PASSWORD, name: str = "zhang") -> int:
    return client.post("/api/v1/session", json={"name": name, "password": password}).status_code


def test_logging_in_gives_a_guarded_cookie_and_me(browser: FlaskClient) -> None:
    answer = browser.post("/api/v1/session", json={"name": "zhang", "password": PASSWORD})
    cookie = answer.headers["Set-Cookie"]
    assert answer.status_code == 200
    assert "HttpOnly" in cookie and "SameSite=Lax" in cookie
    me = browser.get("/api/v1/me").json
    assert me["name"] == "zhang" and me["admin"] is False and me["csrf_token"]
    assert {"safety_office", "clerk", "clerk@safety_office"} <= set(me["groups"])


def test_over_https_the_cookie_is_secure(browser: FlaskClient) -> None:
    body = {"name": "zhang", "password": PASSWORD}
    assert "Secure" in browser.post("/api/v1/session", json=body, base_url="https://bihuan.test").headers["Set-Cookie"]


def test_a_change_by_cookie_needs_the_csrf_token(browser: FlaskClient) -> None:
    log_in(browser)
    token = browser.get("/api/v1/me").json["csrf_token"]
    assert browser.delete("/api/v1/session").status_code == 403
    assert browser.delete("/api/v1/session", headers={"X-CSRF-Token": token + "x"}).status_code == 403
    assert browser.delete("/api/v1/session", headers={"X-CSRF-Token": "é"}).status_code == 403
    assert browser.get("/api/v1/me").status_code == 200
    assert browser.delete("/api/v1/session", headers={"X-CSRF-Token": token}).status_code == 204
    assert browser.get("/api/v1/me").status_code == 401


def test_after_logging_out_a_copied_cookie_is_worth_nothing(browser: FlaskClient) -> None:
    log_in(browser)
    copied = browser.get_cookie("bihuan_session")
    assert copied is not None
    browser.delete("/api/v1/session", headers={"X-CSRF-Token": browser.get("/api/v1/me").json["csrf_token"]})
    browser.set_cookie("bihuan_session", copied.value)
    assert browser.get("/api/v1/me").status_code == 401


def test_a_wrong_name_and_a_wrong_password_look_the_same(browser: FlaskClient) -> None:
    wrong = browser.post("/api/v1/session", json={"name": "zhang", "password": "wrong"})
    unknown = browser.post("/api/v1/session", json={"name": "nobody", "password": "wrong"})
    assert wrong.status_code == unknown.status_code == 401
    assert wrong.json == unknown.json


def test_five_wrong_passwords_lock_the_account_for_a_quarter_of_an_hour_of_real_time(
    browser: FlaskClient, wall: FakeClock, clock: FakeClock
) -> None:
    assert [log_in(browser, "wrong") for _ in range(5)] == [401, 401, 401, 401, 429]
    assert log_in(browser) == 429
    clock.now += timedelta(days=1)
    assert log_in(browser) == 429
    wall.now += timedelta(minutes=16)
    assert log_in(browser) == 200


def test_a_session_ends_by_real_time_not_by_process_time(
    browser: FlaskClient, wall: FakeClock, clock: FakeClock
) -> None:
    log_in(browser)
    clock.now += timedelta(days=30)
    assert browser.get("/api/v1/me").status_code == 200
    wall.now += timedelta(days=1)
    assert browser.get("/api/v1/me").status_code == 401


def test_a_program_with_a_token_needs_no_csrf_token(owner: FlaskClient) -> None:
    me = owner.get("/api/v1/me").json
    assert me["name"] == "owner" and me["csrf_token"] is None
    assert owner.delete("/api/v1/session").status_code == 204


@pytest.mark.parametrize("header", ["Bearer wrong", "Bearer", "Basic b3duZXI6eA==", "Bearer é", "bihuan"])
def test_a_wrong_token_is_401_even_beside_a_good_cookie(browser: FlaskClient, header: str) -> None:
    log_in(browser)
    answer = browser.get("/api/v1/me", headers={"Authorization": header})
    assert answer.status_code == 401
    assert answer.headers["WWW-Authenticate"].startswith("Bearer")
