"""The tables of what a department decides about a measure: the decision with its approval, and each later act. Only
columns.
"""

from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from engine.campaign.model import Code, Name
from engine.db import Base, UtcDateTime, twin


class MeasureDecision(Base):
    """A decision as it is drafted, approved and carried out; ``measure`` is set once it was carried out.

    ``content`` has the fields of 行政强制法 24, ``checklist`` the steps of 行政强制法 18, ``officers`` the people with
    their certificates.
    """

    __tablename__ = "measure_decision"
    __table_args__ = (Index("ix_measure_decision_instance", "instance_id"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    hazard: Mapped[str] = mapped_column(ForeignKey("hazard.number"), index=True)
    measure: Mapped[int | None] = mapped_column(ForeignKey("measure.id"), unique=True)
    instance_id: Mapped[str | None] = mapped_column(ForeignKey("instance.id"))
    kind: Mapped[str] = mapped_column(String(16))
    organ: Mapped[str] = mapped_column(ForeignKey("unit.code"))
    number: Mapped[str] = mapped_column(Name)
    content: Mapped[dict[str, Any]] = mapped_column(JSON)
    checklist: Mapped[dict[str, Any]] = mapped_column(JSON)
    officers: Mapped[list[Any]] = mapped_column(JSON)
    emergency: Mapped[str] = mapped_column(Text)  # why it could not wait for the approval; empty: it waited
    drafted_at: Mapped[datetime] = mapped_column(UtcDateTime)
    drafted_by: Mapped[str] = mapped_column(Name)
    approved_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    approved_by: Mapped[str] = mapped_column(Name)
    approved_for: Mapped[str] = mapped_column(Name, default="", server_default="")  # the absent head, and the number
    approved_mandate: Mapped[str] = mapped_column(Name, default="", server_default="")  # of the written mandate
    executed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    suspended_on: Mapped[date | None]  # the test (行政强制法 25 III) that runs began on this day
    suspended_days: Mapped[int]  # of all tests that ended: they do not count


class MeasureAct(Base):
    """One thing done about a measure: executed, approved, extended, tested, lifted. Rows are only added."""

    __tablename__ = "measure_act"
    __table_args__ = (UniqueConstraint("decision", "no"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    decision: Mapped[int] = mapped_column(ForeignKey("measure_decision.id"))
    no: Mapped[int]
    kind: Mapped[str] = mapped_column(Code)
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    by: Mapped[str] = mapped_column(Name)
    text: Mapped[str] = mapped_column(Text)
    text_en: Mapped[str | None] = mapped_column(Text, default=twin("text"))
    detail: Mapped[dict[str, Any]] = mapped_column(JSON)
