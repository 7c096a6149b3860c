"""Reads an uploaded sheet into plain cells. Runs in a child process with limits (engine/forker.py): whatever the file
does, only the child suffers. Reads values only: no formula is computed, no macro runs, no link is followed.

A cell is None, text, a number, a bool, ``["d", ISO text]`` for a date, or ``["x", what it shows]`` for something
without a usable value: a formula that was never computed, or an error such as #REF!.
"""

import csv
import io
import re
import warnings
import zipfile
from collections.abc import Callable, Iterable, Iterator
from datetime import date, datetime, time
from itertools import islice
from pathlib import Path
from typing import Any

import openpyxl
from openpyxl.utils import range_boundaries

from engine.bounded import Limits
from engine.campaign import ledger_columns, sheet_kinds
from engine.uploads import STARTS

LIMITS = Limits(soft=40.0, hard=45.0, memory=2 * 1024**3)
MOST_ROWS, MOST_COLUMNS, LONGEST_TEXT = 20_000, 100, 8_000
MOST_EMPTY = 500  # empty rows in a row, after which a sheet counts as over
UNPACKED, PARTS, RATIO = 300 * 1024 * 1024, 2_000, 1_000
OLE = next(start for start, kind in STARTS if kind == "application/x-ole-storage")
EXAMPLES = {
    sheet_kinds.LEDGER: "单位、隐患描述、发现时间、整改时限",
    sheet_kinds.PLACES: "单位名称、统一社会信用代码、场所类型、网格",
    sheet_kinds.VISITS: "检查时间、单位名称、检查类型、检查结果、检查人",
}
Cell = Any
Row = list[Cell]


class Unreadable(Exception):
    """The file cannot be used; the two sentences say why and what to do."""

    def __init__(self, message: str, en: str) -> None:
        super().__init__(message)
        self.message, self.en = message, en


def read(path: str, kind: str, sheet: str | None, header_row: int | None, tick: Callable[[], None]) -> dict[str, Any]:
    """``{sheet, sheets, header_row, headers, rows: [[number, cells]], notes: [[zh, en]]}`` of the sheet that looks
    most like this kind (sheet_kinds), or ``{refused: [message, en]}``.
    """
    tick()
    content = Path(path).read_bytes()
    try:
        notes: list[tuple[str, str]] = []
        book = _workbook(content, notes) if content.startswith(b"PK\x03\x04") else {"CSV": csv_rows(content)}
        return _table(book, kind, sheet, header_row, notes)
    except Unreadable as refusal:
        return {"refused": [refusal.message, refusal.en]}


def _table(
    book: dict[str, Callable[[], Iterator[Row]]],
    kind: str,
    sheet: str | None,
    header_row: int | None,
    notes: list[tuple[str, str]],
) -> dict[str, Any]:
    if sheet is not None and sheet not in book:
        raise Unreadable(
            f"文件里没有工作表“{sheet}”，可选：{'、'.join(book)}。",
            f"There is no sheet {sheet}; there are {', '.join(book)}.",
        )
    heads = {name: list(islice(book[name](), 30)) for name in ([sheet] if sheet else book)}
    found = {name: ledger_columns.find_header(rows, sheet_kinds.COLUMNS[kind]) for name, rows in heads.items()}
    name = max(found, key=lambda one: found[one].score)
    if header_row is None and found[name].score < ledger_columns.ENOUGH:
        raise Unreadable(
            f"没有找到表头：请让表头占一行，列名例如“{EXAMPLES[kind]}”，或指明工作表和表头所在行。",
            "No header row was found; put the column names into one row, or name the sheet and the row.",
        )
    first = header_row or found[name].row
    lines = found[name].lines if header_row is None else 1
    if first > len(heads[name]):
        raise Unreadable(
            f"第 {first} 行没有内容，请核对表头所在行。", f"Row {first} is empty; check which row the header is."
        )
    headers = ledger_columns.header_texts(heads[name][first - 1 : first - 1 + lines])
    rows = _body(islice(enumerate(book[name](), 1), first - 1 + lines, None))
    if not rows:
        raise Unreadable(f"工作表“{name}”的表头下面没有数据。", f"Sheet {name} has no row below its header.")
    return {
        "sheet": name, "sheets": list(book), "header_row": first, "headers": headers, "rows": rows, "notes": notes,
    }  # fmt: skip


def _body(numbered: Iterable[tuple[int, Row]]) -> list[tuple[int, Row]]:
    rows = [(number, row) for number, row in numbered if any(cell not in (None, "") for cell in row)]
    if len(rows) > MOST_ROWS:
        raise Unreadable(
            f"数据超过 {MOST_ROWS} 行，请拆成几个文件分别导入。",
            f"There are more than {MOST_ROWS} rows; split the file.",
        )
    return rows


