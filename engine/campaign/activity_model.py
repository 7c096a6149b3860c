"""The tables of meetings, trainings, drills and other activities. Only columns."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from engine.campaign.model import Code, Name
from engine.db import Base, UtcDateTime


class Activity(Base):
    """Something that was held: a meeting, training, drill, lecture, publicity, supervision round, warning."""

    __tablename__ = "activity"
    number: Mapped[str] = mapped_column(Code, primary_key=True)
    kind: Mapped[str] = mapped_column(String(16))
    title: Mapped[str] = mapped_column(Name)
    held_at: Mapped[datetime] = mapped_column(UtcDateTime)
    unit: Mapped[str] = mapped_column(ForeignKey("unit.code"), index=True)  # who held it
    units: Mapped[list[Any]] = mapped_column(JSON)  # who took part
    street: Mapped[str | None] = mapped_column(ForeignKey("unit.code"), index=True)
    community: Mapped[str | None] = mapped_column(ForeignKey("unit.code"), index=True)
    place: Mapped[str | None] = mapped_column(ForeignKey("place.id"), index=True)
    hazard: Mapped[str | None] = mapped_column(ForeignKey("hazard.number"), index=True)
    campaign: Mapped[str | None] = mapped_column(ForeignKey("campaign.number"), index=True)
    plan_task: Mapped[int | None] = mapped_column(ForeignKey("plan_task.number"))
    people: Mapped[int] = mapped_column(default=0)  # who were there or reached, 人(次)
    enterprises: Mapped[int] = mapped_column(default=0)  # 家
    copies: Mapped[int] = mapped_column(default=0)  # leaflets, warnings: 份
    text: Mapped[str] = mapped_column(Text, default="")
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    created_by: Mapped[str] = mapped_column(Name)


class Decision(Base):
    """What a meeting decided: who does what until when; it is a duty of that unit from then on."""

    __tablename__ = "decision"
    id: Mapped[int] = mapped_column(primary_key=True)
    activity: Mapped[str] = mapped_column(ForeignKey("activity.number"), index=True)
    text: Mapped[str] = mapped_column(Text)
    unit: Mapped[str] = mapped_column(ForeignKey("unit.code"))
    due_on: Mapped[date]
    duty: Mapped[int | None] = mapped_column(ForeignKey("duty.id"))
