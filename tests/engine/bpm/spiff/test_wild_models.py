"""Elements joined in any way never crash, never hang, and keep their books."""

from __future__ import annotations

import random
from datetime import timedelta

import pytest

from engine.bpm.spiff import parse, run, settle
from tests.engine.bpm.spiff.kit import MORNING, Outside, boundary, bpmn, el, event, flow, script, timer

KINDS = ["userTask", "task", "exclusiveGateway", "parallelGateway", "inclusiveGateway", "endEvent", "script", "wait", "message", "signal",
         "throw", "sub", "call", "multi", "terminate", "error", "escalate", "compensate", "undoable"]  # fmt: skip
ROOTS = '<bpmn:message id="M" name="ping"/><bpmn:signal id="S" name="storm"/><bpmn:error id="E" errorCode="one"/><bpmn:escalation id="X" escalationCode="up"/>'


def wild(chance: random.Random) -> dict[str, bytes]:
    """Any elements joined in any way that BPMN allows."""
    names = [f"n{index}" for index in range(chance.randint(2, 9))]
    kinds = {name: chance.choice(KINDS) for name in names}
    content, number = el("startEvent", "s"), 0
    for name, kind in kinds.items():
        inner = el("startEvent", f"{name}s") + el(chance.choice(["userTask", "task"]), f"{name}a") + chance.choice(
            [el("endEvent", f"{name}e"), el("endEvent", f"{name}e", event("error", "E")), el("endEvent", f"{name}e", "<bpmn:terminateEventDefinition/>")]
        ) + flow(f"{name}s->{name}a->{name}e")
        content += {
            "script": lambda name=name: script(name, "n = n + 1"),
            "wait": lambda name=name: el("intermediateCatchEvent", name, timer("Duration", "PT1H")),
            "message": lambda name=name: el("intermediateCatchEvent", name, event("message", "M")),
            "signal": lambda name=name: el("intermediateCatchEvent", name, event("signal", "S")),
            "throw": lambda name=name: el("intermediateThrowEvent", name, event(chance.choice(["signal"]), "S")),
            "sub": lambda name=name, inner=inner: el("subProcess", name, inner),
            "call": lambda name=name: el("callActivity", name, calledElement="q"),
            "multi": lambda name=name, inner=inner: el("subProcess", name, inner + el(
                "multiInstanceLoopCharacteristics", f"{name}m", "<bpmn:loopCardinality>2</bpmn:loopCardinality>",
                isSequential=chance.choice(["true", "false"]))),
            "terminate": lambda name=name: el("endEvent", name, "<bpmn:terminateEventDefinition/>"),
            "error": lambda name=name: el("endEvent", name, event("error", "E")),
            "escalate": lambda name=name: el("intermediateThrowEvent", name, event("escalation", "X")),
            "compensate": lambda name=name: el("intermediateThrowEvent", name, "<bpmn:compensateEventDefinition/>"),
            "undoable": lambda name=name: el("userTask", name) + boundary(f"{name}c", name, "<bpmn:compensateEventDefinition/>") + el(
                "task", f"{name}u", isForCompensation="true") + f'<bpmn:association id="{name}as" sourceRef="{name}c" targetRef="{name}u"/>',
        }.get(kind, lambda name=name, kind=kind: el(kind, name))()
        if kind in ("userTask", "sub", "call", "multi", "undoable") and chance.random() < 0.6:
            number += 1
            definition = chance.choice([timer("Duration", "PT1H"), timer("Cycle", "R3/PT1H"), event("message", "M"), event("signal", "S"),
                                        event("error", "E"), event("escalation", "X")])
            content += boundary(f"b{number}", name, definition, interrupting="error" in definition or chance.random() < 0.5)
            content += flow(f"b{number}->{chance.choice(names)}")
    sources = ["s", *(name for name, kind in kinds.items() if kind not in ("endEvent", "terminate", "error"))]
    for source in sources:
        targets = chance.sample(names, min(len(names), chance.choice([1, 1, 2, 3])))
        for index, target in enumerate(targets):
            kind = kinds.get(source, "")
            guarded = kind in ("exclusiveGateway", "inclusiveGateway") and len(targets) > 1
            content += flow(f"{source}->" + (f"[n % {index + 2} == 0 or n > 5] " if guarded else "") + target)
    if chance.random() < 0.4:
        content += el("subProcess", "esp", el("startEvent", "es", event("signal", "S"), isInterrupting=chance.choice(["true", "false"]))
                      + el("userTask", "ea") + flow("es->ea"), triggeredByEvent="true")
    return bpmn(content, roots=ROOTS, more=f'<bpmn:process id="q">{el("startEvent", "qs")}{el("userTask", "qa")}{flow("qs->qa")}</bpmn:process>')


@pytest.fixture
def small_limits(monkeypatch):
    """Limits so low that also a generated model reaches them soon."""
    monkeypatch.setattr(settle, "MAX_PASSED", 300)
    monkeypatch.setattr(settle, "MAX_TOKENS", 100)
    monkeypatch.setattr(settle, "COUNT_EVERY", 16)


@pytest.mark.parametrize("part", range(4))
def test_elements_joined_in_any_way_never_crash_and_keep_their_books(part, small_limits):
    for seed in range(part * 40, part * 40 + 40):
        trace = played(seed)
        for element in {entry.element for entry in trace}:
            events = [entry.event for entry in trace if entry.element == element]
            assert events.count("entered") == events.count("completed") + events.count("cancelled"), (seed, element)


def played(seed: int):
    """The trace of a wild model under 25 random acts, ended by a cancellation."""
    chance = random.Random(seed)
    model, world, now = parse(wild(chance)), Outside(), MORNING
    snapshot = run.start(model, {"n": 0}, now, world)
    trace = list(snapshot.trace)
    for _ in range(25):
        acts = [("task", found.id) for found in snapshot.tasks] + [("event", found.id) for found in snapshot.waiting]
        acts += [("time", "")] * bool(snapshot.timers) + [("retry", found.id) for found in snapshot.failures[:1]]
        if not acts:
            break
        kind, found = chance.choice(acts)
        if kind == "task":
            snapshot = run.complete(model, snapshot.state, found, {"n": chance.randint(0, 9)}, now, world)
        elif kind == "event":
            snapshot = run.deliver(model, snapshot.state, found, {}, now, world)
        elif kind == "retry":
            snapshot = run.retry(model, snapshot.state, found, now, world)
        else:
            now += timedelta(minutes=chance.choice([0, 20, 60, 500]))
            snapshot = run.advance(model, snapshot.state, now, world)
        trace += snapshot.trace
    assert run.inspect(model, snapshot.state).state == snapshot.state
    if snapshot.status in ("running", "incident"):
        trace += run.cancel(model, snapshot.state, now, world).trace
    return trace
