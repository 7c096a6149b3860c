"""The one commit: what the database refuses becomes a sentence, and a fault of the program stays one."""

from collections.abc import Callable
from threading import Event, Thread
from typing import Any

import pytest
from sqlalchemy import select, update
from sqlalchemy.exc import IntegrityError

from engine import db
from engine.app import App
from engine.campaign.model import NumberRegister, Setting
from engine.errors import Conflict, Unavailable


def test_what_somebody_else_wrote_at_the_same_moment_is_a_conflict(app: App) -> None:
    with app.transaction() as tx:
        tx.add(NumberRegister(series="hazard-2026-10", last=1))
    with pytest.raises(Conflict, match="刷新后重试"), app.transaction() as tx:
        tx.add(NumberRegister(series="hazard-2026-10", last=1))


def test_a_value_that_must_not_be_missing_is_a_fault_of_the_program(app: App) -> None:
    with pytest.raises(IntegrityError), app.transaction() as tx:
        tx.add(NumberRegister(series="hazard-2026-10"))


def tell_looks(app: App, told: Callable[[int], Any]) -> None:
    """Tell how often the database was asked to begin, each time it is, by the connection that is used next."""
    seen: list[str] = []

    def note(statement: str) -> None:
        seen.append(statement)
        told(seen.count("BEGIN IMMEDIATE"))

    pooled = app.engine.raw_connection()
    driver: Any = pooled.driver_connection
    driver.set_trace_callback(note)
    pooled.close()


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_whoever_waits_to_write_looks_as_often_at_last_as_at_first(app: App) -> None:
    looked, written = Event(), Event()

    def write() -> None:
        tell_looks(app, lambda times: times >= 5 and looked.set())
        with app.transaction() as tx:
            tx.add(NumberRegister(series="hazard-2026-10", last=1))
        written.set()

    other = Thread(target=write)
    with app.transaction():
        other.start()
        assert looked.wait(60)
        assert not written.is_set()
    other.join(60)
    assert written.is_set()


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_who_waited_long_enough_to_write_is_told_and_can_try_again(app: App, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(db, "PATIENCE", 3 * db.LOOK)
    with app.transaction(), pytest.raises(Unavailable, match="稍后重试"), app.transaction():
        pass
    with app.transaction() as tx:
        tx.add(NumberRegister(series="hazard-2026-10", last=1))


@pytest.mark.parametrize("get", [True, False], ids=["get", "select"])
def test_a_locked_row_is_told_as_it_is_and_not_as_it_was_read(app: App, get: bool) -> None:
    with app.transaction() as tx:
        tx.add(Setting(key="k", value={"n": 1}))
    with app.transaction() as tx:
        read = tx.get_one(Setting, "k")
        tx.connection().execute(update(Setting).values(value={"n": 2}))
        assert read.value == {"n": 1}
        if get:
            tx.get_one(Setting, "k", with_for_update=True)
        else:
            tx.scalars(select(Setting).where(Setting.key == "k").with_for_update()).one()
        assert read.value == {"n": 2}
