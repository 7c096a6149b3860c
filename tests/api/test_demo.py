"""The demo clock over HTTP: only in a demo installation, moved only by an admin, only forward."""

from datetime import UTC, datetime

import pytest
from flask.testing import FlaskClient

from engine import demo_clock
from engine.app import App

START = datetime(2026, 10, 12, 1, tzinfo=UTC)
CLOCK = "/api/v1/demo/clock"


@pytest.fixture
def demo(app: App, root: FlaskClient) -> App:
    """A demo installation at 2026-10-12 09:00; its real clock stands still."""
    standing = app.wall()
    app.wall = lambda: standing
    demo_clock.begin(app, START)
    return app


def test_a_real_installation_has_no_demo_clock(root: FlaskClient) -> None:
    assert root.get(CLOCK).status_code == 404
    assert root.post(CLOCK, json={"by": "P1D"}).status_code == 404
    assert root.get("/api/v1/me").json["demo"] is False


def test_everybody_sees_the_demo_clock_and_an_admin_moves_it(demo: App, root: FlaskClient, owner: FlaskClient) -> None:
    assert owner.get(CLOCK).json["now"] == "2026-10-12T09:00:00+08:00"
    me = owner.get("/api/v1/me").json
    assert (me["demo"], me["now"]) == (True, "2026-10-12T09:00:00+08:00")
    assert owner.post(CLOCK, json={"by": "P1D"}).status_code == 403
    assert root.post(CLOCK, json={"by": "PT1H"}).json["now"] == "2026-10-12T10:00:00+08:00"
    assert root.post(CLOCK, json={"by": "P1D"}).json["now"] == "2026-10-13T10:00:00+08:00"


def test_it_moves_to_the_next_moment_at_which_something_is_due(demo: App, root: FlaskClient) -> None:
    answer = root.post(CLOCK, json={"to": "next"})
    assert answer.status_code == 409
    assert root.get(CLOCK).json["next_due_at"] is None


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({}, "by"),
        ({"by": "P1D", "to": "next"}, "by"),
        ({"by": "-P1D"}, "by"),
        ({"by": "P1Y"}, "by"),
        ({"by": "P400D"}, "by"),
        ({"by": "tomorrow"}, "by"),
        ({"by": 1}, "by"),
        ({"by": None}, "by"),
        ({"to": "end"}, "to"),
    ],
)
def test_a_wrong_move_is_refused(demo: App, root: FlaskClient, body: dict[str, object], field: str) -> None:
    answer = root.post(CLOCK, json=body)
    assert answer.status_code == 422
    assert [found["field"] for found in answer.json["errors"]] == [field]
    assert root.get(CLOCK).json["now"] == "2026-10-12T09:00:00+08:00"
