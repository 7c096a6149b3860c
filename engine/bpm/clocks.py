"""Which instances go on, and what has passed by an instance's own clock, which stands still in some suspensions."""

from datetime import datetime

from sqlalchemy import ColumnElement, and_, not_, or_, select
from sqlalchemy.orm import InstrumentedAttribute

from engine.bpm.model import Instance
from engine.bpm.step import Standing

GOING = Instance.suspended_at.is_(None)  # the scheduler fires nothing of the others
# In columns that stand before the state of an instance: of a hundred thousand SQLite would read all of it to get past.
OPEN = Instance.status.in_(("running", "incident"))
SUSPENDED = select(Instance.id).where(Instance.suspended_at.is_not(None))


def own_time(instance: Instance | Standing, now: datetime) -> datetime:
    """What time it is for this instance: that of its suspension while its clock is stopped."""
    return instance.suspended_at if instance.clock_stopped and instance.suspended_at else now


def has_passed(due_at: InstrumentedAttribute[datetime | None], now: datetime) -> ColumnElement[bool]:
    """Whether a due moment is over by the clock of its instance, as a condition over ``instance``; never NULL."""
    stopped = and_(Instance.clock_stopped, due_at <= Instance.suspended_at)
    return and_(due_at.is_not(None), or_(and_(not_(Instance.clock_stopped), due_at <= now), stopped))
