"""Counts the dates of duties that have begun again with another calendar, each in a transaction: the row, its process
and its explanation move together, from the old date to the new one. By the rule under which it began; what has not
begun follows each day (duty_creation). A date that somebody moved by hand, and a decision's, stay.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine.app import App
from engine.bpm import rescheduling
from engine.bpm.rescheduling import TABLE_ARRIVED, Why
from engine.bpm.step import ENGINE, opened
from engine.campaign import duty_kinds, moving
from engine.campaign.duty_kinds import rules
from engine.campaign.duty_model import Duty
from engine.campaign.periods import Period
from engine.said import Said


@dataclass(frozen=True, slots=True)
class Moving:
    """A duty that is due at another moment by this calendar."""

    id: int
    instance_id: str
    title: str
    before: datetime
    after: datetime


def wrong_dates(tx: Session, app: App, now: datetime) -> Iterator[Moving]:
    """The begun duties whose date is not the one that the calendar of this app gives."""
    running = select(Duty).where(
        Duty.state == "open", Duty.instance_id.is_not(None), Duty.due_at > now, Duty.rule_version == rules().version
    )
    for row in tx.scalars(running.order_by(Duty.id)):
        kind = duty_kinds.kind_of(row.kind, row.starts_on)
        if kind.subject == "decision" or not kind.in_force(row.starts_on) or row.instance_id is None:
            continue
        due = duty_kinds.due_at(app, kind, _period(row))
        if due != row.due_at and due > now:  # what would be over already is nobody's omission
            yield Moving(row.id, row.instance_id, row.title, row.due_at, due)


def move(tx: Session, app: App, one: Moving, now: datetime, why: Why) -> bool:
    """Let it be due then, in a running transaction; answers whether it was still to be moved."""
    with opened(app, tx, one.instance_id, now, even_suspended=True) as case:
        row = tx.get_one(Duty, one.id, with_for_update=True, populate_existing=True)
        if row.state != "open" or row.due_at != one.before or not moving.holds(case, "due_at", one.before):
            return False
        rescheduling.move_variable(case, "due_at", one.after, why)
        told = duty_kinds.counted(app, duty_kinds.kind_of(row.kind, row.starts_on), _period(row), one.after)
        old, new = (moment.astimezone(app.zone).date().isoformat() for moment in _last_days(one))
        moved = Said(f"由 {old} 改为 {new}：{why.reason}", f"Moved from {old} to {new}: {why.reason}")
        row.due_at, row.trace = one.after, [*(told or row.trace[:1]), *row.trace[1:], moved]
        tx.flush()
        return True


def reproject(app: App, now: datetime) -> int:
    """The same where a holiday table came with the program; answers how many moved."""
    with app.reading() as tx:
        found = {one.id: one for one in wrong_dates(tx, app, now)}
    return rescheduling.each(found, lambda id: _reproject_one(app, found[id], now))


def _reproject_one(app: App, one: Moving, now: datetime) -> bool:
    with app.transaction() as tx:
        return move(tx, app, one, now, Why(ENGINE, TABLE_ARRIVED))


def _last_days(one: Moving) -> tuple[datetime, datetime]:
    """24:00 belongs to the day that ends."""
    return one.before - one.before.resolution, one.after - one.after.resolution


def _period(row: Duty) -> Period:
    return Period(row.period, row.starts_on, row.ends_on)
