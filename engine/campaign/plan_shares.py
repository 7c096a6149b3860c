"""What the communities have of the three-year plan (各社区负责): the tasks for which all of them are responsible beside
the units that are named, what was reported about these, and the plan's measures over each community's own records.

「各社区负责。以下均需各社区负责，不再一一列出」 (S3, at its second task). A community reports nothing by hand:
its numbers are counted, and what the lead unit reported comes to it when the office has accepted it.
"""

from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine.app import App
from engine.bpm.paging import check_page
from engine.bpm.viewer import Page, Viewer
from engine.campaign import plan, report_sight
from engine.campaign.model import Milestone, PlanTask
from engine.campaign.report_sight import Sight


@dataclass(frozen=True, slots=True)
class ShareMeasure:
    """A milestone's measure over the records of one community."""

    milestone: str
    name: str
    measure: plan.MeasureView


@dataclass(frozen=True, slots=True)
class ShareView:
    """One community, or the grid of whoever works in one: the numbers of its tasks and its measures."""

    code: str
    name: str
    tasks: list[int]
    measures: list[ShareMeasure]


def list_shares(app: App, viewer: Viewer, *, page: int = 1, size: int = 200) -> Page[ShareView]:
    """The communities of the viewer's area with their share; to a grid its own. Departments and enterprises, which see
    single hazards of a community, are shown none: their part of a number is not the community's.
    """
    check_page(page, size)
    with app.reading() as tx:
        sight = report_sight.of_viewer(tx, viewer)
        tasks = list(tx.scalars(select(PlanTask.number).where(PlanTask.communities).order_by(PlanTask.number)))
        measured = tx.scalars(select(Milestone).order_by(Milestone.due_on, Milestone.id)).all()
        areas = list(_areas(tx, sight, viewer).items())
        shares = [
            ShareView(code, name, tasks, [
                ShareMeasure(row.id, row.name, view) for row in measured
                if (view := plan.measure_of(tx, app, row, sight.hazards & plan.of_area(code)))
            ])
            for code, name in areas[(page - 1) * size : page * size]
        ]  # fmt: skip
        return Page(shares, len(areas), page, size)


def _areas(tx: Session, sight: Sight, viewer: Viewer) -> dict[str, str]:
    """An admin of several streets looks after all of them."""
    return report_sight.communities(tx, sight) if viewer.admin else report_sight.looked_after(tx, sight)
