"""Verbs on incidents: retry or skip a parked step, and park an instance whose step broke outside of the model."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import uuid4

import structlog
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from engine.app import App
from engine.bpm import causes, messages, reasons, record, repair
from engine.bpm.messages import BROKEN
from engine.bpm.model import Incident, Message, Timer
from engine.bpm.spiff.modify import Instruction
from engine.bpm.step import Opened, opened
from engine.errors import Conflict, Invalid, NotFound, Unavailable

log = structlog.get_logger()
RETRIED = "重试"  # the resolution when whoever retried said nothing


def retry(
    app: App,
    incident_id: str,
    *,
    by: str,
    reason: str = "",
    values: Mapping[str, Any] | None = None,
    names: Sequence[str] = (),
) -> bool:
    """Run the failed element again, after setting ``values`` and removing ``names``; answers whether that helped.

    Changing variables needs a reason. Raises NotFound, Invalid, Conflict when already resolved.
    """
    now = app.clock()
    if values or names:
        reasons.require(reason)
    with app.transaction() as tx:
        incident = _unresolved(tx, incident_id)
        if incident.element == BROKEN and (values or names):
            raise Invalid(
                "这个异常不是某个元素出错，重试时不能修改变量；请先修改流程实例，再重试。",
                en="No element failed; modify the instance first, then retry.",
            )
        if incident.message_id is not None:
            return _resend(app, tx, incident, now, by, reason)
        if incident.element == BROKEN:
            _unblock(app, tx, incident, now, by, reason)
            return True
        with opened(app, tx, incident.instance_id, now) as case:
            edits = [
                *([Instruction("set", task=incident_id, variables=values)] if values else []),
                *([Instruction("remove", task=incident_id, names=tuple(names))] if names else []),
            ]
            _work_on(case, incident, [*edits, Instruction("retry", task=incident_id)], by, reason or RETRIED, "retried")
            return all(failure.element != incident.element for failure in case.snapshot.failures)


def retry_case(case: Opened, *, by: str, reason: str) -> None:
    """Retry whatever stops an instance in the hands of a command: failed elements, a broken step, undelivered messages.
    Raises Conflict when nothing stops it, or a message finds nobody again.
    """
    reasons.require(reason)
    open_ = select(Incident).where(Incident.instance_id == case.row.id, Incident.resolved_at.is_(None))
    beside = [one for one in case.tx.scalars(open_) if one.message_id is not None or one.element == BROKEN]
    order = [Instruction("retry", task=failure.id) for failure in case.snapshot.failures]
    if not order and not beside:
        raise Conflict("该流程没有要重试的异常。", en="Nothing stops this instance.")
    for incident in beside:
        if incident.message_id is None:
            _unblock(case.app, case.tx, incident, case.now, by, reason)
        elif not _resend(case.app, case.tx, incident, case.now, by, reason):
            raise Conflict(incident.message, en="A message of this instance still finds nobody.")
    if order:
        repair.carry_out(case, order, by=by, reason=reason, event="retried")


def skip(app: App, incident_id: str, *, by: str, reason: str, values: Mapping[str, Any] | None = None) -> None:
    """Go on behind the failed element as if it had done its work, its results given as ``values``.

    For a message that could not be delivered: give it up. Raises NotFound, Invalid, Conflict.
    """
    now = app.clock()
    reasons.require(reason)
    with app.transaction() as tx:
        incident = _unresolved(tx, incident_id)
        if incident.message_id is not None:
            _resolve(app, tx, incident, now, by, reason, "skipped")
            return
        if incident.element == BROKEN:
            raise Conflict(
                "引擎推进这个流程时出错，没有可以跳过的元素；请排除原因后重试，或终止该流程。",
                en="No element failed that could be skipped; retry, or cancel the instance.",
            )
        with opened(app, tx, incident.instance_id, now) as case:
            line = Instruction("skip", task=incident_id, variables=values or {})
            _work_on(case, incident, [line], by, reason, "skipped")


def _work_on(case: Opened, incident: Incident, order: Sequence[Instruction], by: str, reason: str, event: str) -> None:
    """The failure may have gone while the clock caught up; then there is nothing left to do."""
    if any(failure.id == incident.id for failure in case.snapshot.failures):
        repair.carry_out(case, order, by=by, reason=reason, event=event)


def _unresolved(tx: Session, incident_id: str) -> Incident:
    incident = tx.get(Incident, incident_id)
    if incident is None:
        raise NotFound("没有这个异常，可能编号有误。", en="There is no such incident.")
    if incident.message_id is not None or incident.element == BROKEN:  # no instance is locked for these
        tx.refresh(incident, with_for_update=True)
    if incident.resolved_at is not None:
        raise Conflict(
            f"该异常已由 {incident.resolved_by} 处理。", en=f"This incident was resolved by {incident.resolved_by}."
        )
    return incident


def _resolve(app: App, tx: Session, incident: Incident, now: datetime, by: str, reason: str, event: str) -> None:
    incident.resolved_at, incident.resolved_by, incident.resolution = now, by, reason or RETRIED
    detail = {"reason": reason or RETRIED, "incident": incident.message}
    record.note(tx, incident.instance_id, event, at=now, recorded_at=app.wall(), actor=by, detail=detail)


def _unblock(app: App, tx: Session, incident: Incident, now: datetime, by: str, reason: str) -> None:
    _resolve(app, tx, incident, now, by, reason, "retried")
    tx.execute(
        update(Timer).where(Timer.instance_id == incident.instance_id, Timer.status == "blocked").values(status="armed")
    )


def _resend(app: App, tx: Session, incident: Incident, now: datetime, by: str, reason: str) -> bool:
    """Deliver the message again, at the moment at which it was thrown; failing leaves the incident with the cause."""
    message = tx.get_one(Message, incident.message_id)
    name, sender, cause = message.name, message.sender, "现在没有流程在等待它"
    try:
        with tx.begin_nested():
            if messages.deliver(app, tx, message, by=sender):
                _resolve(app, tx, incident, now, by, reason, "retried")
                return True
    except Unavailable:
        raise
    except Exception as error:
        log.error("message.dropped", message=incident.message_id, error=repr(error))
        cause, incident.cause = causes.said(error), causes.of(error)
    incident.message = f"消息“{name}”仍没有送达：{cause}。可以再次重试，或写明原因放弃它。"
    return False


def park(app: App, instance_id: str, error: Exception) -> None:
    """After an unexpected error: take the instance's timers out of the scheduler's way and tell the operator (S5)."""
    log.error("instance.parked", instance=instance_id, error=repr(error))
    with app.transaction() as tx:
        tx.execute(
            update(Timer).where(Timer.instance_id == instance_id, Timer.status == "armed").values(status="blocked")
        )
        tx.add(
            Incident(
                id=uuid4().hex,
                instance_id=instance_id,
                element=BROKEN,
                opened_at=app.clock(),
                message=f"引擎在推进该流程时出错：{causes.said(error)}。其他流程不受影响；排除原因后请在“异常”中重试。",
                cause=causes.of(error),
            )
        )
