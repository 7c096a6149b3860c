"""The table of the patrol plan (D10): for each place the day by which somebody is to go there next."""

from datetime import UTC, date, datetime

from sqlalchemy import ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from engine.campaign.model import Code
from engine.db import Base, UtcDateTime

AT_ONCE = datetime(1970, 1, 1, tzinfo=UTC)  # a row to be looked at again now


class Patrol(Base):
    """One place's line of the plan. ``look_at`` is when it must be computed again: at once after a change, or when a
    deadline of the place passes; none while nothing can change it.
    """

    __tablename__ = "patrol"
    __table_args__ = (Index("ix_patrol_grid", "grid", "next_on"), Index("ix_patrol_community", "community", "next_on"))
    place: Mapped[str] = mapped_column(ForeignKey("place.id"), primary_key=True)
    community: Mapped[str] = mapped_column(ForeignKey("unit.code"))
    grid: Mapped[str] = mapped_column(ForeignKey("unit.code"))
    n: Mapped[int] = mapped_column(default=0)  # every so many
    unit: Mapped[str] = mapped_column(String(8), default="")  # d | month
    reason: Mapped[str] = mapped_column(Text, default="")
    reason_en: Mapped[str | None] = mapped_column(Text)
    began_on: Mapped[date | None]  # first planned: from then a place that nobody visited yet is counted
    since: Mapped[date | None]  # since when this frequency holds
    last_on: Mapped[date | None]  # the last visit that counts
    next_on: Mapped[date | None] = mapped_column(index=True)
    look_at: Mapped[datetime | None] = mapped_column(UtcDateTime, index=True)
    bundle: Mapped[str] = mapped_column(Code, default="")  # the deployed files whose table said so
