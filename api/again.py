"""Nobody sees a lock or a restarting database: a request that was broken off is done again before it is answered (S1).

Only what left nothing behind is repeated: no transaction of this request was committed, or its idempotency key gives
the first answer again. Routes get this from ``Blueprint``.
"""

from collections.abc import Callable
from functools import wraps
from time import sleep
from typing import ParamSpec, TypeVar

from flask import g, has_request_context, request

from engine.app import App
from engine.errors import Collided, EngineError, Interrupted, Stale, Unsure
from engine.outage import unsure

PAUSES = (0.05, 0.1, 0.2, 0.4, 0.8, 1.6)  # seconds: a database server that restarts is back by then
SAFE = {"GET", "HEAD", "OPTIONS"}

Given = ParamSpec("Given")
Answer = TypeVar("Answer")


def again(act: Callable[Given, Answer]) -> Callable[Given, Answer]:
    """Do an act of this request once more whenever it was broken off; the last error stands."""

    @wraps(act)
    def repeated(*args: Given.args, **kwargs: Given.kwargs) -> Answer:
        for pause in PAUSES:
            try:
                return act(*args, **kwargs)
            except (Interrupted, Stale, Collided, Unsure) as error:
                _must_be_repeatable(error)
            sleep(pause)
        return act(*args, **kwargs)

    return repeated


def _must_be_repeatable(error: EngineError) -> None:
    if request.method in SAFE or g.get("keyed"):
        return
    if g.get("saved"):  # the act itself took effect; what broke off came after it, such as reading the answer
        raise unsure(error) from error
    if isinstance(error, Unsure):
        raise error


def _note_saved() -> None:
    if has_request_context():
        g.saved = True


def install(app: App) -> None:
    """Note for each request whether it saved anything."""
    app.after_commit.append(_note_saved)
