"""A report as a workbook (a sheet for the figures, one for each table) or as a Word document."""

import io
import re
from typing import Any

from docx import Document
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml.ns import qn
from docx.shared import Pt
from openpyxl import Workbook
from openpyxl.styles import Alignment, Font
from openpyxl.utils import get_column_letter

DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
TYPES = {"json": "application/json", "xlsx": XLSX, "docx": DOCX}
FIGURES = ["指标", "数字", "分子", "分母", "百分比", "单位", "口径"]
_UNPRINTABLE = {code: None for code in range(32) if code not in (9, 10, 13)}  # what no file of Office may hold


def written(report: dict[str, Any], format: str) -> bytes:
    """The report as a file of this format."""
    return xlsx(report) if format == "xlsx" else docx(report)


def xlsx(report: dict[str, Any]) -> bytes:
    """A workbook; text stays text, also when it starts like a formula."""
    book = Workbook()
    page: Any = book.active
    page.title = "指标"
    _sheet(page, headline(report), report["note"], FIGURES, _figure_rows(report))
    for table in report["tables"]:
        title = re.sub(r"[\[\]:*?/\\]", "", table["title"])[:31]
        _sheet(book.create_sheet(title), table["title"], table["words"], table["columns"], table["rows"])
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def docx(report: dict[str, Any]) -> bytes:
    """A Word document: title, when it was counted, figures, tables."""
    made = Document()
    normal: Any = made.styles["Normal"]
    normal.font.name, normal.font.size = "Times New Roman", Pt(12)
    normal.element.rPr.rFonts.set(qn("w:eastAsia"), "仿宋_GB2312")
    title = made.add_paragraph()
    title.alignment = WD_ALIGN_PARAGRAPH.CENTER
    run: Any = title.add_run(_clean(headline(report)))
    run.font.size, run.bold = Pt(22), True
    made.add_paragraph(_clean(counted(report)))
    if report["figures"]:
        _table(made, FIGURES, _figure_rows(report))
    for table in report["tables"]:
        heading: Any = made.add_paragraph().add_run(_clean(table["title"]))
        heading.bold = True
        made.add_paragraph(_clean(table["words"]))
        if table["rows"]:
            _table(made, table["columns"], table["rows"])
        else:
            made.add_paragraph("本期没有。")
    made.add_paragraph(_clean(report["note"]))
    out = io.BytesIO()
    made.save(out)
    return out.getvalue()


def headline(report: dict[str, Any]) -> str:
    """The title with its period."""
    return f"{report['title']}（{report['period']}）"


def counted(report: dict[str, Any]) -> str:
    """When it was counted and whether it is frozen, in words."""
    frozen = report.get("frozen")
    told = f"期间 {report['starts_on']} 至 {report['ends_on']}，统计时间 {report['counted_at']}"
    if not frozen:
        return told + "，未冻结"
    return told + f"，第 {frozen['version']} 版" + (f"，更正理由：{frozen['reason']}" if frozen["reason"] else "")


def _figure_rows(report: dict[str, Any]) -> list[list[Any]]:
    return [[one["title"], one["shown"], one["numerator"], one["denominator"], one["rate"], one["unit"], one["words"]]
            for one in report["figures"]]  # fmt: skip


def _sheet(page: Any, title: str, words: str, columns: list[str], rows: list[list[Any]]) -> None:
    bold, wrapped = Font(bold=True), Alignment(wrap_text=True, vertical="top")
    for line in ([title], [words], columns, *rows):
        at = page.max_row + 1 if page.max_row > 1 or page["A1"].value is not None else 1
        for number, value in enumerate(line, 1):
            cell = page.cell(at, number)
            cell.value = _clean(value) if isinstance(value, str) else value
            if isinstance(value, str) and value:
                cell.data_type = "s"
            cell.alignment = wrapped
            if at in (1, 3):
                cell.font = bold
    for number, column in enumerate(columns, 1):
        page.column_dimensions[get_column_letter(number)].width = min(max(len(column) * 2 + 2, 12), 40)
    page.freeze_panes = "B4"


def _table(made: Any, columns: list[str], rows: list[list[Any]]) -> None:
    table = made.add_table(rows=1, cols=len(columns))
    table.style = "Table Grid"
    for cell, text in zip(table.rows[0].cells, columns, strict=True):
        cell.text = text
    for row in rows:
        for cell, value in zip(table.add_row().cells, row, strict=True):
            cell.text = "" if value is None else _clean(str(value))


def _clean(text: str) -> str:
    return text.translate(_UNPRINTABLE)[:32_000]
