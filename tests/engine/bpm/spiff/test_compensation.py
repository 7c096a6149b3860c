"""Compensation undoes what was completed, last first, and only that."""

import pytest

from engine.bpm.spiff import Refused, parse
from tests.engine.bpm.spiff.kit import Case, boundary, bpmn, el, event, flow, script

START = el("startEvent", "s")
A, B = el("userTask", "a"), el("userTask", "b")
THROW = "<bpmn:compensateEventDefinition/>"


def undoable(name, log):
    """A script task with a compensation handler; both write into the log."""
    return (script(name, f"log = log + ['{log}']") + boundary(f"c_{name}", name, THROW)
            + el("scriptTask", f"u_{name}", f"<bpmn:script>log = log + ['undo {log}']</bpmn:script>", isForCompensation="true")
            + f'<bpmn:association id="as_{name}" sourceRef="c_{name}" targetRef="u_{name}"/>')


def log(content, **options):
    case = Case(bpmn(content, **options), {"log": []})
    assert case.at.failures == ()
    return case.at.variables["log"], case


def test_completed_activities_are_undone_in_reverse_order_before_the_flow_goes_on():
    entries, case = log(START + undoable("x", "1") + undoable("y", "2") + undoable("never", "3")
                        + el("intermediateThrowEvent", "t", THROW) + A + flow("s->x->y->t->a"))
    assert entries == ["1", "2", "undo 2", "undo 1"]
    assert case.open == ["a"]
    assert case.completed == ["s", "x", "y", "c_y", "u_y", "c_x", "u_x", "t"]


def test_one_activity_can_be_named_and_is_undone_once():
    named = '<bpmn:compensateEventDefinition activityRef="x"/>'
    entries, _ = log(START + undoable("x", "1") + undoable("y", "2") + el("intermediateThrowEvent", "t", named)
                     + el("endEvent", "t2", THROW) + flow("s->x->y->t->t2"))
    assert entries == ["1", "2", "undo 1", "undo 2"]


def test_a_handler_may_wait_for_a_person_and_the_thrower_waits_with_it():
    content = START + B + boundary("c", "b", THROW) + el("userTask", "u", isForCompensation="true") \
        + '<bpmn:association id="as" sourceRef="c" targetRef="u"/>' + el("intermediateThrowEvent", "t", THROW) + A + flow("s->b->t->a")
    case = Case(bpmn(content))
    case.do("b")
    assert case.open == ["u"]
    case.do("u")
    assert case.open == ["a"]


def test_what_was_completed_inside_a_sub_process_is_undone_from_outside():
    inner = el("startEvent", "s1") + undoable("x", "1") + undoable("y", "2") + flow("s1->x->y")
    entries, case = log(START + el("subProcess", "sub", inner) + undoable("z", "3") + el("intermediateThrowEvent", "t", THROW) + A
                        + flow("s->sub->z->t->a"))
    assert entries == ["1", "2", "3", "undo 3", "undo 2", "undo 1"]
    assert case.open == ["a"]
    assert case.completed.count("sub") == 1


def test_a_compensation_event_sub_process_replaces_the_default():
    handler = el("subProcess", "h", el("startEvent", "hs", THROW) + script("own", "log = log + ['own']")
                 + el("endEvent", "he", THROW) + flow("hs->own->he"), triggeredByEvent="true")
    inner = el("startEvent", "s1") + undoable("x", "1") + flow("s1->x") + handler
    entries, case = log(START + el("subProcess", "sub", inner) + el("intermediateThrowEvent", "t", THROW) + A + flow("s->sub->t->a"))
    assert entries == ["1", "own", "undo 1"]
    assert case.open == ["a"]


def test_a_cancelled_transaction_is_undone_before_its_token_leaves():
    inner = el("startEvent", "s1") + undoable("x", "1") + el("endEvent", "no", "<bpmn:cancelEventDefinition/>") + flow("s1->x->no")
    entries, case = log(START + el("transaction", "tr", inner) + boundary("c", "tr", "<bpmn:cancelEventDefinition/>") + A + B
                        + flow("s->tr->b\nc->a"))
    assert entries == ["1", "undo 1"]
    assert case.open == ["a"]


def test_an_interrupted_activity_is_not_undone():
    inner = el("startEvent", "s1") + undoable("x", "1") + el("endEvent", "err", event("error")) + flow("s1->x->err")
    entries, _ = log(START + el("subProcess", "sub", inner) + boundary("bd", "sub", event("error"))
                     + el("intermediateThrowEvent", "t", THROW) + A + flow("s->sub\nbd->t->a"))
    assert entries == ["1"]


def test_instances_of_a_multi_instance_sub_process_are_all_undone():
    inner = el("startEvent", "s1") + undoable("x", "1") + flow("s1->x") \
        + el("multiInstanceLoopCharacteristics", "l", "<bpmn:loopCardinality>2</bpmn:loopCardinality>")
    entries, _ = log(START + el("subProcess", "sub", inner) + el("intermediateThrowEvent", "t", THROW) + A + flow("s->sub->t->a"))
    assert entries == ["1", "1", "undo 1", "undo 1"]


@pytest.mark.parametrize("content", [
    boundary("x", "a", THROW),
    el("userTask", "x", isForCompensation="true"),
    el("userTask", "x", isForCompensation="true") + boundary("c", "a", THROW) + flow("a->x") + '<bpmn:association id="q" sourceRef="c" targetRef="x"/>',
    el("endEvent", "x", '<bpmn:compensateEventDefinition waitForCompletion="false"/>'),
    el("subProcess", "h", el("startEvent", "x", THROW) + B, triggeredByEvent="true"),
])  # fmt: skip
def test_incomplete_compensation_is_refused(content):
    with pytest.raises(Refused) as refused:
        parse(bpmn(START + A + flow("s->a") + content))
    assert "x" in [problem["element"] for problem in refused.value.problems]
