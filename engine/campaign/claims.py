"""When a phone without network says that a step of a visit was done: kept beside the moment of the server, which alone
counts. Rows of the register of changes under the noun `visit-claim`, one for each step, never changed.
"""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine.bpm.viewer import Viewer
from engine.campaign import history
from engine.campaign.registers_model import Change

NOUN = "visit-claim"
STEPS = ("checkin", "record")


def note(tx: Session, visit: int, step: str, claimed_at: datetime | None, *, viewer: Viewer, now: datetime) -> None:
    """Keep what was claimed of a step (of STEPS) that was sent later; nothing when it was sent at once."""
    if claimed_at is not None:
        history.made(tx, NOUN, f"{visit}.{step}", {"claimed_at": claimed_at}, by=viewer.name, now=now)


def of(tx: Session, visit: int) -> dict[str, datetime]:
    """When the phone says that the steps were done, by step; those that were sent at once are not there."""
    keys = [f"{visit}.{step}" for step in STEPS]
    rows = tx.scalars(select(Change).where(Change.noun == NOUN, Change.key.in_(keys)))
    return {row.key.partition(".")[2]: datetime.fromisoformat(row.after["claimed_at"]) for row in rows}
