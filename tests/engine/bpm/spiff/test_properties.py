"""Properties over generated models: block-structured ones always finish and count right, broken files never crash."""

from __future__ import annotations

import random
from datetime import timedelta
from itertools import pairwise

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from engine.bpm.spiff import Refused, parse, run
from tests.engine.bpm.spiff.kit import MORNING, Outside, boundary, bpmn, el, event, flow, script, timer

FAST = settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck), derandomize=True)

blocks = st.recursive(
    st.sampled_from(["user", "script", "task", "wait"]),
    lambda inner: st.one_of(
        st.tuples(st.just("seq"), st.lists(inner, min_size=1, max_size=3)),
        st.tuples(st.just("and"), st.lists(inner, min_size=2, max_size=3)),
        st.tuples(st.just("or"), st.lists(inner, min_size=2, max_size=3)),
        st.tuples(st.just("xor"), st.lists(inner, min_size=2, max_size=3)),
        st.tuples(st.just("sub"), st.lists(inner, min_size=1, max_size=2)),
        st.tuples(st.just("loop"), st.lists(inner, min_size=1, max_size=2)),
        st.tuples(st.just("guarded"), st.lists(inner, min_size=1, max_size=2)),
    ),
    max_leaves=12,
)


class Drawing:
    """Draws a block as BPMN and counts how often each leaf must complete (None: it depends)."""

    def __init__(self) -> None:
        self.number, self.content, self.arrows = 0, "", []
        self.leaves: dict[str, int] = {}

    def name(self, kind: str) -> str:
        self.number += 1
        return f"{kind}{self.number}"

    def add(self, tag: str, name: str, inner: str = "", **attributes: str) -> str:
        self.content += el(tag, name, inner, **attributes)
        return name

    def draw(self, block, times: int) -> tuple[str, str]:
        """First and last element of the block."""
        if isinstance(block, str):
            return self.leaf(block, times)
        kind, parts = block
        return {"seq": self.sequence, "sub": self.sub, "loop": self.loop, "guarded": self.guarded}.get(
            kind, lambda parts, times: self.split(kind, parts, times))(parts, times)

    def leaf(self, kind: str, times: int) -> tuple[str, str]:
        name = self.name(kind)
        self.leaves[name] = times
        if kind == "script":
            self.content += script(name, "count = count + 1")
        elif kind == "wait":
            self.add("intermediateCatchEvent", name, timer("Duration", f"PT{self.number}H"))
        else:
            self.add({"user": "userTask"}.get(kind, kind), name)
        return name, name

    def sequence(self, parts, times: int) -> tuple[str, str]:
        drawn = [self.draw(part, times) for part in parts]
        self.arrows += [f"{left[1]}->{right[0]}" for left, right in pairwise(drawn)]
        return drawn[0][0], drawn[-1][1]

    def split(self, kind: str, parts, times: int) -> tuple[str, str]:
        tag = {"and": "parallelGateway", "or": "inclusiveGateway", "xor": "exclusiveGateway"}[kind]
        first, last = self.add(tag, self.name("f")), self.add(tag, self.name("j"))
        for index, part in enumerate(parts):
            taken = kind == "and" or (kind == "xor" and index == 1) or (kind == "or" and index != 0)
            start, end = self.draw(part, times if taken else 0)
            guard = "" if kind == "and" else f"[{str(taken).lower()}] "
            self.arrows += [f"{first}->{guard}{start}", f"{end}->{last}"]
        return first, last

    def inside(self, parts, times: int) -> str:
        outer = self.content, self.arrows
        self.content, self.arrows = "", []
        start = self.add("startEvent", self.name("s"))
        first, last = self.sequence(parts, times)
        self.arrows += [f"{start}->{first}", f"{last}->{self.add('endEvent', self.name('e'))}"]
        inner = self.content + flow("\n".join(self.arrows))
        self.content, self.arrows = outer
        return inner

    def sub(self, parts, times: int) -> tuple[str, str]:
        name = self.name("sub")
        self.add("subProcess", name, self.inside(parts, times))
        return name, name

    def loop(self, parts, times: int) -> tuple[str, str]:
        name = self.name("loop")
        marker = el("multiInstanceLoopCharacteristics", f"{name}m", "<bpmn:loopCardinality>2</bpmn:loopCardinality>",
                    isSequential=str(self.number % 2 == 0).lower())
        self.add("subProcess", name, self.inside(parts, times * 2) + marker)
        return name, name

    def guarded(self, parts, times: int) -> tuple[str, str]:
        name = self.name("guarded")
        self.add("subProcess", name, self.inside(parts, times))
        self.content += boundary(f"{name}b", name, timer("Duration", "P400D"), interrupting=False)
        return name, name


def drawn(block):
    drawing = Drawing()
    start = drawing.add("startEvent", "s")
    first, last = drawing.draw(block, 1)
    drawing.arrows += [f"{start}->{first}", f"{last}->{drawing.add('endEvent', 'e')}"]
    return bpmn(drawing.content + flow("\n".join(drawing.arrows))), drawing.leaves


def finish(model, snapshot, world, chance):
    """Complete tasks and let time pass in any order until nothing is open; all trace entries."""
    trace, now = list(snapshot.trace), MORNING
    for _ in range(2_000):
        if snapshot.status != "running":
            break
        if snapshot.tasks and (not snapshot.timers or chance.random() < 0.7):
            task = chance.choice(snapshot.tasks)
            snapshot = run.complete(model, snapshot.state, task.id, {}, now, world)
        else:
            now = max(now, min(timer.due_at for timer in snapshot.timers))
            snapshot = run.advance(model, snapshot.state, now, world)
        trace += snapshot.trace
    return snapshot, trace


