"""Where a token may go back to: in any block-structured model a return doubles and loses nothing."""

import random

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from engine.bpm.spiff import parse, run
from engine.bpm.spiff.concurrency import MAX_NODES, same_company
from engine.bpm.spiff.returning import Earlier, place_of
from tests.engine.bpm.spiff.kit import MORNING, Case, Outside, boundary, bpmn, el, flow, timer
from tests.engine.bpm.spiff.test_properties import blocks, drawn, finish

START = el("startEvent", "s")


def company(content: str, here: str) -> set[str]:
    model = parse(bpmn(content))
    return {name for name in same_company(model.processes["p"], here) if not name.startswith("-")}


def users(*names: str) -> str:
    return "".join(el("userTask", name) for name in names)


def test_a_side_branch_of_a_reminder_does_not_part_the_steps_of_the_main_line():
    content = START + users("a", "b", "told") + boundary("r", "b", timer("Duration", "P1D"), interrupting=False) + flow("s->a->b\nr->told")
    assert {"a", "b"} <= company(content, "b")
    assert company(content, "told") == {"r", "told"}


def test_choices_part_nothing_and_an_interrupting_deadline_belongs_to_the_line():
    content = START + users("a", "b", "c", "d") + el("exclusiveGateway", "x") + boundary("t", "b", timer("Duration", "P1D")) \
        + flow("s->a->x\nx->[n > 1] b\nx->[n < 2] c\nt->d")
    assert {"a", "b", "c", "d"} <= company(content, "d")


def test_a_join_that_waits_for_both_parts_what_is_before_from_what_is_behind():
    content = START + users("a", "b", "c") + el("parallelGateway", "f") + el("parallelGateway", "j") + flow("s->f\nf->a->j\nf->b->j\nj->c")
    assert "a" not in company(content, "c") and "b" not in company(content, "a")


def test_a_diagram_too_large_to_judge_allows_no_return():
    names = [f"t{n}" for n in range(MAX_NODES + 1)]
    assert company(START + users(*names) + flow("->".join(["s", *names])), "t5") == set()


def test_a_step_inside_a_pass_or_of_an_unknown_task_has_no_way_back():
    loop = el("multiInstanceLoopCharacteristics", "l", "<bpmn:loopCardinality>2</bpmn:loopCardinality>")
    case = Case(bpmn(START + users("a") + el("userTask", "v", loop) + flow("s->a->v")))
    assert place_of(case.model, case.at.state, "other-1") is None
    case.do("a")
    place = place_of(case.model, case.at.state, case.at.tasks[0].id)
    assert place is not None and place.reachable == ()


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck), derandomize=True)
@given(block=blocks, seed=st.integers(0, 10_000))
def test_a_return_in_a_block_structured_model_doubles_and_loses_nothing(block, seed):
    files, _ = drawn(block)
    model, world, chance = parse(files), Outside(), random.Random(seed)
    snapshot = run.start(model, {"count": 0}, MORNING, world)
    done: set[tuple[str, str | None]] = set()
    for _ in range(4):
        if not snapshot.tasks:
            break
        task = chance.choice(snapshot.tasks)
        place = place_of(model, snapshot.state, task.id)
        before = [step for step in place.reachable if (step, place.scope) in done]
        if before:
            others = [other for other in snapshot.tasks if other is not task]
            earlier = Earlier(chance.choice(before), "li")
            snapshot, opened = run.send_back(model, snapshot.state, task.id, earlier, MORNING, world)
            assert [other for other in snapshot.tasks if other.id != opened] == others
        else:
            done.add((task.element, place.scope))
            snapshot = run.complete(model, snapshot.state, task.id, {}, MORNING, world)
    snapshot, trace = finish(model, snapshot, world, chance)
    assert snapshot.status == "completed"
    assert sum(entry.element == "e" and entry.event == "completed" for entry in trace) == 1
