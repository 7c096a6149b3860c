"""The tables around human work: attachments, saved filters, chosen columns, substitutions. Only columns."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from engine.db import Base, UtcDateTime

Name = String(255)
Id = String(64)


class TaskAttachment(Base):
    """A file that belongs to a task; its bytes lie in the file store under their SHA-256 (S8)."""

    __tablename__ = "task_attachment"
    id: Mapped[str] = mapped_column(Id, primary_key=True)
    task_id: Mapped[str] = mapped_column(ForeignKey("task.id"), index=True)
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    author: Mapped[str] = mapped_column(Name)
    name: Mapped[str] = mapped_column(Name)
    media_type: Mapped[str] = mapped_column(Name)
    size: Mapped[int]
    sha256: Mapped[str] = mapped_column(Id)
    removed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    removed_by: Mapped[str | None] = mapped_column(Name)


class SavedFilter:
    """A saved question to a list, of one person or shared with a group; each list has a table."""

    id: Mapped[str] = mapped_column(Id, primary_key=True)
    person: Mapped[str] = mapped_column(Name)
    name: Mapped[str] = mapped_column(Name)
    query: Mapped[dict[str, Any]] = mapped_column(JSON)
    shared_with: Mapped[str | None] = mapped_column(Name, index=True)  # a group
    position: Mapped[int] = mapped_column(default=0)


class TaskFilter(SavedFilter, Base):
    """One to the work list."""

    __tablename__ = "task_filter"
    __table_args__ = (UniqueConstraint("person", "name"),)


class HazardFilter(SavedFilter, Base):
    """One to the ledger."""

    __tablename__ = "hazard_filter"
    __table_args__ = (UniqueConstraint("person", "name"),)


class ListColumns(Base):
    """Which columns of a list a person looks at, in their order; without a row the usual ones."""

    __tablename__ = "list_columns"
    person: Mapped[str] = mapped_column(Name, primary_key=True)
    list: Mapped[str] = mapped_column(String(16), primary_key=True)
    columns: Mapped[Sequence[str]] = mapped_column(JSON)


class Substitution(Base):
    """Who stands in for whom from ``starts_at`` until before ``ends_at``, for which processes and groups."""

    __tablename__ = "substitution"
    __table_args__ = (Index("ix_substitution_substitute", "substitute", "starts_at"),)
    id: Mapped[str] = mapped_column(Id, primary_key=True)
    person: Mapped[str] = mapped_column(Name, index=True)
    substitute: Mapped[str] = mapped_column(Name)
    starts_at: Mapped[datetime] = mapped_column(UtcDateTime)
    ends_at: Mapped[datetime] = mapped_column(UtcDateTime)
    definitions: Mapped[list[str]] = mapped_column(JSON, default=list)  # empty: all
    groups: Mapped[list[str]] = mapped_column(JSON, default=list)  # empty: all
    reason: Mapped[str] = mapped_column(Text)
    mandate: Mapped[str | None] = mapped_column(Name)  # number or date of the head's written authorisation
    mandate_file: Mapped[str | None] = mapped_column(Id)  # an uploaded file
    mandate_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    mandate_by: Mapped[str | None] = mapped_column(Name)  # who wrote it down
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    created_by: Mapped[str] = mapped_column(Name)
    revoked_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    revoked_by: Mapped[str | None] = mapped_column(Name)
    revoked_reason: Mapped[str | None] = mapped_column(Text)
