"""Modification of a running instance: each instruction, what it refuses, and that everything else stays as it was."""

import random
from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from engine.bpm.spiff import parse, run
from engine.bpm.spiff.modify import DOES, Instruction
from engine.errors import Invalid
from tests.engine.bpm.spiff.kit import MORNING, Case, Outside, boundary, bpmn, el, event, flow, script, sub, timer
from tests.engine.bpm.spiff.test_properties import blocks, drawn

START, END = el("startEvent", "s"), el("endEvent", "e")
ROOTS = '<bpmn:message id="M" name="ping"/><bpmn:signal id="S" name="storm"/>'


def order(case, *lines):
    """Carry out an order, as (do, element, further facts)."""
    made = [Instruction(do, element, **facts) for do, element, facts in (line if len(line) == 3 else (*line, {}) for line in lines)]
    return case.now_is(run.modify(case.model, case.at.state, made, case.now, case.world))


def refused(case, *lines):
    """The sentence with which an order is refused; the instance has not moved."""
    before = case.at
    with pytest.raises(Invalid) as found:
        order(case, *lines)
    assert case.at is before and found.value.en != found.value.message
    return found.value.message


def chain():
    return Case(bpmn(START + el("userTask", "a", c_dueDate="${days(1)}") + boundary("late", "a", timer("Duration", "P3D"), interrupting=False)
                     + el("userTask", "b") + el("userTask", "c") + el("userTask", "boss") + END + flow("s->a->b->c->e\nlate->boss")), {"n": 1})  # fmt: skip


def forked():
    """Two branches to a join; the left one has a reminder."""
    return Case(bpmn(START + el("parallelGateway", "f") + el("userTask", "left") + boundary("late", "left", timer("Duration", "P3D"), interrupting=False)
                     + el("userTask", "right") + el("parallelGateway", "j") + el("userTask", "after") + el("userTask", "boss") + END
                     + flow("s->f\nf->left->j\nf->right->j\nj->after->e\nlate->boss")))  # fmt: skip


def test_cancel_and_start_move_a_token_and_disarm_what_listened_on_it():
    case = chain()
    order(case, ("cancel", "a"), ("start_before", "c"))
    assert (case.open, case.at.timers) == (["c"], ())
    assert case.events[-3:] == ["a entered", "a cancelled", "c entered"]
    assert case.do("c").status == "completed"


def test_start_after_goes_on_behind_an_element_and_the_other_token_keeps_its_timer_byte_for_byte():
    case = chain()
    before = case.at
    case.now += timedelta(hours=5)
    order(case, ("start_after", "b"))
    assert case.open == ["a", "c"]
    assert (case.at.tasks[0], case.at.timers) == (before.tasks[0], before.timers)


def test_skip_lets_the_token_go_on_as_if_completed_with_variables():
    case = chain()
    order(case, ("skip", "a", {"variables": {"n": 7}}))
    assert (case.open, case.at.timers, case.at.variables["n"]) == (["b"], (), 7)
    assert "a cancelled" in case.events and "a completed" not in case.events


def test_skipping_the_last_element_ends_the_instance():
    case = Case(bpmn(START + el("userTask", "a") + flow("s->a")))
    assert order(case, ("skip", "a")).status == "completed"


def test_repeat_cancels_and_starts_anew_with_new_deadlines():
    case = chain()
    first, due = case.at.tasks[0].id, case.at.timers[0].due_at
    case.now += timedelta(days=2)
    order(case, ("repeat", "a"))
    assert case.open == ["a"] and case.at.tasks[0].id != first
    assert case.at.timers[0].due_at == due + timedelta(days=2)


def test_set_and_remove_change_variables_and_a_condition_that_waits_sees_them():
    files = bpmn(START + el("intermediateCatchEvent", "w", "<bpmn:conditionalEventDefinition><bpmn:condition>${go}</bpmn:condition></bpmn:conditionalEventDefinition>")
                 + el("userTask", "a") + flow("s->w->a"))  # fmt: skip
    case = Case(files, {"go": False, "old": 1})
    order(case, ("set", None, {"variables": {"go": True}}), ("remove", None, {"names": ("old",)}))
    assert (case.open, case.at.variables) == (["a"], {"go": True})
    assert "old" in refused(case, ("remove", None, {"names": ("old",)}))


