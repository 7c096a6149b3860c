"""The table of the picture manual (图例手册). Only columns."""

from datetime import datetime

from sqlalchemy import Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from engine.campaign.model import Code, Name
from engine.db import Base, UtcDateTime


class Picture(Base):
    """One picture of how it is right or wrong: for a hazard code, or for one question of a checklist. It belongs to the
    words of the question, so that a new version with the same question keeps it.
    """

    __tablename__ = "picture"
    __table_args__ = (
        UniqueConstraint("code", "checklist", "item", "shows", "sha256"),
        Index("ix_picture_checklist", "checklist", "item"),
    )
    id: Mapped[str] = mapped_column(Code, primary_key=True)
    code: Mapped[str] = mapped_column(String(20))  # hazard code
    checklist: Mapped[str] = mapped_column(String(32))  # empty: for the code wherever it is asked
    item: Mapped[str] = mapped_column(Code)  # the hash of the question; empty without a checklist
    question: Mapped[str] = mapped_column(Text)
    shows: Mapped[str] = mapped_column(String(8))  # right | wrong
    caption: Mapped[str] = mapped_column(Name)
    filename: Mapped[str] = mapped_column(Name)
    media_type: Mapped[str] = mapped_column(Name)
    sha256: Mapped[str] = mapped_column(Code)
    added_at: Mapped[datetime] = mapped_column(UtcDateTime)
    added_by: Mapped[str] = mapped_column(Name)
    removed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    removed_by: Mapped[str | None] = mapped_column(Name)
