"""How the installation stands in a few numbers, for the person who operates it; reads only."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from sqlalchemy import ColumnElement, func, select

from engine.bpm.clocks import GOING, has_passed
from engine.bpm.heartbeats import living
from engine.bpm.model import Incident, Instance, Message, Notice, Task, Timer

if TYPE_CHECKING:
    from engine.app import App


@dataclass(frozen=True, slots=True)
class Status:
    """``due`` and ``overdue`` count open tasks: due by the end of today, and past their moment. ``late_timers`` should
    be 0 while a scheduler runs; ``late_since`` is the oldest of them. Notices: waiting to be sent, and given up.
    ``schedulers`` are those that live."""

    now: datetime
    running: int
    open_tasks: int
    due: int
    overdue: int
    late_timers: int
    late_since: datetime | None
    incidents: int
    waiting_messages: int
    waiting_notices: int
    failed_notices: int
    schedulers: int


def status(app: "App") -> Status:
    """Count now. Moments are process time, like the deadlines they are compared with."""
    now = app.clock()
    tomorrow = (now.astimezone(app.zone) + timedelta(days=1)).replace(hour=0, minute=0, second=0, microsecond=0)
    with app.reading() as tx:

        def count(*where: ColumnElement[bool]) -> int:
            return tx.scalar(select(func.count()).where(*where)) or 0

        is_open, overdue = Task.status == "open", has_passed(Task.due_at, now)
        theirs = Task.instance_id == Instance.id, is_open
        going = Timer.instance_id == Instance.id, GOING
        late = *going, Timer.status == "armed", Timer.due_at <= now
        return Status(
            now=now,
            running=count(Instance.status.in_(("running", "incident"))),
            open_tasks=count(is_open),
            due=count(*theirs, has_passed(Task.due_at, tomorrow), ~overdue),
            overdue=count(*theirs, overdue),
            late_timers=count(*late),
            late_since=tx.scalar(select(func.min(Timer.due_at)).where(*late)),
            incidents=count(Incident.resolved_at.is_(None)),
            waiting_messages=count(Message.delivered_at.is_(None)),
            waiting_notices=count(Notice.status == "pending"),
            failed_notices=count(Notice.status == "failed"),
            schedulers=count(living(app.wall())),
        )
