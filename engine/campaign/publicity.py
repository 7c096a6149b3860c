"""Showing a planned closure to the public (公示, clock T12): begun, objected to, answered. It ends by itself; an
objection that is not answered, or is upheld, stands against closing.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from engine.app import App
from engine.bpm import rescheduling
from engine.bpm.viewer import Viewer
from engine.campaign import authority, once
from engine.campaign.case_model import Assignment, Hazard, Recheck
from engine.campaign.clearances import still_open
from engine.campaign.clock_rules import due
from engine.campaign.closure_model import Objection, Publicity
from engine.campaign.report_model import CitizenReport
from engine.campaign.sight import seen
from engine.errors import Conflict, Invalid, NotFound
from engine.said import Said

CLOCK = "T12"
LISTED = "挂牌督办"  # the paper of the district; a proposal alone lists nothing
MAJOR = Said("重大隐患", "A major hazard")
REPORTED = Said("群众举报（同意公示）", "A public report whose reporter agrees to the publicity")


@dataclass(frozen=True, slots=True)
class ObjectionView:
    """An objection as it is shown."""

    id: int
    at: datetime
    who: str
    text: str
    upheld: bool | None
    answer: str
    answered_at: datetime | None
    answered_by: str


@dataclass(frozen=True, slots=True)
class PublicityView:
    """A publicity as it is shown; ``state`` is 公示中, 公示期满, 有异议 or 已撤下."""

    id: int
    venue: str
    text: str
    begun_at: datetime
    ends_at: datetime
    clause: str
    trace: list[str]
    provisional: bool
    by: str
    withdrawn_at: datetime | None
    state: str
    objections: list[ObjectionView]


def list_publicities(app: App, number: str, *, viewer: Viewer) -> list[PublicityView]:
    """All of a hazard, oldest first; raises NotFound."""
    now = app.clock()
    with app.reading() as tx:
        seen(tx, number, viewer)
        rows = tx.scalars(select(Publicity).where(Publicity.hazard == number).order_by(Publicity.id)).all()
        return [_view(tx, row, now) for row in rows]


def begin(app: App, number: str, *, venue: str, text: str, viewer: Viewer, key: str | None = None) -> PublicityView:
    """Begin a publicity of the length of clock T12; one from before the last re-inspection is taken down with it.
    Raises NotFound, NotAllowed, Conflict (closed, one runs, the last re-inspection failed).
    """
    now = app.clock()
    with app.transaction() as tx:
        hazard = seen(tx, number, viewer)
        authority.require(tx, viewer, "publicity.begin")
        if made := once.earlier(tx, viewer, "publicity", key):
            return _view(tx, tx.get_one(Publicity, int(made)), now)
        tx.scalars(select(Hazard).where(Hazard.number == number).with_for_update()).one()
        still_open(hazard)
        newest_check = select(Recheck.passed).where(Recheck.hazard == number).order_by(Recheck.no.desc()).limit(1)
        if tx.scalar(newest_check) is False:
            raise Conflict(
                f"隐患 {number} 最近一次复查不合格，请在整改并复查合格后再公示。",
                en=f"The last re-inspection of {number} failed; publish after one that passes.",
            )
        running, checked = newest(tx, number), last_check(tx, number)
        if running is not None and running.withdrawn_at is None and now < running.ends_at:
            if checked is None or running.begun_at >= checked:
                raise Conflict("该隐患正在公示，不用重复发起。", en="A publicity of this hazard is running already.")
            running.withdrawn_at = now
        ends = due(app, CLOCK, now)
        row = Publicity(
            hazard=number, venue=venue.strip(), text=text.strip(), begun_at=now, ends_at=ends.due_at,
            clause=ends.clock.clause, trace=list(ends.trace), provisional=ends.provisional, by=viewer.name,
        )  # fmt: skip
        tx.add(row)
        tx.flush()
        once.note(tx, viewer, "publicity", key, str(row.id))
        return _view(tx, row, now)


def withdraw(app: App, number: str, id: int, *, viewer: Viewer) -> PublicityView:
    """Take it down before its end; it then counts for nothing. Raises NotFound, NotAllowed, Conflict."""
    now = app.clock()
    with app.transaction() as tx:
        row = _row(tx, number, id, viewer)
        authority.require(tx, viewer, "publicity.begin")
        _still_running(row, now)
        row.withdrawn_at = now
        tx.flush()
        return _view(tx, row, now)


def object_to(
    app: App, number: str, id: int, *, who: str, text: str, viewer: Viewer, key: str | None = None
) -> PublicityView:  # fmt: skip
    """Write down an objection that came in by letter, telephone or at the counter, until the publicity ends.

    The same ``key`` writes it down once, and answers it after the end too. Raises NotFound, NotAllowed, Conflict.
    """
    now = app.clock()
    with app.transaction() as tx:
        row = _row(tx, number, id, viewer)
        authority.require(tx, viewer, "publicity.object")
        if once.earlier(tx, viewer, "objection", key) is None:
            _still_running(row, now)
            made = Objection(publicity=row.id, at=now, who=who.strip(), text=text.strip(), answer="", answered_by="")
            tx.add(made)
            tx.flush()
            once.note(tx, viewer, "objection", key, str(made.id))
        return _view(tx, row, now)


def answer(app: App, number: str, id: int, objection: int, *, upheld: bool, text: str, viewer: Viewer) -> PublicityView:
    """Answer an objection: upheld, the hazard is looked at again and published anew; otherwise with the reason.

    Raises NotFound, NotAllowed, Conflict when it is answered already.
    """
    now = app.clock()
    with app.transaction() as tx:
        row = _row(tx, number, id, viewer)
        authority.require(tx, viewer, "publicity.begin")
        found = tx.scalars(
            select(Objection).where(Objection.id == objection, Objection.publicity == row.id).with_for_update()
        ).one_or_none()
        if found is None:
            raise NotFound("没有这条异议。", en="There is no such objection.")
        if found.answered_at is not None:
            raise Conflict(f"这条异议已由 {found.answered_by} 答复。", en=f"{found.answered_by} answered it already.")
        if len(text.strip()) < 2:
            raise Invalid("请写明答复意见。", en="Give the answer.", problems=[
                {"field": "text", "rule": "required", "message": "请写明答复意见"}])  # fmt: skip
        found.upheld, found.answer, found.answered_at, found.answered_by = upheld, text.strip(), now, viewer.name
        tx.flush()
        return _view(tx, row, now)


def wanted(tx: Session, hazard: Hazard, *, major: bool) -> str:
    """Why this hazard is published before it is closed: 重大, 挂牌 or 举报; empty when it need not be."""
    if major:
        return MAJOR
    listed = select(Assignment.id).where(
        Assignment.hazard == hazard.number, Assignment.kind == LISTED, Assignment.returned_at.is_(None)
    )
    if tx.scalar(listed.limit(1)) is not None:
        return Said(LISTED, "Listed supervision")
    agreed = select(CitizenReport.number).where(
        CitizenReport.hazard == hazard.number, CitizenReport.publicity_agreed.is_(True)
    )
    return REPORTED if tx.scalar(agreed.limit(1)) is not None else ""


def last_check(tx: Session, number: str, *, passed: bool | None = None) -> datetime | None:
    """When the newest re-inspection was, or the newest that passed or failed; what is older proves nothing of it."""
    query = select(func.max(Recheck.at)).where(Recheck.hazard == number)
    return tx.scalar(query if passed is None else query.where(Recheck.passed.is_(passed)))


def newest(tx: Session, number: str) -> Publicity | None:
    """The publicity that counts."""
    query = select(Publicity).where(Publicity.hazard == number).order_by(Publicity.id.desc()).limit(1)
    return tx.scalars(query).one_or_none()


def state_of(tx: Session, row: Publicity, now: datetime) -> str:
    """Where a publicity stands."""
    if row.withdrawn_at is not None:
        return "已撤下"
    objected = select(Objection.id).where(Objection.publicity == row.id, Objection.upheld.is_not(False)).limit(1)
    if tx.scalar(objected) is not None:
        return "有异议"
    return "公示期满" if now >= row.ends_at else "公示中"


def reproject(app: App, now: datetime) -> int:
    """Count the end of publicities again that was provisional, with the calendar of today (C9); answers how many moved.
    One that ended already, or was withdrawn, stays as it was shown.
    """
    running = (Publicity.provisional, Publicity.withdrawn_at.is_(None), Publicity.ends_at > now)
    with app.reading() as tx:
        found = tx.scalars(select(Publicity.id).where(*running).order_by(Publicity.id)).all()
    return rescheduling.each(found, lambda id: _reproject_one(app, id))


def _reproject_one(app: App, id: int) -> bool:
    with app.transaction() as tx:
        row = tx.scalars(select(Publicity).where(Publicity.id == id).with_for_update()).one()
        ends = due(app, CLOCK, row.begun_at)
        if ends.provisional or not row.provisional:
            return False
        before = row.ends_at
        row.ends_at, row.provisional = ends.due_at, False
        row.trace = [*ends.trace, *([rescheduling.TABLE_ARRIVED] if ends.due_at != before else [])]
        return ends.due_at != before


def _row(tx: Session, number: str, id: int, viewer: Viewer) -> Publicity:
    seen(tx, number, viewer)
    query = select(Publicity).where(Publicity.id == id, Publicity.hazard == number).with_for_update()
    row = tx.scalars(query).one_or_none()
    if row is None:
        raise NotFound("没有这次公示。", en="There is no such publicity.")
    return row


def _still_running(row: Publicity, now: datetime) -> None:
    if row.withdrawn_at is not None or now >= row.ends_at:
        raise Conflict("这次公示已经结束。", en="This publicity has ended.")


def _view(tx: Session, row: Publicity, now: datetime) -> PublicityView:
    own: dict[str, Any] = {name: getattr(row, name) for name in PublicityView.__slots__ if hasattr(row, name)}
    objections = tx.scalars(select(Objection).where(Objection.publicity == row.id).order_by(Objection.id))
    return PublicityView(
        **own, state=state_of(tx, row, now),
        objections=[
            ObjectionView(**{name: getattr(each, name) for name in ObjectionView.__slots__}) for each in objections
        ],
    )  # fmt: skip
