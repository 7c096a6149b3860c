"""How an opened instance takes a message or signal, and how those wait that are for a suspended one."""

from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, exists, select

from engine.bpm.model import Instance, Message, Subscription
from engine.bpm.spiff import run
from engine.bpm.step import Opened, catch_up


def held(message: Any) -> ColumnElement[bool]:
    """A message on its way to somebody who is suspended: it stays on its way."""
    return exists().where(
        Subscription.token == message.target,
        Subscription.instance_id == Instance.id,
        Instance.suspended_at.is_not(None),
    )


HELD = held(Message)


def receive(case: Opened, message: Message, waiting_id: str, at: datetime, *, by: str) -> int:
    """Give a message to one waiter of this instance; answers 1, or 0 when nothing waits there any more."""
    if not any(waiting.id == waiting_id for waiting in case.snapshot.waiting):
        return 0
    after = run.deliver(case.model, case.row.state, waiting_id, message.variables, at, case.world)
    case.apply(after, actor=by, at=at)
    return 1


def receive_held(case: Opened, *, clock_stopped: bool) -> None:
    """Take what came while the instance was suspended, before anything later fires.

    With the clock running each at its own moment, after the timers that were due by then; with the clock stopped all
    now: for the instance no time has passed.
    """
    arrived = (
        select(Message)
        .join(Subscription, Subscription.token == Message.target)
        .where(Subscription.instance_id == case.row.id, Message.delivered_at.is_(None))
        .order_by(Message.at, Message.id)
        .with_for_update(skip_locked=True, of=Message)  # one that is just being delivered waits for this instance
    )
    for message in case.tx.scalars(arrived).all():
        at = case.now if clock_stopped else message.at
        catch_up(case, at, case.now)
        message.receivers = receive(case, message, message.target or "", at, by=message.sender)
        if message.receivers or message.kind == "signal":
            message.delivered_at = case.now
        else:
            message.target = None  # the waiter left meanwhile: somebody else may wait for it
