"""Periodic duties over HTTP: lists, evidence, excuses, and what a stranger and bad input get."""

from typing import Any

import pytest
from flask.testing import FlaskClient

from engine.app import App
from engine.bpm import definitions
from engine.campaign import duty_creation
from engine.campaign.demo.load import diagrams
from tests.api.conftest import Beginning, make_people


def make_duties(app: App) -> None:
    """The cast, and the duties of the shipped processes, created ahead."""
    make_people(app)
    definitions.deploy(app, diagrams(), by="root")
    while duty_creation.create_ahead(app):
        pass


@pytest.fixture
def beginning() -> Beginning:
    """Every test here begins with them."""
    return make_duties


@pytest.fixture
def duty(root: FlaskClient) -> dict[str, Any]:
    """The quarterly statistics of the safety office."""
    [found] = root.get("/api/v1/duties?kind=statistics_quarter&period=2026-Q3").json["items"]
    return dict(found)


def test_the_unit_hands_in_evidence_and_everybody_else_gets_404(
    owner: FlaskClient, stranger: FlaskClient, duty: dict[str, Any]
) -> None:
    address = f"/api/v1/duties/{duty['id']}"
    assert (duty["period"], duty["due_at"], duty["state"]) == ("2026-Q3", "2026-10-16T00:00:00+08:00", "open")
    assert stranger.get("/api/v1/duties?kind=statistics_quarter").json["total"] == 0
    assert stranger.get(address).status_code == 404
    assert stranger.post(f"{address}/evidence", json={"note": "我来报送"}).status_code == 404
    given = owner.post(f"{address}/evidence", json={"note": "第三季度统计表已报送"})
    assert (given.status_code, given.json["state"]) == (200, "submitted")
    assert owner.post(f"{address}/evidence", json={"note": "再报一次"}).status_code == 409


def test_an_excuse_needs_a_reason_and_the_power(
    owner: FlaskClient, stranger: FlaskClient, duty: dict[str, Any]
) -> None:
    address = f"/api/v1/duties/{duty['id']}/excuse"
    assert owner.post(address, json={}).status_code == 422
    assert stranger.post(address, json={"reason": "不办"}).status_code == 404
    assert owner.post(address, json={"reason": "本季度无统计任务"}).json["state_name"] == "免予履职"


@pytest.mark.parametrize(
    "body", [{}, {"note": "短"}, {"note": 5}, {"note": "x" * 5000}, {"note": "属实的说明", "files": "a"}, {"due": 1}]
)
def test_bad_evidence_is_refused_by_field(owner: FlaskClient, duty: dict[str, Any], body: dict[str, Any]) -> None:
    answer = owner.post(f"/api/v1/duties/{duty['id']}/evidence", json=body)
    assert answer.status_code == 422
    assert answer.json["errors"]


def test_the_kinds_say_who_how_often_and_why(stranger: FlaskClient, duty: dict[str, Any]) -> None:
    kinds = {kind["key"]: kind for kind in stranger.get("/api/v1/duties/kinds").json["items"]}
    assert kinds["boss_check"]["often"] == "每季度一次，高危行业每月一次"
    assert kinds["statistics_quarter"]["note"] == "示例规则，需法制审核"  # its law was only paraphrased
    assert stranger.get("/api/v1/duties?state=never").status_code == 422
    assert stranger.get("/api/v1/duties/999999999").status_code == 404
