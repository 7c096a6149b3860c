"""Verbs on messages and signals: send one from outside, deliver what instances threw."""

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any
from uuid import uuid4

import structlog
from sqlalchemy import ColumnElement, exists, or_, select
from sqlalchemy.orm import Session, aliased

from engine.app import App
from engine.bpm import causes, instances, record, variables
from engine.bpm.clocks import GOING
from engine.bpm.correlation import key_text, matches
from engine.bpm.model import Definition, Incident, Instance, Message, StartEvent, Subscription
from engine.bpm.receiving import HELD, held, receive
from engine.bpm.step import ENGINE, opened
from engine.errors import Conflict, NotFound, Unavailable

log = structlog.get_logger()
BROKEN = "(engine)"  # the element of an incident that no element of the diagram caused

# What one sender sent to all or to a name is delivered in its order, also by several processes: a message waits while
# an older one that might go to the same receiver is still on its way, in whose hands ever.
_earlier = aliased(Message)
_same_receiver = or_(_earlier.target.is_(None), Message.target.is_(None), _earlier.target == Message.target)
_OLDEST = (
    select(Message)
    .where(
        Message.delivered_at.is_(None),
        ~HELD,
        ~exists().where(
            _earlier.delivered_at.is_(None), ~held(_earlier), _earlier.at <= Message.at, _earlier.id < Message.id,
            _earlier.sender == Message.sender, _same_receiver,
        ),
    )
    .order_by(Message.at, Message.id)
    .limit(1)
    .with_for_update(skip_locked=True, of=Message)
)  # fmt: skip


def send(app: App, name: str, correlation: Mapping[str, Any], values: Mapping[str, Any], *, by: str) -> int:
    """Give a message to the instance that waits for it, or start the definition that it starts; answers 1.

    Raises NotFound when nobody waits for this name with this correlation, Conflict when who waits is suspended.
    """
    now = app.clock()
    with app.transaction() as tx:
        return send_in(tx, app, name, correlation, values, by=by, now=now)


def send_in(
    tx: Session, app: App, name: str, correlation: Mapping[str, Any], values: Mapping[str, Any], *, by: str,
    now: datetime,
) -> int:  # fmt: skip
    """Like ``send``, inside the caller's transaction; ``now`` is when it was sent."""
    given = variables.check(values)
    message = Message(kind="message", name=name, correlation=dict(correlation), variables=given, at=now, sender=by)
    tx.add(message)
    if not deliver(app, tx, message, by=by):
        if message.target is not None:
            raise Conflict(
                f"等待消息“{name}”的流程已挂起，恢复后才能接收，请稍后再发。",
                en=f"The instance that waits for message {name} is suspended; send it again when it has resumed.",
            )
        raise NotFound(
            f"没有流程正在等待消息“{name}”，或关联信息不符。请核对编号和名称。",
            en=f"Nobody waits for message {name} with this correlation.",
        )
    return message.receivers


def deliver_next(app: App) -> bool:
    """Deliver the oldest message or signal on its way, in one transaction; answers whether one could be."""
    message = None
    try:
        with app.transaction() as tx:
            message = tx.scalar(_OLDEST)
            if message is not None and not deliver(app, tx, message, by=message.sender):
                _note_lost(app, tx, message)
    except Unavailable:
        raise
    except Exception as error:
        if message is None:
            raise
        _drop(app, message.id, error)
    return message is not None


def _note_lost(app: App, tx: Session, message: Message) -> None:
    """BPMN keeps no message for who comes later: its sender's history says that nobody waited for it."""
    if message.kind == "message" and message.delivered_at is not None and tx.get(Instance, message.sender) is not None:
        detail = {"message": message.name, "correlation": message.correlation}
        record.note(tx, message.sender, "lost", at=message.at, recorded_at=app.wall(), actor=ENGINE, detail=detail)


def pending(app: App) -> bool:
    """Whether something is on its way to somebody who goes on."""
    with app.reading() as tx:
        return tx.scalar(select(Message.id).where(Message.delivered_at.is_(None), ~HELD).limit(1)) is not None


