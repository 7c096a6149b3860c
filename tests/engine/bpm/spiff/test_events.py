"""Events reach whom BPMN's scoping names, once, and nothing that is thrown gets lost in silence."""

import pytest

from engine.bpm.spiff import run
from engine.bpm.spiff.types import BpmnError, NotWaiting, TaskNotOpen
from tests.engine.bpm.spiff.kit import Case, boundary, bpmn, el, event, flow, script, sub, timer

START, END = el("startEvent", "s"), el("endEvent", "e")
A, B, C, D = (el("userTask", name) for name in "abcd")
ROOTS = (
    '<bpmn:message id="M" name="ping"/><bpmn:signal id="S" name="storm"/><bpmn:signal id="S2"/>'
    '<bpmn:error id="E1" errorCode="one"/><bpmn:error id="E2" errorCode="two"/>'
    '<bpmn:escalation id="X1" escalationCode="up"/>'
)


def test_an_interrupting_timer_cancels_its_task_at_the_due_moment_exactly():
    case = Case(bpmn(START + A + boundary("t", "a", timer("Duration", "P1D")) + B + flow("s->a->e\nt->b") + END))
    case.wait(days=1)
    assert case.open == ["b"]
    assert case.at.timers == ()
    assert "a cancelled" in case.events
    assert case.trace[-1].at == case.now


def test_a_non_interrupting_timer_fires_once_beside_its_task():
    case = Case(bpmn(START + A + boundary("t", "a", timer("Duration", "P1D"), interrupting=False) + B + flow("s->a\nt->b")))
    case.wait(days=5)
    assert case.open == ["a", "b"]
    case.do("a")
    assert case.open == ["b"]  # the handler goes on when its host completes
    assert case.do("b").status == "completed"


def test_a_non_interrupting_message_is_heard_again_and_again():
    case = Case(bpmn(START + A + boundary("m", "a", event("message", "M"), interrupting=False) + B + flow("s->a\nm->b"), roots=ROOTS))
    case.tell("ping")
    case.tell("ping")
    assert case.open == ["a", "b", "b"]


def test_a_message_can_be_given_to_one_waiter_only_once():
    case = Case(bpmn(START + el("intermediateCatchEvent", "c", event("message", "M")) + A + flow("s->c->a"), roots=ROOTS))
    waiting = case.at.waiting[0].id
    case.tell("ping", v=1)
    with pytest.raises(NotWaiting):
        run.deliver(case.model, case.at.state, waiting, {}, case.now, case.world)


def test_a_completed_task_cannot_be_completed_again():
    case = Case(bpmn(START + A + B + flow("s->a->b")))
    task = case.at.tasks[0].id
    case.do("a")
    with pytest.raises(TaskNotOpen):
        run.complete(case.model, case.at.state, task, {}, case.now, case.world)


def test_a_thrown_message_goes_to_a_waiter_of_the_same_instance_or_else_leaves_it():
    payload = '<bpmn:extensionElements><camunda:in sourceExpression="${n + 1}" target="m"/><camunda:properties>' \
        '<camunda:property name="correlation:hazard" value="${hazard}"/></camunda:properties></bpmn:extensionElements>'
    declared = '<bpmn:extensionElements><camunda:properties><camunda:property name="correlation:hazard" value="${other}"/>' \
        "</camunda:properties></bpmn:extensionElements>"
    files = bpmn(START + el("parallelGateway", "f") + el("intermediateThrowEvent", "th", event("message", "M", payload))
                 + el("intermediateCatchEvent", "c", declared + event("message", "M")) + A + B + flow("s->f\nf->th->a\nf->c->b"), roots=ROOTS)
    inside = Case(files, {"n": 1, "hazard": "YQ-1", "other": "YQ-1"})
    assert (sorted(inside.open), inside.thrown) == (["a", "b"], [])
    assert inside.at.variables["m"] == 2
    outside = Case(files, {"n": 1, "hazard": "YQ-1", "other": "YQ-2"})
    assert outside.open == ["a"]
    thrown = outside.thrown[0]
    assert (thrown.name, thrown.correlation, thrown.variables) == ("ping", {"hazard": "YQ-1"}, {"m": 2})


