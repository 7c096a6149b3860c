"""Whose task it is: delegated and resolved, handed over, put aside, and two people at once."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from engine.app import App
from engine.bpm import assignment, definitions, instances, migration, queries, tasks
from engine.bpm.model import Notice
from engine.bpm.spiff.translation import Plan
from engine.bpm.viewer import Viewer
from engine.errors import Conflict, Invalid, NotAllowed, NotFound
from engine.testing import FakeClock
from tests.engine.bpm.diagrams import REVIEW


@pytest.fixture
def task_id(deployed: App) -> str:
    return str(instances.start(deployed, "review", {"level": "一般"}, by="li")["tasks"][0]["id"])


def test_a_resolved_task_goes_back_to_its_owner_who_completes_it(
    deployed: App, task_id: str, owner: Viewer, stranger: Viewer
) -> None:
    assert tasks.delegate(deployed, task_id, viewer=owner, to="qian")["delegation"] == "pending"
    with pytest.raises(NotAllowed):
        assignment.resolve(deployed, task_id, viewer=owner, text="本人不能代答")
    back = assignment.resolve(deployed, task_id, viewer=stranger, text="已核对")
    assert (back["assignee"], back["owner"], back["delegation"]) == ("li", "li", "resolved")
    with pytest.raises(NotFound):
        tasks.complete(deployed, task_id, {}, viewer=stranger)
    assert tasks.complete(deployed, task_id, {}, viewer=owner)["completed_by"] == "li"
    events = queries.history(deployed, owner, back["instance_id"]).items
    assert [(e["actor"], e["detail"]["text"]) for e in events if e["event"] == "resolved"] == [("qian", "已核对")]


def test_only_a_pending_delegation_is_resolved_and_with_an_answer(
    deployed: App, task_id: str, owner: Viewer, stranger: Viewer
) -> None:
    with pytest.raises(Conflict, match="不是转办中"):
        assignment.resolve(deployed, task_id, viewer=owner, text="x")
    tasks.delegate(deployed, task_id, viewer=owner, to="qian")
    with pytest.raises(Invalid, match="办理意见"):
        assignment.resolve(deployed, task_id, viewer=stranger, text=" ")


def test_a_task_handed_over_is_the_new_holders_for_good_and_he_gets_a_notice(
    deployed: App, task_id: str, owner: Viewer, colleague: Viewer, stranger: Viewer
) -> None:
    tasks.claim(deployed, task_id, viewer=owner)
    with pytest.raises(NotAllowed, match="li"):
        assignment.hand_over(deployed, task_id, viewer=colleague, to="wang", reason="抢办")
    given = assignment.hand_over(deployed, task_id, viewer=owner, to="qian", reason="调离岗位")
    assert (given["assignee"], given["owner"], given["delegation"]) == ("qian", None, None)
    with pytest.raises(NotAllowed, match="qian"):
        tasks.complete(deployed, task_id, {}, viewer=owner)
    with deployed.reading() as tx:
        notice = tx.scalars(select(Notice)).one()
        assert notice.recipient == "qian" and "调离岗位" in notice.body
    assert tasks.complete(deployed, task_id, {}, viewer=stranger)["completed_by"] == "qian"
    with pytest.raises(Conflict, match="qian"):
        assignment.hand_over(deployed, task_id, viewer=owner, to="wang", reason="晚了一步")


def test_handing_over_needs_a_reason_and_another_person(deployed: App, task_id: str, owner: Viewer) -> None:
    tasks.claim(deployed, task_id, viewer=owner)
    with pytest.raises(Invalid, match="移交原因"):
        assignment.hand_over(deployed, task_id, viewer=owner, to="qian", reason=" ")
    with pytest.raises(Conflict, match="不需要移交"):
        assignment.hand_over(deployed, task_id, viewer=owner, to="li", reason="x")


def test_a_task_handed_over_to_a_group_is_offered_to_it_alone(
    deployed: App, task_id: str, owner: Viewer, colleague: Viewer, stranger: Viewer
) -> None:
    deployed.groups = lambda: frozenset({"office", "elsewhere"})
    tasks.delegate(deployed, task_id, viewer=owner, to="wang")
    with pytest.raises(NotAllowed, match="wang"):
        assignment.hand_over_to_group(deployed, task_id, viewer=owner, group="elsewhere", reason="x")
    with pytest.raises(Invalid, match="nowhere"):
        assignment.hand_over_to_group(deployed, task_id, viewer=colleague, group="nowhere", reason="x")
    with pytest.raises(Invalid, match="移交原因"):
        assignment.hand_over_to_group(deployed, task_id, viewer=colleague, group="elsewhere", reason=" ")
    given = assignment.hand_over_to_group(deployed, task_id, viewer=colleague, group="elsewhere", reason="属地")
    assert (given["groups"], given["assignee"], given["owner"], given["delegation"]) == (
        ["elsewhere"],
        None,
        None,
        None,
    )
    for viewer in (owner, colleague):
        with pytest.raises(NotFound):
            tasks.claim(deployed, task_id, viewer=viewer)
    with pytest.raises(Conflict, match="elsewhere"):
        assignment.hand_over_to_group(deployed, task_id, viewer=stranger, group="elsewhere", reason="x")
    [event] = [
        event
        for event in queries.history(deployed, Viewer("root", admin=True), given["instance_id"]).items
        if event["event"] == "handed_over"
    ]
    assert (event["actor"], event["detail"]) == (
        "wang",
        {"from": "wang", "to_group": "elsewhere", "offered": ["group:office"], "reason": "属地"},
    )
    assert tasks.complete(deployed, task_id, {}, viewer=stranger)["completed_by"] == "qian"


def test_a_new_version_may_offer_a_task_to_the_group_that_has_it_already(
    deployed: App, task_id: str, owner: Viewer
) -> None:
    deployed.groups = lambda: frozenset({"leader"})
    case = assignment.hand_over_to_group(deployed, task_id, viewer=owner, group="leader", reason="x")["instance_id"]
    definitions.deploy(deployed, {"review.bpmn": REVIEW.replace(b'"office"', b'"leader,field"')}, by="test")
    [task] = migration.move(deployed, case, version=None, how=Plan(), by="root", reason="x")["tasks"]
    assert task["groups"] == ["field", "leader"]


def test_a_task_put_aside_comes_back_at_its_moment(
    deployed: App, clock: FakeClock, task_id: str, owner: Viewer
) -> None:
    due = queries.tasks(deployed, owner).items[0]["due_at"]
    later = clock() + timedelta(hours=5)
    aside = assignment.follow_up(deployed, task_id, viewer=owner, at=later)
    assert (aside["follow_up_at"], aside["due_at"]) == (later, due)
    assert queries.tasks(deployed, owner, follow_up="reached").total == 0
    assert queries.tasks(deployed, owner, follow_up="later").total == 1
    clock.advance(hours=5)
    assert queries.tasks(deployed, owner, follow_up="reached").total == 1
    assert assignment.follow_up(deployed, task_id, viewer=owner, at=None)["follow_up_at"] is None


def test_only_the_holder_sets_a_priority(deployed: App, task_id: str, owner: Viewer) -> None:
    with pytest.raises(NotAllowed, match="认领"):
        assignment.prioritise(deployed, task_id, viewer=owner, priority=90)
    tasks.claim(deployed, task_id, viewer=owner)
    assert assignment.prioritise(deployed, task_id, viewer=owner, priority=90)["priority"] == 90
    with pytest.raises(Invalid, match="0 到 100"):
        assignment.prioritise(deployed, task_id, viewer=owner, priority=101)