@FAST
@given(block=blocks, seed=st.integers(0, 1000))
def test_a_block_structured_model_completes_and_passes_each_leaf_as_often_as_drawn(block, seed):
    files, leaves = drawn(block)
    model, world = parse(files), Outside()
    snapshot, trace = finish(model, run.start(model, {"count": 0}, MORNING, world), world, random.Random(seed))
    assert snapshot.status == "completed"
    for name, times in leaves.items():
        assert sum(entry.element == name and entry.event == "completed" for entry in trace) == times
    assert snapshot.variables["count"] == sum(times for name, times in leaves.items() if name.startswith("script"))
    assert (snapshot.tasks, snapshot.timers, snapshot.waiting) == ((), (), ())
    assert all(left.at <= right.at for left, right in pairwise(trace))


@FAST
@given(block=blocks, seed=st.integers(0, 1000))
def test_what_was_entered_ends_exactly_once_even_when_the_case_is_cancelled(block, seed):
    files, _ = drawn(block)
    model, world = parse(files), Outside()
    snapshot = run.start(model, {"count": 0}, MORNING, world)
    trace, chance = list(snapshot.trace), random.Random(seed)
    for task in snapshot.tasks[: chance.randint(0, 3)]:
        if any(found.id == task.id for found in snapshot.tasks):
            snapshot = run.complete(model, snapshot.state, task.id, {}, MORNING, world)
            trace += snapshot.trace
    if snapshot.status == "running":
        trace += run.cancel(model, snapshot.state, MORNING, world).trace
    for element in {entry.element for entry in trace}:
        events = [entry.event for entry in trace if entry.element == element]
        assert events.count("entered") == events.count("completed") + events.count("cancelled")


@FAST
@given(block=blocks)
def test_looking_at_a_state_changes_nothing_and_says_the_same(block):
    files, _ = drawn(block)
    model, world = parse(files), Outside()
    first = run.start(model, {"count": 0}, MORNING, world)
    seen = run.inspect(model, first.state)
    assert (seen.state, seen.tasks, seen.timers, seen.waiting, seen.status) == (
        first.state, first.tasks, first.timers, first.waiting, first.status)
    again = run.advance(model, first.state, MORNING, world)
    assert (again.state, again.trace) == (first.state, ())


WHOLE = bpmn(
    el("startEvent", "s") + el("userTask", "a", c_dueDate="${days(2)}") + boundary("t", "a", timer("Cycle", "R3/PT1H"), interrupting=False)
    + boundary("m", "a", event("message", "M")) + el("exclusiveGateway", "x", default="x_e") + script("n", "y = [1, 2]\nz = y[0]")
    + el("subProcess", "sub", el("startEvent", "s1") + el("eventBasedGateway", "g") + el("intermediateCatchEvent", "c", event("signal", "S"))
         + el("intermediateCatchEvent", "d", timer("Date", "${next_workday('08:30')}")) + flow("s1->g\ng->c\ng->d"))
    + el("callActivity", "call", calledElement="p") + el("endEvent", "e", "<bpmn:terminateEventDefinition/>")
    + flow("s->a->x\nx->[z > 1] n\nx->e\nn->sub->call\nt->n\nm->e"),
    roots='<bpmn:message id="M" name="ping"/><bpmn:signal id="S" name="storm"/>',
)["p.bpmn"]  # fmt: skip


@settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck), derandomize=True)
@given(st.data())
def test_a_broken_file_is_refused_or_runs_but_never_crashes_or_hangs(data):
    content = bytearray(WHOLE)
    for _ in range(data.draw(st.integers(1, 6))):
        at = data.draw(st.integers(0, len(content) - 1))
        kind = data.draw(st.sampled_from(["cut", "flip", "copy"]))
        size = data.draw(st.integers(1, 60))
        if kind == "cut":
            del content[at : at + size]
        elif kind == "flip":
            content[at] = data.draw(st.integers(0, 255))
        else:
            content[at:at] = content[at : at + size]
        if not content:
            return
    try:
        model = parse({"x.bpmn": bytes(content)})
    except Refused as refused:
        assert all(problem["message"] and problem["en"] for problem in refused.problems)
        return
    world, now = Outside(), MORNING
    if not any(start.kind == "none" for start in model.starts if start.process == model.key):
        return
    snapshot = run.start(model, {"z": 2}, now, world)
    for _ in range(5):
        now += timedelta(hours=5)
        for task in snapshot.tasks[:1]:
            snapshot = run.complete(model, snapshot.state, task.id, {"z": 1}, now, world)
        for waiting in snapshot.waiting[:1]:
            snapshot = run.deliver(model, snapshot.state, waiting.id, {}, now, world)
        snapshot = run.advance(model, snapshot.state, now, world)
    assert snapshot.status in ("running", "completed", "terminated", "incident")


@pytest.mark.parametrize("junk", [b"{}", b"[]", b'{"v": 99}', b'{"v": 1}'])
def test_a_state_of_another_program_is_refused_with_a_sentence(junk):
    from engine.bpm.spiff.state import UnreadableState

    model = parse({"p.bpmn": WHOLE})
    with pytest.raises(UnreadableState):
        run.inspect(model, junk)
