"""One act on many tasks: each task is its own transaction, and one that is refused does not hold up the others."""

from collections.abc import Callable, Sequence
from typing import Any

from engine.bpm.views import View
from engine.errors import EngineError


def each(tasks: Sequence[str], act: Callable[[str], Any]) -> list[View]:
    """Do ``act`` with every task in order, a task named twice only once; answers what became of each."""
    return [_one(task_id, act) for task_id in dict.fromkeys(tasks)]


def _one(task_id: str, act: Callable[[str], Any]) -> View:
    try:
        act(task_id)
    except EngineError as error:
        return {"id": task_id, "ok": False, "error": {"title": type(error).__name__, "detail": error.message}}
    return {"id": task_id, "ok": True, "error": None}
