"""Reading the three-year plan: its milestones and numbered tasks with the units that lead and support them."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, or_, select
from sqlalchemy.orm import Session

from engine.app import App
from engine.bpm.paging import check_page
from engine.bpm.viewer import Page, Viewer
from engine.campaign import plan_measures, plan_reports, scope, units
from engine.campaign.case_model import Hazard
from engine.campaign.figures import Behind
from engine.campaign.model import Milestone, PlanTask, Unit
from engine.campaign.plan_measures import Judged
from engine.campaign.snapshot_model import TaskReport
from engine.errors import NotFound


@dataclass(frozen=True, slots=True)
class MilestoneView:
    """A milestone as it is shown; ``workdays_left`` is 0 once it has passed; ``measured`` is how it is measured."""

    id: str
    name: str
    due_on: date
    target: str
    tasks: list[int]
    passed: bool
    workdays_left: int
    due_today: bool
    measure: "MeasureView | None"
    measured: dict[str, Any]
    revision: int


@dataclass(frozen=True, slots=True)
class MeasureView:
    """A milestone's number as far as the viewer may see: computed at the date, or today while the date is to come.

    ``state`` is 达到, 未达到, 进行中 or 无数据 (no record is counted).
    """

    key: str
    title: str
    words: str
    on: date
    numerator: int
    denominator: int | None
    rate: float | None
    shown: str
    target: str
    state: str


@dataclass(frozen=True, slots=True)
class PlanTaskView:
    """A numbered task as it is shown; units as codes and names; ``communities``: all of these too."""

    number: int
    action: str
    title: str
    content: str
    rhythm: str
    lead_units: list[str]
    lead_names: list[str]
    support_units: list[str]
    support_names: list[str]
    communities: bool
    revision: int
    report: "TaskReportView | None"


@dataclass(frozen=True, slots=True)
class TaskReportView:
    """What the lead unit last reported about a task, as far as the viewer reads it; ``period`` is its month."""

    period: str
    progress: str
    done: str
    problems: str
    next_steps: str
    collected: bool


def list_milestones(app: App, viewer: Viewer) -> list[MilestoneView]:
    """All milestones in the order of their dates; the plan is open to everybody who can log in, its numbers count
    what the viewer may see.
    """
    today = app.clock().astimezone(app.zone).date()
    with app.reading() as tx:
        rows = tx.scalars(select(Milestone).order_by(Milestone.due_on, Milestone.id)).all()
        return [
            MilestoneView(
                row.id, row.name, row.due_on, row.target, row.tasks, row.due_on < today,
                app.calendar.workdays_between(today, row.due_on), row.due_on == today,
                measure_of(tx, app, row, scope.hazards(viewer)), row.measure, row.revision,
            )
            for row in rows
        ]  # fmt: skip


def records(
    app: App, id: str, viewer: Viewer, *, community: str | None = None, page: int = 1, size: int = 50
) -> Page[Behind]:
    """The records behind a milestone's number, or behind that of one community or grid; raises NotFound for an unknown
    milestone and for one that no record measures.
    """
    check_page(page, size)
    with app.reading() as tx:
        row = tx.get(Milestone, id)
        where = scope.hazards(viewer) & of_area(community) if community else scope.hazards(viewer)
        judged = _judged(tx, app, row, where) if row else None
    if judged is None:
        raise NotFound(
            f"没有节点“{id}”，或它没有可计算的指标。", en=f"There is no milestone {id} with a computed measure."
        )
    found = judged.figure.behind
    return Page(found[(page - 1) * size : page * size], len(found), page, size)


def of_area(code: str) -> ColumnElement[bool]:
    """Hazards of a community or a grid."""
    return or_(Hazard.community == code, Hazard.grid == code)


def measure_of(tx: Session, app: App, row: Milestone, where: ColumnElement[bool]) -> MeasureView | None:
    """A milestone's measure over these hazards; None when a person judges it."""
    judged = _judged(tx, app, row, where)
    if judged is None:
        return None
    figure, today = judged.figure, app.clock().astimezone(app.zone).date()
    return MeasureView(
        figure.key, figure.title, figure.words, min(row.due_on, today), figure.numerator, figure.denominator,
        figure.rate, judged.shown, judged.target, judged.state,
    )  # fmt: skip


def _judged(tx: Session, app: App, row: Milestone, where: ColumnElement[bool]) -> Judged | None:
    if not row.measure:
        return None
    today = app.clock().astimezone(app.zone).date()
    return plan_measures.measure(tx, where, row.measure, on=row.due_on, today=today, zone=app.zone)


def list_tasks(app: App, viewer: Viewer, *, unit: str | None = None) -> list[PlanTaskView]:
    """The numbered tasks, or those that one unit leads or supports, each with what was last reported about it."""
    with app.reading() as tx:
        rows = tx.scalars(select(PlanTask).order_by(PlanTask.number)).all()
        names = units.names(tx, {code for row in rows for code in (*row.lead_units, *row.support_units)})
        reports = plan_reports.newest(tx, viewer, {row.number: row for row in rows})
        asked = tx.get(Unit, unit) if unit else None
    return [
        PlanTaskView(
            row.number, row.action, row.title, row.content, row.rhythm,
            row.lead_units, [names[code] for code in row.lead_units],
            row.support_units, [names[code] for code in row.support_units],
            row.communities, row.revision, _report_view(reports.get(row.number)),
        )
        for row in rows
        if unit is None or (asked and (asked.code in row.lead_units or plan_reports.supports(row, asked)))
    ]  # fmt: skip


def _report_view(row: TaskReport | None) -> TaskReportView | None:
    if row is None:
        return None
    return TaskReportView(
        row.period, row.progress, row.done, row.problems, row.next_steps, row.collected_at is not None
    )
