"""Human tasks: who may do what, and that nothing is done twice."""

from datetime import timedelta

import pytest

from engine.app import App
from engine.bpm import instances, queries, tasks
from engine.bpm.viewer import Viewer
from engine.errors import Conflict, NotAllowed, NotFound
from engine.testing import FakeClock


@pytest.fixture
def task_id(deployed: App) -> str:
    return str(instances.start(deployed, "review", {"level": "一般"}, by="li")["tasks"][0]["id"])


def test_a_task_shows_who_may_do_it_and_until_when(
    deployed: App, clock: FakeClock, task_id: str, owner: Viewer
) -> None:
    page = queries.tasks(deployed, owner)
    assert page.total == 1
    task = page.items[0]
    assert (task["element"], task["name"], task["groups"], task["assignee"]) == ("rectify", "整改", ["office"], None)
    assert task["due_at"] > clock() + timedelta(days=3)
    assert task["lamp"] == "orange"


def test_completing_moves_the_case_on_and_remembers_who(
    deployed: App, task_id: str, owner: Viewer, colleague: Viewer
) -> None:
    done = tasks.complete(deployed, task_id, {"ok": True}, viewer=owner)
    assert (done["status"], done["completed_by"]) == ("completed", "li")
    assert [task["element"] for task in queries.tasks(deployed, colleague).items] == ["recheck"]


def test_the_second_completion_is_refused_and_names_the_first(
    deployed: App, task_id: str, owner: Viewer, colleague: Viewer
) -> None:
    tasks.complete(deployed, task_id, {}, viewer=owner)
    with pytest.raises(Conflict, match="li"):
        tasks.complete(deployed, task_id, {}, viewer=owner)
    with pytest.raises(NotFound):
        tasks.complete(deployed, "no-such-task", {}, viewer=colleague)


def test_the_same_key_answers_the_first_result_again(deployed: App, task_id: str, owner: Viewer) -> None:
    first = tasks.complete(deployed, task_id, {"n": 1}, viewer=owner, key="phone-1")
    again = tasks.complete(deployed, task_id, {"n": 2}, viewer=owner, key="phone-1")
    assert first == again
    instance = queries.instance(deployed, owner, first["instance_id"])
    assert instance["variables"]["n"] == 1


def test_a_key_of_another_task_is_refused(deployed: App, task_id: str, owner: Viewer) -> None:
    tasks.complete(deployed, task_id, {}, viewer=owner, key="k")
    recheck = queries.tasks(deployed, owner).items[0]["id"]
    with pytest.raises(Conflict, match="幂等键"):
        tasks.complete(deployed, recheck, {}, viewer=owner, key="k")


def test_a_claimed_task_is_worked_by_its_assignee_only(
    deployed: App, task_id: str, owner: Viewer, colleague: Viewer
) -> None:
    tasks.claim(deployed, task_id, viewer=owner)
    with pytest.raises(Conflict, match="li"):
        tasks.claim(deployed, task_id, viewer=colleague)
    with pytest.raises(NotAllowed, match="li"):
        tasks.complete(deployed, task_id, {}, viewer=colleague)
    tasks.release(deployed, task_id, viewer=owner)
    assert tasks.complete(deployed, task_id, {}, viewer=colleague)["completed_by"] == "wang"


def test_a_delegated_task_is_worked_by_the_other_and_keeps_its_owner(
    deployed: App, task_id: str, owner: Viewer, stranger: Viewer
) -> None:
    tasks.delegate(deployed, task_id, viewer=owner, to="qian")
    done = tasks.complete(deployed, task_id, {}, viewer=stranger)
    assert (done["owner"], done["completed_by"]) == ("li", "qian")


def test_a_stranger_sees_nothing_and_learns_nothing(deployed: App, task_id: str, stranger: Viewer) -> None:
    assert queries.tasks(deployed, stranger).total == 0
    for act in (
        lambda: queries.task(deployed, stranger, task_id),
        lambda: tasks.claim(deployed, task_id, viewer=stranger),
        lambda: tasks.complete(deployed, task_id, {}, viewer=stranger),
        lambda: tasks.comment(deployed, task_id, "?", viewer=stranger),
    ):
        with pytest.raises(NotFound):
            act()


def test_an_admin_may_act_on_any_task(deployed: App, task_id: str) -> None:
    admin = Viewer("root", admin=True)
    assert queries.tasks(deployed, admin).total == 1
    assert tasks.complete(deployed, task_id, {}, viewer=admin)["completed_by"] == "root"


def test_an_act_after_the_deadline_never_beats_the_escalation(
    deployed: App, clock: FakeClock, owner: Viewer, leader: Viewer
) -> None:
    """Rule C3: the timer fires first although no scheduler ran, and stays fired although the act is refused."""
    task_id = instances.start(deployed, "strict", {}, by="li")["tasks"][0]["id"]
    clock.advance(hours=1)  # due exactly now counts as due (C4)
    with pytest.raises(Conflict, match="时限"):
        tasks.complete(deployed, task_id, {}, viewer=owner)
    assert [task["element"] for task in queries.tasks(deployed, leader).items] == ["escalated"]


def test_filters_find_what_people_look_for(deployed: App, clock: FakeClock, task_id: str, owner: Viewer) -> None:
    instances.start(deployed, "strict", {}, by="li", business_key="YQ-7")
    assert queries.tasks(deployed, owner, definition="strict").total == 1
    assert queries.tasks(deployed, owner, q="yq-7").total == 1
    assert queries.tasks(deployed, owner, unit="office").total == 2
    tasks.claim(deployed, task_id, viewer=owner)
    assert queries.tasks(deployed, owner, assignee="me").total == 1
    assert queries.tasks(deployed, owner, candidate="me").total == 1
    clock.advance(minutes=61)
    assert queries.tasks(deployed, owner, overdue=True).total == 1
    assert [t["element"] for t in queries.tasks(deployed, owner, sort="-due_at").items] == ["rectify", "answer"]
