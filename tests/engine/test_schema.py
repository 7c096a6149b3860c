"""The tables come from the migrations, equal the model, and are never touched by a program older than they are."""

from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path
from threading import Thread

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import Connection, MetaData, Table, create_engine, insert, inspect, select, text
from sqlalchemy.exc import IntegrityError

from api.compose import compose
from engine import schema
from engine.app import App
from engine.campaign import organ_words
from engine.campaign.registers_model import Inspection
from engine.db import Base
from engine.errors import SettingsError, Unavailable
from engine.testing import fresh_settings

NOW = datetime(2026, 9, 24, 1, tzinfo=UTC)


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


def fill(connection: Connection, table: str, **given: object) -> None:
    """A row with these values, and something in every other column that must have a value."""
    columns = [column for column in inspect(connection).get_columns(table) if not column["nullable"]]
    some = {str: "x", int: 1, bool: False, bytes: b"{}", datetime: NOW, date: NOW.date(), object: [], dict: {}}
    values = {
        column["name"]: some[column["type"].python_type]
        for column in columns
        if column["name"] != "id" or column["type"].python_type is str
    }
    reflected = Table(table, MetaData(), autoload_with=connection)
    connection.execute(insert(reflected).values({**values, **given}))


def test_an_installation_of_the_version_before_keeps_all_its_rows(bare: App) -> None:
    with bare.engine.begin() as connection:
        command.upgrade(schema.config(connection), "0002")
        fill(connection, "unit", code="U")
        fill(connection, "person", name="li", unit="U")
        fill(connection, "place", id="P1", street="U", community="U", grid="U")
        fill(connection, "visit", place="P1")
        fill(connection, "hazard_code", id=1)
        fill(connection, "bundle", hash="h")
        fill(connection, "definition", id="D", bundle_hash="h")
        fill(connection, "instance", id="I", definition_id="D")
        fill(connection, "hazard", number="YQ-1", place="P1", street="U", community="U", grid="U", holder_unit="U",
             code_id=1, instance_id="I", request_key="key", month=1, serial=1)  # fmt: skip
        fill(connection, "deadline", id=1, hazard="YQ-1")
        fill(connection, "deadline", id=2, hazard="YQ-1", replaced_by=1)
        fill(connection, "assignment", hazard="YQ-1", from_unit="U", to_unit="U")
        fill(connection, "measure", hazard="YQ-1", organ="U")
        fill(connection, "evidence", id="E", hazard="YQ-1")
        fill(connection, "task", id="I-1", instance_id="I")
        fill(connection, "task_candidate", task_id="I-1", candidate="group:a")
        fill(connection, "event", instance_id="I")
        counts = {name: count_of(connection, name) for name in inspect(connection).get_table_names()}

    schema.migrate(bare)

    with bare.engine.begin() as connection:
        kept = {name: count_of(connection, name) for name in counts if name != "alembic_version"}
        assert kept == {name: count for name, count in counts.items() if name != "alembic_version"}
        assert connection.execute(text("SELECT noun, request_key, key FROM made")).all() == [("hazard", "key", "YQ-1")]
        with pytest.raises(IntegrityError):  # and what refers to something is guarded as before
            fill(connection, "measure", hazard="YQ-none", organ="U")


