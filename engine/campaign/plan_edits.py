"""Writing the three-year plan: its numbered tasks with the units that lead and support them, and its milestones with
how they are measured. The office writes both itself; what was reported about a task keeps it from being removed.
"""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from engine.app import App
from engine.bpm.viewer import Viewer
from engine.campaign import authority, duty_following, history, plan
from engine.campaign.activity_model import Activity
from engine.campaign.campaign_model import Campaign
from engine.campaign.duty_model import Duty
from engine.campaign.model import Milestone, PlanTask, Unit
from engine.campaign.plan_measures import MEASURES
from engine.campaign.snapshot_model import TaskReport
from engine.errors import Conflict, Invalid, NotFound, Problem
from engine.said import Said

ACT, TASK, MILESTONE, DUTY = "plan.write", "plan-task", "milestone", "plan_task"
DAYS = {"stock": "found_before", "growth": "since", "zero": "since"}  # the day that a measure counts from or up to


def add_task(app: App, values: Mapping[str, Any], *, viewer: Viewer) -> plan.PlanTaskView:
    """Add a numbered task (``number, action, title, content, rhythm, lead_units, support_units, communities``): at
    least one unit leads. Raises NotAllowed, Invalid, Conflict when the number is taken.
    """
    number = values["number"]
    with app.transaction() as tx:
        authority.require(tx, viewer, ACT)
        history.hold(tx)
        _check_units(tx, values)
        if tx.get(PlanTask, number) is not None:
            raise Conflict(f"第 {number} 项任务已经有了，请换一个编号。", en=f"There is a task {number} already.")
        revision = history.made_anew(tx, TASK, str(number), values, by=viewer.name, now=app.clock())
        tx.add(PlanTask(**values, revision=revision))
        tx.flush()
    return _task(app, number, viewer)


def change_task(
    app: App, number: int, values: Mapping[str, Any], *, revision: int, reason: str, viewer: Viewer
) -> plan.PlanTaskView:
    """Change any of these but the number. Raises NotAllowed, NotFound, Invalid, Conflict when it was changed since."""
    with app.transaction() as tx:
        authority.require(tx, viewer, ACT)
        row = _locked_task(tx, number)
        _check_units(tx, values)
        history.change(
            tx, row, TASK, str(number), values, revision=revision, by=viewer.name, now=app.clock(),
            reason=reason,
        )  # fmt: skip
        duty_following.subject_changed(tx, DUTY, f"{number:02d}")
    return _task(app, number, viewer)


def remove_task(app: App, number: int, *, reason: str, viewer: Viewer) -> None:
    """Take a task out of the plan to which nothing refers, with the monthly duties that have not begun. Raises
    NotAllowed, NotFound, Conflict.
    """
    with app.transaction() as tx:
        authority.require(tx, viewer, ACT)
        row = _locked_task(tx, number)
        named = [one.name for one in tx.scalars(select(Milestone).order_by(Milestone.due_on)) if number in one.tasks]
        reports = select(func.count(TaskReport.id)).where(TaskReport.plan_task == number)
        mine = Duty.kind == DUTY, Duty.subject == f"{number:02d}"
        tx.execute(delete(Duty).where(*mine, Duty.instance_id.is_(None), Duty.state == "open"))
        duties = select(func.count(Duty.id)).where(*mine)
        campaigns = select(func.count(Campaign.number)).where(Campaign.plan_task == number)
        activities = select(func.count(Activity.number)).where(Activity.plan_task == number)
        counted = (("月调度", "monthly reports", tx.scalar(reports)), ("履职事项", "duties", tx.scalar(duties)),
                   ("专项行动", "campaigns", tx.scalar(campaigns)), ("活动", "activities", tx.scalar(activities)),
                   ("节点", "milestones", len(named)))  # fmt: skip
        if found := [(zh, en, n) for zh, en, n in counted if n]:
            had, there = "、".join(f"{zh} {n} 项" for zh, _, n in found), ", ".join(f"{n} {en}" for _, en, n in found)
            raise Conflict(
                f"第 {number} 项任务不能删除，已有{had}；可以改名或者改内容。",
                en=f"Task {number} stays, {there} refer to it; change it instead.",
            )
        _gone(app, tx, TASK, str(number), {"title": row.title}, reason, viewer)
        tx.delete(row)


