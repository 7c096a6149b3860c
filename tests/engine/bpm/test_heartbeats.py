"""Which schedulers live: told by what they wrote, never by waiting."""

from dataclasses import replace

from engine.app import App
from engine.bpm import heartbeats
from engine.bpm.heartbeats import BEAT, DEAD_AFTER, KEPT, Life
from engine.bpm.status import status
from engine.testing import FakeClock


def life(app: App, id: str = "one") -> Life:
    return Life(id, "machine", 4711, app.wall())


def states(app: App) -> dict[str, str]:
    return {row["id"]: row["state"] for row in heartbeats.schedulers(app).items}


def test_a_scheduler_lives_as_long_as_it_says_so(app: App) -> None:
    app.wall = wall = FakeClock()
    one = life(app)
    heartbeats.beat(app, one)
    assert (states(app), heartbeats.alive(app), status(app).schedulers) == ({"one": "alive"}, 1, 1)
    wall.advance(seconds=DEAD_AFTER.total_seconds() - 1)
    assert heartbeats.alive(app) == 1
    wall.advance(seconds=1)
    assert (states(app), heartbeats.alive(app), status(app).schedulers) == ({"one": "dead"}, 0, 0)
    heartbeats.beat(app, one)
    assert states(app) == {"one": "alive"}


def test_one_that_was_told_to_stop_has_ended_and_is_not_dead(app: App) -> None:
    app.wall = wall = FakeClock()
    heartbeats.beat(app, life(app))
    heartbeats.end(app, life(app))
    wall.advance(days=1)
    assert (states(app), heartbeats.alive(app)) == ({"one": "ended"}, 0)


def test_several_are_counted_and_those_long_gone_forgotten(app: App) -> None:
    app.wall = wall = FakeClock()
    heartbeats.beat(app, life(app, "old"))
    wall.advance(seconds=KEPT.total_seconds() + 1)
    heartbeats.beat(app, life(app, "a"))
    heartbeats.beat(app, replace(life(app, "b"), host="other"))
    assert (states(app), heartbeats.alive(app)) == ({"a": "alive", "b": "alive"}, 2)
    assert [row["silent_seconds"] for row in heartbeats.schedulers(app).items] == [0, 0]


def test_missing_a_few_beats_is_no_death() -> None:
    assert 3 * BEAT < DEAD_AFTER
