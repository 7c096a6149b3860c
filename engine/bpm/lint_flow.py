"""Whether the flow of each process holds together: elements reachable, ways out, an end for runs, bounded tokens."""

from collections.abc import Iterator, Mapping

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
    bodies = [body for body in model.bodies.values() if body.nodes]
    explored, crowded, live = Allowance(), Allowance(), dict[str, int]()
    for number, body in enumerate(bodies):
        # Each may use its part of what is left, so that one that takes long hides nothing about the others.
        parts = explored.part(len(bodies) - number), crowded.part(len(bodies) - number)
        yield from _ways(body)
        yield from _net(body, *parts, live)
        explored.take_back(parts[0])
        crowded.take_back(parts[1])
    for process in model.processes.values():
        yield from _Multiplied(model, live).check(process)
    yield from _circles(model)


def _ways(body: Body) -> Iterator[Problem]:
    entered = reachable(body, _entries(body))
    for node in body.nodes.values():
        at = Place(body.file, node.id)
        if node.id not in entered and not node.compensation:
            yield at.warning(
                "unreachable", "永远到不了，请连上线或删除。", "It can never be reached; connect or remove it."
            )
        elif not node.outgoing and node.tag in GATEWAYS:
            yield at.error(
                "gateway",
                "网关没有出线，请连到下一步或结束事件。",
                "This gateway has no way out; lead it on or to an end event.",
            )
        elif not node.outgoing and _should_go_on(node):
            yield at.warning("dead-end", "后面没有连线，流程在此结束；请连到结束事件，让图更清楚。",
                             "Nothing follows; lead it to an end event.")  # fmt: skip


def _entries(body: Body) -> list[Node]:
    """Where tokens can appear from outside of the flow."""
    apart = (node for node in body.nodes.values() if node.instantiate or (node.body and node.body.event_triggered))
    handlers = (body.nodes[handler] for handler in body.handlers.values() if handler in body.nodes)
    return [*body.starts(), *apart, *handlers]


def _should_go_on(node: Node) -> bool:
    if node.tag == "endEvent" or node.compensation or node.has("compensate") or node.has("link"):
        return False
    return not (node.body is not None and node.body.event_triggered)


def _net(body: Body, allowance: Allowance, crowds: Allowance, live: dict[str, int]) -> Iterator[Problem]:
    """Findings about one scope; how many tokens it can have at once is noted in ``live`` by its key."""
    if body.tag == "adHocSubProcess" or not body.starts():
        return
    crowd = Net(body, crowds).crowd()
    live[body.key] = crowd.most
    outcome = Net(body, allowance).explore()
    doubled = crowd.doubled or outcome.doubled
    if not crowd.complete:
        yield Place(body.file, body.id).warning(
            "tokens", "分支太多，算不出最多会有多少同时进行。请把一部分移到子流程或调用的流程。",
            "There are too many branches to find out how many can be live at once; move a part into a process of its "
            "own.")  # fmt: skip
    if outcome.complete and not outcome.finished and outcome.exact:
        yield Place(body.file, body.id).error(
            "soundness", "没有一种走法能走到结束，请检查汇合网关和循环。",
            "No run can complete; check the joins and the loops.")  # fmt: skip
    elif outcome.finished:
        for element in sorted(outcome.stuck):
            yield Place(body.file, element).warning(
                "soundness", "流程可能卡在这里：它等待的分支有时不来。请检查前面的网关是否配对。",
                "A run can wait here for ever; check that the gateways before it match.")  # fmt: skip
    for element in sorted(doubled):
        yield Place(body.file, element).warning(
            "twice", "可能被并行的分支各执行一次。如非有意，请在前面加并行汇合网关。",
            "Parallel branches can come here one after the other; if not meant, join them in a gateway.")  # fmt: skip
    if crowd.crowded:
        yield Place(body.file, body.id).error(
            "tokens", f"同时进行的分支会超过 {MAX_TOKENS} 个：并行网关之后缺少汇合。请用并行网关汇合。",
            f"More than {MAX_TOKENS} branches can be live at once; join them with a parallel gateway.")  # fmt: skip


class _Multiplied:
    """Parallel passes within parallel passes, and the branches inside of each, so far as the diagrams say how many."""

    def __init__(self, model: Model, live: Mapping[str, int]) -> None:
        self.model, self.live = model, live
        self.entered: dict[str, int] = {}  # how often each scope runs at once: it is looked at again for more only

    def check(self, body: Body, factor: int = 1, callers: tuple[str, ...] = ()) -> Iterator[Problem]:
        """Findings about a scope of which so many run at once; a process that calls itself is not followed there."""
        self.entered[body.key] = factor
        for node in body.nodes.values():
            passes = factor * _passes(node)
            inside = node.body or (self._called(node) if passes > 1 else None)
            branches = self.live.get(inside.key, 1) if inside is not None else 1
            if branches <= MAX_TOKENS < passes * branches:  # more branches in one pass have been said already
                yield Place(node.file, node.id).error(
                    "tokens",
                    f"多实例的次数和其中的分支相乘，同时进行的会超过 {MAX_TOKENS} 个，请减少次数或改为顺序执行。",
                    f"The instances with the branches in them multiply to more than {MAX_TOKENS} at once; make them "
                    "fewer or sequential.",
                )
            elif inside is not None and passes > self.entered.get(inside.key, 0):
                within = (*callers, body.process)
                yield from self.check(inside, passes, within) if inside.key not in within else ()

    def _called(self, node: Node) -> Body | None:
        return self.model.processes.get(node.call.process.constant or "") if node.call is not None else None


def _passes(node: Node) -> int:
    count = node.loop.cardinality.fixed if node.loop is not None and node.loop.cardinality is not None else None
    return count if isinstance(count, int) and node.loop is not None and node.loop.kind == "parallel" else 1


def _circles(model: Model) -> Iterator[Problem]:
    """Processes that always call themselves, directly or through others, and so never end."""
    always = {key: dict(_always_called(process)) for key, process in model.processes.items()}
    for key, called in always.items():
        for name, node in called.items():
            if name in always and _leads_to(name, key, always):
                yield Place(node.file, node.id).error(
                    "call-circle", f"流程“{key}”每次都会从这里再次调用自己，不会结束。请在调用前加条件。",
                    f"Process {key} always calls itself here and never ends; make that conditional.")  # fmt: skip


def _always_called(body: Body) -> Iterator[tuple[str, Node]]:
    """The processes that every run of this scope calls, with the activity that does it."""
    for node in body.nodes.values():
        called = node.call.process.constant if node.call is not None else None
        if node.loop is not None or (called is None and node.body is None) or _avoidable(body, node):
            continue
        if called is not None:
            yield called, node
        elif node.body is not None:
            yield from _always_called(node.body)


def _leads_to(start: str, goal: str, always: Mapping[str, Mapping[str, Node]]) -> bool:
    pending, seen = [start], set()
    while pending:
        key = pending.pop()
        if key == goal:
            return True
        if key not in seen:
            seen.add(key)
            pending += always.get(key, ())
    return False


def _avoidable(body: Body, call: Node) -> bool:
    """Whether a run can end, or at least wait, without passing this activity."""
    pending, seen = list(body.starts()), {call.id}
    while pending:
        node = pending.pop()
        if node.id in seen:
            continue
        seen.add(node.id)
        if node.tag == "endEvent" or not node.outgoing or node.tag in WAITING:
            return True
        pending += [body.nodes[flow.target] for flow in node.outgoing]
    return False
