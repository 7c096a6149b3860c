"""Who reads which monthly report about a task of the three-year plan: the street and the lead unit what came in, the
units that support the task what the office accepted. A task of all communities is supported by each of them.
"""

from collections.abc import Iterator, Mapping

from sqlalchemy import ColumnElement, or_, select
from sqlalchemy.orm import Session

from engine.bpm.viewer import Viewer
from engine.campaign import report_sight, scope, units
from engine.campaign.model import PlanTask, Unit
from engine.campaign.snapshot_model import TaskReport


def newest(tx: Session, viewer: Viewer, tasks: Mapping[int, PlanTask]) -> dict[int, TaskReport]:
    """Of each task the newest report that this viewer reads."""
    if viewer.admin or report_sight.street_of(tx, viewer) is not None:
        return {row.plan_task: row for row in _rows(tx, None)}
    code = tx.scalar(scope.own_unit(viewer))
    unit = tx.get(Unit, code) if code else None
    return {row.plan_task: row for row in told(tx, unit, tasks)} if unit else {}


def told(tx: Session, unit: Unit, tasks: Mapping[int, PlanTask], *which: ColumnElement[bool]) -> Iterator[TaskReport]:
    """The reports that the people of one unit read, by task and month."""
    for row in _rows(tx, units.ancestor(tx, unit, "street"), *which):
        task = tasks[row.plan_task]
        if unit.code in task.lead_units or (row.collected_at is not None and supports(task, unit)):
            yield row


def supports(task: PlanTask, unit: Unit) -> bool:
    """Whether a unit is among those that support a task, by its name or as one of the communities."""
    return unit.code in task.support_units or (task.communities and unit.kind in ("community", "grid"))


def _rows(tx: Session, street: Unit | None, *which: ColumnElement[bool]) -> Iterator[TaskReport]:
    query = select(TaskReport).where(*which).order_by(TaskReport.plan_task, TaskReport.period)
    if street is not None:
        query = query.where(or_(TaskReport.street.is_(None), TaskReport.street == street.code))
    yield from tx.scalars(query)
