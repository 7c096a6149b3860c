"""Writes what became of each row into the office's own workbook, whose formatting stays. Runs in a child process."""

import io
import warnings
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import openpyxl
from openpyxl.comments import Comment
from openpyxl.styles import PatternFill

from engine.campaign.sheet_reading import csv_rows

TITLE = "导入结果"
WORDS = {
    "ready": "可以导入", "pending": "等待导入", "done": "已导入", "exists": "已有，未重复导入",
    "ignored": "不是记录，已略过",
    "error": "有错误，未导入", "failed": "导入失败",
}  # fmt: skip
FILLS = {"error": PatternFill("solid", fgColor="FFC7CE"), "warning": PatternFill("solid", fgColor="FFEB9C")}


def write(
    source: str, target: str, sheet: str, header_row: int, results: Sequence[Any], tick: Callable[[], None]
) -> dict[str, Any]:
    """``results``: (row, status, key, problems) each. The file goes to ``target``."""
    tick()
    warnings.simplefilter("ignore")
    content = Path(source).read_bytes()
    book = openpyxl.load_workbook(io.BytesIO(content), keep_links=False) if content[:2] == b"PK" else _from_csv(content)
    page: Any = book[sheet] if sheet in book.sheetnames else book.worksheets[0]
    column = page.max_column + 1
    page.cell(header_row, column, TITLE)
    merged = {cell for area in page.merged_cells.ranges for line in area.rows for cell in line if cell != area.coord}
    firsts = {(area.min_row, area.min_col) for area in page.merged_cells.ranges}
    for number, status, key, problems in results:
        told = [WORDS[status] + (f" {key}" if key else ""), *(problem["message"] for problem in problems)]
        result = page.cell(number, column, "；".join(told)[:30_000])
        if status in ("error", "failed"):
            result.fill = FILLS["error"]
        for problem in problems:
            place = (number, (problem["column"] or 0) + 1)
            if problem["column"] is not None and (place not in merged or place in firsts):
                cell = page.cell(*place)
                cell.fill = FILLS[problem["severity"]]
                cell.comment = Comment(problem["message"], "Bihuan")
    page.column_dimensions[page.cell(header_row, column).column_letter].width = 60
    book.save(target)
    return {}


def _from_csv(content: bytes) -> Any:
    book = openpyxl.Workbook()
    page: Any = book.active
    page.title = "CSV"
    for number, row in enumerate(csv_rows(content)(), 1):
        for index, value in enumerate(row, 1):
            cell = page.cell(number, index)
            cell.value, cell.data_type = value or None, "s"  # a text that starts with = stays a text
    return book
