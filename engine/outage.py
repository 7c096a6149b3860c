"""What a failing database means for a command: whether it took effect, and whether doing the same again can help."""

from collections.abc import Iterator
from contextlib import contextmanager
from sqlite3 import SQLITE_BUSY

from sqlalchemy.exc import DBAPIError, OperationalError, PendingRollbackError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from engine.errors import Interrupted, Unavailable, Unsure

FULL = "53100"  # PostgreSQL's disk_full


@contextmanager
def translated() -> Iterator[None]:
    """Turn the errors of a database that is away, broken, full or at cross purposes into sentences.

    What was not committed has changed nothing. On PostgreSQL a lost connection, a restart or a deadlock is over in a
    moment: Interrupted. SQLite has no server, and has waited 30 s for other writers by itself: Unavailable.
    """
    try:
        yield
    except OperationalError as error:
        if getattr(error.orig, "sqlite_errorcode", 0) & 0xFF == SQLITE_BUSY:
            raise _busy() from error
        state = getattr(error.orig, "sqlstate", FULL)  # SQLite's errors have none
        kind = Unavailable if state == FULL else Interrupted
        raise _said(kind, str(error.orig)) from error
    except (PendingRollbackError, PoolTimeout) as error:  # used after it broke; none was free in time
        raise _said(Interrupted, str(error)) from error


@contextmanager
def committing() -> Iterator[None]:
    """A connection that breaks while the commit is on its way leaves open whether it arrived."""
    try:
        yield
    except DBAPIError as error:
        if not error.connection_invalidated:
            raise
        raise unsure(error) from error


def unsure(error: Exception) -> Unsure:
    """The answer when it is not known whether the act took effect."""
    return Unsure(
        "与数据库的连接在保存时中断，不能确定本次操作是否已生效。请刷新后核对，没有生效时再试一次。",
        en=f"The connection broke while saving ({_line(str(error))}); look whether it took effect before trying again.",
    )


def _busy() -> Unavailable:
    return Unavailable(
        "别人正在保存，等了很久还没有轮到，本次操作没有生效。请稍后重试；正在导入大批数据时可等导入完成。",
        en="Others are saving and your turn did not come; nothing was changed. Try again in a moment.",
    )


def _said(kind: type[Unavailable], reason: str) -> Unavailable:
    return kind(
        f"数据库暂时不可用（{_line(reason)}），本次操作没有生效，请稍后重试；如反复出现请联系管理员。",
        en=f"The database is not available ({_line(reason)}); nothing was changed. Try again later.",
    )


def _line(reason: str) -> str:
    return reason.strip().partition("\n")[0]
