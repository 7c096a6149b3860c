"""The Word templates as shipped: made from the blocks of a type, in the look of GB/T 9704 (公文格式).

A4, 28 characters a line of 3 号仿宋, the organ's name in red over a red line, number, title, text, signature, date, the
版记 at the foot, and the number of the page below: on odd pages at the right, on even ones at the left.
"""

import functools
import io
from typing import Any

from docx import Document
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Mm, Pt, RGBColor

from engine.campaign.document_types import DocumentType

FANGSONG, XIAOBIAOSONG, HEITI, SONG = "仿宋_GB2312", "方正小标宋简体", "黑体", "宋体"
# Word takes the first of these that the machine has; the others are what Windows, WPS and Linux offer instead.
FALLBACKS = {FANGSONG: "FangSong", XIAOBIAOSONG: "SimSun", HEITI: "SimHei", SONG: "SimSun"}
SIZE_3, SIZE_2, SIZE_4, SIZE_RED = Pt(16), Pt(22), Pt(14), Pt(36)
LINE = Pt(28.95)  # 22 lines on 225 mm
PHOTO_WIDTHS = (Mm(14), Mm(86), Mm(56))  # number, picture, words: the 156 mm of a line
RED = RGBColor(0xE6, 0x00, 0x12)


@functools.lru_cache(maxsize=128)
def built(type: DocumentType) -> bytes:
    """The shipped template of a type: the same bytes' content each time, from the type's blocks alone."""
    made = Document()
    _page(made)
    _head(made, type)
    for block in type.layout:
        _block(made, type, block)
    _foot(made, type)
    _properties(made, type)
    out = io.BytesIO()
    made.save(out)
    return out.getvalue()


def _page(made: Any) -> None:
    section = made.sections[0]
    section.page_width, section.page_height = Mm(210), Mm(297)
    section.top_margin, section.bottom_margin = Mm(37), Mm(35)
    section.left_margin, section.right_margin = Mm(28), Mm(26)  # leaves 156 mm: 28 characters of 3 号
    normal = made.styles["Normal"]
    normal.font.name, normal.font.size = "Times New Roman", SIZE_3
    normal.element.rPr.rFonts.set(qn("w:eastAsia"), FANGSONG)
    grid = section._sectPr.find(qn("w:docGrid"))
    if grid is None:
        grid = OxmlElement("w:docGrid")
        section._sectPr.append(grid)
    grid.set(qn("w:type"), "linesAndChars")
    grid.set(qn("w:linePitch"), str(int(LINE.pt * 20)))
    normal.paragraph_format.line_spacing = LINE
    normal.paragraph_format.space_after = Pt(0)
    made.settings.odd_and_even_pages_header_footer = True
    _page_number(section.footer.paragraphs[0], "RIGHT")
    _page_number(section.even_page_footer.paragraphs[0], "LEFT")


def _page_number(paragraph: Any, side: str) -> None:
    """— 1 — in 4 号宋体, one character away from the edge of the text."""
    paragraph.alignment = getattr(WD_ALIGN_PARAGRAPH, side)
    setattr(paragraph.paragraph_format, f"{side.lower()}_indent", SIZE_4)
    _run(paragraph, "— ", SONG, SIZE_4, None)
    for kind in ("begin", "", "end"):
        run = paragraph.add_run()
        run.font.size = SIZE_4
        part = OxmlElement("w:fldChar" if kind else "w:instrText")
        if kind:
            part.set(qn("w:fldCharType"), kind)
        else:
            part.text = "PAGE"
        run._element.append(part)
    _run(paragraph, " —", SONG, SIZE_4, None)


def _head(made: Any, type: DocumentType) -> None:
    if not type.form:
        head = _line(made, "{{ organ_name }}文件", font=XIAOBIAOSONG, size=SIZE_RED, align="CENTER", colour=RED)
        head.paragraph_format.line_spacing = 1.0
    number = _line(made, "{{ number }}", align="RIGHT" if type.form else "CENTER")
    if not type.form:
        _border(number, "bottom", "E60012", 16)
    title = _line(made, type.type, font=XIAOBIAOSONG, size=SIZE_2, align="CENTER")
    title.paragraph_format.space_before = title.paragraph_format.space_after = LINE


def _block(made: Any, type: DocumentType, block: Any) -> None:
    if "p" in block:
        text = block["p"]
        _line(made, text, indent=not text.endswith("}}："))
    elif "list" in block:
        _line(made, f"{{%p for line in {block['list']} %}}")
        _line(made, "{{ line }}", indent=True)
        _line(made, "{%p endfor %}")
    elif "table" in block:
        _items(made, type, block["table"])
    elif "photos" in block:
        _photos(made, type, block["photos"])
    else:
        _rows(made, type, block["rows"])


