"""Whose task it is: delegated and resolved, handed over, put aside, and two people at once."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from engine.app import App
from engine.bpm import assignment, definitions, instances, migration, queries, tasks
from engine.bpm.model import Notice
from engine.bpm.spiff.translation import Plan
from engine.bpm.viewer import Account, Viewer
from engine.errors import Conflict, Invalid, NotAllowed, NotFound
from engine.testing import FakeClock
from tests.engine.bpm.diagrams import REVIEW, diagram, flows

ADMIN = Viewer("root", admin=True)
NAMED = diagram(
    f"""<startEvent id="s"/><userTask id="sign" name="签字" camunda:assignee="li"/><endEvent id="e"/>
    {flows("s>sign", "sign>e")}""",
    key="named",
)


@pytest.fixture
def task_id(deployed: App) -> str:
    return str(instances.start(deployed, "review", {"level": "一般"}, by="li")["tasks"][0]["id"])


def told(app: App) -> list[tuple[str, str]]:
    """To whom a notice went, and its beginning."""
    with app.reading() as tx:
        found = [(row.recipient, row.subject.partition("：")[0]) for row in tx.scalars(select(Notice))]
    return sorted(found, key=lambda pair: pair[::-1])


def acts(app: App, case: str) -> list[tuple[str, str]]:
    """What people did besides the steps of the process, and who."""
    own = ("claimed", "released", "returned", "delegated", "resolved", "handed_over")
    found = queries.history(app, ADMIN, case).items
    return [(event["event"], event["actor"]) for event in found if event["event"] in own]


def test_a_repeated_claim_or_release_is_one(deployed: App, task_id: str, owner: Viewer) -> None:
    for _ in range(2):
        case = tasks.claim(deployed, task_id, viewer=owner)["instance_id"]
    for _ in range(2):
        assert tasks.release(deployed, task_id, viewer=owner)["assignee"] is None
    assert acts(deployed, case) == [("claimed", "li"), ("released", "li")]


def test_what_an_admin_takes_or_gives_away_is_told_to_whoever_had_it(
    deployed: App, task_id: str, owner: Viewer, colleague: Viewer
) -> None:
    tasks.claim(deployed, task_id, viewer=owner)
    assert tasks.claim(deployed, task_id, viewer=ADMIN)["assignee"] == "root"
    assert told(deployed) == [("li", "任务改由他人办理")]
    given = tasks.delegate(deployed, task_id, viewer=ADMIN, to="wang")
    assert (given["owner"], given["assignee"]) == ("root", "wang")
    assignment.hand_over(deployed, task_id, viewer=colleague, to="qian", reason="归他管")
    assert told(deployed)[:2] == [("root", "任务已移交他人"), ("li", "任务改由他人办理")]


def test_a_task_that_an_admin_delegates_stays_its_holders(deployed: App, task_id: str, owner: Viewer) -> None:
    tasks.claim(deployed, task_id, viewer=owner)
    given = tasks.delegate(deployed, task_id, viewer=ADMIN, to="wang")
    assert (given["owner"], given["assignee"], given["delegation"]) == ("li", "wang", "pending")


def test_a_task_is_delegated_to_somebody_else_who_is_told(
    deployed: App, task_id: str, owner: Viewer, stranger: Viewer
) -> None:
    with pytest.raises(Conflict, match="认领"):
        tasks.delegate(deployed, task_id, viewer=owner, to="li")
    tasks.delegate(deployed, task_id, viewer=owner, to="qian")
    for to, words in (("qian", "本来就由"), ("li", "交回")):
        with pytest.raises(Conflict, match=words):
            tasks.delegate(deployed, task_id, viewer=stranger, to=to)
    assert told(deployed) == [("qian", "请您代为办理")]
    tasks.send_back(deployed, task_id, viewer=stranger, reason="不归我管")
    assert told(deployed) == [("li", "任务退回给您"), ("qian", "请您代为办理")]


def test_what_a_delegate_puts_back_is_its_owners_again(
    deployed: App, task_id: str, owner: Viewer, stranger: Viewer
) -> None:
    tasks.delegate(deployed, task_id, viewer=owner, to="qian")
    back = tasks.release(deployed, task_id, viewer=stranger)
    assert (back["assignee"], back["owner"], back["delegation"]) == ("li", None, None)
    assert told(deployed)[0] == ("li", "任务退回给您")
    tasks.delegate(deployed, task_id, viewer=owner, to="qian")
    assignment.resolve(deployed, task_id, viewer=stranger, text="已核对")
    assert told(deployed)[-1] == ("li", "转办的任务已交回")
    assert tasks.send_back(deployed, task_id, viewer=owner, reason="人手不够")["assignee"] is None


def test_a_task_that_only_its_holder_was_named_for_is_not_given_to_nobody(deployed: App, owner: Viewer) -> None:
    definitions.deploy(deployed, {"named.bpmn": NAMED}, by="test")
    [task] = instances.start(deployed, "named", {}, by="root")["tasks"]
    for act in (
        lambda: tasks.release(deployed, task["id"], viewer=owner),
        lambda: tasks.release(deployed, task["id"], viewer=ADMIN),
        lambda: tasks.send_back(deployed, task["id"], viewer=owner, reason="不会办"),
    ):
        with pytest.raises(Conflict, match="没有候选人"):
            act()
    assert queries.task(deployed, owner, task["id"])["assignee"] == "li"
    assert assignment.hand_over(deployed, task["id"], viewer=owner, to="wang", reason="调岗")["assignee"] == "wang"


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


def test_a_task_that_is_its_candidates_alone_is_given_to_nobody_else(
    deployed: App, owner: Viewer, colleague: Viewer
) -> None:
    said = b"""<extensionElements><camunda:properties><camunda:property name="give" value="candidates"/>
        </camunda:properties></extensionElements>"""
    definitions.deploy(
        deployed, {"review.bpmn": REVIEW.replace(b'Executable="true">', b'Executable="true">' + said)}, by="t"
    )
    deployed.groups = lambda: frozenset({"office", "elsewhere"})
    deployed.accounts = lambda _, names: {
        name: Account(groups=frozenset({"office"} if name == "wang" else {"elsewhere"})) for name in names
    }
    task_id = instances.start(deployed, "review", {}, by="li")["tasks"][0]["id"]
    tasks.claim(deployed, task_id, viewer=owner)
    for act in (
        lambda: tasks.delegate(deployed, task_id, viewer=owner, to="qian"),
        lambda: assignment.hand_over(deployed, task_id, viewer=owner, to="qian", reason="不归我管"),
        lambda: assignment.hand_over_to_group(deployed, task_id, viewer=owner, group="elsewhere", reason="不归我管"),
    ):
        with pytest.raises(NotAllowed, match="由 office 办理"):
            act()
    assert tasks.delegate(deployed, task_id, viewer=owner, to="wang")["assignee"] == "wang"
    given = assignment.hand_over_to_group(deployed, task_id, viewer=colleague, group="office", reason="出差")
    assert (given["assignee"], given["groups"]) == (None, ["office"])
    assert assignment.hand_over(deployed, task_id, viewer=ADMIN, to="qian", reason="指定")["assignee"] == "qian"


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
