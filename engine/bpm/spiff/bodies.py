"""Reads the content of a process or sub-process: nodes, flows, lanes and nested bodies; missing ids are supplied."""

from __future__ import annotations

from lxml import etree

from engine.bpm.spiff.findings import Findings
from engine.bpm.spiff.model import Body, Flow, Node
from engine.bpm.spiff.nodes import FLOW_NODES, SUBPROCESSES, read_node
from engine.bpm.spiff.triggers import Roots, properties_of
from engine.bpm.spiff.values import Value
from engine.bpm.spiff.xml import child, children, extension, is_bpmn, local, reference, text

MAX_DEPTH = 200
MAX_NODES = 20_000
GLOBAL_TASKS = {
    "globalTask": "task",
    "globalUserTask": "userTask",
    "globalManualTask": "manualTask",
    "globalScriptTask": "scriptTask",
    "globalBusinessRuleTask": "businessRuleTask",
}
ONLY_IN_MARKERS = ("implicitThrowEvent", "event")  # they belong into a complexBehaviorDefinition


def _starters(element: etree._Element) -> tuple[str, ...]:
    """Whom `camunda:candidateStarterGroups` and `candidateStarterUsers` name, spelled as a viewer's candidates are."""
    named = [(kind, extension(element, f"candidateStarter{kind}s") or "") for kind in ("Group", "User")]
    return tuple(f"{kind.lower()}:{name.strip()}" for kind, names in named for name in names.split(",") if name.strip())


def read_body(
    element: etree._Element, roots: Roots, findings: Findings, *, process: str = "", path: str = "", depth: int = 0
) -> Body:
    """The body of a `process` or sub-process element."""
    identifier = element.get("id") or f"{local(element)}_{depth}_{len(path)}"
    if not process and element.get("id") is None:
        findings.refuse("", "process", "流程没有编号（id），请填写。", "The process has no id; give it one.")
    body = Body(
        key=f"{path}/{identifier}" if path else identifier, id=identifier, name=element.get("name") or "",
        tag=local(element), process=process or identifier, file=findings.file,
        event_triggered=element.get("triggeredByEvent") == "true", version_tag=extension(element, "versionTag"),
    )  # fmt: skip
    body.properties = properties_of(element)
    body.starters = _starters(element)
    if depth > MAX_DEPTH:
        findings.refuse(
            identifier,
            "depth",
            f"子流程嵌套超过 {MAX_DEPTH} 层，请拆成调用活动。",
            f"Sub-processes nest deeper than {MAX_DEPTH}; use call activities.",
        )
        return body
    if not _read_nodes(element, body, roots, findings, depth):
        return body
    _read_flows(element, body, findings)
    _read_lanes(element, body)
    _attach(body, roots, findings)
    _join_links(body, findings)
    return body


def read_global_task(element: etree._Element, roots: Roots, findings: Findings) -> Body:
    """A task drawn outside of every process, for call activities: a body with this one task."""
    identifier, tag = element.get("id") or "", local(element)
    element.tag = f"{{{etree.QName(element).namespace}}}{GLOBAL_TASKS[tag]}"
    node = read_node(element, identifier, roots, findings)
    return Body(
        key=identifier, id=identifier, name=node.name, tag=tag, process=identifier, file=findings.file,
        nodes={identifier: node},
    )  # fmt: skip


def _read_nodes(element: etree._Element, body: Body, roots: Roots, findings: Findings, depth: int) -> bool:
    """Fill in the nodes; False when there are too many to go on."""
    for position, found in enumerate(element):
        if not is_bpmn(found):
            continue
        tag = local(found)
        if tag in ONLY_IN_MARKERS:
            findings.refuse(
                found.get("id") or tag,
                "unsupported",
                f"不支持元素 {tag}，请删除或改画。",
                f"{tag} is not supported; remove or replace it.",
            )
        if tag not in FLOW_NODES:
            continue
        node = read_node(found, found.get("id") or f"{body.id}-{tag}-{position}", roots, findings)
        if tag in SUBPROCESSES:
            node.body = read_body(found, roots, findings, process=body.process, path=body.key, depth=depth + 1)
        body.nodes[node.id] = node
        if len(body.nodes) > MAX_NODES:
            findings.refuse(
                body.id,
                "size",
                f"元素超过 {MAX_NODES} 个，请拆成子流程。",
                f"More than {MAX_NODES} elements; split it.",
            )
            return False
    return True


