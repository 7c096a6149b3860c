"""Calendars over HTTP: the list, the trial, saving, two at once, hostile input."""

import json
from datetime import date

import pytest
from flask.testing import FlaskClient

from engine.holidays import statutory_holidays

URL = "/api/v1/calendars"


def table(year: int = 2027, **more: object) -> dict[str, object]:
    rows = [{"name": name, "from": day.isoformat()} for day, name in sorted(statutory_holidays(year).items())]
    return {"text": json.dumps({"off": rows, **more})}


SAVE = {"version": 0, "source": "国办发明电〔2026〕7号", "reason": "通知已公布"}


def test_a_table_is_tried_saved_and_seen_by_everybody(root: FlaskClient, stranger: FlaskClient) -> None:
    years = stranger.get(URL).json
    assert {"items", "total", "page", "size"} == set(years)
    assert [row["state"] for row in years["items"] if row["year"] == 2027] == ["provisional"]
    tried = root.post(f"{URL}/2027/trial", json=table(working=["2027-10-09"]))
    assert (tried.status_code, tried.json["correction"], tried.json["effect"]["moved"]) == (200, False, [])
    assert tried.json["holidays"][0] == {"name": "元旦", "first": "2027-01-01", "last": "2027-01-01", "days": 1}
    assert stranger.get(f"{URL}/2027").json["state"] == "provisional"
    saved = root.post(f"{URL}/2027", json=table(working=["2027-10-09"]) | SAVE)
    assert (saved.status_code, saved.json["version"]) == (200, 1)
    shown = stranger.get(f"{URL}/2027").json
    assert (shown["state"], shown["by"], shown["working"][0]["day"]) == ("official", "root", "2027-10-09")
    assert stranger.get(f"{URL}/2027/versions").json["items"][0]["reason"] == "通知已公布"
    assert root.post(f"{URL}/2027", json=table() | SAVE).status_code == 409
    end = stranger.get("/api/v1/clocks/T5/end", query_string={"start_at": "2027-09-30T09:00:00+08:00"})
    assert end.status_code == 200 and end.json["provisional"] is False


def test_only_an_admin_may(owner: FlaskClient, nobody: FlaskClient) -> None:
    assert owner.post(f"{URL}/2027/trial", json=table()).status_code == 403
    assert owner.post(f"{URL}/2027", json=table() | SAVE).status_code == 403
    assert nobody.get(URL).status_code == 401


@pytest.mark.parametrize(
    ("change", "status"),
    [
        ({"text": ""}, 422), ({"text": "x" * 100_001}, 422), ({"text": 5}, 422), ({"text": "你好"}, 422),
        ({"version": -1}, 422), ({"version": "x"}, 422), ({"source": ""}, 422), ({"reason": ""}, 422),
        ({"more": 1}, 422), ({"version": 3}, 409),
    ],
)  # fmt: skip
def test_bad_input_is_refused_in_words(root: FlaskClient, change: dict[str, object], status: int) -> None:
    answer = root.post(f"{URL}/2027", json=table() | SAVE | change)
    assert answer.status_code == status and answer.json["detail"]
    assert root.get(f"{URL}/2027").json["version"] == 0


def test_a_workday_that_is_also_a_holiday_is_named(root: FlaskClient) -> None:
    answer = root.post(f"{URL}/2027/trial", json=table(working=["2027-10-02"]))
    assert answer.status_code == 422
    assert "2027-10-02 既是国庆节放假又是上班日，只能是一种" in answer.json["errors"][0]["message"]
    assert root.get(f"{URL}/1999").status_code == 404
    assert date(2027, 10, 2).weekday() == 5
