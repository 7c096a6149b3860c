"""Statements for the hot path: written with SQLAlchemy, compiled once, run on the driver's own cursor in the caller's
transaction. What the ORM and Core do anew for each call is most of what a small statement costs (docs/performance.md).
"""

import functools
import re
from collections import namedtuple
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from itertools import groupby, islice
from typing import Any, cast

from sqlalchemy import Connection, Engine, PoolProxiedConnection, Table, bindparam, insert
from sqlalchemy.engine import Dialect
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session
from sqlalchemy.sql.compiler import SQLCompiler

from engine.db import Base

Row = dict[str, Any]
Found = Any  # a named tuple of what was selected
TOGETHER = 64  # rows that PostgreSQL is given at once
MARKS = {"sqlite": re.compile(r":(\w+)"), "postgresql": re.compile(r"%\((\w+)\)s")}
LIST = re.compile(r"__\[POSTCOMPILE_(\w+)\]")


class Text:
    """A statement as one driver reads it, with what turns values into parameters and back."""

    def __init__(self, source: Any, dialect: Dialect) -> None:
        named = cast(Any, type(dialect))(paramstyle="named") if dialect.name == "sqlite" else dialect
        compiled = cast(SQLCompiler, source.compile(dialect=named))
        self.text = str(compiled)
        for bind in compiled.literal_execute_params:
            written = compiled.render_literal_value(bind.value, bind.type)
            self.text = self.text.replace(f"__[POSTCOMPILE_{compiled.bind_names[bind]}]", written)
        self.head, _, self.values = self.text.partition(" VALUES ")  # of an insert
        self._mark = MARKS[dialect.name]
        self._constants = {name: bind.value for name, bind in compiled.binds.items() if not bind.required}
        kinds = [(name, bind.type.dialect_impl(dialect)) for name, bind in compiled.binds.items()]
        self._binding = [(name, process) for name, kind in kinds if (process := kind.bind_processor(dialect))]
        columns = list(getattr(source, "selected_columns", ()))
        reading = [column.type.dialect_impl(dialect).result_processor(dialect, None) for column in columns]
        self._reading = [(number, process) for number, process in enumerate(reading) if process]
        self._found = cast(Any, namedtuple)("Found", [column.key for column in columns], rename=True)

    def with_lists(self, values: Row) -> str:
        """The text, with one parameter for each item of a value that is a list."""

        def marks(found: re.Match[str]) -> str:
            name, items = found[1], values.pop(found[1])
            values.update({f"{name}_{number}": item for number, item in enumerate(items)})
            return ", ".join(self.mark(f"{name}_{number}") for number in range(len(items))) or "NULL"

        return LIST.sub(marks, self.text) if "__[" in self.text else self.text

    def mark(self, name: str) -> str:
        """How the driver writes a parameter."""
        return f":{name}" if self._mark is MARKS["sqlite"] else f"%({name})s"

    def renamed(self, text: str, prefix: str) -> str:
        """The text with a prefix before the name of each parameter."""
        return self._mark.sub(lambda found: self.mark(prefix + found[1]), text)

    def parameters(self, values: Mapping[str, Any]) -> Row:
        """The values as the driver takes them."""
        filled = {**self._constants, **values}
        for name, process in self._binding:
            filled[name] = process(filled[name])
        return filled

    def found(self, row: Any) -> Found:
        """A fetched row as Python values, by name."""
        if self._reading:
            row = list(row)
            for number, process in self._reading:
                row[number] = process(row[number])
        return self._found._make(row)


class Statement:
    """One statement; values are given by the names of its bind parameters."""

    def __init__(self, source: Any) -> None:
        self._source = source
        self._texts: dict[str, Text] = {}

    def text(self, dialect: Dialect) -> Text:
        """The statement for this kind of database."""
        known = self._texts.get(dialect.name)
        if known is None:
            known = self._texts[dialect.name] = Text(self._source, dialect)
        return known

    def rows(self, tx: Session, **values: Any) -> list[Found]:
        """Everything that a select finds."""
        tx.flush()
        connection = cast(Connection, tx.bind)
        with _errors(connection.dialect, connection) as driver:
            return self._fetch(connection.dialect, driver, values)

    def first(self, tx: Session, **values: Any) -> Found | None:
        """The first row that a select finds, if any."""
        return next(iter(self.rows(tx, **values)), None)

    def look(self, engine: Engine, **values: Any) -> list[Found]:
        """Everything that a select finds now, outside of any transaction: one round trip instead of three."""
        try:
            pooled = engine.raw_connection()
        except engine.dialect.loaded_dbapi.Error as error:  # a raw connection comes with raw errors
            raise _known(error, engine.dialect, gone=False) from error
        try:
            with _errors(engine.dialect, pooled) as driver, _without_begin(engine.dialect, driver):
                return self._fetch(engine.dialect, driver, values)
        finally:
            pooled.close()

    def _fetch(self, dialect: Dialect, driver: Any, values: Row) -> list[Found]:
        text = self.text(dialect)
        parameters = text.parameters(values)
        cursor = driver.cursor()
        cursor.execute(text.with_lists(parameters), parameters)
        return [text.found(row) for row in cursor.fetchall()]


