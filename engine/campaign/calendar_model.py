"""The table of holiday tables that people saved: one row for each version of a year. Only columns."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from engine.campaign.model import Name
from engine.db import Base, UtcDateTime


class HolidayTable(Base):
    """The days off and the working weekends of one year by a notice; never changed, a correction is the next version.

    ``settled_at`` is when open dates were counted again for the last time, after every process had read the table.
    """

    __tablename__ = "holiday_table"
    __table_args__ = (UniqueConstraint("year", "version"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    year: Mapped[int]
    version: Mapped[int]
    days_off: Mapped[dict[str, Any]] = mapped_column(JSON)  # {"2027-01-01": "元旦"}
    working: Mapped[dict[str, Any]] = mapped_column(JSON)  # weekends that work, with the holiday they make up for
    source: Mapped[str] = mapped_column(Name)
    reason: Mapped[str] = mapped_column(Text)
    digest: Mapped[str] = mapped_column(String(64))
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    by: Mapped[str] = mapped_column(Name)
    saved_at: Mapped[datetime] = mapped_column(UtcDateTime)  # real time
    settled_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
