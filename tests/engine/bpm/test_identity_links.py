"""Who may take a running task: candidates are added and removed, and somebody is always left."""

import pytest
from sqlalchemy import select

from engine.app import App
from engine.bpm import batches, definitions, identity_links, instances, queries, tasks
from engine.bpm.model import Notice
from engine.bpm.viewer import Account, Viewer
from engine.errors import Conflict, Invalid, NotAllowed, NotFound
from tests.engine.bpm.diagrams import REVIEW
from tests.engine.bpm.test_migration import RENAMED, ordered

ADMIN = Viewer("root", admin=True)
GIVE = b"""<extensionElements><camunda:properties><camunda:property name="give" value="candidates"/>
    </camunda:properties></extensionElements>"""


@pytest.fixture
def task_id(deployed: App) -> str:
    deployed.accounts = lambda _, names: {
        name: Account(name != "left", groups=frozenset({"office" if name == "wang" else "elsewhere"}))
        for name in names
        if name != "nobody"
    }
    deployed.peopled = lambda _, names: frozenset({"office", "elsewhere"}).intersection(names)
    return str(instances.start(deployed, "review", {"level": "一般"}, by="li")["tasks"][0]["id"])


def links(app: App, task_id: str) -> list[str]:
    return [link["id"] for link in identity_links.show(app, task_id, viewer=ADMIN) if link["type"] == "candidate"]


def test_a_person_who_is_added_is_told_sees_the_task_and_may_take_it(
    deployed: App, task_id: str, owner: Viewer, stranger: Viewer
) -> None:
    with pytest.raises(NotFound):
        identity_links.show(deployed, task_id, viewer=stranger)
    with pytest.raises(NotFound):
        identity_links.add(deployed, task_id, "user:qian", viewer=stranger, reason="我想办")
    for _ in range(2):
        view = identity_links.add(deployed, task_id, "user:qian", viewer=owner, reason="他懂电气")
    assert (view["users"], view["groups"]) == (["qian"], ["office"])
    tasks.claim(deployed, task_id, viewer=stranger)
    assert [tuple(link.values()) for link in identity_links.show(deployed, task_id, viewer=stranger)] == [
        ("group:office", "candidate", None, "office"),
        ("user:qian", "candidate", "qian", None),
        ("user:qian", "assignee", "qian", None),
    ]
    with pytest.raises(NotAllowed, match="qian"):
        identity_links.add(deployed, task_id, "user:wang", viewer=owner, reason="不是我的任务")
    identity_links.remove(deployed, task_id, "group:office", viewer=stranger, reason="我来办")
    with pytest.raises(NotFound):
        queries.task(deployed, owner, task_id)
    acts = [
        (event["event"], event["actor"], event["detail"])
        for event in queries.history(deployed, ADMIN, view["instance_id"]).items
        if event["event"].startswith("candidate")
    ]
    assert sorted(acts, key=lambda act: act[0]) == [
        ("candidate_added", "li", {"to": "qian", "reason": "他懂电气"}),
        ("candidate_removed", "qian", {"to_group": "office", "reason": "我来办"}),
    ]
    with deployed.reading() as tx:
        assert [(row.recipient, row.subject) for row in tx.scalars(select(Notice))] == [("qian", "您可以认领：整改")]


def test_somebody_who_can_do_it_is_always_left(deployed: App, task_id: str, owner: Viewer) -> None:
    for link in ("user:nobody", "user:left", "group:empty"):
        with pytest.raises(Invalid):
            identity_links.add(deployed, task_id, link, viewer=owner, reason="x")
    with pytest.raises(Invalid, match="原因"):
        identity_links.add(deployed, task_id, "user:qian", viewer=owner, reason=" ")
    with pytest.raises(Conflict, match="没有人能办"):
        identity_links.remove(deployed, task_id, "group:office", viewer=owner, reason="x")
    with pytest.raises(NotFound, match="候选人"):
        identity_links.remove(deployed, task_id, "group:elsewhere", viewer=owner, reason="x")
    identity_links.add(deployed, task_id, "user:qian", viewer=owner, reason="x")
    identity_links.remove(deployed, task_id, "user:qian", viewer=owner, reason="办完了")
    with deployed.reading() as tx:
        told = [row.subject.partition("：")[0] for row in tx.scalars(select(Notice).order_by(Notice.subject))]
    assert told == ["任务不再由您认领", "您可以认领"]
    tasks.complete(deployed, task_id, {}, viewer=owner)
    with pytest.raises(Conflict):
        identity_links.add(deployed, task_id, "user:qian", viewer=owner, reason="x")
    assert links(deployed, task_id) == ["group:office"]


def test_a_task_that_is_its_candidates_alone_gets_no_others(deployed: App, task_id: str, owner: Viewer) -> None:
    definitions.deploy(
        deployed, {"review.bpmn": REVIEW.replace(b'Executable="true">', b'Executable="true">' + GIVE)}, by="t"
    )
    task_id = instances.start(deployed, "review", {}, by="li")["tasks"][0]["id"]
    for link in ("user:qian", "group:elsewhere"):
        with pytest.raises(NotAllowed, match="由 office 办理"):
            identity_links.add(deployed, task_id, link, viewer=owner, reason="x")
    identity_links.add(deployed, task_id, "user:wang", viewer=owner, reason="他在现场")
    with pytest.raises(NotAllowed, match="不能移除 office"):
        identity_links.remove(deployed, task_id, "group:office", viewer=owner, reason="x")
    identity_links.remove(deployed, task_id, "user:wang", viewer=owner, reason="他在休假")
    identity_links.add(deployed, task_id, "user:qian", viewer=ADMIN, reason="裁定")
    assert links(deployed, task_id) == ["group:office", "user:qian"]


def test_a_new_version_takes_the_candidates_along_and_an_undo_puts_them_back(
    deployed: App, task_id: str, owner: Viewer
) -> None:
    identity_links.add(deployed, task_id, "user:qian", viewer=owner, reason="x")
    identity_links.add(deployed, task_id, "group:elsewhere", viewer=owner, reason="x")
    identity_links.remove(deployed, task_id, "group:office", viewer=owner, reason="x")
    definitions.deploy(deployed, {"review.bpmn": RENAMED}, by="test")
    order = ordered(deployed)
    assert links(deployed, task_id) == ["group:elsewhere", "group:field", "user:qian"]
    batches.undo(deployed, order["id"], by="root", reason="换错了")
    assert links(deployed, task_id) == ["group:elsewhere", "user:qian"]
