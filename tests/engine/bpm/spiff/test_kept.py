"""Instances kept in memory: a step on one gives byte for byte what a step on the stored state gives."""

from __future__ import annotations

import random
import re
from contextlib import suppress
from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.bpm.spiff import kept, parse, run, snapshot
from engine.bpm.spiff.kept import Kept, Shelf
from engine.bpm.spiff.types import NotFailed, NotWaiting, TaskNotOpen
from engine.errors import Invalid, TooLarge
from tests.engine.bpm.spiff.kit import MORNING, Case, Outside, boundary, bpmn, el, event, flow, script, timer
from tests.engine.bpm.spiff.test_properties import FAST, WHOLE, blocks, drawn

ONE = bpmn(el("startEvent", "s") + el("userTask", "a") + el("userTask", "b") + flow("s->a->b"))
JOINS = bpmn(
    el("startEvent", "s") + el("parallelGateway", "f") + el("exclusiveGateway", "m") + el("userTask", "a") + el("userTask", "b")
    + el("userTask", "c") + el("inclusiveGateway", "o") + el("parallelGateway", "j") + el("userTask", "d") + el("exclusiveGateway", "x", default="x_f")
    + boundary("undo", "c", event("compensate")) + el("userTask", "handler", isForCompensation="true")
    + '<bpmn:association id="as" sourceRef="undo" targetRef="handler"/>' + el("intermediateThrowEvent", "back", event("compensate"))
    + boundary("often", "a", timer("Cycle", "R5/PT7H"), interrupting=False) + script("tick", "ticks = ticks + 1\nseen = now()") + el("endEvent", "t")
    + boundary("when", "b", event("conditional", inner="<bpmn:condition>${ticks > 2}</bpmn:condition>"), interrupting=False) + script("fails", "y = 1 / (ticks - 4)")
    + el("endEvent", "e")
    + flow("s->f\nf->a->o\nf->b->o\nf->c->j\no->j\nj->d->back->x\nx->f\nx->[ticks > 9] e\noften->tick->t\nwhen->fails"),
)  # fmt: skip
MODELS = [parse({"p.bpmn": WHOLE}), parse(JOINS)]


@pytest.fixture(autouse=True)
def own(monkeypatch: pytest.MonkeyPatch) -> Kept:
    """A memory of this test's own."""
    mine = Kept()
    monkeypatch.setattr(kept, "KEPT", mine)
    return mine


def wander(model, state, seed, memory):
    """Random commands from this state on; each step's whole result, and each refusal."""
    kept.KEPT, chance, world, now = memory, random.Random(seed), Outside(), MORNING
    seen, refused = [run.inspect(model, state)], []
    for _ in range(25):
        at = seen[-1]
        acts = [(run.complete, task.id, {"z": chance.randint(0, 3)}) for task in at.tasks]
        acts += [(run.deliver, waiting.id, {}) for waiting in at.waiting]
        acts += [(run.retry, failure.id) for failure in at.failures]
        acts += [(run.set_variables, {"ticks": chance.randint(0, 10)}), (run.advance,), (run.advance,)]
        now += timedelta(hours=chance.randint(0, 9))
        command, *arguments = chance.choice(acts)
        try:
            seen.append(command(model, at.state, *arguments, now, world))
        except (NotFailed, NotWaiting, TaskNotOpen) as error:  # what was due by now came first and took it away
            refused.append((len(seen), repr(error)))
            continue
        if seen[-1].status in ("completed", "terminated"):
            break
        if chance.random() < 0.2:  # a command that is refused spoils nothing
            with pytest.raises(TaskNotOpen):
                run.complete(model, seen[-1].state, "nobody-1", {}, now, world)
    return seen, refused


@FAST
@given(block=blocks, seed=st.integers(0, 10_000))
def test_a_step_on_a_kept_instance_of_any_drawn_model_is_the_step_on_its_stored_state(block, seed):
    model = parse(drawn(block)[0])
    state = run.start(model, {"count": 0, "ticks": 0}, MORNING, Outside()).state
    assert wander(model, state, seed, Kept()) == wander(model, state, seed, Kept(most=0))


@FAST
@given(which=st.integers(0, len(MODELS) - 1), seed=st.integers(0, 10_000))
def test_so_it_is_with_cycles_conditions_compensation_incidents_and_messages(which, seed):
    model = MODELS[which]
    state = run.start(model, {"z": 2, "ticks": 0, "a0": 1}, MORNING, Outside()).state
    assert wander(model, state, seed, Kept()) == wander(model, state, seed, Kept(most=0))


