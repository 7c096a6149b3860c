"""The sign of a place, public publicity, notices and public checks over HTTP: strangers, repeats, hostile input."""

from dataclasses import replace

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from engine.app import App
from engine.bpm import definitions
from engine.campaign import public_doors
from engine.campaign.report_model import CitizenReport
from tests.api.test_public_reports import BODY, PROCESS, URL

ADDRESS = "/api/v1/public/documents"


@pytest.fixture
def door(app: App, nobody: FlaskClient) -> FlaskClient:
    """Nobody, at an installation that takes reports."""
    definitions.deploy(app, {"public_report.bpmn": PROCESS}, by="root")
    return nobody


@pytest.fixture
def code(owner: FlaskClient, place: str) -> str:
    found: str = owner.post(f"/api/v1/places/{place}/entry-code").json["code"]
    return found


def test_anybody_learns_name_and_address_of_a_sign_and_nothing_else(nobody: FlaskClient, code: str) -> None:
    assert set(nobody.get(f"/api/v1/public/places/{code}").json) == {"name", "address"}
    for wrong in ("x", code[:-1], "%27%20OR%201=1", "9" * 3000):
        assert nobody.get(f"/api/v1/public/places/{wrong}").status_code == 404
    assert nobody.get(f"/api/v1/signs/{code}").status_code == 401


def test_a_stranger_sees_no_place_and_no_inspection_behind_a_sign(
    owner: FlaskClient, stranger: FlaskClient, code: str, place: str
) -> None:
    assert owner.get(f"/api/v1/signs/{code}").json["place"] == place
    seen = stranger.get(f"/api/v1/signs/{code}").json
    assert (seen["place"], seen["inspections"]) == (None, [])
    assert stranger.get(f"/api/v1/places/{place}/sign").status_code in (403, 404)


def test_the_sign_to_print_is_whole_in_itself(app: App, owner: FlaskClient, place: str, code: str) -> None:
    app.settings = replace(app.settings, public_url="https://b.example")
    page = owner.get(f"/api/v1/places/{place}/sign")
    assert page.status_code == 200 and "viewBox" in page.text and "<script" not in page.text
    assert "sandbox" in page.headers["Content-Security-Policy"]


def test_a_report_from_a_sign_names_the_place_and_an_old_sign_is_said(
    app: App,
    door: FlaskClient,
    owner: FlaskClient,
    code: str,
    place: str,
) -> None:
    body = {**BODY, "place_text": "二楼", "sign": code, "publicity_agreed": True}
    assert door.post(URL, json=body).status_code == 201
    with app.reading() as tx:
        row = tx.scalars(select(CitizenReport)).one()
    assert place in row.place_text and row.place_text.endswith("；二楼") and row.publicity_agreed is True
    old = door.post(URL, json={**body, "sign": "gone"})
    assert old.status_code == 422 and old.json["errors"][0]["field"] == "sign"


def test_the_handler_notes_whether_the_reporter_agrees_to_publicity(
    door: FlaskClient,
    owner: FlaskClient,
    stranger: FlaskClient,
) -> None:
    door.post(URL, json=BODY)
    address = "/api/v1/citizen-reports/JB-2026-0001/publicity"
    assert stranger.post(address, json={"agreed": True}).status_code == 404
    assert owner.post(address, json={"agreed": "perhaps"}).status_code == 422
    for _ in range(2):
        assert owner.post(address, json={"agreed": True}).json["publicity_agreed"] is True


def test_checking_documents_is_counted_and_browsers_are_led_to_the_page(
    app: App, nobody: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    led = nobody.get(f"{ADDRESS}/abc", headers={"Accept": "text/html,application/xhtml+xml"})
    assert (led.status_code, led.headers["Location"]) == (303, "/m/d/abc")
    monkeypatch.setitem(public_doors.LIMITS, "check", (2, 100))
    answers = [nobody.get(f"{ADDRESS}/abc", headers={"Accept": "application/json"}).status_code for _ in range(3)]
    assert answers == [404, 404, 429]


def test_notices_are_pages_and_another_s_notice_is_not_found(owner: FlaskClient, stranger: FlaskClient) -> None:
    assert set(owner.get("/api/v1/notices?unread=true").json) == {"items", "total", "page", "size"}
    assert owner.post("/api/v1/notices/x/read").status_code == 404
    assert owner.post("/api/v1/notices/read", json={"until": "2026-10-12T09:00:00+08:00"}).json == {"read": 0}
    assert owner.post("/api/v1/notices/read", json={"until": "soon"}).status_code == 422
    assert stranger.get("/api/v1/documents/x/readers").status_code == 404
    assert stranger.get("/api/v1/hazards/YQ-2026-0001/notices").status_code == 404
