"""Reports over HTTP: live, frozen, as files; activities; what bad input and strangers get."""

import io
from typing import Any

import pytest
from docx import Document
from flask.testing import FlaskClient
from openpyxl import load_workbook

from engine.app import App
from engine.campaign import units

MEETING = {
    "kind": "joint_meeting", "title": "消防安全联席会议", "people": 24, "units": ["police_station"],
    "decisions": [{"text": "联合夜查一次", "unit": "police_station", "due_on": "2026-10-10"}],
}  # fmt: skip


@pytest.fixture
def community(app: App, owner: FlaskClient) -> str:
    """The only community."""
    with app.transaction() as tx:
        return units.add(tx, code="GH", name="桂花社区", kind="community", parent="street").code


def test_a_report_is_read_frozen_and_corrected(owner: FlaskClient, stranger: FlaskClient, community: str) -> None:
    live = owner.get("/api/v1/reports/weekly?period=2026-W39").json
    assert (live["title"], live["frozen"], live["unit_name"]) == ("青云街道周通报", None, "青云街道")
    assert [row[1] for row in live["tables"][0]["rows"]] == ["桂花社区"]
    frozen = owner.post("/api/v1/reports/weekly", json={"period": "2026-W39"})
    assert (frozen.status_code, frozen.json["frozen"]["version"]) == (201, 1)
    assert owner.post("/api/v1/reports/weekly", json={"period": "2026-W39"}).status_code == 422
    again = owner.post("/api/v1/reports/weekly", json={"period": "2026-W39", "reason": "漏报一件"})
    assert again.json["frozen"]["reason"] == "漏报一件"
    assert owner.get("/api/v1/reports/weekly?version=1").json["frozen"]["version"] == 1
    assert owner.get("/api/v1/reports/snapshots?form=weekly").json["total"] == 2
    assert stranger.get("/api/v1/reports/snapshots").json["total"] == 0
    address = f"/api/v1/reports/snapshots/{frozen.json['frozen']['id']}"
    assert owner.get(address).json == frozen.json
    assert stranger.get(address).status_code == owner.get("/api/v1/reports/snapshots/999999").status_code == 404
    assert stranger.get("/api/v1/reports/weekly?version=1").status_code == 404
    assert stranger.post("/api/v1/reports/weekly", json={}).status_code == 403
    assert stranger.get("/api/v1/reports/weekly").json["frozen"] is None


def test_files_by_format_and_by_accept(owner: FlaskClient, community: str) -> None:
    sheet = owner.get("/api/v1/reports/form-a?format=xlsx")
    assert "隐患排查治理情况月报表" in load_workbook(io.BytesIO(sheet.data)).sheetnames
    word = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
    answer = owner.get("/api/v1/reports/daily", headers={"Accept": word})
    assert answer.content_type == word and Document(io.BytesIO(answer.data)).paragraphs
    assert owner.get("/api/v1/reports/ledger").status_code == 200  # still the ledger


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("weekly?period=2026-10", 422), ("weekly?period=2030-W01", 422), ("weekly?format=pdf", 422),
        ("weekly?version=0", 422), ("weekly?live=maybe", 422), ("hourly", 404), ("weekly?version=9", 404),
        ("weekly/records", 422), ("weekly/records?figure=luck", 404), ("weekly/records?figure=on_time&size=999", 422),
        ("weekly/records?figure=found", 200),
    ],
)  # fmt: skip
def test_wrong_questions(owner: FlaskClient, community: str, path: str, status: int) -> None:
    assert owner.get(f"/api/v1/reports/{path}").status_code == status


def test_a_meeting_gives_a_duty(owner: FlaskClient, stranger: FlaskClient, root: FlaskClient, community: str) -> None:
    made = owner.post("/api/v1/activities", json=MEETING, headers={"Idempotency-Key": "m"})
    assert made.status_code == 201
    assert owner.post("/api/v1/activities", json=MEETING, headers={"Idempotency-Key": "m"}).json == made.json
    [decision] = made.json["decisions"]
    assert (decision["unit_name"], decision["state_name"]) == ("派出所", "待履职")
    assert stranger.get(f"/api/v1/duties/{decision['duty']}").json["due_at"] == "2026-10-11T00:00:00+08:00"
    assert stranger.get(f"/api/v1/activities/{made.json['number']}").status_code == 200  # it takes part
    alone = owner.post("/api/v1/activities", json={"kind": "training", "title": "网格员培训", "people": 30}).json
    assert stranger.get(f"/api/v1/activities/{alone['number']}").status_code == 404
    assert owner.get("/api/v1/activities?kind=training").json["total"] == 1


@pytest.mark.parametrize(
    "wrong",
    [
        {"kind": "party"}, {"people": -1}, {"people": "many"}, {"title": ""}, {"units": ["x"] * 300},
        {"decisions": [{}]},
        {"decisions": [{"text": "x", "unit": "police_station", "due_on": "2026-10-10"}]}, {"held_at": "2027-01-01"},
        {"decisions": [{"text": "早该办完", "unit": "police_station", "due_on": "2026-01-10"}]}, {"kind": "training"},
    ],
)  # fmt: skip
def test_a_wrong_activity_is_refused(owner: FlaskClient, community: str, wrong: dict[str, Any]) -> None:
    answer = owner.post("/api/v1/activities", json={**MEETING, **wrong})
    assert (answer.status_code, bool(answer.json["errors"])) == (422, True)
