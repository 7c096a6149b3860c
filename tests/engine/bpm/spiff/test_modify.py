"""Modification of a running instance: each instruction, what it refuses, and that everything else stays as it was."""

import random
from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from engine.bpm.spiff import parse, run
from engine.bpm.spiff.modify import DOES, Instruction
from engine.errors import Invalid
from tests.engine.bpm.spiff.kit import MORNING, Case, Outside, boundary, bpmn, el, event, flow, script, timer
from tests.engine.bpm.spiff.ordering import order, refused
from tests.engine.bpm.spiff.test_properties import blocks, drawn

START, END = el("startEvent", "s"), el("endEvent", "e")
ROOTS = '<bpmn:message id="M" name="ping"/><bpmn:signal id="S" name="storm"/>'


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
