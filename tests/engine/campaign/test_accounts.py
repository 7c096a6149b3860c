"""Logging in: right and wrong passwords, lockout, sessions and tokens; all of it in real time, never in process
time.
"""

from dataclasses import replace

import pytest

from engine.app import App
from engine.bpm.viewer import Viewer
from engine.campaign import accounts, people
from engine.errors import NotAllowed, NotAuthenticated, NotFound, TooMany
from engine.testing import FakeClock

PASSWORD = "correct-horse"


@pytest.fixture
def li(street: App) -> App:
    """An installation with the account ``li`` and a real clock that the test moves."""
    street.wall = FakeClock()
    people.create(street, "li", password=PASSWORD, unit="safety_office", roles=["clerk"], by=None)
    return street


def move_wall(app: App, **delta: float) -> None:
    app.wall.advance(**delta)  # type: ignore[attr-defined]


def test_the_right_password_opens_a_session_that_names_the_person(li: App) -> None:
    opened = accounts.open_session(li, "li", PASSWORD)

    found = accounts.session(li, opened.secret)
    assert (found.person.name, found.csrf) == ("li", opened.csrf)
    assert found.person.groups == ("safety_office", "clerk", "clerk@safety_office")


def test_a_new_secret_key_ends_the_sessions_but_not_the_tokens_of_programs(li: App) -> None:
    opened, token = accounts.open_session(li, "li", PASSWORD), accounts.issue_token(li, "li", by=None)
    li.settings = replace(li.settings, secret_key="another key " * 4)

    with pytest.raises(NotAuthenticated):
        accounts.session(li, opened.secret)
    assert accounts.token_person(li, token).name == "li"


@pytest.mark.parametrize(("name", "password"), [("li", "wrong"), ("nobody", PASSWORD), ("li", "")])
def test_a_wrong_name_or_password_gets_the_same_answer(li: App, name: str, password: str) -> None:
    with pytest.raises(NotAuthenticated) as refusal:
        accounts.open_session(li, name, password)

    assert refusal.value.message == "登录名或密码不对，请重新输入。"


def test_five_wrong_passwords_lock_the_account_for_a_quarter_of_an_hour_of_real_time(li: App) -> None:
    for _ in range(4):
        with pytest.raises(NotAuthenticated):
            accounts.open_session(li, "li", "wrong")
    with pytest.raises(TooMany):
        accounts.open_session(li, "li", "wrong")
    li.clock.advance(days=30)  # type: ignore[attr-defined]
    with pytest.raises(TooMany):
        accounts.open_session(li, "li", PASSWORD)

    move_wall(li, minutes=15)
    assert accounts.open_session(li, "li", PASSWORD).person.name == "li"


def test_a_right_password_in_between_starts_the_count_anew(li: App) -> None:
    for _ in range(2):
        for _ in range(4):
            with pytest.raises(NotAuthenticated):
                accounts.open_session(li, "li", "wrong")
        accounts.open_session(li, "li", PASSWORD)


def test_a_session_ends_in_real_time_and_not_when_process_time_is_moved(li: App) -> None:
    opened = accounts.open_session(li, "li", PASSWORD)

    li.clock.advance(days=365)  # type: ignore[attr-defined]
    assert accounts.session(li, opened.secret).person.name == "li"
    move_wall(li, hours=12)
    with pytest.raises(NotAuthenticated):
        accounts.session(li, opened.secret)


def test_logging_out_ends_the_session(li: App) -> None:
    opened = accounts.open_session(li, "li", PASSWORD)
    accounts.close_session(li, opened.secret)

    with pytest.raises(NotAuthenticated):
        accounts.session(li, opened.secret)


def test_a_new_password_ends_all_sessions_and_replaces_the_old_one(li: App) -> None:
    opened = accounts.open_session(li, "li", PASSWORD)
    people.set_password(li, "li", "another-secret", by=None)

    with pytest.raises(NotAuthenticated):
        accounts.session(li, opened.secret)
    with pytest.raises(NotAuthenticated):
        accounts.open_session(li, "li", PASSWORD)
    assert accounts.open_session(li, "li", "another-secret").person.name == "li"


def test_a_token_names_its_person_until_it_is_revoked(li: App) -> None:
    secret = accounts.issue_token(li, "li", by=None, label="import")
    assert accounts.token_person(li, secret).name == "li"

    assert accounts.revoke_tokens(li, "li", by=None) == 1
    with pytest.raises(NotAuthenticated):
        accounts.token_person(li, secret)


def test_only_the_person_or_an_admin_issues_its_tokens(li: App) -> None:
    people.create(li, "wang", password=PASSWORD, unit="safety_office", roles=["clerk"], by=None)

    assert accounts.issue_token(li, "li", by=Viewer("li"))
    with pytest.raises(NotAllowed):
        accounts.issue_token(li, "li", by=Viewer("wang"))
    with pytest.raises(NotFound):
        accounts.issue_token(li, "nobody", by=None)
