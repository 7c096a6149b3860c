"""The tables of periodic duties: up to which day they were created, and who must do what in which period."""

from datetime import date, datetime

from sqlalchemy import ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from engine.campaign.model import Code, Name
from engine.db import Base, Sentences, UtcDateTime


class DutyPlan(Base):
    """Up to which day the duties of one kind were created; its row is the lock of whoever creates the next ones."""

    __tablename__ = "duty_plan"
    kind: Mapped[str] = mapped_column(Code, primary_key=True)
    planned_on: Mapped[date]
    began_at: Mapped[datetime] = mapped_column(UtcDateTime)  # what was due before is nobody's omission


class Duty(Base):
    """What one subject must do in one period: created ahead, exactly once for each kind, subject and period."""

    __tablename__ = "duty"
    __table_args__ = (
        UniqueConstraint("kind", "subject", "period"),
        Index("ix_duty_begin", "state", "instance_id", "begin_at"),
        Index("ix_duty_unit", "unit", "due_at"),
        Index("ix_duty_area", "community", "grid"),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(Code)
    subject: Mapped[str] = mapped_column(Code)  # code of the place, unit, person … by the kind's subject
    subject_name: Mapped[str] = mapped_column(Name)
    period: Mapped[str] = mapped_column(Code)  # 2026-10-12 | 2026-W42 | 2026-10 | 2026-Q4 | 2026-H2 | 2026
    title: Mapped[str] = mapped_column(Name)
    starts_on: Mapped[date]
    ends_on: Mapped[date]
    begin_at: Mapped[datetime] = mapped_column(UtcDateTime)  # when it is reminded of and its process starts
    due_at: Mapped[datetime] = mapped_column(UtcDateTime)
    unit: Mapped[str | None] = mapped_column(ForeignKey("unit.code"))  # whose people do it
    person: Mapped[str | None] = mapped_column(ForeignKey("person.name"), index=True)  # or who in person
    office: Mapped[str] = mapped_column(Code)  # the group that checks the evidence
    place: Mapped[str | None] = mapped_column(ForeignKey("place.id"), index=True)
    street: Mapped[str | None] = mapped_column(ForeignKey("unit.code"), index=True)
    community: Mapped[str | None] = mapped_column(ForeignKey("unit.code"))
    grid: Mapped[str | None] = mapped_column(ForeignKey("unit.code"))
    state: Mapped[str] = mapped_column(String(12))  # open | submitted | done | missed | late | excused
    instance_id: Mapped[str | None] = mapped_column(ForeignKey("instance.id"), unique=True)
    submitted_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    submitted_by: Mapped[str] = mapped_column(Name, default="")
    missed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    proof: Mapped[str] = mapped_column(Text, default="")  # the evidence in words, or the records that prove it
    reason: Mapped[str] = mapped_column(Text, default="")  # why it was excused or sent back
    rule_version: Mapped[str] = mapped_column(Code)
    trace: Mapped[list[str]] = mapped_column(Sentences, default=list)  # how ``due_at`` was counted, where a clock did
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
