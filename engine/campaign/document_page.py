"""A Word file as a page of a browser, so that an office's own template can be read and printed without Word.

Text is never lost: what the page cannot show (numbers that Word counts, text boxes, notes) is an answer in words, and
whoever asked shows something else. Everything is escaped; the page holds no script and no address.
"""

import base64
import io
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from docx import Document
from docx.oxml.ns import qn
from docx.shared import Mm
from docx.table import Table
from docx.text.paragraph import Paragraph
from markupsafe import Markup

from engine.campaign.document_looks import paragraph_style, run_style, styles, table_bordered
from engine.said import Said, joined

COLOUR = re.compile(r"[0-9A-Fa-f]{6}")
TWIPS = 20  # of a point
EMU = 12_700  # of a point
A4, NO_MARGIN = (Mm(210), Mm(297)), Mm(0)
KINDS = {"image/png", "image/jpeg", "image/gif"}
# What holds text or pictures that the page does not follow, and how people call it.
BEYOND = {
    "w:txbxContent": Said("文本框", "text boxes"), "w:numPr": Said("自动编号", "automatic numbering"),
    "w:footnoteReference": Said("脚注", "footnotes"), "w:endnoteReference": Said("尾注", "endnotes"),
    "w:commentReference": Said("批注", "comments"), "w:del": Said("修订", "tracked changes"),
    "w:moveFrom": Said("修订", "tracked changes"), "c:chart": Said("图表", "charts"),
    "m:oMath": Said("公式", "formulas"),
}  # fmt: skip
PICTURE = Said("图片", "a picture")
CHART = "{http://schemas.openxmlformats.org/drawingml/2006/chart}chart"
MATHS = "{http://schemas.openxmlformats.org/officeDocument/2006/math}oMath"


class NotShown(Exception):
    """The page cannot show what is in the file; the message names it, ``said`` in both languages."""

    def __init__(self, said: Said) -> None:
        super().__init__(said)
        self.said = said


@dataclass(slots=True)
class _Page:
    """What is being written: the text that was shown is counted against what the file says."""

    part: Any
    text: list[str] = field(default_factory=list)
    styles: dict[str | None, list[Any]] = field(default_factory=dict)  # by name; the library looks through all of them

    def styles_of(self, paragraph: Paragraph) -> list[Any]:
        """The style of a paragraph and those it is based on."""
        name = paragraph._p.style
        if name not in self.styles:
            self.styles[name] = styles(paragraph.style)
        return self.styles[name]


def shown(content: bytes) -> tuple[str, str]:
    """The style of the sheet and the marked-up content of a Word file; raises NotShown."""
    made = Document(io.BytesIO(content))
    body = made.element.body
    beyond = [name for tag, name in BEYOND.items() if next(body.iter(_tag(tag)), None) is not None]
    if beyond:
        raise NotShown(joined("、", ", ", dict.fromkeys(beyond)))
    page = _Page(made.part)
    inner = Markup("").join(_blocks(page, body, made))
    said = "".join(one.text or "" for one in body.iter(qn("w:t")))
    if "".join(page.text) != said:
        raise NotShown(Said("特殊的排版", "a special layout"))
    section = made.sections[0]
    over, under = (_margin(part) for part in (section.header, section.footer))
    return _sheet(section), str(Markup("<header>{}</header>{}<footer>{}</footer>").format(over, inner, under))


def _tag(name: str) -> str:
    return {"c:chart": CHART, "m:oMath": MATHS}.get(name) or qn(name)


def _sheet(section: Any) -> str:
    sides = (section.top_margin, section.right_margin, section.bottom_margin, section.left_margin)
    width, height = (section.page_width or A4[0]).pt, (section.page_height or A4[1]).pt
    margins = [(side or NO_MARGIN).pt for side in sides]
    inner = width - margins[1] - margins[3]
    return (
        f"@page {{ size: {width:.1f}pt {height:.1f}pt; margin: {' '.join(f'{side:.1f}pt' for side in margins)} }}"
        f" body {{ width: {inner:.1f}pt }}"
    )


def _margin(part: Any) -> Markup:
    """The lines of a header or footer; page numbers, with the dashes beside them, are the browser's."""
    if part.is_linked_to_previous:
        return Markup("")
    page = _Page(part.part)
    content = Markup("").join(_blocks(page, part._element, part))
    numbered = next(part._element.iter(qn("w:instrText"), qn("w:fldSimple")), None) is not None
    return Markup("") if numbered and not "".join(page.text).strip(" -–—·第共页/") else content


