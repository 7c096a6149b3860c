"""Who may see a task: everybody who has it, had it, delegated it or may take it, and an admin."""

from typing import Any

from sqlalchemy import Boolean, ColumnElement, Select, and_, bindparam, exists, or_, select, true
from sqlalchemy.orm import Session

from engine.bpm.model import Task, TaskCandidate
from engine.bpm.viewer import Viewer


def named_in(name: Any) -> ColumnElement[bool]:
    """A task that this person has, had or delegated."""
    return or_(Task.assignee == name, Task.owner == name, Task.completed_by == name)


def candidate_in(candidates: Any) -> ColumnElement[bool]:
    """A task that one of these groups or people may take."""
    return exists(_offer(candidates))


def _offer(candidates: Any) -> Select[str]:
    return (
        select(TaskCandidate.candidate)
        .where(TaskCandidate.task_id == Task.id, TaskCandidate.candidate.in_(candidates))
        .correlate(Task)
    )


# One task, if this person may see it; compiled once, see `seen_by`. A scalar subquery, because from EXISTS PostgreSQL
# makes a table of everything that is offered to the person, even for one task.
VISIBLE = and_(
    Task.id == bindparam("task_id"),
    or_(
        bindparam("admin", type_=Boolean()) == true(),
        named_in(bindparam("viewer")),
        _offer(bindparam("candidates", expanding=True)).limit(1).scalar_subquery().is_not(None),
    ),
)


def seen_by(viewer: Viewer) -> dict[str, Any]:
    """What ``VISIBLE`` has to know about this person."""
    return {"viewer": viewer.name, "candidates": viewer.candidates, "admin": viewer.admin}


def visible_task(tx: Session, task_id: str, viewer: Viewer) -> Task | None:
    """The task if this person may see it."""
    return tx.scalar(select(Task).where(VISIBLE), {"task_id": task_id, **seen_by(viewer)})


def seen_task(viewer: Viewer) -> ColumnElement[bool]:
    """A task that this person may see."""
    return true() if viewer.admin else or_(named_in(viewer.name), candidate_in(viewer.candidates))
