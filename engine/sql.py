"""Statements for the hot path: written with SQLAlchemy, compiled once, run on the driver's own cursor in the caller's
transaction. What the ORM and Core do anew for each call is most of what a small statement costs (docs/performance.md).
"""

import functools
import re
from collections import namedtuple
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from itertools import groupby
from typing import Any, cast

import psycopg
from sqlalchemy import Connection, Engine, Table, bindparam, insert
from sqlalchemy.engine import Dialect
from sqlalchemy.orm import Session
from sqlalchemy.sql.compiler import SQLCompiler

from engine.db import Base, driver_of, known_error

Row = dict[str, Any]
Found = Any  # a named tuple of what was selected
TOGETHER = 64  # rows that are sent at once
MARKS = {"sqlite": re.compile(r":(\w+)"), "postgresql": re.compile(r"%\((\w+)\)s")}  # as SQLAlchemy writes them
SIGNS = {"sqlite": "?", "postgresql": "$"}  # as the databases number them: what the drivers need not translate
LIST = re.compile(r"__\[POSTCOMPILE_(\w+)\]")


class Text:
    """A statement as one kind of database reads it, with what turns values into parameters and back."""

    def __init__(self, source: Any, dialect: Dialect) -> None:
        named = cast(Any, type(dialect))(paramstyle="named") if dialect.name == "sqlite" else dialect
        compiled = cast(SQLCompiler, source.compile(dialect=named))
        self._template, self._kind = str(compiled), dialect.name
        for bind in compiled.literal_execute_params:
            written = compiled.render_literal_value(bind.value, bind.type)
            self._template = self._template.replace(f"__[POSTCOMPILE_{compiled.bind_names[bind]}]", written)
        self.together = TOGETHER if dialect.name == "postgresql" or " VALUES " in self._template else 1
        self._lists = LIST.findall(self._template)
        self._constants = {name: bind.value for name, bind in compiled.binds.items() if not bind.required}
        kinds = [(name, bind.type.dialect_impl(dialect)) for name, bind in compiled.binds.items()]
        self._binding = {name: process for name, kind in kinds if (process := kind.bind_processor(dialect))}
        columns = list(getattr(source, "selected_columns", ()))
        reading = [column.type.dialect_impl(dialect).result_processor(dialect, None) for column in columns]
        self._reading = [(number, process) for number, process in enumerate(reading) if process]
        self._found = cast(Any, namedtuple)("Found", [column.key for column in columns], rename=True)
        self._asked = functools.cache(self._with_lists)

    def ask(self, values: Row) -> tuple[str, list[Any]]:
        """The text and its parameters, one for each item of a value that is a list."""
        if not self._lists:
            text, names = self._asked(())
            return text, self.parameters(values, names)
        filled = {**self._constants, **values}
        text, names = self._asked(tuple(len(filled[name]) for name in self._lists))
        for name in self._lists:
            filled.update({f"{name}_{number}": item for number, item in enumerate(filled[name])})
        return text, self.parameters(filled, names)

    def rows(self, start: int, count: int) -> tuple[list[str], list[str]]:
        """The text for so many rows, their parameters numbered after ``start``, and the parameters' names in each row.

        An insert is one text for all, anything else one for each.
        """
        head, values, row = self._template.partition(" VALUES ")
        template, texts, names = row if values else self._template, list[str](), list[str]()
        for _ in range(count):
            text, names = self._numbered(template, start)
            texts.append(text)
            start += len(names)
        return [f"{head}{values}{', '.join(texts)}"] if values else texts, names

    def parameters(self, values: Mapping[str, Any], names: list[str]) -> list[Any]:
        """The values of one row as the driver takes them."""
        constants, binding = self._constants, self._binding
        row = []
        for name in names:
            value = values[name] if name in values else constants[name]
            row.append(binding[name](value) if value is not None and name in binding else value)
        return row

    def _with_lists(self, sizes: tuple[int, ...]) -> tuple[str, list[str]]:
        mark = ":{}_{}" if self._kind == "sqlite" else "%({}_{})s"
        template = self._template
        for name, size in zip(self._lists, sizes, strict=True):
            marks = ", ".join(mark.format(name, number) for number in range(size))
            template = template.replace(f"__[POSTCOMPILE_{name}]", marks or "NULL")
        return self._numbered(template, 0)

    def _numbered(self, template: str, start: int) -> tuple[str, list[str]]:
        numbers: dict[str, int] = {}
        sign = SIGNS[self._kind]

        def number(found: re.Match[str]) -> str:
            return f"{sign}{numbers.setdefault(found[1], start + len(numbers) + 1)}"

        return MARKS[self._kind].sub(number, template), list(numbers)

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
        with driver_of(connection, connection.dialect) as driver:
            return self._fetch(connection.dialect, driver, values)

    def first(self, tx: Session, **values: Any) -> Found | None:
        """The first row that a select finds, if any."""
        return next(iter(self.rows(tx, **values)), None)

    def look(self, engine: Engine, **values: Any) -> list[Found]:
        """Everything that a select finds now, outside of any transaction: one round trip instead of three."""
        try:
            pooled = engine.raw_connection()
        except engine.dialect.loaded_dbapi.Error as error:  # a raw connection comes with raw errors
            raise known_error(error, engine.dialect, gone=False) from error
        try:
            with driver_of(pooled, engine.dialect) as driver, _without_begin(engine.dialect, driver):
                return self._fetch(engine.dialect, driver, values)
        finally:
            pooled.close()

    def _fetch(self, dialect: Dialect, driver: Any, values: Row) -> list[Found]:
        text, cursor = self.text(dialect), cursor_of(driver)
        cursor.execute(*text.ask(values))
        return [text.found(row) for row in cursor.fetchall()]


