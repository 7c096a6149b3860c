"""When a phone without network says that a step of a visit was done: kept beside the moment of the server, which alone
counts. Rows of the register of changes under the noun `visit-claim`, one for each step, never changed.
"""

from collections.abc import Iterable
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


def of(tx: Session, visits: Iterable[int]) -> dict[int, dict[str, datetime]]:
    """When the phone says that the steps of these visits were done, by visit and step; those that were sent at once are
    not there. One query.
    """
    found: dict[int, dict[str, datetime]] = {}
    keys = [f"{visit}.{step}" for visit in visits for step in STEPS]
    for row in tx.scalars(select(Change).where(Change.noun == NOUN, Change.key.in_(keys))) if keys else ():
        visit, _, step = row.key.partition(".")
        found.setdefault(int(visit), {})[step] = datetime.fromisoformat(row.after["claimed_at"])
    return found
