"""What the reports say of the three-year plan by task and by community: the rows of two tables, nothing else."""

from collections.abc import Sequence
from datetime import date
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from engine.campaign import plan_measures, plan_reports, report_sight
from engine.campaign.model import PlanTask, Unit
from engine.campaign.plan import of_area
from engine.campaign.report_sight import Sight
from engine.campaign.snapshot_model import TaskReport
from engine.said import Said

WORDS = Said(
    "各社区都负责的任务项数；三项指标从各社区的隐患记录算到期末",
    "Tasks for which all communities are responsible; the measures are counted from the records of each community",
)


def reports(tx: Session, sight: Sight, months: Sequence[str]) -> list[tuple[TaskReport, str]]:
    """What the lead units reported in these months, with the titles of the tasks: all of it for the street, to a
    community or grid what the office accepted of its tasks.
    """
    tasks = {row.number: row for row in tx.scalars(select(PlanTask))}
    unit, here = tx.get(Unit, sight.unit) if sight.unit else None, TaskReport.period.in_(months)
    if unit is None:
        return []
    if sight.street:
        query = select(TaskReport).where(here, TaskReport.street == unit.code)
        found = list(tx.scalars(query.order_by(TaskReport.plan_task, TaskReport.period)))
    else:
        found = list(plan_reports.told(tx, unit, tasks, here))
    return [(row, tasks[row.plan_task].title) for row in found]


def shares(tx: Session, sight: Sight, since: date, upto: date, zone: ZoneInfo) -> list[list[Any]]:
    """A row for each community: its name, the number of its tasks, stock, growth and zero of [since, upto]."""
    tasks = tx.scalar(select(func.count()).where(PlanTask.communities))
    rows: list[list[Any]] = []
    for code, name in report_sight.looked_after(tx, sight).items():
        where = sight.hazards & of_area(code)
        found = (
            plan_measures.stock(tx, where, upto, upto, zone), plan_measures.growth(tx, where, since, upto, zone),
            plan_measures.zero(tx, where, since, upto, zone),
        )  # fmt: skip
        rows.append([name, tasks, *(figure.shown for figure in found)])
    return rows