def add_milestone(app: App, values: Mapping[str, Any], *, viewer: Viewer) -> plan.MilestoneView:
    """Add a milestone (``id, name, due_on, target, tasks, measure``; see plan_measures.measure, empty when a person
    judges it). Raises NotAllowed, Invalid, Conflict when the code is taken.
    """
    id = values["id"]
    with app.transaction() as tx:
        authority.require(tx, viewer, ACT)
        history.hold(tx)
        _check_milestone(tx, values)
        if tx.get(Milestone, id) is not None:
            raise Conflict(f"节点编码“{id}”已经有了，请换一个。", en=f"There is a milestone {id} already.")
        revision = history.made_anew(tx, MILESTONE, id, values, by=viewer.name, now=app.clock())
        tx.add(Milestone(**values, revision=revision))
        tx.flush()
    return _milestone(app, id, viewer)


def change_milestone(
    app: App, id: str, values: Mapping[str, Any], *, revision: int, reason: str, viewer: Viewer
) -> plan.MilestoneView:
    """Change any of these but the code. Raises NotAllowed, NotFound, Invalid, Conflict when it was changed since."""
    with app.transaction() as tx:
        authority.require(tx, viewer, ACT)
        row = _locked_milestone(tx, id)
        _check_milestone(tx, values)
        history.change(
            tx, row, MILESTONE, id, values, revision=revision, by=viewer.name, now=app.clock(), reason=reason
        )  # fmt: skip
    return _milestone(app, id, viewer)


def remove_milestone(app: App, id: str, *, reason: str, viewer: Viewer) -> None:
    """Take a milestone out of the plan; what was frozen of it stays. Raises NotAllowed, NotFound."""
    with app.transaction() as tx:
        authority.require(tx, viewer, ACT)
        row = _locked_milestone(tx, id)
        _gone(app, tx, MILESTONE, id, {"name": row.name}, reason, viewer)
        tx.delete(row)


def _gone(app: App, tx: Session, noun: str, key: str, before: Mapping[str, Any], reason: str, viewer: Viewer) -> None:
    history.note(tx, noun, key, before=before, after={"removed": True}, reason=reason, by=viewer.name, now=app.clock())


def _locked_task(tx: Session, number: int) -> PlanTask:
    row = tx.get(PlanTask, number, with_for_update=True)
    if row is None:
        raise NotFound(f"没有第 {number} 项任务，请核对编号。", en=f"The plan has no task {number}.")
    return row


def _locked_milestone(tx: Session, id: str) -> Milestone:
    row = tx.get(Milestone, id, with_for_update=True)
    if row is None:
        raise NotFound(f"没有节点“{id}”，请核对编码。", en=f"The plan has no milestone {id}.")
    return row


def _check_units(tx: Session, values: Mapping[str, Any]) -> None:
    wrong = []
    if "lead_units" in values and not values["lead_units"]:
        wrong.append(_problem("lead_units", "required", Said("请至少选一个牵头单位", "Choose a unit that leads")))
    named = {code for name in ("lead_units", "support_units") for code in values.get(name, ())}
    known = set(tx.scalars(select(Unit.code).where(Unit.code.in_(named))))
    for field in ("lead_units", "support_units"):
        if missing := [code for code in values.get(field, ()) if code not in known]:
            told = Said(f"没有编码为“{'、'.join(missing)}”的单位", f"There is no unit {', '.join(missing)}")
            wrong.append(_problem(field, "choice", told))
    _refuse(wrong)


def _check_milestone(tx: Session, values: Mapping[str, Any]) -> None:
    wrong = []
    known = set(tx.scalars(select(PlanTask.number)))
    if missing := [number for number in values.get("tasks", ()) if number not in known]:
        words = "、".join(map(str, missing))
        wrong.append(_problem("tasks", "choice", Said(f"没有第 {words} 项任务", f"The plan has no task {words}")))
    measure = values.get("measure") or {}
    if measure and measure.get("kind") not in MEASURES:
        told = Said("指标只能是存量、增量、清零", "A measure is stock, growth or zero")
        wrong.append(_problem("measure", "choice", told))
    elif measure and DAYS[measure["kind"]] not in measure:
        told = Said("请填写从哪一天起、到哪一天止统计", "Give the day from which, or up to which, it is counted")
        wrong.append(_problem(f"measure.{DAYS[measure['kind']]}", "required", told))
    _refuse(wrong)


def _problem(field: str, rule: str, told: Said) -> Problem:
    return Problem(field=field, rule=rule, message=told, en=told.en)


def _refuse(wrong: list[Problem]) -> None:
    if wrong:
        told = Said("；".join(each["message"] for each in wrong), "; ".join(str(each["en"]) for each in wrong))
        raise Invalid(f"{told}。", en=f"{told.en}.", problems=wrong)


def _task(app: App, number: int, viewer: Viewer) -> plan.PlanTaskView:
    return next(one for one in plan.list_tasks(app, viewer) if one.number == number)


def _milestone(app: App, id: str, viewer: Viewer) -> plan.MilestoneView:
    return next(one for one in plan.list_milestones(app, viewer) if one.id == id)
