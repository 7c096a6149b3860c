"""The clocks over HTTP: what a limit is, and when it ends for a start that one gives."""

import pytest
from flask.testing import FlaskClient


def test_the_clocks_in_force_say_what_they_rest_on(owner: FlaskClient) -> None:
    found = {row["code"]: row for row in owner.get("/api/v1/clocks?size=200").json["items"]}
    assert found["T19"]["clause"].startswith("《行政强制法》第二十五条") and found["T19"]["note"] == ""
    assert found["T49"]["note"] == "示例规则，需法制审核"
    assert "T4" not in {row["code"] for row in owner.get("/api/v1/clocks?on=1990-01-01&size=200").json["items"]}


def test_a_seal_is_decided_about_before_the_holidays_in_which_it_ends(owner: FlaskClient) -> None:
    end = owner.get("/api/v1/clocks/T19/end?start_at=2026-09-07T10:00:00%2B08:00").json
    assert (end["last_day"], end["decide_by"]) == ("2026-10-07", "2026-10-01T00:00:00+08:00")  # 24:00 of 30 September
    assert "2026-10-07" in end["words"] and "行政强制法" in end["words"]


def test_three_penalties_in_half_a_year_fill_the_counter(owner: FlaskClient) -> None:
    days = ["2026-08-01T10:00:00+08:00", "2026-09-01T10:00:00+08:00", "2026-09-20T10:00:00+08:00"]
    for moments, full in ((days, True), (days[:2], False)):
        assert owner.post("/api/v1/clocks/T31/reached", json={"moments": moments}).json["reached"] is full


@pytest.mark.parametrize(
    "address",
    [
        "/T99/end?start_at=2026-09-07T10:00:00Z",
        "/T31/end?start_at=2026-09-07T10:00:00Z",
        "/T19/end?start_at=never",
        "/T19/end",
        "/T21/end?start_at=2026-09-07T10:00:00Z",
        "/T19/end?start_at=2026-09-07T10:00:00Z&n=31",
        "/T19/end?start_at=1800-01-01T10:00:00Z",
    ],
)
def test_what_cannot_be_counted_is_refused_in_words(owner: FlaskClient, address: str) -> None:
    answer = owner.get(f"/api/v1/clocks{address}")
    assert answer.status_code == 422 and answer.json["detail"], address
