"""When a fix was handed in: from then on it waits for us."""

from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from engine.bpm.model import Task
from engine.campaign.case_model import Hazard


def handed_in_at(tx: Session, hazard: Hazard) -> datetime | None:
    """When the fix was handed in that now waits for us; None while it is being worked on, and for a fix on the spot."""
    work = (Task.instance_id == hazard.instance_id) & (Task.element == "rectify")
    if tx.scalar(select(Task.id).where(work, Task.status == "open").limit(1)) is not None:
        return None
    return tx.scalar(select(func.max(Task.ended_at)).where(work, Task.status == "completed"))
