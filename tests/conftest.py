"""The standing fixtures: every test that asks for ``app`` runs on SQLite and on PostgreSQL."""

import functools
import gc
import os
import shutil
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from argon2 import PasswordHasher
from sqlalchemy import Dialect, Engine, create_engine, event, text
from sqlalchemy.util import LRUCache

from api.compose import compose
from engine.app import App
from engine.bpm.spiff import Model
from engine.campaign import people
from engine.db import Base, connect
from engine.errors import Problem
from engine.recent import Recent
from engine.testing import FakeClock, fresh_settings
from tests import copies
from tests.postgres import server


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The longest first, then browser tests: several processes work for each, and what they need to begin with takes
    long. So one test process has all of them, while another does other tests, and no core is left alone with one of
    them at the end.
    """
    items.sort(key=lambda item: ("tests/chaos/" not in item.nodeid, "tests/web/" not in item.nodeid))


def pytest_configure() -> None:
    """Passwords are hashed as in production, but guessing one need not be dear here."""
    people.hasher = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)


def pytest_collection_finish() -> None:
    """What is imported and collected stays: the collector of garbage need not look through it a thousand times, which
    took a tenth of the processor's time.
    """
    gc.freeze()
    gc.set_threshold(100_000, 50, 100)


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[str]:
    """The URL of a server: the given one, or a PostgreSQL from the wheel, one per test process."""
    given = os.environ.get("BIHUAN_TEST_DATABASE_URL")
    if given:
        yield given
        return
    with server() as url:
        yield url


def database_at(server: str, name: str) -> str:
    """The URL of the database of this name on a server of PostgreSQL."""
    base = server.replace("postgresql://", "postgresql+psycopg://", 1)
    return base.replace("/postgres?", f"/{name}?", 1) if "/postgres?" in base else base.rsplit("/", 1)[0] + f"/{name}"


def new_database(server: str, name: str, folder: Path) -> str:
    """The URL of a new database with all tables; the folder is that of its installation."""
    admin = create_engine(database_at(server, "postgres"), isolation_level="AUTOCOMMIT")
    with admin.connect() as connection:
        connection.execute(text(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)'))
        connection.execute(text(f'CREATE DATABASE "{name}"'))
    admin.dispose()
    _make_tables(url := database_at(server, name), folder)
    return url


@pytest.fixture(scope="session")
def postgres_url(postgres_server: str, worker_id: str, tmp_path_factory: pytest.TempPathFactory) -> str:
    """A database of this test process with all tables."""
    return new_database(postgres_server, f"bihuan_test_{worker_id}", tmp_path_factory.mktemp("tables"))


@pytest.fixture(scope="session")
def postgres_kept(postgres_url: str) -> Iterator[Engine]:
    """Connections to that database that outlive a test: PostgreSQL starts a process for each, which has to learn about
    every table anew.
    """
    kept = connect(postgres_url)
    yield kept
    kept.dispose()


@pytest.fixture(scope="session")
def worker_id(request: pytest.FixtureRequest) -> str:
    """The name of this xdist worker, or ``main``."""
    return getattr(request.config, "workerinput", {}).get("workerid", "main")


@pytest.fixture(scope="session")
def shared_folder(worker_id: str, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder that all test processes of this run share."""
    own = tmp_path_factory.getbasetemp()
    return own if worker_id == "main" else own.parent


@pytest.fixture(scope="session")
def sample(shared_folder: Path) -> Path:
    """The folder of the sample installation on SQLite, loaded once in a run, to be copied."""
    return copies.made_once(shared_folder / "sample", copies.make_sample)


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An SQLite file with all tables, to be copied."""
    path = tmp_path_factory.mktemp("sqlite") / "template.sqlite3"
    _make_tables(f"sqlite:///{path}", path.parent)
    return path


def _make_tables(url: str, folder: Path) -> None:
    """The tables of everything that an installation is composed of."""
    made = compose(fresh_settings(url, folder))
    Base.metadata.create_all(made.engine)
    made.close()


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """A database with empty tables, once of each kind."""
    if request.param == "sqlite":
        shutil.copyfile(request.getfixturevalue("sqlite_template"), tmp_path / "test.sqlite3")
        return f"sqlite:///{tmp_path / 'test.sqlite3'}"
    kept: Engine = request.getfixturevalue("postgres_kept")
    # Deleting from forty tables, most of them empty, takes a few milliseconds; TRUNCATE makes new files for each.
    rows = "; ".join(f'DELETE FROM "{table.name}"' for table in Base.metadata.sorted_tables)
    with kept.begin() as connection:
        connection.exec_driver_sql(f"SET LOCAL session_replication_role = replica; {rows}")
        connection.exec_driver_sql("DROP TABLE IF EXISTS alembic_version")  # left by a test that stamped it
    return str(request.getfixturevalue("postgres_url"))


@pytest.fixture
def clock() -> FakeClock:
    """Process time of the test; it stands until the test moves it."""
    return FakeClock()


@dataclass
class Learned:
    """What one installation has worked out and the next would find the same: models and findings of the linter by the
    hash of their files, and SQL statements, which SQLAlchemy keeps by their dialect."""

    linted: Recent[Any, list[Problem]] = field(default_factory=lambda: Recent(2_000))
    models: dict[tuple[str, str], Model] = field(default_factory=dict)
    statements: LRUCache[object, object] = field(default_factory=lambda: LRUCache(5000))
    dialects: dict[str, Dialect] = field(default_factory=dict)

    def hand_to(self, app: App) -> None:
        """Let this installation look here before it works it out itself."""
        read = app.model.__wrapped__

        @functools.lru_cache(maxsize=256)
        def model(bundle_hash: str, process: str) -> Model:
            key = (bundle_hash, process)
            return self.models.get(key) or self.models.setdefault(key, read(*key))

        app.model, app.linted = model, self.linted
        engine = app.engine
        if engine.name not in self.dialects:
            engine.connect().close()  # the dialect learns about its server
            self.dialects[engine.name] = engine.dialect
        for one in (engine, app._reader):
            one.dialect = self.dialects[engine.name]
            one.update_execution_options(compiled_cache=self.statements)


@pytest.fixture(scope="session")
def learned() -> Learned:
    """Kept as long as the test process."""
    return Learned()


@pytest.fixture
def app(
    request: pytest.FixtureRequest, database_url: str, tmp_path: Path, clock: FakeClock, learned: Learned
) -> Iterator[App]:
    """An installation on an empty database, composed as in production but with the test's clock."""
    made = compose(fresh_settings(database_url, tmp_path))
    made.clock = clock
    shared: Engine | None = None
    if database_url.startswith("sqlite"):
        event.listen(made.engine, "connect", lambda connection, _: connection.execute("PRAGMA synchronous=OFF"))
    else:
        shared = request.getfixturevalue("postgres_kept")
        made.engine.pool, learned.dialects["postgresql"] = shared.pool, shared.dialect
    learned.hand_to(made)
    yield made
    made.engine.dispose(close=shared is None or made.engine.pool is not shared.pool)


@pytest.fixture(scope="session")
def states(tmp_path_factory: pytest.TempPathFactory) -> copies.States:
    """What the installations of this test process begin with."""
    return copies.States(tmp_path_factory.mktemp("states"))
