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

ALWAYS = ("organ_name", "number", "date", "verify_code", "note", "approved", "signatures", "copies", "qr")
SIGNATURE = ("role", "name", "at", "image")
LOOP = ("index", "index0", "first", "last", "length", "revindex", "revindex0")
PART = re.compile(r"word/(document|header\d*|footer\d*|footnotes)\.xml")
TAGGED = re.compile(r"\{\{|\{%|\{#")


def faults(type: DocumentType, content: bytes) -> list[str]:
    """What is wrong with the tags of this template for this type, one sentence each."""
    found: list[str] = []
    used: set[str] = set()
    text = ""
    for name, source in _sources(content):
        if not PART.fullmatch(name):
            found += [f"部件 {name} 里不能放栏目，请移到正文、页眉或页脚"] if TAGGED.search(_plain(source)) else []
            continue
        text += _plain(source)
        try:
            tree = environment().parse(DocxTemplate.patch_xml(None, source))
        except TemplateError as error:
            line = f"（第 {error.lineno} 处附近）" if isinstance(error, TemplateSyntaxError) else ""
            found.append(f"部件 {name} 里的标记有误：{error.message}{line}")
            continue
        used |= meta.find_undeclared_variables(tree)
        found += _unknown(type, tree)
    return found or [*_lacking(type, used, text), *_forbidden(type, text)]


def _sources(content: bytes) -> Iterator[tuple[str, str]]:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        for name in archive.namelist():
            if name.startswith("word/") and name.endswith(".xml"):
                yield name, archive.read(name).decode("utf-8", "replace")


def _plain(source: str) -> str:
    return re.sub(r"<[^>]*>", "", source)


def _unknown(type: DocumentType, tree: nodes.Template) -> Iterator[str]:
    rows: dict[str, tuple[str, ...]] = {"signatures": SIGNATURE}
    rows |= {field.name: tuple(field.columns or ()) for field in type.fields if field.kind != "text"}
    known = {*ALWAYS, *(field.name for field in type.fields)}
    for name in sorted(meta.find_undeclared_variables(tree) - known):
        yield f"《{type.type}》没有“{name}”这一栏，可用：{'、'.join(sorted(known))}"
    columns: Mapping[str, set[str]] = _targets(tree, rows)
    for loop in tree.find_all(nodes.For):
        if not isinstance(loop.iter, nodes.Name) or loop.iter.name not in rows:
            yield "循环只能逐行列出文书自己的多行栏目，例如 for row in hazards"
    for part in tree.find_all(nodes.Getattr):
        base = part.node.name if isinstance(part.node, nodes.Name) else ""
        allowed = set(LOOP) if base == "loop" else columns.get(base, set())
        if part.attr not in allowed:
            yield f"没有“{base}.{part.attr}”，可用：{'、'.join(sorted(allowed)) or '无'}"
    if next(tree.find_all(nodes.Getitem), None) is not None:
        yield "请写 row.text 这样的形式，不用方括号"


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


def _lacking(type: DocumentType, used: set[str], text: str) -> Iterator[str]:
    wanted = {"number": "文号", "date": "日期", "signatures": "签名"}
    shown = _shipped(type)  # a report may leave out what its own heading says elsewhere
    wanted |= {field.name: field.label for field in type.fields if field.required and field.name in shown}
    if type.note:
        wanted["note"] = f"标注（{type.note}）"
    for name, label in wanted.items():
        if name not in used:
            yield f"模板缺少“{label}”：请写上 {{{{ {name} }}}}" if name != "signatures" else f"模板缺少“{label}”"
    if type.qr and not {"qr", "verify_code"} & used:
        yield "模板缺少二维码或核验码：请写上 {{ qr }} 或 {{ verify_code }}"


def _forbidden(type: DocumentType, text: str) -> Iterator[str]:
    said = text
    for phrase in type.must_say:
        said = said.replace(phrase, "")
    for word in type.forbid:
        if word in said:
            yield f"模板的固定文字不得出现“{word}”：{type.forbid_clause}"
