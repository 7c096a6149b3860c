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

DATABASE = "site.sqlite3"


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


@dataclass
class Prepared:
    """The content of an installation's database, to be poured into empty ones of the same kind."""

    file: Path | None = None  # of SQLite
    rows: dict[str, bytes] = field(default_factory=dict)  # by table, in PostgreSQL's own text form
    counters: dict[str, int] = field(default_factory=dict)  # where each sequence stands

    @classmethod
    def of(cls, app: App, folder: Path) -> Prepared:
        """What is there now; a file goes into the folder."""
        with app.engine.connect() as connection:
            driver = connection.connection.driver_connection
            assert driver is not None
            if app.engine.name == "sqlite":
                driver.execute("VACUUM INTO ?", (str(folder / "prepared.sqlite3"),))
                return cls(file=folder / "prepared.sqlite3")
            made = cls()
            with driver.cursor() as cursor:
                for table in Base.metadata.sorted_tables:
                    with cursor.copy(f'COPY "{table.name}" TO STDOUT') as copy:
                        if rows := b"".join(copy):
                            made.rows[table.name] = rows
                cursor.execute("SELECT sequencename, last_value FROM pg_sequences WHERE last_value IS NOT NULL")
                made.counters = dict(cursor.fetchall())
        return made

    def pour_into(self, app: App) -> None:
        """Make an empty database like the one that this was taken from."""
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
