"""Statements past the ORM: the same values, the same errors, and a broken connection does not stay."""

import pytest
from sqlalchemy import bindparam, select, text, update
from sqlalchemy.exc import IntegrityError

from engine.app import App
from engine.bpm.model import Definition, Event, Instance, Task
from engine.errors import Conflict, Unavailable
from engine.sql import TOGETHER, Statement, Writes, insert_into
from engine.testing import START

EVENT, BUNDLED = insert_into(Event), insert_into(Definition)
NAMED = Statement(select(Event.name, Event.at, Event.detail).where(Event.name.in_(bindparam("names", expanding=True))))
RENAME = Statement(update(Event).where(Event.name == bindparam("was")).values(name=bindparam("becomes")))


def events(*names: str) -> list[dict[str, object]]:
    """Rows of the table, of an instance that is there."""
    return [{"instance_id": "i", "at": START, "recorded_at": START, "event": "e", "name": name} for name in names]


@pytest.fixture
def case(app: App) -> App:
    """An installation with one instance."""
    with app.transaction() as tx:
        tx.execute(text("INSERT INTO bundle (hash, files) VALUES ('h', '{}')"))
        definition = Definition(id="d", key="k", version=1, name="", bundle_hash="h", file="", problems=[])
        definition.deployed_at, definition.deployed_by = START, "li"
        tx.add(definition)
        tx.flush()
        instance = Instance(id="i", definition_id="d", status="running", state=b"", variables={})
        instance.started_at, instance.started_by = START, "li"
        tx.add(instance)
    return app


def test_values_come_back_as_the_orm_reads_them(case: App) -> None:
    writes = Writes()
    writes.add(EVENT, [{**events("整改")[0], "detail": {"missed": [1, "二"]}}, *events("b")])
    with case.transaction() as tx:
        assert writes.run(tx) > 0
        assert NAMED.rows(tx, names=["整改", "b"]) == [("整改", START, {"missed": [1, "二"]}), ("b", START, None)]
        row = tx.scalars(select(Event).order_by(Event.id)).first()
        assert row is not None and (row.at, row.at.tzinfo, row.detail) == (START, START.tzinfo, {"missed": [1, "二"]})
        assert NAMED.rows(tx, names=["整改"])[0].at.tzinfo is START.tzinfo


def test_a_list_may_be_empty_or_of_any_length(case: App) -> None:
    writes = Writes()
    writes.add(EVENT, events("a", "b", "c"))
    with case.transaction() as tx:
        writes.run(tx)
        found = [len(NAMED.rows(tx, names=names)) for names in ([], ["a"], ["a", "c", "x"], [])]
    assert found == [0, 1, 2, 0]


def test_more_rows_than_go_together_are_all_written_and_the_first_statement_counts(case: App) -> None:
    many, writes = [str(number) for number in range(TOGETHER * 2 + 3)], Writes()
    with case.transaction() as tx:
        writes.add(EVENT, events("first"))
        writes.run(tx)
        both = Writes()
        both.add(RENAME, [{"was": "first", "becomes": "second"}])
        both.add(EVENT, events(*many))
        assert both.run(tx) == 1
        assert len(NAMED.rows(tx, names=[*many, "second", "first"])) == len(many) + 1


def test_what_is_added_to_the_session_is_written_before_a_statement_reads(case: App) -> None:
    with case.transaction() as tx:
        tx.add(Event(instance_id="i", at=START, recorded_at=START, event="e", name="orm"))
        assert len(NAMED.rows(tx, names=["orm"])) == 1


def test_a_broken_constraint_is_the_same_error_and_nothing_of_the_step_stays(case: App) -> None:
    row = {"id": "d", "key": "k", "version": 1, "bundle_hash": "h", "file": "", "name": "", "deployed_by": "li"}
    writes = Writes()
    writes.add(EVENT, events("lost"))
    writes.add(BUNDLED, [{**row, "deployed_at": START, "problems": []}])
    with pytest.raises(Conflict, match="刷新后重试"), case.transaction() as tx:
        writes.run(tx)
    missing = Writes()
    missing.add(EVENT, [{**events("lost")[0], "event": None}])
    with pytest.raises(IntegrityError), case.transaction() as tx:
        missing.run(tx)
    assert case.look(NAMED, names=["lost"]) == []


def test_a_look_sees_what_is_committed_and_leaves_the_connection_as_it_was(case: App) -> None:
    writes = Writes()
    writes.add(EVENT, events("kept"))
    with case.transaction() as tx:
        writes.run(tx)
    assert len(case.look(NAMED, names=["kept"])) == 1
    with pytest.raises(ZeroDivisionError), case.transaction() as tx:
        tx.execute(update(Event).values(name="gone"))
        raise ZeroDivisionError
    assert len(case.look(NAMED, names=["kept"])) == 1


def test_a_connection_that_the_server_closed_is_noticed_before_it_is_used(case: App) -> None:
    """As after a restart of the server; SQLite has none, and the same must simply work."""
    with case.transaction() as tx:
        tx.scalars(select(Task)).all()
    if case.engine.dialect.name == "postgresql":
        with case.engine.connect() as killer, case.engine.connect() as victim:
            pid = victim.connection.driver_connection.info.backend_pid  # type: ignore[union-attr]
            victim.close()
            killer.execute(text("SELECT pg_terminate_backend(:pid, 1000)"), {"pid": pid})
    for _ in range(3):
        assert case.look(NAMED, names=[]) == []
        with case.transaction() as tx:
            assert tx.scalars(select(Task)).all() == []


def test_a_connection_that_breaks_in_the_middle_is_a_clear_refusal_and_then_over(case: App) -> None:
    if case.engine.dialect.name == "sqlite":
        return  # a file does not hang up
    with pytest.raises(Unavailable, match="稍后重试"), case.transaction() as tx:
        with case.engine.connect() as killer:
            mine = tx.scalar(text("SELECT pg_backend_pid()"))
            killer.execute(text("SELECT pg_terminate_backend(:pid, 1000)"), {"pid": mine})
        NAMED.rows(tx, names=["a"])
    assert case.look(NAMED, names=[]) == []
