"""The tables of exchange: a file that is imported with its rows, what a paper ledger says beyond the columns of a
hazard, and which column an office meant. Only columns.
"""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from engine.campaign.model import Code, Name
from engine.db import Base, Sentences, UtcDateTime


class SheetImport(Base):
    """One uploaded sheet. Nothing of it is in the registers before it is started; then its rows are worked off, some
    in each transaction.
    """

    __tablename__ = "sheet_import"
    __table_args__ = (Index("ix_sheet_import_status", "status", "at"),)
    id: Mapped[str] = mapped_column(Code, primary_key=True)
    kind: Mapped[str] = mapped_column(String(12), default="ledger", server_default="ledger")  # ledger | places | visits
    filename: Mapped[str] = mapped_column(Name)
    sha256: Mapped[str] = mapped_column(Code)
    sheet: Mapped[str] = mapped_column(Name)
    sheets: Mapped[list[Any]] = mapped_column(JSON)  # names of the visible sheets
    header_row: Mapped[int]
    headers: Mapped[list[Any]] = mapped_column(JSON)
    columns: Mapped[dict[str, Any]] = mapped_column(JSON)  # field -> index of the column
    defaults: Mapped[dict[str, Any]] = mapped_column(JSON)  # field -> what an empty cell means
    create_places: Mapped[bool] = mapped_column(default=False)
    existing: Mapped[str] = mapped_column(String(12), default="skip", server_default="skip")  # skip | update
    notes: Mapped[list[str]] = mapped_column(Sentences)
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    by: Mapped[str] = mapped_column(Name)
    status: Mapped[str] = mapped_column(String(12))  # draft | running | finished | stopped
    started_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    finished_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class ImportRow(Base):
    """One row of a sheet: its cells as they were read, what they mean, and what became of it."""

    __tablename__ = "import_row"
    __table_args__ = (Index("ix_import_row_status", "import_id", "status", "row"),)
    import_id: Mapped[str] = mapped_column(ForeignKey("sheet_import.id"), primary_key=True)
    row: Mapped[int] = mapped_column(primary_key=True)  # as the sheet counts
    cells: Mapped[list[Any]] = mapped_column(JSON)
    given: Mapped[dict[str, Any] | None] = mapped_column(JSON)  # what was understood; None while there are errors
    problems: Mapped[list[Any]] = mapped_column(JSON)  # {column, field, value, message, en, severity}
    status: Mapped[str] = mapped_column(String(12))  # ready | error | exists | ignored | pending | done | failed
    hazard: Mapped[str | None] = mapped_column(Code)  # its number in the ledger
    place: Mapped[str | None] = mapped_column(Code)  # the place that was made or changed
    visit: Mapped[int | None]  # the visit that was made


class LedgerEntry(Base):
    """What the paper ledger says about an imported hazard and the hazard's own columns have no room for; its
    fingerprint keeps the same row from being imported twice.
    """

    __tablename__ = "ledger_entry"
    hazard: Mapped[str] = mapped_column(ForeignKey("hazard.number"), primary_key=True)
    import_id: Mapped[str] = mapped_column(ForeignKey("sheet_import.id"))
    row: Mapped[int]
    fingerprint: Mapped[str] = mapped_column(Code, unique=True)
    columns: Mapped[dict[str, Any]] = mapped_column(JSON)  # field of the ledger -> text


class ColumnMemory(Base):
    """Which field a unit meant by the header of a column, the last time somebody of it imported."""

    __tablename__ = "column_memory"
    kind: Mapped[str] = mapped_column(String(12), primary_key=True, server_default="ledger")
    unit: Mapped[str] = mapped_column(Code, primary_key=True)  # empty for admins without a unit
    header: Mapped[str] = mapped_column(Name, primary_key=True)  # as ledger_columns.plain writes it
    field: Mapped[str] = mapped_column(String(32))  # empty: this column is left out
