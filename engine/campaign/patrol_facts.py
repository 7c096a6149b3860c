"""The facts behind the patrol plan, for many places in a few statements."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from engine.campaign import deadlines
from engine.campaign.case_model import Deadline, Hazard
from engine.campaign.found_before import RECURRENCE
from engine.campaign.model import Place
from engine.campaign.patrol_rules import Facts, Recurrence
from engine.campaign.visit_counting import counting as counting
from engine.campaign.visit_counting import last_visits

CLOSED_WITHIN = timedelta(days=200)  # how long a closed major hazard is looked back at


@dataclass(slots=True)
class Known:
    """What the records say about one place; ``changes_at`` is when time alone changes it (a deadline passes, a
    recurrence counts no more). A recurrence counts as long as the next finding would be a repeat of it too.
    """

    last_on: date | None = None
    open_major: bool = False
    overdue: bool = False
    closed: list[date] = field(default_factory=list)
    recurred: Recurrence | None = None
    recurs_until: datetime | None = None
    changes_at: datetime | None = None

    def facts(self, place: Place) -> Facts:
        """What the tables ask for."""
        return Facts(
            place.status, place.risk_level, self.open_major, self.overdue, place.place_kind, place.fire_key_level,
            tuple(self.closed), self.recurred,
        )  # fmt: skip


def known(tx: Session, places: Sequence[str], now: datetime, zone: ZoneInfo) -> defaultdict[str, Known]:
    """What the records say about these places now."""
    found: defaultdict[str, Known] = defaultdict(Known)
    for place, at in tx.execute(last_visits(places, now)):
        found[place].last_on = at.astimezone(zone).date()
    valid = Hazard.place.in_(places), Hazard.void_reason.is_(None)
    for place, closed_at in tx.execute(
        select(Hazard.place, Hazard.closed_at).where(
            *valid, Hazard.is_major, Hazard.closed_at.is_(None) | (Hazard.closed_at > now - CLOSED_WITHIN)
        ).order_by(Hazard.number)
    ):  # fmt: skip
        if closed_at is None:
            found[place].open_major = True
        else:
            found[place].closed.append(closed_at.astimezone(zone).date())
    running = select(Hazard.place, func.min(Deadline.due_at)).join(Deadline, Deadline.hazard == Hazard.number)
    running = running.where(*valid, Hazard.closed_at.is_(None), Deadline.kind == deadlines.RECTIFY,
                            Deadline.state == deadlines.OPEN).group_by(Hazard.place)  # fmt: skip
    for place, due_at in tx.execute(running):
        if due_at <= now:
            found[place].overdue = True
        else:
            found[place].changes_at = due_at
    back = select(Hazard.place, Hazard.number, Hazard.recurs, Hazard.found_at).where(
        *valid, Hazard.recurs.is_not(None), Hazard.found_at > now - RECURRENCE
    )
    for place, number, closed, found_at in tx.execute(back.order_by(Hazard.found_at, Hazard.number)):
        record, ends = found[place], found_at + RECURRENCE  # the last one of a place stays
        record.recurred = Recurrence(
            number, closed or "", found_at.astimezone(zone).date(), ends.astimezone(zone).date()
        )
        record.recurs_until = ends
    for record in found.values():
        record.changes_at = min(filter(None, (record.changes_at, record.recurs_until)), default=None)
    return found
