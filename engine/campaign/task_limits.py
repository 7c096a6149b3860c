"""Which deadline stands behind the due date of a task, so that the date is explained where the task is worked on."""

from datetime import datetime

from sqlalchemy import and_, or_, select

from engine.app import App
from engine.bpm.model import Instance
from engine.campaign import clock_kinds
from engine.campaign.case_model import Deadline, Hazard
from engine.campaign.deadline_views import DeadlineView, view
from engine.campaign.deadlines import ON_THE_LAMP, OPEN
from engine.campaign.report_model import CitizenReport


def of_task(app: App, instance_id: str, due_at: datetime | None) -> DeadlineView | None:
    """The open deadline by which a task of this instance is due; None when only the step itself set the date.

    The instance is that of the hazard or report, or one of its own that names the hazard in its variable ``hazard``
    (a seal, an execution by the court): such a one never runs on the hazard's own limit to rectify, which may
    end at the same moment; nor does a task of the hazard run on what a paper started. Whoever may see the task
    may see this.
    """
    hazards = select(Hazard.number).where(Hazard.instance_id == instance_id)
    reports = select(CitizenReport.number).where(CitizenReport.instance_id == instance_id)
    named = select(Instance.variables["hazard"].as_string()).where(Instance.id == instance_id)
    beside = and_(Deadline.hazard.in_(named), Deadline.kind.not_in(ON_THE_LAMP))
    own = and_(Deadline.hazard.in_(hazards), Deadline.clock.not_in(clock_kinds.apart()))
    mine = or_(own, Deadline.report.in_(reports), beside)
    query = select(Deadline).where(mine, Deadline.state == OPEN, Deadline.due_at == due_at)
    with app.reading() as tx:
        row = tx.scalars(query.order_by(Deadline.id).limit(1)).one_or_none()
        return view(row) if row else None
