"""What a child needs to try files which are not deployed: the deployed processes that they call, and what it may know
of the installation.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any
from zoneinfo import ZoneInfo

from engine.app import App
from engine.bpm.bundles import Called, completed, newest
from engine.bpm.operators import Registry
from engine.bpm.spiff import Refused

__all__ = ["Called", "Files", "Outside", "called_by", "complete", "outside"]
Files = Mapping[str, bytes]
Functions = Mapping[str, Callable[..., Any]]
_CALLED = re.compile(rb"calledElement\s*=\s*[\"']([^\"'$#{}]{1,255})[\"']")


def called_by(app: App, files: Files) -> dict[str, Called]:
    """Deployed processes that these files may call, found by the text: it is read in the child only."""
    found: dict[str, Called] = {}
    waiting = list(files.values())
    with app.reading() as tx:
        while waiting:
            for key in {name.decode("utf-8", "replace") for name in _CALLED.findall(waiting.pop())} - found.keys():
                if (called := newest(tx, key)) is not None:
                    found[key] = called
                    waiting += called.files.values()
    return found


def complete(files: Files, called: Mapping[str, Called]) -> Files:
    """The files with those of called processes that they lack; as they are when they cannot be read."""
    try:
        return completed(files, called.get)[0]
    except Refused:
        return files  # whoever runs them says what is wrong


@dataclass(frozen=True, slots=True)
class Outside:
    """What a child may know of the installation."""

    functions: Functions
    operators: Registry
    zone: ZoneInfo


def outside(app: App) -> Outside:
    """What a child may know of this installation."""
    return Outside(dict(app.functions), app.operators, app.zone)
