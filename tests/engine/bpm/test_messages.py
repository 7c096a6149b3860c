"""Messages and signals between people, programs and instances."""

from functools import partial

import pytest
from sqlalchemy import select, update

from engine.app import App
from engine.bpm import definitions, incidents, instances, messages, queries, tasks
from engine.bpm.model import Instance, Message
from engine.bpm.viewer import Viewer
from engine.errors import Conflict, Invalid, NotFound
from engine.testing import START
from tests.engine.bpm.diagrams import diagram, flows
from tests.engine.bpm.test_concurrency import at_once

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


def _undelivered(app: App) -> tuple[str, str]:
    """A message between two cases whose receiver's stored state cannot be read; the receiver, the sender's incident."""
    thrower = diagram(
        f"""
        <startEvent id="start"/>
        <intermediateThrowEvent id="tell"><messageEventDefinition messageRef="m_refused"/></intermediateThrowEvent>
        <endEvent id="end"/>{flows("start>tell", "tell>end")}
        """,
        key="thrower",
        extra=NAMES,
    )
    definitions.deploy(app, {"w.bpmn": waiting("waiting", False)}, by="test")
    definitions.deploy(app, {"t.bpmn": thrower}, by="test")
    receiver = instances.start(app, "waiting", {}, by="li")["id"]
    _broken(app, receiver, True)
    instances.start(app, "thrower", {}, by="li")
    assert messages.deliver_next(app)
    assert not messages.pending(app)
    return receiver, str(queries.incidents(app, ADMIN).items[0]["id"])


def _broken(app: App, instance: str, broken: bool) -> None:
    """Put a byte in front of the stored state, or take it away again."""
    with app.transaction() as tx:
        state = tx.scalars(select(Instance.state).where(Instance.id == instance)).one()
        changed = b"#" + state if broken else state.removeprefix(b"#")
        tx.execute(update(Instance).where(Instance.id == instance).values(state=changed))


def test_a_message_that_could_not_be_delivered_is_sent_again_by_retrying_its_incident(app: App) -> None:
    receiver, incident = _undelivered(app)
    assert "refused" in queries.incidents(app, ADMIN).items[0]["message"]
    assert not incidents.retry(app, incident, by="root")
    assert "仍没有送达" in queries.incidents(app, ADMIN).items[0]["message"]
    _broken(app, receiver, False)
    other = instances.start(app, "waiting", {}, by="li")["id"]
    retried = partial(incidents.retry, app, incident, by="root", reason="已修复")
    [refused] = [answer for answer in at_once(retried, retried) if answer is not None]  # one of two at once
    assert isinstance(refused, Conflict)
    assert [queries.instance(app, ADMIN, case)["status"] for case in (receiver, other)] == ["completed", "running"]
    assert queries.incidents(app, ADMIN, resolved=True).items[0]["resolution"] == "已修复"


def test_a_message_that_nobody_waits_for_any_more_is_given_up_with_a_reason(app: App) -> None:
    receiver, incident = _undelivered(app)
    _broken(app, receiver, False)
    instances.cancel(app, receiver, by="root", reason="作废")
    assert not incidents.retry(app, incident, by="root")
    assert "没有流程在等待" in queries.incidents(app, ADMIN).items[0]["message"]
    with pytest.raises(Invalid, match="不能修改变量"):
        incidents.retry(app, incident, by="root", reason="改", values={"x": 1})
    incidents.skip(app, incident, by="root", reason="对方已作废")
    assert queries.incidents(app, ADMIN).total == 0


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
