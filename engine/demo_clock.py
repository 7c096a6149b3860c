"""The demo clock: process time of a demo installation, ahead of or behind the real clock by a stored distance.

It moves process time only (timers, deadlines, due dates); sessions, tokens and lockouts use ``App.wall``. The
distance is a row, so it survives a restart, runs on while stopped, and is the same for all processes. A real
installation has no such row and never gets one: only loading the demo into an empty database writes it.
"""

from datetime import datetime, timedelta

from sqlalchemy import BigInteger, func, select
from sqlalchemy.orm import Mapped, mapped_column

from engine.app import App
from engine.bpm.clocks import GOING
from engine.bpm.model import Instance, Timer
from engine.db import Base
from engine.errors import Conflict, Invalid, NotFound


class DemoClock(Base):
    """At most one row: how far process time is ahead of real time, in microseconds."""

    __tablename__ = "demo_clock"
    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    ahead: Mapped[int] = mapped_column(BigInteger)


class ProcessTime:
    """The clock of an installation: the real one, plus the stored distance when this is a demo.

    Whether it is a demo is asked once per process; the distance at each reading, because another process may move it.
    """

    def __init__(self, app: App) -> None:
        self._app = app
        self._demo: bool | None = None

    def __call__(self) -> datetime:
        if self._demo is False:
            return self._app.wall()
        ahead = _ahead(self._app)
        self._demo = ahead is not None
        return self._app.wall() + (ahead or timedelta())


def begin(app: App, at: datetime) -> None:
    """Make this installation a demo whose process time is ``at`` now; raises Conflict when it is one already."""
    with app.transaction() as tx:
        if tx.get(DemoClock, 1):
            raise Conflict("这里已经是演示安装。", en="This is a demo installation already.")
        tx.add(DemoClock(id=1, ahead=_microseconds(at - app.wall())))
    app.clock = ProcessTime(app)


def is_demo(app: App) -> bool:
    """Whether this installation has a demo clock."""
    return _ahead(app) is not None


def require(app: App) -> None:
    """Raises NotFound on a real installation."""
    if not is_demo(app):
        raise _real()


def move(app: App, by: timedelta) -> datetime:
    """Put process time forward by a span between zero and one year; returns the new process time.

    Raises NotFound on a real installation and Invalid for a span that goes back or too far: time that has
    passed is recorded in events and deadlines and cannot be undone.
    """
    if not timedelta() < by <= timedelta(days=366):
        raise Invalid(
            "演示时钟只能向前拨，一次最多一年，例如 PT1H 或 P1D。",
            en="The demo clock only moves forward, at most a year at once, for example PT1H or P1D.",
            problems=[{"field": "by", "message": "请填不超过一年的时长", "en": "up to a year", "rule": "range"}],
        )
    with app.transaction() as tx:
        row = tx.scalar(select(DemoClock).with_for_update())
        if row is None:
            raise _real()
        row.ahead += _microseconds(by)
        return app.wall() + timedelta(microseconds=row.ahead)


def move_to_next(app: App) -> datetime:
    """Put process time forward to the earliest armed timer; returns the new process time.

    Raises NotFound on a real installation and Conflict when nothing is waiting for its time.
    """
    with app.transaction() as tx:
        row = tx.scalar(select(DemoClock).with_for_update())
        if row is None:
            raise _real()
        due_at = tx.scalar(select(func.min(Timer.due_at)).join(Instance).where(Timer.status == "armed", GOING))
        if due_at is None:
            raise Conflict("没有等待到期的定时器，演示时钟没有拨动。", en="No timer is waiting; the clock stays.")
        row.ahead = max(row.ahead, _microseconds(due_at - app.wall()))
        return app.wall() + timedelta(microseconds=row.ahead)


def _ahead(app: App) -> timedelta | None:
    with app.reading() as tx:
        ahead = tx.scalar(select(DemoClock.ahead))
    return None if ahead is None else timedelta(microseconds=ahead)


def _microseconds(span: timedelta) -> int:
    return span // timedelta(microseconds=1)


def _real() -> NotFound:
    return NotFound("这是正式安装，没有演示时钟。", en="This is a real installation; it has no demo clock.")