def _photos(made: Any, type: DocumentType, name: str) -> None:
    """Nothing when there are none; else a heading, and one row for each picture with its words beside it."""
    _line(made, f"{{%p if {name} %}}")
    heading = _line(made, f"{type.field(name).label}：")
    heading.paragraph_format.keep_with_next = True
    table = _items(made, type, name, each="shot")
    table.autofit = False
    for row in table.rows:
        _whole(row)
        for cell, width in zip(row.cells, PHOTO_WIDTHS, strict=True):
            cell.width = width
    for column, width in zip(table.columns, PHOTO_WIDTHS, strict=True):
        column.width = width
    _line(made, "{%p endif %}")


def _whole(row: Any) -> None:
    """Not divided between two pages."""
    row._tr.get_or_add_trPr().append(OxmlElement("w:cantSplit"))


def _items(made: Any, type: DocumentType, name: str, each: str = "row") -> Any:
    columns = type.field(name).columns or {}
    table = made.add_table(rows=4, cols=len(columns) + 1)
    table.style = "Table Grid"
    for cell, label in zip(table.rows[0].cells, ("序号", *columns.values()), strict=True):
        _cell(cell, label, HEITI)
    _cell(table.rows[1].cells[0], f"{{%tr for {each} in {name} %}}")
    for cell, text in zip(
        table.rows[2].cells, ("{{ loop.index }}", *(f"{{{{ {each}.{key} }}}}" for key in columns)), strict=True
    ):
        _cell(cell, text)
    _cell(table.rows[3].cells[0], "{%tr endfor %}")
    return table


def _rows(made: Any, type: DocumentType, names: list[str]) -> None:
    table = made.add_table(rows=len(names), cols=2)
    table.style, table.autofit = "Table Grid", False
    for row, name in zip(table.rows, names, strict=True):
        row.cells[0].width, row.cells[1].width = Mm(42), Mm(114)
        _cell(row.cells[0], type.field(name).label, HEITI)
        _cell(row.cells[1], f"{{{{ {name} }}}}")


def _foot(made: Any, type: DocumentType) -> None:
    _line(made, "{%p for signature in signatures %}")
    _line(made, "{{ signature.role }}：{{ signature.name }} {{ signature.image }} {{ signature.at }}", indent=True)
    _line(made, "{%p endfor %}")
    _line(made, "{%p if approved %}")
    _line(made, "批准：{{ approved }}", indent=True)
    _line(made, "{%p endif %}")
    _line(made, "{{ organ_name }}（印章）", align="RIGHT").paragraph_format.space_before = LINE
    _line(made, "{{ date }}", align="RIGHT")
    if type.qr:
        _line(made, "{{ qr }}")
        _line(made, "核验码：{{ verify_code }}", size=SIZE_4)
    if not type.form:
        copies = _line(made, "{% if copies %}抄送：{{ copies }}{% endif %}", size=SIZE_4)
        _border(copies, "top", "000000", 8)
    closing = _line(made, "{{ organ_name }}　　{{ date }}印发", size=SIZE_4)
    _border(closing, "bottom", "000000", 8)
    if type.note:
        _line(made, "{% if note %}（{{ note }}）{% endif %}", size=SIZE_4)


def _properties(made: Any, type: DocumentType) -> None:
    made.core_properties.title, made.core_properties.author = type.type, "Bihuan"
    made.core_properties.comments = ""


def _line(
    where: Any,
    text: str,
    *,
    font: str = FANGSONG,
    size: Pt = SIZE_3,
    align: str = "",
    colour: RGBColor | None = None,
    indent: bool = False,
) -> Any:
    paragraph = where.add_paragraph()
    _run(paragraph, text, font, size, colour)
    if align:
        paragraph.alignment = getattr(WD_ALIGN_PARAGRAPH, align)
    if indent:
        paragraph.paragraph_format.first_line_indent = size * 2
    return paragraph


def _cell(cell: Any, text: str, font: str = FANGSONG) -> None:
    paragraph = cell.paragraphs[0]
    paragraph.paragraph_format.line_spacing = 1.0
    _run(paragraph, text, font, SIZE_4, None)


def _run(paragraph: Any, text: str, font: str, size: Pt, colour: RGBColor | None) -> None:
    run = paragraph.add_run(text)
    run.font.name, run.font.size = "Times New Roman", size
    fonts = run._element.rPr.rFonts
    fonts.set(qn("w:eastAsia"), font)
    fonts.set(qn("w:cs"), FALLBACKS[font])
    if colour is not None:
        run.font.color.rgb = colour


def _border(paragraph: Any, side: str, colour: str, size: int) -> None:
    """A line across the page, over or under this paragraph."""
    borders = OxmlElement("w:pBdr")
    line = OxmlElement(f"w:{side}")
    for name, value in (("val", "single"), ("sz", str(size)), ("space", "4"), ("color", colour)):
        line.set(qn(f"w:{name}"), value)
    borders.append(line)
    paragraph._element.get_or_add_pPr().append(borders)