def told(model, seed, world):
    """What random commands that are all carried out show, without the states."""
    chance, now, at = random.Random(seed), MORNING, run.start(model, {"z": 2, "ticks": 0, "a0": 1, "count": 0}, MORNING, world)
    seen, names = [], {}
    while len(seen) < 25:
        acts = [(run.complete, task.id, {"z": chance.randint(0, 3)}) for task in at.tasks]
        acts += [(run.retry, failure.id) for failure in at.failures] + [(run.set_variables, {"ticks": chance.randint(0, 10)})]
        command, *arguments = chance.choice([*acts, (run.advance,), (run.advance,)])
        at = run.advance(model, at.state, now := now + timedelta(hours=chance.randint(0, 9)), world)
        with suppress(NotFailed, TaskNotOpen):  # what was due by now took it away
            if arguments and command is not run.set_variables and arguments[0] not in [each.id for each in (*at.tasks, *at.failures)]:
                continue
            at = command(model, at.state, *arguments, now, world)
        shown = replace(at, state=b"")
        for word in re.findall(r"[0-9a-f]{16}-", repr(shown)):
            names.setdefault(word, f"case{len(names)}-")
        seen.append(re.sub(r"[0-9a-f]{16}-", lambda found: names[found[0]], repr(shown)))
        if at.status in ("completed", "terminated"):
            break
    return seen


@FAST
@given(which=st.integers(0, len(MODELS) - 1), seed=st.integers(0, 10_000))
def test_a_step_in_a_world_that_is_never_stored_shows_what_a_stored_one_does(which, seed):
    unstored = Outside()
    unstored.shelf = Shelf()
    assert told(MODELS[which], seed, unstored) == told(MODELS[which], seed, Outside())


def test_what_may_be_large_is_written_out_in_an_unstored_world_too(monkeypatch):
    world = Outside()
    world.shelf = Shelf()
    monkeypatch.setattr(snapshot, "MAX_STATE", 120_000)
    assert run.start(parse(ONE), {"x": "y" * 90_000}, MORNING, world).state.startswith(b"@")
    with pytest.raises(TooLarge):
        run.start(parse(ONE), {"x": "y" * 130_000}, MORNING, world)


def test_a_failed_command_leaves_the_stored_state_to_go_on_from(own):
    case = Case(ONE)
    before = case.at
    with pytest.raises(Invalid):
        run.complete(case.model, before.state, before.tasks[0].id, {"x": float("nan")}, MORNING, case.world)
    assert own.take(case.model, before.state) is None
    assert run.inspect(case.model, before.state) == run.inspect(parse(ONE), before.state)
    after = run.complete(case.model, before.state, before.tasks[0].id, {"x": 1}, MORNING, case.world)
    assert after.variables == {"x": 1}


def test_an_old_state_is_answered_as_it_was_even_when_a_newer_one_is_kept():
    case = Case(ONE)
    before = case.at
    task = before.tasks[0].id
    first = run.complete(case.model, before.state, task, {"x": 1}, MORNING, case.world)
    second = run.complete(case.model, before.state, task, {"x": 2}, MORNING, case.world)  # the first was rolled back
    assert (first.variables, second.variables) == ({"x": 1}, {"x": 2})
    assert run.inspect(case.model, before.state).tasks == before.tasks


def test_an_instance_is_taken_by_one_only_and_not_for_another_model(own):
    case = Case(ONE)
    assert own.look(parse(ONE), case.at.state) is None
    assert own.take(parse(ONE), case.at.state) is None
    again = Case(ONE)
    assert own.take(again.model, again.at.state) is not None
    assert own.take(again.model, again.at.state) is None


def test_what_is_kept_is_bounded_in_number_and_in_bytes(own, monkeypatch):
    cases = [Case(parse(ONE)) for _ in range(3)]
    monkeypatch.setattr(own, "most", 2)
    cases += [Case(ONE)]
    assert [own.look(case.model, case.at.state) is not None for case in cases] == [False, False, True, True]
    monkeypatch.setattr(own, "most_bytes", 1)
    big = Case(ONE, {"text": "x" * 1000})
    assert own.look(big.model, big.at.state) is None
    assert own.look(cases[-1].model, cases[-1].at.state) is None
