"""The tables of campaigns (专项行动): the campaign, the places it covers, what is counted besides. Only columns."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from engine.campaign.model import Code, Name
from engine.db import Base, UtcDateTime


class Campaign(Base):
    """A special action: for some weeks certain places are searched for certain hazards, one unit leads."""

    __tablename__ = "campaign"
    number: Mapped[str] = mapped_column(Code, primary_key=True)
    title: Mapped[str] = mapped_column(Name)
    starts_on: Mapped[date]
    ends_on: Mapped[date]
    lead_unit: Mapped[str] = mapped_column(ForeignKey("unit.code"), index=True)
    owner_unit: Mapped[str] = mapped_column(ForeignKey("unit.code"))  # whose people opened it and keep it
    street: Mapped[str | None] = mapped_column(ForeignKey("unit.code"), index=True)
    source: Mapped[str] = mapped_column(String(16))  # plan_task | incident | superior
    plan_task: Mapped[int | None] = mapped_column(ForeignKey("plan_task.number"))
    source_text: Mapped[str] = mapped_column(Text, default="")  # which incident elsewhere, which paper from above
    template: Mapped[str] = mapped_column(Code, default="")
    content: Mapped[str] = mapped_column(Text, default="")
    filter: Mapped[dict[str, Any]] = mapped_column(JSON)  # which places, as it was when the campaign started
    codes: Mapped[list[Any]] = mapped_column(JSON)  # hazard codes or groups; none: every hazard counts
    cadence: Mapped[list[str]] = mapped_column(JSON, default=list)  # week, month: how often its lead unit reports on it
    state: Mapped[str] = mapped_column(String(12))  # draft | running | closed
    started_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    closed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    closed_by: Mapped[str] = mapped_column(Name, default="")
    summary: Mapped[str] = mapped_column(Text, default="")
    figures: Mapped[list[Any]] = mapped_column(JSON, default=list)  # frozen when it was closed
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    created_by: Mapped[str] = mapped_column(Name)


class CampaignUnit(Base):
    """A unit that supports a campaign."""

    __tablename__ = "campaign_unit"
    campaign: Mapped[str] = mapped_column(ForeignKey("campaign.number"), primary_key=True)
    unit: Mapped[str] = mapped_column(ForeignKey("unit.code"), primary_key=True, index=True)


class CampaignPlace(Base):
    """A place that a campaign covers: written when it starts, not changed afterwards."""

    __tablename__ = "campaign_place"
    campaign: Mapped[str] = mapped_column(ForeignKey("campaign.number"), primary_key=True)
    place: Mapped[str] = mapped_column(ForeignKey("place.id"), primary_key=True, index=True)


class CampaignHazard(Base):
    """A hazard that somebody counted to a campaign by hand; those found at its places in its time count anyway."""

    __tablename__ = "campaign_hazard"
    campaign: Mapped[str] = mapped_column(ForeignKey("campaign.number"), primary_key=True)
    hazard: Mapped[str] = mapped_column(ForeignKey("hazard.number"), primary_key=True, index=True)
    added_at: Mapped[datetime] = mapped_column(UtcDateTime)
    added_by: Mapped[str] = mapped_column(Name)


class CampaignVisit(Base):
    """A visit that somebody counted to a campaign by hand."""

    __tablename__ = "campaign_visit"
    campaign: Mapped[str] = mapped_column(ForeignKey("campaign.number"), primary_key=True)
    visit: Mapped[int] = mapped_column(ForeignKey("visit.id"), primary_key=True, index=True)
    added_at: Mapped[datetime] = mapped_column(UtcDateTime)
    added_by: Mapped[str] = mapped_column(Name)
