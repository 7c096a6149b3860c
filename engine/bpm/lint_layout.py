"""Whether a diagram can be looked at: its file must hold a drawing of what it describes."""

from collections.abc import Iterator

from lxml import etree

from engine.bpm.spiff.nodes import FLOW_NODES
from engine.bpm.spiff.xml import BPMN, local
from engine.errors import Problem

_DI = "http://www.omg.org/spec/BPMN/20100524/DI"


def check_layout(name: str, content: bytes) -> Iterator[Problem]:
    """A warning when the file has no drawing or elements are missing from it."""
    root = parsed(content)
    if root is None:
        return
    drawn = {shape.get("bpmnElement", "").rpartition(":")[2] for shape in root.iter(f"{{{_DI}}}BPMNShape")}
    elements = [element.get("id", "") for element in root.iter(f"{{{BPMN}}}*") if local(element) in FLOW_NODES]
    missing = [element for element in elements if element and element not in drawn]
    if elements and not drawn:
        yield _warning(
            name,
            "",
            "文件里没有图形布局，将自动排版；请在编辑器里整理后保存。",
            "The file has no layout; it will be drawn automatically. Arrange and save it in the editor.",
        )
    elif missing:
        shown = "、".join(missing[:5]) + ("…" if len(missing) > 5 else "")
        yield _warning(
            name,
            missing[0],
            f"有 {len(missing)} 个元素没有画出来：{shown}。请在编辑器里补上。",
            f"{len(missing)} elements are not drawn: {shown}. Add them in the editor.",
        )


def is_readable(content: bytes) -> bool:
    """Whether it is well-formed XML."""
    return parsed(content) is not None


def parsed(content: bytes) -> etree._Element | None:
    """The root of a harmless file; None when it is not well-formed."""
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False, remove_comments=True, remove_pis=True
    )
    try:
        return etree.fromstring(content, parser)
    except (etree.XMLSyntaxError, ValueError, LookupError):
        return None


def _warning(name: str, element: str, message: str, en: str) -> Problem:
    return Problem(file=name, element=element, rule="layout", severity="warning", message=message, en=en)