def _read_flows(element: etree._Element, body: Body, findings: Findings) -> None:
    for position, found in enumerate(children(element, "sequenceFlow")):
        identifier = found.get("id") or f"{body.id}-flow-{position}"
        source, target = reference(found.get("sourceRef")), reference(found.get("targetRef"))
        missing = [end for end in (source, target) if end not in body.nodes]
        if missing:
            findings.refuse(
                identifier,
                "flow",
                f"连线的一端“{missing[0]}”不在同一个流程或子流程里，请重新连接。",
                f"One end of this flow ({missing[0]}) is not in the same process or sub-process; connect it again.",
            )
            continue
        flow = Flow(identifier, source, target, found.get("name") or "", _condition(found, identifier, findings))
        body.nodes[source].outgoing.append(flow)
        body.nodes[target].incoming.append(flow)


def _condition(flow: etree._Element, identifier: str, findings: Findings) -> Value | None:
    condition = child(flow, "conditionExpression")
    if condition is None or not text(condition):
        return None
    return findings.expression(identifier, text(condition), "condition")


def _read_lanes(element: etree._Element, body: Body) -> None:
    for lane_set in children(element, "laneSet"):
        for lane in lane_set.iter(f"{{{etree.QName(element).namespace}}}lane"):
            name = lane.get("name") or lane.get("id")
            for pointer in children(lane, "flowNodeRef"):
                node = body.nodes.get(reference(text(pointer)))
                if node is not None:
                    _set_lane(node, name)


def _set_lane(node: Node, lane: str | None) -> None:
    node.lane = lane
    for inner in node.body.nodes.values() if node.body is not None else ():
        if inner.lane is None:
            _set_lane(inner, lane)


def _attach(body: Body, roots: Roots, findings: Findings) -> None:
    """Hang boundary events on their hosts and compensation handlers on their boundary events."""
    for node in body.nodes.values():
        if node.tag != "boundaryEvent":
            continue
        host = body.nodes.get(node.attached_to or "")
        if host is None:
            findings.refuse(
                node.id,
                "boundary",
                "边界事件没有附着在同一流程的活动上，请拖到一个任务或子流程上。",
                "This boundary event is attached to no activity of its process; attach it to one.",
            )
        else:
            host.boundaries.append(node)
        if node.has("compensate"):
            body.handlers[node.id] = roots.associations.get(node.id, "")


def _join_links(body: Body, findings: Findings) -> None:
    """A link pair is a sequence flow drawn with two events."""
    catches: dict[str, Node] = {}
    for node in body.nodes.values():
        if node.tag == "intermediateCatchEvent" and node.has("link"):
            name = node.triggers[0].text
            if name in catches:
                findings.refuse(
                    node.id, "link", f"链接“{name}”有两个入口，请改名。", f"Link {name} is caught twice; rename one."
                )
            catches[name] = node
    thrown: set[str] = set()
    for node in body.nodes.values():
        if node.tag != "intermediateThrowEvent" or not node.has("link"):
            continue
        name = node.triggers[0].text
        target = catches.get(name)
        if target is None:
            findings.refuse(
                node.id,
                "link",
                f"链接“{name}”没有对应的接收端，请补画。",
                f"Link {name} is caught nowhere; draw the catch event.",
            )
            continue
        thrown.add(name)
        flow = Flow(f"{node.id}-link", node.id, target.id)
        node.outgoing.append(flow)
        target.incoming.append(flow)
    for name, node in catches.items():
        if name not in thrown:
            findings.refuse(
                node.id,
                "link",
                f"链接“{name}”没有发出端，请补画或删除。",
                f"Link {name} is thrown nowhere; draw the throw event or remove this one.",
            )
