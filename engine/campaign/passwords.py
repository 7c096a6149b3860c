"""Verbs on passwords: one's own is changed with the old one; an admin gives a forgetful person one for one login."""

import secrets

from sqlalchemy import select, update

from engine.app import App
from engine.bpm.viewer import Viewer
from engine.campaign import accounts, authority, history, people
from engine.campaign.model import Person
from engine.errors import EngineError, Invalid, NotAllowed, Problem
from engine.said import Said

ONCE = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"  # nothing that is read wrong over the telephone
ONCE_LENGTH = 12
MISTAKEN = Said("原密码不对，请重新输入", "The old password is wrong; type it again")


def must_choose(app: App, name: str) -> bool:
    """Whether this person logged in with a password for one login and has to choose another."""
    with app.reading() as tx:
        return bool(tx.scalar(select(Person.password_once).where(Person.name == name)))


def change_own(app: App, old: str, new: str, *, viewer: Viewer, session: str | None = None) -> None:
    """Change one's own password; all other sessions end, the one with this secret goes on. Who logged in with a
    password for one login needs no old one. Five wrong old ones lock the account like a login.

    Raises Invalid (wrong old one, too short, the same), TooMany.
    """
    people.check_password(new)
    with app.reading() as tx:
        person = people.require(tx, viewer.name)
    if person.locked_until and app.wall() < person.locked_until:
        raise accounts.locked()
    free = person.password_once and person.password_hash == accounts.USED
    right = free or accounts.verify(person.password_hash, old)
    if right and (new == old or accounts.verify(person.password_hash, new)):
        raise _wrong("new", Said("新密码不能与原密码相同", "The new password must differ from the old one"))
    hashed, now = people.hasher.hash(new), app.wall()
    refusal: EngineError | None = None
    with app.transaction() as tx:
        if right:
            changed = {"password_hash": hashed, "password_once": False, "failed_logins": 0, "locked_until": None}
            # Whoever set another password in this moment is not overwritten.
            known = (Person.name == viewer.name, Person.password_hash == person.password_hash)
            if not tx.execute(update(Person).where(*known).values(**changed)).rowcount:  # type: ignore[attr-defined]
                raise _wrong("old", Said("密码刚刚被改过，请重新登录", "The password was just changed; log in again"))
            accounts.end_sessions(app, tx, viewer.name, but=session)
            people.noted(tx, viewer.name, {"password": "本人已修改"}, by=viewer.name, now=app.clock())
        else:
            refusal = accounts.count_failure(app, tx, viewer.name, now, _wrong("old", MISTAKEN), by=viewer.name)
    if refusal:
        raise refusal


def give_once(app: App, name: str, *, reason: str, viewer: Viewer) -> str:
    """A new password for one login of somebody who lost theirs, shown this once; the person's sessions end, and the
    act is kept in the person's file. Raises Invalid, NotAllowed (also for oneself), NotFound.
    """
    now = app.clock()
    password = "".join(secrets.choice(ONCE) for _ in range(ONCE_LENGTH))
    hashed = people.hasher.hash(password)
    with app.transaction() as tx:
        authority.require(tx, viewer, "person.update")
        person = people.require(tx, name)
        if name == viewer.name:
            raise NotAllowed("自己的密码请用“修改密码”。", en="Change your own password with the old one.")
        if not reason.strip():
            raise _wrong("reason", Said("请填写理由，例如本人当面申请", "Give the reason, such as: asked in person"))
        if not person.active:
            raise _wrong("name", Said("账号已停用，请先恢复", "The account is switched off; switch it on first"))
        note = ({"password": ""}, {"password": "一次性密码"})
        history.change(
            tx, person, "person", name, {}, revision=person.revision, by=viewer.name, now=now, reason=reason,
            beside=note,
        )  # fmt: skip
        person.password_hash, person.password_once = hashed, True
        person.failed_logins, person.locked_until = 0, None
        accounts.end_sessions(app, tx, name)
    return password


def _wrong(field: str, message: Said) -> Invalid:
    problem = Problem(field=field, rule="password", message=message)
    return Invalid(f"{message}。", en=f"{message.en}.", problems=[problem])
