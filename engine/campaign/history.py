"""Edits of the registers: who read an older revision is refused, and what changed is kept as a row. That a record was
made is a row too, with revision 0; all of them together are searched in register_audit.py.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Protocol

from sqlalchemy import func, insert, select
from sqlalchemy.orm import Session

from engine.campaign.model import NumberRegister
from engine.campaign.registers_model import Change
from engine.errors import Conflict
from engine.rows import locked

MADE = 0  # the revision of a record that is new
NOTED = "register-change"  # the lock of those who count the notes about one thing


class Revised(Protocol):
    """A row that counts its edits."""

    revision: Any


@dataclass(frozen=True, slots=True)
class ChangeView:
    """One edit as it is shown."""

    revision: int
    at: datetime
    by: str
    before: dict[str, Any]
    after: dict[str, Any]
    reason: str


def change(
    tx: Session, row: Revised, noun: str, key: str, values: Mapping[str, Any], *, revision: int, by: str, now: datetime,
    reason: str = "", beside: tuple[Mapping[str, Any], Mapping[str, Any]] = ({}, {}), locked: bool = False,
) -> bool:  # fmt: skip
    """Write the fields that differ and the row about it; whether anything did. ``beside`` is what the caller changes
    outside the row, before and after; ``locked``: the caller has just read the row with a lock, and flushes many
    together. Raises Conflict when the row was edited since ``revision`` was read.
    """
    if not locked:
        tx.refresh(row, with_for_update=True)
    if row.revision != revision:
        raise Conflict(
            f"这条记录已被他人修改（您读到第 {revision} 版，现为第 {row.revision} 版），请刷新后再改。",
            en=f"The record changed since it was read (revision {revision}, now {row.revision}); reload it.",
        )
    changed = {name: value for name, value in values.items() if getattr(row, name) != value}
    if not changed and not beside[1]:
        return False
    row.revision = revision + 1
    before = {name: getattr(row, name) for name in changed}
    for name, value in changed.items():
        setattr(row, name, value)
    tx.add(Change(
        noun=noun, key=key, revision=row.revision, at=now, by=by, before=_plain({**before, **beside[0]}),
        after=_plain({**changed, **beside[1]}), reason=reason,
    ))  # fmt: skip
    if not locked:
        tx.flush()
    return True


def made(
    tx: Session, noun: str, key: str, values: Mapping[str, Any], *, by: str, now: datetime, reason: str = ""
) -> None:
    """The row about a record that is new, with what it says; once for each record."""
    made_all(tx, noun, [(key, values, reason)], by=by, now=now)


def made_all(
    tx: Session, noun: str, records: Iterable[tuple[str, Mapping[str, Any], str]], *, by: str, now: datetime
) -> None:
    """The same for many, each with its key, values and reason, in one statement."""
    rows = [
        {
            "noun": noun, "key": key, "revision": MADE, "at": now, "by": by, "before": {}, "reason": reason,
            "after": _plain({name: value for name, value in values.items() if value not in (None, "", [], ())}),
        }
        for key, values, reason in records
    ]  # fmt: skip
    if rows:
        tx.execute(insert(Change), rows)


def hold(tx: Session) -> None:
    """One at a time among those who make something under a key that they choose, or note something."""
    locked(tx, NumberRegister, NOTED, last=0)


def made_anew(tx: Session, noun: str, key: str, values: Mapping[str, Any], *, by: str, now: datetime) -> int:
    """The row about a record that is new, perhaps under the key of one that was removed: its edits are counted on.
    Answers the revision with which it begins.
    """
    last = tx.scalar(select(func.max(Change.revision)).where(Change.noun == noun, Change.key == key))
    if last is None:
        made(tx, noun, key, values, by=by, now=now)
        return MADE
    note(tx, noun, key, before={}, after=values, reason="", by=by, now=now)
    return last + 1


def note(
    tx: Session, noun: str, key: str, *, before: Mapping[str, Any], after: Mapping[str, Any], reason: str, by: str,
    now: datetime,
) -> None:  # fmt: skip
    """The row about an edit of something that counts none itself, such as the rows of a code; one at a time."""
    hold(tx)
    last = tx.scalar(select(func.max(Change.revision)).where(Change.noun == noun, Change.key == key)) or 0
    tx.add(Change(
        noun=noun, key=key, revision=last + 1, at=now, by=by, before=_plain(before), after=_plain(after), reason=reason
    ))  # fmt: skip
    tx.flush()


def of(tx: Session, noun: str, key: str) -> list[ChangeView]:
    """All edits of one row, oldest first."""
    edits = select(Change).where(Change.noun == noun, Change.key == key, Change.revision > MADE)
    rows = tx.scalars(edits.order_by(Change.revision))
    return [ChangeView(**{name: getattr(row, name) for name in ChangeView.__slots__}) for row in rows]


def _plain(values: Mapping[str, Any]) -> dict[str, Any]:
    return {
        name: value.isoformat() if isinstance(value, date) else list(value) if isinstance(value, tuple) else value
        for name, value in values.items()
    }
