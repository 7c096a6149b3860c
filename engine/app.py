"""App: the outside world in one object. ``transaction()`` holds the only commit in the program."""

import functools
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy import ColumnElement, Connection, Engine
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from engine.bpm import batch_model, draft_model, heartbeat_model, work_model  # noqa: F401  # the tables of every installation
from engine.bpm.operators import Registry
from engine.bpm.spiff import Model, parse
from engine.bpm.spiff.parser import content_hash
from engine.bpm.viewer import Account, Viewer
from engine.calendar import Calendar
from engine.clock import Clock, system_clock
from engine.db import connect
from engine.errors import Collided, EngineError, Problem
from engine.files import Files
from engine.outage import committing, translated
from engine.recent import Recent
from engine.settings import Settings
from engine.sql import Statement

if TYPE_CHECKING:
    from engine.bpm.rescheduling import Why
    from engine.bpm.spiff.types import Move, Snapshot
    from engine.bpm.step import Opened
    from engine.sql import Found

    Act = Callable[[Opened, Found, Mapping[str, Any], Viewer], None]

KEPT = "kept"  # session.info flag: what was written before a savepoint stays although the act was refused (rule C3)


class App:
    """One installation and all it talks to. ``clock`` is process time, ``wall`` real time (sessions, lockouts)."""

    def __init__(self, settings: Settings, *, clock: Clock = system_clock, wall: Clock = system_clock) -> None:
        self.settings = settings
        self.clock = clock
        self.wall = wall
        self.zone = settings.zone
        self.calendar = Calendar.default()  # with what people saved since, see engine/campaign/calendars.py
        self.calendar_version = 0  # up to which saved table
        self.calendar_looked: datetime | None = None
        self.files = Files(settings.data_dir / "files")
        self.operators = Registry()
        self.functions: dict[str, Callable[..., Any]] = {}
        self.groups: Callable[[], frozenset[str]] = frozenset  # the groups that people have, for the linter
        self.peopled: Callable[[Session, Iterable[str]], frozenset[str]] = lambda _, names: frozenset(names)  # of these
        self.accounts: Callable[[Session, Iterable[str]], Mapping[str, Account]] = _everybody  # of those that exist
        self.rules: list[Callable[[Model], Iterator[Problem]]] = []  # what the linter checks besides, such as statutes
        # What completing a task of (process, element) needs besides its form, and leaves in the registers; may refuse.
        self.acts: dict[tuple[str, str], Act] = {}
        self.said: list[Callable[[App, Session, Viewer, str], None]] = []  # asked before a remark is kept; may refuse
        self.sights: list[Callable[[Viewer], ColumnElement[bool]]] = []  # further reasons to see an instance
        # Instances of which a viewer is shown the own tasks only, whatever the reason to see them.
        self.own_parts: list[Callable[[Viewer], ColumnElement[bool]]] = []
        self.moved: list[Callable[[Opened, Sequence[Move], Why], None]] = []  # told in the transaction what moved (C5)
        self.stepped: list[Callable[[Opened, Snapshot, Snapshot, datetime], None]] = []  # … and from where to where
        self.projections: list[Callable[[App, datetime], int]] = []  # further provisional dates to count again (C9)
        self.before_commit: list[Callable[[Session], None]] = []  # the last writes of a transaction, while it holds
        self.after_commit: list[Callable[[], None]] = []
        self.engine = connect(settings.database_url)
        self._reader = self.engine.execution_options(sqlite_begin="DEFERRED")
        self.named: dict[str, Any] = {}  # what never changes of each definition, see engine/bpm/step.py
        self.linted: Recent[Any, list[Problem]] = Recent(64)  # see engine/bpm/definitions.py
        self.tried: Recent[bytes, dict[str, Any]] = Recent(2_000)  # scenarios, see engine/bpm/deploy_gate.py
        self.read: Recent[tuple[str, ...], Model] = Recent(4)  # files that are being deployed or compared
        self.model = functools.lru_cache(maxsize=256)(self._parse)

    @contextmanager
    def transaction(self) -> Iterator[Session]:
        """One verb, one transaction: left normally it is committed; an error rolls it back.

        The exception is an act that is refused after due timers fired on the same instance: the firings were
        marked as kept before the act's savepoint, and stay committed (rule C3).
        """
        refusal: EngineError | None = None
        with _clear_database_errors(), _begun(self.engine) as connection:
            with _session(connection) as session:
                try:
                    yield session
                except EngineError as error:
                    if not session.info.get(KEPT):
                        raise
                    refusal = error
                session.flush()
                for write in self.before_commit:
                    write(session)
            with committing():
                connection.commit()
        for notify in self.after_commit:
            notify()
        if refusal:
            raise refusal

    @contextmanager
    def reading(self) -> Iterator[Session]:
        """A consistent look at the database that never waits for writers and cannot change anything."""
        with (
            _clear_database_errors(),
            _begun(self._reader) as connection,
            _session(connection) as session,
        ):
            yield session

    def look(self, statement: Statement, **values: Any) -> list[Any]:
        """What one statement finds now; cheaper than ``reading`` for who needs no more than that."""
        with _clear_database_errors():
            return statement.look(self.engine, **values)

    def parsed(self, files: Mapping[str, bytes]) -> Model:
        """The model of these files, read once for whoever asks soon after each other: a large one takes seconds, which
        nobody spends in a writing transaction. Raises Refused.
        """
        key = (content_hash(files), *files)  # their order says which process leads
        model = self.read.get(key)
        if model is None:
            model = parse(files)
            self.read.keep(key, model)
        return model

    def _parse(self, bundle_hash: str, process: str) -> Model:
        from engine.bpm.bundles import bundle_files  # the cache lives here, the table there

        with self.reading() as tx:
            return parse(bundle_files(tx, bundle_hash), process)

    def close(self) -> None:
        """Give the connections back."""
        self.engine.dispose()


def _everybody(tx: Session, names: Iterable[str]) -> Mapping[str, Account]:
    return {name: Account() for name in names}


@contextmanager
def _begun(engine: Engine) -> Iterator[Connection]:
    """A connection in a transaction, which is undone unless it was committed.

    Sessions are bound to it: one that nobody uses as a session costs nothing, and statements of the hot path
    (engine/sql.py) run beside the ORM in the same transaction.
    """
    with engine.connect() as connection:
        connection.begin()
        yield connection


@contextmanager
def _session(connection: Connection) -> Iterator[Session]:
    """A session in this connection's transaction; one that loaded and changed nothing has nothing to give back."""
    session = Session(connection, expire_on_commit=False)
    try:
        yield session
    finally:
        if session.in_transaction():
            session.close()


@contextmanager
def _clear_database_errors() -> Iterator[None]:
    try:
        with translated():
            yield
    except IntegrityError as error:
        if not _taken(error):
            raise
        raise Collided(
            "同一时刻有人提交了相同的内容，本次操作没有生效，请刷新后重试。",
            en="Somebody submitted the same at the same moment; nothing was changed. Reload and try again.",
        ) from error


def _taken(error: IntegrityError) -> bool:
    """Whether two wrote the same unique value at once; any other violation is a fault of the program."""
    unique = ("SQLITE_CONSTRAINT_UNIQUE", "SQLITE_CONSTRAINT_PRIMARYKEY")
    return getattr(error.orig, "sqlstate", "") == "23505" or getattr(error.orig, "sqlite_errorname", "") in unique
