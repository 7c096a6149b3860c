"""A hundred thousand hazards beside the sample ones, for measurements and browser tests: copies of the sample's own
cases, made by the database.

Each copy is a case like its original: at a place of its own, moved in time, with its instance (whose state names the
copy), tasks, candidates, deadlines, papers, documents, re-inspections and photos; of open copies the timers too. What
is left out: reminders, versions and signatures of documents, the history of all but each tenth open copy, and of closed
ones the photos, the variables and the tasks before the closing ones.
"""

from collections import Counter
from collections.abc import Mapping
from datetime import date, timedelta
from random import Random
from typing import Any

from sqlalchemy import Column, Connection, Date, Integer, MetaData, String, Table, select, text
from sqlalchemy.orm import Session

from engine.app import App
from engine.bpm.model import Event, Instance, Subscription, Task, TaskCandidate, Timer
from engine.campaign.case_model import Assignment, Deadline, Evidence, Finding, Hazard, Measure, Recheck, Rung
from engine.campaign.closure_model import Clearance, FiveBlock, Judgement
from engine.campaign.document_model import Document
from engine.campaign.model import Place
from engine.campaign.numbers import take_number
from engine.campaign.transfer_model import Transfer
from engine.db import UtcDateTime

PLACES_EACH, OPEN_SHARE, FIRST_SERIAL, CLOSED_DAYS = 32, 0.15, 100, (-1000, -30)
COPY = Table(
    "copy", MetaData(), Column("n", Integer, primary_key=True), Column("source", String(64), index=True),
    Column("number", String(64)), Column("source_instance", String(64), index=True), Column("instance", String(64)),
    Column("seed", String(32)), Column("new_seed", String(32)), Column("shift", Integer), Column("place", String(64)),
    Column("year", Integer), Column("month", Integer), Column("serial", Integer), Column("still_open", Integer),
    prefixes=["TEMPORARY"],
)  # fmt: skip
OF_HAZARD = "t.hazard = c.source"
OF_INSTANCE = "t.instance_id = c.source_instance"
PLAIN = (Deadline, Measure, Recheck, Rung, Finding, Judgement, FiveBlock, Clearance)


def fill(app: App, many: int, *, seed: int = 1) -> None:
    """Add so many hazards to a sample installation, the same each time for the same seed."""
    with app.transaction() as tx:
        connection = tx.connection()
        if connection.dialect.name == "sqlite":
            connection.exec_driver_sql("PRAGMA cache_size=-200000")
        _places(connection)
        COPY.create(connection)
        rows = _copies(tx, app, many, Random(seed))
        connection.execute(COPY.insert(), rows)
        _Clones(connection).cases()
        for (year, month), serial in _last(rows).items():
            take_number(tx, f"hazard-{year}-{month:02d}", serial)
        COPY.drop(connection)
    if app.engine.dialect.name == "postgresql":
        with app.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as alone:
            alone.execute(text("VACUUM ANALYZE"))  # as autovacuum does it within a minute


def _places(connection: Connection) -> None:
    connection.execute(text("CREATE TEMPORARY TABLE copy_no (n INTEGER)"))
    connection.execute(text("INSERT INTO copy_no VALUES (:n)"), [{"n": n} for n in range(1, PLACES_EACH + 1)])
    given = {"id": "t.id || '-' || c.n", "name": "t.name || c.n", "unit": "NULL", "uscc": "''", "entry_code": "NULL"}
    _insert(connection, Place.__table__, given, "JOIN copy_no c ON 1 = 1", {})
    connection.execute(text("DROP TABLE copy_no"))


def _copies(tx: Session, app: App, many: int, random: Random) -> list[dict[str, Any]]:
    """The rows of the table of copies: which case, as which number, how many days later."""
    query = select(Hazard, Instance.state).join(Instance, Instance.id == Hazard.instance_id).order_by(Hazard.number)
    cases = list(tx.execute(query))
    kinds = [[case for case in cases if (case[0].closed_at is None) is still_open] for still_open in (False, True)]
    today, rows = app.clock().astimezone(app.zone).date(), []
    serials: Counter[tuple[int, int]] = Counter()
    for n in range(1, many + 1):
        still_open = n % 100 < OPEN_SHARE * 100
        hazard, state = random.choice(kinds[still_open])
        found = hazard.found_at.astimezone(app.zone).date()
        shift = random.randint(-20, (today - found).days) if still_open else random.randint(*CLOSED_DAYS)
        month = _month(found + timedelta(days=shift))
        serials[month] += 1
        serial = FIRST_SERIAL + serials[month]
        rows.append({
            "n": n, "source": hazard.number, "number": f"YQ-{month[0]}-{month[1]:02d}{serial:02d}", "shift": shift,
            "source_instance": hazard.instance_id, "instance": f"crowd{n:027d}", "seed": _seed(state),
            "new_seed": f"{n:016x}", "place": f"{hazard.place}-{random.randint(1, PLACES_EACH)}",
            "year": month[0], "month": month[1], "serial": serial, "still_open": int(still_open),
        })  # fmt: skip
    return rows


def _month(day: date) -> tuple[int, int]:
    return day.year, day.month


def _seed(state: bytes) -> str:
    return state.split(b'"seed":"', 1)[1].split(b'"', 1)[0].decode()


def _last(rows: list[dict[str, Any]]) -> dict[tuple[int, int], int]:
    found: dict[tuple[int, int], int] = {}
    for row in rows:
        found[row["year"], row["month"]] = max(row["serial"], found.get((row["year"], row["month"]), 0))
    return found


