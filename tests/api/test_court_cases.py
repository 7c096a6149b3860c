"""Applications to the court over HTTP, with the sample registers and the shipped processes."""

from collections.abc import Callable
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from threading import Thread

import pytest
from flask import Flask
from flask.testing import FlaskClient

from engine.app import App
from engine.campaign.document_model import Document
from engine.testing import FakeClock
from tests.api.conftest import signed_in, wired
from tests.engine.campaign.conftest import campaign

__all__ = ["campaign"]  # a fixture: the sample registers

NUMBER = "YQ-2026-0901"
CLERK, OFFICER, STRANGER = "clerk-safety-office", "officer-emergency-bureau", "officer-market-bureau"
DECISION = "现场处理措施决定书"
ASKED = {"hazard": NUMBER, "document": "d1", "demand": "停止使用气瓶间", "due_on": "2026-04-30"}
As = Callable[[str], FlaskClient]


@pytest.fixture
def by(app: App, campaign: App, clock: FakeClock, built: Path, kept: dict[str, Flask]) -> As:
    """A client of this person on 14 September 2026; the hazard has a served decision of the emergency bureau."""
    clock.now = datetime(2026, 9, 14, 1, tzinfo=UTC)
    client = partial(signed_in, app, wired(campaign, built, kept))
    street = client(CLERK)
    found = {"place": "P019", "code": "RF-03", "text": "气瓶不合格"}
    assert street.post("/api/v1/hazards", json=found).status_code == 201
    request = {"hazard": NUMBER, "organ": "emergency_bureau", "reason": "拒不停用"}
    assert street.post("/api/v1/measures/request", json=request).status_code == 201
    served = datetime(2026, 4, 1, 2, tzinfo=UTC)
    with app.transaction() as tx:
        tx.add(Document(
            id="d1", type=DECISION, organ="emergency_bureau", unit="emergency_bureau", hazard=NUMBER, title=DECISION,
            body={}, officers=[], state="已送达", verify_code="d1", number="示例应急现决〔2026〕1号",
            drafted_at=served, drafted_by=OFFICER, served_at=served,
        ))  # fmt: skip
    return client


def test_a_case_is_started_once_and_seen_by_those_it_concerns(by: As) -> None:
    key = {"Idempotency-Key": "once"}
    made = by(OFFICER).post("/api/v1/court-cases", json=ASKED, headers=key)
    assert (made.status_code, made.json["number"], made.json["state"]) == (201, "FZ-2026-0001", "待催告"), made.json
    assert by(OFFICER).post("/api/v1/court-cases", json=ASKED, headers=key).json["number"] == "FZ-2026-0001"
    again = by(OFFICER).post("/api/v1/court-cases", json=ASKED)
    assert again.status_code == 409 and "FZ-2026-0001" in again.json["detail"]
    assert by(CLERK).get("/api/v1/court-cases?open_only=true&state=待催告").json["total"] == 1
    shown = by(CLERK).get("/api/v1/court-cases/FZ-2026-0001").json
    assert (shown["decision"], shown["steps"][0]["kind"], shown["ends_at"]) == (
        "示例应急现决〔2026〕1号", "立案卷", None,
    )  # fmt: skip
    assert by(STRANGER).get("/api/v1/court-cases").json["total"] == 0
    assert by(STRANGER).get("/api/v1/court-cases/FZ-2026-0001").status_code == 404
    assert by(STRANGER).post("/api/v1/court-cases", json=ASKED).status_code == 404
    assert by(CLERK).post("/api/v1/court-cases", json=ASKED).status_code == 403


def test_of_two_at_once_one_opens_the_case_and_bad_input_is_named(by: As) -> None:
    for change in ({"due_on": "soon"}, {"demand": " "}, {"document": ["d1"]}, {"hazard": ""}, {"extra": 1}):
        assert by(OFFICER).post("/api/v1/court-cases", json={**ASKED, **change}).status_code == 422, change
    client, answers = by(OFFICER), []
    both = [
        Thread(target=lambda: answers.append(client.post("/api/v1/court-cases", json=ASKED).status_code))
        for _ in range(2)
    ]
    for thread in both:
        thread.start()
    for thread in both:
        thread.join()
    assert sorted(answers) == [201, 409]
