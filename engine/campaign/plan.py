"""Reading the three-year plan: its milestones and numbered tasks with the units that lead and support them."""

from dataclasses import dataclass
from datetime import date

from sqlalchemy import select

from engine.app import App
from engine.bpm.viewer import Viewer
from engine.campaign import units
from engine.campaign.model import Milestone, PlanTask


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
    """All milestones in the order of their dates; the plan is open to everybody who can log in."""
    today = app.clock().astimezone(app.zone).date()
    with app.reading() as tx:
        rows = tx.scalars(select(Milestone).order_by(Milestone.due_on, Milestone.id)).all()
    return [
        MilestoneView(
            row.id,
            row.name,
            row.due_on,
            row.target,
            row.tasks,
            row.due_on < today,
            app.calendar.workdays_between(today, row.due_on),
        )
        for row in rows
    ]


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
