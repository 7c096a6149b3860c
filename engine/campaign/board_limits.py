"""The limits behind the trends: those that ended in a time, kept or late, the same rows as board_trends counts."""

from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine.app import App
from engine.bpm.paging import check_page
from engine.bpm.viewer import Page, Viewer
from engine.campaign import board_trends, deadlines, report_facts, report_sight, units
from engine.campaign.board_lines import Found, Line, total
from engine.campaign.case_model import Deadline, Hazard
from engine.campaign.model import Place
from engine.campaign.periods import Period
from engine.errors import Invalid, Problem

STATES = {deadlines.MET: "按期", deadlines.MISSED: "逾期", deadlines.OPEN: "逾期"}


def limits(
    app: App, viewer: Viewer, *, first: date | None = None, last: date | None = None, kept: bool | None = None,
    community: str | None = None, sector: str | None = None, source: str | None = None, page: int = 1, size: int = 50,
) -> Page[Line]:  # fmt: skip
    """Limits to fix that ended from ``first`` to ``last`` (both count) up to now, the earliest first; without days
    those of this month so far. ``kept``: only those that were kept, or only the others. Raises Invalid for a page that
    no list has and for days that end before they begin.
    """
    check_page(page, size)
    now = app.clock()
    last = last or now.astimezone(app.zone).date()
    first = first or last.replace(day=1)
    if first > last:
        raise Invalid(
            "开始日不能晚于截止日，请改正。", en="The first day must not be after the last one.",
            problems=[Problem(field="from", rule="order", message="开始日不能晚于截止日")],
        )  # fmt: skip
    with app.reading() as tx:
        query = _query(tx, viewer).where(
            *board_trends.narrowed(viewer, community, sector, source),
            *report_facts.limits(Period("", first, last), now),
        )
        if kept is not None:
            query = query.where((Deadline.state == deadlines.MET) if kept else (Deadline.state != deadlines.MET))
        rows = tx.execute(query.limit(size).offset((page - 1) * size)).all()
        names = units.names(tx, {code for row in rows for code in (row.community, row.holder_unit)})
        lines = [
            Line(str(row.id), STATES[row.state], row.number, row.place, names[row.community], names[row.holder_unit],
                 row.start_at, row.due_at, row.state != deadlines.MET, row.text[:80])
            for row in rows
        ]  # fmt: skip
        return Page(lines, total(tx, query), page, size)


def _query(tx: Session, viewer: Viewer) -> Found:
    what = Deadline.id, Deadline.state, Deadline.start_at, Deadline.due_at
    whose = Hazard.number, Hazard.community, Hazard.holder_unit, Hazard.text, Place.name.label("place")
    query = select(*what, *whose).join(Hazard, Hazard.number == Deadline.hazard).join(Place, Place.id == Hazard.place)
    mine = report_sight.of_viewer(tx, viewer).hazards, Hazard.void_reason.is_(None)
    return query.where(*mine).order_by(Deadline.due_on, Deadline.id)
