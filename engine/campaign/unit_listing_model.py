"""The tables of listed supervision of a whole unit (单位挂牌督办): the listing and each step of it. Only columns."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from engine.campaign.case_file_model import CaseStep
from engine.campaign.model import Code, Name
from engine.db import Base, UtcDateTime


class UnitListing(Base):
    """One listing of a place as a whole, from the proposal on. Where it stands follows from its moments."""

    __tablename__ = "unit_listing"
    __table_args__ = (UniqueConstraint("year", "serial"), Index("ix_unit_listing_place", "place", "closed_at"))
    number: Mapped[str] = mapped_column(Code, primary_key=True)
    year: Mapped[int]
    serial: Mapped[int]
    place: Mapped[str] = mapped_column(ForeignKey("place.id"))
    organ: Mapped[str] = mapped_column(ForeignKey("unit.code"), index=True)  # which lists, table D9
    instance_id: Mapped[str | None] = mapped_column(ForeignKey("instance.id"))
    reason: Mapped[str] = mapped_column(Text)
    proposed_at: Mapped[datetime] = mapped_column(UtcDateTime)
    proposed_by: Mapped[str] = mapped_column(Name)
    level: Mapped[str] = mapped_column(String(16), default="")
    document: Mapped[str] = mapped_column(Name, default="")  # number of the 挂牌督办通知书
    supervisor: Mapped[str] = mapped_column(Name, default="")
    five: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)  # measures, responsible, funds, plan
    listed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    ends_at: Mapped[datetime | None] = mapped_column(UtcDateTime)  # of the time to put it right
    delisted_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    closed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class UnitListingStep(CaseStep):
    """One step of a listing."""

    __tablename__ = "unit_listing_step"
    __table_args__ = (UniqueConstraint("listing", "no"),)
    OWNER = "listing"
    listing: Mapped[str] = mapped_column(ForeignKey("unit_listing.number"))