def test_an_order_is_carried_out_whole_or_not_at_all():
    case = chain()
    assert refused(case, ("set", None, {"variables": {"n": 9}}), ("cancel", "b")).startswith("第 2 条")
    assert case.at.variables["n"] == 1


@pytest.mark.parametrize(
    ("line", "words"),
    [
        (("cancel", "nowhere"), "没有元素“nowhere”"),
        (("cancel", "b"), "现在停在：a"),
        (("cancel", None), "task 或 element"),
        (("cancel", None, {"task": "x-1"}), "没有可以操作的令牌"),
        (("cancel", "a"), "没有任何在办的步骤"),
        (("cancel", "late"), "没有可以操作的令牌"),
        (("start_before", "late"), "边界事件"),
        (("start_before", None), "element"),
        (("start_after", "e"), "之后没有元素"),
        (("start_after", "a", {"flow": "b_c"}), "不是从“a”出发"),
        (("retry", "a"), "没有出错"),
        (("start_before", "c", {"beside": "x-1"}), "没有令牌“x-1”"),
    ],
)
def test_nonsense_is_refused_with_a_sentence(line, words):
    assert words in refused(chain(), line)


def test_an_ended_instance_is_refused():
    case = Case(bpmn(START + END + flow("s->e")))
    assert "已经结束" in refused(case, ("start_before", "e"))


def test_a_token_for_a_join_must_say_for_which_branch_it_stands():
    case = forked()
    assert "f_left" not in (said := refused(case, ("start_before", "j"))) and "left_j" in said
    order(case, ("start_before", "j", {"flow": "left_j"}), ("cancel", "left"))
    case.do("right")
    assert case.open == ["after"]


def test_the_missing_branch_of_a_join_is_supplied_and_its_own_token_cancelled():
    case = forked()
    case.do("right")
    order(case, ("cancel", "left"), ("start_before", "j"))
    assert (case.open, case.at.timers) == (["after"], ())


def test_a_token_that_waits_at_a_join_may_go_on_alone_but_has_nothing_to_repeat():
    case = forked()
    case.do("right")
    assert "只是在等待" in refused(case, ("repeat", "j"))
    order(case, ("skip", "j"))
    assert case.open == ["left", "after"]


def test_several_tokens_on_one_element_are_told_apart_by_id_or_taken_together():
    case = chain()
    order(case, ("start_before", "b"), ("start_before", "b"))
    assert "2 个令牌" in refused(case, ("cancel", "b"))
    order(case, ("cancel", None, {"task": case.at.tasks[1].id}))
    assert case.open == ["a", "b"]
    order(case, ("start_before", "b"), ("cancel", "b", {"every": True}))
    assert case.open == ["a"]


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


def race():
    return Case(bpmn(START + el("eventBasedGateway", "g") + el("intermediateCatchEvent", "m", event("message", "M")) + el("intermediateCatchEvent", "t", timer("Duration", "P2D"))
                     + el("userTask", "a") + el("userTask", "b") + flow("s->g\ng->m->a\ng->t->b"), roots=ROOTS))  # fmt: skip


def test_one_of_several_awaited_events_can_be_skipped_and_the_others_stop_listening():
    case = race()
    assert "事件网关“g”" in refused(case, ("cancel", "m"))
    assert "它后面的某个事件" in refused(case, ("skip", "g"))
    order(case, ("skip", None, {"task": case.at.timers[0].id}))
    assert (case.open, case.at.waiting, case.at.timers) == (["b"], (), ())


def failing():
    return Case(bpmn(START + el("parallelGateway", "f") + el("userTask", "a") + boundary("late", "a", timer("Duration", "P3D")) + script("x", "y = wrong + 1") + el("userTask", "b")
                     + flow("s->f\nf->a\nf->x->b\nlate->b")))  # fmt: skip