def _blocks(page: _Page, holder: Any, parent: Any) -> Iterator[Markup]:
    for child in holder.iterchildren():
        if child.tag == qn("w:p"):
            yield _paragraph(page, Paragraph(child, parent))
        elif child.tag == qn("w:tbl"):
            yield _table(page, Table(child, parent))
        elif child.tag in (qn("w:sdt"), qn("w:sdtContent"), qn("w:ins"), qn("w:customXml")):
            yield from _blocks(page, child, parent)


def _paragraph(page: _Page, paragraph: Paragraph) -> Markup:
    inner = Markup("").join(_inline(page, paragraph._p, paragraph))
    look = paragraph_style(paragraph, page.styles_of(paragraph))
    return Markup('<p style="{}">{}</p>').format(look, inner or Markup("<br>"))


def _inline(page: _Page, holder: Any, paragraph: Paragraph) -> Iterator[Markup]:
    hidden = False  # between the two marks of a field: its code and what Word last computed
    for child in holder.iterchildren():
        if child.tag == qn("w:r"):
            mark = child.find(qn("w:fldChar"))
            if mark is not None:
                hidden = mark.get(qn("w:fldCharType")) != "end"
            elif not hidden:
                yield _run(page, child, paragraph)
        elif child.tag in (qn("w:hyperlink"), qn("w:smartTag"), qn("w:ins"), qn("w:sdt"), qn("w:sdtContent")):
            yield from _inline(page, child, paragraph)


def _run(page: _Page, run: Any, paragraph: Paragraph) -> Markup:
    parts = [piece for child in run.iterchildren() if (piece := _piece(page, child))]
    look = run_style(run, page.styles_of(paragraph))
    return Markup('<span style="{}">{}</span>').format(look, Markup("").join(parts))


def _piece(page: _Page, child: Any) -> Markup:
    if child.tag == qn("w:t"):
        page.text.append(child.text or "")
        return Markup("{}").format(child.text or "")
    if child.tag == qn("w:tab"):
        return Markup("\t")
    if child.tag in (qn("w:br"), qn("w:cr")):
        paged = child.get(qn("w:type")) == "page"
        return Markup('<span class="leaf"></span>') if paged else Markup("<br>")
    return Markup("").join(_picture(page, blip) for blip in child.iter(qn("a:blip")))


def _picture(page: _Page, blip: Any) -> Markup:
    part = page.part.related_parts.get(blip.get(qn("r:embed")))
    if part is None or part.content_type not in KINDS:
        raise NotShown(PICTURE)
    frame = next((above for above in blip.iterancestors() if above.tag in (qn("wp:inline"), qn("wp:anchor"))), None)
    extent = frame.find(qn("wp:extent")) if frame is not None else None
    if extent is None:
        raise NotShown(PICTURE)
    source = f"data:{part.content_type};base64,{base64.b64encode(part.blob).decode()}"
    return Markup('<img alt="图" src="{}" style="width:{:.1f}pt;height:{:.1f}pt">').format(
        source, int(extent.get("cx")) / EMU, int(extent.get("cy")) / EMU
    )


def _table(page: _Page, table: Table) -> Markup:
    grid = [int(column.get(qn("w:w")) or 0) for column in table._tbl.iter(qn("w:gridCol"))]
    columns = Markup("").join(Markup('<col style="width:{:.1f}pt">').format(width / TWIPS) for width in grid if width)
    kind = "lined" if table_bordered(table) else "plain"
    rows = Markup("").join(_row(page, table, at) for at in range(len(table._tbl.tr_lst)))
    return Markup('<table class="{}">{}{}</table>').format(kind, columns, rows)


def _row(page: _Page, table: Table, at: int) -> Markup:
    cells, column = [], 0
    for cell in table._tbl.tr_lst[at].tc_lst:
        span = cell.grid_span
        if cell.vMerge != "continue":
            inner = Markup("").join(_blocks(page, cell, table))
            cells.append(Markup('<td colspan="{}" rowspan="{}" style="{}">{}</td>').format(
                span, _rows(table, at, column), _shade(cell), inner))  # fmt: skip
        column += span
    return Markup("<tr>{}</tr>").format(Markup("").join(cells))


def _rows(table: Table, at: int, column: int) -> int:
    """How many rows a cell reaches down."""
    reached = 1
    for row in table._tbl.tr_lst[at + 1 :]:
        place = 0
        for cell in row.tc_lst:
            if place == column and cell.vMerge == "continue":
                reached += 1
                break
            place += cell.grid_span
        else:
            return reached
    return reached


def _shade(cell: Any) -> str:
    shade = next(cell.iter(qn("w:shd")), None)
    fill = shade.get(qn("w:fill")) if shade is not None else None
    return f"background:#{fill}" if fill and COLOUR.fullmatch(fill) else ""
