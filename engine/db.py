"""The database connection and its column types; holds no table and no verb."""

import functools
import json
import select
import sqlite3
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any, cast

from sqlalchemy import (
    JSON,
    ColumnElement,
    Connection,
    DateTime,
    Engine,
    Float,
    MetaData,
    PoolProxiedConnection,
    Select,
    TypeDecorator,
    create_engine,
    event,
    func,
)
from sqlalchemy import cast as sql_cast
from sqlalchemy.engine import Dialect
from sqlalchemy.exc import DBAPIError, DisconnectionError
from sqlalchemy.orm import DeclarativeBase, ORMExecuteState, Session

from engine.said import Said, beside

NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}


class Base(DeclarativeBase):
    """All tables of the program."""

    metadata = MetaData(naming_convention=NAMING)


class UtcDateTime(TypeDecorator[datetime]):
    """An aware moment, stored as UTC; a naive one is refused (rule C7)."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def bind_processor(self, dialect: Dialect) -> Callable[[datetime | None], Any]:
        """SQLAlchemy's own would run three functions for each value, of which a step has twenty."""
        return _to_text if dialect.name == "sqlite" else _to_utc

    def result_processor(self, dialect: Dialect, coltype: object) -> Callable[[Any], datetime | None]:
        """SQLite answers the text that it was given, PostgreSQL a moment in the zone of the connection."""
        return _from_text if dialect.name == "sqlite" else _to_utc


class Sentences(TypeDecorator[list[str]]):
    """A column of sentences as JSON: each a pair of both languages, or one text where there is but one."""

    impl = JSON
    cache_ok = True

    def process_bind_param(self, value: Iterable[str] | None, dialect: Dialect) -> Any:
        """Pairs for what is said in both languages."""
        if value is None:
            return None
        return [[str(one), one.en] if isinstance(one, Said) else one for one in value]

    def process_result_value(self, value: Any, dialect: Dialect) -> list[str] | None:
        """The same sentences again."""
        return value if value is None else [Said(*one) if isinstance(one, list) else one for one in value]


def twin(of: str) -> Callable[[Any], str | None]:
    """The default of a column that keeps the English of another one's text: what a ``Said`` brings when the row is
    written, else nothing.
    """

    def brought(context: Any) -> str | None:
        told: str | None = context.get_current_parameters().get(of)
        return None if told is None else beside(told)

    return brought


def _to_utc(value: datetime | None) -> datetime | None:
    if value is None:
        return None
    if value.tzinfo is None:
        raise ValueError(f"a moment without a zone reached the database: {value!r}")
    return value.astimezone(UTC)


def _to_text(value: datetime | None) -> str | None:
    moment = _to_utc(value)
    return None if moment is None else _utc_text(moment)


@functools.lru_cache(maxsize=256)  # a step writes two or three moments, each in many rows
def _utc_text(moment: datetime) -> str:
    return moment.replace(tzinfo=None).isoformat(" ", "microseconds")


def _from_text(value: str | None) -> datetime | None:
    return None if value is None else datetime.fromisoformat(value).replace(tzinfo=UTC)


def seconds_between(dialect: Dialect, start: Any, end: Any) -> ColumnElement[float]:
    """The seconds from one moment to another, as SQL."""
    if dialect.name == "postgresql":
        return sql_cast(func.extract("epoch", end - start), Float)
    return (func.julianday(end) - func.julianday(start)) * 86_400.0


_ENCODER = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"))  # json.dumps would make one for each value


def to_json(value: Any) -> str:
    """Compact JSON as it is stored."""
    return _ENCODER.encode(value)


PATIENCE, LOOK = 30_000, 20  # milliseconds that SQLite waits for a lock, and that a writer waits between two looks
SQLITE = (
    "journal_mode=WAL",
    "synchronous=FULL",  # no commit is over before it is on the disk
    "wal_autocheckpoint=4000",  # 16 MB: pages that each step writes are copied into the file less often
    "cache_size=-32000",  # 32 MB
    # Read as memory: the pages are the system's own, none is copied. A walk through many rows costs a third less.
    "mmap_size=2000000000",
    "foreign_keys=ON",
    f"busy_timeout={PATIENCE}",
)


