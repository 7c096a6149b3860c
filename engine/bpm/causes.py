"""Why a step failed, as much as whoever repairs it needs: each exception with what it says and where in our own code
it was raised, the element, its operator or expression. Bounded, without secrets and without paths of the machine.
"""

import re
import traceback
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from engine.errors import EngineError

Cause = dict[str, Any]

ROOT = Path(__file__).resolve().parents[2]
OURS = ("engine", "api", "scheduler")  # the rooms whose frames are shown
MOST_ERRORS = 5  # of a chain
MOST_FRAMES = 15  # of one error, the innermost
LONGEST = 2_000  # characters of what one error says
LONGEST_SOURCE = 1_000  # of an expression
# What follows the words of a database's error: the statement and the values in it, which are people's data.
_STATEMENT = re.compile(r"\s*(\[SQL:|\[parameters:|\(Background on this error).*", re.DOTALL)
_HIDDEN = (
    (re.compile(r"://[^\s/@]+@"), "://…@"),  # a password in an address
    (re.compile(r"\bbihuan_[\w-]{16,}"), "…"),  # an access token
    (re.compile(r"(?i)\b(bearer|basic)\s+[\w.+/=-]{8,}"), r"\1 …"),
    (re.compile(r"(?i)(passw(?:or)?d|passwd|secret|token|api[_-]?key|密码|密钥|口令)([\"']?\s*[=:：]\s*)"
                r"(\"[^\"]*\"|'[^']*'|[^\s,;，；)}\]]+)"), r"\1\2…"),
    (re.compile(r"(?<![\w:/.\\])(?:[A-Za-z]:\\|/)(?:[^\s\\/'\":,，。]+[\\/])+([^\s\\/'\":,，。]*)"), r"…/\1"),  # a path
)  # fmt: skip


def plain(text: str) -> str:
    """A text without secrets, statements of the database and paths of this machine, cut to ``LONGEST``."""
    shown = _STATEMENT.sub("", text[: 10 * LONGEST].replace(f"{ROOT}/", ""))
    for pattern, instead in _HIDDEN:
        shown = pattern.sub(instead, shown)
    return shown if len(shown) <= LONGEST else f"{shown[:LONGEST]}…"


def said(error: BaseException) -> str:
    """What an unexpected error says, in one line for people: its type and words."""
    return f"{type(error).__name__}：{words}" if (words := plain(str(error))) else type(error).__name__


def of(error: BaseException, **where: Any) -> Cause:
    """The cause as plain values: ``type``, ``message``, ``en``, ``expression``, ``errors`` from the outermost to the
    first one, and ``where`` it happened as the caller knows it.
    """
    chain = list(_chain(error))
    source = next((text for one in chain if (text := getattr(one, "source", "")) and isinstance(text, str)), "")
    return {
        "type": type(error).__name__,
        "message": plain(_message(error)),
        "en": plain(error.en) if isinstance(error, EngineError) else plain(str(error)),
        "expression": source if len(source) <= LONGEST_SOURCE else f"{source[:LONGEST_SOURCE]}…",
        "errors": [
            {"type": type(one).__name__, "message": plain(_message(one)), "frames": _frames(one)} for one in chain
        ],
        **where,
    }  # fmt: skip


def _message(error: BaseException) -> str:
    return error.message if isinstance(error, EngineError) else str(error)


def _chain(error: BaseException) -> Iterator[BaseException]:
    """What it was raised from, also where nobody said so; the last ones when there are too many."""
    found, seen, one = [], set[int](), error
    while one is not None and id(one) not in seen:
        seen.add(id(one))
        found.append(one)
        one = one.__cause__ or (None if one.__suppress_context__ else one.__context__)  # type: ignore[assignment]
    yield from found if len(found) <= MOST_ERRORS else [*found[:2], *found[-(MOST_ERRORS - 2) :]]


def _frames(error: BaseException) -> list[str]:
    lines = []
    for frame, line in traceback.walk_tb(error.__traceback__):
        path = Path(frame.f_code.co_filename)
        if path.is_relative_to(ROOT) and (inside := path.relative_to(ROOT)).parts[0] in OURS:
            lines.append(f"{inside.as_posix()}:{line} {frame.f_code.co_name}")
    return lines[-MOST_FRAMES:]
