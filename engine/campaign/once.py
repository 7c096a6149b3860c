"""The same request twice makes one row: who repeats an idempotency key is answered with what it made (rule S2)."""

from hashlib import sha256

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine.bpm.viewer import Viewer
from engine.campaign.model import Person
from engine.campaign.registers_model import Made


def earlier(tx: Session, viewer: Viewer, noun: str, key: str | None) -> str | None:
    """What this person's request made when it came before; two at once wait for each other at the person's row."""
    if key is None:
        return None
    tx.scalars(select(Person).where(Person.name == viewer.name).with_for_update()).one_or_none()
    return tx.scalar(select(Made.key).where(Made.noun == noun, Made.request_key == _hashed(viewer, key)))


def note(tx: Session, viewer: Viewer, noun: str, key: str | None, made: str) -> None:
    """Remember what the request made."""
    if key is not None:
        tx.add(Made(noun=noun, request_key=_hashed(viewer, key), key=made))
        tx.flush()


def _hashed(viewer: Viewer, key: str) -> str:
    return sha256(f"{viewer.name}\0{key}".encode()).hexdigest()
