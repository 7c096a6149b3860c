"""Verbs on messages and signals: send one from outside, deliver what instances threw."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import exists, or_, select
from sqlalchemy.orm import Session, aliased

from engine.app import App
from engine.bpm import incidents, instances, variables
from engine.bpm.correlation import key_text, matches
from engine.bpm.model import Definition, Instance, Message, StartEvent, Subscription
from engine.bpm.spiff import run
from engine.bpm.step import opened
from engine.errors import NotFound, Unavailable

# What one sender sent to all or to a name is delivered in its order, also by several processes: a message waits while
# an older one that might go to the same receiver is still on its way, in whose hands ever.
_earlier = aliased(Message)
_same_receiver = or_(_earlier.target.is_(None), Message.target.is_(None), _earlier.target == Message.target)
_OLDEST = (
    select(Message)
    .where(
        Message.delivered_at.is_(None),
        ~exists().where(
            _earlier.delivered_at.is_(None), _earlier.at <= Message.at, _earlier.id < Message.id,
            _earlier.sender == Message.sender, _same_receiver,
        ),
    )
    .order_by(Message.at, Message.id)
    .limit(1)
    .with_for_update(skip_locked=True, of=Message)
)  # fmt: skip


def send(app: App, name: str, correlation: Mapping[str, Any], values: Mapping[str, Any], *, by: str) -> int:
    """Give a message to the instance that waits for it, or start the definition that it starts; answers 1.

    Raises NotFound when nobody waits for this name with this correlation.
    """
    now = app.clock()
    given = variables.check(values)
    with app.transaction() as tx:
        message = Message(kind="message", name=name, correlation=dict(correlation), variables=given, at=now, sender=by)
        tx.add(message)
        if not _deliver(app, tx, message, by=by):
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
            if message is not None:
                _deliver(app, tx, message, by=message.sender)
    except Unavailable:
        raise
    except Exception as error:
        if message is None:
            raise
        incidents.drop_message(app, message.id, error)
    return message is not None


def pending(app: App) -> bool:
    """Whether something is on its way."""
    with app.reading() as tx:
        return tx.scalar(select(Message.id).where(Message.delivered_at.is_(None)).limit(1)) is not None


def _deliver(app: App, tx: Session, message: Message, *, by: str) -> bool:
    message.delivered_at = app.clock()
    if message.kind == "signal" and message.target is None:
        message.receivers = _fan_out(app, tx, message, by=by)
        return True
    found = message.target or _waiter(tx, message)
    if found is not None:
        message.receivers = _give(app, tx, message, found, by=by)
    elif message.kind == "message":
        message.receivers = _start_new(app, tx, message, _start_events(tx, message)[:1], by=by)
    return message.receivers > 0


def _waiter(tx: Session, message: Message) -> str | None:
    """The oldest subscription this message is for: by declared keys (indexed), else by the instances' variables."""
    waiting = (
        select(Subscription.token, Subscription.correlation, Instance.variables)
        .join(Instance)
        .where(Subscription.kind == message.kind, Subscription.name == message.name, Instance.suspended_at.is_(None))
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
    with opened(app, tx, instance_id, message.at, even_suspended=message.target is not None) as case:
        if not any(waiting.id == waiting_id for waiting in case.snapshot.waiting):
            return 0
        after = run.deliver(case.model, case.row.state, waiting_id, message.variables, message.at, case.world)
        case.apply(after, actor=by)
    return 1


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
