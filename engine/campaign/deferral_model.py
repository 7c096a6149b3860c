"""The tables of what cannot be rectified for now (暂不具备整改条件): the deferral, its interim measures, each look at
them. Only columns.
"""

from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from engine.campaign.model import Name
from engine.db import Base, UtcDateTime

RUNNING = text("ended_at IS NULL")


class Deferral(Base):
    """One request and what became of it. While it runs ``ended_at`` is empty, and a hazard has one at most."""

    __tablename__ = "deferral"
    __table_args__ = (
        Index("ix_deferral_running", "hazard", unique=True, sqlite_where=RUNNING, postgresql_where=RUNNING),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    hazard: Mapped[str] = mapped_column(ForeignKey("hazard.number"), index=True)
    instance_id: Mapped[str | None] = mapped_column(ForeignKey("instance.id"), unique=True)
    level: Mapped[str] = mapped_column(String(16))  # of the hazard when it was asked for: it decides who approves
    reason: Mapped[str] = mapped_column(Text)
    asked_at: Mapped[datetime] = mapped_column(UtcDateTime)
    asked_by: Mapped[str] = mapped_column(Name)
    review_on: Mapped[date]  # the day by which it is looked at again
    renewals: Mapped[int]  # how often prolonging was asked for
    approved_at: Mapped[datetime | None] = mapped_column(UtcDateTime)  # of the newest approval
    approved_by: Mapped[str] = mapped_column(Name)
    opinion: Mapped[str] = mapped_column(Text)
    power: Mapped[str] = mapped_column(Text)  # the clause of table D9 it rests on
    waits_since: Mapped[datetime | None] = mapped_column(UtcDateTime)  # an approval is waited for since then
    stopped: Mapped[list[Any]] = mapped_column(JSON)  # the deadlines whose clock stands still for it
    lapsed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)  # nobody had looked by the day: the clock runs on
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    ended_by: Mapped[str] = mapped_column(Name)
    end_reason: Mapped[str] = mapped_column(Text)


class DeferralMeasure(Base):
    """One interim measure (临时管控措施) with who answers for it and the files that show it."""

    __tablename__ = "deferral_measure"
    __table_args__ = (UniqueConstraint("deferral", "no"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    deferral: Mapped[int] = mapped_column(ForeignKey("deferral.id"))
    no: Mapped[int]
    text: Mapped[str] = mapped_column(Text)
    responsible: Mapped[str] = mapped_column(Name)
    files: Mapped[list[Any]] = mapped_column(JSON)
    kept: Mapped[bool | None]  # at the last look; None: not looked at yet


class DeferralReview(Base):
    """One look at the place (复核): which measures are kept, and whether it goes on. Rows are only added."""

    __tablename__ = "deferral_review"
    __table_args__ = (UniqueConstraint("deferral", "no"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    deferral: Mapped[int] = mapped_column(ForeignKey("deferral.id"))
    no: Mapped[int]
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    by: Mapped[str] = mapped_column(Name)
    failed: Mapped[list[Any]] = mapped_column(JSON)  # numbers of the measures that were not kept
    outcome: Mapped[str] = mapped_column(String(16))  # prolong | end
    note: Mapped[str] = mapped_column(Text)
    next_on: Mapped[date | None]
    files: Mapped[list[Any]] = mapped_column(JSON)
