"""Who asks, found by the same statement that locks the task they act on: one round trip less for the act that is done
most. Nothing is remembered about people; what was shown lately only says that this way is worth trying.
"""

import functools
from collections.abc import Callable
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, bindparam, func, select
from sqlalchemy.orm import Session

from engine.app import App
from engine.bpm.model import Instance, Task
from engine.bpm.task_step import BETWEEN, SELECTED
from engine.bpm.viewer import Viewer
from engine.campaign import substitutes
from engine.campaign.model import LoginSession, Person, PersonRole, Token
from engine.campaign.people import ADMIN, groups
from engine.db import UtcDateTime
from engine.sql import Found, Statement

MOST = 10_000  # secrets

_ROLES = (
    select(func.aggregate_strings(PersonRole.role, BETWEEN))
    .where(PersonRole.person == Person.name)
    .correlate(Person)
    .scalar_subquery()
    .label("asks_as")
)


def _together(secrets: type[Token] | type[LoginSession], valid: ColumnElement[bool], *more: Any) -> Statement:
    """The task, locked with its instance, and whose secret it is; nothing when either is not to be had."""
    return Statement(
        select(*SELECTED, Person.name.label("asks"), Person.unit.label("asks_in"), _ROLES, substitutes.ANY, *more)
        .select_from(secrets)
        .join(Person, Person.name == secrets.person)
        .join(Task, Task.id == bindparam("task_id"))
        .join(Instance, Instance.id == Task.instance_id)
        .where(secrets.secret_hash == bindparam("secret"), valid, Person.active)
        .with_for_update(of=[Instance, Task])
    )


BY_TOKEN = _together(Token, Token.revoked_at.is_(None))
BY_SESSION = _together(
    LoginSession, LoginSession.expires_at > bindparam("wall", type_=UtcDateTime()), LoginSession.csrf
)

_shown: dict[str, None] = {}  # hashes of secrets that were good when they were last looked at


def note(secret: str) -> None:
    """This secret (its hash) was good just now."""
    if len(_shown) >= MOST:
        _shown.clear()
    _shown[secret] = None


class Asking:
    """Somebody with a secret that was good lately. ``plainly`` finds out who it is by itself, or refuses."""

    def __init__(
        self,
        app: App,
        statement: Statement,
        secret: str,
        plainly: Callable[[], Viewer],
        proven: Callable[[Found], bool] = lambda found: True,
    ) -> None:
        self.known = False  # whether it was found out
        self._app, self._statement, self._secret = app, statement, secret
        self._plainly, self._proven = plainly, proven

    def with_task(self, tx: Session, task_id: str, now: datetime) -> tuple[Found, Viewer] | None:
        """The task, locked, and who asks; None for whatever needs a closer look: a bad secret, a task that is not
        there, somebody's substitute."""
        found = self._statement.first(tx, task_id=task_id, secret=self._secret, now=now, wall=self._app.wall())
        if found is None or found.stands_in or not self._proven(found):
            return None
        self.known = True
        return found, _viewer(found.asks, found.asks_in, found.asks_as)

    def plainly(self) -> Viewer:
        """Who asks, looked up by itself. Raises what a bad secret deserves."""
        _shown.pop(self._secret, None)
        viewer = self._plainly()
        self.known = True
        return viewer


def shown(secret: str) -> bool:
    """Whether this secret (its hash) was good lately; whether it is still is another question."""
    return secret in _shown


@functools.lru_cache(maxsize=4_000)  # a pure function of what was just read
def _viewer(name: str, unit: str | None, roles: str | None) -> Viewer:
    held = roles.split(BETWEEN) if roles else []
    return Viewer(name, frozenset(groups(unit, held)), ADMIN in held)
