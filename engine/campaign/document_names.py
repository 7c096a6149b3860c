"""Which names a Word template uses, read from its tags without rendering it: what it does not know and what it leaves
out is said before anybody prints with it.
"""

import functools
import io
import re
import zipfile
from collections.abc import Iterator, Mapping

from docxtpl import DocxTemplate
from jinja2 import TemplateError, TemplateSyntaxError, meta, nodes

from engine.campaign.document_jinja import environment
from engine.campaign.document_layout import built
from engine.campaign.document_types import DocumentType
from engine.said import Said, english

ALWAYS = ("organ_name", "number", "date", "verify_code", "note", "approved", "signatures", "copies", "qr")
SIGNATURE = ("role", "name", "at", "image")
LOOP = ("index", "index0", "first", "last", "length", "revindex", "revindex0")
PART = re.compile(r"word/(document|header\d*|footer\d*|footnotes)\.xml")
ROWS = Said(
    "循环只能逐行列出文书自己的多行栏目，例如 for row in hazards",
    "a loop may only go through a field of several rows of the document, as in for row in hazards",
)
TAGGED = re.compile(r"\{\{|\{%|\{#")


def faults(type: DocumentType, content: bytes) -> list[Said]:
    """What is wrong with the tags of this template for this type, one sentence each in both languages."""
    found: list[Said] = []
    used: set[str] = set()
    text = ""
    for name, source in _sources(content):
        if not PART.fullmatch(name):
            found += [_misplaced(name)] if TAGGED.search(_plain(source)) else []
            continue
        text += _plain(source)
        try:
            tree = environment().parse(DocxTemplate.patch_xml(None, source))
        except TemplateError as error:
            found.append(_miswritten(name, error))
            continue
        used |= meta.find_undeclared_variables(tree)
        found += _unknown(type, tree)
    return found or [*_lacking(type, used, text), *_forbidden(type, text)]


def _misplaced(name: str) -> Said:
    return Said(
        f"部件 {name} 里不能放栏目，请移到正文、页眉或页脚",
        f"the part {name} may hold no fields; move them to the text, a header or a footer",
    )


def _miswritten(name: str, error: TemplateError) -> Said:
    message = error.message or ""
    near = error.lineno if isinstance(error, TemplateSyntaxError) else None
    return Said(
        f"部件 {name} 里的标记有误：{message}" + (f"（第 {near} 处附近）" if near else ""),
        f"a tag in the part {name} is wrong: {english(message)}" + (f" (near number {near})" if near else ""),
    )


def _sources(content: bytes) -> Iterator[tuple[str, str]]:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        for name in archive.namelist():
            if name.startswith("word/") and name.endswith(".xml"):
                yield name, archive.read(name).decode("utf-8", "replace")


def _plain(source: str) -> str:
    return re.sub(r"<[^>]*>", "", source)


def _unknown(type: DocumentType, tree: nodes.Template) -> Iterator[Said]:
    rows: dict[str, tuple[str, ...]] = {"signatures": SIGNATURE}
    rows |= {field.name: tuple(field.columns or ()) for field in type.fields if field.kind != "text"}
    known = {*ALWAYS, *(field.name for field in type.fields)}
    for name in sorted(meta.find_undeclared_variables(tree) - known):
        yield Said(f"《{type.type}》没有“{name}”这一栏，可用：{'、'.join(sorted(known))}", _none(name, known))
    columns: Mapping[str, set[str]] = _targets(tree, rows)
    for loop in tree.find_all(nodes.For):
        if not isinstance(loop.iter, nodes.Name) or loop.iter.name not in rows:
            yield ROWS
    for part in tree.find_all(nodes.Getattr):
        base = part.node.name if isinstance(part.node, nodes.Name) else ""
        allowed = set(LOOP) if base == "loop" else columns.get(base, set())
        if part.attr not in allowed:
            name = f"{base}.{part.attr}"
            yield Said(f"没有“{name}”，可用：{'、'.join(sorted(allowed)) or '无'}", _none(name, allowed))
    if next(tree.find_all(nodes.Getitem), None) is not None:
        yield Said("请写 row.text 这样的形式，不用方括号", "write it as in row.text, without brackets")


def _none(name: str, allowed: set[str]) -> str:
    return f"there is no “{name}”; there are {', '.join(sorted(allowed)) or 'none'}"


def _targets(tree: nodes.Template, rows: Mapping[str, tuple[str, ...]]) -> dict[str, set[str]]:
    """Loop variable → the columns its rows have; of loops that use the same name only what all have."""
    found: dict[str, set[str]] = {}
    for loop in tree.find_all(nodes.For):
        if isinstance(loop.target, nodes.Name) and isinstance(loop.iter, nodes.Name):
            columns = set(rows.get(loop.iter.name, ()))
            found[loop.target.name] = found.get(loop.target.name, columns) & columns
    return found


@functools.cache
def _shipped(type: DocumentType) -> set[str]:
    """The names that the shipped template of this type shows."""
    parts = [DocxTemplate.patch_xml(None, source) for name, source in _sources(built(type)) if PART.fullmatch(name)]
    return meta.find_undeclared_variables(environment().parse("".join(parts)))


def _lacking(type: DocumentType, used: set[str], text: str) -> Iterator[Said]:
    wanted = {"number": "文号", "date": "日期", "signatures": "签名"}
    shown = _shipped(type)  # a report may leave out what its own heading says elsewhere
    wanted |= {field.name: field.label for field in type.fields if field.required and field.name in shown}
    if type.note:
        wanted["note"] = f"标注（{type.note}）"
    for name, label in wanted.items():
        if name not in used:
            how = f"{{{{ {name} }}}}" if name != "signatures" else ""
            zh = f"模板缺少“{label}”" + (f"：请写上 {how}" if how else "")
            yield Said(zh, f"the template lacks “{name}”" + (f"; write {how}" if how else ""))
    if type.qr and not {"qr", "verify_code"} & used:
        yield Said(
            "模板缺少二维码或核验码：请写上 {{ qr }} 或 {{ verify_code }}",
            "the template lacks the QR code or the code to verify it by; write {{ qr }} or {{ verify_code }}",
        )


def _forbidden(type: DocumentType, text: str) -> Iterator[Said]:
    said = text
    for phrase in type.must_say:
        said = said.replace(phrase, "")
    for word in type.forbid:
        if word in said:
            en = f"the fixed text of the template may not say “{word}”: {type.forbid_clause}"
            yield Said(f"模板的固定文字不得出现“{word}”：{type.forbid_clause}", en)
