"""The tables come from the migrations, equal the model, and are never touched by a program older than they are."""

from collections.abc import Iterator
from pathlib import Path
from threading import Thread

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import create_engine, inspect, text

from api.compose import compose
from engine import schema
from engine.app import App
from engine.db import Base
from engine.errors import SettingsError, Unavailable
from engine.testing import fresh_settings


@pytest.fixture(params=["sqlite", "postgresql"])
def bare(request: pytest.FixtureRequest, tmp_path: Path, worker_id: str) -> Iterator[App]:
    """An installation on a database without any table."""
    if request.param == "sqlite":
        url = f"sqlite:///{tmp_path / 'bare.sqlite3'}"
    else:
        server = create_engine(request.getfixturevalue("postgres_url"), isolation_level="AUTOCOMMIT")
        name = f"bihuan_bare_{worker_id}"
        with server.connect() as connection:
            connection.execute(text(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)'))
            connection.execute(text(f'CREATE DATABASE "{name}"'))
        server.dispose()
        url = server.url.set(database=name).render_as_string(hide_password=False)
    app = compose(fresh_settings(url, tmp_path))
    yield app
    app.close()


def test_the_migrations_make_exactly_the_tables_of_the_model(bare: App) -> None:
    assert schema.migrate(bare) == (None, schema.newest())
    with bare.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, Base.metadata) == []


def test_migrating_twice_changes_nothing(bare: App) -> None:
    schema.migrate(bare)
    assert schema.migrate(bare) == (schema.newest(), schema.newest())
    schema.check(bare)


def test_several_processes_may_migrate_at_once(bare: App) -> None:
    threads = [Thread(target=schema.migrate, args=[bare]) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    schema.check(bare)


def test_a_database_newer_than_the_program_is_refused_and_left_alone(bare: App) -> None:
    schema.migrate(bare)
    with bare.engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    for act in (schema.check, schema.migrate):
        with pytest.raises(SettingsError, match="9999 比本程序新"):
            act(bare)
    assert schema.present(bare) == "9999"


def test_an_empty_database_is_refused_with_the_command_that_helps(bare: App) -> None:
    with pytest.raises(Unavailable, match="bihuan migrate"):
        schema.check(bare)


def test_a_migration_that_fails_leaves_the_database_as_it_was(bare: App, monkeypatch: pytest.MonkeyPatch) -> None:
    with bare.engine.begin() as connection:
        connection.execute(text("CREATE TABLE timer (id INTEGER)"))  # in the way of a later statement of the migration
    with pytest.raises(Exception, match="timer"):
        schema.migrate(bare)
    assert inspect(bare.engine).get_table_names() == ["timer"]
