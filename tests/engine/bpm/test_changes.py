"""Being told that something changed: for what a person may see, and only for that."""

import pytest

from engine.app import App
from engine.bpm import changes, instances, queries, tasks
from engine.bpm.changes import LOOK_BACK, REBASE_AFTER
from engine.bpm.viewer import Viewer

ROOT = Viewer("root", admin=True)
CLERK = Viewer("clerk", frozenset({"office"}))
STRANGER = Viewer("stranger", frozenset({"elsewhere"}))


@pytest.fixture
def started(deployed: App) -> App:
    """One running instance with an open task for the office."""
    instances.start(deployed, "review", {}, by="li")
    return deployed


def test_a_first_look_and_a_look_without_changes_tell_of_nothing(started: App) -> None:
    first = changes.since(started, CLERK)
    assert (first.changed, first.open) == (False, 1)
    assert changes.since(started, CLERK, first.mark) == first


def test_a_new_task_a_claim_and_an_end_are_changes_for_those_who_see_them(started: App) -> None:
    mine, theirs = changes.since(started, CLERK), changes.since(started, STRANGER)
    instances.start(started, "review", {}, by="li")
    after = changes.since(started, CLERK, mine.mark)
    assert (after.changed, after.open) == (True, 2)
    assert not changes.since(started, STRANGER, theirs.mark).changed
    task = str(queries.tasks(started, CLERK).items[0]["id"])
    tasks.claim(started, task, viewer=CLERK)
    claimed = changes.since(started, CLERK, after.mark)
    assert claimed.changed and claimed.mark != after.mark
    tasks.complete(started, task, {}, viewer=CLERK)
    assert changes.since(started, CLERK, claimed.mark).changed


def test_a_mark_that_nobody_gave_begins_anew(started: App) -> None:
    for mark in ("x", "1-2", "-1-2-3", "9" * 64, "1-2-3-4", "１-2-3", "99999999999-1-1"):
        assert changes.since(started, CLERK, mark).mark == changes.since(started, CLERK).mark


def test_an_old_mark_is_counted_from_a_nearer_event_again(started: App) -> None:
    first = changes.since(started, ROOT)
    for _ in range(REBASE_AFTER // 4):
        instances.start(started, "review", {}, by="li")
    later = changes.since(started, ROOT, first.mark)
    assert later.changed and int(later.mark.split("-")[0]) > int(first.mark.split("-")[0])
    assert int(later.mark.split("-")[1]) <= LOOK_BACK
    assert not changes.since(started, ROOT, later.mark).changed