@pytest.mark.parametrize(
    ("lines", "open_now", "status"),
    [
        ([("skip", "x", {"variables": {"y": 1}})], ["a", "b"], "running"),
        ([("set", None, {"variables": {"wrong": 1}}), ("retry", "x")], ["a", "b"], "running"),
        ([("retry", "x")], ["a"], "incident"),
        ([("repeat", "x", {"variables": {"wrong": 1}})], ["a", "b"], "running"),
        ([("cancel", "x")], ["a"], "running"),
    ],
    ids=["skip", "repair", "retry", "repeat", "cancel"],
)
def test_a_failed_token_can_be_worked_on_like_any_other(lines, open_now, status):
    case = failing()
    timers = case.at.timers
    order(case, *lines)
    assert (case.open, case.at.status, case.at.timers) == (open_now, status, timers)


def test_a_failed_choice_is_skipped_by_the_flow_that_is_named():
    case = Case(bpmn(START + el("exclusiveGateway", "x") + el("userTask", "a") + el("userTask", "b") + flow("s->x\nx->[n > 1] a\nx->[n > 2] b")), {"n": 0})
    assert case.at.status == "incident"
    assert "出线条件都不成立" in refused(case, ("skip", "x"))
    order(case, ("skip", "x", {"flow": "x_b"}))
    assert case.open == ["b"]


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


def test_a_message_start_is_not_started_by_hand():
    case = Case(bpmn(el("startEvent", "m", event("message", "M")) + el("userTask", "a") + flow("m->a"), roots=ROOTS), start_element="m")
    assert "start_after" in refused(case, ("start_before", "m"))


@settings(max_examples=120, deadline=None, suppress_health_check=list(HealthCheck), derandomize=True)
@given(block=blocks, data=st.data())
def test_any_modification_leaves_an_instance_that_loads_and_whose_other_tokens_are_untouched(block, data):
    files, _ = drawn(block)
    model, world = parse(files), Outside()
    before = run.start(model, {"count": 0}, MORNING, world)
    chance = random.Random(data.draw(st.integers(0, 10_000)))
    for _ in range(chance.randint(0, 3)):
        if before.tasks:
            before = run.complete(model, before.state, chance.choice(before.tasks).id, {}, MORNING, world)
    names = [node.id for _, node in model.nodes()]
    ids = [found.id for found in (*before.tasks, *before.timers)] or ["none"]
    lines = []
    for _ in range(chance.randint(1, 3)):
        by_id = chance.random() < 0.5
        lines.append(Instruction(chance.choice([do for do in DOES if do not in ("remove", "retry")]), None if by_id else chance.choice(names),
                                 chance.choice(ids) if by_id else None, {"count": 1}, beside=chance.choice([None, chance.choice(ids)])))  # fmt: skip
    now = MORNING + timedelta(minutes=1)
    try:
        after = run.modify(model, before.state, lines, now, world)
    except Invalid as error:
        assert error.message.startswith(("第 ", "该流程已经结束", "修改之后"))
        return
    assert run.inspect(model, after.state).state == after.state
    kept = {timer.id: timer for timer in after.timers}
    assert all(kept[timer.id] == timer for timer in before.timers if timer.id in kept)
    gone = {entry.task for entry in after.trace if entry.event == "cancelled"}
    assert {task for task in before.tasks if task.id not in gone} <= set(after.tasks)
    assert all(entry.at >= now for entry in after.trace)
    assert not any(entry.event == "fired" for entry in after.trace)
    for _ in range(400):  # what is left can be brought to its end, or waits at a join whose branch was taken away
        if after.status != "running" or not (after.tasks or after.timers):
            break
        if after.tasks:
            after = run.complete(model, after.state, after.tasks[0].id, {}, now, world)
        else:
            now = max(now, min(timer.due_at for timer in after.timers))
            after = run.advance(model, after.state, now, world)
    assert after.status in ("running", "completed")
