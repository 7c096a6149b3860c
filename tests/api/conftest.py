"""The web application on both databases, and the cast as clients: admin, owner, colleague, stranger, nobody."""

from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.test import TestResponse

from api.app import create_app
from engine.app import App
from engine.bpm import definitions
from engine.campaign import accounts, organ_words, people, places, units
from engine.campaign.model import HazardCode, Place, Setting
from tests.copies import States

REVIEW = (Path(__file__).parent / "review.bpmn").read_bytes()
HAZARD = REVIEW.replace(b'"review"', b'"hazard"').replace(b'"check"', b'"classify"')
PASSWORD = "correct-horse-battery"
Beginning = Callable[[App], None]


def make_people(app: App) -> None:
    """Two people of one office, one of another body, and an admin; nobody can log in with a password."""
    with app.transaction() as tx:
        units.add(tx, code="street", name="青云街道", kind="street")
        units.add(tx, code="safety_office", name="安全应急办", kind="office", parent="street")
        units.add(tx, code="police_station", name="派出所", kind="police")
        tx.add(Setting(key=organ_words.KEY, value={"street": {"word": "青街安"}}))
        for name, unit, roles in (
            ("owner", "safety_office", ["clerk"]),
            ("colleague", "safety_office", ["clerk"]),
            ("stranger", "police_station", ["officer"]),
            ("root", None, ["admin"]),
        ):
            people.add(tx, app, name, password_hash="!", unit=unit, roles=roles, by="system")


@pytest.fixture(scope="session")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What building the pages leaves behind, in small."""
    root = tmp_path_factory.mktemp("web") / "dist"
    for name, text in (("index.html", "desk"), ("m/index.html", "phone"), ("assets/desk-1a2b.js", "run()")):
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text, encoding="utf-8")
    return root


class Client(FlaskClient):
    """A client that reads every answer to its end at once, so that a served file is closed again."""

    def open(self, *args: Any, **kwargs: Any) -> TestResponse:
        return super().open(*args, **{"buffered": True, **kwargs})


@pytest.fixture(scope="session")
def kept() -> dict[str, Flask]:
    """The web application of this test process: its routes are wired once, over the installation of each test."""
    return {}


@pytest.fixture
def beginning(request: pytest.FixtureRequest) -> Beginning:
    """What the installation begins with: the cast, and a place where one is asked for."""
    return make_place if "place" in request.fixturenames else make_people


@pytest.fixture
def web(app: App, states: States, beginning: Beginning, built: Path, kept: dict[str, Flask]) -> Flask:
    """The web application over an installation with the cast."""
    return wired(states.begin(app, beginning), built, kept)


def wired(app: App, built: Path, kept: dict[str, Flask]) -> Flask:
    """The web application of this test process over an installation."""
    if not kept:
        kept["web"] = create_app(app, built=built)
        kept["web"].test_client_class = Client
    kept["web"].extensions["bihuan"] = app
    return kept["web"]


@pytest.fixture
def nobody(web: Flask) -> FlaskClient:
    """A client that is not logged in."""
    return web.test_client()


def signed_in(app: App, web: Flask, name: str) -> FlaskClient:
    """A client with a token of this person."""
    client = web.test_client(use_cookies=False)
    client.environ_base["HTTP_AUTHORIZATION"] = f"Bearer {accounts.issue_token(app, name, by=None)}"
    return client


@pytest.fixture
def root(app: App, web: Flask) -> FlaskClient:
    """A client of the admin."""
    return signed_in(app, web, "root")


@pytest.fixture
def owner(app: App, web: Flask) -> FlaskClient:
    """A client of the person whose work it is."""
    return signed_in(app, web, "owner")


@pytest.fixture
def colleague(app: App, web: Flask) -> FlaskClient:
    """A client of another person of the same office."""
    return signed_in(app, web, "colleague")


@pytest.fixture
def stranger(app: App, web: Flask) -> FlaskClient:
    """A client of somebody who must see nothing."""
    return signed_in(app, web, "stranger")


@pytest.fixture
def review(app: App, web: Flask) -> str:
    """The key of a deployed process: one task for the safety office, then the end."""
    definitions.deploy(app, {"review.bpmn": REVIEW}, by="root")
    return "review"


@pytest.fixture
def task_id(owner: FlaskClient, root: FlaskClient, review: str) -> str:
    """The open task of a running review."""
    made = root.post("/api/v1/instances", json={"definition": review, "business_key": "YQ-1"})
    found: str = made.json["tasks"][0]["id"]
    return found


def add_grid(app: App) -> None:
    """A community of the street with one grid."""
    with app.transaction() as tx:
        units.add(tx, code="GH", name="桂花社区", kind="community", parent="street")
        units.add(tx, code="GH-01", name="桂花一网格", kind="grid", parent="GH")


def make_place(app: App) -> None:
    """The cast, a place in the street, one code in force, and a process for hazards with one task."""
    make_people(app)
    add_grid(app)
    with app.transaction() as tx:
        row = HazardCode(
            code="RF-01", name="安全出口", code_group="RF", local_level="一般", default_n=7, default_unit="d"
        )
        row.default_roll, row.valid_from = "F", date(2026, 1, 1)
        tx.add(row)
    definitions.deploy(app, {"hazard.bpmn": HAZARD}, by="root")
    add_place(app, name="示例网吧I", kind="九小场所", place_kind="九小")


def add_place(app: App, **facts: str) -> None:
    """A place in the grid."""
    places.create(app, {**facts, "grid": "GH-01"}, viewer=people.viewer(people.show(app, "root")))


@pytest.fixture
def place(app: App, web: Flask) -> str:
    """The place that the installation begins with."""
    with app.reading() as tx:
        return tx.scalars(select(Place.id)).one()
