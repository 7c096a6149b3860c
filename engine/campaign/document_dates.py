"""Dates that a document wrote down when it was drafted and that its deadline has left meanwhile. The text of a document
is never altered; whoever looks at it is told the date that holds now, from the deadline's own row.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine.app import App
from engine.campaign import deadlines, document_types, shown_dates
from engine.campaign.case_model import Deadline
from engine.campaign.document_model import Document

FIELDS = ("due", "limit", "reply_by")  # of a body, and the column ``due`` of its tables; 原定期限 is meant to be old


@dataclass(frozen=True, slots=True)
class WrittenDate:
    """A date in a body (``field``, ``label``) that holds no more: the day written and the day of now, None while the
    clock stands still, with the reason of the change.
    """

    field: str
    label: str
    written: date
    due_on: date | None
    reason: str


def moved(tx: Session, app: App, rows: Sequence[Document]) -> dict[str, list[WrittenDate]]:
    """By document id; one query, however many rows."""
    hazards = {row.hazard for row in rows if row.hazard}
    known: dict[str, list[Deadline]] = {}
    changed = select(Deadline).where(
        Deadline.hazard.in_(hazards), Deadline.state.in_((*deadlines.RUNNING, deadlines.REPLACED))
    )
    for deadline in tx.scalars(changed.order_by(Deadline.id)) if hazards else ():
        known.setdefault(deadline.hazard or "", []).append(deadline)
    return {row.id: list(_of(app, row, known[row.hazard])) for row in rows if row.hazard in known}


def _of(app: App, row: Document, known: Sequence[Deadline]) -> Iterator[WrittenDate]:
    type = document_types.on_day(row.type, row.drafted_at.astimezone(app.zone).date())
    kinds = (*deadlines.ON_THE_LAMP, *(shown_dates.kinds_of(type.paper) if type.paper else ()))
    by_id = {deadline.id: deadline for deadline in known}
    left = [one for one in known if one.kind in kinds and one.ended_at is not None and one.ended_at >= row.drafted_at]
    for field, text in _written(row.body):
        # Of several that ended on this day the last one: what was set anew later is what holds.
        old = next((one for one in reversed(left) if text in _words(one.due_on)), None)
        now = _now(old, by_id) if old is not None else None
        if old is None or now is None or (now.state == deadlines.OPEN and now.due_on == old.due_on):
            continue
        due_on = None if now.state == deadlines.SUSPENDED else now.due_on
        yield WrittenDate(field, type.field(field).label, old.due_on, due_on, old.reason)


def _written(body: Mapping[str, object]) -> Iterator[tuple[str, str]]:
    for name, value in body.items():
        if name in FIELDS and isinstance(value, str):
            yield name, value.strip()
        elif isinstance(value, list):
            dues = (item.get("due") for item in value if isinstance(item, dict))
            yield from ((name, text.strip()) for text in dict.fromkeys(dues) if isinstance(text, str))


def _words(day: date) -> tuple[str, str]:
    return f"{day.year}年{day.month}月{day.day}日", day.isoformat()


def _now(row: Deadline, by_id: Mapping[int, Deadline]) -> Deadline | None:
    """The deadline that runs in its place; None when that ended, and the matter with it."""
    current: Deadline | None = row
    while current is not None and current.state == deadlines.REPLACED:
        current = by_id.get(current.replaced_by or 0)
    return current
