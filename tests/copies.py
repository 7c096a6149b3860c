"""Whole databases, copied as the database itself does it best: quicker than writing the rows anew; holds no test."""

from __future__ import annotations

import fcntl
import shutil
import sqlite3
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path

from sqlalchemy import event

from api.compose import compose
from engine.app import App
from engine.campaign.demo.load import load
from engine.db import Base
from engine.testing import fresh_settings

DATABASE, FILES = "site.sqlite3", "files"


def made_once(folder: Path, make: Callable[[Path], None]) -> Path:
    """A folder of all test processes of a run: whoever comes first makes what is in it, others wait for that."""
    folder.mkdir(exist_ok=True)
    with (folder.parent / f"{folder.name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        made = Path(lock.name).with_suffix(".made")
        if not made.exists():
            make(folder)
            made.touch()
    return folder


def installed(folder: Path) -> App:
    """The installation in a folder, with a database of SQLite that need not outlive the machine."""
    app = compose(fresh_settings(f"sqlite:///{folder / DATABASE}", folder))
    event.listen(app.engine, "connect", lambda connection, _: connection.execute("PRAGMA synchronous=OFF"))
    return app


def make_sample(folder: Path) -> None:
    """Make the sample installation in a folder."""
    app = installed(folder)
    Base.metadata.create_all(app.engine)
    load(app)
    app.close()


def copied(source: Path, folder: Path) -> App:
    """The same installation once more, in a folder of its own."""
    shutil.copytree(source, folder, dirs_exist_ok=True)
    return installed(folder)


def _stored(app: App) -> Path:
    return app.settings.data_dir / FILES


@dataclass
class Prepared:
    """The content of an installation, to be poured into empty ones with the same kind of database."""

    stored: Path  # the folder of stored files
    file: Path | None = None  # of SQLite
    rows: dict[str, bytes] = field(default_factory=dict)  # by table, in PostgreSQL's own text form
    counters: dict[str, int] = field(default_factory=dict)  # where each sequence stands

    @classmethod
    def of(cls, app: App, folder: Path) -> Prepared:
        """What is there now; it is kept in this new folder."""
        folder.mkdir()
        if (stored := _stored(app)).exists():
            shutil.copytree(stored, folder / FILES)
        with app.engine.connect() as connection:
            driver = connection.connection.driver_connection
            assert driver is not None
            if app.engine.name == "sqlite":
                file = folder / "prepared.sqlite3"
                driver.execute("VACUUM INTO ?", (str(file),))
                with closing(sqlite3.connect(file)) as taken:
                    taken.execute("DROP TABLE IF EXISTS alembic_version")  # of a test that stamped it, not of the state
                return cls(folder / FILES, file)
            made = cls(folder / FILES)
            with driver.cursor() as cursor:
                for table in Base.metadata.sorted_tables:
                    with cursor.copy(f'COPY "{table.name}" TO STDOUT') as copy:
                        if rows := b"".join(copy):
                            made.rows[table.name] = rows
                cursor.execute("SELECT sequencename, last_value FROM pg_sequences WHERE last_value IS NOT NULL")
                made.counters = dict(cursor.fetchall())
        return made

    def pour_into(self, app: App) -> None:
        """Make an empty installation like the one that this was taken from."""
        if self.stored.exists():
            shutil.copytree(self.stored, _stored(app))
        with app.engine.connect() as connection:
            driver = connection.connection.driver_connection
            assert driver is not None
            if self.file:
                with closing(sqlite3.connect(self.file)) as source:
                    source.backup(driver)
                return
            with driver.cursor() as cursor:
                cursor.execute("SET LOCAL session_replication_role = replica")  # in the order of the tables' names
                for table, rows in self.rows.items():
                    with cursor.copy(f'COPY "{table}" FROM STDIN') as copy:
                        copy.write(rows)
                for sequence, value in self.counters.items():
                    cursor.execute("SELECT setval(%s, %s)", (f'"{sequence}"', value))
            driver.commit()


@dataclass(frozen=True)
class States:
    """What installations begin with in this test process: made once for each kind of database, copied later."""

    folder: Path
    made: dict[tuple[str, ...], Prepared] = field(default_factory=dict)

    def begin(self, app: App, make: Callable[[App], object]) -> App:
        """Bring an empty installation into the state that this function makes of it at this time."""
        key = f"{make.__module__}.{make.__qualname__}", app.engine.name, f"{app.clock():%Y%m%d%H%M%S}"
        if key in self.made:
            self.made[key].pour_into(app)
        else:
            make(app)
            self.made[key] = Prepared.of(app, self.folder / "-".join(key))
        return app
