"""The tables of cases handed over to the police (行刑衔接): the case and each step of it. Only columns."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from engine.campaign.case_file_model import CaseStep
from engine.campaign.model import Code, Name
from engine.db import Base, UtcDateTime


class CrimeCase(Base):
    """One suspected crime about a hazard, from table D7 to the answer of the police. ``state`` is the last step that
    decides where it stands.
    """

    __tablename__ = "crime_case"
    __table_args__ = (
        UniqueConstraint("year", "serial"),
        Index("ix_crime_case_hazard", "hazard", "state"),
        Index("ix_crime_case_organ", "organ", "opened_at"),
    )
    number: Mapped[str] = mapped_column(Code, primary_key=True)
    year: Mapped[int]
    serial: Mapped[int]
    hazard: Mapped[str] = mapped_column(ForeignKey("hazard.number"))
    instance_id: Mapped[str | None] = mapped_column(ForeignKey("instance.id"))
    organ: Mapped[str] = mapped_column(ForeignKey("unit.code"))  # the department that hands over
    police: Mapped[str | None] = mapped_column(ForeignKey("unit.code"))
    prosecutor: Mapped[str | None] = mapped_column(ForeignKey("unit.code"))  # set when it got its copy
    offence: Mapped[str] = mapped_column(Name)
    clause: Mapped[str] = mapped_column(Text)
    facts: Mapped[str] = mapped_column(Text)
    proofs: Mapped[dict[str, Any]] = mapped_column(JSON)
    officers: Mapped[list[Any]] = mapped_column(JSON)
    state: Mapped[str] = mapped_column(String(16))
    opened_at: Mapped[datetime] = mapped_column(UtcDateTime)
    opened_by: Mapped[str] = mapped_column(Name)
    closed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class CrimeStep(CaseStep):
    """One step of a case, with the clause of its limit."""

    __tablename__ = "crime_step"
    __table_args__ = (UniqueConstraint("crime", "no"),)
    OWNER = "crime"
    crime: Mapped[str] = mapped_column(ForeignKey("crime_case.number"))
    clause: Mapped[str] = mapped_column(Text)
    detail: Mapped[dict[str, Any]] = mapped_column(JSON)
