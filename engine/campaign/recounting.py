"""Counts the open dates of cases again with another calendar, one transaction for each case, and says what that moved.

A trial does the very same and undoes it: what it shows is what saving does.
"""

import copy
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time
from typing import Any

import structlog
from sqlalchemy import select
from sqlalchemy.orm import Session

from engine.app import App
from engine.bpm import rescheduling
from engine.bpm.model import Instance, Task, Timer
from engine.bpm.rescheduling import Why
from engine.calendar import Calendar
from engine.campaign import deadlines, duty_recounting, moving
from engine.campaign.case_model import Deadline, Hazard
from engine.campaign.report_model import CitizenReport
from engine.errors import Unavailable

log = structlog.get_logger()
DEADLINE, TASK, TIMER, DUTY = "deadline", "task", "timer", "duty"
WORDS = {DEADLINE: "时限", TASK: "任务", TIMER: "定时器", DUTY: "定期履职"}


@dataclass(frozen=True, slots=True)
class Moved:
    """One due moment that moves: of a deadline (``title`` is its kind), a duty, a task or a timer of a
    case."""

    what: str
    number: str
    title: str
    before: datetime
    after: datetime


@dataclass(slots=True)
class Effect:
    """What counting again does: what ``moved``, how many dates are ``confirmed`` as they are, how many stay
    provisional, which cases could not be counted.
    """

    moved: list[Moved] = field(default_factory=list)
    confirmed: int = 0
    provisional: int = 0
    failed: list[str] = field(default_factory=list)


class _Undone(Exception):
    """Leaves the transaction of a trial without a trace."""


def recount(app: App, calendar: Calendar, now: datetime, why: Why, *, year: int, again: bool, dry: bool) -> Effect:
    """Count every provisional date with this calendar; ``again`` also deadlines that lie in a year whose table is
    corrected. With ``dry`` nothing stays.
    """
    then = copy.copy(app)
    then.calendar = calendar
    effect = Effect()
    with app.reading() as tx:
        cases = _cases(tx, app, year, again)
        duties = list(duty_recounting.wrong_dates(tx, then, now))
    for instance_id in cases:
        try:
            _one(then, instance_id, now, why, effect, (year, again), dry=dry)
        except _Undone:
            pass
        except Unavailable:
            raise
        except Exception as error:  # stays as it is and stops nobody else (S5)
            log.error("recount.failed", key=instance_id, error=repr(error))
            with app.reading() as tx:
                effect.failed.append(_number(tx, instance_id))
    for duty in duties:
        try:
            _duty(then, duty, now, why, effect, dry=dry)
        except _Undone:
            pass
        except Unavailable:
            raise
        except Exception as error:
            log.error("recount.failed", key=duty.id, error=repr(error))
            effect.failed.append(duty.title)
    effect.moved.sort(key=lambda one: (one.before, one.what, one.number, one.title, one.after))
    return effect


def _one(
    app: App, instance_id: str, now: datetime, why: Why, effect: Effect, about: tuple[int, bool], *, dry: bool
) -> None:  # fmt: skip
    with app.transaction() as tx:
        number, before = _number(tx, instance_id), _dates(tx, instance_id)
        rescheduling.reproject_in(app, tx, instance_id, now, why)
        for row_id in tx.scalars(_deadlines(app, *about).where(_mine(instance_id)).order_by(Deadline.id)).all():
            moving.reproject_in(app, tx, row_id, now, why)
        tx.flush()
        moved, confirmed, provisional = _compared(tx, number, before, _dates(tx, instance_id))
        effect.moved += moved
        effect.confirmed += confirmed
        effect.provisional += provisional
        if dry:
            raise _Undone


def _duty(app: App, duty: duty_recounting.Moving, now: datetime, why: Why, effect: Effect, *, dry: bool) -> None:
    with app.transaction() as tx:
        if duty_recounting.move(tx, app, duty, now, why):
            number = _number(tx, duty.instance_id)
            effect.moved.append(Moved(DUTY, number, duty.title, duty.before, duty.after))
        if dry:
            raise _Undone


