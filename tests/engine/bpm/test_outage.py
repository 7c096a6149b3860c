"""A database that breaks in the middle: nothing half done, a sentence that says so, and all goes on afterwards."""

import pytest
from sqlalchemy import event, func, select, text

from engine import outage
from engine.app import App
from engine.bpm import instances, timers
from engine.bpm.model import Event, Timer
from engine.errors import Interrupted, Unavailable, Unsure
from engine.testing import FakeClock

CUT = text("SELECT pg_terminate_backend(pg_backend_pid())")


def break_it(app: App, tx: object) -> None:
    """PostgreSQL: the server ends this connection. SQLite: the disk is full."""
    if app.engine.dialect.name == "postgresql":
        tx.execute(CUT)  # type: ignore[attr-defined]
    else:
        pages = tx.scalar(text("PRAGMA page_count"))  # type: ignore[attr-defined]
        tx.execute(text(f"PRAGMA max_page_count={pages}"))  # type: ignore[attr-defined]
        tx.execute(text("CREATE TABLE ballast AS SELECT randomblob(1000000) AS much"))  # type: ignore[attr-defined]


def counted(app: App, column: object) -> int:
    with app.reading() as tx:
        return tx.scalar(select(func.count(column))) or 0  # type: ignore[call-overload]


def test_a_command_that_is_broken_off_has_changed_nothing_and_can_be_done_again(deployed: App) -> None:
    expected = Interrupted if deployed.engine.dialect.name == "postgresql" else Unavailable
    with pytest.raises(expected, match="没有生效"), deployed.transaction() as tx:
        instances.start_in(tx, deployed, "strict", {}, by="li", now=deployed.clock())
        break_it(deployed, tx)
    assert counted(deployed, Event.id) == 0
    deployed.engine.dispose()  # on SQLite the limit goes with its connection
    instances.start(deployed, "strict", {}, by="li")
    assert counted(deployed, Timer.id) == 1


def test_a_batch_of_timers_that_is_broken_off_fires_whole_at_the_next_look(
    deployed: App, clock: FakeClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    for _ in range(5):
        instances.start(deployed, "strict", {}, by="li")
    clock.advance(hours=2)
    deployed.wall = clock  # so that no batch ends for its length
    with monkeypatch.context() as patch:
        catch_up, done = timers.catch_up, []

        def third_breaks(case: object, *moments: object) -> bool:
            done.append(case)
            if len(done) == 3:
                break_it(deployed, case.tx)  # type: ignore[attr-defined]
            return catch_up(case, *moments)  # type: ignore[arg-type]

        patch.setattr(timers, "catch_up", third_breaks)
        with pytest.raises(Unavailable):
            timers.fire_due(deployed)
    deployed.engine.dispose()
    assert [row.due_at for row in fired(deployed)] == []
    assert timers.fire_due(deployed) and not timers.fire_due(deployed)
    assert len(fired(deployed)) == 5


def fired(app: App) -> list[Timer]:
    with app.reading() as tx:
        return list(tx.scalars(select(Timer).where(Timer.status == "fired")))


def test_a_connection_that_breaks_during_the_commit_leaves_it_open(deployed: App) -> None:
    if deployed.engine.dialect.name == "sqlite":
        with pytest.raises(OSError), outage.committing():
            raise OSError("no error of a connection")
        return

    def cut(connection: object) -> None:
        with deployed.engine.connect() as other:
            own = connection.connection.driver_connection.info.backend_pid  # type: ignore[attr-defined]
            other.execute(text("SELECT pg_terminate_backend(:own, 5000)"), {"own": own})

    event.listen(deployed.engine, "commit", cut, once=True)
    with pytest.raises(Unsure, match="不能确定"), deployed.transaction() as tx:
        instances.start_in(tx, deployed, "strict", {}, by="li", now=deployed.clock())
