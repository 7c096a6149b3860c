"""Event sub-processes: beside or instead of what their scope was doing."""

import pytest

from tests.engine.bpm.spiff.kit import Case, boundary, bpmn, el, event, flow, sub, timer

START, END = el("startEvent", "s"), el("endEvent", "e")
A, B, C, D = (el("userTask", name) for name in "abcd")
ROOTS = (
    '<bpmn:message id="M" name="ping"/><bpmn:signal id="S" name="storm"/><bpmn:signal id="S2"/>'
    '<bpmn:error id="E1" errorCode="one"/><bpmn:error id="E2" errorCode="two"/>'
    '<bpmn:escalation id="X1" escalationCode="up"/>'
)


def event_sub(identifier, start, inner, arrows):
    return el("subProcess", identifier, start + inner + flow(arrows), triggeredByEvent="true")


def started(kind, reference="", *, interrupting=True):
    return el("startEvent", "es", event(kind, reference), isInterrupting=str(interrupting).lower())


def test_an_interrupting_event_sub_process_replaces_what_its_scope_was_doing():
    files = bpmn(START + A + B + flow("s->a->b") + event_sub("h", started("message", "M"), C, "es->c"), roots=ROOTS)
    case = Case(files)
    assert case.at.waiting[0].element == "es"
    case.tell("ping")
    assert case.open == ["c"]
    assert case.do("c").status == "completed"


def test_a_non_interrupting_event_sub_process_runs_beside_and_again():
    files = bpmn(START + A + flow("s->a") + event_sub("h", started("signal", "S", interrupting=False), C, "es->c"), roots=ROOTS)
    case = Case(files)
    case.tell("storm")
    case.tell("storm")
    assert case.open == ["a", "c", "c"]
    case.do("a")
    case.do("c")
    assert case.do("c").status == "completed"
    assert case.at.waiting == ()


def test_an_event_sub_process_that_is_never_triggered_does_not_keep_its_scope_open():
    handler = event_sub("h", el("startEvent", "es", timer("Duration", "P9D"), isInterrupting="false"), C, "es->c")
    case = Case(bpmn(START + A + flow("s->a") + handler))
    assert case.at.timers[0].kind == "event_subprocess"
    assert case.do("a").status == "completed"
    assert case.at.timers == ()


def test_a_nested_event_sub_process_interrupts_its_own_scope_only():
    inner = el("startEvent", "s1") + A + flow("s1->a") + event_sub("h", el("startEvent", "es", timer("Duration", "P1D")), C, "es->c")
    case = Case(bpmn(START + sub("x", inner) + B + D + flow("s->x->b\ns->d")))
    case.wait(days=1)
    assert sorted(case.open) == ["c", "d"]
    case.do("c")
    assert sorted(case.open) == ["b", "d"]


@pytest.mark.parametrize("kind", ["error", "escalation"])
def test_error_and_escalation_event_sub_processes_wait_until_something_is_thrown(kind):
    reference = {"error": "E1", "escalation": "X1"}[kind]
    thrower = el("endEvent", "th", event(kind, reference))
    files = bpmn(START + A + thrower + B + flow("s->a->th\ns->b") + event_sub("h", started(kind, reference), C, "es->c"), roots=ROOTS)
    case = Case(files)
    assert sorted(case.open) == ["a", "b"]
    case.do("a")
    assert case.open == ["c"]


def test_an_error_thrown_by_the_handler_itself_goes_outwards():
    inner = el("startEvent", "s1") + A + flow("s1->a") + event_sub("h", started("message", "M"), el("endEvent", "th", event("error", "E1")), "es->th") \
        + el("subProcess", "h2", el("startEvent", "es2", event("error", "E1")) + D + flow("es2->d"), triggeredByEvent="true")
    files = bpmn(START + sub("x", inner) + boundary("out", "x", event("error", "E1")) + B + flow("s->x\nout->b"), roots=ROOTS)
    case = Case(files)
    case.tell("ping")
    assert case.open == ["b"]


def test_an_event_sub_process_whose_timer_has_no_value_is_an_incident_until_it_has_one():
    handler = event_sub("h", el("startEvent", "es", timer("Date", "${when}"), isInterrupting="false"), C, "es->c")
    case = Case(bpmn(START + A + flow("s->a") + handler))
    assert [failure.element for failure in case.at.failures] == ["h"]
    case.put(when="2026-09-25T09:00:00+08:00")
    case.retry()
    assert (case.open, len(case.at.timers)) == (["a"], 1)
    case.wait(days=1)
    assert case.open == ["a", "c"]
