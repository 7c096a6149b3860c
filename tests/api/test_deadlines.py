"""Deadlines over HTTP: the list of what is due, stopping, resuming and changing one."""

from datetime import date, timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient

from engine.app import App
from engine.campaign import deadlines, people, started_clocks, units
from engine.campaign.case_model import Deadline
from engine.campaign.document_model import Document
from tests.api.conftest import signed_in

GROUND = {"reason": "委托检测", "clause": "行政强制法第二十五条第三款", "evidence": "告知书 3 号"}


@pytest.fixture
def limit(app: App, owner: FlaskClient, place: str) -> int:
    """The rectification limit of a registered hazard."""
    made = owner.post("/api/v1/hazards", json={"place": place, "code": "RF-01", "text": "安全出口锁闭"}).json
    now = app.clock()
    with app.transaction() as tx:
        return deadlines.open_in(
            tx, app, deadlines.of_hazard(made["number"]), "整改", start_at=now, n=7, unit="d", roll="F", clock="T2",
            now=now,
        ).id  # fmt: skip


def test_one_limit_is_stopped_goes_on_and_is_changed(root: FlaskClient, limit: int) -> None:
    (listed,) = root.get("/api/v1/deadlines?side=party&state=due").json["items"]
    assert (listed["id"], listed["clock"], listed["unit"]) == (limit, "T2", "GH")
    stopped = root.post(f"/api/v1/deadlines/{limit}/suspend", json=GROUND)
    assert (stopped.status_code, stopped.json["state"]) == (200, "suspended")
    assert root.post(f"/api/v1/deadlines/{limit}/suspend", json=GROUND).status_code == 409
    assert root.get("/api/v1/deadlines").json["total"] == 0
    going = root.post(f"/api/v1/deadlines/{limit}/resume", json=GROUND).json
    assert (going["state"], going["clock"], going["consequence"]) == ("open", "T2", listed["consequence"])
    assert root.post(f"/api/v1/deadlines/{limit}/resume", json=GROUND).status_code == 409
    changed = root.post(f"/api/v1/deadlines/{going['id']}/replace", json={**GROUND, "due_on": "2026-10-15"})
    assert (changed.status_code, changed.json["due_date"]) == (200, "2026-10-15")


def test_a_change_without_its_ground_is_refused(root: FlaskClient, limit: int) -> None:
    for missing in GROUND:
        body = {name: value for name, value in GROUND.items() if name != missing}
        answer = root.post(f"/api/v1/deadlines/{limit}/suspend", json=body)
        assert answer.status_code == 422 and missing in str(answer.json["errors"])
    assert root.post(f"/api/v1/deadlines/{limit}/replace", json={**GROUND, "due_on": "soon"}).status_code == 422
    assert root.get("/api/v1/deadlines?state=nothing").status_code == 422


def test_a_stranger_finds_nothing(stranger: FlaskClient, limit: int) -> None:
    assert stranger.get("/api/v1/deadlines").json["total"] == 0
    for act in ("suspend", "resume"):
        assert stranger.post(f"/api/v1/deadlines/{limit}/{act}", json=GROUND).status_code == 404
    assert stranger.post("/api/v1/deadlines/999999/suspend", json=GROUND).status_code == 404


def test_a_date_in_the_past_is_refused_with_the_dates(root: FlaskClient, limit: int, app: App) -> None:
    answer = root.post(f"/api/v1/deadlines/{limit}/replace", json={**GROUND, "due_on": "2020-01-01"})
    assert answer.status_code == 422 and f"{app.clock().astimezone(app.zone):%Y-%m-%d}" in answer.json["detail"]


def test_more_time_for_an_order_is_asked_for_answered_and_refused_in_words(
    root: FlaskClient, owner: FlaskClient, stranger: FlaskClient, app: App, web: Flask, limit: int
) -> None:
    now = app.clock()
    with app.transaction() as tx:
        units.add(tx, code="fire_rescue", name="消防救援大队", kind="department")
        people.add(tx, app, "head", password_hash="!", unit="fire_rescue", roles=["head"], by="system")
        tx.add(Document(
            id="o1", type="责令限期整改指令书", organ="fire_rescue", unit="fire_rescue", title="责令", body={},
            hazard=tx.get_one(Deadline, limit).hazard, place="P001", officers=[], state="已送达", verify_code="o1",
            series="派责改", year=2026, serial=1, number="派责改〔2026〕1号", drafted_at=now, drafted_by="stranger",
            approved_at=now, served_at=now,
        ))  # fmt: skip
        started_clocks.follow(tx, app, "o1", now)
    [order] = root.get("/api/v1/deadlines?clock=T3").json["items"]
    path = f"/api/v1/deadlines/{order['id']}/extension"
    until = f"{date.fromisoformat(order['due_date']) + timedelta(days=10)}"
    asked = {"until": until, "reason": "板材未到"}
    assert stranger.post(path, json=asked).status_code == 404
    assert owner.post(path, json=asked).status_code == 403
    told = root.get(f"{path}?days=10").json
    assert (told["asks"], told["would"]["until"], told["refusal"], told["waiting"]) == ("organ", until, "", None)
    assert told["would"]["trace_en"][0].startswith("Was ") and "needs a legal review" in told["rule_en"]
    assert (owner.get(path).json["asks"], stranger.get(path).status_code) == ("", 404)
    assert root.get(f"{path}?days=31").status_code == root.get(f"{path}?days=0").status_code == 422
    for wrong in ({"until": "soon"}, {"reason": ""}, {"asked_on": "2020-01-01"}, {"until": "2030-01-01"}):
        assert root.post(path, json={**asked, **wrong}).status_code == 422
    assert root.post(f"/api/v1/deadlines/{limit}/extension", json=asked).status_code == 409, "the street's own limit"
    made = root.post(path, json={"days": 10, "reason": "板材未到"})
    assert (made.status_code, made.json["clock"], made.json["state"]) == (201, "T8.answer", "open")
    assert root.get(path).json["waiting"]["until"] == until
    again = root.post(path, json=asked)
    assert again.status_code == 409 and "等待答复" in again.json["detail"]
    head, granted = signed_in(app, web, "head"), {"granted": True, "reason": "属实"}
    assert root.post(f"{path}/answer", json=granted).status_code == 403, "an admin answers for no head"
    moved = head.post(f"{path}/answer", json=granted)
    assert (moved.status_code, moved.json["due_date"], moved.json["extensions"]) == (200, until, 1)
    assert head.post(f"{path}/answer", json=granted).status_code == 409
