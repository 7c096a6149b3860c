"""Logging in: passwords, lockout, sessions and bearer tokens. Everything here runs on real time, never on process
time, except for whom a person stands in.
"""

import functools
import hashlib
import hmac
import secrets
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from argon2.exceptions import InvalidHashError, VerificationError
from sqlalchemy import bindparam, delete, select, update
from sqlalchemy.orm import Session

from engine.app import App
from engine.bpm.viewer import Viewer
from engine.campaign import asking, authority, history, people, substitutes
from engine.campaign.asking import Asking
from engine.campaign.model import LoginSession, Person, Token
from engine.campaign.people import KNOWN, SYSTEM, PersonView, noted, of_rows, require, show
from engine.errors import EngineError, NotAuthenticated, TooMany
from engine.sql import Statement

ATTEMPTS = 5
LOCKED_FOR = timedelta(minutes=15)
SESSION_LASTS = timedelta(hours=12)
LOCKOUT = "lockout"
TRIED_TOO_OFTEN = "密码连续输错，账号锁定"
NOBODY = ""  # who tried is not known: anybody who knows the login name
USED = "!"  # no password: one for one login that was used

# Whose secret it is, before each request: one statement outside of any transaction. Nothing is remembered, so that a
# revoked token, an ended session and a changed role count at once.
BY_SESSION = Statement(
    KNOWN.join(LoginSession, LoginSession.person == Person.name)
    .add_columns(LoginSession.csrf, LoginSession.expires_at, substitutes.ANY)
    .where(LoginSession.secret_hash == bindparam("secret"))
)
BY_TOKEN = Statement(
    KNOWN.join(Token, Token.person == Person.name)
    .add_columns(Token.revoked_at, substitutes.ANY)
    .where(Token.secret_hash == bindparam("secret"))
)


@dataclass(frozen=True, slots=True)
class SessionView:
    """A logged-in browser: ``secret`` goes into its cookie, ``csrf`` into the header of each change."""

    secret: str
    csrf: str
    person: PersonView
    expires_at: datetime


def open_session(app: App, name: str, password: str) -> SessionView:
    """Check the password and log in; raises NotAuthenticated, or TooMany while the account is locked after 5 wrong
    ones.
    """
    with app.reading() as tx:
        person = tx.get(Person, name)
    known = person is not None and person.active
    if known and person and person.locked_until and app.wall() < person.locked_until:
        raise locked()
    right = verify(person.password_hash if person and known else _nobody(), password)
    refusal: EngineError | None = None
    secret, csrf = secrets.token_urlsafe(32), secrets.token_urlsafe(24)
    now = app.wall()
    with app.transaction() as tx:
        if known and person and right and not (person.password_once and _used_before(tx, person)):
            tx.execute(update(Person).where(Person.name == name).values(failed_logins=0, locked_until=None))
            tx.execute(delete(LoginSession).where(LoginSession.expires_at < now))
            row = LoginSession(secret_hash=_session_key(app, secret), person=name, csrf=csrf, created_at=now)
            row.expires_at = now + SESSION_LASTS
            tx.add(row)
        else:
            refusal = count_failure(app, tx, name, now, _wrong()) if known else _wrong()
    if refusal:
        raise refusal
    return SessionView(secret, csrf, show(app, name), now + SESSION_LASTS)


def session(app: App, secret: str) -> SessionView:
    """Whose cookie this is; raises NotAuthenticated when it is unknown, ended or expired."""
    now, hashed = app.clock(), _session_key(app, secret)
    rows = app.look(BY_SESSION, secret=hashed, now=now)
    if not rows or rows[0].expires_at <= app.wall():
        raise NotAuthenticated("登录已失效，请重新登录。", en="The session has ended; log in again.")
    view = SessionView(secret, rows[0].csrf, _active(app, rows, now), rows[0].expires_at)
    asking.note(hashed)
    return view


def session_asking(app: App, secret: str, csrf: str, plainly: Callable[[], Viewer]) -> Asking | None:
    """Whoever this cookie belongs to, to be found out with a task; None for one that was not good lately."""
    hashed = _session_key(app, secret)
    if not asking.shown(hashed):
        return None
    return Asking(
        app, asking.BY_SESSION, hashed, plainly, lambda found: hmac.compare_digest(csrf.encode(), found.csrf.encode())
    )


def close_session(app: App, secret: str) -> None:
    """Log out; nothing happens when the session is gone already."""
    with app.transaction() as tx:
        tx.execute(delete(LoginSession).where(LoginSession.secret_hash == _session_key(app, secret)))


def issue_token(app: App, name: str, *, by: Viewer | None, label: str = "") -> str:
    """A new bearer token for this account, shown once. Raises NotAllowed (only the person or an admin may),
    NotFound.
    """
    secret = f"bihuan_{secrets.token_urlsafe(32)}"
    with app.transaction() as tx:
        _may_manage(tx, name, by)
        row = Token(secret_hash=_hash(secret), person=name, label=label, created_at=app.wall())
        row.created_by = by.name if by else SYSTEM
        tx.add(row)
        noted(tx, name, {"token": label or "访问令牌"}, by=row.created_by, now=app.clock())
    return secret


