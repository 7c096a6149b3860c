"""The files of cases that are dealt with beside a hazard: one for the police (crime_list), one for the court
(court_list), one of a listed unit (unit_listings). How a step is added and shown, how the files of hazards are listed.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, TypeVar

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from engine.campaign import clock_rules
from engine.campaign.case_file_model import CaseStep
from engine.campaign.case_model import Hazard
from engine.campaign.court_model import CourtCase
from engine.campaign.crime_model import CrimeCase
from engine.campaign.model import Place
from engine.errors import NotFound
from engine.said import both

File = TypeVar("File", CourtCase, CrimeCase)


@dataclass(frozen=True, slots=True)
class StepView:
    """One step; ``due_at`` is by when it had to be done, ``late`` whether it came after that, ``clause`` that of the
    clock that ran for it, where one did.
    """

    no: int
    kind: str
    at: datetime
    by: str
    text: str
    due_at: datetime | None
    late: bool
    clause: str


def add(
    tx: Session, table: type[CaseStep], case: str, kind: str, text: str, at: datetime, by: str, *,
    due_at: datetime | None = None, **more: object,
) -> None:  # fmt: skip
    """Add the next step of a case; ``more`` are the further columns of its table."""
    last = tx.scalar(select(func.max(table.no)).where(table.owner() == case)) or 0
    row = table(no=last + 1, kind=kind, at=at, by=by, text=text, due_at=due_at, **{table.OWNER: case}, **more)
    tx.add(row)
    tx.flush()


def clause(clocks: Mapping[str, str], kind: str, on: date) -> str:
    """The clause of the clock that runs for a step of this kind, with its note; empty for one without a clock."""
    if kind not in clocks:
        return ""
    rule = clock_rules.rule(clocks[kind], on)
    return f"{rule.clause}（{rule.note}）" if rule.note else rule.clause


def steps(tx: Session, table: type[CaseStep], case: str) -> list[StepView]:
    """The steps of a case in their order."""
    rows = tx.scalars(select(table).where(table.owner() == case).order_by(table.no))
    return [
        StepView(
            row.no, row.kind, row.at, row.by, both(row.text, row.text_en), row.due_at,
            row.due_at is not None and row.at >= row.due_at, getattr(row, "clause", ""),
        )
        for row in rows
    ]  # fmt: skip


def narrowed(
    query: Select[File], table: type[File], *, hazard: str | None, state: str | None, open_only: bool
) -> Select[File]:
    """Of these files those that are asked for, newest first."""
    query = query.where(table.hazard == hazard) if hazard else query
    query = query.where(table.state == state) if state else query
    query = query.where(table.closed_at.is_(None)) if open_only else query
    return query.order_by(table.opened_at.desc(), table.number.desc())


def one(tx: Session, query: Select[File], table: type[File], number: str) -> File:
    """The file of this number among these; raises NotFound, for a stranger as for a number that does not exist."""
    row = tx.scalars(query.where(table.number == number)).one_or_none()
    if row is None:
        raise NotFound(f"没有编号为“{number}”的案件，或不在您的职责范围内。", en=f"There is no case {number} for you.")
    return row


def place_names(tx: Session, rows: Sequence[CourtCase | CrimeCase]) -> dict[str, str]:
    """By hazard the name of the place that each file is about."""
    at: Any = select(Hazard.number, Place.name).join(Place, Place.id == Hazard.place)
    return {row.number: row.name for row in tx.execute(at.where(Hazard.number.in_({row.hazard for row in rows})))}
