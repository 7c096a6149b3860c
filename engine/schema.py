"""The version of the database's tables: bring it to that of the code, or say why that cannot be."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from alembic.util import CommandError
from sqlalchemy import Connection, text

from engine.errors import SettingsError, Unavailable

if TYPE_CHECKING:
    from engine.app import App

LOCK = 2026_10_12  # any number; two processes that migrate one PostgreSQL database at once wait for each other


def check(app: "App") -> None:
    """Raises Unavailable when the tables are older than the code, or missing, and SettingsError when they are newer."""
    with app.reading() as tx:
        present = _present(tx.connection())
    if present is None:
        raise Unavailable("数据库还没有建表，请先运行 bihuan migrate。", en="No tables yet: run bihuan migrate first.")
    _refuse_newer(present)
    if present != newest():
        raise Unavailable(
            f"数据库版本 {present} 比程序（{newest()}）旧，请先运行 bihuan migrate。",
            en=f"The database has version {present}, the program needs {newest()}: run bihuan migrate first.",
        )


def migrate(app: "App") -> tuple[str | None, str]:
    """Bring the tables to the newest version in one transaction; returns the version before and after.

    Raises SettingsError, and changes nothing, when the database was written by a newer program.
    """
    with app.engine.connect() as connection, _references_off(connection), connection.begin():
        if connection.dialect.name == "postgresql":
            connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": LOCK})
        before = _present(connection)
        if before is not None:
            _refuse_newer(before)
        command.upgrade(config(connection), "head")
        _check_references(connection)
    return before, newest()


@contextmanager
def _references_off(connection: Connection) -> Iterator[None]:
    """SQLite changes a table by putting a copy in its place, which nothing may refer to meanwhile; only outside of a
    transaction does it listen to this.
    """
    if connection.dialect.name != "sqlite":
        yield
        return
    driver: Any = connection.connection.driver_connection
    driver.execute("PRAGMA foreign_keys=OFF")
    try:
        yield
    finally:
        driver.execute("PRAGMA foreign_keys=ON")


def _check_references(connection: Connection) -> None:
    if connection.dialect.name == "sqlite" and (broken := connection.execute(text("PRAGMA foreign_key_check")).all()):
        raise RuntimeError(f"the migration would leave references to nothing: {broken[:5]}")


def newest() -> str:
    """The version of this code."""
    head = ScriptDirectory.from_config(config()).get_current_head()
    if head is None:
        raise RuntimeError("engine/migrations holds no version")
    return head


def present(app: "App") -> str | None:
    """The version of the database; None when it has no tables yet."""
    with app.reading() as tx:
        return _present(tx.connection())


def _present(connection: Connection) -> str | None:
    return MigrationContext.configure(connection).get_current_revision()


def _refuse_newer(version: str) -> None:
    try:
        ScriptDirectory.from_config(config()).get_revision(version)
    except CommandError as error:
        raise SettingsError(
            f"数据库版本 {version} 比本程序新，为免损坏数据，程序不会使用它。请升级程序，或换一个数据库。",
            en=f"The database has version {version}, newer than this program: upgrade it, or use another database.",
        ) from error


def config(connection: Connection | None = None) -> Config:
    """What alembic's commands want: where the migrations are, and on which connection they run."""
    settings = Config()
    settings.set_main_option("script_location", "engine:migrations")
    settings.set_main_option("path_separator", "os")
    settings.set_main_option("file_template", "%%(rev)s_%%(slug)s")
    settings.attributes["connection"] = connection
    return settings