def insert_into(model: type[Base]) -> Statement:
    """An insert of one row; a column that is not given gets its default or stays empty."""
    table = cast(Table, model.__table__)
    columns = [column for column in table.c if column is not table.autoincrement_column]
    values: Row = {column.key: bindparam(column.key, getattr(column.default, "arg", None)) for column in columns}
    return Statement(insert(table).values(values).inline())


class Writes:
    """What one step writes, sent together: PostgreSQL gets it as one statement, and so in one round trip.

    As parts of one statement they run in no particular order and do not see each other; constraints are checked at
    its end. The first one counts.
    """

    def __init__(self) -> None:
        self._rows: list[tuple[Statement, Mapping[str, Any]]] = []

    def add(self, statement: Statement, rows: Iterable[Mapping[str, Any]]) -> None:
        """Run a statement for these rows; nothing for none."""
        self._rows += [(statement, row) for row in rows]

    def run(self, tx: Session) -> int:
        """Write; answers how many rows the first statement changed."""
        tx.flush()
        connection = cast(Connection, tx.bind)
        send = self._one_by_one if connection.dialect.name == "sqlite" else self._together
        with _errors(connection.dialect, connection) as driver:
            return send(connection.dialect, driver)

    def _one_by_one(self, dialect: Dialect, driver: Any) -> int:
        cursor, changed = driver.cursor(), list[int]()
        for statement, row in self._rows:
            text = statement.text(dialect)
            cursor.execute(text.text, text.parameters(row))
            changed.append(cursor.rowcount)
        return changed[0]

    def _together(self, dialect: Dialect, driver: Any) -> int:
        cursor, changed, rest = driver.cursor(), list[int](), iter(self._rows)
        while part := list(islice(rest, TOGETHER)):
            texts = [statement.text(dialect) for statement, _ in part]
            parameters = {
                f"r{number}_{name}": value
                for number, (text, (_, row)) in enumerate(zip(texts, part, strict=True))
                for name, value in text.parameters(row).items()
            }
            shape = tuple((text, len(list(same))) for text, same in groupby(texts))
            cursor.execute(_joined(shape), parameters)
            changed.append(cursor.rowcount)
        return changed[0]


@functools.lru_cache(maxsize=512)
def _joined(shape: tuple[tuple[Text, int], ...]) -> str:
    """One statement that does what these statements do for so many rows each."""
    parts: list[str] = []
    number = 0
    for text, count in shape:
        prefixes = [f"r{number + each}_" for each in range(count)]
        number += count
        if text.values:
            parts.append(f"{text.head} VALUES {', '.join(text.renamed(text.values, prefix) for prefix in prefixes)}")
        else:
            parts += [text.renamed(text.text, prefix) for prefix in prefixes]
    first, *others = parts
    beside = ", ".join(f"w{number} AS ({part})" for number, part in enumerate(others))
    return f"WITH {beside} {first}" if others else first


@contextmanager
def _without_begin(dialect: Dialect, driver: Any) -> Iterator[None]:
    """psycopg begins a transaction with a first statement unless told otherwise; SQLite's driver was told in db.py."""
    if dialect.name == "sqlite":
        yield
        return
    driver.autocommit = True
    try:
        yield
    finally:
        if not driver.closed:
            driver.autocommit = False


@contextmanager
def _errors(dialect: Dialect, connection: Connection | PoolProxiedConnection) -> Iterator[Any]:
    """The driver's connection; its errors become SQLAlchemy's, and a connection that broke leaves the pool."""
    pooled = connection.connection if isinstance(connection, Connection) else connection
    driver = pooled.driver_connection
    try:
        yield driver
    except dialect.loaded_dbapi.Error as error:
        gone = dialect.is_disconnect(error, cast(Any, driver), None)
        if gone:
            connection.invalidate(error)
        raise _known(error, dialect, gone=gone) from error


def _known(error: Exception, dialect: Dialect, *, gone: bool) -> DBAPIError:
    """The driver's error as SQLAlchemy names it."""
    ours = dialect.loaded_dbapi.Error
    return cast(DBAPIError, DBAPIError.instance(None, None, error, ours, connection_invalidated=gone, dialect=dialect))
