"""Saved filters: whose they are, who sees them, and what they find."""

import pytest

from engine.app import App
from engine.bpm import filters, instances, queries, tasks
from engine.bpm.viewer import Viewer
from engine.errors import Conflict, Invalid, NotAllowed, NotFound
from engine.testing import FakeClock

ADMIN = Viewer("root", admin=True)


def named(app: App, viewer: Viewer) -> dict[str, int | None]:
    return {row["name"]: row["count"] for row in filters.listed(app, viewer).items}


def test_a_filter_finds_and_counts_for_whoever_looks(
    deployed: App, clock: FakeClock, owner: Viewer, colleague: Viewer
) -> None:
    opened = [instances.start(deployed, "review", {}, by="li")["tasks"][0]["id"] for _ in range(3)]
    tasks.claim(deployed, opened[0], viewer=colleague)
    mine = filters.save(deployed, viewer=owner, name="我的", query={"assignee": "me"}, shared_with="office")
    filters.save(deployed, viewer=owner, name="逾期", query={"overdue": True, "sort": "-due_at"})
    filters.save(deployed, viewer=owner, name="全部", query={"status": "all"})
    filters.save(deployed, viewer=owner, name="办过的", query={"status": "completed"})
    tasks.complete(deployed, opened[2], {}, viewer=owner)  # a re-check opens, with the same due moment
    assert named(deployed, owner) == {"我的": 0, "逾期": 0, "全部": 3, "办过的": None}
    assert named(deployed, colleague) == {"我的": 1}
    wanted = filters.applied(deployed, colleague, saved=mine["id"], page=1)
    assert [task["id"] for task in queries.tasks(deployed, colleague, **wanted).items] == [opened[0]]
    clock.advance(days=20)
    assert named(deployed, owner)["逾期"] == 3


def test_what_is_asked_for_wins_over_the_filter(deployed: App, owner: Viewer) -> None:
    row = filters.save(deployed, viewer=owner, name="a", query={"assignee": "me", "status": "all", "sort": "name"})
    assert filters.applied(deployed, owner, saved=row["id"], status="open", page=2) == {
        "assignee": "me",
        "status": "open",
        "sort": "name",
        "page": 2,
    }
    assert filters.applied(deployed, owner, status="open") == {"status": "open"}


def test_a_filter_is_seen_by_its_group_and_changed_by_its_owner_or_an_admin(
    deployed: App, owner: Viewer, colleague: Viewer, stranger: Viewer
) -> None:
    row = filters.save(deployed, viewer=owner, name="a", query={})
    for other in (colleague, ADMIN):
        with pytest.raises(Invalid, match="没有这个筛选"):
            filters.applied(deployed, other, saved=row["id"])
    shared = filters.change(deployed, row["id"], viewer=owner, shared_with="office", position=3)
    assert (shared["shared_with"], shared["position"], shared["name"]) == ("office", 3, "a")
    assert named(deployed, colleague) == named(deployed, ADMIN) == {"a": 0}
    assert named(deployed, stranger) == {}
    for act in (
        lambda: filters.change(deployed, row["id"], viewer=colleague, name="b"),
        lambda: filters.delete(deployed, row["id"], viewer=colleague),
    ):
        with pytest.raises(NotAllowed, match="li"):
            act()
    with pytest.raises(NotFound):
        filters.delete(deployed, row["id"], viewer=stranger)
    assert filters.change(deployed, row["id"], viewer=ADMIN, query={"q": "x"})["person"] == "li"
    filters.delete(deployed, row["id"], viewer=ADMIN)
    assert named(deployed, owner) == {}


def test_a_name_is_ones_own_once(deployed: App, owner: Viewer, colleague: Viewer) -> None:
    first = filters.save(deployed, viewer=owner, name=" a ", query={})
    assert first["name"] == "a"
    filters.save(deployed, viewer=colleague, name="a", query={})
    second = filters.save(deployed, viewer=owner, name="b", query={})
    with pytest.raises(Conflict, match="a"):
        filters.save(deployed, viewer=owner, name="a", query={})
    with pytest.raises(Conflict, match="a"):
        filters.change(deployed, second["id"], viewer=owner, name="a")
    assert filters.change(deployed, second["id"], viewer=owner, name="b")["name"] == "b"
    with pytest.raises(Invalid, match="名称"):
        filters.save(deployed, viewer=owner, name=" ", query={})


def test_a_filter_is_shared_with_ones_own_groups_only(deployed: App, owner: Viewer) -> None:
    with pytest.raises(Invalid, match="elsewhere"):
        filters.save(deployed, viewer=owner, name="a", query={}, shared_with="elsewhere")
    with pytest.raises(Invalid, match="nowhere"):  # an admin shares with every group that has people
        filters.save(deployed, viewer=ADMIN, name="a", query={}, shared_with="nowhere")


def test_a_person_keeps_a_bounded_number(deployed: App, owner: Viewer) -> None:
    for number in range(filters.MOST):
        filters.save(deployed, viewer=owner, name=str(number), query={})
    with pytest.raises(Conflict, match="50"):
        filters.save(deployed, viewer=owner, name="more", query={})