def test_a_signal_reaches_every_listener_inside_and_also_leaves_the_instance():
    files = bpmn(START + el("parallelGateway", "f") + el("intermediateCatchEvent", "c1", event("signal", "S")) + A
                 + el("intermediateCatchEvent", "c2", event("signal", "S")) + B + el("endEvent", "th", event("signal", "S"))
                 + flow("s->f\nf->th\nf->c1->a\nf->c2->b"), roots=ROOTS)
    case = Case(files)
    assert case.open == ["a", "b"]
    assert [(thrown.kind, thrown.name) for thrown in case.thrown] == [("signal", "storm")]


def test_a_signal_without_name_is_known_by_its_id():
    case = Case(bpmn(START + el("endEvent", "th", event("signal", "S2")) + flow("s->th"), roots=ROOTS))
    assert case.thrown[0].name == "S2"


def error_in(code, *, handlers=""):
    inner = el("startEvent", "s1") + el("endEvent", "err", event("error", code)) + flow("s1->err")
    return START + sub("outer", el("startEvent", "s0") + sub("inner", inner) + D + flow("s0->inner->d") + handlers)


def test_the_innermost_boundary_event_with_the_code_catches_an_error():
    files = bpmn(error_in("E1", handlers=boundary("near", "inner", event("error", "E1")) + A + flow("near->a"))
                 + boundary("far", "outer", event("error", "E1")) + B + flow("s->outer\nfar->b"), roots=ROOTS)
    assert Case(files).open == ["a"]


def test_an_error_with_another_code_goes_on_outwards_and_a_catch_all_takes_it():
    files = bpmn(error_in("E1", handlers=boundary("near", "inner", event("error", "E2")) + A + flow("near->a"))
                 + boundary("far", "outer", event("error")) + B + flow("s->outer\nfar->b"), roots=ROOTS)
    case = Case(files)
    assert case.open == ["b"]
    assert "outer cancelled" in case.events


def test_a_sibling_with_the_same_code_is_not_hit_by_an_error():
    def one(name, inner, handler):
        return sub(name, inner) + boundary(f"b_{name}", name, event("error", "E1")) + handler + flow(f"b_{name}->h_{name}")

    first = el("startEvent", "s1") + A + flow("s1->a")
    second = el("startEvent", "s2") + el("endEvent", "err", event("error", "E1")) + flow("s2->err")
    files = bpmn(START + el("parallelGateway", "f") + one("x", first, el("userTask", "h_x")) + one("y", second, el("userTask", "h_y"))
                 + flow("s->f\nf->x\nf->y"), roots=ROOTS)
    assert sorted(Case(files).open) == ["a", "h_y"]


def test_an_uncaught_error_is_an_incident_and_never_completes_silently():
    case = Case(bpmn(error_in("E1") + flow("s->outer"), roots=ROOTS))
    assert case.at.status == "incident"
    assert case.at.failures[0].element == "err"
    assert "one" in case.at.failures[0].message


def test_an_operator_raises_a_modelled_error_that_its_boundary_event_catches():
    def refuse(call):
        raise BpmnError("two", "没有权限")

    caught = '<bpmn:errorEventDefinition errorRef="E2" camunda:errorCodeVariable="code" camunda:errorMessageVariable="why"/>'
    files = bpmn(START + el("serviceTask", "op", c_type="external", c_topic="t") + boundary("caught", "op", caught) + A + B
                 + flow("s->op->b\ncaught->a"), roots=ROOTS)
    case = Case(files, operators={"t": refuse})
    assert case.open == ["a"]
    assert case.at.variables == {"code": "two", "why": "没有权限"}


def test_an_error_leaves_a_called_process_and_is_caught_on_the_call_activity():
    content = el("startEvent", "qs") + el("endEvent", "err", event("error", "E1")) + flow("qs->err")
    more = f'<bpmn:process id="q" isExecutable="true">{content}</bpmn:process>'
    files = bpmn(START + el("callActivity", "call", calledElement="q") + boundary("b", "call", event("error", "E1")) + A + flow("s->call\nb->a"), roots=ROOTS, more=more)
    assert Case(files).open == ["a"]


