"""What the process ``campaign_task`` does: keep the monthly report about a task of the plan, freeze the figures of that
moment with it, freeze the quarterly bulletin and the yearly summary when they are signed.
"""

from collections.abc import Mapping
from typing import Any

from marshmallow import Schema, fields, validate
from sqlalchemy import select
from sqlalchemy.orm import Session

from engine.app import App
from engine.bpm.operators import Run
from engine.bpm.spiff.types import OperatorCall
from engine.bpm.step import ACTOR, ENGINE
from engine.campaign import duty_operators, report_forms, report_sight, snapshots, units
from engine.campaign.campaign_model import Campaign
from engine.campaign.duty_model import Duty
from engine.campaign.duty_operators import OfDuty
from engine.campaign.model import PlanTask, Unit
from engine.campaign.parameters import Text
from engine.campaign.periods import period_named
from engine.campaign.report_forms import FORMS
from engine.campaign.snapshot_model import TaskReport

PROGRESS = ("按计划", "滞后", "已完成")
BULLETINS = {"quarter_bulletin": "quarterly", "year_summary": "yearly"}  # kind of duty → report
TASK = "plan_task"
GIVEN = dict[str, Any]
Result = Mapping[str, Any]


class Reported(OfDuty):
    """What the lead unit entered."""

    text = Text()
    progress = fields.String(load_default=PROGRESS[0], validate=validate.OneOf(PROGRESS))
    problems = Text()
    next_steps = Text()


def submit(app: App, tx: Session, call: OperatorCall, given: GIVEN) -> Result:
    """The lead unit reported: the duty waits for the office, the report is kept; sent again it replaces the last."""
    duty_operators.submit(app, tx, call, given)
    duty = tx.get_one(Duty, given["duty"])
    if duty.kind != TASK:
        return {}
    number = int(duty.subject)
    which = TaskReport.plan_task == number, TaskReport.period == duty.period
    row = tx.scalars(select(TaskReport).where(*which).with_for_update()).one_or_none()
    if row is None:
        row = TaskReport(
            plan_task=number, period=duty.period, unit=duty.unit or duty.office, street=duty.street, duty=duty.id
        )
        tx.add(row)
    row.progress, row.done = given["progress"], given["text"]
    row.problems, row.next_steps = given["problems"], given["next_steps"]
    row.reported_at, row.reported_by, row.collected_at = call.at, tx.info.get(ACTOR, ENGINE), None
    tx.flush()
    return {}


def freeze(app: App, tx: Session, call: OperatorCall, given: GIVEN) -> Result:
    """The office accepted it: the figures of this moment are frozen, and the report with them."""
    duty = tx.get_one(Duty, given["duty"])
    street, by = duty.street, tx.info.get(ACTOR, ENGINE)
    if street is None:
        return {"snapshot": 0}  # an installation of several streets cannot say whose figures they are
    period = period_named(duty.period)
    if form := BULLETINS.get(duty.kind):
        row = snapshots.freeze_in(tx, app, FORMS[form], street, period, by=by, now=call.at, reason=_by_process(duty))
        return {"snapshot": row.id}
    kept = tx.scalars(
        select(TaskReport).where(TaskReport.plan_task == int(duty.subject), TaskReport.period == duty.period)
    ).one()
    key = f"task-{kept.plan_task:02d}"
    rows = report_forms.build(tx, app, report_sight.of_street(street), FORMS["monthly"], period, call.at)
    task = tx.get_one(PlanTask, kept.plan_task)
    shares = [one for one in rows["tables"] if one["key"] == "communities" and task.communities]
    rows |= {
        "form": key,
        "title": f"三年行动任务 {task.number} {task.title}",
        "tables": [_told(tx, kept), *shares, _waves(tx, kept)],
    }
    row = snapshots.keep(tx, key, street, duty.period, rows, by=by, now=call.at, reason=_by_process(duty))
    kept.collected_at, kept.snapshot = call.at, row.id
    return {"snapshot": row.id}


def readers(tx: Session, duty: Duty) -> str:
    """Who is told of the accepted report: the units that support a task, among them the communities where all are
    responsible for it; of a bulletin the communities of the street.
    """
    task = tx.get(PlanTask, int(duty.subject)) if duty.kind == TASK else None
    named = task.support_units if task else ()
    if task is not None and not task.communities:
        return ",".join(["leader@street", *named])
    below = select(Unit.code).where(Unit.kind == "community", Unit.parent == duty.street).order_by(Unit.code)
    return ",".join(dict.fromkeys(["leader@street", *named, *tx.scalars(below)]))


def _by_process(duty: Duty) -> str:
    """The reason of a further version: the period was frozen by hand, or another time, before."""
    return f"流程 ZZ-{duty.id} 核收后冻结"


def _told(tx: Session, row: TaskReport) -> dict[str, Any]:
    lead = units.names(tx, {row.unit})[row.unit]
    return {
        "key": "told", "title": "进展", "words": "牵头单位报送", "columns": ["项目", "内容"],
        "rows": [["牵头单位", lead], ["进度", row.progress], ["进展情况", row.done], ["存在问题", row.problems],
                 ["下步打算", row.next_steps]],
    }  # fmt: skip


def _waves(tx: Session, row: TaskReport) -> dict[str, Any]:
    query = select(Campaign).where(Campaign.plan_task == row.plan_task).order_by(Campaign.number)
    return {
        "key": "campaigns", "title": "专项行动", "words": "按本任务开展的专项行动",
        "columns": ["编号", "标题", "开始", "截止"],
        "rows": [[one.number, one.title, one.starts_on.isoformat(), one.ends_on.isoformat()]
                 for one in tx.scalars(query)],
    }  # fmt: skip


OPERATORS: list[tuple[str, str, type[Schema], Run, Result]] = [
    ("task_report.submit", "登记任务进展", Reported, submit, {}),
    ("task_report.freeze", "冻结数字", OfDuty, freeze, {"snapshot": 0}),
]
