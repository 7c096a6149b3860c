"""Bytes of a BPMN file → a harmless element tree: no DOCTYPE, no entity, no network, limited size and depth."""

from __future__ import annotations

from lxml import etree

from engine.bpm.spiff.model import Refused
from engine.errors import Problem

BPMN = "http://www.omg.org/spec/BPMN/20100524/MODEL"
CAMUNDA = "http://camunda.org/schema/1.0/bpmn"
OPERATON = "http://operaton.org/schema/1.0/bpmn"
MAX_BYTES = 10_000_000
MAX_DEPTH = 1_000


def refusal(message: str, en: str, *, rule: str = "xml", element: str = "", file: str = "") -> Problem:
    """One reason to refuse, at an element where there is one."""
    problem = Problem(message=message, en=en, rule=rule, severity="error")
    if element:
        problem["element"] = element
    if file:
        problem["file"] = file
    return problem


def read(content: bytes, file: str) -> etree._Element:
    """The root element without comments and processing instructions. Raises Refused with one sentence."""
    if len(content) > MAX_BYTES:
        raise Refused(
            [
                refusal(
                    "文件超过 10 MB，请拆分流程。", "The file is larger than 10 MB; split it.", rule="size", file=file
                )
            ]
        )
    if not content.strip():
        raise Refused([refusal("文件是空的，请重新导出。", "The file is empty; export it again.", file=file)])
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False, remove_comments=True, remove_pis=True
    )
    try:
        root = etree.fromstring(content, parser)
    except (etree.XMLSyntaxError, ValueError, LookupError) as error:
        reason = str(error).splitlines()[0] if str(error) else type(error).__name__
        raise Refused(
            [
                refusal(
                    f"不是可读的 XML：{reason}。请重新导出该文件。",
                    f"Not readable XML: {reason}; export it again.",
                    file=file,
                )
            ]
        ) from None
    if root is None:
        raise Refused([refusal("文件里没有内容，请重新导出。", "The file has no content; export it again.", file=file)])
    if root.getroottree().docinfo.doctype:
        raise Refused(
            [
                refusal(
                    "文件含有 DOCTYPE，出于安全不接受，请删除它。", "A DOCTYPE is not accepted; remove it.", file=file
                )
            ]
        )
    return root


def local(element: etree._Element) -> str:
    """The tag without its namespace."""
    return etree.QName(element).localname


def is_bpmn(element: etree._Element) -> bool:
    """Whether the element belongs to BPMN 2.0 itself."""
    return etree.QName(element).namespace == BPMN


def extension(element: etree._Element, name: str) -> str | None:
    """An attribute of the Camunda 7 dialect (Operaton's namespace is the same dialect)."""
    found = element.get(f"{{{CAMUNDA}}}{name}")
    return found if found is not None else element.get(f"{{{OPERATON}}}{name}")


def children(element: etree._Element, name: str) -> list[etree._Element]:
    """The BPMN child elements of this tag."""
    return element.findall(f"{{{BPMN}}}{name}")


def child(element: etree._Element, name: str) -> etree._Element | None:
    """The first BPMN child element of this tag."""
    return element.find(f"{{{BPMN}}}{name}")


def extensions(element: etree._Element, name: str) -> list[etree._Element]:
    """The dialect's elements of this name directly inside `extensionElements`."""
    holder = child(element, "extensionElements")
    if holder is None:
        return []
    return holder.findall(f"{{{CAMUNDA}}}{name}") + holder.findall(f"{{{OPERATON}}}{name}")


def dialect_children(element: etree._Element, name: str) -> list[etree._Element]:
    """The dialect's child elements of this name."""
    return element.findall(f"{{{CAMUNDA}}}{name}") + element.findall(f"{{{OPERATON}}}{name}")


def text(element: etree._Element | None) -> str:
    """The text of an element, trimmed."""
    return "" if element is None else "".join(element.itertext()).strip()


def reference(value: str | None) -> str:
    """A QName reference without its prefix."""
    return (value or "").strip().rpartition(":")[2]
