"""Taking a checklist along on a visit: the version of the visit's day, and no other one later."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import ColumnElement, func, or_, select
from sqlalchemy.orm import Session

from engine.campaign.checklist_model import Answer, Checklist, Sheet
from engine.errors import NotFound
from engine.rows import inserting


def on_day(tx: Session, key: str, day: date) -> Checklist:
    """The version of this checklist on this day; raises NotFound when none was in force."""
    row = tx.scalars(select(Checklist).where(Checklist.key == key, in_force(day))).one_or_none()
    if row is None:
        raise NotFound(
            f"检查清单“{key}”在 {day.isoformat()} 没有生效的版本，请从当日的清单中选择。",
            en=f"Checklist {key} was not in force on {day.isoformat()}; choose one that was.",
        )
    return row


def in_force(day: date) -> ColumnElement[bool]:
    """Rows of ``checklist`` that are valid on this day."""
    return (Checklist.valid_from <= day) & or_(Checklist.valid_to.is_(None), Checklist.valid_to >= day)


@dataclass(frozen=True, slots=True)
class SheetState:
    """How far one sheet of a visit is: ``state`` open, complete or filed, ``missing`` how many items are open."""

    key: str
    version: int
    name: str
    state: str
    missing: int
    filed_at: datetime | None


def states(tx: Session, visits: Iterable[int]) -> dict[int, list[SheetState]]:
    """The sheets of these visits with their state, by visit, each by key. One query."""
    answered = select(func.count()).where(Answer.sheet == Sheet.id).correlate(Sheet).scalar_subquery()
    rows = select(Sheet, Checklist, answered).join(Checklist, Checklist.id == Sheet.checklist)
    found: dict[int, list[SheetState]] = {}
    for sheet, version, count in tx.execute(rows.where(Sheet.visit.in_(list(visits))).order_by(Sheet.key)):
        found.setdefault(sheet.visit, []).append(SheetState(
            sheet.key, version.version, version.name,
            "filed" if sheet.filed_at else "complete" if count >= len(version.items) else "open",
            len(version.items) - count, sheet.filed_at,
        ))  # fmt: skip
    return found


def open_in(tx: Session, visit: int, key: str, *, day: date, by: str, now: datetime) -> Sheet:
    """The sheet of this checklist on this visit in a running transaction, made with the version of ``day`` when there
    is none yet; two at once get the same one. Raises NotFound.
    """
    of_visit = select(Sheet).where(Sheet.visit == visit, Sheet.key == key)
    sheet = tx.scalars(of_visit).one_or_none()
    if sheet is not None:
        return sheet
    version = on_day(tx, key, day)
    row = {"visit": visit, "key": key, "checklist": version.id, "revision": 0, "opened_at": now, "opened_by": by}
    tx.execute(inserting(tx, Sheet).values(row).on_conflict_do_nothing())
    return tx.scalars(of_visit).one()
