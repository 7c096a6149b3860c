"""Who reads which monthly report about a task of the three-year plan: the street and the lead unit what came in, the
units that support the task what the office accepted. A task of all communities is supported by each of them.
"""

from collections.abc import Iterator, Mapping

from sqlalchemy import ColumnElement, func, or_, select, true
from sqlalchemy.orm import Session

from engine.bpm.viewer import Viewer
from engine.campaign import report_sight, scope, units
from engine.campaign.model import PlanTask, Unit
from engine.campaign.snapshot_model import TaskReport


def newest(tx: Session, viewer: Viewer, tasks: Mapping[int, PlanTask]) -> dict[int, TaskReport]:
    """Of each task the newest report that this viewer reads."""
    if viewer.admin or report_sight.street_of(tx, viewer) is not None:
        return _newest(tx, true())
    code = tx.scalar(scope.own_unit(viewer))
    unit = tx.get(Unit, code) if code else None
    return _newest(tx, _read_by(tx, unit, tasks)) if unit else {}


def told(tx: Session, unit: Unit, tasks: Mapping[int, PlanTask], *which: ColumnElement[bool]) -> Iterator[TaskReport]:
    """The reports that the people of one unit read, by task and month."""
    query = select(TaskReport).where(_read_by(tx, unit, tasks), *which)
    yield from tx.scalars(query.order_by(TaskReport.plan_task, TaskReport.period))


def supports(task: PlanTask, unit: Unit) -> bool:
    """Whether a unit is among those that support a task, by its name or as one of the communities."""
    return unit.code in task.support_units or (task.communities and unit.kind in ("community", "grid"))


def _read_by(tx: Session, unit: Unit, tasks: Mapping[int, PlanTask]) -> ColumnElement[bool]:
    leads = [number for number, task in tasks.items() if unit.code in task.lead_units]
    helps = [number for number, task in tasks.items() if supports(task, unit)]
    read = TaskReport.plan_task.in_(leads) | (TaskReport.collected_at.is_not(None) & TaskReport.plan_task.in_(helps))
    street = units.ancestor(tx, unit, "street")
    return read if street is None else read & or_(TaskReport.street.is_(None), TaskReport.street == street.code)


def _newest(tx: Session, read: ColumnElement[bool]) -> dict[int, TaskReport]:
    last = select(TaskReport.plan_task, func.max(TaskReport.period).label("period")).where(read)
    each = last.group_by(TaskReport.plan_task).subquery()
    query = select(TaskReport).join(
        each, (TaskReport.plan_task == each.c.plan_task) & (TaskReport.period == each.c.period)
    )
    return {row.plan_task: row for row in tx.scalars(query)}
