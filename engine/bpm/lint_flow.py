"""Whether the flow of each process holds together: elements reachable, ways out, an end for runs, bounded tokens."""

from collections.abc import Iterator

from engine.bpm.lint_net import Allowance, Net, reachable
from engine.bpm.lint_place import Place
from engine.bpm.spiff import Model
from engine.bpm.spiff.model import Body, Node
from engine.bpm.spiff.settle import MAX_TOKENS
from engine.errors import Problem

GATEWAYS = ("exclusiveGateway", "parallelGateway", "inclusiveGateway", "eventBasedGateway")
WAITING = ("userTask", "manualTask", "receiveTask", "intermediateCatchEvent", "eventBasedGateway", "callActivity")


def check_flow(model: Model) -> Iterator[Problem]:
    """Findings about the flow of each process and sub-process, then about processes that call each other."""
    allowance = Allowance()
    for body in model.bodies.values():
        if body.nodes:
            yield from _ways(body)
            yield from _net(body, allowance)
    yield from _circles(model)


def _ways(body: Body) -> Iterator[Problem]:
    entered = reachable(body, _entries(body))
    for node in body.nodes.values():
        at, shown = Place(body.file, node.id), node.name or node.id
        if node.id not in entered and not node.compensation:
            yield at.warning("unreachable", f"“{shown}”永远到不了，请连上线或删除。", f"{shown} can never be reached.")
        elif not node.outgoing and node.tag in GATEWAYS:
            yield at.error(
                "gateway", f"网关“{shown}”没有出线，请连到下一步或结束事件。", "This gateway has no way out."
            )
        elif not node.outgoing and _should_go_on(node):
            yield at.warning("dead-end", f"“{shown}”后面没有连线，流程在此结束；请连到结束事件，让图更清楚。",
                             f"Nothing follows {shown}; lead it to an end event.")  # fmt: skip


def _entries(body: Body) -> list[Node]:
    """Where tokens can appear from outside of the flow."""
    apart = (node for node in body.nodes.values() if node.instantiate or (node.body and node.body.event_triggered))
    handlers = (body.nodes[handler] for handler in body.handlers.values() if handler in body.nodes)
    return [*body.starts(), *apart, *handlers]


def _should_go_on(node: Node) -> bool:
    if node.tag == "endEvent" or node.compensation or node.has("compensate") or node.has("link"):
        return False
    return not (node.body is not None and node.body.event_triggered)


def _net(body: Body, allowance: Allowance) -> Iterator[Problem]:
    if body.tag == "adHocSubProcess" or not body.starts():
        return
    net = Net(body, allowance)
    outcome, crowd = net.explore(), net.crowd()
    shown = body.name or body.id
    doubled = crowd.doubled or outcome.doubled
    if outcome.complete and not outcome.finished and not outcome.doubled:
        yield Place(body.file, body.id).error(
            "soundness", f"“{shown}”没有一种走法能走到结束，请检查汇合网关和循环。",
            f"No run of {shown} can complete.")  # fmt: skip
    elif outcome.finished:
        for element in sorted(outcome.stuck):
            yield Place(body.file, element).warning(
                "soundness", f"流程可能卡在“{_shown(body, element)}”：它等待的分支有时不来。请检查前面的网关是否配对。",
                f"A run can wait at {element} for ever.")  # fmt: skip
    for element in sorted(doubled):
        yield Place(body.file, element).warning(
            "twice", f"“{_shown(body, element)}”可能被并行的分支各执行一次。如非有意，请在前面加并行汇合网关。",
            f"Parallel branches can reach {element} one after the other.")  # fmt: skip
    if crowd.crowded:
        yield Place(body.file, body.id).error(
            "tokens", f"“{shown}”同时进行的分支会超过 {MAX_TOKENS} 个：并行网关之后缺少汇合。请用并行网关汇合。",
            f"More than {MAX_TOKENS} tokens can be live at once in {shown}.")  # fmt: skip


def _shown(body: Body, element: str) -> str:
    return body.nodes[element].name or element


def _circles(model: Model) -> Iterator[Problem]:
    """Processes that always call themselves, directly or through others, and so never end."""
    always: dict[str, set[str]] = {key: set() for key in model.processes}
    callers: dict[tuple[str, str], tuple[Body, str]] = {}
    for key, process in model.processes.items():
        for node in process.nodes.values():
            called = node.call.process.constant if node.call is not None else None
            if called in model.processes and not _avoidable(process, node):
                always[key].add(called)
                callers[key, called] = (process, node.id)
    for (key, called), (process, element) in callers.items():
        if _leads_to(called, key, always):
            yield Place(process.file, element).error(
                "call-circle", f"流程“{key}”每次都会再次调用自己，不会结束。请在调用前加条件。",
                f"Process {key} always calls itself again and never ends.")  # fmt: skip


def _leads_to(start: str, goal: str, always: dict[str, set[str]]) -> bool:
    pending, seen = [start], set()
    while pending:
        key = pending.pop()
        if key == goal:
            return True
        if key not in seen:
            seen.add(key)
            pending += always[key]
    return False


def _avoidable(process: Body, call: Node) -> bool:
    """Whether a run can end, or at least wait, without passing this call activity."""
    pending, seen = list(process.starts()), {call.id}
    while pending:
        node = pending.pop()
        if node.id in seen:
            continue
        seen.add(node.id)
        if node.tag == "endEvent" or not node.outgoing or node.tag in WAITING:
            return True
        pending += [process.nodes[flow.target] for flow in node.outgoing]
    return False
