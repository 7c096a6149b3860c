"""The tables of the registers: units, people, places and codes. Only columns; the verbs beside this file read and
write them.
"""

from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, String, Text, UniqueConstraint, false
from sqlalchemy.orm import Mapped, mapped_column

from engine.db import Base, UtcDateTime

Name = String(255)
Code = String(64)


class Setting(Base):
    """One value of the installation that lives in the database, such as the offset of a demo clock."""

    __tablename__ = "setting"
    key: Mapped[str] = mapped_column(Code, primary_key=True)
    value: Mapped[Any] = mapped_column(JSON)


class NumberRegister(Base):
    """The last number given out in one series; its row is the lock that keeps the series without gaps."""

    __tablename__ = "number_register"
    series: Mapped[str] = mapped_column(Code, primary_key=True)
    last: Mapped[int]


class Unit(Base):
    """A body: street, office, community, grid, department or enterprise. ``scope`` is the unit whose hazards its
    people see.
    """

    __tablename__ = "unit"
    code: Mapped[str] = mapped_column(Code, primary_key=True)
    name: Mapped[str] = mapped_column(Name)
    kind: Mapped[str] = mapped_column(String(16), index=True)
    parent: Mapped[str | None] = mapped_column(ForeignKey("unit.code"), index=True)
    path: Mapped[str] = mapped_column(String(512))  # "/street/GH/GH-01/"
    scope: Mapped[str | None] = mapped_column(Code)
    power: Mapped[str] = mapped_column(Text, default="")
    position: Mapped[int] = mapped_column(default=0)
    body: Mapped[str | None] = mapped_column(String(16))  # what it is in table D9; None follows from code and kind
    revision: Mapped[int] = mapped_column(default=0, server_default="0")
    valid_from: Mapped[date | None]
    valid_to: Mapped[date | None]  # its last day, once it was dissolved


class Person(Base):
    """Somebody who can log in. ``name`` is the login name and the user id everywhere; lockouts are in real time."""

    __tablename__ = "person"
    name: Mapped[str] = mapped_column(Name, primary_key=True)
    display_name: Mapped[str] = mapped_column(Name)
    unit: Mapped[str | None] = mapped_column(ForeignKey("unit.code"), index=True)
    password_hash: Mapped[str] = mapped_column(Name)
    password_once: Mapped[bool] = mapped_column(default=False, server_default=false())  # good for one login
    cert_no: Mapped[str] = mapped_column(Code, default="")
    cert_from: Mapped[date | None]
    cert_to: Mapped[date | None]
    cert_items: Mapped[list[Any]] = mapped_column(
        JSON, default=list, server_default="[]"
    )  # acts of D9 it is good for; none: all
    email: Mapped[str] = mapped_column(Name, default="")
    phone: Mapped[str] = mapped_column(Code, default="", server_default="")  # for text messages
    active: Mapped[bool] = mapped_column(default=True)
    failed_logins: Mapped[int] = mapped_column(default=0)
    locked_until: Mapped[datetime | None] = mapped_column(UtcDateTime)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    created_by: Mapped[str] = mapped_column(Name)
    revision: Mapped[int] = mapped_column(default=0, server_default="0")
    starts_on: Mapped[date | None]  # in this post
    ends_on: Mapped[date | None]  # the last day, once the person left


class PersonRole(Base):
    """One role of one person."""

    __tablename__ = "person_role"
    person: Mapped[str] = mapped_column(ForeignKey("person.name"), primary_key=True)
    role: Mapped[str] = mapped_column(Code, primary_key=True, index=True)


class LoginSession(Base):
    """A logged-in browser; only the hash of its secret is stored. All moments are real time."""

    __tablename__ = "login_session"
    secret_hash: Mapped[str] = mapped_column(Code, primary_key=True)
    person: Mapped[str] = mapped_column(ForeignKey("person.name"), index=True)
    csrf: Mapped[str] = mapped_column(Code)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)


