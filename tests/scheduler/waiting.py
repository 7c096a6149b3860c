"""How these tests wait for another thread or process: they look until it happened, and give up in time."""

import threading
from collections.abc import Callable


def wait_until(happened: Callable[[], bool], *, seconds: float = 120) -> None:
    """Return as soon as it happened; an AssertionError when it did not in so many seconds."""
    pause = threading.Event()
    for _ in range(int(seconds * 50)):
        if happened():
            return
        pause.wait(0.02)
    raise AssertionError(f"it did not happen within {seconds} s")
