"""Listed supervision of units over HTTP, with the sample registers and the shipped process."""

from collections.abc import Callable
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

from engine.app import App
from engine.testing import FakeClock
from tests.api.conftest import signed_in, wired
from tests.engine.campaign.conftest import campaign

__all__ = ["campaign"]  # a fixture: the sample registers

ASKED = {"place": "P019", "reason": "多次检查隐患突出"}
As = Callable[[str], FlaskClient]


@pytest.fixture
def by(app: App, campaign: App, clock: FakeClock, built: Path, kept: dict[str, Flask]) -> As:
    """A client of this person of the sample organisation, on 12 October 2026."""
    clock.now = datetime(2026, 10, 12, 1, tzinfo=UTC)
    return partial(signed_in, app, wired(campaign, built, kept))


def test_a_unit_is_proposed_once_and_seen_by_those_it_concerns(by: As) -> None:
    leader, key = by("principal-street"), {"Idempotency-Key": "once"}
    for change in ({"reason": ""}, {"place": 1}, {"reason": "x" * 2001}, {"extra": 1}):
        assert leader.post("/api/v1/unit-listings", json={**ASKED, **change}).status_code == 422, change
    made = leader.post("/api/v1/unit-listings", json=ASKED, headers=key)
    assert (made.status_code, made.json["number"], made.json["state"]) == (201, "GP-2026-0001", "待决定"), made.json
    assert (made.json["step"], made.json["turn"]) == ("决定单位挂牌", "district_committee_office")
    assert leader.post("/api/v1/unit-listings", json=ASKED, headers=key).json["number"] == "GP-2026-0001"
    again = leader.post("/api/v1/unit-listings", json=ASKED)
    assert again.status_code == 409 and "GP-2026-0001" in again.json["detail"]
    for name in ("clerk-safety-office", "clerk-district-committee-office"):
        assert by(name).get("/api/v1/unit-listings?place=P019&state=待决定").json["total"] == 1
        assert by(name).get("/api/v1/unit-listings/GP-2026-0001").json["steps"][0]["kind"] == "提请"
    stranger = by("officer-market-bureau")
    assert stranger.get("/api/v1/unit-listings").json["items"] == []
    assert stranger.get("/api/v1/unit-listings/GP-2026-0001").status_code == 404
    assert stranger.post("/api/v1/unit-listings", json=ASKED).status_code == 404
    assert by("clerk-safety-office").post("/api/v1/unit-listings", json=ASKED).status_code == 403
