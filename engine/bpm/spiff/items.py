"""Data objects and input/output specifications: what a task reads from and writes to them, as copies between variables.

A data object is the variable of its id (and of its name, where that is one word); so is each data input and output.
"""

from __future__ import annotations

from lxml import etree

from engine.bpm.spiff.findings import Findings
from engine.bpm.spiff.model import Copy
from engine.bpm.spiff.xml import BPMN, child, children, is_bpmn, local, reference, text

ITEMS = ("dataObject", "dataObjectReference", "dataStore", "dataStoreReference", "dataInput", "dataOutput", "property")
_POINTERS = {"dataObjectReference": "dataObjectRef", "dataStoreReference": "dataStoreRef"}


def item_names(root: etree._Element, findings: Findings) -> dict[str, tuple[str, ...]]:
    """For each item-aware element of a file the variables it stands for; a reference to nothing is refused."""
    found = {
        element.get("id") or "": element
        for element in root.iter(f"{{{BPMN}}}*")
        if is_bpmn(element) and local(element) in ITEMS
    }
    return {key: _names(key, element, found, findings) for key, element in found.items()}


def _names(key: str, element: etree._Element, found: dict[str, etree._Element], findings: Findings) -> tuple[str, ...]:
    pointer = _POINTERS.get(local(element))
    behind = reference(element.get(pointer)) if pointer else ""
    if behind and behind not in found:
        findings.refuse(
            key,
            "reference",
            f"引用的数据“{behind}”不存在，请改正或删除。",
            f"The data {behind} does not exist; correct or remove it.",
        )
    chain = [found[behind]] if behind in found and behind != key else []
    names = [name for item in [*chain, element] for name in (item.get("id"), item.get("name")) if name]
    return tuple(dict.fromkeys(name for name in names if name.isidentifier())) or (key,)


def read_copies(
    element: etree._Element, tag: str, owner: str, items: dict[str, tuple[str, ...]], findings: Findings
) -> list[Copy]:
    """The `dataInputAssociation`s or `dataOutputAssociation`s of a task."""
    copies: list[Copy] = []
    for association in children(element, tag):
        sources = [reference(text(found)) for found in children(association, "sourceRef")]
        target = reference(text(child(association, "targetRef")))
        for name in [*sources, target]:
            if name and name not in items:
                findings.refuse(
                    owner,
                    "reference",
                    f"数据关联引用的“{name}”不存在，请改正。",
                    f"The data {name} does not exist; correct it.",
                )
        assigned = _assignments(association, owner, findings)
        plain = Copy(tuple(name for key in sources for name in items.get(key, ())), items.get(target, ()))
        copies += assigned or ([plain] if plain.sources and plain.targets else [])
    return copies


def _assignments(association: etree._Element, owner: str, findings: Findings) -> list[Copy]:
    found: list[Copy] = []
    for assignment in children(association, "assignment"):
        value = findings.expression(owner, text(child(assignment, "from")))
        name = text(child(assignment, "to"))
        name = name.removeprefix("${").removesuffix("}").strip()
        if not name.isidentifier():
            findings.refuse(
                owner,
                "mapping",
                f"赋值目标“{name}”不是变量名，请改正。",
                f"The assignment target {name} is no variable; correct it.",
            )
        elif value is not None:
            found.append(Copy((), (name,), value))
    return found
