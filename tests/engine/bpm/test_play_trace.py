"""What `play` prints: the trace holds every element in order, the answer every key, and large models are accepted."""

from itertools import pairwise

import pytest

from engine.bpm.play import play
from tests.engine.bpm.playing import NOW
from tests.engine.bpm.spiff.kit import bpmn, el, event, flow, script, sub, timer

MESSAGE = '<bpmn:message id="m" name="go"/>'
START, END, TASK = el("startEvent", "s"), el("endEvent", "e"), el("userTask", "a")


def run(content: str, *, roots: str = "", more: str = "", **scenario: object) -> dict[str, object]:
    return play(bpmn(content, roots=roots, more=more), {"now": NOW, **scenario})


def words(answer: dict[str, object]) -> list[str]:
    return [f"{entry['element']} {entry['event']}" for entry in answer["trace"]]


def test_the_trace_has_every_element_gateways_and_events_included_in_order() -> None:
    inner = el("startEvent", "i") + el("task", "t") + flow("i->t")
    way = el("exclusiveGateway", "g") + sub("o", inner) + el("intermediateThrowEvent", "n")
    answer = run(START + way + END + flow("s->g->o->n->e"))
    passed = ["s", "g", "o", "i", "t", "n", "e"]
    assert [entry["element"] for entry in answer["trace"] if entry["event"] == "entered"] == passed
    assert words(answer)[4:10] == ["o entered", "i entered", "i completed", "t entered", "t completed", "o completed"]
    assert {entry["element"]: entry["type"] for entry in answer["trace"]}["g"] == "exclusiveGateway"


def test_multi_instance_elements_are_in_the_trace_once_per_item() -> None:
    marker = el("multiInstanceLoopCharacteristics", "m", "<bpmn:loopCardinality>3</bpmn:loopCardinality>")
    answer = run(START + el("task", "t", marker) + END + flow("s->t->e"))
    assert words(answer).count("t entered") == words(answer).count("t completed") == 3


@pytest.mark.parametrize("ending", [timer("Duration", "PT1H"), event("message", "m")], ids=["timer", "message"])
def test_what_an_event_interrupts_is_cancelled_before_the_event_is_passed(ending: str) -> None:
    attached = el("boundaryEvent", "b", ending, attachedToRef="a")
    steps = [{"message": "go"}] if "message" in ending else [{"advance": "PT1H"}]
    answer = run(START + TASK + attached + END + flow("s->a->e\nb->e"), roots=MESSAGE, steps=steps)
    assert words(answer)[2:] == [
        "a entered", "a cancelled", "b entered", "b fired", "b completed", "e entered", "e completed"
    ]  # fmt: skip


def test_a_call_without_mappings_passes_all_variables_in_and_out() -> None:
    called = f'<bpmn:process id="q">{el("startEvent", "qs")}{script("k", "y = x + 1")}{flow("qs->k")}</bpmn:process>'
    answer = run(
        START + el("callActivity", "c", calledElement="q") + END + flow("s->c->e"), more=called, variables={"x": 1}
    )
    assert answer["variables"] == {"x": 1, "y": 2}


@pytest.mark.parametrize(("kind", "value"), [("Date", "${hours(2)}"), ("Duration", "${wait}"), ("Cycle", "R2/${wait}")])
def test_expressions_are_allowed_in_every_timer_value(kind: str, value: str) -> None:
    caught = el("intermediateCatchEvent", "c", timer(kind, value))
    answer = run(START + caught + END + flow("s->c->e"), variables={"wait": "PT2H"})
    assert answer["timers"] == [{"element": "c", "due_at": "2026-09-24T11:00:00+08:00"}]


def test_a_stopped_play_has_the_same_keys_as_one_that_ran_through() -> None:
    through = run(START + END + flow("s->e"))
    stopped = run(START + TASK + END + flow("s->a->e"), steps=[{"complete": "nothing"}])
    unreadable = play({"x.bpmn": b"no xml"})
    assert stopped["error"]
    assert unreadable["error"]
    assert set(through) == set(stopped) == set(unreadable)


def test_a_thrown_message_that_nobody_takes_is_listed_as_lost() -> None:
    told = el("endEvent", "t", event("message", "m"))
    answer = run(START + told + flow("s->t"), roots=MESSAGE)
    assert answer["lost"] == [{"at": NOW, "element": "t", "message": "go", "correlation": {}}]


def test_a_process_that_only_an_event_starts_cannot_be_called() -> None:
    start = el("startEvent", "qs", event("message", "m"))
    called = f'<bpmn:process id="q">{start}{el("endEvent", "qe")}{flow("qs->qe")}</bpmn:process>'
    answer = run(START + el("callActivity", "c", calledElement="q") + END + flow("s->c->e"),
                 roots=MESSAGE, more=called)  # fmt: skip
    assert ("call", "error", "c") in [(one["rule"], one["severity"], one["element"]) for one in answer["problems"]]


def long() -> str:
    names = ["s", *(f"t{number}" for number in range(5_000)), "e"]
    return (
        START
        + "".join(el("task", name) for name in names[1:-1])
        + END
        + "".join(flow(f"{a}->{b}") for a, b in pairwise(names))
    )


def wide() -> str:
    ways = "".join(el("userTask", f"t{number}") + flow(f"f->t{number}->j") for number in range(2_000))
    return START + el("parallelGateway", "f") + ways + el("parallelGateway", "j") + END + flow("s->f\nj->e")


def deep() -> str:
    inner = el("startEvent", "i0") + el("task", "t0") + flow("i0->t0")
    for level in range(1, 31):
        inner = el("startEvent", f"i{level}") + sub(f"p{level}", inner) + flow(f"i{level}->p{level}")
    return inner


@pytest.mark.parametrize("model", [long, wide, deep])
def test_large_models_are_accepted_and_run_to_their_end(model) -> None:
    answer = run(model(), auto=True)
    assert (answer["status"], answer["error"], answer["incidents"]) == ("completed", None, [])
    assert [one for one in answer["problems"] if one["severity"] == "error" and one["rule"] != "group"] == []
