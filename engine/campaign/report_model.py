"""The tables of reports from the public, of what to trace, and of talks. Only columns; who reported lies apart."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from engine.campaign.model import Code, Name
from engine.db import Base, UtcDateTime


class CitizenReport(Base):
    """One report (举报). Its stage is the position of its process; what is stored here are the facts on the way."""

    __tablename__ = "citizen_report"
    number: Mapped[str] = mapped_column(Code, primary_key=True)
    code_hash: Mapped[str] = mapped_column(Code, unique=True)  # of the follow-up code, which is stored nowhere
    instance_id: Mapped[str | None] = mapped_column(ForeignKey("instance.id"), unique=True)
    channel: Mapped[str] = mapped_column(String(16))
    category: Mapped[str] = mapped_column(String(32))
    text: Mapped[str] = mapped_column(Text)
    place_text: Mapped[str] = mapped_column(Text, default="")
    lat: Mapped[float | None]
    lon: Mapped[float | None]
    casualties: Mapped[bool]
    danger_now: Mapped[bool]
    anonymous: Mapped[bool]
    received_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)
    registered_by: Mapped[str] = mapped_column(Name, default="")  # the clerk; empty when it came by itself
    receiver: Mapped[str] = mapped_column(ForeignKey("unit.code"), index=True)  # who handles it now
    handler: Mapped[str] = mapped_column(Code)  # the group whose people may look who reported
    rule: Mapped[str] = mapped_column(Name, default="")  # the row of D12
    extend_d: Mapped[int] = mapped_column(default=0)  # by how many days the answer may be put off
    routed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)  # accepted and given to the receiver
    urgent_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    urgent_to: Mapped[str] = mapped_column(Text, default="")
    objected_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    objection: Mapped[dict[str, Any] | None] = mapped_column(JSON)  # by, clause, reason, then the decision on it
    outcome: Mapped[str | None] = mapped_column(String(16))  # substantiated | unfounded | rejected
    outcome_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    outcome_reason: Mapped[str] = mapped_column(Text, default="")
    hazard: Mapped[str | None] = mapped_column(ForeignKey("hazard.number"), index=True)
    joined: Mapped[bool] = mapped_column(default=False)  # to a hazard that was open already
    material: Mapped[str] = mapped_column(Text, default="")
    material_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    signed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    signed_by: Mapped[str] = mapped_column(Name, default="")
    reply: Mapped[str] = mapped_column(Text, default="")  # what the reporter reads
    reply_way: Mapped[str] = mapped_column(String(16), default="")
    replied_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    publicity_agreed: Mapped[bool | None]  # whether the reporter wants the closure published


class Reporter(Base):
    """Who reported: read by one verb only, which notes every look."""

    __tablename__ = "reporter"
    report: Mapped[str] = mapped_column(ForeignKey("citizen_report.number"), primary_key=True)
    name: Mapped[str] = mapped_column(Name, default="")  # empty since contacts are encrypted
    phone: Mapped[str] = mapped_column(Code, default="")  # likewise
    sealed: Mapped[str] = mapped_column(Text, default="", server_default="")  # name and phone, see contacts.py


class ReportPhoto(Base):
    """A photo of a report, stored without what the phone wrote into it; it becomes evidence with the hazard."""

    __tablename__ = "report_photo"
    id: Mapped[str] = mapped_column(Code, primary_key=True)
    report: Mapped[str] = mapped_column(ForeignKey("citizen_report.number"), index=True)
    sha256: Mapped[str] = mapped_column(Code)
    size: Mapped[int]
    width: Mapped[int]
    height: Mapped[int]
    uploaded_at: Mapped[datetime] = mapped_column(UtcDateTime)


class ReportAlarm(Base):
    """A clock of a report or a talk ran out before the step was done."""

    __tablename__ = "report_alarm"
    __table_args__ = (Index("ix_report_alarm_about", "about"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    about: Mapped[str] = mapped_column(Code)  # number of a report or of an interview
    kind: Mapped[str] = mapped_column(String(16))
    at: Mapped[datetime] = mapped_column(UtcDateTime)


class Reward(Base):
    """The reward for a report (示例规则，需法制审核): asked for, decided, paid; to whom lies in ``reporter``."""

    __tablename__ = "reward"
    report: Mapped[str] = mapped_column(ForeignKey("citizen_report.number"), primary_key=True)
    asked_at: Mapped[datetime] = mapped_column(UtcDateTime)
    asked_by: Mapped[str] = mapped_column(Name)
    fine: Mapped[int]  # yuan, from the decision on the penalty; 0 when there is none
    suggested: Mapped[int]  # yuan
    note: Mapped[str] = mapped_column(Text, default="")
    decided_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    decided_by: Mapped[str] = mapped_column(Name, default="")
    amount: Mapped[int | None]  # yuan; 0 when refused
    reason: Mapped[str] = mapped_column(Text, default="")
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)  # paid, or lapsed
    ended_by: Mapped[str] = mapped_column(Name, default="")
    voucher: Mapped[str] = mapped_column(Code, default="")  # empty when it was not collected


class PublicCount(Base):
    """How often the public doors were used in one hour of real time, by one address and in sum."""

    __tablename__ = "public_count"
    door: Mapped[str] = mapped_column(Code, primary_key=True)
    hour: Mapped[datetime] = mapped_column(UtcDateTime, primary_key=True)
    n: Mapped[int]


class Candidate(Base):
    """Something for a person to judge (D11): it may lead to a talk or to tracing, and accuses nobody by itself."""

    __tablename__ = "candidate"
    id: Mapped[int] = mapped_column(primary_key=True)
    fact: Mapped[str] = mapped_column(Name, unique=True)  # which fact of the records: once for each
    reason: Mapped[str] = mapped_column(String(16))
    basis: Mapped[str] = mapped_column(Text, default="")
    hazard: Mapped[str | None] = mapped_column(ForeignKey("hazard.number"), index=True)
    person: Mapped[str | None] = mapped_column(Name)
    unit: Mapped[str | None] = mapped_column(ForeignKey("unit.code"))
    at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)
    detail: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    decided_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    decided_by: Mapped[str] = mapped_column(Name, default="")
    decision: Mapped[str] = mapped_column(Text, default="")  # why it was dismissed
    interview: Mapped[str | None] = mapped_column(ForeignKey("interview.number"), index=True)


class Interview(Base):
    """A case of letters, bulletins, talks and exposure about an enterprise (object) or a cadre."""

    __tablename__ = "interview"
    number: Mapped[str] = mapped_column(Code, primary_key=True)
    instance_id: Mapped[str | None] = mapped_column(ForeignKey("instance.id"), unique=True)
    audience: Mapped[str] = mapped_column(String(8))  # object | cadre
    place: Mapped[str | None] = mapped_column(ForeignKey("place.id"))
    unit: Mapped[str | None] = mapped_column(ForeignKey("unit.code"))
    person: Mapped[str | None] = mapped_column(Name)
    reason: Mapped[str] = mapped_column(Text)
    hazards: Mapped[list[Any]] = mapped_column(JSON, default=list)
    host: Mapped[str] = mapped_column(Code)  # the group that holds it
    opened_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)
    opened_by: Mapped[str] = mapped_column(Name)
    closed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class InterviewStep(Base):
    """One thing done in such a case: a letter, a notice, a talk, what came of it."""

    __tablename__ = "interview_step"
    __table_args__ = (UniqueConstraint("interview", "no"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    interview: Mapped[str] = mapped_column(ForeignKey("interview.number"))
    no: Mapped[int]
    kind: Mapped[str] = mapped_column(String(16))
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    by: Mapped[str] = mapped_column(Name)
    text: Mapped[str] = mapped_column(Text, default="")
    decisions: Mapped[str] = mapped_column(Text, default="")
    on_day: Mapped[date | None]  # the day of the talk, or by which what was asked must be done
