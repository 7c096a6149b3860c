"""Whether anything changed in what a person may see of the work list, cheaply enough to be asked every few seconds."""

from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from engine.app import App
from engine.bpm.model import Event, Task
from engine.bpm.sight import seen_task
from engine.bpm.viewer import Viewer

# How far back events are counted again: on PostgreSQL an event can have a lower number than one that is already seen.
# Whoever was away for longer is told that something changed.
LOOK_BACK, REBASE_AFTER = 200, 400


@dataclass(frozen=True, slots=True)
class Changes:
    """``mark`` is what to ask with the next time; ``changed`` since the mark that was given; ``open`` tasks now."""

    mark: str
    changed: bool
    open: int


def since(app: App, viewer: Viewer, mark: str = "") -> Changes:
    """What became of the viewer's tasks since ``mark``, an earlier answer's; an unknown mark begins anew."""
    known = _parsed(mark)
    with app.reading() as tx:
        newest = tx.scalar(select(func.max(Event.id))) or 0
        base = known[0] if known and 0 <= newest - known[0] <= REBASE_AFTER else max(newest - LOOK_BACK, 0)
        now = (base, _touched(tx, viewer, base), _open(tx, viewer))
    return Changes("-".join(map(str, now)), known is not None and known != now, now[2])


def _parsed(mark: str) -> tuple[int, int, int] | None:
    parts = mark.split("-")
    if len(parts) != 3 or not all(part.isascii() and part.isdigit() and len(part) < 19 for part in parts):
        return None
    return int(parts[0]), int(parts[1]), int(parts[2])


def _touched(tx: Session, viewer: Viewer, base: int) -> int:
    """How many events after ``base`` were about a task that this person may see."""
    found = select(func.count()).select_from(Event).join(Task, Task.id == Event.task_id)
    return tx.scalar(found.where(Event.id > base, seen_task(viewer))) or 0


def _open(tx: Session, viewer: Viewer) -> int:
    return tx.scalar(select(func.count()).select_from(Task).where(Task.status == "open", seen_task(viewer))) or 0
