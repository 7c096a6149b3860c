"""Messages and signals between people, programs and instances."""

import pytest
from sqlalchemy import select

from engine.app import App
from engine.bpm import definitions, instances, messages, queries, tasks
from engine.bpm.model import Message
from engine.bpm.viewer import Viewer
from engine.errors import NotFound
from engine.testing import START
from tests.engine.bpm.diagrams import diagram, flows

ADMIN = Viewer("root", admin=True)
NAMES = '<message id="m_refused" name="refused"/><message id="m_go" name="go"/><signal id="s_typhoon" name="typhoon"/>'


def waiting(key: str, declared: bool) -> bytes:
    properties = (
        '<extensionElements><camunda:properties><camunda:property name="correlation:hazard" value="${hazard}"/>'
        "</camunda:properties></extensionElements>"
        if declared
        else ""
    )
    return diagram(
        f"""
        <startEvent id="start"/>
        <intermediateCatchEvent id="wait">
          {properties}<messageEventDefinition messageRef="m_refused"/>
        </intermediateCatchEvent>
        <endEvent id="end"/>{flows("start>wait", "wait>end")}
        """,
        key=key,
        extra=NAMES,
    )


@pytest.mark.parametrize("declared", [True, False], ids=["declared keys", "by variable"])
def test_a_message_reaches_the_instance_it_is_for(app: App, declared: bool) -> None:
    definitions.deploy(app, {"w.bpmn": waiting("waiting", declared)}, by="test")
    first = instances.start(app, "waiting", {"hazard": "YQ-1"}, by="li")["id"]
    second = instances.start(app, "waiting", {"hazard": "YQ-2"}, by="li")["id"]
    assert messages.send(app, "refused", {"hazard": "YQ-2"}, {"proof": "照片"}, by="li") == 1
    assert queries.instance(app, ADMIN, first)["status"] == "running"
    ended = queries.instance(app, ADMIN, second)
    assert (ended["status"], ended["variables"]["proof"]) == ("completed", "照片")
    with pytest.raises(NotFound, match="refused"):
        messages.send(app, "refused", {"hazard": "YQ-2"}, {}, by="li")


def test_a_message_without_correlation_goes_to_the_oldest_waiter(app: App) -> None:
    definitions.deploy(app, {"w.bpmn": waiting("waiting", True)}, by="test")
    first = instances.start(app, "waiting", {"hazard": "YQ-1"}, by="li")["id"]
    instances.start(app, "waiting", {"hazard": "YQ-2"}, by="li")
    messages.send(app, "refused", {}, {}, by="li")
    assert queries.instance(app, ADMIN, first)["status"] == "completed"


def test_a_message_start_creates_an_instance(app: App) -> None:
    started = diagram(
        f"""
        <startEvent id="start"><messageEventDefinition messageRef="m_go"/></startEvent>
        <userTask id="do" camunda:candidateGroups="office" camunda:dueDate="${{days(1)}}"/>
        <endEvent id="end"/>{flows("start>do", "do>end")}
        """,
        key="started",
        extra=NAMES,
    )
    definitions.deploy(app, {"s.bpmn": started}, by="test")
    messages.send(app, "go", {}, {"from": "12345"}, by="li")
    assert [case["started_by"] for case in queries.instances(app, ADMIN).items] == ["li"]


def test_a_signal_thrown_by_one_instance_reaches_every_waiter_once(app: App) -> None:
    catcher = diagram(
        f"""
        <startEvent id="start"/>
        <intermediateCatchEvent id="wait"><signalEventDefinition signalRef="s_typhoon"/></intermediateCatchEvent>
        <endEvent id="end"/>{flows("start>wait", "wait>end")}
        """,
        key="catcher",
        extra=NAMES,
    )
    thrower = diagram(
        f"""
        <startEvent id="start"/>
        <userTask id="see" camunda:candidateGroups="office" camunda:dueDate="${{days(1)}}"/>
        <intermediateThrowEvent id="warn"><signalEventDefinition signalRef="s_typhoon"/></intermediateThrowEvent>
        <endEvent id="end"/>{flows("start>see", "see>warn", "warn>end")}
        """,
        key="thrower",
        extra=NAMES,
    )
    definitions.deploy(app, {"c.bpmn": catcher, "t.bpmn": thrower}, by="test")
    waiters = [instances.start(app, "catcher", {}, by="li")["id"] for _ in range(3)]
    case = instances.start(app, "thrower", {}, by="li")
    tasks.complete(app, case["tasks"][0]["id"], {}, viewer=Viewer("li", frozenset({"office"})))
    while messages.deliver_next(app):
        pass
    assert [queries.instance(app, ADMIN, waiter)["status"] for waiter in waiters] == ["completed"] * 3


def test_while_one_process_has_a_message_in_hand_no_other_delivers_a_later_one_of_its_sender(app: App) -> None:
    def sent(sender: str, target: str | None = None) -> Message:
        return Message(
            kind="message", name="go", correlation={}, variables={}, at=START, sender=sender, target=target, receivers=0
        )  # fmt: skip

    with app.transaction() as tx:
        tx.add_all([sent("a"), sent("a"), sent("b"), sent("c", "one"), sent("c", "two")])
        tx.flush()
    with app.reading() as tx:
        ids = {row.id: (row.sender, row.target) for row in tx.scalars(select(Message))}
    if app.engine.dialect.name == "sqlite":  # has one writer at a time: the order of the queue is enough
        while messages.deliver_next(app):
            pass
        with app.reading() as tx:
            assert tx.scalars(select(Message.id).where(Message.delivered_at.is_(None))).all() == []
        return
    first = min(ids)
    with app.transaction() as tx:
        tx.execute(select(Message).where(Message.id == first).with_for_update())
        while messages.deliver_next(app):
            pass
        left = tx.scalars(select(Message.id).where(Message.delivered_at.is_(None))).all()
        assert [ids[each] for each in left] == [("a", None), ("a", None)]
