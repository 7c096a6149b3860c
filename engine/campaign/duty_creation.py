"""Creates duties ahead and starts the process of each when it is to be reminded of; any number of schedulers may call.

A duty is a row from some days before its period on. Only when it is to be reminded of, or somebody acts on it, does it
become a process instance: hundreds of places owe some ten duties each, nearly all of which wait for months with
nothing to do, and those that a visit or another record proves by then end in the same step in which they start.
"""

from datetime import date, datetime, timedelta

from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from engine.app import App
from engine.bpm import instances
from engine.bpm.model import Definition
from engine.bpm.step import ENGINE
from engine.campaign import duty_following, duty_kinds, task_reports
from engine.campaign.duty_kinds import Kind, rules
from engine.campaign.duty_model import Duty, DutyPlan
from engine.campaign.duty_subjects import Subject, subjects
from engine.campaign.periods import Period, periods_between
from engine.rows import locked

PROCESS = "periodic_duty"


def create_ahead(app: App) -> bool:
    """Create the missing duties of all kinds up to today's horizon; answers whether a kind was to be planned.

    After an outage the periods that passed meanwhile are created too: from the day of the last plan on. What was due
    before the first plan is nobody's omission and is left out. What has not begun follows the calendar and the rules
    of today (duty_following.py). The kind's row in ``duty_plan`` is the lock, the unique key of ``duty`` the promise.
    """
    today = _today(app)
    with app.transaction() as tx:
        planned = {row.kind: row.planned_on for row in tx.execute(select(DutyPlan.kind, DutyPlan.planned_on))}
        keys = dict.fromkeys(kind.key for kind in rules().kinds)
        wanting = [key for key in keys if planned.get(key, date.min) < today]
        for key in wanting:  # always in the order of the rules: two schedulers at once wait, but never for each other
            row = locked(tx, DutyPlan, key, planned_on=date.min, began_at=app.clock())
            if row.planned_on < today:  # else another scheduler did it while this one waited for the row
                for kind in rules().kinds:  # the rule that ends and the one that follows it
                    if kind.key == key:
                        _create(tx, app, kind, row, today)
                duty_following.follow(tx, app, key)
                row.planned_on = today
        return bool(wanting)


def planning_due(app: App) -> timedelta | None:
    """How long until duties are to be created: none when a kind was not planned today, else until tomorrow."""
    today = _today(app)
    with app.reading() as tx:
        planned = set(tx.scalars(select(DutyPlan.kind).where(DutyPlan.planned_on >= today)))
    if planned >= {kind.key for kind in rules().kinds}:
        return app.calendar.end_of_day(today, app.zone) - app.clock()
    return timedelta()


def begin_next(app: App) -> bool:
    """Start the process of the duty that is to be reminded of first; answers whether there was one."""
    now = app.clock()
    with app.transaction() as tx:
        if not _deployed(tx):
            return False
        waiting = select(Duty).where(Duty.state == "open", Duty.instance_id.is_(None), Duty.begin_at <= now)
        waiting = waiting.order_by(Duty.begin_at, Duty.id).limit(1).with_for_update(skip_locked=True)
        duty = tx.scalar(waiting)
        if duty is not None:
            begin_in(tx, app, duty, duty.begin_at)  # late after an outage, but at its own moment
        return duty is not None


def beginning_due(app: App) -> timedelta | None:
    """How long until the next duty is to be reminded of; None when none waits or the process is not deployed."""
    with app.reading() as tx:
        waiting = select(Duty.begin_at).where(Duty.state == "open", Duty.instance_id.is_(None))
        first = tx.scalar(waiting.order_by(Duty.begin_at).limit(1))
        return None if first is None or not _deployed(tx) else first - app.clock()


def begin_in(tx: Session, app: App, duty: Duty, now: datetime) -> str:
    """Start a duty's process in the caller's transaction, which holds the row; answers the instance."""
    kind = duty_kinds.kind_of(duty.kind, duty.starts_on)
    values = {
        "duty": str(duty.id), "subject": duty.title, "is_missed": False, "due_at": duty.due_at.isoformat(),
        "doer": duty.unit or duty.person or "", "person": duty.person or "", "office": duty.office,
        "wanted": "、".join(kind.evidence), "needs_files": kind.photo, "consequence": kind.consequence,
    }  # fmt: skip
    own = kind.process if kind.process and _deployed(tx, kind.process) else PROCESS
    if own != PROCESS:
        values |= {"problems": "", "next_steps": "", "readers": task_reports.readers(tx, duty)}
    duty.instance_id = instances.start_in(
        tx, app, own, values, by=ENGINE, now=now, business_key=f"ZZ-{duty.id}",
    )  # fmt: skip
    tx.flush()
    return duty.instance_id


def _create(tx: Session, app: App, kind: Kind, plan: DutyPlan, today: date) -> None:
    now, rows = app.clock(), []
    since = today if plan.planned_on == date.min else plan.planned_on
    owing = subjects(tx, kind)
    for rhythm in dict.fromkeys(each.rhythm for each in kind.rhythms):
        theirs = [subject for subject in owing if subject.rhythm(kind.rhythms) == rhythm]
        last = today + timedelta(days=rules().ahead[rhythm])
        for period in periods_between(rhythm, since, last) if theirs else ():
            due = duty_kinds.due_at(app, kind, period)
            rests = kind.workdays and not app.calendar.is_workday(period.ends_on)
            if kind.in_force(period.starts_on) and due > plan.began_at and not rests:
                dates = {
                    "begin_at": duty_kinds.begin_at(app, kind, period), "due_at": due, "created_at": now,
                    "trace": duty_kinds.counted(app, kind, period, due),
                }  # fmt: skip
                rows += [_row(kind, subject, period) | dates for subject in theirs if subject.owes(period)]
    periods = {row["period"] for row in rows}
    there = select(Duty.subject, Duty.period).where(Duty.kind == kind.key, Duty.period.in_(periods))
    existing = {tuple(pair) for pair in tx.execute(there)}
    if missing := [row for row in rows if (row["subject"], row["period"]) not in existing]:
        tx.execute(insert(Duty), missing)


def _row(kind: Kind, subject: Subject, period: Period) -> dict[str, object]:
    return {
        "kind": kind.key, "subject": subject.code, "subject_name": subject.name, "period": period.key,
        "title": duty_kinds.title(kind, subject.name, period.key), "starts_on": period.starts_on,
        "ends_on": period.ends_on, "unit": subject.unit, "person": subject.person, "office": kind.office,
        "place": subject.place, "street": subject.street, "community": subject.community, "grid": subject.grid,
        "state": "open", "rule_version": rules().version,
    }  # fmt: skip


def _deployed(tx: Session, process: str = PROCESS) -> bool:
    return tx.scalar(select(Definition.id).where(Definition.key == process).limit(1)) is not None


def _today(app: App) -> date:
    return app.clock().astimezone(app.zone).date()
