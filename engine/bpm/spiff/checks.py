"""Refuses what would run wrongly: structure that BPMN 2.0.2 forbids and constructs that are not executed here."""

from __future__ import annotations

from engine.bpm.spiff.findings import Findings
from engine.bpm.spiff.model import Body, Node
from engine.bpm.spiff.nodes import ACTIVITIES

START_KINDS = {
    "process": ("message", "signal", "timer"),
    "event": ("message", "signal", "timer", "error", "escalation", "conditional"),
}
CATCH_KINDS = ("message", "signal", "timer", "conditional", "link")
THROW_KINDS = ("message", "signal", "escalation", "link")
END_KINDS = ("message", "signal", "error", "escalation", "terminate", "cancel")
BOUNDARY_KINDS = ("message", "signal", "timer", "error", "escalation", "conditional", "cancel")
ALWAYS_INTERRUPTING = ("error", "cancel")


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
            _check_cancel_end(node, parent, findings)


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
            node.incoming[0].id, "flow", "连线不能指向开始事件或边界事件。", "A flow may not lead into this event."
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
            "The default flow does not leave this element.",
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


def _check_kinds(node: Node, allowed: tuple[str, ...], findings: Findings) -> None:
    for trigger in node.triggers:
        if trigger.kind not in allowed:
            findings.refuse(
                node.id,
                "event",
                f"这种事件不支持“{trigger.kind}”类型，请换一种画法。",
                f"An event of this kind cannot be of type {trigger.kind}.",
            )
    if node.parallel_multiple and any(trigger.kind in ("error", "escalation", "cancel") for trigger in node.triggers):
        findings.refuse(
            node.id,
            "event",
            "并行多重事件不能包含错误、升级或取消。",
            "A parallel multiple event cannot contain error, escalation or cancel.",
        )


def _check_start(body: Body, node: Node, findings: Findings) -> None:
    if body.event_triggered:
        _check_kinds(node, START_KINDS["event"], findings)
        if not node.triggers:
            findings.refuse(
                node.id,
                "start",
                "事件子流程的开始事件必须指定事件类型。",
                "An event sub-process must start with an event.",
            )
        if not node.interrupting and node.has("error"):
            findings.refuse(
                node.id, "event", "错误开始事件必须是中断型的。", "An error start event must be interrupting."
            )
    elif body.tag == "process":
        _check_kinds(node, START_KINDS["process"], findings)
    elif node.triggers:
        findings.refuse(
            node.id,
            "start",
            "子流程里只能用普通开始事件，请改用事件子流程。",
            "A sub-process starts with a plain start event; use an event sub-process.",
        )
    if node.parallel_multiple and len(node.triggers) > 1 and body.tag == "process" and not body.event_triggered:
        findings.refuse(
            node.id, "event", "不支持用并行多重事件启动流程。", "A process cannot start with a parallel multiple event."
        )


def _check_catch(_body: Body, node: Node, findings: Findings) -> None:
    _check_kinds(node, CATCH_KINDS, findings)
    if not node.triggers:
        findings.refuse(
            node.id,
            "event",
            "中间捕获事件没有指定等待什么，请选择类型。",
            "This event waits for nothing; choose a type.",
        )


def _check_throw(_body: Body, node: Node, findings: Findings) -> None:
    _check_kinds(node, THROW_KINDS, findings)


def _check_end(_body: Body, node: Node, findings: Findings) -> None:
    _check_kinds(node, END_KINDS, findings)


def _check_boundary(body: Body, node: Node, findings: Findings) -> None:
    _check_kinds(node, BOUNDARY_KINDS, findings)
    host = body.nodes.get(node.attached_to or "")
    if host is not None and host.tag not in ACTIVITIES:
        findings.refuse(
            node.id,
            "boundary",
            "边界事件只能附着在任务、子流程或调用活动上。",
            "A boundary event can only be attached to an activity.",
        )
    if not node.triggers:
        findings.refuse(
            node.id, "boundary", "边界事件没有指定类型，请选择。", "This boundary event has no type; choose one."
        )
    if not node.interrupting and any(node.has(kind) for kind in ALWAYS_INTERRUPTING):
        findings.refuse(
            node.id,
            "boundary",
            "错误和取消边界事件必须是中断型的。",
            "Error and cancel boundary events must interrupt.",
        )
    if node.has("cancel") and host is not None and host.tag != "transaction":
        findings.refuse(
            node.id, "boundary", "取消边界事件只能附着在事务上。", "A cancel boundary event needs a transaction."
        )


