"""The facts behind D11, each counted from the records with a key that stays the same however often it is counted."""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import or_, select
from sqlalchemy.orm import Session, aliased

from engine.app import App
from engine.campaign import deadlines
from engine.campaign.case_model import Assignment, Deadline, Finding, Hazard
from engine.campaign.closure_model import Revisit
from engine.campaign.model import Person, Unit, Visit
from engine.campaign.revisits import BACK, NOT_FIXED

RECENT = timedelta(days=400)  # older facts were found long ago
NOTHING_FOUND = "未发现问题"
HIGHER = ("district", "department", "police", "justice")  # kinds of units above the street
FROM_ABOVE = ("上级交办", "媒体曝光")
NEVER = 9_999  # days, when no visit is known


@dataclass(frozen=True, slots=True)
class Fact:
    """One fact for the table: ``kind`` and ``value`` are its inputs."""

    key: str
    kind: str
    value: int
    hazard: str | None = None
    unit: str | None = None
    person: str | None = None
    detail: dict[str, Any] = field(default_factory=dict)

    @property
    def inputs(self) -> dict[str, Any]:
        """What the columns of the table ask for."""
        return {"fact": self.kind, "value": self.value}


def facts(tx: Session, app: App, now: datetime) -> Iterator[Fact]:
    """All facts known now."""
    yield from _unsigned(tx, app, now)
    yield from _overdue(tx, app, now)
    yield from _supervision(tx, now)
    yield from _refusals(tx, now)
    yield from _recurrences(tx, now)
    yield from _false_closures(tx, now)
    yield from _found_from_above(tx, now)


def _unsigned(tx: Session, app: App, now: datetime) -> Iterator[Fact]:
    """Papers a unit did not sign by their time, by month of that time."""
    query = select(Assignment).where(
        Assignment.kind == "交办", Assignment.sign_due_at.is_not(None), Assignment.sign_due_at <= now,
        Assignment.sign_due_at > now - RECENT,
    )  # fmt: skip
    months: dict[tuple[str, str], list[Assignment]] = defaultdict(list)
    for row in tx.scalars(query.order_by(Assignment.id)):
        assert row.sign_due_at is not None
        done = row.signed_at or row.returned_at or row.closed_at
        if done is None or done >= row.sign_due_at:
            months[row.to_unit, _month(app, row.sign_due_at)].append(row)
    for (unit, month), rows in months.items():
        yield Fact(f"unsigned:{unit}:{month}", "unsigned", len(rows), unit=unit,
                   detail={"month": month, "hazards": [row.hazard for row in rows]})  # fmt: skip


def _overdue(tx: Session, app: App, now: datetime) -> Iterator[Fact]:
    """Rectification limits that passed, by holder and month."""
    late = or_(Deadline.state == deadlines.MISSED, (Deadline.state == deadlines.OPEN) & (Deadline.due_at <= now))
    query = (
        select(Deadline, Hazard.number, Hazard.holder_unit)
        .join(Hazard, Hazard.number == Deadline.hazard)
        .where(Deadline.kind == deadlines.RECTIFY, late, Deadline.due_at > now - RECENT)
        .order_by(Deadline.id)
    )
    months: dict[tuple[str, str], list[str]] = defaultdict(list)
    for row, number, holder in tx.execute(query):
        months[holder, _month(app, row.due_at - row.due_at.resolution)].append(number)
    for (unit, month), hazards in months.items():
        yield Fact(f"overdue:{unit}:{month}", "overdue", len(set(hazards)), unit=unit,
                   detail={"month": month, "hazards": sorted(set(hazards))})  # fmt: skip


def _supervision(tx: Session, now: datetime) -> Iterator[Fact]:
    """Limits of a supervision (督办) that passed."""
    late = or_(Deadline.state == deadlines.MISSED, (Deadline.state == deadlines.OPEN) & (Deadline.due_at <= now))
    query = select(Deadline, Hazard.holder_unit).join(Hazard, Hazard.number == Deadline.hazard)
    for row, holder in tx.execute(
        query.where(Deadline.kind == deadlines.SUPERVISE, late, Deadline.due_at > now - RECENT)
    ):
        yield Fact(f"supervision:{row.id}", "supervision_missed", 1, hazard=row.hazard, unit=holder,
                   detail={"due_on": row.due_on.isoformat()})  # fmt: skip


