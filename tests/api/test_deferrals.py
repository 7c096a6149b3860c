"""Routes of deferrals: asked, decided, looked at, ended; hidden from strangers, bad input refused at its field."""

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from engine.app import App
from engine.bpm.viewer import Viewer
from engine.campaign import people
from tests.api.conftest import signed_in, wired
from tests.engine.campaign.conftest import campaign
from tests.engine.campaign.deferred_case import INSPECTOR, LEADER, OWNER, fixing, in_days, settle, travel, upload

__all__ = ["campaign"]  # a fixture: the sample registers

As = Callable[[str], FlaskClient]
MEASURE = {"text": "断电并派人值守", "responsible": "张某", "files": ["f"]}


def person(app: App, name: str) -> Viewer:
    return people.viewer(people.show(app, name))


@pytest.fixture
def web(campaign: App, built: Path, kept: dict[str, Flask]) -> Flask:
    """The web application over the sample registers and the shipped processes."""
    return wired(campaign, built, kept)


@pytest.fixture
def by(app: App, web: Flask) -> As:
    """A client of this person of the sample organisation."""
    return partial(signed_in, app, web)


@pytest.fixture
def address(app: App, web: Flask) -> str:
    """The deferrals of a hazard that is being fixed."""
    return f"/api/v1/hazards/{fixing(app, person)}/deferrals"


def body(app: App, **change: Any) -> dict[str, Any]:
    measures = [{**MEASURE, "files": [upload(app, person(app, OWNER))]}]
    return {"reason": "等物业换管", "review_on": in_days(app, 9).isoformat(), "measures": measures} | change


def test_asked_approved_looked_at_and_ended(app: App, by: As, address: str) -> None:
    owner, leader, inspector = by(OWNER), by(LEADER), by(INSPECTOR)
    given, key = body(app), {"Idempotency-Key": "k"}
    first, again = (owner.post(address, json=given, headers=key) for _ in range(2))
    assert (first.status_code, again.json["id"]) == (201, first.json["id"]) and first.json["state"] == "待批准"
    assert owner.post(address, json=body(app)).status_code == 409
    yes = {"approved": True, "opinion": "同意"}
    assert owner.post(f"{address}/decide", json=yes).status_code == 403
    said = [leader.post(f"{address}/decide", json=yes, headers=key) for _ in range(2)]
    assert [answer.json["state"] for answer in said] == ["挂起中", "挂起中"]
    assert leader.post(f"{address}/decide", json=yes).status_code == 409
    travel(app, 8)
    look = {"outcome": "end", "note": "管线已换", "files": [upload(app, person(app, INSPECTOR))]}
    assert inspector.post(f"{address}/review", json=look).json["state"] == "已结束"
    page = owner.get(address).json
    assert page["total"] == 1 and page["items"][0]["reviews"][0]["note"] == "管线已换"
    assert owner.post(f"{address}/end", json={"reason": "再结束"}).status_code == 409


def test_it_is_hidden_from_strangers(by: As, address: str) -> None:
    stranger = by("secretary-qs")
    assert stranger.get(address).status_code == 404
    given = {"reason": "等待材料", "review_on": "2026-10-01", "measures": [MEASURE]}
    for path, json in (("", given), ("/decide", {"approved": True, "opinion": "同意"}), ("/end", {"reason": "结束"}),
                       ("/review", {"outcome": "end", "note": "看过", "files": ["f"]})):  # fmt: skip
        assert stranger.post(address + path, json=json).status_code == 404


def test_the_list_by_state_says_what_the_clock_does_and_hides_what_is_not_ones_own(
    app: App, by: As, address: str
) -> None:
    owner, leader = by(OWNER), by(LEADER)
    first = owner.post(address, json=body(app)).json
    assert first["clock"] is None
    leader.post(f"{address}/decide", json={"approved": True, "opinion": "同意"})
    page = owner.get("/api/v1/deferrals?state=挂起中").json
    assert page["total"] == 1
    (line,) = page["items"]
    assert (line["holder_unit"], line["community"], line["place_name"]) == ("GH", "GH", "桂花里小区3栋")
    assert line["clock"]["stands_since"] and line["clock"]["due_on"] is None
    owner.post(f"{address}/end", json={"reason": "材料到了"})
    settle(app)
    (line,) = owner.get("/api/v1/deferrals?state=已结束&unit=GH&q=桂花里").json["items"]
    assert line["clock"]["stands_since"] is None and line["clock"]["due_on"] >= line["clock"]["was_due_on"]
    for query in ("state=挂起中", "state=待批准", "unit=QS", "q=%25"):
        assert owner.get(f"/api/v1/deferrals?{query}").json["total"] == 0, query
    assert by("secretary-qs").get("/api/v1/deferrals").json["total"] == 0
    assert owner.get("/api/v1/deferrals?state=x").status_code == 422


def test_bad_input_is_refused(app: App, by: As, address: str) -> None:
    owner = by(OWNER)
    given = {"reason": "等待材料", "review_on": in_days(app, 9).isoformat(), "measures": [MEASURE]}
    for change in (
        {"measures": []}, {"measures": [{**MEASURE, "files": []}]}, {"measures": "x"}, {"review_on": "soon"},
        {"review_on": "9999-12-31"}, {"reason": 5}, {"measures": [{**MEASURE, "kept": True}]}, {},
        {"measures": [{**MEASURE, "files": ["f" * 65]}]}, {"reason": "x" * 5000}, {"measures": [MEASURE] * 51},
    ):  # fmt: skip
        answer = owner.post(address, json=given | change)
        assert answer.status_code == 422 and answer.json["errors"], change
