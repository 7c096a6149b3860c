"""Deferrals as they are shown: where one stands follows from its moments and is never stored."""

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import ColumnElement, and_, select
from sqlalchemy.orm import Session

from engine.campaign import deadlines
from engine.campaign import deferral_acts as acts
from engine.campaign.case_model import Deadline, Hazard
from engine.campaign.deferral_model import Deferral, DeferralReview
from engine.campaign.model import Place

ASKED, RENEWING, RUNNING, LAPSED, OVER = "待批准", "待续批", "挂起中", "逾期未复核", "已结束"
STATES = (ASKED, RENEWING, RUNNING, LAPSED, OVER)


@dataclass(frozen=True, slots=True)
class InterimMeasure:
    """One interim measure; ``kept`` is the answer of the last look."""

    no: int
    text: str
    responsible: str
    files: tuple[str, ...]
    kept: bool | None


@dataclass(frozen=True, slots=True)
class ReviewView:
    """One look at the place."""

    no: int
    at: datetime
    by: str
    failed: tuple[int, ...]
    outcome: str
    note: str
    next_on: date | None
    files: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class StoppedClock:
    """The limit of the fix that stood still: its day, since when it stands (empty when it runs again), and the day that
    the rest was counted to.
    """

    was_due_on: date
    stands_since: datetime | None
    due_on: date | None


@dataclass(frozen=True, slots=True)
class DeferralView:
    """A deferral as it is shown; ``state`` is one of STATES."""

    id: int
    hazard: str
    place_name: str
    text: str
    holder_unit: str
    community: str
    state: str
    level: str
    reason: str
    asked_at: datetime
    asked_by: str
    review_on: date
    renewals: int
    approved_at: datetime | None
    approved_by: str
    opinion: str
    power: str
    lapsed_at: datetime | None
    ended_at: datetime | None
    ended_by: str
    end_reason: str
    clock: StoppedClock | None
    measures: tuple[InterimMeasure, ...]
    reviews: tuple[ReviewView, ...]


def state_of(row: Deferral) -> str:
    """Where it stands, from its moments."""
    if row.ended_at is not None:
        return OVER
    if row.lapsed_at is not None:
        return LAPSED
    if row.waits_since is not None:
        return RENEWING if row.approved_at is not None else ASKED
    return RUNNING


def in_state(state: str) -> ColumnElement[bool]:
    """Rows of ``deferral`` that stand there."""
    if state == OVER:
        return Deferral.ended_at.is_not(None)
    if state == LAPSED:
        return and_(Deferral.ended_at.is_(None), Deferral.lapsed_at.is_not(None))
    running = and_(Deferral.ended_at.is_(None), Deferral.lapsed_at.is_(None))
    if state == RUNNING:
        return and_(running, Deferral.waits_since.is_(None))
    approved = Deferral.approved_at.is_not(None) if state == RENEWING else Deferral.approved_at.is_(None)
    return and_(running, Deferral.waits_since.is_not(None), approved)


def view(tx: Session, row: Deferral) -> DeferralView:
    """The row with its measures and looks."""
    own = {name: getattr(row, name) for name in DeferralView.__slots__ if hasattr(row, name)}
    hazard = tx.get_one(Hazard, row.hazard)
    own |= {name: getattr(hazard, name) for name in ("text", "holder_unit", "community")}
    own |= {"place_name": tx.get_one(Place, hazard.place).name, "clock": _clock(tx, row)}
    looks = tx.scalars(select(DeferralReview).where(DeferralReview.deferral == row.id).order_by(DeferralReview.no))
    return DeferralView(
        **own, state=state_of(row),
        measures=tuple(
            InterimMeasure(each.no, each.text, each.responsible, tuple(each.files), each.kept)
            for each in acts.measures_of(tx, row)
        ),
        reviews=tuple(
            ReviewView(each.no, each.at, each.by, tuple(each.failed), each.outcome, each.note, each.next_on,
                       tuple(each.files)) for each in looks
        ),
    )  # fmt: skip


def _clock(tx: Session, row: Deferral) -> StoppedClock | None:
    stopped = tx.get(Deadline, row.stopped[-1]) if row.stopped else None
    if stopped is None:
        return None
    stands = stopped.state == deadlines.SUSPENDED
    new = tx.get(Deadline, stopped.replaced_by) if stopped.replaced_by else None
    return StoppedClock(stopped.due_on, stopped.ended_at if stands else None, new.due_on if new else None)
