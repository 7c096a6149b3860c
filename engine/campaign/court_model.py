"""The tables of applications to the court (申请人民法院强制执行): the case and each step of it. Only columns."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from engine.campaign.case_file_model import CaseStep
from engine.campaign.model import Code, Name
from engine.db import Base, UtcDateTime


class CourtCase(Base):
    """One decision that the party does not fulfil, from the demand (催告) to what the court made of it. ``state`` is
    the last step that decides where it stands; whether it is in court follows from ``applied_at`` and ``closed_at``.
    """

    __tablename__ = "court_case"
    __table_args__ = (
        UniqueConstraint("year", "serial"),
        Index("ix_court_case_hazard", "hazard", "closed_at"),
        Index("ix_court_case_organ", "organ", "opened_at"),
    )
    number: Mapped[str] = mapped_column(Code, primary_key=True)
    year: Mapped[int]
    serial: Mapped[int]
    hazard: Mapped[str] = mapped_column(ForeignKey("hazard.number"))
    instance_id: Mapped[str | None] = mapped_column(ForeignKey("instance.id"), index=True)
    organ: Mapped[str] = mapped_column(ForeignKey("unit.code"))  # the department that decided
    court: Mapped[str] = mapped_column(ForeignKey("unit.code"))
    document: Mapped[str] = mapped_column(ForeignKey("document.id"), index=True)  # the decision
    demand: Mapped[str] = mapped_column(Text)  # what the party has to do
    due_on: Mapped[date]  # by when the decision had to be fulfilled
    urge: Mapped[str | None] = mapped_column(ForeignKey("document.id"))  # the 催告书
    urged_at: Mapped[datetime | None] = mapped_column(UtcDateTime)  # when it was served
    application: Mapped[str] = mapped_column(Name, default="")  # number of the 强制执行申请书
    applied_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    state: Mapped[str] = mapped_column(String(16))
    opened_at: Mapped[datetime] = mapped_column(UtcDateTime)
    opened_by: Mapped[str] = mapped_column(Name)
    closed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class CourtStep(CaseStep):
    """One step of a case, with the clause of its limit."""

    __tablename__ = "court_step"
    __table_args__ = (UniqueConstraint("court_case", "no"),)
    OWNER = "court_case"
    court_case: Mapped[str] = mapped_column(ForeignKey("court_case.number"))
    clause: Mapped[str] = mapped_column(Text)
    detail: Mapped[dict[str, Any]] = mapped_column(JSON)
