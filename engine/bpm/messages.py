"""Verbs on messages and signals: send one from outside, deliver what instances threw."""

from collections.abc import Collection, Mapping
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine.app import App
from engine.bpm import incidents, instances, record, variables
from engine.bpm.correlation import key_text, matches
from engine.bpm.model import Definition, Instance, Message, StartEvent, Subscription
from engine.bpm.spiff import run
from engine.bpm.step import ENGINE, opened
from engine.errors import NotFound, Unavailable


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
    """Deliver the oldest message or signal on its way, in one transaction; answers whether there was one."""
    message = None
    try:
        with app.transaction() as tx:
            message = tx.scalar(
                select(Message)
                .where(Message.delivered_at.is_(None))
                .order_by(Message.at, Message.id)
                .limit(1)
                .with_for_update(skip_locked=True)
            )
            if message is not None and not _deliver(app, tx, message, by=message.sender):
                _note_lost(app, tx, message)
    except Unavailable:
        raise
    except Exception as error:
        if message is None:
            raise
        incidents.drop_message(app, message.id, error)
    return message is not None


def _note_lost(app: App, tx: Session, message: Message) -> None:
    """BPMN keeps no message for who comes later: its sender's history says that nobody waited for it."""
    if message.kind == "message" and message.delivered_at is not None and tx.get(Instance, message.sender) is not None:
        detail = {"message": message.name, "correlation": message.correlation}
        record.note(tx, message.sender, "lost", at=message.at, recorded_at=app.wall(), actor=ENGINE, detail=detail)


def pending(app: App) -> bool:
    """Whether something is on its way."""
    with app.reading() as tx:
        return tx.scalar(select(Message.id).where(Message.delivered_at.is_(None)).limit(1)) is not None


def _deliver(app: App, tx: Session, message: Message, *, by: str) -> bool:
    message.delivered_at = app.clock()
    if message.kind == "signal" and message.target is None:
        message.receivers = _fan_out(app, tx, message, by=by)
        return True
    tried: list[str] = []  # who went on meanwhile is passed over for the next one
    while (found := message.target or _waiter(tx, message, tried)) is not None:
        message.receivers = _give(app, tx, message, found, by=by)
        if message.receivers or message.target:
            break
        tried.append(found)
    if message.kind == "message" and not message.receivers:
        message.receivers = _start_new(app, tx, message, _start_events(tx, message)[:1], by=by)
    return message.receivers > 0


def _waiter(tx: Session, message: Message, but_not: Collection[str] = ()) -> str | None:
    """The oldest subscription this message is for: by declared keys (indexed), else by the instances' variables."""
    waiting = (
        select(Subscription.token, Subscription.correlation, Instance.variables)
        .join(Instance)
        .where(Subscription.kind == message.kind, Subscription.name == message.name, Instance.suspended_at.is_(None))
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
