"""The tables around units, people and places: changes, granted powers, inspections, draws. Only columns."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from engine.campaign.model import Code, Name
from engine.db import Base, UtcDateTime


class Change(Base):
    """One edit of a register: what the fields were and what they became. Never changed itself."""

    __tablename__ = "register_change"
    __table_args__ = (UniqueConstraint("noun", "key", "revision"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    noun: Mapped[str] = mapped_column(String(16))
    key: Mapped[str] = mapped_column(Name)
    revision: Mapped[int]
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    by: Mapped[str] = mapped_column(Name)
    before: Mapped[dict[str, Any]] = mapped_column(JSON)
    after: Mapped[dict[str, Any]] = mapped_column(JSON)
    reason: Mapped[str] = mapped_column(Text, default="")


class Made(Base):
    """What a request with an idempotency key made, so that its repeat gets the first answer (rule S2)."""

    __tablename__ = "made"
    noun: Mapped[str] = mapped_column(String(16), primary_key=True)
    request_key: Mapped[str] = mapped_column(Code, primary_key=True)
    key: Mapped[str] = mapped_column(Name)


class PowerGrant(Base):
    """A published list gives a unit an act that table D9 marks as listed (赋权清单、检查主体清单)."""

    __tablename__ = "power_grant"
    id: Mapped[int] = mapped_column(primary_key=True)
    unit: Mapped[str] = mapped_column(ForeignKey("unit.code"), index=True)
    act: Mapped[str] = mapped_column(String(24))
    items: Mapped[list[Any]] = mapped_column(JSON)  # hazard codes or groups; none: the whole act
    document: Mapped[str] = mapped_column(Name)
    valid_from: Mapped[date]
    valid_to: Mapped[date | None]
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    created_by: Mapped[str] = mapped_column(Name)


class InspectionPlan(Base):
    """A line of a body's published yearly plan: which places may be inspected. Empty columns mean any."""

    __tablename__ = "inspection_plan"
    __table_args__ = (Index("ix_inspection_plan_unit", "unit", "year"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    unit: Mapped[str] = mapped_column(ForeignKey("unit.code"))
    year: Mapped[int]
    kind: Mapped[str] = mapped_column(String(32))
    risk_level: Mapped[str] = mapped_column(String(8))
    place: Mapped[str | None] = mapped_column(ForeignKey("place.id"))
    document: Mapped[str] = mapped_column(Name)
    published_on: Mapped[date]
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    created_by: Mapped[str] = mapped_column(Name)


class Inspection(Base):
    """The enforcement side of a visit of track B: approval, notice, check-in, record, order. One for each visit."""

    __tablename__ = "inspection"
    visit: Mapped[int] = mapped_column(ForeignKey("visit.id"), primary_key=True)
    unit: Mapped[str] = mapped_column(ForeignKey("unit.code"))
    units: Mapped[list[Any]] = mapped_column(JSON)  # further bodies of a joint inspection, one record for all
    officers: Mapped[list[Any]] = mapped_column(JSON)
    starts_on: Mapped[date]
    ends_on: Mapped[date]
    subject: Mapped[str] = mapped_column(Text)
    cause: Mapped[str] = mapped_column(String(16))  # 个案: 举报 | 移交 | 事故, else empty
    plan: Mapped[str] = mapped_column(Name, default="")  # the line of the plan or the draw that covers it
    counts: Mapped[bool]  # towards the yearly cap
    approval_no: Mapped[str | None] = mapped_column(Code, unique=True)
    approved_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    approved_by: Mapped[str | None] = mapped_column(ForeignKey("person.name"))
    approved_for: Mapped[str] = mapped_column(Name, default="", server_default="")  # the absent head, and the number
    approved_mandate: Mapped[str] = mapped_column(Name, default="", server_default="")  # of the written mandate
    notice_no: Mapped[str | None] = mapped_column(Code, unique=True)
    notified_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    checked_in_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    checked_in_by: Mapped[str | None] = mapped_column(ForeignKey("person.name"))
    lat: Mapped[float | None]
    lon: Mapped[float | None]
    record_no: Mapped[str | None] = mapped_column(Code, unique=True)
    recorded_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    certificates: Mapped[list[Any]] = mapped_column(JSON, default=list)  # [{person, name, cert_no}] as on that day
    rights_told: Mapped[bool] = mapped_column(default=False)
    signer: Mapped[str] = mapped_column(Name, default="")
    refusal: Mapped[str] = mapped_column(Text, default="")
    order_no: Mapped[str | None] = mapped_column(Code, unique=True)
    order_text: Mapped[str] = mapped_column(Text, default="")
    order_clause: Mapped[str] = mapped_column(Text, default="")
    unregistered: Mapped[list[Any]] = mapped_column(JSON, default=list, server_default="[]")  # findings without hazard
    settled: Mapped[dict[str, Any]] = mapped_column(
        JSON, default=dict, server_default="{}"
    )  # by finding, who said what


class Draw(Base):
    """A drawing of lots: the pools, the seed and what came out (双随机); the same pools and seed give the same."""

    __tablename__ = "draw"
    number: Mapped[str] = mapped_column(Code, primary_key=True)
    title: Mapped[str] = mapped_column(Name)
    unit: Mapped[str] = mapped_column(ForeignKey("unit.code"), index=True)
    year: Mapped[int]
    seed: Mapped[str] = mapped_column(Code)
    n: Mapped[int]
    team: Mapped[int]
    places: Mapped[list[Any]] = mapped_column(JSON)
    officers: Mapped[list[Any]] = mapped_column(JSON)
    conflicts: Mapped[list[Any]] = mapped_column(JSON)  # [{officer, place, reason}]
    result: Mapped[list[Any]] = mapped_column(JSON)  # [{place, officers}]
    published_on: Mapped[date | None]
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    created_by: Mapped[str] = mapped_column(Name)


class Penalty(Base):
    """An administrative penalty that a department imposed on a place; counted against article 113."""

    __tablename__ = "penalty"
    __table_args__ = (UniqueConstraint("place", "document"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    place: Mapped[str] = mapped_column(ForeignKey("place.id"))
    decided_on: Mapped[date]
    document: Mapped[str] = mapped_column(Name)
    organ: Mapped[str] = mapped_column(ForeignKey("unit.code"))
    content: Mapped[str] = mapped_column(Text, default="")
    party: Mapped[str] = mapped_column(String(8), default="", server_default="")  # 单位 | 主要负责人 | 其他人员
    fine: Mapped[int | None]  # yuan; None: no fine, or not told
    paid: Mapped[int | None]  # yuan of it that came in
    published_on: Mapped[date | None]
    published_at: Mapped[str] = mapped_column(Name, default="", server_default="")  # where
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    created_by: Mapped[str] = mapped_column(Name)