@pytest.mark.parametrize(("interrupting", "opened"), [(True, ["b"]), (False, ["b", "d"])])
def test_an_escalation_interrupts_or_runs_beside(interrupting, opened):
    inner = el("startEvent", "s1") + el("intermediateThrowEvent", "esc", event("escalation", "X1")) + D + flow("s1->esc->d")
    files = bpmn(START + sub("x", inner) + boundary("up", "x", event("escalation", "X1"), interrupting=interrupting) + B
                 + flow("s->x\nup->b"), roots=ROOTS)
    assert sorted(Case(files).open) == opened


def test_an_uncaught_escalation_is_recorded_and_the_flow_goes_on():
    case = Case(bpmn(START + el("intermediateThrowEvent", "esc", event("escalation", "X1")) + A + flow("s->esc->a"), roots=ROOTS))
    assert case.open == ["a"]
    assert [(thrown.kind, thrown.name) for thrown in case.thrown] == [("escalation", "up")]


def test_a_terminate_end_event_ends_the_whole_case_with_its_timers():
    files = bpmn(START + el("parallelGateway", "f") + A + boundary("t", "a", timer("Duration", "P1D")) + END.replace('"e"', '"e2"') + B
                 + el("endEvent", "stop", "<bpmn:terminateEventDefinition/>") + flow("s->f\nf->a\nf->b->stop\nt->e2"))
    case = Case(files)
    case.do("b")
    assert (case.at.status, case.open, case.at.timers) == ("terminated", [], ())
    assert "a cancelled" in case.events


def test_a_terminate_end_event_in_a_sub_process_ends_only_this_sub_process():
    inner = el("startEvent", "s1") + el("parallelGateway", "f") + A + el("endEvent", "stop", "<bpmn:terminateEventDefinition/>") + flow("s1->f\nf->a\nf->stop")
    case = Case(bpmn(START + sub("x", inner) + B + flow("s->x->b")))
    assert case.open == ["b"]


def test_a_link_is_a_flow_drawn_with_two_events():
    files = bpmn(START + el("intermediateThrowEvent", "out", '<bpmn:linkEventDefinition name="L"/>')
                 + el("intermediateCatchEvent", "in", '<bpmn:linkEventDefinition name="L"/>') + A + flow("s->out\nin->a"))
    case = Case(files)
    assert case.open == ["a"]
    assert case.completed == ["s", "out", "in"]


def test_a_conditional_event_sees_what_other_branches_write():
    files = bpmn(START + el("parallelGateway", "f") + el("intermediateCatchEvent", "c", "<bpmn:conditionalEventDefinition><bpmn:condition>${n > 2}</bpmn:condition></bpmn:conditionalEventDefinition>")
                 + A + B + flow("s->f\nf->c->a\nf->b"))
    case = Case(files)
    assert case.open == ["b"]
    case.put(n=1)
    assert case.open == ["b"]
    case.do("b", n=3)
    assert case.open == ["a"]


def test_a_non_interrupting_condition_fires_each_time_it_becomes_true():
    condition = "<bpmn:conditionalEventDefinition><bpmn:condition>n > 2</bpmn:condition></bpmn:conditionalEventDefinition>".replace("> 2<", "&gt; 2<")
    case = Case(bpmn(START + A + boundary("c", "a", condition, interrupting=False) + B + flow("s->a\nc->b")), {"n": 0})
    for n in (5, 6, 1, 7):
        case.put(n=n)
    assert case.open == ["a", "b", "b"]


def test_a_cancel_end_event_leaves_its_transaction_by_the_cancel_boundary_event():
    inner = el("startEvent", "s1") + el("parallelGateway", "f") + A + el("endEvent", "no", "<bpmn:cancelEventDefinition/>") + flow("s1->f\nf->a\nf->no")
    other = el("startEvent", "s2") + D + flow("s2->d")
    files = bpmn(START + el("parallelGateway", "g") + el("transaction", "t1", inner) + el("transaction", "t2", other)
                 + boundary("cancelled", "t1", "<bpmn:cancelEventDefinition/>") + B + C + flow("s->g\ng->t1->c\ng->t2\ncancelled->b"))
    assert sorted(Case(files).open) == ["b", "d"]


