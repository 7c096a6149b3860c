"""The clocks of papers, measures and steps: whoever gives something to somebody sets the limit for it, here."""

from datetime import datetime, time

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine.app import App
from engine.bpm.spiff import Model
from engine.bpm.spiff.types import OpenTask, Snapshot
from engine.bpm.step import Opened
from engine.campaign import deadlines, powers, started_clocks
from engine.campaign.case_model import Assignment, Hazard, Measure
from engine.campaign.deadlines import About, of_hazard, of_report
from engine.campaign.measures import SEALS
from engine.campaign.report_model import CitizenReport

SIGN, ANSWER = "签收", "答复"
OF_PAPER = {"交办": {SIGN: "T51"}, "移交": {SIGN: "T49", ANSWER: "T50"}}  # kind of paper → clocks of its limits
REMIND_THEMSELVES = {"移交"}  # the diagram of a transfer reminds and alarms
STOPS, SEALED, SEALED_ON = "T4", "T19", "T20"
HAND_IN = ("hazard", "rectify")  # process and task
PROPERTY = "clock"  # of a user task: by which clock it is due


def paper_sent(tx: Session, app: App, row: Assignment, now: datetime) -> None:
    """The time to sign begins."""
    _begin(tx, app, row, SIGN, row.sign_due_at, now)


def paper_signed(tx: Session, app: App, row: Assignment, now: datetime) -> None:
    """It was signed; the time to answer begins."""
    deadlines.close_in(tx, of_hazard(row.hazard), now, kind=row.kind + SIGN)
    _begin(tx, app, row, ANSWER, row.answer_due_at, now)


def paper_over(tx: Session, row: Assignment, now: datetime) -> None:
    """It was returned or answered."""
    for what in (SIGN, ANSWER):
        deadlines.close_in(tx, of_hazard(row.hazard), now, kind=row.kind + what)


def measure_runs(tx: Session, app: App, row: Measure, now: datetime, *, reminded: bool = True) -> None:
    """The department must decide before the measure ends; an extension counts from the same day by its own clock. Not
    ``reminded`` when the diagram reminds by itself.
    """
    days = (deadlines.last_day(row.ends_at, app) - row.starts_on).days
    if row.kind in SEALS:
        clock = SEALED_ON if row.extended_at else SEALED
    else:
        clock = STOPS if powers.measure_act(row.kind) == "order_stop" else ""
    deadlines.open_in(
        tx, app, of_hazard(row.hazard), row.kind, start_at=datetime.combine(row.starts_on, time(), app.zone), n=days,
        unit="d", roll="N", due_at=row.ends_at, clause=row.basis, clock=clock, duty_unit=row.organ, now=now,
        reason="依法延长", extends=1 if row.extended_at else 0, reminded=reminded,
    )  # fmt: skip


def measure_over(tx: Session, row: Measure, now: datetime) -> None:
    """It was lifted."""
    deadlines.close_in(tx, of_hazard(row.hazard), now, kind=row.kind)


def follow_tasks(case: Opened, before: Snapshot, after: Snapshot, at: datetime) -> None:
    """A user task with the property ``clock`` has a deadline of its own, by that clock, which ends with the task."""
    was, now = ({task.id: task for task in snapshot.tasks} for snapshot in (before, after))
    if was.keys() == now.keys():
        return
    over = [task for id, task in was.items() if id not in now]
    ended = [task for task in over if _clock_of(case.model, task)]
    begun = [(task, code) for id, task in now.items() if id not in was and (code := _clock_of(case.model, task))]
    handed_in = any((case.definition.key, task.element) == HAND_IN for task in over)
    about = _about(case) if ended or begun or handed_in else None
    if about is None:
        return
    if handed_in:  # the time of a department to look at the fix may count from here
        started_clocks.follow_hazard(case.tx, case.app, about.number, at)
    cancelled = {entry.element for entry in after.trace if entry.event == "cancelled"}
    for task in ended:
        state = deadlines.VOID if task.element in cancelled else None
        deadlines.close_in(case.tx, about, at, kind=task.name[:16], state=state)
    for task, code in begun:
        _task_begun(case, about, task, code, at)


def _clock_of(model: Model, task: OpenTask) -> str | None:
    nodes = (node for body in model.bodies.values() if (node := body.nodes.get(task.element)) is not None)
    return next((code for node in nodes if (code := node.properties.get(PROPERTY))), None)


def _task_begun(case: Opened, about: About, task: OpenTask, code: str, at: datetime) -> None:
    rule = deadlines.rule_of(case.app, code, at)
    if rule is not None and rule.n is not None and task.due_at is not None:
        deadlines.open_in(
            case.tx, case.app, about, task.name[:16], start_at=at, n=rule.n, unit=rule.unit, roll=rule.roll,
            due_at=task.due_at, clock=code, now=at,
        )  # fmt: skip


def _about(case: Opened) -> About | None:
    hazard = case.tx.scalar(select(Hazard.number).where(Hazard.instance_id == case.row.id))
    if hazard:
        return of_hazard(hazard)
    report = case.tx.scalar(select(CitizenReport.number).where(CitizenReport.instance_id == case.row.id))
    return of_report(report) if report else None


def _begin(tx: Session, app: App, row: Assignment, what: str, due_at: datetime | None, now: datetime) -> None:
    code = OF_PAPER.get(row.kind, {}).get(what)
    rule = deadlines.rule_of(app, code, now) if code else None
    if rule is not None and rule.n is not None and due_at is not None:
        deadlines.open_in(
            tx, app, of_hazard(row.hazard), row.kind + what, start_at=now, n=rule.n, unit=rule.unit, roll=rule.roll,
            due_at=due_at, clock=rule.code, duty_unit=row.to_unit, now=now, reminded=row.kind not in REMIND_THEMSELVES,
        )  # fmt: skip
