"""The tables of checklists: the versions that the office edits, and what was answered on a visit. Only columns."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from engine.campaign.model import Name
from engine.db import Base, UtcDateTime


class Checklist(Base):
    """One version of a checklist, valid from one day to another. Its questions never change: who wants others makes
    a new version.
    """

    __tablename__ = "checklist"
    __table_args__ = (UniqueConstraint("key", "version"), UniqueConstraint("key", "valid_from"))
    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(String(32))
    version: Mapped[int]
    name: Mapped[str] = mapped_column(Name)
    unit: Mapped[str | None] = mapped_column(ForeignKey("unit.code"))  # who keeps it; None: the administrator
    place_kinds: Mapped[list[Any]] = mapped_column(JSON)  # none in the three: for all
    sectors: Mapped[list[Any]] = mapped_column(JSON)
    roles: Mapped[list[Any]] = mapped_column(JSON)
    items: Mapped[list[Any]] = mapped_column(JSON)  # [{no, question, code, clause, photo}]
    legal_note: Mapped[str] = mapped_column(Name)
    reason: Mapped[str] = mapped_column(Text)  # why this version was made
    valid_from: Mapped[date]
    valid_to: Mapped[date | None]
    revision: Mapped[int] = mapped_column(default=0)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    created_by: Mapped[str] = mapped_column(Name)


class Sheet(Base):
    """One version of a checklist taken along on one visit; that version stays, whatever comes later."""

    __tablename__ = "checklist_sheet"
    __table_args__ = (UniqueConstraint("visit", "key"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    visit: Mapped[int] = mapped_column(ForeignKey("visit.id"))
    key: Mapped[str] = mapped_column(String(32))
    checklist: Mapped[int] = mapped_column(ForeignKey("checklist.id"), index=True)
    revision: Mapped[int] = mapped_column(default=0)
    opened_at: Mapped[datetime] = mapped_column(UtcDateTime)
    opened_by: Mapped[str] = mapped_column(Name)
    filed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)  # complete, and not changed from then on
    filed_by: Mapped[str | None] = mapped_column(Name)


class Answer(Base):
    """What was answered to one item. A "no" proposes a hazard: ``state`` says what became of that."""

    __tablename__ = "checklist_answer"
    __table_args__ = (UniqueConstraint("sheet", "no"), Index("ix_checklist_answer_state", "state", "id"))
    id: Mapped[int] = mapped_column(primary_key=True)
    sheet: Mapped[int] = mapped_column(ForeignKey("checklist_sheet.id"))
    no: Mapped[int]
    answer: Mapped[str] = mapped_column(String(4))  # yes | no | na | left
    note: Mapped[str] = mapped_column(Text)
    photos: Mapped[list[Any]] = mapped_column(JSON)  # ids of evidence
    answered_at: Mapped[datetime] = mapped_column(UtcDateTime)
    answered_by: Mapped[str] = mapped_column(Name)
    state: Mapped[str | None] = mapped_column(String(12))  # proposed | registered | dismissed; None: no hazard
    hazard: Mapped[str | None] = mapped_column(ForeignKey("hazard.number"), unique=True)
    reason: Mapped[str] = mapped_column(Text, default="")  # why it was dismissed
    decided_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    decided_by: Mapped[str | None] = mapped_column(Name)
