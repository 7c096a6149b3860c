"""The table of transfers to departments: one row for each, with the letters it sent. Only columns."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from engine.campaign.model import Code, Name
from engine.db import Base, UtcDateTime


class Transfer(Base):
    """A hazard given to a department with the power (移交). When it was sent, signed and answered stands on its letter;
    where it is follows from these moments and is never stored.
    """

    __tablename__ = "transfer"
    __table_args__ = (Index("ix_transfer_due", "closed_at", "due_at"), Index("ix_transfer_body", "body", "closed_at"))
    number: Mapped[str] = mapped_column(Code, primary_key=True)
    hazard: Mapped[str] = mapped_column(ForeignKey("hazard.number"), index=True)
    kind: Mapped[str] = mapped_column(String(16))
    reason: Mapped[str] = mapped_column(Text, default="")
    requested: Mapped[str] = mapped_column(Text, default="")  # what the department is asked to do
    competent: Mapped[list[Any]] = mapped_column(JSON)  # the rows of table D3 that fit: lead, co, basis
    body: Mapped[str | None] = mapped_column(ForeignKey("unit.code"))  # whose it is now; None until one is named
    opened_at: Mapped[datetime] = mapped_column(UtcDateTime)
    opened_by: Mapped[str] = mapped_column(Name, default="")  # empty: the escalation chain
    due_at: Mapped[datetime | None] = mapped_column(UtcDateTime)  # of the step that is waited for
    letter: Mapped[int | None] = mapped_column(ForeignKey("assignment.id"), index=True)
    returned_letter: Mapped[int | None] = mapped_column(ForeignKey("assignment.id"), index=True)
    return_clause: Mapped[str] = mapped_column(Text, default="")
    returned_by: Mapped[str] = mapped_column(Name, default="")
    lapsed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)  # the time to give it back passed (T46)
    ruled_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    ruled_by: Mapped[str] = mapped_column(Name, default="")
    ruling: Mapped[str] = mapped_column(Text, default="")  # why this department: at an assignment or an arbitration
    signed_by: Mapped[str] = mapped_column(Name, default="")
    decision: Mapped[str] = mapped_column(String(32), default="")
    answer_number: Mapped[str] = mapped_column(Name, default="")
    answered_by: Mapped[str] = mapped_column(Name, default="")
    files: Mapped[list[Any]] = mapped_column(JSON, default=list)  # ids of evidence that came with the answer
    next_step: Mapped[str] = mapped_column(String(16), default="")  # track | seal
    reviewed_by: Mapped[str] = mapped_column(Name, default="")
    closed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
