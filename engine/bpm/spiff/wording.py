"""Holds every element and attribute of a file against the vocabulary: nothing is passed over in silence."""

from __future__ import annotations

from collections.abc import Iterator

from lxml import etree

from engine.bpm.spiff import vocabulary as words
from engine.bpm.spiff.findings import Findings
from engine.bpm.spiff.nodes import CATCHING, FLOW_NODES
from engine.bpm.spiff.xml import BPMN, CAMUNDA, OPERATON, is_bpmn, local, reference, text

NAMED = frozenset({*FLOW_NODES, "process", "sequenceFlow", "message", "signal", "error", "escalation"})
STORES = ("dataStore", "dataStoreReference")
APART = frozenset({"collaboration", "choreography", "globalChoreographyTask", "globalConversation", "category"})


def check_words(root: etree._Element, findings: Findings) -> None:
    """Note each word of the file that is refused, ignored, in the wrong place or not known."""
    _check_bpmn(root, findings)
    _check_stores(root, findings)
    for top in root:
        if not is_bpmn(top) or local(top) in APART or (local(top) == "process" and top.get("isExecutable") == "false"):
            continue  # drawings beside what is executed
        for element in top.iter(f"{{{BPMN}}}*"):
            _check_bpmn(element, findings)
            ignored = [*_check_dialect(element, findings), *_check_extensions(element, findings)]
            if ignored:
                _say_ignored(element, ignored, findings)


def _check_stores(root: etree._Element, findings: Findings) -> None:
    """A data store outlives instances in BPMN; here only an operator reaches what does."""
    stores = {found.get("id") for tag in STORES for found in root.iter(f"{{{BPMN}}}{tag}")}
    ends = (found for tag in ("sourceRef", "targetRef") for found in root.iter(f"{{{BPMN}}}{tag}"))
    for end in ends if stores else ():
        if reference(text(end)) in stores:
            findings.remark(
                _name(end),
                "data-store",
                "warning",
                "数据存储在这里只是本实例的变量，其他实例看不到；要读写外部数据请用服务任务的操作。",
                "A data store is only a variable of this instance here; use an operator to reach data outside.",
            )


def _check_bpmn(element: etree._Element, findings: Findings) -> None:
    tag, place = local(element), element.get("id") or _name(element)
    if (reason := words.REFUSED.get(tag)) is not None:
        findings.refuse(place, "unsupported", f"不支持 {tag}：{reason[0]}", f"Remove or replace {tag}: {reason[1]}")
    elif tag not in words.RUN and tag not in words.PAPER:
        findings.refuse(
            place,
            "unsupported",
            f"BPMN 里没有元素 {tag}，请改正或删除。",
            f"BPMN has no element {tag}; correct or remove it.",
        )
    for name, value in element.attrib.items():
        word, namespace = etree.QName(name).localname, etree.QName(name).namespace
        if namespace is not None:
            continue
        if word not in words.ATTRIBUTES:
            _misplaced(element, word, findings)
        accepted, reason = words.LIMITED.get(word, (None, ("", "")))
        if accepted is not None and value.strip() and value.strip().lower() not in accepted:
            findings.refuse(
                _name(element), _rule(word), f"{word}=“{value}”：{reason[0]}", f"Remove or correct {word}: {reason[1]}"
            )


def _rule(word: str) -> str:
    return "condition" if word == "language" else "unsupported"


def _check_dialect(element: etree._Element, findings: Findings) -> Iterator[tuple[str, words.Reason]]:
    """The attributes of the dialect; yields those that are read and ignored."""
    tag = local(element)
    for name, value in element.attrib.items():
        word, namespace = etree.QName(name).localname, etree.QName(name).namespace
        if namespace in words.FOREIGN:
            _foreign(element, words.FOREIGN[str(namespace)], word, findings)
        if namespace not in (CAMUNDA, OPERATON) or word in words.DRAWN:
            continue
        if word in words.IGNORED:
            yield word, words.IGNORED[word]
        elif word in words.BINDINGS and value != "deployment" and tag in words.DIALECT[word]:
            if value == "latest":
                yield word, ("一律用部署时的那一版", "that of the deployment is used")
            else:
                _refuse(element, word, words.DIALECT_REFUSED["formRefVersion"], findings)
        elif (reason := words.DIALECT_REFUSED.get(word)) is not None:
            _refuse(element, word, reason, findings)
        elif tag not in words.DIALECT.get(word, ()):
            _misplaced(element, f"camunda:{word}", findings)