def test_an_interrupt_stops_automatic_work_that_is_ready_in_the_same_step():
    inner = el("startEvent", "s1") + el("parallelGateway", "f") + el("endEvent", "err", event("error", "E1")) + script("n1", "x = 1") + script("n2", "x = 2") + A + flow("s1->f\nf->err\nf->a")
    files = bpmn(START + sub("x", inner) + boundary("b0", "x", event("error", "E1")) + B + flow("s->x\nb0->b"), roots=ROOTS)
    case = Case(files)
    assert case.open == ["b"]


def test_a_multiple_catch_event_takes_the_first_and_a_parallel_one_waits_for_all():
    both = event("message", "M") + event("signal", "S")
    files = bpmn(START + el("intermediateCatchEvent", "c", both) + A + flow("s->c->a"), roots=ROOTS)
    case = Case(files)
    case.tell("storm")
    assert (case.open, case.at.waiting) == (["a"], ())
    files = bpmn(START + el("intermediateCatchEvent", "c", both, parallelMultiple="true") + A + flow("s->c->a"), roots=ROOTS)
    case = Case(files)
    case.tell("storm")
    assert case.open == []
    case.tell("ping")
    assert case.open == ["a"]


def test_a_process_starts_at_its_message_start_event():
    files = bpmn(el("startEvent", "m", event("message", "M")) + A + flow("m->a"), roots=ROOTS)
    case = Case(files, {"v": 1}, start_element="m")
    assert case.open == ["a"]
    assert [(start.element, start.kind, start.name) for start in case.model.starts] == [("m", "message", "ping")]
    with pytest.raises(Exception, match="消息"):
        Case(files)


def test_an_instantiating_receive_task_or_event_gateway_is_a_way_to_start():
    files = bpmn(el("receiveTask", "r", messageRef="M", instantiate="true") + A + flow("r->a"), roots=ROOTS)
    assert [(start.element, start.kind) for start in Case(files, start_element="r").model.starts] == [("r", "message")]
    assert Case(files, start_element="r").open == ["a"]


CONDITION = "<bpmn:conditionalEventDefinition><bpmn:condition>${n &gt; limit}</bpmn:condition></bpmn:conditionalEventDefinition>"


def test_a_condition_that_fails_is_an_incident_of_its_event_and_leaves_the_work_alone():
    case = Case(bpmn(START + A + boundary("c", "a", CONDITION, interrupting=False) + B + flow("s->a\nc->b")), {"n": 1})
    assert case.at.status == "running"  # without `limit` it is just not true yet
    case.put(limit="many")
    assert [failure.element for failure in case.at.failures] == ["c"]
    assert case.open == ["a"]
    case.put(limit=0)
    case.retry()
    assert (case.at.status, case.open) == ("running", ["a", "b"])
    assert case.do("a").status == "running"


def test_a_task_whose_way_out_failed_and_was_retried_is_never_completed_twice():
    case = Case(bpmn(START + A + B + flow("s->a\na->[go] b")), {})
    case.do("a")
    case.retry()
    assert case.events.count("a completed") == 0
    case.put(go=True)
    case.retry()
    assert case.events.count("a completed") == 1


def test_a_busy_branch_does_not_keep_a_terminate_end_event_from_ending_the_case():
    files = bpmn(START + el("parallelGateway", "f") + el("exclusiveGateway", "m") + script("n", "n = n + 1")
                 + el("endEvent", "stop", "<bpmn:terminateEventDefinition/>") + flow("s->f\nf->m\nm->n->m\nf->stop"))
    assert Case(files, {"n": 0}).at.status == "terminated"


def test_a_message_event_with_a_topic_is_sent_by_its_operator():
    sent = '<bpmn:messageEventDefinition camunda:type="external" camunda:topic="letter"/>'
    case = Case(bpmn(START + el("intermediateThrowEvent", "th", sent) + el("endEvent", "last", sent) + flow("s->th->last")), operators={"letter": lambda call: {"number": 7}})
    assert [call.element for call in case.world.calls] == ["th", "last"]
    assert (case.at.status, case.at.variables) == ("completed", {"number": 7})