def _check_cancel_end(node: Node, parent: Node | None, findings: Findings) -> None:
    if parent is None or parent.tag != "transaction":
        findings.refuse(
            node.id, "cancel", "取消结束事件只能放在事务里。", "A cancel end event must lie directly in a transaction."
        )
    elif not any(boundary.has("cancel") for boundary in parent.boundaries):
        findings.refuse(
            node.id,
            "cancel",
            "事务上要有取消边界事件，取消后才有去向。",
            "The transaction needs a cancel boundary event to go on from.",
        )


def _check_complex(_body: Body, node: Node, findings: Findings) -> None:
    findings.refuse(
        node.id,
        "unsupported",
        "不支持复杂网关，请用包容网关或并行网关改画。",
        "Complex gateways are not supported; use inclusive or parallel gateways.",
    )


def _check_event_gateway(body: Body, node: Node, findings: Findings) -> None:
    if not node.outgoing:
        findings.refuse(node.id, "gateway", "事件网关后面没有事件。", "No event follows this gateway.")
    for flow in node.outgoing:
        target = body.nodes[flow.target]
        if target.tag not in ("intermediateCatchEvent", "receiveTask") or target.has("link"):
            findings.refuse(
                flow.id,
                "gateway",
                "事件网关后面只能接中间捕获事件或接收任务。",
                "Only catch events and receive tasks may follow an event-based gateway.",
            )
        elif len(target.incoming) > 1:
            findings.refuse(
                target.id,
                "gateway",
                "事件网关后面的事件不能有其他入线。",
                "An event behind an event-based gateway may have no other incoming flow.",
            )


def _check_activity(body: Body, node: Node, findings: Findings) -> None:
    if node.compensation:
        findings.refuse(
            node.id, "unsupported", "不支持补偿活动，请改用普通的分支处理。", "Compensation is not supported."
        )
    if node.body is not None and node.body.event_triggered:
        _check_event_subprocess(node, findings)
    if node.tag == "adHocSubProcess":
        findings.refuse(
            node.id,
            "unsupported",
            "不支持即席子流程，请改用多实例或并行网关。",
            "Ad-hoc sub-processes are not supported; use multi-instance or a parallel gateway.",
        )
    if node.tag in ("receiveTask", "sendTask") and not node.triggers and node.work is None and not findings.problems:
        findings.refuse(node.id, "reference", "没有指定消息，请选择一个。", "This task names no message; choose one.")


def _check_event_subprocess(node: Node, findings: Findings) -> None:
    if node.incoming or node.outgoing:
        findings.refuse(
            node.id, "flow", "事件子流程不能有进出的连线。", "No flow may enter or leave an event sub-process."
        )
    if node.boundaries or node.loop is not None:
        findings.refuse(
            node.id,
            "boundary",
            "事件子流程不能带边界事件或循环标记。",
            "An event sub-process can have neither boundary events nor a loop marker.",
        )
    starts = [inner for inner in node.body.nodes.values() if inner.tag == "startEvent"] if node.body else []
    if len(starts) != 1:
        findings.refuse(
            node.id,
            "start",
            "事件子流程必须有且只有一个开始事件。",
            "An event sub-process needs exactly one start event.",
        )


_CHECKS = {
    "startEvent": _check_start,
    "intermediateCatchEvent": _check_catch,
    "intermediateThrowEvent": _check_throw,
    "endEvent": _check_end,
    "boundaryEvent": _check_boundary,
    "complexGateway": _check_complex,
    "eventBasedGateway": _check_event_gateway,
}