def deliver(app: App, tx: Session, message: Message, *, by: str) -> bool:
    """Deliver one message or signal inside the caller's transaction; answers whether anybody took it."""
    message.delivered_at = app.clock()
    if message.kind == "signal" and message.target is None:
        message.receivers = _fan_out(app, tx, message, by=by)
        return True
    if message.kind == "signal":
        message.receivers = _give(app, tx, message, message.target or "", by=by)
        return message.receivers > 0
    tried: list[str] = []  # who went on meanwhile is passed over for the next one
    while (found := _waiter(tx, message, GOING, but_not=tried)) is not None:
        message.receivers = _give(app, tx, message, found, by=by)
        if message.receivers:
            return True
        tried.append(found)
    if suspended := _waiter(tx, message, ~GOING):
        _hold(message, suspended)
    else:
        message.receivers = _start_new(app, tx, message, _start_events(tx, message)[:1], by=by)
    return message.receivers > 0


def _hold(message: Message, waiting_id: str) -> None:
    """Nothing is lost on somebody who is suspended: it stays on its way until that instance resumes or ends."""
    message.target, message.delivered_at = waiting_id, None


def _drop(app: App, message_id: int, error: Exception) -> None:
    """After an unexpected error in a delivery: take the message out of the way; its sender's incident can resend it."""
    log.error("message.dropped", message=message_id, error=repr(error))
    with app.transaction() as tx:
        message = tx.get_one(Message, message_id)
        message.delivered_at = app.clock()
        if tx.get(Instance, message.sender) is None:
            return
        words = f"消息“{message.name}”没有送达：{causes.said(error)}。排除原因后请在“异常”中重试，即重新发送。"
        tx.add(
            Incident(
                id=uuid4().hex,
                instance_id=message.sender,
                element=BROKEN,
                opened_at=app.clock(),
                message=words,
                message_id=message_id,
                cause=causes.of(error),
            )
        )


def _waiter(
    tx: Session, message: Message, of: ColumnElement[bool], *, but_not: Collection[str] = ()
) -> str | None:  # fmt: skip
    """The oldest subscription this message is for: by declared keys (indexed), else by the instances' variables."""
    waiting = (
        select(Subscription.token, Subscription.correlation, Instance.variables)
        .join(Instance)
        .where(Subscription.kind == message.kind, Subscription.name == message.name, of)
        .where(Subscription.token.not_in(but_not))
        .order_by(Subscription.id)
    )
    if message.correlation:
        exact = tx.execute(
            waiting.where(Subscription.correlation_key == key_text(message.correlation)).limit(1)
        ).first()
        if exact is not None and exact.correlation == message.correlation:
            return str(exact.token)
    else:
        waiting = waiting.limit(1)
    for waiter_id, declared, known in tx.execute(waiting):
        if matches(message.correlation, declared, known):
            return str(waiter_id)
    return None


def _give(app: App, tx: Session, message: Message, waiting_id: str, *, by: str) -> int:
    instance_id = tx.scalar(select(Subscription.instance_id).where(Subscription.token == waiting_id))
    if instance_id is None:
        return 0
    # The message stands at the moment it was thrown: timers due before it fire first, later ones do not.
    with opened(app, tx, instance_id, message.at, even_suspended=True) as case:
        if case.row.suspended_at is not None:
            _hold(message, waiting_id)
            return 0
        return receive(case, message, waiting_id, message.at, by=by)


def _fan_out(app: App, tx: Session, signal: Message, *, by: str) -> int:
    """A signal becomes one row for each waiter, so that each is delivered in a transaction of its own."""
    targets = tx.scalars(
        select(Subscription.token).where(
            Subscription.kind == "signal", Subscription.name == signal.name, Subscription.instance_id != signal.sender
        )
    ).all()
    for target in targets:
        tx.add(
            Message(
                kind="signal",
                name=signal.name,
                correlation={},
                variables=signal.variables,
                at=signal.at,
                sender=signal.sender,
                target=target,
            )
        )
    return len(targets) + _start_new(app, tx, signal, _start_events(tx, signal), by=by)


def _start_events(tx: Session, message: Message) -> list[tuple[StartEvent, Definition]]:
    found = tx.execute(
        select(StartEvent, Definition)
        .join(Definition)
        .where(StartEvent.kind == message.kind, StartEvent.name == message.name, Definition.suspended_at.is_(None))
        .order_by(StartEvent.id)
    )
    return [(row[0], row[1]) for row in found]


def _start_new(app: App, tx: Session, message: Message, starts: list[tuple[StartEvent, Definition]], *, by: str) -> int:
    for event, definition in starts:
        instances.start_definition(
            tx, app, definition, message.variables, by=by, now=message.at, start_element=event.element
        )
    return len(starts)
