"""An intervention needs a reason: it is kept in the record for good, and told to whom it stops."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine.bpm.model import Event
from engine.errors import Invalid, Problem


def require(reason: str) -> None:
    """Raises Invalid for an empty reason."""
    if not reason.strip():
        problem = Problem(field="reason", rule="required", message="请填写原因。", en="A reason is required.")
        raise Invalid("请填写原因，它会写入记录。", en="Give a reason; it is kept in the record.", problems=[problem])


def of_suspension(tx: Session, instance_id: str) -> str:
    """Why an instance that is suspended now was suspended."""
    newest = select(Event.detail).where(Event.instance_id == instance_id, Event.event == "suspended")
    detail = tx.scalar(newest.order_by(Event.id.desc()).limit(1)) or {}
    return str(detail.get("reason", ""))
