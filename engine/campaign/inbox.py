"""The inbox of a unit: what came to it and what it sent, whose turn each is and by when, what is new to the reader.

A department sees what was sent to it and nothing else; the street sees what it sent and where it stands.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import (
    ColumnElement,
    CompoundSelect,
    Select,
    Subquery,
    and_,
    case,
    false,
    func,
    literal,
    or_,
    select,
    true,
    union_all,
)
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

Seen = tuple[Select[Any], Subquery]  # the rows of one kind, and the items of which they are
BOXES = {"received": "收到的", "sent": "发出的"}
PAPERS = ("request", "letter")  # whose turn it is, if anybody's, is who received them
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
    seen = []
    for query, item in _seen(viewer, now, box):
        for wanted, condition in (
            (kind, item.c.kind == kind), (waiting, _waiting(item, viewer, waiting)),
            (overdue, and_(item.c.closed_at.is_(None), item.c.due_at <= now)), (unread, _unread(item)),
        ):  # fmt: skip
            query = query.where(condition) if wanted else query
        if q:
            named = select(Place.id).where(Place.name.ilike(like(q), escape="\\"))
            columns = (item.c.number, item.c.title, item.c.hazard)
            texts = (column.ilike(like(q), escape="\\") for column in columns)
            query = query.where(or_(Hazard.place.in_(named), *texts))
        seen.append((query, item))
    with app.reading() as tx:
        many, running = _many(tx, seen)
        begin = (page - 1) * size
        # What runs comes first: only a page beyond it has to put in order what is over.
        keys = _keys(tx, seen, begin, size, over=False) if begin < running else []
        if len(keys) < size and begin + size > running:
            keys += _keys(tx, seen, max(begin - running, 0), size - len(keys), over=True)
        rows = _rows(tx, seen, keys)
        return Page(_views(tx, app, viewer, rows, now), many, page, size)


def _many(tx: Session, seen: Sequence[Seen]) -> tuple[int, int]:
    """How many there are, and how many of them run."""
    each = [
        query.with_only_columns(func.count(), func.count().filter(item.c.closed_at.is_(None))) for query, item in seen
    ]
    numbers = tx.execute(union_all(*each)).all()
    return sum(row[0] for row in numbers), sum(row[1] for row in numbers)


def _keys(tx: Session, seen: Sequence[Seen], begin: int, many: int, *, over: bool) -> list[tuple[str, str]]:
    """Kind and key of so many of those that are over, or of the others, from the one at ``begin`` on: of each kind no
    more than that are put in order, with nothing but what says it.
    """
    kinds = []
    for query, item in seen:
        part = query.with_only_columns(item.c.kind, item.c.key, item.c.due_at, item.c.at)
        part = part.where(item.c.closed_at.is_not(None) if over else item.c.closed_at.is_(None))
        kinds.append(select(part.order_by(*_order(item)).limit(begin + many).subquery()))
    rows = union_all(*kinds).subquery()
    found = select(rows.c.kind, rows.c.key).order_by(*_order(rows)).limit(many).offset(begin)
    return [(kind, key) for kind, key in tx.execute(found)]


def _rows(tx: Session, seen: Sequence[Seen], keys: Sequence[tuple[str, str]]) -> list[Any]:
    """All that is shown of these, in their order."""
    found: dict[tuple[str, str], Any] = {}
    for query, item in seen:
        ids = [item.c.id.type.python_type(key) for kind, key in keys if kind == item.name]
        if ids:
            found |= {(row.kind, row.key): row for row in tx.execute(_told((query.where(item.c.id.in_(ids)), item)))}
    return [found[key] for key in keys]


def _order(item: Any) -> tuple[ColumnElement[Any], ...]:
    return item.c.due_at.asc().nulls_last(), item.c.at.desc(), item.c.key


def counts(app: App, viewer: Viewer) -> list[InboxCount]:
    """The numbers beside the tabs: one line for each box and kind that has an open item."""
    now = app.clock()
    with app.reading() as tx:
        lines = [line for box in BOXES for line in sorted(map(tuple, tx.execute(_numbers(viewer, now, box))))]
    return [InboxCount(box, kind, *(int(number) for number in rest)) for box, kind, *rest in lines if rest[0]]


def _numbers(viewer: Viewer, now: datetime, box: str) -> CompoundSelect[Any]:
    """Of each kind in a box what runs, waits for the viewer's unit, is late, is new."""
    kinds = []
    for query, item in _seen(viewer, now, box):
        told = _waiting(item, viewer, "mine"), item.c.due_at <= now, _unread(item)
        sums = [func.coalesce(func.sum(case((condition, 1), else_=0)), 0) for condition in told]
        running = query.where(item.c.closed_at.is_(None)).order_by(None)
        kinds.append(running.with_only_columns(literal(box), literal(item.name), func.count(), *sums))
    return union_all(*kinds)


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
        for query, item in _seen(viewer, now, box):
            one = _told((query.where(item.c.key == key), item))
            row = tx.execute(one).one_or_none() if item.name == kind else None
            if row is not None:
                return row
    raise NotFound(
        "没有这一件，或者它不是发给您的单位、也不是您的单位发出的，请核对编号。",
        en=f"There is no {kind} {key} that was sent to your unit or by it.",
    )


def _seen(viewer: Viewer, now: datetime, box: str) -> list[Seen]:
    """The rows of one box beside their hazard and this person's mark, a query for each kind: so the databases look no
    further than at what is asked, where of all kinds as one table they would first write down every row.
    """
    found, area, unit = [], scope.one(scope.areas(viewer)), scope.one(scope.own_unit(viewer))
    below = or_(Hazard.community == area, Hazard.grid == area)
    for item in inbox_items.items(now):
        held = (item.c.kind == InboxMark.kind, item.c.key == InboxMark.key, InboxMark.person == viewer.name)
        query = select(item).outerjoin(Hazard, Hazard.number == item.c.hazard).outerjoin(InboxMark, and_(*held))
        kept = item.name in KEPT_ABOVE
        ours = Hazard.street == area if kept else or_(Hazard.street == area, below)
        turns = (item.c.turn, item.c.back, *([item.c.sender] if kept else []))  # the organ's own work too
        whose = (item.c.receiver, *(turns if item.name not in PAPERS else ()))
        received = or_(*(one == unit for one in whose))
        sent = and_(or_(item.c.sender == unit, ours), or_(item.c.receiver.is_(None), item.c.receiver != unit))
        if viewer.admin:
            received, sent = true(), true() if item.name != "measure" else false()
        found.append((query.where(received if box == "received" else sent), item))
    return found


def _told(seen: Seen) -> Select[Any]:
    """The same with what is shown of the hazard and its place."""
    query, item = seen
    more = Hazard.text.label("text"), Place.name.label("place_name"), _unread(item).label("unread")
    return query.add_columns(*more).outerjoin(Place, Place.id == Hazard.place)


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
