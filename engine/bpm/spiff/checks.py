"""Refuses what would run wrongly: structure that BPMN 2.0.2 forbids and constructs that are not executed here."""

from __future__ import annotations

from engine.bpm.spiff.event_checks import (
    check_boundary,
    check_cancel_end,
    check_catch,
    check_end,
    check_event_subprocess,
    check_start,
    check_throw,
)
from engine.bpm.spiff.findings import Findings
from engine.bpm.spiff.model import Body, Node
from engine.bpm.spiff.nodes import ACTIVITIES


def check(process: Body, findings: Findings) -> None:
    """Note everything wrong in a process and its sub-processes."""
    _check_body(process, findings, parent=None)


def _check_body(body: Body, findings: Findings, parent: Node | None) -> None:
    _check_starts(body, findings)
    for node in body.nodes.values():
        _check_flows(node, findings)
        _CHECKS.get(node.tag, _check_nothing)(body, node, findings)
        if node.tag in ACTIVITIES:
            _check_activity(body, node, findings)
        if node.body is not None:
            _check_body(node.body, findings, node)
        if any(trigger.kind == "cancel" for trigger in node.triggers) and node.tag == "endEvent":
            check_cancel_end(node, parent, findings)


def _check_starts(body: Body, findings: Findings) -> None:
    plain = [node for node in body.nodes.values() if node.tag == "startEvent" and not node.triggers]
    if len(plain) > 1:
        findings.refuse(
            plain[1].id,
            "start",
            "一个流程或子流程只能有一个普通开始事件，请合并。",
            "There may be only one plain start event; merge them.",
        )
    if body.event_triggered or not body.nodes:
        if not body.nodes:
            findings.refuse(body.id, "empty", "流程或子流程是空的，请画上内容。", "It is empty; draw its content.")
        return
    if not body.starts() and not any(node.instantiate for node in body.nodes.values()):
        findings.refuse(
            body.id, "start", "没有开始事件，流程无法开始，请加一个。", "Nothing can start here; add a start event."
        )


def _check_flows(node: Node, findings: Findings) -> None:
    if node.tag in ("startEvent", "boundaryEvent") and node.incoming:
        findings.refuse(
            node.incoming[0].id,
            "flow",
            "连线不能指向开始事件或边界事件，请改接。",
            "A flow may not lead into this event; lead it elsewhere.",
        )
    if node.tag == "endEvent" and node.outgoing:
        findings.refuse(
            node.outgoing[0].id,
            "flow",
            "结束事件后面不能再有连线，请改用中间事件。",
            "No flow may leave an end event; use an intermediate event.",
        )
    if node.default is not None and node.default not in [flow.id for flow in node.outgoing]:
        findings.refuse(
            node.id,
            "default",
            "默认连线不是从这里出发的，请重新设置。",
            "The default flow does not leave this element; set it again.",
        )
    if node.tag in ("parallelGateway", "eventBasedGateway"):
        for flow in node.outgoing:
            if flow.condition is not None:
                findings.refuse(
                    flow.id,
                    "condition",
                    "并行网关和事件网关的出线不能带条件，请改用排他或包容网关。",
                    "A flow leaving this gateway may not carry a condition; use another gateway.",
                )
    if node.tag in ("exclusiveGateway", "inclusiveGateway") and len(node.outgoing) > 1:
        for flow in node.outgoing:
            if flow.condition is None and flow.id != node.default:
                findings.refuse(
                    flow.id,
                    "condition",
                    "网关的这条出线没有条件，也不是默认连线，请补充条件或设为默认。",
                    "This flow has no condition and is not the default flow; give it one or make it the default.",
                )


def _check_nothing(_body: Body, _node: Node, _findings: Findings) -> None:
    """Nothing to say about this kind of element."""


def _check_event_gateway(body: Body, node: Node, findings: Findings) -> None:
    if node.parallel_multiple:
        findings.refuse(
            node.id,
            "unsupported",
            "不支持并行型事件网关（eventGatewayType=Parallel），请用并行网关加捕获事件。",
            "Parallel event-based gateways are not supported; use a parallel gateway before catch events.",
        )
    if not node.outgoing:
        findings.refuse(node.id, "gateway", "事件网关后面没有事件，请补画。", "No event follows this gateway; add one.")
    for flow in node.outgoing:
        target = body.nodes[flow.target]
        if target.tag not in ("intermediateCatchEvent", "receiveTask") or target.has("link"):
            findings.refuse(
                flow.id,
                "gateway",
                "事件网关后面只能接中间捕获事件或接收任务，请改画。",
                "Only catch events and receive tasks may follow an event-based gateway; replace this one.",
            )
        elif len(target.incoming) > 1:
            findings.refuse(
                target.id,
                "gateway",
                "事件网关后面的事件不能有其他入线，请删除。",
                "An event behind an event-based gateway may have no other incoming flow; remove it.",
            )


def _check_activity(body: Body, node: Node, findings: Findings) -> None:
    if node.compensation and (node.incoming or node.outgoing or node.id not in body.handlers.values()):
        findings.refuse(
            node.id,
            "compensation",
            "补偿活动不能有连线，请用关联线连到一个补偿边界事件。",
            "A compensation activity has no flows; join it to a compensation boundary event by an association.",
        )
    if node.body is not None and node.body.event_triggered:
        check_event_subprocess(node, findings)
    if node.tag == "adHocSubProcess":
        _check_ad_hoc(node, findings)
    if node.tag in ("receiveTask", "sendTask") and not node.triggers and node.work is None and not findings.problems:
        findings.refuse(node.id, "reference", "没有指定消息，请选择一个。", "This task names no message; choose one.")


def _check_ad_hoc(node: Node, findings: Findings) -> None:
    for inner in node.body.nodes.values() if node.body is not None else ():
        if inner.tag in ("startEvent", "endEvent"):
            findings.refuse(
                inner.id,
                "ad-hoc",
                "即席子流程里不能有开始或结束事件，请删除。",
                "An ad-hoc sub-process has neither start nor end events; remove this one.",
            )


_CHECKS = {
    "startEvent": check_start,
    "intermediateCatchEvent": check_catch,
    "intermediateThrowEvent": check_throw,
    "endEvent": check_end,
    "boundaryEvent": check_boundary,
    "eventBasedGateway": _check_event_gateway,
}
