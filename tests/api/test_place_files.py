"""Penalties, closure advice and gaps of places over HTTP; strangers, bad input, repeats."""

from typing import Any

import pytest
from flask.testing import FlaskClient

PENALTY = {"decided_on": "2026-09-01", "document": "青消罚〔2026〕1号", "organ": "police_station"}


def test_a_penalty_is_written_down_once_and_counted(owner: FlaskClient, stranger: FlaskClient, place: str) -> None:
    address = f"/api/v1/places/{place}/penalties"
    assert owner.post(address, json=PENALTY).status_code == 201
    assert owner.post(address, json=PENALTY).status_code == 409
    assert [row["document"] for row in owner.get(address).json["items"]] == [PENALTY["document"]]
    advice = owner.get(f"/api/v1/places/{place}/closure-advice").json
    assert (advice["in_180_days"], advice["advice"]) == (1, "")
    for path in (address, f"/api/v1/places/{place}/closure-advice"):
        assert stranger.get(path).status_code == 404
    assert stranger.post(address, json=PENALTY).status_code == 404


def test_what_came_in_of_a_fine_is_written_down(owner: FlaskClient, stranger: FlaskClient, place: str) -> None:
    address = f"/api/v1/places/{place}/penalties"
    made = owner.post(address, json={**PENALTY, "party": "单位", "fine": 500}).json
    for _ in range(2):  # again is the same
        assert owner.patch(f"{address}/{made['id']}", json={"paid": 500}).json["paid"] == 500
    for paid in (501, -1, "500", 2**40, None):
        assert owner.patch(f"{address}/{made['id']}", json={"paid": paid}).status_code == 422
    assert owner.patch(f"{address}/{made['id'] + 1}", json={"paid": 5}).status_code == 404
    assert stranger.patch(f"{address}/{made['id']}", json={"paid": 5}).status_code == 404
    published, told = (
        f"{address}/{made['id']}/publication",
        {"published_on": made["decided_on"], "published_at": "官网"},
    )
    for _ in range(2):
        assert owner.post(published, json=told).json["published_at"] == "官网"
    for wrong in ({"published_on": "2099-01-01"}, {"published_on": "x"}, {"published_at": ""}, {"x": 1}):
        assert owner.post(published, json={**told, **wrong}).status_code == 422
    assert stranger.post(published, json=told).status_code == 404


@pytest.mark.parametrize(
    "change",
    [{"decided_on": "x"}, {"decided_on": "2027-01-01"}, {"document": ""}, {"x": 1}, {"fine": 1.5}, {"party": "别的"}],
)
def test_a_bad_penalty_is_refused_by_name(owner: FlaskClient, place: str, change: dict[str, Any]) -> None:
    answer = owner.post(f"/api/v1/places/{place}/penalties", json={**PENALTY, **change})
    assert answer.status_code == 422 and answer.json["errors"], answer.json


def test_gaps_are_listed_for_whoever_sees_the_place(owner: FlaskClient, stranger: FlaskClient, place: str) -> None:
    assert owner.get("/api/v1/places/gaps").json["total"] == 0  # no key unit
    (gap,) = owner.get("/api/v1/places/gaps?kind=file").json["items"]
    assert gap["place"] == place and "法定代表人" in gap["missing"]
    assert stranger.get("/api/v1/places/gaps?kind=file").json["total"] == 0
    assert owner.get("/api/v1/places/gaps?kind=nothing").status_code == 422


def test_the_parts_of_a_team_follow_from_the_level_and_what_is_held(
    owner: FlaskClient, stranger: FlaskClient, place: str
) -> None:
    address = f"/api/v1/places/{place}"
    shown = owner.get(address).json
    change = {"fire_key_level": 3, "team": [{"part": "社区", "person": "owner"}], "reason": "评定"}
    assert owner.patch(address, json={**change, "revision": shown["revision"]}).status_code == 200
    (gap,) = owner.get("/api/v1/places/gaps").json["items"]
    parts = {one["part"]: one["person"] for one in owner.get(f"{address}/team-parts").json["items"]}
    assert parts == {**dict.fromkeys(gap["missing"], ""), "社区": "owner"} and "派出所民警" in parts
    assert stranger.get(f"{address}/team-parts").status_code == 404
