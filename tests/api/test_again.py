"""A request that the database broke off is done again, unless something of it was saved (S1)."""

from collections.abc import Iterator

import pytest

from api import again, auth
from api.app import create_app
from engine.app import App
from engine.bpm.model import TaskComment
from engine.errors import Conflict, EngineError, Interrupted, Stale, Unsure


@pytest.fixture
def request_of(app: App, monkeypatch: pytest.MonkeyPatch) -> Iterator[App]:
    """Inside a POST, with no pauses between the attempts."""
    monkeypatch.setattr(again, "PAUSES", (0.0, 0.0, 0.0))
    with create_app(app).test_request_context("/", method="POST", headers={"Idempotency-Key": "k"}):
        yield app


class Act:
    """Fails so many times before it succeeds."""

    def __init__(self, *errors: EngineError) -> None:
        self.errors, self.times = list(errors), 0

    def __call__(self) -> str:
        self.times += 1
        if self.errors:
            raise self.errors.pop(0)
        return "done"


def acting(act: Act) -> str:
    return again.again(lambda: act())()


def test_what_was_broken_off_is_done_again_unseen(request_of: App) -> None:
    act = Act(Interrupted("deadlock"), Stale("changed"), Interrupted("restart"))
    assert (acting(act), act.times) == ("done", 4)


def test_a_database_that_stays_away_is_told_in_the_end(request_of: App) -> None:
    act = Act(*[Interrupted("away")] * 9)
    with pytest.raises(Interrupted):
        acting(act)
    assert act.times == len(again.PAUSES) + 1


def test_a_refusal_is_not_argued_with(request_of: App) -> None:
    act = Act(Conflict("done by li"))
    with pytest.raises(Conflict, match="li"):
        acting(act)
    assert act.times == 1


def test_what_may_have_been_saved_is_done_again_only_under_a_key(request_of: App) -> None:
    act = Act(Unsure("?"))
    with pytest.raises(Unsure):
        acting(act)
    assert act.times == 1
    auth.idempotency_key()
    act = Act(Unsure("?"))
    assert (acting(act), act.times) == ("done", 2)


def test_after_something_was_saved_a_broken_answer_does_not_repeat_the_act(request_of: App) -> None:
    saved = 0

    def act() -> None:
        nonlocal saved
        with request_of.transaction() as tx:
            assert tx.get(TaskComment, 1) is None
        saved += 1
        raise Interrupted("while reading the answer")

    with pytest.raises(Unsure):
        again.again(act)()
    assert saved == 1
