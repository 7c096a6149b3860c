"""Which visits and inspections of a place count, and when it was last visited; conditions for all who count them."""

from collections.abc import Sequence
from datetime import date, datetime

from sqlalchemy import ColumnElement, Select, func, select

from engine.campaign.model import Visit
from engine.campaign.registers_model import Inspection

PENDING = "未检查"
NOT_INSIDE = "无法进入"
BY_OTHERS = "企业自查"  # what the place does itself is no visit of ours


def last_visits(places: Sequence[str], now: datetime) -> Select[str, datetime]:
    """Place and moment of the last visit of ours that came in."""
    return (
        select(Visit.place, func.max(Visit.at))
        .where(Visit.place.in_(places), Visit.at <= now, *counting())
        .group_by(Visit.place)
    )


def counting() -> tuple[ColumnElement[bool], ...]:
    """Which visits count, as conditions over ``visit``: ours, done, and inside."""
    return Visit.result.not_in((PENDING, NOT_INSIDE)), Visit.kind != BY_OTHERS


def towards_the_cap(year: int) -> tuple[ColumnElement[bool], ...]:
    """The approved inspections of a year that count towards the cap, as conditions over ``inspection``; a joint one is
    one row and counts once.
    """
    return (
        Inspection.counts.is_(True), Inspection.approved_at.is_not(None),
        Inspection.starts_on >= date(year, 1, 1), Inspection.starts_on <= date(year, 12, 31),
    )  # fmt: skip
