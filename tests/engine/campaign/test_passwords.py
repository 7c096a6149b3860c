"""One's own password, and one for a single login from an admin."""

import contextlib
import threading

import pytest

from engine.app import App
from engine.bpm.viewer import Viewer
from engine.campaign import accounts, passwords, people, people_register
from engine.errors import EngineError, Invalid, NotAllowed, NotAuthenticated, NotFound, TooMany

OLD, NEW = "correct-horse", "battery-staple"
LI, ROOT = Viewer("li"), Viewer("root", admin=True)


@pytest.fixture
def li(street: App) -> App:
    """An installation with the account ``li``."""
    people.create(street, "li", password=OLD, unit="safety_office", roles=["clerk"], by=None)
    return street


def test_a_new_password_ends_the_other_sessions_and_keeps_this_one(li: App) -> None:
    here, there = accounts.open_session(li, "li", OLD), accounts.open_session(li, "li", OLD)
    passwords.change_own(li, OLD, NEW, viewer=LI, session=here.secret)
    assert accounts.session(li, here.secret).person.name == "li"
    with pytest.raises(NotAuthenticated):
        accounts.session(li, there.secret)
    with pytest.raises(NotAuthenticated):
        accounts.open_session(li, "li", OLD)
    assert accounts.open_session(li, "li", NEW).person.name == "li"


def test_a_wrong_old_one_changes_nothing_and_five_lock_the_account(li: App) -> None:
    for _ in range(4):
        with pytest.raises(Invalid, match="原密码不对"):
            passwords.change_own(li, "wrong", NEW, viewer=LI)
    with pytest.raises(TooMany):
        passwords.change_own(li, "wrong", NEW, viewer=LI)
    with pytest.raises(TooMany):
        passwords.change_own(li, OLD, NEW, viewer=LI)


@pytest.mark.parametrize("new", ["short", OLD])
def test_a_short_or_the_same_password_is_refused(li: App, new: str) -> None:
    with pytest.raises(Invalid):
        passwords.change_own(li, OLD, new, viewer=LI)
    assert accounts.open_session(li, "li", OLD)


def test_a_password_for_one_login_opens_once_and_asks_for_another(li: App) -> None:
    before = accounts.open_session(li, "li", OLD)
    once = passwords.give_once(li, "li", reason="本人当面申请", viewer=ROOT)
    for refused in (lambda: accounts.session(li, before.secret), lambda: accounts.open_session(li, "li", OLD)):
        with pytest.raises(NotAuthenticated):
            refused()
    session = accounts.open_session(li, "li", once)
    assert passwords.must_choose(li, "li")
    with pytest.raises(NotAuthenticated):
        accounts.open_session(li, "li", once)
    passwords.change_own(li, "", NEW, viewer=LI, session=session.secret)
    assert not passwords.must_choose(li, "li")
    assert accounts.open_session(li, "li", NEW)
    kept = people_register.changes(li, "li", viewer=ROOT)[-1]
    assert (kept.by, kept.reason, kept.after) == ("root", "本人当面申请", {"password": "一次性密码"})
    assert once not in str(kept)


def test_of_two_logins_with_it_at_once_one_gets_in(li: App) -> None:
    once = passwords.give_once(li, "li", reason="遗忘", viewer=ROOT)
    opened: list[str] = []

    def try_it() -> None:
        with contextlib.suppress(EngineError):
            opened.append(accounts.open_session(li, "li", once).secret)

    threads = [threading.Thread(target=try_it) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(opened) == 1


def test_only_an_admin_gives_one_not_to_itself_and_with_a_reason(li: App) -> None:
    people.create(li, "chen", password=OLD, unit="safety_office", roles=["clerk"], by=None)
    people.create(li, "root", password=OLD, unit=None, roles=["admin"], by=None)
    with pytest.raises(NotAllowed):
        passwords.give_once(li, "chen", reason="x", viewer=LI)
    with pytest.raises(NotAllowed):
        passwords.give_once(li, "root", reason="x", viewer=ROOT)
    with pytest.raises(Invalid):
        passwords.give_once(li, "li", reason=" ", viewer=ROOT)
    with pytest.raises(NotFound):
        passwords.give_once(li, "nobody", reason="x", viewer=ROOT)
