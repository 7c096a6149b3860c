"""Reading the three-year plan: its milestones and numbered tasks with the units that lead and support them."""

from dataclasses import dataclass
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine.app import App
from engine.bpm.paging import check_page
from engine.bpm.viewer import Page, Viewer
from engine.campaign import plan_measures, scope, units
from engine.campaign.figures import Behind
from engine.campaign.model import Milestone, PlanTask
from engine.campaign.plan_measures import Judged
from engine.errors import NotFound


@dataclass(frozen=True, slots=True)
class MilestoneView:
    """A milestone as it is shown; ``workdays_left`` is 0 once it has passed."""

    id: str
    name: str
    due_on: date
    target: str
    tasks: list[int]
    passed: bool
    workdays_left: int
    due_today: bool
    measure: "MeasureView | None"


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
    """A numbered task as it is shown; units as codes with their names beside them."""

    number: int
    action: str
    title: str
    content: str
    rhythm: str
    lead_units: list[str]
    lead_names: list[str]
    support_units: list[str]
    support_names: list[str]


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
                _measure_view(_judged(tx, app, row, viewer), row, today),
            )
            for row in rows
        ]  # fmt: skip


def records(app: App, id: str, viewer: Viewer, *, page: int = 1, size: int = 50) -> Page[Behind]:
    """The records behind a milestone's number; raises NotFound for an unknown one or one that no record measures."""
    check_page(page, size)
    with app.reading() as tx:
        row = tx.get(Milestone, id)
        judged = _judged(tx, app, row, viewer) if row else None
    if judged is None:
        raise NotFound(
            f"没有节点“{id}”，或它没有可计算的指标。", en=f"There is no milestone {id} with a computed measure."
        )
    found = judged.figure.behind
    return Page(found[(page - 1) * size : page * size], len(found), page, size)


def _judged(tx: Session, app: App, row: Milestone, viewer: Viewer) -> Judged | None:
    if not row.measure:
        return None
    today = app.clock().astimezone(app.zone).date()
    return plan_measures.measure(tx, scope.hazards(viewer), row.measure, on=row.due_on, today=today, zone=app.zone)


def _measure_view(judged: Judged | None, row: Milestone, today: date) -> MeasureView | None:
    if judged is None:
        return None
    figure = judged.figure
    return MeasureView(
        figure.key, figure.title, figure.words, min(row.due_on, today), figure.numerator, figure.denominator,
        figure.rate, judged.shown, judged.target, judged.state,
    )  # fmt: skip


def list_tasks(app: App, viewer: Viewer, *, unit: str | None = None) -> list[PlanTaskView]:
    """The numbered tasks, or those that one unit leads or supports."""
    with app.reading() as tx:
        rows = tx.scalars(select(PlanTask).order_by(PlanTask.number)).all()
        names = units.names(tx, {code for row in rows for code in (*row.lead_units, *row.support_units)})
    return [
        PlanTaskView(
            row.number,
            row.action,
            row.title,
            row.content,
            row.rhythm,
            row.lead_units,
            [names[code] for code in row.lead_units],
            row.support_units,
            [names[code] for code in row.support_units],
        )
        for row in rows
        if unit is None or unit in (*row.lead_units, *row.support_units)
    ]