def _cases(tx: Session, app: App, year: int, again: bool) -> Sequence[str]:
    armed = select(Timer.instance_id).where(Timer.provisional, Timer.status == "armed")
    waiting = select(Task.instance_id).where(Task.provisional, Task.status == "open")
    found = set(tx.scalars(armed.union(waiting)))
    rows = _deadlines(app, year, again).subquery()
    of_hazards = select(Hazard.instance_id).join(Deadline, Deadline.hazard == Hazard.number)
    of_reports = select(CitizenReport.instance_id).join(Deadline, Deadline.report == CitizenReport.number)
    for query in (of_hazards, of_reports):
        found |= {one for one in tx.scalars(query.where(Deadline.id.in_(select(rows.c.id)))) if one}
    return sorted(found)


def _deadlines(app: App, year: int, again: bool) -> Any:
    """The open deadlines that a table of this year can move."""
    wanted: Any = Deadline.provisional
    if again:
        first = datetime.combine(date(year, 1, 1), time(), app.zone)
        touched = (Deadline.due_at > first) & (Deadline.start_at < first.replace(year=year + 1))
        wanted = wanted | (touched & Deadline.unit.in_(("wd", "wh", "d", "month")))
    return select(Deadline.id).where(wanted, Deadline.state == deadlines.OPEN)


def _mine(instance_id: str) -> Any:
    hazards = select(Hazard.number).where(Hazard.instance_id == instance_id)
    reports = select(CitizenReport.number).where(CitizenReport.instance_id == instance_id)
    return Deadline.hazard.in_(hazards) | Deadline.report.in_(reports)


def _number(tx: Session, instance_id: str) -> str:
    return tx.scalar(select(Instance.business_key).where(Instance.id == instance_id)) or instance_id


@dataclass(frozen=True, slots=True)
class _Date:
    title: str
    due_at: datetime
    provisional: bool


def _dates(tx: Session, instance_id: str) -> dict[tuple[str, str], _Date]:
    """What is due in a case, by what it is: an open task by its id, a deadline by its kind, a timer by its element."""
    tasks = select(Task.id, Task.name, Task.due_at, Task.provisional).where(
        Task.instance_id == instance_id, Task.status == "open", Task.due_at.is_not(None)
    )
    rows = select(Deadline.kind, Deadline.hazard, Deadline.report, Deadline.due_at, Deadline.provisional).where(
        _mine(instance_id), Deadline.state == deadlines.OPEN
    )
    armed = select(Timer.element, Timer.due_at, Timer.provisional).where(
        Timer.instance_id == instance_id, Timer.status == "armed"
    )
    found = {(TASK, row.id): _Date(row.name, row.due_at, row.provisional) for row in tx.execute(tasks)}
    for row in tx.execute(rows):
        found[DEADLINE, f"{row.kind}{row.hazard or row.report}"] = _Date(row.kind, row.due_at, row.provisional)
    for n, timer in enumerate(tx.execute(armed.order_by(Timer.element, Timer.due_at))):
        found[TIMER, f"{timer.element} {n}"] = _Date(timer.element, timer.due_at, timer.provisional)
    return found


def _compared(
    tx: Session, number: str, before: dict[tuple[str, str], _Date], after: dict[tuple[str, str], _Date]
) -> tuple[list[Moved], int, int]:
    moved, confirmed = [], 0
    for key, old in before.items():
        new = after.get(key)
        if new is None:
            continue
        if new.due_at != old.due_at:
            moved.append(Moved(key[0], number, new.title, old.due_at, new.due_at))
        elif old.provisional and not new.provisional:
            confirmed += 1
    return moved, confirmed, sum(one.provisional for one in after.values())


def grouped(moved: Iterable[Moved], app: App) -> list[dict[str, Any]]:
    """How many move from which last day to which, by what they are; the most first."""
    counts: dict[tuple[str, str, date, date], int] = {}
    for one in moved:
        key = (one.what, one.title, deadlines.last_day(one.before, app), deadlines.last_day(one.after, app))
        counts[key] = counts.get(key, 0) + 1
    return [
        {"what": what, "what_name": WORDS[what], "title": title, "from_day": first, "to_day": last, "n": n}
        for (what, title, first, last), n in sorted(counts.items(), key=lambda item: (-item[1], item[0]))
    ]
