"""The tables of the process editor: drafts of people, and the scenarios that belong to a process. Only columns."""

from datetime import datetime

from sqlalchemy import JSON, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from engine.db import Base, UtcDateTime

Name = String(255)


class Draft(Base):
    """What one person has written about one process and not deployed yet: a whole set of files."""

    __tablename__ = "draft"
    __table_args__ = (Index("ix_draft_key", "key"),)
    person: Mapped[str] = mapped_column(Name, primary_key=True)
    key: Mapped[str] = mapped_column(Name, primary_key=True)
    base_version: Mapped[int | None]  # the version it was begun from; None: a new process
    revision: Mapped[int]  # counts savings, so that two windows do not overwrite each other
    files: Mapped[dict[str, str]] = mapped_column(JSON)  # name → text
    saved_at: Mapped[datetime] = mapped_column(UtcDateTime)


class KeptScenario(Base):
    """A scenario or simulation plan of a process: it is tried before each deployment, and is in no version."""

    __tablename__ = "kept_scenario"
    key: Mapped[str] = mapped_column(Name, primary_key=True)
    name: Mapped[str] = mapped_column(Name, primary_key=True)
    content: Mapped[str] = mapped_column(Text)
