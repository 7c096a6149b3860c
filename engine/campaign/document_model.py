"""The tables of documents: the paper with its life, its versions, signatures and services. Only columns."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, String, Text, UniqueConstraint, false
from sqlalchemy.orm import Mapped, mapped_column

from engine.campaign.model import Code, Name
from engine.db import Base, Sentences, UtcDateTime


class Document(Base):
    """One document 文书. Its number is assigned at approval and stays taken for ever; what was issued is frozen under
    ``sha256``.
    """

    __tablename__ = "document"
    __table_args__ = (UniqueConstraint("series", "year", "serial"), Index("ix_document_organ", "organ", "type"))
    id: Mapped[str] = mapped_column(Code, primary_key=True)
    type: Mapped[str] = mapped_column(Code)
    organ: Mapped[str] = mapped_column(ForeignKey("unit.code"))  # in whose name
    unit: Mapped[str] = mapped_column(ForeignKey("unit.code"))  # which drafted it
    hazard: Mapped[str | None] = mapped_column(ForeignKey("hazard.number"), index=True)
    place: Mapped[str | None] = mapped_column(ForeignKey("place.id"), index=True)
    to_unit: Mapped[str | None] = mapped_column(ForeignKey("unit.code"), index=True)
    paper: Mapped[int | None] = mapped_column(ForeignKey("assignment.id"), unique=True)  # whose number it carries
    about: Mapped[str | None] = mapped_column(ForeignKey("document.id"), index=True)  # of a 送达回证: what was served
    inspection: Mapped[int | None] = mapped_column(ForeignKey("inspection.visit"), index=True)  # drawn up for it
    all_found: Mapped[bool] = mapped_column(default=False, server_default=false())  # about all that was found on it
    title: Mapped[str] = mapped_column(Name)
    body: Mapped[dict[str, Any]] = mapped_column(JSON)
    officers: Mapped[list[Any]] = mapped_column(JSON)
    template: Mapped[int | None] = mapped_column(ForeignKey("document_template.id"))  # None: as shipped
    state: Mapped[str] = mapped_column(String(12))
    revision: Mapped[int] = mapped_column(default=1)
    version: Mapped[int] = mapped_column(default=0)  # of the body: counts what was submitted
    series: Mapped[str | None] = mapped_column(Code)
    year: Mapped[int | None]
    serial: Mapped[int | None]
    number: Mapped[str | None] = mapped_column(Code)
    verify_code: Mapped[str] = mapped_column(Code, unique=True)
    drafted_at: Mapped[datetime] = mapped_column(UtcDateTime)
    drafted_by: Mapped[str] = mapped_column(Name, index=True)
    submitted_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    submitted_by: Mapped[str | None] = mapped_column(Name)
    approved_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    approved_by: Mapped[str | None] = mapped_column(Name)
    approved_for: Mapped[str] = mapped_column(Name, default="", server_default="")  # the absent head, and the number
    approved_mandate: Mapped[str] = mapped_column(Name, default="", server_default="")  # of the written mandate
    issued_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    issued_by: Mapped[str | None] = mapped_column(Name)
    seal: Mapped[str] = mapped_column(Name, default="")
    sha256: Mapped[str | None] = mapped_column(Code)
    power: Mapped[str] = mapped_column(Text, default="", server_default="")  # the clause it rests on (table D9)
    certificates: Mapped[list[Any]] = mapped_column(JSON, default=list, server_default="[]")  # as they stood then
    served_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    archived_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    void_asked_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    void_asked_by: Mapped[str | None] = mapped_column(Name)
    void_reason: Mapped[str | None] = mapped_column(Text)
    voided_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    voided_by: Mapped[str | None] = mapped_column(Name)


class DocumentHazard(Base):
    """A further hazard of the same place that a document names, besides its own."""

    __tablename__ = "document_hazard"
    document: Mapped[str] = mapped_column(ForeignKey("document.id"), primary_key=True)
    hazard: Mapped[str] = mapped_column(ForeignKey("hazard.number"), primary_key=True, index=True)


class DocumentVersion(Base):
    """A body as it was submitted, and what became of it."""

    __tablename__ = "document_version"
    __table_args__ = (UniqueConstraint("document", "version"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    document: Mapped[str] = mapped_column(ForeignKey("document.id"))
    version: Mapped[int]
    body: Mapped[dict[str, Any]] = mapped_column(JSON)
    sha256: Mapped[str] = mapped_column(Code)  # of the body, canonical JSON
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    by: Mapped[str] = mapped_column(Name)
    outcome: Mapped[str] = mapped_column(String(12), default="")  # "" | approved | rejected
    opinion: Mapped[str] = mapped_column(Text, default="")
    decided_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    decided_by: Mapped[str | None] = mapped_column(Name)


class DocumentSignature(Base):
    """Strokes that somebody drew on a device under a body; the PNG lies in the file store under its hash."""

    __tablename__ = "document_signature"
    __table_args__ = (UniqueConstraint("document", "person"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    document: Mapped[str] = mapped_column(ForeignKey("document.id"), index=True)
    role: Mapped[str] = mapped_column(String(8))  # 承办人 | 当事人 | 见证人
    name: Mapped[str] = mapped_column(Name)
    person: Mapped[str | None] = mapped_column(Name)  # the account of an officer
    sha256: Mapped[str] = mapped_column(Code)
    body_sha256: Mapped[str] = mapped_column(Code)  # what was signed
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    by: Mapped[str] = mapped_column(Name)  # on whose device


class DocumentServing(Base):
    """One service 送达 of a document; its 送达回证 is a document of its own."""

    __tablename__ = "document_serving"
    id: Mapped[int] = mapped_column(primary_key=True)
    document: Mapped[str] = mapped_column(ForeignKey("document.id"), index=True)
    receipt: Mapped[str] = mapped_column(ForeignKey("document.id"))
    way: Mapped[str] = mapped_column(String(8))
    place: Mapped[str] = mapped_column(Name)
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    recipient: Mapped[str] = mapped_column(Name)
    signed_by: Mapped[str] = mapped_column(Name, default="")
    witnesses: Mapped[list[Any]] = mapped_column(JSON)
    refusal_note: Mapped[str] = mapped_column(Text, default="")
    tracking: Mapped[str] = mapped_column(Name, default="")
    effective_at: Mapped[datetime | None] = mapped_column(UtcDateTime)  # of a public notice; None: at once
    trace: Mapped[list[str]] = mapped_column(Sentences, default=list, server_default="[]")
    provisional: Mapped[bool] = mapped_column(default=False, server_default=false())
    files: Mapped[list[Any]] = mapped_column(JSON, default=list, server_default="[]")  # evidence: photos of the receipt
    by: Mapped[str] = mapped_column(Name)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)


class DocumentTemplate(Base):
    """A Word template that an organ uses for a type from one moment on; without ``sha256`` it is the shipped one."""

    __tablename__ = "document_template"
    __table_args__ = (UniqueConstraint("organ", "type", "version"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    organ: Mapped[str] = mapped_column(ForeignKey("unit.code"))
    type: Mapped[str] = mapped_column(Code)
    version: Mapped[int]
    sha256: Mapped[str | None] = mapped_column(Code)
    note: Mapped[str] = mapped_column(Name, default="")
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    by: Mapped[str] = mapped_column(Name)
