"""Where in the event log a moment lies: by its order, for an index over moments would cost every step.

Events are written in the order of real time; the moments of the process never lie further behind it than the clock of
the process is ahead of real time now.
"""

from datetime import datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from engine.app import App
from engine.bpm.model import Event

SLACK = timedelta(hours=1)  # clocks of several machines, transactions that commit in another order


def first_since(tx: Session, app: App, since: datetime) -> int:
    """A number such that every event at or after ``since`` has this number or a higher one."""
    ahead = max(app.clock() - app.wall(), timedelta())
    bound = since - ahead - SLACK
    low, high = tx.scalar(select(func.min(Event.id))) or 0, tx.scalar(select(func.max(Event.id))) or 0
    while low < high:
        middle = (low + high) // 2
        found = tx.execute(
            select(Event.id, Event.recorded_at).where(Event.id > middle).order_by(Event.id).limit(1)
        ).one()
        if found.recorded_at < bound:
            low = found.id
        else:
            high = middle
    return int(low)