def _refusals(tx: Session, now: datetime) -> Iterator[Fact]:
    """Refusals with evidence."""
    query = select(Finding, Hazard.holder_unit).join(Hazard, Hazard.number == Finding.hazard)
    for row, holder in tx.execute(query.where(Finding.kind == "拒不整改", Finding.at > now - RECENT)):
        yield Fact(f"refusal:{row.id}", "refusal", 1, hazard=row.hazard, unit=holder,
                   detail={"at": row.at.isoformat()})  # fmt: skip


def _recurrences(tx: Session, now: datetime) -> Iterator[Fact]:
    """The same at the same place after closure; ``value`` is the days in between."""
    before = aliased(Hazard)
    query = (
        select(Hazard, before.number, before.closed_at, before.holder_unit)
        .join(before, (before.place == Hazard.place) & (before.code == Hazard.code))
        .where(
            before.closed_at.is_not(None), before.void_reason.is_(None), before.closed_at <= Hazard.found_at,
            Hazard.void_reason.is_(None), Hazard.found_at > now - RECENT,
        )
    )  # fmt: skip
    for row, closed, closed_at, holder in tx.execute(query):
        assert closed_at is not None
        yield Fact(f"recurrence:{row.number}:{closed}", "recurrence", (row.found_at - closed_at).days,
                   hazard=row.number, unit=holder, detail={"closed": closed})  # fmt: skip


def _false_closures(tx: Session, now: datetime) -> Iterator[Fact]:
    """Closed, and not fixed or back when somebody else looked (回访、立改抽查); told once for each look."""
    query = select(Revisit, Hazard.holder_unit).join(Hazard, Hazard.number == Revisit.hazard)
    false = Revisit.result.in_((NOT_FIXED, BACK))
    for row, holder in tx.execute(query.where(false, Revisit.done_at > now - RECENT).order_by(Revisit.id)):
        yield Fact(f"revisit:{row.id}", "false_closure", 1, hazard=row.hazard, unit=holder,
                   detail={"result": row.result, "note": row.note, "by": row.done_by})  # fmt: skip


def _found_from_above(tx: Session, now: datetime) -> Iterator[Fact]:
    """Major hazards found by a higher level: the last visit of ours said nothing was wrong, or there was none."""
    query = (
        select(Hazard)
        .outerjoin(Person, Person.name == Hazard.finder)
        .outerjoin(Unit, Unit.code == Person.unit)
        .where(
            Hazard.is_major, Hazard.void_reason.is_(None), Hazard.found_at > now - RECENT,
            or_(Unit.kind.in_(HIGHER), Hazard.source.in_(FROM_ABOVE)),
        )
    )  # fmt: skip
    for hazard in tx.scalars(query):
        visits = select(Visit).where(Visit.place == hazard.place, Visit.at < hazard.found_at)
        last = tx.scalars(visits.order_by(Visit.at.desc(), Visit.id.desc()).limit(1)).one_or_none()
        days = NEVER if last is None else (hazard.found_at - last.at).days
        yield Fact(f"not_visited:{hazard.number}", "not_visited", days, hazard=hazard.number, unit=hazard.community)
        if last is not None and last.result == NOTHING_FOUND:
            visitor = (list(last.people) or [last.created_by])[0]
            yield Fact(f"not_found:{hazard.number}", "not_found", days, hazard=hazard.number, person=visitor,
                       unit=tx.scalar(select(Person.unit).where(Person.name == visitor)),
                       detail={"visit": last.id, "people": list(last.people)})  # fmt: skip


def _month(app: App, moment: datetime) -> str:
    return f"{moment.astimezone(app.zone):%Y-%m}"
