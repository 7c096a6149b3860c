"""How paragraphs, runs and tables of a Word file look, as CSS: what they say themselves, else their styles. Pure."""

import re
from typing import Any

from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml.ns import qn
from docx.shared import Length
from docx.table import Table
from docx.text.font import Font
from docx.text.paragraph import Paragraph

ALIGN = {
    WD_ALIGN_PARAGRAPH.CENTER: "center", WD_ALIGN_PARAGRAPH.RIGHT: "right", WD_ALIGN_PARAGRAPH.JUSTIFY: "justify",
    WD_ALIGN_PARAGRAPH.DISTRIBUTE: "justify",
}  # fmt: skip
NAME = re.compile(r"[\w .\-]{1,60}")
COLOUR = re.compile(r"[0-9A-Fa-f]{6}")
# Families that stand in for those that a machine lacks, by a sign in the name.
STANDS_IN = {"黑": "SimHei, sans-serif", "楷": "KaiTi, serif", "宋": "SimSun, serif"}
FANGSONG = 'FangSong, "Noto Serif CJK SC", serif'
LAST = Length(152400)  # 12 pt, when nothing says a size


def styles(style: Any) -> list[Any]:
    """A style and those it is based on, nearest first."""
    found = []
    while style is not None:
        found.append(style)
        style = style.base_style
    return found


def paragraph_style(paragraph: Paragraph, named: list[Any]) -> str:
    """The CSS of a paragraph with these styles; its lines across the page are borders."""
    formats = [paragraph.paragraph_format, *(style.paragraph_format for style in named)]
    said: list[str] = []
    align = _first(formats, "alignment")
    if align in ALIGN:
        said.append(f"text-align:{ALIGN[align]}")
    size = _first([run.font for run in paragraph.runs[:1]] + [style.font for style in named], "size") or LAST
    said += [
        f"{css}:{value.pt:.1f}pt"
        for css, name in (("margin-top", "space_before"), ("margin-bottom", "space_after"),
                          ("margin-left", "left_indent"), ("margin-right", "right_indent"))
        if (value := _first(formats, name)) is not None
    ]  # fmt: skip
    said += _indent(paragraph, _first(formats, "first_line_indent"), size)
    spacing = _first(formats, "line_spacing")
    if isinstance(spacing, Length):
        said.append(f"line-height:{spacing.pt:.2f}pt")
    elif spacing:
        said.append(f"line-height:{1.3 * spacing:.2f}")
    if _first(formats, "page_break_before"):
        said.append("break-before:page")
    return ";".join([f"font-size:{size.pt:.1f}pt", *said, *_lines(paragraph)])


def run_style(run: Any, named: list[Any]) -> str:
    """The CSS of a run in a paragraph with these styles."""
    fonts = [Font(run), *(style.font for style in named)]
    said = [f"font-size:{(_first(fonts, 'size') or LAST).pt:.1f}pt"]
    if family := _family(run, named):
        said.append(f"font-family:{family}")
    if _first(fonts, "bold"):
        said.append("font-weight:bold")
    if _first(fonts, "italic"):
        said.append("font-style:italic")
    if _first(fonts, "underline"):
        said.append("text-decoration:underline")
    colour = _first([font.color for font in fonts], "rgb")
    if colour is not None and COLOUR.fullmatch(str(colour)):
        said.append(f"color:#{colour}")
    return ";".join(said)


def table_bordered(table: Table) -> bool:
    """Whether the table has lines: of its own, or of its style."""
    properties = [table._tbl.tblPr, *(style.element for style in styles(table.style))]
    borders = [found for each in properties if (found := each.find(f".//{qn('w:tblBorders')}")) is not None]
    return bool(borders) and any(line.get(qn("w:val")) not in (None, "nil", "none") for line in borders[0])


def _first(holders: list[Any], name: str) -> Any:
    return next((value for holder in holders if (value := getattr(holder, name)) is not None), None)


def _indent(paragraph: Paragraph, first: Length | None, size: Length) -> list[str]:
    """Chinese templates count the first line's indent in characters (hundredths of one)."""
    given = paragraph._p.find(f"{qn('w:pPr')}/{qn('w:ind')}")
    signs = given.get(qn("w:firstLineChars")) if given is not None else None
    if signs and signs.lstrip("-").isdecimal():
        return [f"text-indent:{int(signs) / 100:.2f}em"]
    return [f"text-indent:{first.pt:.1f}pt"] if first is not None else []


def _family(run: Any, named: list[Any]) -> str:
    elements = [run, *(style.element for style in named)]
    for element in elements:
        fonts = element.find(f"{qn('w:rPr')}/{qn('w:rFonts')}")
        name = fonts.get(qn("w:eastAsia")) if fonts is not None else None
        if name and NAME.fullmatch(name):
            other = next((family for sign, family in STANDS_IN.items() if sign in name), FANGSONG)
            return f"'{name}', {other}"
    return ""


def _lines(paragraph: Paragraph) -> list[str]:
    borders = paragraph._p.find(f"{qn('w:pPr')}/{qn('w:pBdr')}")
    found = []
    for line in borders if borders is not None else ():
        side, size, colour = (
            str(line.tag).rpartition("}")[2],
            line.get(qn("w:sz")) or "",
            line.get(qn("w:color")) or "",
        )
        if side in ("top", "bottom", "left", "right") and line.get(qn("w:val")) not in (None, "nil", "none"):
            shade = f"#{colour}" if COLOUR.fullmatch(colour) else "#000"
            found.append(f"border-{side}:{int(size) / 8 if size.isdecimal() else 0.5:.1f}pt solid {shade}")
    return found