def _check_extensions(element: etree._Element, findings: Findings) -> Iterator[tuple[str, words.Reason]]:
    """The elements of the dialect inside `extensionElements`; yields those that are read and ignored."""
    if local(element) != "extensionElements":
        return
    owner = element.getparent()
    for found in element:
        word, namespace = local(found), etree.QName(found).namespace
        if namespace in words.FOREIGN:
            _foreign(element, words.FOREIGN[str(namespace)], word, findings)
        if namespace not in (CAMUNDA, OPERATON):
            continue
        if word in words.ELEMENTS_IGNORED:
            yield word, words.ELEMENTS_IGNORED[word]
        elif (reason := words.ELEMENTS_REFUSED.get(word)) is not None:
            _refuse(element, word, reason, findings, human=word in words.FORM_RULES)
        elif not _is_read(word, owner):
            _misplaced(element, f"camunda:{word}", findings)


def _is_read(word: str, owner: etree._Element | None) -> bool:
    if owner is None or word not in words.DIALECT_ELEMENTS:
        return False
    places = words.DIALECT_ELEMENTS[word]
    if word != "in" or local(owner) in ("callActivity", "sendTask"):
        return places is None or local(owner) in places
    holder = owner.getparent()  # what is sent along; a catching event receives whatever comes
    return local(owner) in (places or ()) and (holder is None or local(holder) not in CATCHING)


def _refuse(
    element: etree._Element, word: str, reason: words.Reason, findings: Findings, *, human: bool = False
) -> None:
    zh, en = f"camunda:{word}：{reason[0]}", f"camunda:{word}: {reason[1]}"
    if human:
        findings.remark(_name(element), "form", "error", zh, en)
    else:
        rule = "operator" if word in words.INSTEAD_OF_OPERATORS else "unsupported"
        findings.refuse(_name(element), rule, zh, en)


def _misplaced(element: etree._Element, word: str, findings: Findings) -> None:
    tag = local(element) if local(element) != "extensionElements" else local(_parent(element))
    findings.remark(
        _name(element),
        "no-effect",
        "warning",
        f"{word} 写在 {tag} 上不起作用，请删除或改正。",
        f"{word} has no effect on {tag}; remove or correct it.",
    )


def _foreign(element: etree._Element, dialect: str, word: str, findings: Findings) -> None:
    findings.remark(
        _name(element),
        "no-effect",
        "warning",
        f"{word} 是 {dialect} 的写法，这里不起作用，请改成 Camunda 7 的写法（camunda:…）。",
        f"{word} belongs to another dialect and has no effect; write it as camunda:….",
    )


def _say_ignored(element: etree._Element, ignored: list[tuple[str, words.Reason]], findings: Findings) -> None:
    zh = "；".join(f"camunda:{word} 不影响运行（{reason[0]}）" for word, reason in ignored)
    en = "; ".join(f"camunda:{word} changes nothing ({reason[1]})" for word, reason in ignored)
    findings.remark(
        _name(element),
        "ignored",
        "info",
        f"{zh}；请放心保留，也可以删除。",
        f"{en}; keep it, or remove it if you like.",
    )


def _parent(element: etree._Element) -> etree._Element:
    parent = element.getparent()
    return element if parent is None else parent


def _name(element: etree._Element) -> str:
    """The id by which an author knows the place: of the nearest element that is drawn, else of anything with an id."""
    chain = [element, *element.iterancestors()]
    drawn = (found.get("id") for found in chain if local(found) in NAMED)
    return next(filter(None, [*drawn, *(found.get("id") for found in chain)]), local(element)) or ""