class _Clones:
    """One INSERT … SELECT for each table."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._words = SQLITE if connection.dialect.name == "sqlite" else POSTGRESQL

    def cases(self) -> None:
        """All tables of a case, parents first."""
        renamed, of_number = self._words["renamed"], {"hazard": "c.number"}
        self._copy(Instance, {
            "id": "c.instance", "business_key": "c.number", "state": self._words["state"],
            "variables": f"CASE c.still_open WHEN 1 THEN {renamed.format('variables')} ELSE {self._words['empty']} END",
        }, "t.id = c.source_instance")  # fmt: skip
        self._copy(Hazard, {
            "number": "c.number", "instance_id": "c.instance", "place": "c.place", "year": "c.year",
            "month": "c.month", "serial": "c.serial", "visit": "NULL", "recurs": "NULL",
            "holder_unit": "CASE WHEN t.holder_unit LIKE 'E-%%' THEN t.community ELSE t.holder_unit END",
        }, "t.number = c.source")  # fmt: skip
        anew = "replace(t.{}, c.seed, c.new_seed)"
        closing = "t.element IN ('recheck', 'close_review', 'approve_closure', 'fix_now')"
        kept = f"{OF_INSTANCE} AND (c.still_open = 1 OR {closing})"
        self._copy(Task, {"id": anew.format("id"), "instance_id": "c.instance"}, kept)
        offered = "JOIN task o ON o.id = t.task_id JOIN copy c ON o.instance_id = c.source_instance"
        candidate = "CASE WHEN t.candidate LIKE 'group:E-%%' THEN 'group:crowd' ELSE t.candidate END"
        given = {"task_id": anew.format("task_id"), "candidate": candidate}
        _insert(self._connection, TaskCandidate.__table__, given, f"{offered} WHERE o.status = 'open'", self._words)
        waiting = {
            "token": anew.format("token"), "instance_id": "c.instance", "correlation": renamed.format("correlation"),
            "correlation_key": "replace(t.correlation_key, c.source, c.number)",
        }  # fmt: skip
        self._copy(Subscription, waiting, OF_INSTANCE)
        armed = {"token": anew.format("token"), "instance_id": "c.instance"}
        self._copy(Timer, armed, f"{OF_INSTANCE} AND c.still_open = 1")
        self._copy(Event, {"instance_id": "c.instance"}, f"{OF_INSTANCE} AND c.still_open = 1 AND c.n / 10 * 10 = c.n")
        for model in PLAIN:
            self._copy(model, {**of_number, "replaced_by": "NULL"}, OF_HAZARD)
        self._copy(Assignment, {**of_number, "number": "t.number || '-' || c.n"}, OF_HAZARD)
        self._copy(
            Evidence, {**of_number, "id": "t.id || '-' || c.n", "visit": "NULL"}, f"{OF_HAZARD} AND c.still_open = 1"
        )
        written = {
            **of_number, "id": "t.id || '-' || c.n", "verify_code": "t.verify_code || '-' || c.n", "place": "c.place",
            "number": "t.number || '-' || c.n", **dict.fromkeys(("paper", "about", "series", "year", "serial"), "NULL"),
        }  # fmt: skip
        self._copy(Document, written, OF_HAZARD)
        bare = {"letter": "NULL", "returned_letter": "NULL", "number": "t.number || '-' || c.n"}
        self._copy(Transfer, {**of_number, **bare}, OF_HAZARD)

    def _copy(self, model: Any, given: Mapping[str, str], on: str) -> None:
        _insert(self._connection, model.__table__, given, f"JOIN copy c ON {on}", self._words)


def _insert(
    connection: Connection, table: Table, given: Mapping[str, str], source: str, words: Mapping[str, str]
) -> None:
    """Copy rows ``t`` of a table: each column as ``given``, moments and days moved, numbered rows numbered anew."""
    columns = {}
    for column in table.columns:
        numbered = column.primary_key and isinstance(column.type, Integer) and column.name not in given
        if not numbered:
            columns[f'"{column.name}"'] = given.get(column.name) or _moved(column, words)
    names, values = ", ".join(columns), ", ".join(columns.values())
    statement = f'INSERT INTO "{table.name}" ({names}) SELECT {values} FROM "{table.name}" t {source}'
    connection.exec_driver_sql(statement)


def _moved(column: Column[Any], words: Mapping[str, str]) -> str:
    plain = f't."{column.name}"'
    if not words or not isinstance(column.type, (UtcDateTime, Date)):
        return plain
    return words["moment" if isinstance(column.type, UtcDateTime) else "day"].format(plain)


SQLITE = {
    "moment": "strftime('%Y-%m-%d %H:%M:%f', {0}, c.shift || ' days') || '000'",
    "day": "date({0}, c.shift || ' days')",
    "empty": "'{}'",
    "renamed": "replace(t.{0}, c.source, c.number)",
    "state": "CAST(replace(replace(CAST(t.state AS TEXT), c.seed, c.new_seed), c.source, c.number) AS BLOB)",
}
POSTGRESQL = {
    "moment": "{0} + c.shift * interval '1 day'",
    "day": "{0} + c.shift",
    "empty": "'{}'::json",
    "renamed": "replace(t.{0}::text, c.source, c.number)::json",
    "state": (
        "convert_to(replace(replace(convert_from(t.state, 'UTF8'), c.seed, c.new_seed), c.source, c.number), 'UTF8')"
    ),
}
