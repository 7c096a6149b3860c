"""Modification inside sub-processes, called processes, passes and compensation: which scope is meant, what closes it."""

from tests.engine.bpm.spiff.kit import Case, boundary, bpmn, el, event, flow, script, sub, timer
from tests.engine.bpm.spiff.ordering import order, refused

START = el("startEvent", "s")
ROOTS = '<bpmn:message id="M" name="ping"/>'


def nested():
    inner = el("startEvent", "s1") + el("userTask", "x") + el("userTask", "y") \
        + el("subProcess", "deep", el("startEvent", "s2") + el("userTask", "z") + flow("s2->z")) + flow("s1->x->y->deep") \
        + el("subProcess", "h", el("startEvent", "hs", event("message", "M"), isInterrupting="false") + el("userTask", "heard") + flow("hs->heard"), triggeredByEvent="true")
    return Case(bpmn(START + el("userTask", "a") + sub("box", inner) + boundary("t", "box", timer("Duration", "P9D")) + el("userTask", "b")
                     + flow("s->a->box->b\nt->b"), roots=ROOTS))  # fmt: skip


def test_starting_inside_sub_processes_enters_them_with_their_listeners():
    case = nested()
    order(case, ("cancel", "a"), ("start_before", "z"))
    assert case.open == ["z"]
    assert [found.element for found in case.at.timers] == ["t"]
    assert [found.name for found in case.at.waiting] == ["ping"]
    assert "box entered" in case.events and "x entered" not in case.events
    case.do("z")
    assert case.open == ["b"]


def test_a_second_token_inside_joins_the_scope_that_runs():
    case = nested()
    case.do("a")
    order(case, ("start_before", "y"))
    assert case.open == ["x", "y"]
    assert [found.element for found in case.at.timers] == ["t"]


def test_cancelling_the_last_token_inside_cancels_the_sub_process_and_skipping_it_ends_the_sub_process():
    case = nested()
    case.do("a")
    assert "没有任何在办的步骤" in refused(case, ("cancel", "x"))
    order(case, ("cancel", "x"), ("start_before", "a"))
    assert (case.open, case.at.timers, case.at.waiting) == (["a"], (), ())
    case.do("a"), case.do("x"), case.do("y")
    order(case, ("skip", "z"))
    assert case.open == ["b"]


def test_the_inside_of_an_event_sub_process_needs_its_own_start():
    case = nested()
    case.do("a")
    assert "事件子流程" in refused(case, ("start_before", "h"))
    assert "事件子流程" in refused(case, ("start_before", "heard"))
    case.tell("ping")
    order(case, ("start_before", "heard"))
    assert case.open == ["x", "heard", "heard"]


def votes(kind="parallel", inner=""):
    loop = el("multiInstanceLoopCharacteristics", "l", c_collection="${people}", c_elementVariable="who", isSequential=str(kind == "sequential").lower())
    body = el("userTask", "v", loop, c_assignee="${who}") if not inner else sub("v", inner + loop)
    return Case(bpmn(START + body + el("userTask", "after") + flow("s->v->after"), roots=ROOTS), {"people": ["li", "wang", "zhao"]})


def test_a_pass_is_cancelled_skipped_or_repeated_by_its_id_and_the_others_decide():
    case = votes()
    ids = [task.id for task in case.at.tasks]
    order(case, ("cancel", None, {"task": ids[0]}))
    order(case, ("repeat", None, {"task": ids[1]}))
    assert [task.assignee for task in case.at.tasks] == ["zhao", "wang"]
    order(case, ("skip", None, {"task": ids[2]}))
    case.do("v")
    assert case.open == ["after"]


def test_cancelling_what_is_left_of_a_vote_ends_it_when_somebody_voted():
    case = votes()
    case.do("v")
    order(case, *[("cancel", None, {"task": task.id}) for task in case.at.tasks])
    assert case.open == ["after"]


def test_the_element_of_a_multi_instance_means_all_its_passes():
    case = votes()
    case.do("v")
    order(case, ("repeat", "v"))
    assert [task.assignee for task in case.at.tasks] == ["li", "wang", "zhao"]
    order(case, ("skip", "v"))
    assert case.open == ["after"]


def test_a_sequential_pass_is_skipped_but_not_cancelled_alone():
    case = votes("sequential")
    assert "逐次" in refused(case, ("cancel", None, {"task": case.at.tasks[0].id}))
    order(case, ("skip", None, {"task": case.at.tasks[0].id}))
    assert [task.assignee for task in case.at.tasks] == ["wang"]


def test_inside_a_pass_the_pass_must_be_named():
    case = votes(inner=el("startEvent", "s1") + el("userTask", "x") + el("userTask", "y") + flow("s1->x->y"))
    assert "运行 3 份" in refused(case, ("start_before", "y"))
    order(case, ("start_before", "y", {"beside": case.at.tasks[1].id}), ("cancel", None, {"task": case.at.tasks[1].id}))
    assert case.open == ["x", "x", "y"]
    case.do("y"), case.do("x"), case.do("y"), case.do("x"), case.do("y")
    assert case.open == ["after"]
    assert "先启动该活动" in refused(case, ("start_before", "x"))


def test_a_called_process_is_worked_on_while_it_runs():
    more = f'<bpmn:process id="q">{el("startEvent", "qs")}{el("userTask", "qa")}{el("userTask", "qb")}{flow("qs->qa->qb")}</bpmn:process>'
    case = Case(bpmn(START + el("userTask", "a") + el("callActivity", "call", calledElement="q") + el("userTask", "b") + flow("s->a->call->b"), more=more), {"n": 1})
    assert "没有在运行" in refused(case, ("start_before", "qb"))
    case.do("a")
    order(case, ("set", "qa", {"variables": {"n": 2}}), ("cancel", "qa"), ("start_before", "qb"))
    assert (case.open, case.at.variables["n"]) == (["qb"], 1)
    case.do("qb")
    assert (case.open, case.at.variables["n"]) == (["b"], 2)


def compensating():
    inner = el("startEvent", "s1") + script("x", "n = n") + boundary("cx", "x", "<bpmn:compensateEventDefinition/>") \
        + el("userTask", "ux", isForCompensation="true") + '<bpmn:association id="as" sourceRef="cx" targetRef="ux"/>' \
        + el("endEvent", "undo", "<bpmn:compensateEventDefinition/>") + flow("s1->x->undo")
    return Case(bpmn(START + sub("box", inner) + el("userTask", "after") + flow("s->box->after")), {"n": 0})


def test_a_compensation_goes_on_when_its_handler_is_skipped_and_cannot_lose_it():
    case = compensating()
    assert "正在补偿" in refused(case, ("cancel", "ux"))
    assert "只是在等待" in refused(case, ("repeat", "undo"))
    assert "只用于补偿" in refused(case, ("start_before", "ux"))
    order(case, ("repeat", "ux"))
    order(case, ("skip", "ux"))
    assert case.open == ["after"]
