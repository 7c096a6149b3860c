"""A Word file as a page: nothing of its text is lost or run, its look is followed, and what cannot be shown is said."""

import io
import re
from collections.abc import Callable
from html import unescape

import docx
import pytest
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml import parse_xml
from docx.shared import Mm, Pt, RGBColor
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from engine.app import App
from engine.bpm.viewer import Viewer
from engine.campaign import document_approval as life
from engine.campaign import (
    document_page,
    document_printing,
    document_rendering,
    document_samples,
    document_templates,
    document_types,
    documents,
)
from engine.forker import FORKER
from tests.engine.campaign.test_document_templates import BODY, TYPE, W, template
from tests.engine.campaign.test_documents import strokes

Person = Callable[[App, str], Viewer]
ODD = st.text(st.characters(blacklist_categories=("Cs", "Cc")), max_size=30)


@pytest.fixture(scope="module", autouse=True)
def _no_forker_stays() -> object:
    yield
    FORKER.close()


def saved(made: object) -> bytes:
    out = io.BytesIO()
    made.save(out)  # type: ignore[attr-defined]
    return out.getvalue()


def said(content: str) -> str:
    return unescape(re.sub(r"<[^>]*>", "", content))


def test_every_shipped_template_becomes_a_page_with_all_its_text() -> None:
    for type in document_types.all_types():
        sheet = document_samples.sample(type, "青云街道", "https://x.example/m/d/示例")
        style, content = document_page.shown(document_rendering.word(type, sheet))
        assert "size: 595.3pt 841.9pt" in style, type.type
        assert type.type in said(content) and "<甲&乙>" not in content.replace("&lt;甲&amp;乙&gt;", "")
        photos = sum(len(sheet.body[field.name]) for field in type.fields if field.kind == "photos")
        assert content.count("<img") == len(sheet.signatures) + type.qr + photos, type.type


@settings(deadline=None, max_examples=30)
@given(lines=st.lists(ODD, max_size=5), cells=st.lists(ODD, min_size=4, max_size=4))
def test_text_is_kept_in_its_order_and_runs_nothing(lines: list[str], cells: list[str]) -> None:
    made = docx.Document()
    for line in lines:
        made.add_paragraph(line)
    table = made.add_table(rows=2, cols=2)
    for cell, text in zip((cell for row in table.rows for cell in row.cells), cells, strict=True):
        cell.text = text
    _, content = document_page.shown(saved(made))
    assert said(content) == "".join((*lines, *cells))


def test_the_look_is_followed() -> None:
    made = docx.Document()
    made.sections[0].left_margin = Mm(28)
    head = made.add_paragraph()
    head.alignment, head.paragraph_format.space_after = WD_ALIGN_PARAGRAPH.CENTER, Pt(12)
    run = head.add_run("本局专用")
    run.bold, run.font.size, run.font.color.rgb = True, Pt(36), RGBColor(0xE6, 0, 0x12)
    run._element.rPr.get_or_add_rFonts().set(docx.oxml.ns.qn("w:eastAsia"), "方正小标宋简体")
    body = made.add_paragraph("正文")
    body._p.get_or_add_pPr().append(parse_xml(f'<w:ind {W} w:firstLineChars="200"/>'))
    table = made.add_table(rows=2, cols=3)
    table.style = "Table Grid"
    table.cell(0, 0).merge(table.cell(0, 1)).text = "宽"
    table.cell(0, 2).merge(table.cell(1, 2)).text = "高"
    out = io.BytesIO()
    Image.new("RGB", (30, 10), "red").save(out, "PNG")
    made.add_picture(io.BytesIO(out.getvalue()), width=Mm(30))
    style, content = document_page.shown(saved(made))
    assert "79.3pt }" in style  # 28 mm on the left
    for look in ("text-align:center", "margin-bottom:12.0pt", "font-weight:bold", "font-size:36.0pt", "color:#E60012",
                 "'方正小标宋简体', SimSun", "text-indent:2.00em", 'colspan="2"', 'rowspan="2"', 'class="lined"',
                 "width:85.0pt"):  # fmt: skip
        assert look in unescape(content), look


@pytest.mark.parametrize(
    ("inside", "named"),
    [
        (f'<w:p {W}><w:pPr><w:numPr><w:numId w:val="1"/></w:numPr></w:pPr><w:r><w:t>x</w:t></w:r></w:p>', "自动编号"),
        (f"<w:p {W}><w:r><w:pict><w:txbxContent><w:p/></w:txbxContent></w:pict></w:r></w:p>", "文本框"),
        (f"<w:p {W}><w:fldSimple w:instr='PAGE'><w:r><w:t>1</w:t></w:r></w:fldSimple></w:p>", "特殊的排版"),
    ],
)
def test_what_a_page_cannot_show_is_named(inside: str, named: str) -> None:
    made = docx.Document()
    made.element.body.insert(0, parse_xml(inside))
    with pytest.raises(document_page.NotShown, match=named):
        document_page.shown(saved(made))


def test_an_office_prints_in_its_own_look_before_and_after_the_issue_and_sees_when_a_page_cannot(
    campaign: App, person: Person
) -> None:
    clerk, leader = person(campaign, "clerk-safety-office"), person(campaign, "leader-street")
    uniform = documents.draft(campaign, {"type": TYPE, "body": BODY}, viewer=clerk)
    document_templates.add(campaign, TYPE, template(), viewer=clerk)
    made = documents.draft(campaign, {"type": TYPE, "body": BODY}, viewer=clerk)
    shown = document_printing.printed(campaign, made.id, viewer=clerk)
    assert "我们自己的样式" in shown and "少巡一次" in shown and '<a href="file">' in shown
    assert "我们自己的样式" not in document_printing.printed(campaign, uniform.id, viewer=clerk)
    life.submit(campaign, made.id, viewer=clerk)
    life.approve(campaign, made.id, viewer=leader)
    life.sign(campaign, made.id, strokes(), viewer=clerk)
    life.issue(campaign, made.id, viewer=leader)
    shown = document_printing.printed(campaign, made.id, viewer=clerk)
    assert "我们自己的样式" in shown and "青街安醒〔2026〕1号" in shown and shown.count("<img") == 2
    life.void(campaign, made.id, reason="发错<b>", viewer=clerk)
    life.void(campaign, made.id, confirm=True, viewer=leader)
    assert "已作废：发错&lt;b&gt;" in document_printing.printed(campaign, made.id, viewer=clerk)


def test_a_template_with_a_text_box_is_printed_uniformly_and_says_so(campaign: App, person: Person) -> None:
    clerk = person(campaign, "clerk-safety-office")
    boxed = docx.Document(io.BytesIO(template()))
    box = "<w:pict><w:txbxContent><w:p><w:r><w:t>版头</w:t></w:r></w:p></w:txbxContent></w:pict>"
    boxed.element.body.insert(0, parse_xml(f"<w:p {W}><w:r>{box}</w:r></w:p>"))
    document_templates.add(campaign, TYPE, saved(boxed), viewer=clerk)
    made = documents.draft(campaign, {"type": TYPE, "body": BODY}, viewer=clerk)
    shown = document_printing.printed(campaign, made.id, viewer=clerk)
    assert "不能显示的内容（文本框）" in shown and "少巡一次" in shown and "青云街道文件" in shown
