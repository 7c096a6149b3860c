"""Documents as people read them: a Word file through the type's template, and a page to print; both from one body."""

import base64
import io
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import segno
from docx.shared import Mm
from docxtpl import DocxTemplate, InlineImage
from markupsafe import Markup
from PIL import Image

from engine.campaign.document_jinja import environment, plain
from engine.campaign.document_layout import built
from engine.campaign.document_types import PHOTOS, DocumentType

VERIFY = "/m/d/"  # the page for people (web/phone)
FRAME_MM = (80, 60)  # the largest a photo is printed
CSS = """
@page { size: A4; margin: 37mm 26mm 35mm 28mm }
body { font: 16pt/28.95pt "仿宋_GB2312", FangSong, "Noto Serif CJK SC", serif; width: 156mm; margin: 0 auto }
h1, h2 { font-family: "方正小标宋简体", SimSun, "Noto Serif CJK SC", serif; text-align: center; font-weight: normal }
h1 { color: #e60012; font-size: 36pt; line-height: 1.2 } h2 { font-size: 22pt }
.number { text-align: center; border-bottom: 2pt solid #e60012 } .right { text-align: right }
p { margin: 0; text-indent: 2em; white-space: pre-wrap; overflow-wrap: anywhere }
p.to, p.number, p.right { text-indent: 0 }
table { border-collapse: collapse; width: 100%; font-size: 14pt } td, th { border: 1px solid #000; padding: 1mm 2mm }
td { white-space: pre-wrap; overflow-wrap: anywhere } img.stroke { height: 14mm } img.qr { width: 26mm }
img.photo { display: block; max-width: 80mm; max-height: 60mm }
tr { break-inside: avoid } .photos { break-after: avoid }
.void { color: #e60012; border: 2pt solid; text-align: center; text-indent: 0 }
p.imprint { text-indent: 0; font-size: 14pt; border-top: 1pt solid; border-bottom: 1pt solid; margin-top: 1em }
"""
# Around both looks: what is said to the reader on the screen, and the page numbers of GB/T 9704 in print.
FRAME = """
.screen { font: 14px/1.6 system-ui, sans-serif; text-indent: 0; background: #eef3f9; color: #1b2b3d; padding: 8px 12px;
  margin: 12px 0 } .screen a { color: #1d4373 }
@media print { .screen { display: none } }
@page :right { @bottom-right { content: "— " counter(page) " —"; font: 14pt SimSun, serif } }
@page :left { @bottom-left { content: "— " counter(page) " —"; font: 14pt SimSun, serif } }
"""
OWN = """
body { margin: 0 auto; font: 16pt "仿宋_GB2312", FangSong, "Noto Serif CJK SC", serif }
p { margin: 0; white-space: pre-wrap; overflow-wrap: anywhere }
table { border-collapse: collapse; max-width: 100% } td { vertical-align: top; padding: 0 5.4pt }
table.lined td { border: 0.5pt solid #000 } .leaf { display: block; break-before: page }
.void { color: #e60012; border: 2pt solid; text-align: center }
"""
UNIFORM = "本页按统一样式显示；盖章、存档请用 Word 文件。"
OWN_LOOK = "本页按本单位的 Word 模板显示，分页和字体以 Word 文件为准。"
NOT_SHOWN = "本单位的模板里有网页不能显示的内容（{}），本页按统一样式显示同样的内容；打印请用 Word 文件。"


@dataclass(frozen=True, slots=True)
class Signed:
    """A signature as it stands under a document; ``image`` is the PNG."""

    role: str
    name: str
    at: str
    image: bytes


@dataclass(frozen=True, slots=True)
class Sheet:
    """Everything that a document shows besides its type: the head, the body, the foot."""

    organ_name: str
    number: str
    date: str
    verify_code: str
    body: dict[str, Any]
    signatures: Sequence[Signed]
    note: str
    void: str = ""
    verify_url: str = ""  # what the QR code says
    photos: Mapping[str, bytes] = field(default_factory=dict)  # the JPEGs that the body names (document_photos.py)
    approved: str = ""  # who approved it for the head by what mandate; empty when the head did


def word(type: DocumentType, sheet: Sheet) -> bytes:
    """The Word file through the template as shipped."""
    return fill(type, sheet, built(type))


def fill(type: DocumentType, sheet: Sheet, content: bytes) -> bytes:
    """The Word file through this template; every value is text, whatever it holds."""
    template = DocxTemplate(io.BytesIO(content))
    template.init_docx()
    signatures = [
        {"role": one.role, "name": one.name, "at": one.at,
         "image": InlineImage(template, io.BytesIO(one.image), height=Mm(12))}
        for one in sheet.signatures
    ]  # fmt: skip
    template.render(
        {**_shown(type, sheet, lambda content: _framed(template, content)), "signatures": signatures, "copies": "",
         "qr": InlineImage(template, io.BytesIO(_qr(sheet.verify_url)), width=Mm(24))},
        environment(),
    )  # fmt: skip
    out = io.BytesIO()
    template.save(out)
    return out.getvalue()


