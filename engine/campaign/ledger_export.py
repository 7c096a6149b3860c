"""Writes the ledger as a sheet (.xlsx), CSV or JSON into a temporary file, line by line: memory does not grow."""

import csv
import io
import json
import tempfile
from collections.abc import Iterator
from datetime import datetime
from typing import IO, Any

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter

from engine.app import App
from engine.bpm.viewer import Viewer
from engine.campaign.hazard_list import Wanted
from engine.campaign.ledger_columns import LEDGER
from engine.campaign.ledger_lines import Line, lines
from engine.errors import Invalid

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
FORMATS = {"json": "application/json; charset=utf-8", "xlsx": XLSX, "csv": "text/csv; charset=utf-8"}
FILLS = {
    "purple": "B19CD9", "deep_red": "C00000", "red": "FF6666", "orange": "FFB266",
    "yellow": "FFFF99", "green": "C6EFCE",
    "grey": "D9D9D9",
}  # fmt: skip
FORMULA = ("=", "+", "-", "@", "\t", "\r")


def export(app: App, viewer: Viewer, *, format: str, **wanted: Any) -> IO[bytes]:
    """The ledger as this viewer sees it, open at its start; ``wanted`` are the fields of hazard_list.Wanted. Raises
    Invalid for an unknown format.
    """
    if format not in FORMATS:
        raise Invalid(f"格式“{format}”不对，可用：{'、'.join(FORMATS)}。", en=f"Format {format} is unknown.")
    now = app.clock()
    target: IO[bytes] = tempfile.TemporaryFile()  # noqa: SIM115  # whoever asked closes it
    try:
        with app.reading() as tx:
            WRITERS[format](target, lines(tx, app, viewer, Wanted(**wanted), now))
        target.seek(0)
    except BaseException:
        target.close()
        raise
    return target


def _xlsx(target: IO[bytes], found: Iterator[Line]) -> None:
    book = Workbook(write_only=True)
    page: Any = book.create_sheet("隐患台账")
    page.freeze_panes = "B2"
    page.print_title_rows = "1:1"
    page.page_setup.orientation, page.page_setup.fitToHeight = "landscape", 0
    page.sheet_properties.pageSetUpPr.fitToPage = True
    for index, column in enumerate(LEDGER, 1):
        page.column_dimensions[get_column_letter(index)].width = column.width
    bold, wrapped = Font(bold=True), Alignment(wrap_text=True, vertical="top")
    page.append([_cell(page, column.title, font=bold, alignment=wrapped) for column in LEDGER])
    fills = {colour: PatternFill("solid", fgColor=code) for colour, code in FILLS.items()}
    lamp, count = [column.key for column in LEDGER].index("lamp"), 1
    for line in found:
        count += 1
        row = [_cell(page, line.values[column.key], alignment=wrapped) for column in LEDGER]
        row[lamp].fill = fills[line.lamp]
        page.append(row)
    page.auto_filter.ref = f"A1:{get_column_letter(len(LEDGER))}{count}"
    book.save(target)


def _cell(page: Any, value: Any, **style: Any) -> Any:
    """Text stays text, also when it starts like a formula."""
    cell = WriteOnlyCell(page)
    if isinstance(value, datetime):
        cell.value, cell.number_format = value.replace(tzinfo=None), "yyyy-mm-dd hh:mm"
    elif isinstance(value, str):
        cell.value = value.translate(_UNPRINTABLE)[:32_000] or None
        if value:
            cell.data_type = "s"
    else:
        cell.value = value
    for name, part in style.items():
        setattr(cell, name, part)
    return cell


_UNPRINTABLE = {code: None for code in range(32) if code not in (9, 10, 13)}  # what no workbook may hold


def _csv(target: IO[bytes], found: Iterator[Line]) -> None:
    text = io.TextIOWrapper(target, "utf-8-sig", newline="", write_through=True)
    writer = csv.writer(text)
    writer.writerow([column.title for column in LEDGER])
    for line in found:
        writer.writerow([_harmless(_plain(line.values[column.key])) for column in LEDGER])
    text.detach()


def _harmless(value: Any) -> Any:
    """Excel takes a text that starts so for a formula, also in a CSV; an apostrophe in front says that it is text."""
    return "'" + value if isinstance(value, str) and value.startswith(FORMULA) else value


def _json(target: IO[bytes], found: Iterator[Line]) -> None:
    target.write(b'{"items":[')
    for place, line in enumerate(found):
        values = {column.key: _plain(line.values[column.key]) for column in LEDGER} | {"lamp_colour": line.lamp}
        target.write((b",\n" if place else b"\n") + json.dumps(values, ensure_ascii=False).encode())
    target.write(b"\n]}\n")


def _plain(value: Any) -> Any:
    return value.isoformat(sep=" ", timespec="seconds")[:19] if isinstance(value, datetime) else value


WRITERS = {"xlsx": _xlsx, "csv": _csv, "json": _json}