def _until_empty(rows: Iterable[Row]) -> Iterator[Row]:
    """The rows up to where nothing follows any more; a sheet may claim a million of them."""
    waiting: list[Row] = []
    for row in rows:
        waiting.append(row)
        if any(cell not in (None, "") for cell in row):
            yield from waiting
            waiting = []
        elif len(waiting) >= MOST_EMPTY:
            return


def csv_rows(content: bytes) -> Callable[[], Iterator[Row]]:
    """The rows of a CSV, each as text cells. Raises Unreadable."""
    text = _decoded(content)
    first = text[:4096]
    delimiter = max(",\t;，", key=first.count)
    csv.field_size_limit(1_000_000)

    def rows() -> Iterator[Row]:
        try:
            for line in _until_empty(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)):
                yield [_text(re.sub(r"^'(?=[=+@-])", "", cell)) for cell in line[:MOST_COLUMNS]]  # as we export it
        except csv.Error as error:
            raise Unreadable(
                "CSV 的格式有误（可能有没有闭合的引号），请用 Excel 另存为 .xlsx。",
                "The CSV is broken (perhaps a quote is not closed); save it as .xlsx in Excel.",
            ) from error

    return rows


def _decoded(content: bytes) -> str:
    if content.startswith(OLE):
        if "EncryptedPackage".encode("utf-16-le") in content:
            raise Unreadable(
                "文件有打开密码，请在 Excel 中取消密码后再上传。", "The file is encrypted; save it without password."
            )
        raise Unreadable(
            "这是 Excel 97-2003 的 .xls 文件，请在 Excel 或 WPS 中另存为 .xlsx 后再上传（只改后缀名不行）。",
            "This is an old .xls file; save it as .xlsx (renaming is not enough).",
        )
    encodings = ("utf-16",) if content[:2] in (b"\xff\xfe", b"\xfe\xff") else ("utf-8-sig", "gb18030")
    for encoding in encodings:
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        if text.lstrip()[:1] == "<":
            raise Unreadable(
                "文件的内容是网页或 XML，不是表格，请在 Excel 中打开后另存为 .xlsx。",
                "The file is HTML or XML; open it in Excel and save it as .xlsx.",
            )
        if "\x00" not in text:
            return text
    raise Unreadable(
        "无法识别文件：请上传 .xlsx，或用 UTF-8、GB18030 编码的 .csv。",
        "The file is not known: use .xlsx, or .csv in UTF-8 or GB18030.",
    )


def _workbook(content: bytes, notes: list[tuple[str, str]]) -> dict[str, Callable[[], Iterator[Row]]]:
    check_archive(content)
    warnings.simplefilter("ignore")  # what openpyxl leaves out, such as validations, is no news here
    try:
        book = openpyxl.load_workbook(io.BytesIO(content), read_only=True, data_only=True, keep_links=False)
        raw = openpyxl.load_workbook(io.BytesIO(content), read_only=True, keep_links=False)
    except MemoryError:
        raise
    except Exception as error:
        raise Unreadable(
            "文件已损坏或不是标准的 .xlsx，请在 Excel 中打开并另存为 .xlsx 后再上传。",
            "The file is damaged or no usual .xlsx; open it in Excel, save it as .xlsx and upload it again.",
        ) from error
    shown = [sheet for sheet in book.worksheets if sheet.sheet_state == "visible"]
    if len(shown) < len(book.worksheets):
        hidden = "、".join(sheet.title for sheet in book.worksheets if sheet not in shown)
        notes.append((f"隐藏的工作表没有读取：{hidden}", f"Hidden sheets were not read: {hidden}"))
    if any(name.startswith("xl/externalLinks/") for name in zipfile.ZipFile(io.BytesIO(content)).namelist()):
        notes.append((
            "文件链接了其他文件：只读取单元格里已有的数值，不打开链接",
            "The file links to others: only the values that are in its cells are read, no link is opened",
        ))  # fmt: skip
    if not shown:
        raise Unreadable("文件里没有可见的工作表。", "The workbook has no visible sheet; show the one to be read.")
    return {sheet.title: _sheet_rows(content, sheet, raw[sheet.title]) for sheet in shown}


