"""Open one task for one command: who may see it finds it locked with its instance, after everything due has fired."""

from collections import namedtuple
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol, cast

from sqlalchemy import bindparam, func, select
from sqlalchemy.orm import Session

from engine.app import App
from engine.bpm.model import Instance, Task, TaskCandidate
from engine.bpm.sight import VISIBLE, seen_by, sees, visible
from engine.bpm.step import STANDING, Opened, Standing, at_hand, caught_up
from engine.bpm.viewer import Behalf, Viewer
from engine.bpm.views import View, task_view
from engine.errors import NotFound
from engine.sql import Found, Statement

BETWEEN = "\x1f"  # the unit separator: no name of a group has it
_columns = Task.__table__.c
_row = cast(Any, namedtuple)("TaskRow", _columns.keys())
_candidates = select(func.aggregate_strings(TaskCandidate.candidate, BETWEEN)).where(TaskCandidate.task_id == Task.id)

# The instance is locked before its task, as everywhere. Both are locked, because of a row that is only joined
# PostgreSQL shows, after waiting for a lock, what it was before the wait.
SELECTED = [*STANDING, _candidates.scalar_subquery().label("candidates"), *_columns]
_FOUND = (
    select(*SELECTED).join_from(Task, Instance, Instance.id == Task.instance_id).with_for_update(of=[Instance, Task])
)
_LOCKED = Statement(_FOUND.where(VISIBLE))
_AGAIN = Statement(select(*_columns).where(Task.id == bindparam("task_id")))


class Asking(Protocol):
    """Somebody who is found out together with the task, by a statement that selects ``SELECTED`` first."""

    def with_task(self, tx: Session, task_id: str, now: datetime) -> tuple[Found, Viewer] | None:
        """The task, locked with its instance, and who asks; None when it takes a closer look."""

    def plainly(self) -> Viewer:
        """Who asks, found out by itself. Raises NotAuthenticated, NotAllowed."""


@dataclass
class OpenedTask:
    """A task in the hands of one command: ``row`` has the columns of its table, ``viewer`` is whose command it is."""

    case: Opened
    row: Found
    candidates: list[str]
    viewer: Viewer

    def view(self, **changed: Any) -> View:
        """The task as a list row, with columns that this command changed."""
        row, case = self.row._replace(**changed), self.case
        return task_view(case.app, row, case.row, case.definition, self.candidates)


@contextmanager
def opened_task(app: App, tx: Session, task_id: str, asking: Viewer | Asking, now: datetime) -> Iterator[OpenedTask]:
    """Lock the task and its instance and fire everything due by ``now``; see ``step.opened``.

    Raises NotFound when there is no such task or this person may not see it.
    """
    found, viewer = _locked(tx, task_id, asking, now)
    size = len(STANDING)
    case = at_hand(app, tx, Standing(*found[:size]), now)
    row, candidates = _row._make(found[size + 1 : len(SELECTED)]), (found.candidates or "").split(BETWEEN)
    task = OpenedTask(case, row, candidates, viewer)
    with caught_up(case):
        if case.row.revision != found.revision:
            task.row = _row._make(_AGAIN.rows(tx, task_id=task_id)[0])
        process = case.definition.key
        if person := viewer.on_behalf_of(task.row, process, task.candidates):
            case.behalf = Behalf(task_id, task.row.element, person, viewer.mandate_of(person, process))
        yield task


def _locked(tx: Session, task_id: str, asking: Viewer | Asking, now: datetime) -> tuple[Found, Viewer]:
    if not isinstance(asking, Viewer):
        together = asking.with_task(tx, task_id, now)
        if together is not None:
            if not sees(together[1], together[0], (together[0].candidates or "").split(BETWEEN)):
                raise not_found()
            return together
        asking = asking.plainly()
    locked = Statement(_FOUND.where(visible(asking))) if asking.stands_in else _LOCKED
    found = locked.first(tx, task_id=task_id, **seen_by(asking))
    if found is None:
        raise not_found()
    return found, asking


def not_found() -> NotFound:
    """The refusal of a task that does not exist or may not be seen; which of the two is not said."""
    return NotFound("没有这项任务，或它不在您的职责范围内。", en="There is no such task, or it is not yours to see.")
