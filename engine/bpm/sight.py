"""Who may see a task: everybody who has it, had it, delegated it or may take it, who stands in for one of them, and an
admin.
"""

from collections.abc import Callable, Iterable
from typing import Any

from sqlalchemy import Boolean, ColumnElement, Select, and_, bindparam, case, exists, false, func, or_, select, true
from sqlalchemy.orm import Session, aliased

from engine.bpm.model import Definition, Instance, Task, TaskCandidate
from engine.bpm.viewer import StandIn, Viewer


def named_in(name: Any) -> ColumnElement[bool]:
    """A task that this person has, had or delegated, or that a substitute claimed for them."""
    return or_(Task.assignee == name, Task.owner == name, Task.completed_by == name, Task.on_behalf_of == name)


def candidate_in(candidates: Any) -> ColumnElement[bool]:
    """A task that one of these groups or people may take."""
    return exists(_offer(candidates))


def _offer(candidates: Any) -> Select[str]:
    return (
        select(TaskCandidate.candidate)
        .where(TaskCandidate.task_id == Task.id, TaskCandidate.candidate.in_(candidates))
        .correlate(Task)
    )


def _offered(candidates: Any) -> ColumnElement[bool]:
    """``candidate_in`` for one task: from EXISTS PostgreSQL makes a table of everything that is offered to the person,
    even for one task; not so from a scalar subquery.
    """
    return _offer(candidates).limit(1).scalar_subquery().is_not(None)


# One task, if this person may see it and stands in for nobody; compiled once, see `seen_by`.
VISIBLE = and_(
    Task.id == bindparam("task_id"),
    or_(
        bindparam("admin", type_=Boolean()) == true(),
        named_in(bindparam("viewer")),
        _offered(bindparam("candidates", expanding=True)),
    ),
)


def visible(viewer: Viewer) -> ColumnElement[bool]:
    """``VISIBLE``, for a substitute extended by what the absent persons may see."""
    if not viewer.stands_in:
        return VISIBLE
    stead = [_seen_for(stand_in, _offered) for stand_in in viewer.stands_in]
    return or_(VISIBLE, and_(Task.id == bindparam("task_id"), or_(*stead)))


def seen_by(viewer: Viewer) -> dict[str, Any]:
    """What ``VISIBLE`` has to know about this person."""
    return {"viewer": viewer.name, "candidates": viewer.candidates, "admin": viewer.admin}


def sees(viewer: Viewer, task: Any, candidates: Iterable[str]) -> bool:
    """``VISIBLE`` for a row that was read already, of who stands in for nobody."""
    named = viewer.name in (task.assignee, task.owner, task.completed_by, task.on_behalf_of)
    return viewer.admin or named or not set(viewer.candidates).isdisjoint(candidates)


def visible_task(tx: Session, task_id: str, viewer: Viewer) -> Task | None:
    """The task if this person may see it."""
    return tx.scalar(select(Task).where(visible(viewer)), {"task_id": task_id, **seen_by(viewer)})


def seen_task(viewer: Viewer) -> ColumnElement[bool]:
    """A task that this person may see."""
    if viewer.admin:
        return true()
    stead = [_seen_for(stand_in, candidate_in) for stand_in in viewer.stands_in]
    return or_(named_in(viewer.name), candidate_in(viewer.candidates), *stead)


def to_take(viewer: Viewer) -> ColumnElement[bool]:
    """A task that this person may claim: free and offered, or one of a person for whom they stand in."""
    free = and_(Task.assignee.is_(None), candidate_in(viewer.candidates))
    return or_(free, *(worked_for(stand_in) for stand_in in viewer.stands_in))


def worked_for(stand_in: StandIn) -> ColumnElement[bool]:
    """A task that the absent person could work and the scope has: ``StandIn.covers`` in SQL."""
    return and_(_seen_for(stand_in, candidate_in), or_(Task.assignee.is_(None), Task.assignee == stand_in.person))


def in_stead(viewer: Viewer) -> ColumnElement[bool]:
    """A task that this person works, worked or would work on behalf of another: ``Viewer.on_behalf_of`` in SQL."""
    own = or_(Task.owner == viewer.name, Task.on_behalf_of == viewer.name, candidate_in(viewer.candidates))
    return func.coalesce(
        case(
            (or_(Task.assignee == viewer.name, Task.completed_by == viewer.name), Task.on_behalf_of.is_not(None)),
            (and_(Task.assignee.is_(None), own), false()),
            else_=or_(false(), *(worked_for(stand_in) for stand_in in viewer.stands_in)),
        ),
        false(),
    )


def _seen_for(stand_in: StandIn, offered: Callable[[Any], ColumnElement[bool]]) -> ColumnElement[bool]:
    """As somebody of the absent person's groups sees tasks, but nothing else of what that person has had."""
    given_up = and_(Task.assignee.is_(None), or_(Task.owner == stand_in.person, Task.on_behalf_of == stand_in.person))
    theirs = or_(Task.assignee == stand_in.person, given_up, offered(stand_in.candidates))
    if not stand_in.definitions:
        return theirs
    case_of, definition = aliased(Instance), aliased(Definition)
    of_scope = (
        select(case_of.id)
        .join(definition, definition.id == case_of.definition_id)
        .where(case_of.id == Task.instance_id, definition.key.in_(sorted(stand_in.definitions)))
        .correlate(Task)
    )
    return and_(theirs, exists(of_scope))