class Token(Base):
    """A bearer token for programs; only its hash is stored."""

    __tablename__ = "token"
    secret_hash: Mapped[str] = mapped_column(Code, primary_key=True)
    person: Mapped[str] = mapped_column(ForeignKey("person.name"), index=True)
    label: Mapped[str] = mapped_column(Name, default="")
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    created_by: Mapped[str] = mapped_column(Name)
    revoked_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class Place(Base):
    """An enterprise, site, shop or building that is inspected."""

    __tablename__ = "place"
    __table_args__ = (Index("ix_place_community_grid", "community", "grid"),)
    id: Mapped[str] = mapped_column(Code, primary_key=True)
    name: Mapped[str] = mapped_column(Name)
    uscc: Mapped[str] = mapped_column(Code, default="")
    kind: Mapped[str] = mapped_column(String(32))
    place_kind: Mapped[str] = mapped_column(String(16))  # 九小 | 多业态 | 人员密集 | 其他
    sector: Mapped[str] = mapped_column(String(32), default="")
    lead_unit: Mapped[str | None] = mapped_column(ForeignKey("unit.code"))
    unit: Mapped[str | None] = mapped_column(
        ForeignKey("unit.code")
    )  # its own enterprise unit, when its head has an account
    street: Mapped[str] = mapped_column(ForeignKey("unit.code"))
    community: Mapped[str] = mapped_column(ForeignKey("unit.code"))
    grid: Mapped[str] = mapped_column(ForeignKey("unit.code"))
    address: Mapped[str] = mapped_column(Name, default="")
    lat: Mapped[float | None]
    lon: Mapped[float | None]
    capacity: Mapped[int | None]
    floors: Mapped[int | None]
    crowded: Mapped[bool] = mapped_column(default=False)
    residential: Mapped[bool] = mapped_column(default=False)
    risk_level: Mapped[str] = mapped_column(String(8), default="蓝")
    fire_key_level: Mapped[int] = mapped_column(default=0)
    head: Mapped[str] = mapped_column(Name, default="")
    phone: Mapped[str] = mapped_column(Code, default="")
    open_hours: Mapped[str] = mapped_column(Code, default="")
    uses_gas: Mapped[bool] = mapped_column(default=False)
    dangerous_goods: Mapped[bool] = mapped_column(default=False)
    special_equipment: Mapped[bool] = mapped_column(default=False)
    status: Mapped[str] = mapped_column(String(8), default="正常")
    team: Mapped[list[Any]] = mapped_column(JSON, default=list)  # who vouches for it (N包一): [{part, person, since}]
    legal_rep: Mapped[str] = mapped_column(Name, default="", server_default="")
    actual_controller: Mapped[str] = mapped_column(Name, default="", server_default="")
    phones: Mapped[list[Any]] = mapped_column(
        JSON, default=list, server_default="[]"
    )  # further contacts: [{name, phone}]
    tags: Mapped[list[Any]] = mapped_column(JSON, default=list, server_default="[]")
    fatal_accident: Mapped[bool] = mapped_column(default=False, server_default=false())  # 亡人事故
    joint_punishment: Mapped[bool] = mapped_column(default=False, server_default=false())  # 联合惩戒
    promise_year: Mapped[int | None]
    residents: Mapped[list[Any]] = mapped_column(
        JSON, default=list, server_default="[]"
    )  # 驻点人员: [{person, since, until}]
    entry_code: Mapped[str | None] = mapped_column(Code, index=True)  # what the QR code at its door says (扫码入企)
    linked_leader: Mapped[str | None] = mapped_column(ForeignKey("person.name"))  # 挂钩领导
    revision: Mapped[int] = mapped_column(default=0, server_default="0")
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    created_by: Mapped[str] = mapped_column(Name)


class Visit(Base):
    """People of ours were at a place: track A (patrol and advice) or track B (inspection, see Inspection)."""

    __tablename__ = "visit"
    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(String(32))
    place: Mapped[str] = mapped_column(ForeignKey("place.id"), index=True)
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    people: Mapped[list[Any]] = mapped_column(JSON)
    result: Mapped[str] = mapped_column(String(32))
    note: Mapped[str] = mapped_column(Text, default="")
    track: Mapped[str] = mapped_column(String(1), default="A", server_default="A")
    unit: Mapped[str | None] = mapped_column(ForeignKey("unit.code"))  # on whose behalf
    leader: Mapped[str | None] = mapped_column(ForeignKey("person.name"))  # 带队领导
    experts: Mapped[list[Any]] = mapped_column(JSON, default=list, server_default="[]")
    covert: Mapped[bool] = mapped_column(
        default=False, server_default=false()
    )  # 明查暗访: hidden from the place until it is filed
    filed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    findings: Mapped[list[Any]] = mapped_column(JSON, default=list, server_default="[]")  # [{item, ok, text}]
    advice: Mapped[str] = mapped_column(Text, default="", server_default="")
    clause: Mapped[str] = mapped_column(Text, default="", server_default="")  # what the visit rests on (table D9)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    created_by: Mapped[str] = mapped_column(Name)


class HazardCode(Base):
    """One row of the hazard code table, valid from one day to another; a hazard is judged by the row of its own
    day.
    """

    __tablename__ = "hazard_code"
    __table_args__ = (UniqueConstraint("code", "valid_from"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(Code)
    name: Mapped[str] = mapped_column(Name)
    code_group: Mapped[str] = mapped_column(Code)
    local_level: Mapped[str] = mapped_column(String(16))
    suspected: Mapped[bool] = mapped_column(default=False)
    default_n: Mapped[int]
    default_unit: Mapped[str] = mapped_column(String(8))
    default_roll: Mapped[str] = mapped_column(String(1))
    lead: Mapped[str] = mapped_column(Name, default="")
    clause: Mapped[str] = mapped_column(Text, default="")
    photo_rule: Mapped[str] = mapped_column(Text, default="")
    close_rule: Mapped[str] = mapped_column(Text, default="")
    legal_note: Mapped[str] = mapped_column(Name, default="")
    valid_from: Mapped[date]
    valid_to: Mapped[date | None]


class Milestone(Base):
    """A date by which the three-year plan wants something reached."""

    __tablename__ = "milestone"
    id: Mapped[str] = mapped_column(Code, primary_key=True)
    name: Mapped[str] = mapped_column(Name)
    due_on: Mapped[date] = mapped_column(index=True)
    target: Mapped[str] = mapped_column(Text)
    tasks: Mapped[list[Any]] = mapped_column(JSON, default=list)
    measure: Mapped[dict[str, Any]] = mapped_column(
        JSON, default=dict, server_default="{}"
    )  # how it is computed from the records: {kind: stock | growth | zero, …}; none: a person judges it
    revision: Mapped[int] = mapped_column(default=0, server_default="0")


class PlanTask(Base):
    """One of the numbered tasks of the three-year plan, with the units that lead and support it; ``communities`` says
    that beside them all communities are responsible (各社区负责).
    """

    __tablename__ = "plan_task"
    number: Mapped[int] = mapped_column(primary_key=True)
    action: Mapped[str] = mapped_column(Name)
    title: Mapped[str] = mapped_column(Name)
    content: Mapped[str] = mapped_column(Text)
    rhythm: Mapped[str] = mapped_column(Name, default="")
    lead_units: Mapped[list[Any]] = mapped_column(JSON)
    support_units: Mapped[list[Any]] = mapped_column(JSON)
    communities: Mapped[bool] = mapped_column(default=False, server_default=false())
    revision: Mapped[int] = mapped_column(default=0, server_default="0")
