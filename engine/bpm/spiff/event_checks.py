"""Refuses events that BPMN 2.0.2 forbids where they stand, or that would listen to or throw nothing."""

from __future__ import annotations

from engine.bpm.spiff.findings import Findings
from engine.bpm.spiff.model import Body, Node
from engine.bpm.spiff.nodes import ACTIVITIES

START_KINDS = {
    "process": ("message", "signal", "timer"),
    "event": ("message", "signal", "timer", "error", "escalation", "conditional", "compensate"),
}
CATCH_KINDS = ("message", "signal", "timer", "conditional", "link")
THROW_KINDS = ("message", "signal", "escalation", "link", "compensate")
END_KINDS = ("message", "signal", "error", "escalation", "terminate", "cancel", "compensate")
BOUNDARY_KINDS = ("message", "signal", "timer", "error", "escalation", "conditional", "cancel", "compensate")
ALWAYS_INTERRUPTING = ("error", "cancel")


def _check_kinds(node: Node, allowed: tuple[str, ...], findings: Findings) -> None:
    for trigger in node.triggers:
        if trigger.kind not in allowed:
            findings.refuse(
                node.id,
                "event",
                f"这种事件不支持“{trigger.kind}”类型，请换一种画法。",
                f"An event of this kind cannot be of type {trigger.kind}; draw it differently.",
            )
    if node.has("compensate") and len(node.triggers) > 1:
        findings.refuse(
            node.id,
            "event",
            "补偿不能和其他事件类型合用，请分开画。",
            "Compensation cannot be combined with other event types; draw two events.",
        )
    if node.parallel_multiple and any(trigger.kind in ("error", "escalation", "cancel") for trigger in node.triggers):
        findings.refuse(
            node.id,
            "event",
            "并行多重事件不能包含错误、升级或取消，请分开画。",
            "A parallel multiple event cannot contain error, escalation or cancel; draw them apart.",
        )


def check_start(body: Body, node: Node, findings: Findings) -> None:
    """A start event fits the kind of scope that it starts."""
    if body.event_triggered:
        _check_kinds(node, START_KINDS["event"], findings)
        if not node.triggers:
            findings.refuse(
                node.id,
                "start",
                "事件子流程的开始事件没有类型，请选择。",
                "An event sub-process starts with an event; choose its type.",
            )
        if node.has("compensate") and body.key.count("/") < 2:
            findings.refuse(
                node.id,
                "compensation",
                "补偿事件子流程只能放在子流程里，请移过去。",
                "A compensation event sub-process lies in a sub-process; move it into one.",
            )
        if not node.interrupting and node.has("error"):
            findings.refuse(
                node.id,
                "event",
                "错误开始事件必须是中断型的，请改正。",
                "An error start event interrupts; make it interrupting.",
            )
    elif body.tag == "process" and node.has("conditional"):
        findings.refuse(
            node.id,
            "event",
            "流程启动前还没有变量可以判断，不能用条件启动。请用消息、信号或定时器启动，再在后面判断条件。",
            "Before a process starts there are no variables to look at; use a message, signal or timer start.",
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
            node.id,
            "event",
            "不支持用并行多重事件启动流程，请只留一个。",
            "A process cannot start with a parallel multiple event; keep one of them.",
        )


def check_catch(_body: Body, node: Node, findings: Findings) -> None:
    """A catch event waits for something that can happen."""
    _check_kinds(node, CATCH_KINDS, findings)
    if not node.triggers:
        findings.refuse(
            node.id,
            "event",
            "中间捕获事件没有指定等待什么，请选择类型。",
            "This event waits for nothing; choose a type.",
        )


def check_throw(_body: Body, node: Node, findings: Findings) -> None:
    """A throw event throws something."""
    _check_kinds(node, THROW_KINDS, findings)


def check_end(_body: Body, node: Node, findings: Findings) -> None:
    """An end event does something that can be done here."""
    _check_kinds(node, END_KINDS, findings)


def check_boundary(body: Body, node: Node, findings: Findings) -> None:
    """A boundary event sits on an activity that its kind can watch."""
    _check_kinds(node, BOUNDARY_KINDS, findings)
    host = body.nodes.get(node.attached_to or "")
    if host is not None and host.tag not in ACTIVITIES:
        findings.refuse(
            node.id,
            "boundary",
            "边界事件只能附着在任务、子流程或调用活动上，请移过去。",
            "A boundary event belongs to an activity; attach it to one.",
        )
    if not node.triggers:
        findings.refuse(
            node.id, "boundary", "边界事件没有指定类型，请选择。", "This boundary event has no type; choose one."
        )
    if not node.interrupting and any(node.has(kind) for kind in ALWAYS_INTERRUPTING):
        findings.refuse(
            node.id,
            "boundary",
            "错误和取消边界事件必须是中断型的，请改正。",
            "Error and cancel boundary events interrupt; make it interrupting.",
        )
    if node.has("compensate"):
        handler = body.nodes.get(body.handlers.get(node.id, ""))
        if handler is None or not handler.compensation or node.outgoing:
            findings.refuse(
                node.id,
                "compensation",
                "补偿边界事件不能有连线，请用关联线连到一个标记为补偿的活动。",
                "A compensation boundary event has no flows; connect it by association to a compensation activity.",
            )
    if node.has("cancel") and host is not None and host.tag != "transaction":
        findings.refuse(
            node.id,
            "boundary",
            "取消边界事件只能附着在事务上，请移过去。",
            "A cancel boundary event needs a transaction; attach it to one.",
        )


def check_cancel_end(node: Node, parent: Node | None, findings: Findings) -> None:
    """A cancel end event lies in a transaction that has a way out for it."""
    if parent is None or parent.tag != "transaction":
        findings.refuse(
            node.id,
            "cancel",
            "取消结束事件只能放在事务里，请移过去或改类型。",
            "A cancel end event lies directly in a transaction; move it there or choose another type.",
        )
    elif not any(boundary.has("cancel") for boundary in parent.boundaries):
        findings.refuse(
            node.id,
            "cancel",
            "事务上没有取消边界事件，取消后没有去向，请补画。",
            "The transaction has no cancel boundary event to go on from; add one.",
        )


def check_event_subprocess(node: Node, findings: Findings) -> None:
    """An event sub-process stands alone and has one start event."""
    if node.incoming or node.outgoing:
        findings.refuse(
            node.id,
            "flow",
            "事件子流程不能有进出的连线，请删除。",
            "No flow may enter or leave an event sub-process; remove it.",
        )
    if node.boundaries or node.loop is not None:
        findings.refuse(
            node.id,
            "boundary",
            "事件子流程不能带边界事件或循环标记，请删除。",
            "An event sub-process has neither boundary events nor a loop marker; remove them.",
        )
    starts = [inner for inner in node.body.nodes.values() if inner.tag == "startEvent"] if node.body else []
    if len(starts) != 1:
        findings.refuse(
            node.id,
            "start",
            "事件子流程必须有且只有一个开始事件，请补画或合并。",
            "An event sub-process has exactly one start event; add it or merge them.",
        )
