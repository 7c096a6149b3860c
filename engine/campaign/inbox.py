"""The inbox of a unit: what came to it and what it sent, whose turn each is and by when, what is new to the reader.

A department sees what was sent to it and nothing else; the street sees what it sent and where it stands.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, case, func, or_, select, true
from sqlalchemy.orm import Session

from engine.app import App
from engine.bpm.paging import check_page
from engine.bpm.viewer import Page, Viewer
from engine.campaign import inbox_items, scope, units
from engine.campaign.case_model import Hazard
from engine.campaign.inbox_model import InboxMark
from engine.campaign.model import Place
from engine.campaign.pages import like
from engine.errors import NotFound
from engine.lamp import due_lamp
from engine.rows import inserting

BOXES = {"received": "收到的", "sent": "发出的"}
KEPT_ABOVE = ("crime", "court")  # of these the community and the grid of the place hear nothing
WAITING = {"mine": "等本单位办理", "others": "等别的单位办理", "open": "未办结", "over": "已办结"}


@dataclass(frozen=True, slots=True)
class InboxItem:
    """One thing between units. ``turn`` is who must act next (None: nobody), ``due_at`` by when; ``mine``: the viewer's
    own unit must; ``unread``: it stands elsewhere than when this person last looked.
    """

    kind: str
    key: str
    number: str
    title: str
    hazard: str
    place_name: str
    text: str
    at: datetime
    due_at: datetime | None
    lamp: str
    overdue: bool
    state: str
    turn: str | None
    turn_name: str
    mine: bool
    sender: str | None
    sender_name: str
    receiver: str | None
    receiver_name: str
    closed_at: datetime | None
    unread: bool


@dataclass(frozen=True, slots=True)
class InboxCount:
    """How many open items of one kind are in a box, how many wait for the viewer's unit, are late, are new."""

    box: str
    kind: str
    open: int
    mine: int
    overdue: int
    unread: int


def list_items(
    app: App, viewer: Viewer, *, box: str = "received", kind: str | None = None, waiting: str | None = None,
    overdue: bool = False, unread: bool = False, q: str | None = None, page: int = 1, size: int = 50,
) -> Page[InboxItem]:  # fmt: skip
    """What came to the viewer's unit (``received``) or was sent by it (``sent``), what is due first in front, what is
    over last. ``q`` looks in numbers, titles and the names of places.
    """
    now = app.clock()
    check_page(page, size)
    with app.reading() as tx:
        query, item = _seen(viewer, now, box)
        for wanted, condition in (
            (kind, item.c.kind == kind), (waiting, _waiting(item, viewer, waiting)),
            (overdue, and_(item.c.closed_at.is_(None), item.c.due_at <= now)), (unread, _unread(item)),
        ):  # fmt: skip
            query = query.where(condition) if wanted else query
        if q:
            columns = (item.c.number, item.c.title, item.c.hazard, Place.name)
            query = query.where(or_(*(column.ilike(like(q), escape="\\") for column in columns)))
        # What runs comes first: only a page beyond it has to put in order what is over.
        running, over = query.where(item.c.closed_at.is_(None)), query.where(item.c.closed_at.is_not(None))
        order = (item.c.due_at.asc().nulls_last(), item.c.at.desc(), item.c.key)
        begin, many = (page - 1) * size, _many(tx, running)
        rows = list(tx.execute(running.order_by(*order).limit(size).offset(begin))) if begin < many else []
        if len(rows) < size:
            after = over.order_by(*order).limit(size - len(rows)).offset(max(begin - many, 0))
            rows += tx.execute(after)
        return Page(_views(tx, app, viewer, rows, now), many + _many(tx, over), page, size)


def _many(tx: Session, query: Select[Any]) -> int:
    return tx.scalar(select(func.count()).select_from(query.subquery())) or 0


def counts(app: App, viewer: Viewer) -> list[InboxCount]:
    """The numbers beside the tabs: one line for each box and kind that has an open item."""
    now = app.clock()
    found = []
    with app.reading() as tx:
        for box in BOXES:
            query, item = _seen(viewer, now, box)
            inner = query.where(item.c.closed_at.is_(None)).add_columns(
                _number(_waiting(item, viewer, "mine")).label("n_mine"), _number(item.c.due_at <= now).label("n_late"),
                _number(_unread(item)).label("n_new"),
            ).subquery()  # fmt: skip
            sums = [func.coalesce(func.sum(inner.c[name]), 0) for name in ("n_mine", "n_late", "n_new")]
            lines = tx.execute(select(inner.c.kind, func.count(), *sums).group_by(inner.c.kind).order_by(inner.c.kind))
            found += [InboxCount(box, line[0], *(int(number) for number in line[1:])) for line in lines]
    return found


