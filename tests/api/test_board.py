"""The boards over HTTP: shapes, filters that lists accept, uploads, and who sees nothing."""

import json
from io import BytesIO
from typing import Any

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

SQUARE = {"type": "Polygon", "coordinates": [[[0, 0], [0.1, 0], [0.1, 0.1], [0, 0]]]}
BOARD = "/api/v1/board"


@pytest.fixture
def hazard(owner: FlaskClient, place: str) -> str:
    """A registered hazard of the place."""
    made = owner.post("/api/v1/hazards", json={"place": place, "code": "RF-01", "text": "通道堆放杂物"})
    number: str = made.json["number"]
    return number


def send(client: FlaskClient, *features: dict[str, Any], content: bytes | None = None) -> TestResponse:
    """Upload outlines."""
    body = content if content is not None else json.dumps({"type": "FeatureCollection", "features": features}).encode()
    return client.post(f"{BOARD}/outlines", data={"file": (BytesIO(body), "grids.geojson")})


def feature(geometry: Any = SQUARE, **properties: str) -> dict[str, Any]:
    """One outline."""
    return {"type": "Feature", "properties": properties, "geometry": geometry}


def test_the_numbers_of_today_open_lists_with_the_same_total(owner: FlaskClient, hazard: str) -> None:
    today = owner.get(f"{BOARD}/today").json
    counted = {}
    for number in today["numbers"]:
        path = "/api/v1/hazards" if number["list"] == "hazards" else f"{BOARD}/lines/{number['key']}"
        answer = owner.get(path, query_string=number["query"])
        assert answer.status_code == 200, (number, answer.json)
        assert answer.json["total"] == number["count"]
        counted[number["key"]] = number["count"]
    assert (counted["new"], counted["waiting"]) == (1, 1)
    (waiting,) = today["waiting"]
    lines = owner.get(f"{BOARD}/lines/waiting", query_string={"group": waiting["group"]}).json
    assert [line["hazard"] for line in lines["items"]] == [hazard]
    late = {"group": waiting["group"], "late": "true"}
    assert owner.get(f"{BOARD}/lines/waiting", query_string=late).json["total"] == waiting["late"] == 0
    assert owner.get(f"{BOARD}/lines/waiting", query_string={"late": "perhaps"}).status_code == 422


def test_lamps_map_and_trends_tell_of_the_hazard(owner: FlaskClient, hazard: str, place: str) -> None:
    lamps = owner.get(f"{BOARD}/lamps").json
    assert lamps["board"] == owner.get(BOARD).json
    assert [(row["sector"], row["sum"]["total"]) for row in lamps["sectors"]] == [("未填", 1)]
    assert owner.get("/api/v1/hazards", query_string={"sector": "未填"}).json["total"] == 1
    assert owner.get("/api/v1/hazards", query_string={"sector": "餐饮"}).json["total"] == 0
    drawn = owner.get(f"{BOARD}/map").json
    assert [(area["code"], area["geometry"], area["total"]) for area in drawn["areas"]] == [
        ("GH", None, 1), ("GH-01", None, 1),
    ]  # fmt: skip
    assert (drawn["places"], drawn["unplaced"]) == ([], 1)
    (spot,) = owner.get(f"{BOARD}/places", query_string={"lamp": "green", "community": "GH"}).json["items"]
    assert (spot["id"], spot["total"]) == (place, 1)
    trends = owner.get(f"{BOARD}/trends", query_string={"by": "month"}).json
    assert trends["total"]["found"] == 1 and trends["total"]["on_time_rate"] is None
    assert len(trends["steps"]) == 12


def test_the_two_minutes_are_answered(owner: FlaskClient, hazard: str) -> None:
    brief = owner.get(f"{BOARD}/leader").json
    assert {one["key"]: one["value"] for one in brief["numbers"]} == {
        "open": 1, "overdue": 0, "major": 0, "new_week": 1, "on_time": None,
    }  # fmt: skip
    assert "新发现隐患 1 项" in brief["story"]["zh"]
    for one in brief["numbers"]:
        asked = dict(one["query"])
        path = f"/api/v1/reports/{asked.pop('form')}/records" if one["list"] == "figure" else "/api/v1/hazards"
        assert owner.get(path, query_string=asked).json["total"] == (one["value"] or 0)


