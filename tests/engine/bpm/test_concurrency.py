"""Several people and schedulers at once: one act wins, the others are told who it was, nobody sees a lock (S1)."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from functools import partial
from threading import Barrier
from typing import Any

import pytest
from sqlalchemy import select

from engine.app import App
from engine.bpm import assignment, attachments, instances, queries, tasks, timers
from engine.bpm.model import Notice
from engine.bpm.viewer import Viewer
from engine.errors import Conflict, EngineError, NotAllowed
from engine.testing import START, FakeClock

ADMIN = Viewer("root", admin=True)


def test_of_eight_people_who_complete_a_task_at_once_one_wins(deployed: App) -> None:
    task_id = instances.start(deployed, "review", {}, by="li")["tasks"][0]["id"]
    people = [Viewer(f"p{number}", frozenset({"office"})) for number in range(8)]

    def attempt(person: Viewer) -> str:
        try:
            tasks.complete(deployed, task_id, {"by": person.name}, viewer=person)
        except Conflict as refused:
            return refused.message
        return "done"

    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(attempt, people))
    assert answers.count("done") == 1
    winner = people[answers.index("done")].name
    assert all(f"已由 {winner}" in answer for answer in answers if answer != "done")
    instance = queries.instances(deployed, ADMIN).items[0]
    assert queries.instance(deployed, ADMIN, instance["id"])["variables"] == {"by": winner}


def test_the_same_request_sent_twice_at_once_is_one_completion(deployed: App, owner: Viewer) -> None:
    task_id = instances.start(deployed, "review", {}, by="li")["tasks"][0]["id"]
    with ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(lambda _: tasks.complete(deployed, task_id, {}, viewer=owner, key="k"), range(4)))
    assert all(answer == answers[0] for answer in answers)


def at_once(*acts: Callable[[], Any]) -> list[EngineError | None]:
    """What each act was refused with when all began at the same moment."""
    barrier = Barrier(len(acts))

    def attempt(act: Callable[[], Any]) -> EngineError | None:
        barrier.wait()
        try:
            act()
        except EngineError as refused:
            return refused
        return None

    with ThreadPoolExecutor(len(acts)) as pool:
        return list(pool.map(attempt, acts))


def test_of_two_people_who_claim_a_task_at_once_one_has_it_and_the_other_is_told_who(
    deployed: App, owner: Viewer, colleague: Viewer
) -> None:
    people = (owner, colleague)
    for _ in range(8):
        task_id = instances.start(deployed, "review", {}, by="li")["tasks"][0]["id"]
        answers = at_once(*(partial(tasks.claim, deployed, task_id, viewer=person) for person in people))
        [(winner, _)] = [pair for pair in zip(people, answers, strict=True) if pair[1] is None]
        [refused] = [answer for answer in answers if answer is not None]
        assert isinstance(refused, Conflict) and f"已由 {winner.name} 认领" in refused.message
        task = queries.task(deployed, ADMIN, task_id)
        assert task["assignee"] == winner.name
        history = queries.history(deployed, ADMIN, task["instance_id"]).items
        assert [event["actor"] for event in history if event["event"] == "claimed"] == [winner.name]


def test_a_task_that_is_completed_and_handed_over_at_once_is_one_of_both(deployed: App, owner: Viewer) -> None:
    for _ in range(8):
        task_id = instances.start(deployed, "review", {}, by="li")["tasks"][0]["id"]
        tasks.claim(deployed, task_id, viewer=owner)
        completing, handing_over = at_once(
            partial(tasks.complete, deployed, task_id, {}, viewer=owner),
            partial(assignment.hand_over, deployed, task_id, viewer=owner, to="wang", reason="调岗"),
        )
        task = queries.task(deployed, ADMIN, task_id)
        state = (task["status"], task["assignee"], task["completed_by"])
        if completing is None:
            assert isinstance(handing_over, Conflict) and "已由 li" in handing_over.message
            assert state == ("completed", "li", "li")
        else:
            assert isinstance(completing, NotAllowed) and "wang" in completing.message
            assert (handing_over, *state) == (None, "open", "wang", None)
        with deployed.reading() as tx:
            notices = tx.scalars(select(Notice).where(Notice.instance_id == task["instance_id"])).all()
        assert [notice.recipient for notice in notices] == ([] if completing is None else ["wang"])


def test_files_that_come_at_once_never_exceed_what_a_task_takes(
    deployed: App, owner: Viewer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(attachments, "MOST", 3)
    task_id = instances.start(deployed, "review", {}, by="li")["tasks"][0]["id"]
    answers = at_once(
        *(partial(attachments.add, deployed, task_id, b"x", name=f"{n}.txt", viewer=owner) for n in range(6))
    )
    assert sum(answer is None for answer in answers) == 3
    assert len(queries.task(deployed, owner, task_id)["attachments"]) == 3


def test_many_schedulers_fire_every_rung_once(deployed: App, clock: FakeClock) -> None:
    for _ in range(20):
        instances.start(deployed, "strict", {}, by="li")
    clock.advance(days=1)

    def drain(_: int) -> int:
        fired = 0
        while timers.fire_next(deployed):
            fired += 1
        return fired

    with ThreadPoolExecutor(4) as pool:
        assert sum(pool.map(drain, range(4))) == 20
    cases = queries.instances(deployed, ADMIN).items
    for case in cases:
        rows = queries.timers(deployed, ADMIN, case["id"]).items
        assert [(row["status"], row["ended_at"]) for row in rows] == [("fired", START + timedelta(hours=1))]
        fired = [event for event in queries.history(deployed, ADMIN, case["id"]).items if event["event"] == "fired"]
        assert len(fired) == 1