def check_archive(content: bytes) -> None:
    """Refuse what unpacks into too much, has macros or a password, or is another kind of archive."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            parts = archive.infolist()
            names = {part.filename for part in parts}
            size = sum(part.file_size for part in parts)
            if size > UNPACKED or len(parts) > PARTS or any(
                part.file_size > RATIO * max(part.compress_size, 1) and part.file_size > 1 << 20 for part in parts
            ):  # fmt: skip
                raise Unreadable(
                    "文件解压后过大，不予读取。请只保留台账工作表后另存。",
                    "The file is too large once unpacked; save it with the ledger's sheet only.",
                )
            if "xl/vbaProject.bin" in names:
                raise Unreadable(
                    "文件含有宏（.xlsm），请在 Excel 中另存为不含宏的 .xlsx 后再上传。",
                    "The workbook has macros; save it as .xlsx without them.",
                )
            if "xl/workbook.xml" not in names:
                raise Unreadable(
                    "这不是 Excel 的 .xlsx 文件，请在 Excel 或 WPS 中另存为 .xlsx。",
                    "This is no .xlsx workbook; save it as .xlsx in Excel or WPS.",
                )
            if any(_declares(archive.read(name)) for name in names if name.endswith((".xml", ".rels"))):
                raise Unreadable(
                    "文件里有不允许的 XML 声明，不予读取。",
                    "An XML part declares entities, which is not allowed; the file is not read.",
                )
    except (zipfile.BadZipFile, RuntimeError, EOFError, OSError, ValueError) as error:
        raise Unreadable(
            "文件已损坏或加密，请重新导出后上传。", "The file is damaged or encrypted; export it again and upload it."
        ) from error


def _declares(part: bytes) -> bool:
    """Whether an XML part has a document type: no office program writes one, only attacks do."""
    return b"<!DOCTYPE" in part or "<!DOCTYPE".encode("utf-16-le") in part or "<!DOCTYPE".encode("utf-16-be") in part


def _sheet_rows(content: bytes, sheet: Any, raw: Any) -> Callable[[], Iterator[Row]]:
    """Rows with merged cells filled: below and beside its first cell, a merged area holds nothing."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        text = archive.read(sheet._worksheet_path)  # the only way to merged areas without loading the whole sheet
    areas = [_area(ref.decode()) for ref in re.findall(rb'<(?:\w+:)?mergeCell\s+ref="([A-Z0-9:]+)"', text)[:50_000]]
    formulas = re.search(rb"<(?:\w+:)?f[\s>/]", text) is not None
    by_row: dict[int, list[tuple[int, int, int, int]]] = {}
    for area in areas:
        by_row.setdefault(area[0], []).append(area)

    def rows() -> Iterator[Row]:
        for one in (sheet, raw):
            one.reset_dimensions()
        read = sheet.iter_rows(max_col=MOST_COLUMNS)
        beside = raw.iter_rows(max_col=MOST_COLUMNS) if formulas else None
        return _filled(_until_empty(_values(read, beside)), by_row)

    return rows


def _values(read: Iterable[Any], beside: Iterator[Any] | None) -> Iterator[Row]:
    for cells in read:
        if beside is None:
            yield [_value(cell, None) for cell in cells]
        else:
            written = next(beside)
            yield [_value(cell, raw) for cell, raw in zip(cells, written, strict=False)]


def _value(cell: Any, raw: Any) -> Cell:
    value = cell.value
    if value is None and raw is not None and raw.data_type == "f":
        return ["x", "公式没有计算结果"]
    if cell.data_type == "e":
        return ["x", str(value)]
    if isinstance(value, datetime):
        return ["d", value.isoformat(timespec="seconds")]
    if isinstance(value, date):
        return ["d", datetime.combine(value, time()).isoformat()]
    if value is None or isinstance(value, bool | int | float):
        return value
    return _text(str(value))


def _text(value: str) -> str:
    """Text as a database can keep it; a cell that is longer than any ledger needs is cut."""
    clean = value.replace("_x000D_", "").replace("\x00", "").encode("utf-8", "ignore").decode()
    return clean.strip()[:LONGEST_TEXT]


def _filled(rows: Iterable[Row], areas: dict[int, list[tuple[int, int, int, int]]]) -> Iterator[Row]:
    going: list[tuple[tuple[int, int, int, int], Cell]] = []
    for number, row in enumerate(rows, 1):
        going = [(area, value) for area, value in going if area[2] >= number]
        for area in areas.get(number, ()):
            going.append((area, row[area[1] - 1] if area[1] <= len(row) else None))
        for (_, left, _, right), value in going:
            row += [None] * (min(right, MOST_COLUMNS) - len(row))
            row[left - 1 : min(right, MOST_COLUMNS)] = [value] * (min(right, MOST_COLUMNS) - left + 1)
        yield row


def _area(ref: str) -> tuple[int, int, int, int]:
    left, top, right, bottom = range_boundaries(ref)
    return top or 1, left or 1, bottom or 1, right or 1