def test_a_stranger_sees_nothing_on_any_board(stranger: FlaskClient, hazard: str) -> None:
    today = stranger.get(f"{BOARD}/today").json
    assert {number["count"] for number in today["numbers"]} == {0} and today["waiting"] == []
    assert stranger.get(f"{BOARD}/lamps").json["board"]["total"] == 0
    assert stranger.get(f"{BOARD}/map").json["areas"] == []
    assert stranger.get(f"{BOARD}/places").json["total"] == 0
    assert stranger.get(f"{BOARD}/trends").json["total"]["found"] == 0
    assert stranger.get(f"{BOARD}/leader").json["places"] == []
    assert stranger.get(f"{BOARD}/lines/waiting").json["total"] == 0


@pytest.mark.parametrize("path", ["", "/today", "/lamps", "/map", "/places", "/trends", "/leader", "/lines/waiting"])
def test_nobody_looks_at_a_board_without_logging_in(nobody: FlaskClient, path: str) -> None:
    assert nobody.get(BOARD + path).status_code == 401


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/lines/secrets", 404), ("/lines/waiting?group=", 422), ("/lines/waiting?page=0", 422),
        ("/trends?by=year", 422), ("/trends?from=tomorrow", 422), ("/trends?from=1990-01-01", 422),
        ("/trends?from=2999-01-01", 422), ("/trends?source=x", 422), ("/places?lamp=pink", 422),
        ("/places?size=201", 422), ("/today?x=1", 200),
    ],
)  # fmt: skip
def test_what_is_asked_wrongly_is_said(owner: FlaskClient, place: str, path: str, status: int) -> None:
    assert owner.get(BOARD + path).status_code == status


def test_outlines_are_written_and_written_again(owner: FlaskClient, place: str) -> None:
    given = feature(unit="GH-01"), feature({"type": "Point", "coordinates": [0.05, 0.05]}, place=place)
    for _ in range(2):
        answer = send(owner, *given)
        assert (answer.status_code, answer.json) == (201, {"units": 1, "places": 1})
    drawn = owner.get(f"{BOARD}/map").json
    assert next(area for area in drawn["areas"] if area["code"] == "GH-01")["geometry"] == SQUARE
    assert [spot["geometry"]["coordinates"] for spot in drawn["places"]] == [[0.05, 0.05]]


def test_outlines_that_are_wrong_or_not_ones_own_are_refused(
    owner: FlaskClient, stranger: FlaskClient, place: str
) -> None:
    assert send(owner, feature(unit="police_station")).status_code == 422
    assert send(owner, content=b"no json").status_code == 422
    assert send(owner, content=b"").status_code == 422
    assert owner.post(f"{BOARD}/outlines").status_code == 422
    answer = send(owner, feature(unit="GH-01"), feature(unit="GH", geometry=None))
    assert answer.status_code == 422 and "第 2 个要素" in answer.json["errors"][0]["message"]
    assert send(stranger, feature(unit="GH-01")).status_code == 403
    assert all(area["geometry"] is None for area in owner.get(f"{BOARD}/map").json["areas"])


def test_limits_of_a_time_are_listed_and_a_wrong_question_is_refused(owner: FlaskClient, hazard: str) -> None:
    asked = {"from": "2026-09-01", "to": "2026-09-30"}
    answer = owner.get(f"{BOARD}/limits", query_string={**asked, "kept": "false", "source": "网格巡查"})
    assert (answer.status_code, answer.json["total"]) == (200, 0)
    for wrong in ({**asked, "from": "2026-10-01"}, {**asked, "kept": "perhaps"}, {**asked, "source": "梦"}):
        assert owner.get(f"{BOARD}/limits", query_string=wrong).status_code == 422
