"""How an import and its rows are shown."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from engine.campaign.exchange_model import ImportRow, SheetImport
from engine.campaign.sheet_drafts import of
from engine.campaign.sheet_kinds import COLUMNS, REQUIRED


@dataclass(frozen=True, slots=True)
class ImportView:
    """An import as it is shown: ``columns`` says for each field the header it is read from, ``counts`` how many rows
    have which status, ``done`` of ``total`` how far it is.
    """

    id: str
    kind: str
    filename: str
    sheet: str
    sheets: list[str]
    header_row: int
    headers: list[str]
    columns: dict[str, str]
    defaults: dict[str, str]
    create_places: bool
    existing: str
    notes: list[str]
    status: str
    counts: dict[str, int]
    done: int
    total: int
    at: datetime
    by: str
    finished_at: datetime | None
    fields: list[dict[str, Any]]


@dataclass(frozen=True, slots=True)
class RowView:
    """A row and what is to be known about it."""

    row: int
    status: str
    problems: list[dict[str, Any]]
    hazard: str | None
    place: str | None
    visit: int | None


def named(row: ImportRow) -> str:
    """What a row became, as people call it."""
    return row.hazard or (f"{row.visit} 号走访" if row.visit else "") or row.place or ""


def counts_of(tx: Session, id: str) -> dict[str, int]:
    """How many rows have which status."""
    grouped = select(ImportRow.status, func.count()).where(of(id)).group_by(ImportRow.status)
    return {row[0]: row[1] for row in tx.execute(grouped)}


def view_of(tx: Session, made: SheetImport) -> ImportView:
    """An import as it is shown."""
    counts = counts_of(tx, made.id)
    done = counts.get("done", 0) + counts.get("failed", 0)
    return ImportView(
        made.id, made.kind, made.filename, made.sheet, made.sheets, made.header_row, made.headers,
        {field: made.headers[index] for field, index in made.columns.items()}, made.defaults, made.create_places,
        made.existing, made.notes, made.status, counts, done,
        done + counts.get("pending", 0) + counts.get("ready", 0), made.at, made.by, made.finished_at,
        [
            {"key": column.key, "title": column.title, "required": column.key in REQUIRED[made.kind]}
            for column in COLUMNS[made.kind]
        ],
    )  # fmt: skip