def insert_into(model: type[Base]) -> Statement:
    """An insert of one row; a column that is not given gets its default or stays empty. A default that is worked out
    from the row (the English of a text, engine.db.twin) is given by whoever writes.
    """
    table = cast(Table, model.__table__)
    columns = [column for column in table.c if column is not table.autoincrement_column]
    given = {column.key: getattr(column.default, "arg", None) for column in columns}
    values: Row = {key: bindparam(key, None if callable(value) else value) for key, value in given.items()}
    return Statement(insert(table).values(values).inline())


def row_of(made: Base) -> Row:
    """The values of an object that no session has, as an insert takes them; what is None gets its default."""
    return {name: value for name, value in vars(made).items() if name != "_sa_instance_state" and value is not None}


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

    def regroup(self) -> None:
        """Bring rows of one statement together, the statements in the order in which they came first."""
        first = {statement: number for number, statement in reversed([*enumerate(one for one, _ in self._rows)])}
        self._rows.sort(key=lambda pair: first[pair[0]])

    def run(self, tx: Session) -> int:
        """Write; answers how many rows the first statement changed, 0 when there was none."""
        tx.flush()
        connection = cast(Connection, tx.bind)
        dialect, changed = connection.dialect, list[int]()
        with driver_of(connection, dialect) as driver:
            cursor = cursor_of(driver)
            for part in self._parts(dialect):
                shape = groupby(text for text, _ in part)
                joined, names = _joined(tuple((text, len(list(same))) for text, same in shape))
                cursor.execute(joined, [value for text, row in part for value in text.parameters(row, names[text])])
                changed.append(cursor.rowcount)
        return changed[0] if changed else 0

    def _parts(self, dialect: Dialect) -> Iterator[list[tuple[Text, Mapping[str, Any]]]]:
        """What goes together: with PostgreSQL whatever comes, with SQLite rows of one insert."""
        rows = [(statement.text(dialect), row) for statement, row in self._rows]
        for _, same in groupby(rows, key=lambda pair: dialect.name == "postgresql" or pair[0]):
            part = list(same)
            size = part[0][0].together
            yield from (part[start : start + size] for start in range(0, len(part), size))


@functools.lru_cache(maxsize=512)
def _joined(shape: tuple[tuple[Text, int], ...]) -> tuple[str, dict[Text, list[str]]]:
    """One statement that does what these do for so many rows each, and the names of their parameters in order."""
    parts, names, start = list[str](), dict[Text, list[str]](), 0
    for text, count in shape:
        more, names[text] = text.rows(start, count)
        parts += more
        start += count * len(names[text])
    first, *others = parts
    beside = ", ".join(f"w{number} AS ({part})" for number, part in enumerate(others))
    return f"WITH {beside} {first}" if others else first, names


def cursor_of(driver: Any) -> Any:
    """A cursor of the driver that takes statements as the database numbers their parameters."""
    return psycopg.RawCursor(driver) if isinstance(driver, psycopg.Connection) else driver.cursor()


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
