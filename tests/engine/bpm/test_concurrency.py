"""Several people and schedulers at once: one act wins, the others are told who it was, nobody sees a lock (S1)."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

from engine.app import App
from engine.bpm import instances, queries, tasks, timers
from engine.bpm.viewer import Viewer
from engine.errors import Conflict
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
