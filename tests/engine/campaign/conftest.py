"""The sample installation, loaded once for each database and then only read; and small registers for tests that
write.
"""

from collections.abc import Callable, Iterator

import pytest
from sqlalchemy import create_engine, text

from api.compose import compose
from engine.app import App
from engine.bpm import definitions
from engine.bpm.viewer import Viewer
from engine.campaign import hazards, people, units
from engine.campaign.demo.load import DEMO_NOW, diagrams, load
from engine.campaign.demo.registers import write_registers
from engine.db import Base
from engine.testing import FakeClock, fresh_settings
from tests.copies import Prepared, copied

ROOT = Viewer("root", frozenset(), admin=True)


@pytest.fixture(scope="session", params=["sqlite", "postgresql"])
def demo(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[App]:
    """The sample installation, its clock standing at 2026-10-12 09:00 Shanghai time. Tests must not change it."""
    folder = tmp_path_factory.mktemp("demo")
    if request.param == "sqlite":
        made = copied(request.getfixturevalue("sample"), folder)
    else:
        url = _own_database(request.getfixturevalue("postgres_server"), request.getfixturevalue("worker_id"))
        made = compose(fresh_settings(url, folder))
        Base.metadata.create_all(made.engine)
        load(made)
    made.clock = FakeClock(DEMO_NOW)
    yield made
    made.close()


def _own_database(server: str, worker: str) -> str:
    name = f"bihuan_demo_{worker}"
    base = server.replace("postgresql://", "postgresql+psycopg://", 1)
    admin = create_engine(base, isolation_level="AUTOCOMMIT")
    with admin.connect() as connection:
        connection.execute(text(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)'))
        connection.execute(text(f'CREATE DATABASE "{name}"'))
    admin.dispose()
    return base.replace("/postgres?", f"/{name}?", 1) if "/postgres?" in base else base.rsplit("/", 1)[0] + f"/{name}"


@pytest.fixture(scope="session")
def prepared() -> dict[str, Prepared]:
    """What the first ``campaign`` of each kind of database was made of; later ones are copies."""
    return {}


@pytest.fixture
def campaign(app: App, prepared: dict[str, Prepared], tmp_path_factory: pytest.TempPathFactory) -> App:
    """An installation with the sample registers and diagrams, without cases."""
    if made := prepared.get(app.engine.name):
        made.pour_into(app)
    else:
        write_registers(app, password_hash="!")  # nobody logs in with a password here
        definitions.deploy(app, diagrams(), by="system")
        prepared[app.engine.name] = Prepared.of(app, tmp_path_factory.mktemp("prepared"))
    return app


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
