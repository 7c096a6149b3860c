"""What is due next and what was missed, over all cases: warning before, alarm after, above all for our own limits."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Select, func, select

from engine.app import App
from engine.bpm.viewer import Page, Viewer
from engine.campaign import clock_kinds, clock_rules, deadlines
from engine.campaign.case_model import Deadline, Hazard
from engine.campaign.pages import read_page
from engine.campaign.stopping import visible

STATES = ("due", "overdue", "missed", "suspended", "met")


@dataclass(frozen=True, slots=True)
class DueView:
    """One line: of what, by which rule, who must keep it, and how late it is; ``state`` is one of STATES."""

    id: int
    hazard: str | None
    report: str | None
    kind: str
    clock: str
    title: str
    side: str
    unit: str | None
    due_at: datetime
    due_date: date
    workdays_left: int
    overdue_workdays: int
    clause: str
    consequence: str
    provisional: bool
    state: str


def list_due(
    app: App, viewer: Viewer, *, side: str | None = None, state: str | None = None, clock: str | None = None,
    unit: str | None = None, page: int = 1, size: int = 50,
) -> Page[DueView]:  # fmt: skip
    """Deadlines this viewer may see, the earliest first; without ``state`` those that still run, late ones included
    but no right that has passed.

    ``unit`` is who must keep it: the unit to which it was given, else the holder of the hazard.
    """
    now = app.clock()
    holder = select(Hazard.holder_unit).where(Hazard.number == Deadline.hazard).correlate(Deadline).scalar_subquery()
    who = func.coalesce(Deadline.duty_unit, holder)
    query: Select[Any] = select(Deadline).where(visible(viewer), *_state(state, now))
    for column, wanted in ((Deadline.side, side), (Deadline.clock, clock), (who, unit)):
        if wanted:
            query = query.where(column == wanted)
    with app.reading() as tx:
        return read_page(
            tx, query.order_by(Deadline.due_at, Deadline.id), page, size,
            lambda row: _view(app, row, row.duty_unit or tx.scalar(
                select(Hazard.holder_unit).where(Hazard.number == row.hazard)), now),
        )  # fmt: skip


def _state(state: str | None, now: datetime) -> tuple[Any, ...]:
    past, right = Deadline.due_at <= now, Deadline.clock.in_(clock_kinds.rights())
    conditions: dict[str | None, tuple[Any, ...]] = {
        None: (Deadline.state == deadlines.OPEN, ~(past & right)),
        "due": (Deadline.state == deadlines.OPEN, ~past),
        "overdue": (Deadline.state == deadlines.OPEN, past, ~right),
        "missed": (Deadline.state == deadlines.MISSED,),
        "suspended": (Deadline.state == deadlines.SUSPENDED,),
        "met": (Deadline.state == deadlines.MET,),
    }
    return conditions[state]


def _view(app: App, row: Deadline, unit: str | None, now: datetime) -> DueView:
    today = now.astimezone(app.zone).date()
    late = row.state == deadlines.OPEN and row.due_at <= now and row.clock not in clock_kinds.rights()
    rule = clock_rules.on_day(row.clock, row.start_at.astimezone(app.zone).date()) if row.clock else None
    state = ("overdue" if late else "due") if row.state == deadlines.OPEN else row.state
    return DueView(
        row.id, row.hazard, row.report, row.kind, row.clock, rule.title if rule else "", row.side, unit, row.due_at,
        row.due_on, app.calendar.workdays_between(today, row.due_on),
        app.calendar.workdays_between(row.due_on, today) if late else 0, row.clause, row.consequence, row.provisional,
        state,
    )  # fmt: skip
