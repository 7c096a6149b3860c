"""The database connection and its column types; holds no table and no verb."""

import json
import select
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import DateTime, Engine, MetaData, TypeDecorator, create_engine, event
from sqlalchemy.engine import Dialect
from sqlalchemy.exc import DisconnectionError
from sqlalchemy.orm import DeclarativeBase

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

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError(f"a moment without a zone reached the database: {value!r}")
        moment = value.astimezone(UTC)
        return moment.replace(tzinfo=None) if dialect.name == "sqlite" else moment

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


def to_json(value: Any) -> str:
    """Compact JSON as it is stored."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def connect(url: str, *, pool_size: int = 10) -> Engine:
    """An engine for a SQLite or PostgreSQL URL, with the settings that the promises of the house rest on."""
    if url.startswith("sqlite"):
        engine = create_engine(url, json_serializer=to_json, connect_args={"timeout": 30})
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
        for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", "busy_timeout=30000"):
            connection.execute(f"PRAGMA {pragma}")

    @event.listens_for(engine, "begin")
    def begin(connection: Any) -> None:
        # A deferred transaction that turns into a writer can fail at its first write; taking the lock at once cannot.
        mode = connection.get_execution_options().get("sqlite_begin", "IMMEDIATE")
        connection.exec_driver_sql(f"BEGIN {mode}")