def show(app: App, kind: str, key: str, *, viewer: Viewer) -> InboxItem:
    """One item; raises NotFound, for a stranger as for what does not exist."""
    now = app.clock()
    with app.reading() as tx:
        return _views(tx, app, viewer, [_one(tx, viewer, now, kind, key)], now)[0]


def mark_read(app: App, kind: str, key: str, *, viewer: Viewer) -> InboxItem:
    """This person has looked at an item as it stands now. Raises NotFound."""
    now = app.clock()
    with app.transaction() as tx:
        row = _one(tx, viewer, now, kind, key)
        seen = {"state": row.state, "at": now}
        insert = inserting(tx, InboxMark).values(person=viewer.name, kind=kind, key=key, **seen)
        tx.execute(insert.on_conflict_do_update(index_elements=["person", "kind", "key"], set_=seen))
        return _views(tx, app, viewer, [_one(tx, viewer, now, kind, key)], now)[0]


def _one(tx: Session, viewer: Viewer, now: datetime, kind: str, key: str) -> Any:
    for box in BOXES:
        query, item = _seen(viewer, now, box)
        row = tx.execute(query.where(item.c.kind == kind, item.c.key == key)).one_or_none()
        if row is not None:
            return row
    raise NotFound(
        "没有这一件，或者它不是发给您的单位、也不是您的单位发出的，请核对编号。",
        en=f"There is no {kind} {key} that was sent to your unit or by it.",
    )


def _seen(viewer: Viewer, now: datetime, box: str) -> tuple[Select[Any], Any]:
    """The rows of one box with their place and this person's mark."""
    item, unit = inbox_items.items(now), scope.own_unit(viewer)
    held = (item.c.kind == InboxMark.kind, item.c.key == InboxMark.key, InboxMark.person == viewer.name)
    query = select(item, Hazard.text.label("text"), Place.name.label("place_name"), _unread(item).label("unread"))
    query = query.join(Hazard, Hazard.number == item.c.hazard).join(Place, Place.id == Hazard.place)
    query = query.outerjoin(InboxMark, and_(*held))
    received = or_(item.c.receiver.in_(unit), item.c.turn.in_(unit), item.c.back.in_(unit), _organ(item).in_(unit))
    area = scope.areas(viewer)
    below = or_(Hazard.community.in_(area), Hazard.grid.in_(area))
    ours = or_(Hazard.street.in_(area), and_(item.c.kind.not_in(KEPT_ABOVE), below))
    sent = and_(or_(item.c.sender.in_(unit), ours), or_(item.c.receiver.is_(None), item.c.receiver.not_in(unit)))
    if viewer.admin:
        return query.where(true() if box == "received" else item.c.kind != "measure"), item
    return query.where(received if box == "received" else sent), item


def _organ(item: Any) -> Any:
    """The department of a case for the police or the court: the case is its own work too."""
    return case((item.c.kind.in_(("crime", "court")), item.c.sender), else_=None)


def _waiting(item: Any, viewer: Viewer, waiting: str | None) -> ColumnElement[bool]:
    """In words of WAITING; for an admin, who belongs to no unit, everything that runs waits for others."""
    own = and_(item.c.turn.is_not(None), item.c.turn.in_(scope.own_unit(viewer)))
    running = item.c.closed_at.is_(None)
    found: dict[str | None, ColumnElement[bool]] = {
        "mine": own,
        "others": and_(running, item.c.turn.is_not(None), ~own),
        "open": running,
        "over": ~running,
    }
    return found.get(waiting, true())


def _unread(item: Any) -> ColumnElement[bool]:
    return and_(item.c.closed_at.is_(None), or_(InboxMark.state.is_(None), InboxMark.state != item.c.state))


def _number(condition: Any) -> Any:
    return case((condition, 1), else_=0)


def _views(tx: Session, app: App, viewer: Viewer, rows: Sequence[Any], now: datetime) -> list[InboxItem]:
    codes = {code for row in rows for code in (row.turn, row.sender, row.receiver) if code}
    names, mine = units.names(tx, codes), units.of_person(tx, viewer.name)
    return [_view(app, row, names, mine.code if mine else None, now) for row in rows]


def _view(app: App, row: Any, names: dict[str, str], mine: str | None, now: datetime) -> InboxItem:
    running = row.closed_at is None
    due_at = row.due_at if running else None
    return InboxItem(
        row.kind, row.key, row.number, row.title, row.hazard, row.place_name, row.text, row.at, due_at,
        due_lamp(due_at, now, app.calendar, app.zone) if running else "grey", due_at is not None and due_at <= now,
        row.state, row.turn, names.get(row.turn or "", ""), row.turn is not None and row.turn == mine, row.sender,
        names.get(row.sender or "", ""), row.receiver, names.get(row.receiver or "", ""), row.closed_at,
        bool(row.unread),
    )  # fmt: skip
