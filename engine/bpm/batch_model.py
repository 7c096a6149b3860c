"""The tables of orders about many instances at once. Only columns."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, LargeBinary, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from engine.db import Base, UtcDateTime

Name = String(255)
Id = String(64)


class Batch(Base):
    """One order about many instances, done one transaction each; its items show how far it is."""

    __tablename__ = "batch"
    __table_args__ = (Index("ix_batch_status", "status", "at"),)
    id: Mapped[str] = mapped_column(Id, primary_key=True)
    kind: Mapped[str] = mapped_column(String(24))  # migrate | suspend | resume | cancel | retry
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    by: Mapped[str] = mapped_column(Name)
    reason: Mapped[str] = mapped_column(Text)
    parameters: Mapped[dict[str, Any]] = mapped_column(JSON)
    status: Mapped[str] = mapped_column(String(12))  # running | finished | undoing | undone
    dry_run: Mapped[bool] = mapped_column(default=False)
    finished_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class BatchItem(Base):
    """One instance of a batch: what became of it and, for an undo, where it stood before."""

    __tablename__ = "batch_item"
    __table_args__ = (Index("ix_batch_item_status", "batch_id", "status", "id"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    batch_id: Mapped[str] = mapped_column(ForeignKey("batch.id"))
    instance_id: Mapped[str] = mapped_column(ForeignKey("instance.id"), index=True)
    status: Mapped[str] = mapped_column(String(12))  # pending | done | failed | undone | kept (not undone, see message)
    message: Mapped[str | None] = mapped_column(Text)
    result: Mapped[dict[str, Any] | None] = mapped_column(JSON)  # what a dry run found
    definition_before: Mapped[str | None] = mapped_column(ForeignKey("definition.id"))
    state_before: Mapped[bytes | None] = mapped_column(LargeBinary)
    revision_after: Mapped[int | None]
