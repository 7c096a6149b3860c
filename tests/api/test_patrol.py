"""The patrol plan over HTTP: one's own walk, what a stranger and bad input get."""

import pytest
from flask.testing import FlaskClient

from engine.app import App
from engine.bpm import definitions
from engine.campaign import patrol_planning
from engine.campaign.demo.load import diagrams
from tests.api.conftest import Beginning, add_grid, add_place, make_people


def make_walk(app: App) -> None:
    """The cast, and a shop that is walked to once a month."""
    make_people(app)
    add_grid(app)
    definitions.deploy(app, diagrams(), by="root")
    add_place(app, name="便民百货", kind="九小场所", place_kind="九小")
    while patrol_planning.plan_next(app):
        pass


@pytest.fixture
def beginning() -> Beginning:
    """Whoever asks for the place finds that shop."""
    return make_walk


def test_the_walk_of_a_day(owner: FlaskClient, stranger: FlaskClient, place: str) -> None:
    assert owner.get("/api/v1/patrol").json["total"] == 0
    [line] = owner.get("/api/v1/patrol?due=2026-10-24&unit=GH-01").json["items"]
    assert (line["place"], line["next_on"], line["often"]) == (place, "2026-10-24", "每 1 个月")
    assert owner.get("/api/v1/patrol?overdue=true").json["items"] == []
    assert owner.get(f"/api/v1/patrol/{place}").json["reason"] == "九小、多业态场所，每月一次"
    assert stranger.get("/api/v1/patrol?due=2030-01-01").json["total"] == 0
    assert stranger.get(f"/api/v1/patrol/{place}").status_code == 404


def test_a_visit_says_when_to_come_again(owner: FlaskClient, stranger: FlaskClient, place: str) -> None:
    visit = owner.post("/api/v1/visits", json={"place": place, "kind": "网格巡查", "result": "未发现问题"}).json
    found = owner.get(f"/api/v1/patrol/visits/{visit['id']}").json
    assert found["open_hazards"] == []
    assert (found["plan"]["last_on"], found["plan"]["next_on"]) == ("2026-09-24", "2026-10-24")
    assert stranger.get(f"/api/v1/patrol/visits/{visit['id']}").status_code == 404


@pytest.mark.parametrize(
    "query", ["due=tomorrow", "due=2026-13-01", "overdue=7", "size=0", "size=9999", "unit=", "who=me"]
)
def test_a_wrong_question_is_refused(owner: FlaskClient, place: str, query: str) -> None:
    assert owner.get(f"/api/v1/patrol?{query}").status_code == 422
    assert owner.get("/api/v1/patrol?unit=nowhere").json == {"items": [], "total": 0, "page": 1, "size": 50}
    assert owner.get("/api/v1/patrol/visits/999999999").status_code == 404
