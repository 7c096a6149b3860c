"""Who has read what: notices of the product's own, and documents issued to people of the own unit. The first time
counts; who sent it sees the list.
"""

import re
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from engine.app import App
from engine.bpm.model import Instance, Notice
from engine.bpm.viewer import Page, Viewer
from engine.campaign import authority, scope
from engine.campaign.case_model import Hazard
from engine.campaign.document_sight import of_organ, seen, to_read
from engine.campaign.model import Person
from engine.campaign.pages import read_page
from engine.campaign.receipt_model import ReadReceipt
from engine.campaign.sight import seen as seen_hazard
from engine.errors import NotFound
from engine.rows import inserting
from engine.said import both

NAMED = re.compile(r"隐患 ?([^\s：，。]+)")


@dataclass(frozen=True, slots=True)
class NoticeView:
    """A notice to the viewer; ``read_at`` is empty until the viewer read it, ``hazard`` is what its case is about."""

    id: str
    subject: str
    body: str
    created_at: datetime
    recipient: str
    instance_id: str | None
    hazard: str | None
    read_at: datetime | None


@dataclass(frozen=True, slots=True)
class ReaderView:
    """Who read it first, and when."""

    person: str
    name: str
    unit: str | None
    at: datetime


@dataclass(frozen=True, slots=True)
class SentView:
    """A notice as its sender sees it: to whom, how far it got, who has read it."""

    id: str
    recipient: str
    subject: str
    created_at: datetime
    status: str
    readers: list[ReaderView]


def list_notices(
    app: App, viewer: Viewer, *, unread: bool = False, page: int = 1, size: int = 50
) -> Page[NoticeView]:  # fmt: skip
    """The notices to this person or a group of it, newest first."""
    mine = (ReadReceipt.notice == Notice.id) & (ReadReceipt.person == viewer.name)
    query = select(Notice).where(_to(viewer)).order_by(Notice.created_at.desc(), Notice.id)
    if unread:
        query = query.where(~select(ReadReceipt.id).where(mine).exists())
    with app.reading() as tx:
        found = read_page(tx, query, page, size, lambda row: row)
        return Page([_view(tx, row, viewer) for row in found.items], found.total, page, size)


def read_notice(app: App, id: str, *, viewer: Viewer) -> NoticeView:
    """Mark a notice as read; a repeat changes nothing. Raises NotFound, also when it is not to this person."""
    now = app.clock()
    with app.transaction() as tx:
        row = tx.scalars(select(Notice).where(Notice.id == id, _to(viewer))).one_or_none()
        if row is None:
            raise NotFound("没有这条通知，或不是发给您的。", en="There is no such notice to you.")
        _note(tx, viewer, now, notice=id)
        return _view(tx, row, viewer)


def read_all(app: App, *, until: datetime, viewer: Viewer) -> int:
    """Mark as read what was sent to this person until a moment (what the page showed); answers how many were unread."""
    now = app.clock()
    with app.transaction() as tx:
        mine = (ReadReceipt.notice == Notice.id) & (ReadReceipt.person == viewer.name)
        unread = ~select(ReadReceipt.id).where(mine).exists()
        query = select(Notice.id).where(_to(viewer), Notice.created_at <= until, unread)
        ids = tx.scalars(query.order_by(Notice.id)).all()
        for id in ids:
            _note(tx, viewer, now, notice=id)
        return len(ids)


def sent_about(app: App, hazard: str, *, viewer: Viewer, page: int = 1, size: int = 50) -> Page[SentView]:
    """The notices that the case of a hazard sent, newest first, with who has read them, for the staff that sees the
    hazard. Raises NotFound, NotAllowed.
    """
    with app.reading() as tx:
        row = seen_hazard(tx, hazard, viewer)
        authority.require(tx, viewer, "notice.readers")
        query = select(Notice).where(Notice.instance_id == row.instance_id)
        found = read_page(tx, query.order_by(Notice.created_at.desc(), Notice.id), page, size, lambda each: each)
        return Page([_sent(tx, each) for each in found.items], found.total, page, size)


def opened(app: App, id: str, *, viewer: Viewer) -> None:
    """Note that somebody it was issued to opened a document; whoever made it is not asked. Raises NotFound."""
    with app.reading() as tx:
        if not to_read(tx, seen(tx, id, viewer), viewer):
            return
    now = app.clock()
    with app.transaction() as tx:
        _note(tx, viewer, now, document=id)


def readers(app: App, id: str, *, viewer: Viewer) -> list[ReaderView]:
    """Who of those it was issued to has opened a document, for its organ alone. Raises NotFound."""
    with app.reading() as tx:
        row = seen(tx, id, viewer)
        if not viewer.admin and row.drafted_by != viewer.name and not of_organ(tx, row, viewer):
            raise NotFound("没有这份文书的阅读记录，或不归您查看。", en="Its readers are not yours to see.")
        return _readers(tx, ReadReceipt.document == id)


def _to(viewer: Viewer) -> ColumnElement[bool]:
    return Notice.recipient.in_([viewer.name, *viewer.groups])


def _note(tx: Session, viewer: Viewer, now: datetime, **what: str) -> None:
    row = inserting(tx, ReadReceipt).values(person=viewer.name, at=now, **what)
    tx.execute(row.on_conflict_do_nothing())


def _view(tx: Session, row: Notice, viewer: Viewer) -> NoticeView:
    query = select(ReadReceipt.at).where(ReadReceipt.notice == row.id, ReadReceipt.person == viewer.name)
    return NoticeView(
        row.id, both(row.subject, row.subject_en), both(row.body, row.body_en), row.created_at,
        row.recipient, row.instance_id, _about(tx, row, viewer), tx.scalar(query),
    )  # fmt: skip


def _about(tx: Session, row: Notice, viewer: Viewer) -> str | None:
    """The hazard it is about, when the viewer may see it: that of its case, else the one its subject names (a reminder
    of a deadline refers to no instance, see reminding.py).
    """
    key = tx.scalar(select(Instance.business_key).where(Instance.id == row.instance_id)) if row.instance_id else None
    named = NAMED.search(row.subject)
    number = (key or "").partition("#")[0] or (named[1] if named else "")
    return tx.scalar(select(Hazard.number).where(Hazard.number == number, scope.hazards(viewer))) if number else None


def _sent(tx: Session, row: Notice) -> SentView:
    found = _readers(tx, ReadReceipt.notice == row.id)
    return SentView(row.id, row.recipient, both(row.subject, row.subject_en), row.created_at, row.status, found)


def _readers(tx: Session, which: ColumnElement[bool]) -> list[ReaderView]:
    query = select(ReadReceipt, Person).join(Person, Person.name == ReadReceipt.person).where(which)
    rows = tx.execute(query.order_by(ReadReceipt.at, ReadReceipt.id))
    return [ReaderView(row.person, person.display_name, person.unit, row.at) for row, person in rows]
