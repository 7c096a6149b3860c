"""The reminders of a deadline (table D4) are rows that live and die with it; when they are due is counted here."""

from collections.abc import Iterator
from datetime import datetime, time
from zoneinfo import ZoneInfo

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from engine.app import App
from engine.calendar import Calendar
from engine.campaign import clock_rules
from engine.campaign.case_model import Deadline, Reminder

ARMED, SENT, DROPPED, SKIPPED = "armed", "sent", "dropped", "skipped"
MORNING = time(8, 30)


def arm(tx: Session, app: App, row: Deadline, now: datetime, *, first: bool = False) -> None:
    """Write the reminders of a deadline that lie ahead."""
    tx.add_all(reminders(app, row, now, first=first))


def reminders(app: App, row: Deadline, now: datetime, *, first: bool = False) -> Iterator[Reminder]:
    """The reminders that the rule in force on the day of the start gives this deadline, as far as they lie ahead.

    What is due ``start`` is sent for the ``first`` deadline only, not again when its date was changed.
    """
    if not row.clock:
        return
    rule = clock_rules.rule(row.clock, row.start_at.astimezone(app.zone).date())
    for each in rule.reminders:
        due_at = moment(each.at, row, now, app.calendar, app.zone)
        if first if each.at == "start" else due_at >= now:
            yield Reminder(
                deadline=row.id, row=each.row, at=each.at, due_at=due_at, audience=list(each.to), how=each.how,
                text=each.text, state=ARMED,
            )  # fmt: skip


def moment(at: str, row: Deadline, now: datetime, calendar: Calendar, zone: ZoneInfo) -> datetime:
    """When it is due: ``start`` now, ``+4wh`` after the start, ``-3wd`` at 08:30 that many working days before the last
    day, ``day 09:00`` on the last day, ``over`` on the working morning after it. What follows a whole day comes on the
    next working morning.
    """
    if at == "start":
        return now
    if at == "over":
        return calendar.next_workday(row.due_at - row.due_at.resolution, f"{MORNING:%H:%M}", zone)
    if at.startswith("day "):
        return datetime.combine(row.due_on, time.fromisoformat(at[4:]), zone)
    n, unit = int(at[1:-2]), at[-2:]
    if at.startswith("-"):
        return datetime.combine(calendar.add_workdays(row.due_on, -n), MORNING, zone)
    end = calendar.count(row.start_at, n, unit, "F", zone).due_at
    return end if unit == "wh" else calendar.next_workday(end - end.resolution, f"{MORNING:%H:%M}", zone)


def drop(tx: Session, row: Deadline, now: datetime) -> None:
    """The reminders of a deadline that was replaced, stopped or ended are not sent any more."""
    mine = (Reminder.deadline == row.id, Reminder.state == ARMED)
    tx.execute(update(Reminder).where(*mine).values(state=DROPPED, ended_at=now))


def arm_old(app: App, now: datetime) -> int:
    """Give open deadlines that were set by a program without reminders their own; answers 0, no date moves."""
    none = ~select(Reminder.id).where(Reminder.deadline == Deadline.id).exists()
    with app.transaction() as tx:
        old = select(Deadline).where(Deadline.state == "open", Deadline.clock != "", Deadline.due_at > now, none)
        for row in tx.scalars(old.with_for_update(skip_locked=True)):
            arm(tx, app, row, now)
    return 0
