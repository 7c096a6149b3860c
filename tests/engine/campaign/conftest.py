"""The sample installation, loaded once for each database and then only read; and small registers for tests that
write.
"""

import zlib
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from api.compose import compose
from engine.app import App
from engine.bpm import definitions
from engine.bpm.viewer import Viewer
from engine.campaign import hazards, people, units
from engine.campaign.demo.load import DEMO_NOW, diagrams, load
from engine.campaign.demo.registers import write_registers
from engine.settings import Settings
from engine.testing import FakeClock, fresh_settings
from tests.conftest import database_at, new_database
from tests.copies import Prepared, States, copied, made_once

ROOT = Viewer("root", frozenset(), admin=True)


@pytest.fixture(scope="session")
def sample_on_postgres(postgres_server: str, shared_folder: Path) -> Settings:
    """Where the sample installation lies on this server, loaded once in a run; to be read or copied."""
    name = "bihuan_sample"

    def fill(folder: Path) -> None:
        app = compose(fresh_settings(new_database(postgres_server, name, folder), folder))
        load(app)
        app.close()

    folder = made_once(shared_folder / f"{name}_{zlib.crc32(postgres_server.encode())}", fill)
    return fresh_settings(database_at(postgres_server, name), folder)


@pytest.fixture(scope="session", params=["sqlite", "postgresql"])
def demo(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[App]:
    """The sample installation, its clock standing at 2026-10-12 09:00 Shanghai time. Tests must not change it."""
    if request.param == "sqlite":
        made = copied(request.getfixturevalue("sample"), tmp_path_factory.mktemp("demo"))
    else:
        made = compose(request.getfixturevalue("sample_on_postgres"))
    made.clock = FakeClock(DEMO_NOW)
    yield made
    made.close()


@pytest.fixture
def changed(sample: Path, tmp_path: Path) -> Iterator[App]:
    """The same for a test that changes it: a copy of its own."""
    made = copied(sample, tmp_path)
    made.clock = FakeClock(DEMO_NOW)
    yield made
    made.close()


@pytest.fixture
def campaign(app: App, states: States) -> App:
    """An installation with the sample registers and diagrams, without cases."""
    return states.begin(app, write_campaign)


def write_campaign(app: App) -> None:
    """The sample registers, where nobody logs in with a password, and the shipped diagrams."""
    write_registers(app, password_hash="!")
    definitions.deploy(app, diagrams(), by="system")


@pytest.fixture
def loaded(app: App, states: States, request: pytest.FixtureRequest, tmp_path: Path) -> App:
    """The sample installation, for a test that goes on from there."""

    def copy(app: App) -> None:
        if app.engine.name == "sqlite":
            source = copied(request.getfixturevalue("sample"), tmp_path / "source")
        else:
            source = compose(request.getfixturevalue("sample_on_postgres"))
        Prepared.of(source, tmp_path / "taken").pour_into(app)
        source.close()

    return states.begin(app, copy)


@pytest.fixture
def street(app: App) -> App:
    """The smallest organisation: a street with an office, a community and a grid, a police station, and an admin."""
    with app.transaction() as tx:
        units.add(tx, code="street", name="青云街道", kind="street")
        units.add(tx, code="safety_office", name="安全应急办", kind="office", parent="street")
        units.add(tx, code="GH", name="桂花社区", kind="community", parent="street")
        units.add(tx, code="GH-01", name="第一网格", kind="grid", parent="GH")
        units.add(tx, code="police_station", name="派出所", kind="police")
    return app


@pytest.fixture
def person() -> Callable[[App, str], Viewer]:
    """The viewer of a login name."""

    def found(app: App, name: str) -> Viewer:
        return people.viewer(people.show(app, name))

    return found


@pytest.fixture
def root() -> Viewer:
    """An admin."""
    return ROOT


@pytest.fixture
def case(campaign: App, person: Callable[[App, str], Viewer]) -> App:
    """An installation with one registered hazard, YQ-2026-0901."""
    values = {"place": "P019", "code": "RF-05", "text": "插线板串接"}
    hazards.register(campaign, values, viewer=person(campaign, "clerk-safety-office"))
    return campaign
