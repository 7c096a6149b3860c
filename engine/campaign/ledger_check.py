"""Checks all rows of an uploaded sheet against the registers and against each other, and says it at the rows."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from engine.app import App
from engine.bpm.viewer import Viewer
from engine.campaign import ledger_rows
from engine.campaign.exchange_model import ImportRow, SheetImport
from engine.campaign.sheet_rows import SheetRow
from engine.campaign.sheet_world import World, known_fingerprints, known_numbers
from engine.said import Said


def check(
    tx: Session, app: App, made: SheetImport, rows: Sequence[ImportRow], viewer: Viewer, now: datetime
) -> None:  # fmt: skip
    """Write for each row of a sheet what it means or what is wrong with it, held against the registers of now."""
    world = World(tx, app, viewer, now)
    read: list[tuple[ImportRow, SheetRow, dict[str, Any] | None]] = []
    for row in rows:
        sheet_row = SheetRow(row.row, row.cells, made.headers, made.columns, made.defaults)
        blank = ledger_rows.blank(sheet_row)
        given = None if blank else ledger_rows.read(sheet_row, world, create_places=made.create_places)
        row.status = "ignored" if blank else "ready" if given else "error"
        read.append((row, sheet_row, given))
    known = known_numbers(tx, [given["number"] for _, _, given in read if given and given["number"]])
    before = known_fingerprints(tx, [given["fingerprint"] for _, _, given in read if given])
    numbers_seen: dict[str, int] = {}
    prints_seen: dict[str, int] = {}
    for row, sheet_row, given in read:
        if given:
            number, mark = given["number"], given["fingerprint"]
            old = known.get(number)
            if mark in before or (
                old and (old.place, old.code, old.text) == (given["place"], given["code"], given["text"])
            ):
                row.status, row.hazard = "exists", before.get(mark) or number
            elif old:
                sheet_row.error(
                    "number",
                    Said(
                        "台账里已有这个编号，内容不同，请核对编号",
                        "the ledger has this number with other content; check the number",
                    ),
                )
            elif mark in prints_seen:
                sheet_row.error(
                    "text",
                    Said(
                        f"与第 {prints_seen[mark]} 行完全相同，请删除其中一行",
                        f"it is the same as row {prints_seen[mark]}; delete one of them",
                    ),
                )
            elif number and number in numbers_seen:
                sheet_row.error(
                    "number",
                    Said(
                        f"与第 {numbers_seen[number]} 行的编号重复，请改正",
                        f"row {numbers_seen[number]} has the same number; correct it",
                    ),
                )
            prints_seen.setdefault(mark, row.row)
            numbers_seen.setdefault(number or f"row {row.row}", row.row)
        if sheet_row.wrong:
            row.status = "error"
        row.given = None if row.status == "error" else given
        row.problems = sheet_row.problems