def connect(url: str, *, pool_size: int = 10) -> Engine:
    """An engine for a SQLite or PostgreSQL URL, with the settings that the promises of the house rest on."""
    if url.startswith("sqlite"):
        engine = create_engine(url, json_serializer=to_json, connect_args={"timeout": PATIENCE // 1000})
        _prepare_sqlite(engine)
        return engine
    engine = create_engine(url, json_serializer=to_json, pool_size=pool_size, max_overflow=pool_size)
    _prepare_postgresql(engine)
    return engine


def _prepare_postgresql(engine: Engine) -> None:
    @event.listens_for(engine, "checkout")
    def check(connection: Any, _record: Any, _pooled: Any) -> None:
        # A server that went away has closed the socket, which can then be read although nothing was asked. Looking
        # costs a microsecond; SQLAlchemy's pre-ping costs a round trip for each transaction.
        readable = select.poll()
        readable.register(connection.pgconn.socket, select.POLLIN)
        if readable.poll(0):
            raise DisconnectionError  # the pool opens another one


def _prepare_sqlite(engine: Engine) -> None:
    @event.listens_for(engine, "connect")
    def configure(connection: Any, _record: Any) -> None:
        connection.isolation_level = None  # the driver must not open transactions of its own: BEGIN is ours
        for pragma in SQLITE:
            connection.execute(f"PRAGMA {pragma}")

    @event.listens_for(engine, "begin")
    def begin(connection: Any) -> None:
        # A deferred transaction that turns into a writer can fail at its first write; taking the lock at once cannot.
        mode = connection.get_execution_options().get("sqlite_begin", "IMMEDIATE")
        with driver_of(connection, engine.dialect) as driver:
            if mode == "IMMEDIATE":
                _wait_to_write(driver)
            else:
                driver.execute(f"BEGIN {mode}")


def _wait_to_write(driver: Any) -> None:
    """Begin as SQLite's one writer, as soon as nobody else is.

    SQLite itself looks the more seldom the longer it waits, at last ten times a second. Beside a scheduler that writes
    many units with short rests between them whoever has waited longest would come last, and after half a minute be
    refused. Asked anew, it looks every few milliseconds from the first to the last.
    """
    driver.execute(f"PRAGMA busy_timeout={LOOK}")
    try:
        for left in reversed(range(PATIENCE // LOOK)):
            try:
                driver.execute("BEGIN IMMEDIATE")
                return
            except sqlite3.OperationalError as error:
                if left == 0 or error.sqlite_errorcode & 0xFF != sqlite3.SQLITE_BUSY:
                    raise
    finally:
        driver.execute(f"PRAGMA busy_timeout={PATIENCE}")


@contextmanager
def driver_of(connection: Connection | PoolProxiedConnection, dialect: Dialect) -> Iterator[Any]:
    """The driver's own connection, for what SQLAlchemy does at length; its errors become SQLAlchemy's, and one that
    broke leaves the pool."""
    pooled = connection.connection if isinstance(connection, Connection) else connection
    driver: Any = pooled.driver_connection
    known: Any = dialect.loaded_dbapi.Error
    try:
        yield driver
    except known as error:
        gone = dialect.is_disconnect(error, driver, None)
        if gone:
            connection.invalidate(error)
        raise known_error(error, dialect, gone=gone) from error


def known_error(error: Exception, dialect: Dialect, *, gone: bool) -> DBAPIError:
    """The driver's error as SQLAlchemy names it."""
    ours: Any = dialect.loaded_dbapi.Error
    return cast(DBAPIError, DBAPIError.instance(None, None, error, ours, connection_invalidated=gone, dialect=dialect))


@event.listens_for(Session, "do_orm_execute")
def _as_it_is_now(asked: ORMExecuteState) -> None:
    """A row that is locked is told as it is then: whoever had the lock before may have changed what was read of it."""
    if isinstance(asked.statement, Select) and asked.statement._for_update_arg is not None:
        asked.update_execution_options(populate_existing=True)
