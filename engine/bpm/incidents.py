"""Verbs on incidents: retry a parked step, and park an instance whose step broke outside of the model."""

from datetime import datetime
from uuid import uuid4

import structlog
from sqlalchemy import update
from sqlalchemy.orm import Session

from engine.app import App
from engine.bpm.model import Incident, Instance, Message, Timer
from engine.bpm.spiff import run
from engine.bpm.step import opened
from engine.errors import Conflict, NotFound

log = structlog.get_logger()
BROKEN = "(engine)"  # the element of an incident that no element of the diagram caused


def retry(app: App, incident_id: str, *, by: str) -> bool:
    """Run the failed element again; answers whether that helped. Raises NotFound, Conflict when already resolved."""
    now = app.clock()
    with app.transaction() as tx:
        incident = tx.get(Incident, incident_id)
        if incident is None:
            raise NotFound("没有这个异常，可能编号有误。", en="There is no such incident.")
        if incident.resolved_at is not None:
            raise Conflict(
                f"该异常已由 {incident.resolved_by} 处理。", en=f"This incident was resolved by {incident.resolved_by}."
            )
        if incident.element == BROKEN:
            _unblock(tx, incident, app.clock(), by)
            return True
        with opened(app, tx, incident.instance_id, now) as case:
            if any(failure.id == incident_id for failure in case.snapshot.failures):
                case.apply(run.retry(case.model, case.row.state, incident_id, now, case.world), actor=by)
            return all(failure.element != incident.element for failure in case.snapshot.failures)


def _unblock(tx: Session, incident: Incident, now: datetime, by: str) -> None:
    incident.resolved_at, incident.resolved_by = now, by
    tx.execute(
        update(Timer).where(Timer.instance_id == incident.instance_id, Timer.status == "blocked").values(status="armed")
    )


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
                message=f"引擎在推进该流程时出错：{error!r}。其他流程不受影响；排除原因后请在“异常”中重试。",
            )
        )


def drop_message(app: App, message_id: int, error: Exception) -> None:
    """After an unexpected error in a delivery: take the message out of the way and tell the operator."""
    log.error("message.dropped", message=message_id, error=repr(error))
    with app.transaction() as tx:
        message = tx.get_one(Message, message_id)
        message.delivered_at = app.clock()
        if tx.get(Instance, message.sender) is not None:
            tx.add(
                Incident(
                    id=uuid4().hex,
                    instance_id=message.sender,
                    element=BROKEN,
                    opened_at=app.clock(),
                    message=f"消息“{message.name}”没有送达：{error!r}。排除原因后请从“消息”重新发送。",
                )
            )
