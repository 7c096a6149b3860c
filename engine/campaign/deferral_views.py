"""Deferrals as they are shown: where one stands follows from its moments and is never stored."""

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine.campaign import deferral_acts as acts
from engine.campaign.deferral_model import Deferral, DeferralReview


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
class DeferralView:
    """A deferral as it is shown; ``state`` is one of 待批准, 挂起中, 待续批, 逾期未复核, 已结束."""

    id: int
    hazard: str
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
    measures: tuple[InterimMeasure, ...]
    reviews: tuple[ReviewView, ...]


def state_of(row: Deferral) -> str:
    """Where it stands, from its moments."""
    if row.ended_at is not None:
        return "已结束"
    if row.lapsed_at is not None:
        return "逾期未复核"
    if row.waits_since is not None:
        return "待续批" if row.approved_at is not None else "待批准"
    return "挂起中"


def view(tx: Session, row: Deferral) -> DeferralView:
    """The row with its measures and looks."""
    own = {name: getattr(row, name) for name in DeferralView.__slots__ if hasattr(row, name)}
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