def token_person(app: App, secret: str) -> PersonView:
    """Whose bearer token this is; raises NotAuthenticated."""
    now, hashed = app.clock(), _hash(secret)
    rows = app.look(BY_TOKEN, secret=hashed, now=now)
    if not rows or rows[0].revoked_at is not None:
        raise NotAuthenticated(
            "访问令牌无效或已吊销，请重新签发。", en="The token is unknown or revoked; issue a new one."
        )
    person = _active(app, rows, now)
    asking.note(hashed)
    return person


def token_asking(app: App, secret: str, plainly: Callable[[], Viewer]) -> Asking | None:
    """Whoever this bearer token belongs to, to be found out with a task; None for one that was not good lately."""
    hashed = _hash(secret)
    return Asking(app, asking.BY_TOKEN, hashed, plainly) if asking.shown(hashed) else None


def revoke_tokens(app: App, name: str, *, by: Viewer | None) -> int:
    """Make all tokens of this account useless; returns how many there were."""
    with app.transaction() as tx:
        _may_manage(tx, name, by)
        rows = tx.scalars(select(Token).where(Token.person == name, Token.revoked_at.is_(None))).all()
        for row in rows:
            row.revoked_at = app.wall()
        if rows:
            told = {"token": f"吊销 {len(rows)} 个访问令牌"}
            noted(tx, name, told, by=by.name if by else SYSTEM, now=app.clock())
        return len(rows)


def _may_manage(tx: Session, name: str, by: Viewer | None) -> None:
    require(tx, name)
    if by is not None and by.name != name:
        authority.require(tx, by, "person.create")


def end_sessions(app: App, tx: Session, name: str, *, but: str | None = None) -> None:
    """End this person's sessions, except the one with this secret."""
    mine = delete(LoginSession).where(LoginSession.person == name)
    tx.execute(mine.where(LoginSession.secret_hash != _session_key(app, but)) if but else mine)


def _used_before(tx: Session, person: Person) -> bool:
    """Take a password for one login; of two at once one finds it used."""
    known = (Person.name == person.name, Person.password_hash == person.password_hash)
    taken = tx.execute(update(Person).where(*known).values(password_hash=USED))
    return not taken.rowcount  # type: ignore[attr-defined]


def count_failure(
    app: App, tx: Session, name: str, now: datetime, wrong: EngineError, *, by: str = NOBODY
) -> EngineError:
    """Count a wrong password at the real moment ``now`` and answer this refusal, or that the account is locked now,
    which the audit of the registers tells; ``by`` is who is logged in.
    """
    person = tx.scalars(select(Person).where(Person.name == name).with_for_update()).one()
    person.failed_logins += 1
    if person.failed_logins < ATTEMPTS:
        return wrong
    person.failed_logins, person.locked_until = 0, now + LOCKED_FOR
    told = {"locked_from": now, "locked_until": person.locked_until, "attempts": ATTEMPTS}
    history.note(tx, LOCKOUT, name, before={}, after=told, reason=TRIED_TOO_OFTEN, by=by, now=app.clock())
    return locked()


def verify(hashed: str, password: str) -> bool:
    """Whether this is the password of the hash."""
    try:
        return people.hasher.verify(hashed, password)
    except (InvalidHashError, VerificationError):  # an account may have no usable password
        return False


@functools.cache
def _nobody() -> str:
    """A hash to verify for unknown names, so that guessing a name costs the same time as guessing a password."""
    return people.hasher.hash(secrets.token_hex())


def _active(app: App, rows: Sequence[Any], now: datetime) -> PersonView:
    person = of_rows(rows)
    if not person.active:
        raise NotAuthenticated("该账号已停用，请联系系统管理员。", en="This account is switched off; ask an admin.")
    return replace(person, stands_in=substitutes.of(app, person.name, now)) if rows[0].stands_in else person


def _session_key(app: App, secret: str) -> str:
    """Under which a browser's session is stored: who can write to the database but has no key cannot make one up, and
    a new BIHUAN_SECRET_KEY ends all sessions."""
    return hmac.new((app.settings.secret_key or "").encode(), secret.encode(), "sha256").hexdigest()


def _hash(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()


def _wrong() -> NotAuthenticated:
    return NotAuthenticated("登录名或密码不对，请重新输入。", en="Wrong name or password; try again.")


def locked() -> TooMany:
    """The refusal after too many wrong passwords."""
    minutes = int(LOCKED_FOR.total_seconds() // 60)
    return TooMany(
        f"密码连续输错 {ATTEMPTS} 次，账号已锁定，请 {minutes} 分钟后再试，或请系统管理员重设密码。",
        en=f"{ATTEMPTS} wrong passwords in a row: locked for {minutes} minutes; try later or ask an admin.",
    )
