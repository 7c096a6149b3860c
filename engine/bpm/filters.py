"""Verbs on saved filters: questions to a list that a person keeps, or shares with a group of theirs.

``of`` says to which list; what belongs to another one is not there.
"""

import uuid
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, cast

from sqlalchemy import ColumnElement, Select, func, or_, select
from sqlalchemy.orm import Session

from engine.app import App
from engine.bpm import task_search
from engine.bpm.paging import paged
from engine.bpm.viewer import Page, Viewer
from engine.bpm.views import View
from engine.bpm.work_model import HazardFilter, TaskFilter
from engine.errors import Conflict, Invalid, NotAllowed, NotFound, Problem

MOST = 50  # filters of one person for one list
COUNTED = ("open", "all")
MISSING = "没有这个筛选，可能已被删除或不再共享给您。", "There is no such filter, or it is not shared with you."


Kept = TaskFilter | HazardFilter


@dataclass(frozen=True, slots=True)
class Listing:
    """A list whose questions are kept: their table, and what a question finds now (None: that is not counted)."""

    kept: type[TaskFilter] | type[HazardFilter]
    found: Callable[[App, Viewer, dict[str, Any]], Select[*tuple[Any, ...]] | None]


def _open_tasks(app: App, viewer: Viewer, query: dict[str, Any]) -> Select[*tuple[Any, ...]] | None:
    """Open tasks only: those that ended grow without limit, and nobody waits for them."""
    wanted = {name: value for name, value in query.items() if name != "sort"}
    if wanted.get("status", "open") not in COUNTED:
        return None
    return task_search.matching(app, viewer, **{**wanted, "status": "open"})


TASKS = Listing(TaskFilter, _open_tasks)


def save(
    app: App,
    *,
    viewer: Viewer,
    of: Listing = TASKS,
    name: str,
    query: dict[str, Any],
    shared_with: str | None = None,
    position: int = 0,
) -> View:
    """Keep a question under a name; ``query`` is what the list takes, as the caller has validated it.

    Raises Invalid (name, group), Conflict (the name is taken, or too many).
    """
    with app.transaction() as tx:
        own = select(func.count()).where(of.kept.person == viewer.name)
        if (tx.scalar(own) or 0) >= MOST:
            raise Conflict(
                f"每人最多保存 {MOST} 个筛选，请先删除不用的。",
                en=f"A person keeps at most {MOST} filters; delete some.",
            )
        row = of.kept(id=uuid.uuid4().hex, person=viewer.name, query={})
        _set(app, tx, row, viewer, name=name, query=query, shared_with=shared_with, position=position)
        tx.add(row)
        tx.flush()
        return _view(tx, app, row, viewer, of)


def change(app: App, filter_id: str, *, viewer: Viewer, of: Listing = TASKS, **given: Any) -> View:
    """Change what is given of ``save``'s arguments; only the owner or an admin may. Raises as ``save``, NotFound."""
    with app.transaction() as tx:
        row = _own(tx, filter_id, viewer, of)
        _set(app, tx, row, viewer, **given)
        tx.flush()
        return _view(tx, app, row, viewer, of)


def delete(app: App, filter_id: str, *, viewer: Viewer, of: Listing = TASKS) -> None:
    """Forget a filter; only the owner or an admin may. Raises NotFound, NotAllowed."""
    with app.transaction() as tx:
        tx.delete(_own(tx, filter_id, viewer, of))


def listed(app: App, viewer: Viewer, *, of: Listing = TASKS, page: int = 1, size: int = 50) -> Page[View]:
    """The person's own filters and those shared with a group of theirs, each with how much it finds now."""
    found = select(of.kept).where(_seen(viewer, of))
    order = (of.kept.position, of.kept.name, of.kept.id)
    with app.reading() as tx:
        return paged(tx, found, order, page, size, lambda rows: [_view(tx, app, row[0], viewer, of) for row in rows])


def applied(app: App, viewer: Viewer, *, saved: str | None = None, **wanted: Any) -> dict[str, Any]:
    """A question to the work list with what the filter ``saved`` adds where ``wanted`` says nothing.

    Raises Invalid for a filter that this person does not see.
    """
    if saved is None:
        return wanted
    with app.reading() as tx:
        row = _visible(tx, saved, viewer, TASKS)
    if row is None:
        raise _invalid("filter", *MISSING)
    return {**row.query, **wanted}


def _seen(viewer: Viewer, of: Listing) -> ColumnElement[bool]:
    """An admin sees every shared filter; what somebody keeps for themselves is nobody else's."""
    shared = of.kept.shared_with.is_not(None) if viewer.admin else of.kept.shared_with.in_(viewer.groups)
    return or_(of.kept.person == viewer.name, shared)


def _visible(tx: Session, filter_id: str, viewer: Viewer, of: Listing) -> Kept | None:
    return cast(Kept | None, tx.scalar(select(of.kept).where(of.kept.id == filter_id, _seen(viewer, of))))


def _own(tx: Session, filter_id: str, viewer: Viewer, of: Listing) -> Kept:
    row = _visible(tx, filter_id, viewer, of)
    if row is None:
        raise NotFound(MISSING[0], en=MISSING[1])
    if not viewer.admin and row.person != viewer.name:
        raise NotAllowed(
            f"这个筛选是 {row.person} 共享的，只有本人或管理员可以改；可以另存一个自己的。",
            en=f"{row.person} shares this filter; only they or an admin may change it. Save one of your own.",
        )
    return row


def _set(app: App, tx: Session, row: Kept, viewer: Viewer, **given: Any) -> None:
    if "name" in given:
        given["name"] = given["name"].strip()
        _check_name(tx, row, given["name"])
    group = given.get("shared_with")
    if group is not None and group not in viewer.groups and not (viewer.admin and group in app.groups()):
        raise _invalid("shared_with", f"您不在组“{group}”里，不能共享给它。", f"You are not in the group {group}.")
    for name, value in given.items():
        setattr(row, name, value)


def _check_name(tx: Session, row: Kept, name: str) -> None:
    if not name:
        raise _invalid("name", "请填写筛选的名称。", "Give the filter a name.")
    kept = type(row)
    taken = select(kept.id).where(kept.person == row.person, kept.name == name, kept.id != row.id)
    if tx.scalar(taken) is not None:
        raise Conflict(f"已经有名为“{name}”的筛选，请换一个名称。", en=f"A filter named {name} is there already.")


def _invalid(field: str, message: str, en: str) -> Invalid:
    return Invalid(message, en=en, problems=[Problem(field=field, rule="choice", message=message, en=en)])


def _view(tx: Session, app: App, row: Kept, viewer: Viewer, of: Listing) -> View:
    names = ("id", "name", "person", "query", "shared_with", "position")
    found = of.found(app, viewer, row.query)
    count = tx.scalar(select(func.count()).select_from(found.subquery())) if found is not None else None
    return {name: getattr(row, name) for name in names} | {"count": count}