def test_deadlines_from_before_there_were_rules_are_told_theirs(bare: App) -> None:
    with bare.engine.begin() as connection:
        command.upgrade(schema.config(connection), "0008")
        fill(connection, "unit", code="U")
        fill(connection, "place", id="P1", street="U", community="U", grid="U")
        fill(connection, "hazard_code", id=1)
        of_hazard = {"place": "P1", "street": "U", "community": "U", "grid": "U", "holder_unit": "U", "code_id": 1}
        fill(connection, "hazard", number="YQ-1", month=1, serial=1, local_level="一般", **of_hazard)
        fill(connection, "hazard", number="YQ-2", month=1, serial=2, local_level="较大", **of_hazard)
        fill(connection, "citizen_report", number="JB-1", receiver="U")
        for id, given in enumerate(
            (
                {"hazard": "YQ-1", "kind": "整改", "n": 3, "unit": "wd"},
                {"hazard": "YQ-1", "kind": "整改", "n": 15, "unit": "d"},
                {"hazard": "YQ-2", "kind": "整改", "n": 15, "unit": "d"},
                {"hazard": "YQ-2", "kind": "督办", "n": 5, "unit": "wd"},
                {"report": "JB-1", "kind": "核查", "clause": "T42：24 小时内到现场核查"},
                {"report": "JB-1", "kind": "答复", "clause": "本地规则"},
            )
        ):
            fill(connection, "deadline", id=id, **given)

    schema.migrate(bare)

    with bare.engine.begin() as connection:
        told = connection.execute(text("SELECT clock, side, duty_unit FROM deadline ORDER BY id")).all()
    assert told == [
        ("T2.short", "party", None), ("T2.long", "party", None), ("T2.larger", "party", None),
        ("T2.supervise", "party", None), ("T42", "own", "U"), ("T45", "own", "U"),
    ]  # fmt: skip


@pytest.mark.parametrize("own", [None, {"street": {"word": "某街安"}}])
def test_the_words_of_organs_that_numbers_were_given_out_with_are_kept(
    bare: App, own: dict[str, object] | None
) -> None:
    with bare.engine.begin() as connection:
        command.upgrade(schema.config(connection), "0032")
        for code in ("street", "emergency_bureau", "fire_rescue"):
            fill(connection, "unit", code=code)
        for series in ("青街安交-2026", "（青）应急责改-2026", "（青）市监责改-2026", "YQ-2026"):
            fill(connection, "number_register", series=series)
        if own:
            fill(connection, "setting", key="document_organs", value=own)

    schema.migrate(bare)

    kept = own or {"street": {"word": "青街安"}, "emergency_bureau": {"area": "青", "word": "应急"}}
    with bare.reading() as tx:
        assert organ_words.words(tx) == kept


def test_what_old_inspections_found_wrong_is_listed_unless_it_is_a_hazard_or_somebody_said_something(bare: App) -> None:
    wrong = [{"ok": True, "text": "台账"}, {"ok": False, "text": "串接"}, {"ok": False, "item": "堆物"}]
    some = {"串接": "li", "别的说法": "li", "堆物": "owner"}  # of whom the owner is no officer
    records = (
        (wrong, [], {}, [2, 3]), (wrong, ["串接"], {}, [3]), (wrong, ["串接", "别的说法"], {}, []),
        (wrong, ["堆物"], {}, [2, 3]), (wrong, [], {"2": {"hazard": "", "reason": "当场清理"}}, []),
        ([{"text": "没有写明是否符合"}], [], {}, []),
    )  # fmt: skip
    with bare.engine.begin() as connection:
        command.upgrade(schema.config(connection), "0038")
        fill(connection, "unit", code="U")
        fill(connection, "place", id="P1", street="U", community="U", grid="U")
        fill(connection, "hazard_code", id=1)
        of_hazard = {"place": "P1", "street": "U", "community": "U", "grid": "U", "holder_unit": "U", "code_id": 1}
        for id, (findings, hazards, settled, _) in enumerate(records, start=1):
            fill(connection, "visit", id=id, place="P1", findings=findings)
            given = {"officers": ["li"], "settled": settled, "unregistered": [], "recorded_at": NOW}
            fill(connection, "inspection", visit=id, unit="U", **given)
            for n, found in enumerate(hazards):
                told = {"number": f"YQ-{id}-{n}", "month": id, "serial": n, "text": found, "finder": some[found]}
                fill(connection, "hazard", visit=id, **told, **of_hazard)

    schema.migrate(bare)

    with bare.reading() as tx:
        rows = tx.scalars(select(Inspection).order_by(Inspection.visit)).all()
        assert [row.unregistered for row in rows] == [listed for *_, listed in records]


def count_of(connection: Connection, table: str) -> int:
    return connection.execute(text(f'SELECT count(*) FROM "{table}"')).scalar_one()


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
