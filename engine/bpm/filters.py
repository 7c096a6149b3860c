"""Verbs on saved filters: questions to the work list that a person keeps, or shares with a group of theirs."""

import uuid
from typing import Any

from sqlalchemy import ColumnElement, func, or_, select
from sqlalchemy.orm import Session

from engine.app import App
from engine.bpm import task_search
from engine.bpm.paging import paged
from engine.bpm.viewer import Page, Viewer
from engine.bpm.views import View
from engine.bpm.work_model import TaskFilter
from engine.errors import Conflict, Invalid, NotAllowed, NotFound, Problem

MOST = 50  # filters of one person
COUNTED = ("open", "all")
MISSING = "没有这个筛选，可能已被删除或不再共享给您。", "There is no such filter, or it is not shared with you."


def save(
    app: App,
    *,
    viewer: Viewer,
    name: str,
    query: dict[str, Any],
    shared_with: str | None = None,
    position: int = 0,
) -> View:
    """Keep a question under a name; ``query`` is what ``queries.tasks`` takes, as the caller has validated it.

    Raises Invalid (name, group), Conflict (the name is taken, or too many).
    """
    with app.transaction() as tx:
        own = select(func.count()).select_from(TaskFilter).where(TaskFilter.person == viewer.name)
        if (tx.scalar(own) or 0) >= MOST:
            raise Conflict(
                f"每人最多保存 {MOST} 个筛选，请先删除不用的。",
                en=f"A person keeps at most {MOST} filters; delete some.",
            )
        row = TaskFilter(id=uuid.uuid4().hex, person=viewer.name, query={})
        _set(app, tx, row, viewer, name=name, query=query, shared_with=shared_with, position=position)
        tx.add(row)
        tx.flush()
        return _view(tx, app, row, viewer)


def change(app: App, filter_id: str, *, viewer: Viewer, **given: Any) -> View:
    """Change what is given of ``save``'s arguments; only the owner or an admin may. Raises as ``save``, NotFound."""
    with app.transaction() as tx:
        row = _own(tx, filter_id, viewer)
        _set(app, tx, row, viewer, **given)
        tx.flush()
        return _view(tx, app, row, viewer)


def delete(app: App, filter_id: str, *, viewer: Viewer) -> None:
    """Forget a filter; only the owner or an admin may. Raises NotFound, NotAllowed."""
    with app.transaction() as tx:
        tx.delete(_own(tx, filter_id, viewer))


def listed(app: App, viewer: Viewer, *, page: int = 1, size: int = 50) -> Page[View]:
    """The person's own filters and those shared with a group of theirs, each with the number of open tasks in it."""
    found = select(TaskFilter).where(_seen(viewer))
    order = (TaskFilter.position, TaskFilter.name, TaskFilter.id)
    with app.reading() as tx:
        return paged(tx, found, order, page, size, lambda rows: [_view(tx, app, row[0], viewer) for row in rows])


def applied(app: App, viewer: Viewer, *, saved: str | None = None, **wanted: Any) -> dict[str, Any]:
    """A question to the work list with what the filter ``saved`` adds where ``wanted`` says nothing.

    Raises Invalid for a filter that this person does not see.
    """
    if saved is None:
        return wanted
    with app.reading() as tx:
        row = _visible(tx, saved, viewer)
    if row is None:
        raise _invalid("filter", *MISSING)
    return {**row.query, **wanted}


def _seen(viewer: Viewer) -> ColumnElement[bool]:
    """An admin sees every shared filter; what somebody keeps for themselves is nobody else's."""
    shared = TaskFilter.shared_with.is_not(None) if viewer.admin else TaskFilter.shared_with.in_(viewer.groups)
    return or_(TaskFilter.person == viewer.name, shared)


def _visible(tx: Session, filter_id: str, viewer: Viewer) -> TaskFilter | None:
    return tx.scalar(select(TaskFilter).where(TaskFilter.id == filter_id, _seen(viewer)))


def _own(tx: Session, filter_id: str, viewer: Viewer) -> TaskFilter:
    row = _visible(tx, filter_id, viewer)
    if row is None:
        raise NotFound(MISSING[0], en=MISSING[1])
    if not viewer.admin and row.person != viewer.name:
        raise NotAllowed(
            f"这个筛选是 {row.person} 共享的，只有本人或管理员可以改；可以另存一个自己的。",
            en=f"{row.person} shares this filter; only they or an admin may change it. Save one of your own.",
        )
    return row


def _set(app: App, tx: Session, row: TaskFilter, viewer: Viewer, **given: Any) -> None:
    if "name" in given:
        given["name"] = given["name"].strip()
        _check_name(tx, row, given["name"])
    group = given.get("shared_with")
    if group is not None and group not in viewer.groups and not (viewer.admin and group in app.groups()):
        raise _invalid("shared_with", f"您不在组“{group}”里，不能共享给它。", f"You are not in the group {group}.")
    for name, value in given.items():
        setattr(row, name, value)


def _check_name(tx: Session, row: TaskFilter, name: str) -> None:
    if not name:
        raise _invalid("name", "请填写筛选的名称。", "Give the filter a name.")
    taken = select(TaskFilter.id).where(
        TaskFilter.person == row.person, TaskFilter.name == name, TaskFilter.id != row.id
    )
    if tx.scalar(taken) is not None:
        raise Conflict(f"已经有名为“{name}”的筛选，请换一个名称。", en=f"A filter named {name} is there already.")


def _invalid(field: str, message: str, en: str) -> Invalid:
    return Invalid(message, en=en, problems=[Problem(field=field, rule="choice", message=message, en=en)])


def _view(tx: Session, app: App, row: TaskFilter, viewer: Viewer) -> View:
    names = ("id", "name", "person", "query", "shared_with", "position")
    return {name: getattr(row, name) for name in names} | {"count": _count(tx, app, row, viewer)}


def _count(tx: Session, app: App, row: TaskFilter, viewer: Viewer) -> int | None:
    """Open tasks only: those that ended grow without limit, and nobody waits for them."""
    wanted = {name: value for name, value in row.query.items() if name != "sort"}
    if wanted.get("status", "open") not in COUNTED:
        return None
    found = task_search.matching(app, viewer, **{**wanted, "status": "open"})
    return tx.scalar(select(func.count()).select_from(found.subquery()))