def page(type: DocumentType, sheet: Sheet, hint: str = UNIFORM, *, bare: bool = False) -> str:
    """The page to print in the uniform look, whole in itself: no script, no address of anything elsewhere; a ``bare``
    one is shown inside another page, which says the hint and has the way to the file.
    """
    shown = _shown(type, sheet, _pictured)
    parts = _top(type, sheet, Markup(CSS), "" if bare else hint)
    if not type.form:
        parts.append(Markup("<h1>{}文件</h1>").format(sheet.organ_name))
    parts.append(Markup('<p class="number">{}</p><h2>{}</h2>').format(sheet.number, type.type))
    parts += [_block(type, block, shown) for block in type.layout]
    for one in sheet.signatures:
        image = Markup('<img class="stroke" alt="签名" src="{}">').format(_inline(one.image))
        parts.append(Markup("<p>{}：{} {} {}</p>").format(one.role, one.name, image, one.at))
    if sheet.approved:
        parts.append(Markup("<p>批准：{}</p>").format(sheet.approved))
    parts.append(Markup('<p class="right">{}（印章）</p><p class="right">{}</p>').format(sheet.organ_name, sheet.date))
    code = Markup('<img class="qr" alt="二维码" src="{}">').format(_inline(_qr(sheet.verify_url)))
    parts.append(Markup("<p>{}<br>核验码：{}</p>").format(code, sheet.verify_code))
    if not type.form:
        parts.append(Markup('<p class="imprint">{}　　{}印发</p>').format(sheet.organ_name, sheet.date))
    parts.append(Markup("<p>（{}）</p></html>").format(sheet.note))
    return str(Markup("").join(parts))


def own_page(type: DocumentType, sheet: Sheet, style: str, content: str, *, bare: bool = False) -> str:
    """The page to print in the look of the office's own template; both parts come from document_page.py."""
    top = _top(type, sheet, Markup(OWN + style), "" if bare else OWN_LOOK)
    return str(Markup("").join([*top, Markup(content), Markup("</html>")]))


def _top(type: DocumentType, sheet: Sheet, css: Markup, hint: str) -> list[Markup]:
    parts = [Markup('<!doctype html><html lang="zh-CN"><meta charset="utf-8"><title>{}</title>').format(type.type)]
    parts.append(Markup("<style>{}</style>").format(css + Markup(FRAME)))
    if hint:
        parts.append(Markup('<p class="screen">{} <a href="file">下载 Word 文件</a></p>').format(hint))
    if sheet.void:
        parts.append(Markup('<p class="void">已作废：{}</p>').format(sheet.void))
    return parts


def _block(type: DocumentType, block: Any, shown: dict[str, Any]) -> Markup:
    if "p" in block:
        text = environment().from_string(block["p"]).render(shown)  # the values are escaped by the environment
        return Markup('<p class="{}">{}</p>').format("to" if block["p"].endswith("}}：") else "", Markup(text))
    if "list" in block:
        return Markup("").join(Markup("<p>{}</p>").format(line) for line in shown[block["list"]])
    if "photos" in block:
        name = block["photos"]
        heading = Markup('<p class="to photos">{}：</p>').format(type.field(name).label)
        return heading + _block(type, {"table": name}, shown) if shown[name] else Markup("")
    if "table" in block:
        columns = type.field(block["table"]).columns or {}
        head = Markup("").join(Markup("<th>{}</th>").format(label) for label in ("序号", *columns.values()))
        rows = Markup("").join(
            Markup("<tr><td>{}</td>{}</tr>").format(
                number, Markup("").join(Markup("<td>{}</td>").format(row[key]) for key in columns)
            )
            for number, row in enumerate(shown[block["table"]], 1)
        )
        return Markup("<table><tr>{}</tr>{}</table>").format(head, rows)
    rows = Markup("").join(
        Markup("<tr><th>{}</th><td>{}</td></tr>").format(type.field(name).label, shown[name]) for name in block["rows"]
    )
    return Markup("<table>{}</table>").format(rows)


def _shown(type: DocumentType, sheet: Sheet, picture: Callable[[bytes], Any]) -> dict[str, Any]:
    names = ("organ_name", "number", "date", "verify_code", "note", "approved")
    shown: dict[str, Any] = plain({**sheet.body, **{name: getattr(sheet, name) for name in names}})
    for one in type.fields:
        if one.kind == PHOTOS:
            shown[one.name] = [
                {**row, "photo": picture(sheet.photos[row["photo"]])}
                for row in shown[one.name]
                if row["photo"] in sheet.photos
            ]
    return shown


def _framed(template: DocxTemplate, content: bytes) -> InlineImage:
    """A photo in a Word file, within its frame whichever way it is held."""
    with Image.open(io.BytesIO(content)) as image:
        wide = image.width * FRAME_MM[1] > image.height * FRAME_MM[0]
    fitted = {"width": Mm(FRAME_MM[0])} if wide else {"height": Mm(FRAME_MM[1])}
    return InlineImage(template, io.BytesIO(content), **fitted)


def _pictured(content: bytes) -> Markup:
    return Markup('<img class="photo" alt="照片" src="{}">').format(_inline(content, "image/jpeg"))


def verify_url(public_url: str, code: str) -> str:
    """What the QR code of a document says: a whole address where the installation knows its own (public_url)."""
    return f"{public_url}{VERIFY}{code}"


def filled(type: DocumentType, body: dict[str, Any]) -> dict[str, Any]:
    """The body with every field and every column of every row, so that a template never asks for what is not there: a
    paper from before its type asked for more is printed as it was.
    """
    whole = {one.name: "" if one.kind == "text" else [] for one in type.fields} | body
    for one in type.fields:
        if one.columns:
            whole[one.name] = [{key: row.get(key, "") for key in one.columns} for row in whole[one.name]]
    return whole


def _qr(address: str) -> bytes:
    out = io.BytesIO()
    segno.make(address, error="m").save(out, kind="png", scale=4)
    return out.getvalue()


def _inline(content: bytes, media_type: str = "image/png") -> str:
    return f"data:{media_type};base64," + base64.b64encode(content).decode()
