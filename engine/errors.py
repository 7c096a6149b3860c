"""One tree of errors for the whole program; the edge maps classes to statuses, the core never knows a status."""

from collections.abc import Iterable, Mapping
from typing import TypedDict

from engine.said import Said


class Problem(TypedDict, total=False):
    """One finding about one input: where (``field`` or ``element``, ``file``), what is wrong, what to do."""

    field: str
    element: str
    name: str  # of the element, as people know it
    file: str
    message: str
    en: str
    rule: str
    severity: str


def lacks(lacking: Mapping[str, str]) -> list[Problem]:
    """A finding for each field that was left out; by field, what it is called in Chinese."""
    words = {key: key.removeprefix("has_").replace("_", " ") for key in lacking}
    return [
        Problem(field=key, rule="required", message=Said(f"请补上：{name}", f"Missing: {words[key]}"))
        for key, name in lacking.items()
    ]


class EngineError(Exception):
    """The request could not be done. ``message`` is Chinese and says what to do; ``en`` says the same in English."""

    def __init__(self, message: str, *, en: str = "", problems: Iterable[Problem] = ()) -> None:
        super().__init__(message)
        self.message = message
        self.en = en or message
        self.problems = list(problems)
        for problem in self.problems:
            if isinstance(said := problem.get("message"), Said):
                problem.setdefault("en", said.en)
        if len(self.problems) == 1:  # what is wrong is that alone
            self.problems[0].setdefault("en", self.en)


class NotAuthenticated(EngineError):
    """Nobody is logged in, or the credentials do not hold."""


class NotAllowed(EngineError):
    """This person may not do this; the message names the missing power."""


class NotFound(EngineError):
    """It does not exist, or not for this person."""


class Invalid(EngineError):
    """The input breaks a rule; ``problems`` names each place."""


class Conflict(EngineError):
    """Somebody or something was there first; the message names who."""


class Stale(Conflict):
    """The record changed since it was read."""


class Collided(Conflict):
    """Two wrote the same unique value at the same moment; whoever tries again is told what the other wrote."""


class TooLarge(EngineError):
    """More was sent than is accepted; the message names the limit."""


class TooMany(EngineError):
    """Too many attempts; the message says when to try again."""


class Unavailable(EngineError):
    """The database or the disk does not answer at the moment; nothing was changed."""


class Interrupted(Unavailable):
    """The database broke this off: nothing was changed, and the same done again at once may well succeed."""


class Unsure(Unavailable):
    """The connection broke while the change was being saved: it may or may not have taken effect."""


class SettingsError(EngineError):
    """A setting of the installation cannot be used; the message names it and a value that works."""
