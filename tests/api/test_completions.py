"""Saying by the code of a paper that a hazard is gone, over HTTP, without login: what is answered, refused, counted."""

import io
from datetime import UTC, datetime

import pytest
from flask.testing import FlaskClient

from engine.app import App
from engine.campaign import public_doors
from engine.campaign.case_model import Hazard
from engine.campaign.demo.photos import photo
from engine.campaign.document_model import Document

URL = "/api/v1/public/documents/slip1/completion"


@pytest.fixture
def slip(app: App, owner: FlaskClient, place: str) -> str:
    """The address of a risk notice that was issued about a hazard."""
    made = owner.post("/api/v1/hazards", json={"place": place, "code": "RF-01", "text": "安全出口堵塞"})
    now, hazard = app.clock(), made.json["number"]
    with app.transaction() as tx:
        case = tx.get_one(Hazard, hazard)
        tx.add(Document(
            id="slip1", type="安全风险提示单", organ=case.street, unit=case.street, hazard=hazard, title="x", seal="",
            body={"hazards": [{"text": "串接", "due": "2026年10月1日"}]}, officers=[], state="已签发", number="提1号",
            verify_code="slip1", drafted_at=now, drafted_by="owner", issued_at=now,
        ))  # fmt: skip
    return URL


def test_the_code_tells_what_to_put_right_and_takes_that_it_is_done(nobody: FlaskClient, slip: str) -> None:
    shown = nobody.get("/api/v1/public/documents/slip1", headers={"Accept": "application/json"}).json
    assert shown["slip"]["items"] == [{"text": "串接", "advice": "", "due": "2026年10月1日"}]
    assert set(shown) == {"type", "number", "organ", "issued_on", "void", "slip"}
    early = nobody.post(f"{slip}/photos", data={"file": (io.BytesIO(b"x"), "1.jpg")})
    assert early.status_code == 409
    for _ in range(2):
        said = nobody.post(slip, json={"text": "已拆除"}, headers={"Idempotency-Key": "k1"})
        assert said.status_code == 201 and said.json["waits"] and said.json["photos"] == 0
    for content, status in ((photo("x", datetime(2026, 9, 1, tzinfo=UTC)), 201), (b"no picture", 422)):
        sent = nobody.post(f"{slip}/photos", data={"file": (io.BytesIO(content), "1.jpg")})
        assert sent.status_code == status


@pytest.mark.parametrize("wrong", [{}, {"text": ""}, {"text": 5}, {"text": "x" * 2001}, {"text": "好了", "name": []}])
def test_what_is_no_report_is_refused_by_field(nobody: FlaskClient, slip: str, wrong: dict[str, object]) -> None:
    answer = nobody.post(slip, json=wrong)
    assert answer.status_code == 422 and answer.json["errors"][0]["field"] in ("text", "name")


def test_unknown_codes_are_404_and_everything_is_counted(
    nobody: FlaskClient, slip: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(public_doors.LIMITS, "report", (2, 100))
    address = "/api/v1/public/documents/nothing/completion"
    assert [nobody.post(address, json={"text": "好了"}).status_code for _ in range(3)] == [404, 404, 429]
