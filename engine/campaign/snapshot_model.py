"""The tables of frozen reports and of what the lead units report about the plan's tasks. Only columns."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from engine.campaign.model import Code, Name
from engine.db import Base, UtcDateTime


class Snapshot(Base):
    """A report as it was on the day it was frozen. Never changed: a correction is the next version with its reason."""

    __tablename__ = "snapshot"
    __table_args__ = (
        UniqueConstraint("form", "unit", "period", "version"), Index("ix_snapshot_unit", "unit", "frozen_at"),
    )  # fmt: skip
    id: Mapped[int] = mapped_column(primary_key=True)
    form: Mapped[str] = mapped_column(String(16))  # daily … yearly, form-a, form-c, task-07
    unit: Mapped[str] = mapped_column(ForeignKey("unit.code"))  # the street whose records it counts
    period: Mapped[str] = mapped_column(Code)
    version: Mapped[int]
    reason: Mapped[str] = mapped_column(Text, default="")  # why a later version was needed
    rows: Mapped[dict[str, Any]] = mapped_column(JSON)
    rule_version: Mapped[str] = mapped_column(Code)
    frozen_at: Mapped[datetime] = mapped_column(UtcDateTime)
    frozen_by: Mapped[str] = mapped_column(Name)


class TaskReport(Base):
    """What a lead unit reported about a task of the plan in a month; sent again it replaces what was not accepted."""

    __tablename__ = "task_report"
    __table_args__ = (UniqueConstraint("plan_task", "period"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    plan_task: Mapped[int] = mapped_column(ForeignKey("plan_task.number"))
    period: Mapped[str] = mapped_column(Code, index=True)
    unit: Mapped[str] = mapped_column(ForeignKey("unit.code"))
    street: Mapped[str | None] = mapped_column(ForeignKey("unit.code"))
    duty: Mapped[int] = mapped_column(ForeignKey("duty.id"))
    progress: Mapped[str] = mapped_column(String(8))  # 按计划 | 滞后 | 已完成
    done: Mapped[str] = mapped_column(Text)
    problems: Mapped[str] = mapped_column(Text, default="")
    next_steps: Mapped[str] = mapped_column(Text, default="")
    reported_at: Mapped[datetime] = mapped_column(UtcDateTime)
    reported_by: Mapped[str] = mapped_column(Name)
    collected_at: Mapped[datetime | None] = mapped_column(UtcDateTime)  # accepted by the office
    snapshot: Mapped[int | None] = mapped_column(ForeignKey("snapshot.id"))  # the figures of that moment
