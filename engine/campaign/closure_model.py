"""The tables of what stands between a fix and its closure: judgement, five blocks, opinions, publicity,
re-visits, lawsuits. Only columns.
"""

from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, String, Text, UniqueConstraint, false
from sqlalchemy.orm import Mapped, mapped_column

from engine.campaign.model import Code, Name
from engine.db import Base, Sentences, UtcDateTime


class Judgement(Base):
    """A department's answer to whether a hazard is a major one: without a confirmed one, ``is_major`` stays false."""

    __tablename__ = "judgement"
    id: Mapped[int] = mapped_column(primary_key=True)
    hazard: Mapped[str] = mapped_column(ForeignKey("hazard.number"), index=True)
    confirmed: Mapped[bool]
    standard: Mapped[str] = mapped_column(Name)
    clause: Mapped[str] = mapped_column(Name)
    quote: Mapped[str] = mapped_column(Text)
    judge: Mapped[str] = mapped_column(ForeignKey("person.name"))
    unit: Mapped[str] = mapped_column(ForeignKey("unit.code"))
    judged_on: Mapped[date]
    opinion: Mapped[str] = mapped_column(Text)
    power: Mapped[str] = mapped_column(Text)  # the clause of table D9 it rests on
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    by: Mapped[str] = mapped_column(Name)  # who wrote it down: the judge, or the office that copied the paper


class FiveBlock(Base):
    """One of the five blocks (五落实) of a hazard: its text, and whether it is proven."""

    __tablename__ = "five_block"
    __table_args__ = (UniqueConstraint("hazard", "block"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    hazard: Mapped[str] = mapped_column(ForeignKey("hazard.number"))
    block: Mapped[str] = mapped_column(String(16))  # measures | responsible | funds | limit | plan
    text: Mapped[str] = mapped_column(Text)
    done: Mapped[bool]
    files: Mapped[list[Any]] = mapped_column(JSON)  # evidence ids
    note: Mapped[str] = mapped_column(Text)
    written_at: Mapped[datetime] = mapped_column(UtcDateTime)
    written_by: Mapped[str] = mapped_column(Name)
    done_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    done_by: Mapped[str] = mapped_column(Name)


class Clearance(Base):
    """An opinion that closing needs: 验收报告, 专家意见, 恢复审查, 部门审核."""

    __tablename__ = "clearance"
    id: Mapped[int] = mapped_column(primary_key=True)
    hazard: Mapped[str] = mapped_column(ForeignKey("hazard.number"), index=True)
    kind: Mapped[str] = mapped_column(String(16))
    passed: Mapped[bool]
    text: Mapped[str] = mapped_column(Text)
    unit: Mapped[str] = mapped_column(ForeignKey("unit.code"))
    files: Mapped[list[Any]] = mapped_column(JSON)
    power: Mapped[str] = mapped_column(Text)
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    by: Mapped[str] = mapped_column(Name)
    approver: Mapped[str] = mapped_column(Name)  # the head who approved, where table D9 asks for one
    mandate: Mapped[str] = mapped_column(Name, default="", server_default="")  # under which ``by`` approved for them


class Publicity(Base):
    """A planned closure shown to the public; objections until its end."""

    __tablename__ = "publicity"
    id: Mapped[int] = mapped_column(primary_key=True)
    hazard: Mapped[str] = mapped_column(ForeignKey("hazard.number"), index=True)
    venue: Mapped[str] = mapped_column(Text)
    text: Mapped[str] = mapped_column(Text)
    begun_at: Mapped[datetime] = mapped_column(UtcDateTime)
    ends_at: Mapped[datetime] = mapped_column(UtcDateTime)
    clause: Mapped[str] = mapped_column(Text)
    trace: Mapped[list[str]] = mapped_column(Sentences)
    by: Mapped[str] = mapped_column(Name)
    provisional: Mapped[bool] = mapped_column(default=False, server_default=false())  # ends in a year without holidays
    withdrawn_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class Objection(Base):
    """One objection against a planned closure and what became of it."""

    __tablename__ = "objection"
    id: Mapped[int] = mapped_column(primary_key=True)
    publicity: Mapped[int] = mapped_column(ForeignKey("publicity.id"), index=True)
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    who: Mapped[str] = mapped_column(Name)
    text: Mapped[str] = mapped_column(Text)
    upheld: Mapped[bool | None]  # None: not answered yet
    answer: Mapped[str] = mapped_column(Text)
    answered_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    answered_by: Mapped[str] = mapped_column(Name)


class Revisit(Base):
    """A look at a closed hazard by somebody else than who closed it, on a day that was drawn."""

    __tablename__ = "revisit"
    __table_args__ = (UniqueConstraint("hazard", "no"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    hazard: Mapped[str] = mapped_column(ForeignKey("hazard.number"))
    no: Mapped[int]
    kind: Mapped[str] = mapped_column(String(16))  # 回访 | 立改抽查
    clock: Mapped[str] = mapped_column(Code)  # the rule of clocks.yaml: T58, T58.spot
    seed: Mapped[str] = mapped_column(Code)
    begin_at: Mapped[datetime] = mapped_column(UtcDateTime)
    due_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)
    closer: Mapped[str] = mapped_column(Name)  # who closed or fixed it: may not do it
    instance_id: Mapped[str | None] = mapped_column(ForeignKey("instance.id"), unique=True)
    done_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    done_by: Mapped[str] = mapped_column(Name)
    result: Mapped[str] = mapped_column(String(16))  # "" | 保持良好 | 未整改 | 复发
    note: Mapped[str] = mapped_column(Text)
    reopened: Mapped[str | None] = mapped_column(ForeignKey("hazard.number"))


class Lawsuit(Base):
    """A review or lawsuit (复议、诉讼) about a document or measure of a hazard: it runs until its result is written."""

    __tablename__ = "lawsuit"
    id: Mapped[int] = mapped_column(primary_key=True)
    hazard: Mapped[str] = mapped_column(ForeignKey("hazard.number"), index=True)
    kind: Mapped[str] = mapped_column(String(16))  # 行政复议 | 行政诉讼
    document: Mapped[str | None] = mapped_column(ForeignKey("document.id"))
    measure: Mapped[int | None] = mapped_column(ForeignKey("measure.id"))
    organ: Mapped[str] = mapped_column(Name)  # before whom
    number: Mapped[str] = mapped_column(Name)
    filed_on: Mapped[date]
    ended_on: Mapped[date | None]
    result: Mapped[str] = mapped_column(Text)
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    by: Mapped[str] = mapped_column(Name)
