"""Migration: an equal version changes nothing at all, a changed one moves tokens and no due moment, all else is refused."""

from __future__ import annotations

import random
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.bpm.spiff import parse, run
from engine.bpm.spiff.migrate import CannotMigrate, migrate
from engine.bpm.spiff.translation import Plan
from engine.errors import Invalid
from tests.engine.bpm.spiff.kit import MORNING, Case, Outside, boundary, bpmn, el, event, flow, script, timer
from tests.engine.bpm.spiff.test_properties import FAST, blocks, drawn, finish

LINE = "s->fix->check->e"


def line(*, due="${days(3)}", limit="P3D", extra="", arrows="", host="fix", groups="office") -> dict[str, bytes]:
    """Rectify with a limit, then check."""
    return bpmn(
        el("startEvent", "s") + el("userTask", host, c_dueDate=due, c_candidateGroups=groups)
        + boundary("late", host, timer("Duration", limit), interrupting=False) + el("userTask", "remind")
        + el("userTask", "check") + el("endEvent", "e") + extra
        + flow(LINE.replace("fix", host) + f"\nlate->remind\n{arrows}")
    )  # fmt: skip


def moved(case: Case, files: dict[str, bytes], **move) -> Case:
    """The same case in another version."""
    target = parse(files)
    case.now_is(migrate(case.model, target, case.at.state, Plan(**move), case.now, case.world))
    case.model = target
    return case


def reasons(case: Case, files: dict[str, bytes], **move) -> list[str]:
    with pytest.raises(CannotMigrate) as caught:
        moved(case, files, **move)
    assert all(problem["message"] and problem["en"] for problem in caught.value.problems)
    return [problem["element"] for problem in caught.value.problems]


@FAST
@given(block=blocks, seed=st.integers(0, 1000), steps=st.integers(0, 5))
def test_to_an_equal_version_it_is_the_identity(block, seed, steps):
    files, _ = drawn(block)
    source, target, world, chance = parse(files), parse(files), Outside(), random.Random(seed)
    snapshot, now = run.start(source, {"count": 0}, MORNING, world), MORNING
    for _ in range(steps):
        if snapshot.tasks:
            task = chance.choice(snapshot.tasks)
            snapshot = run.complete(source, snapshot.state, task.id, {}, now, world)
        elif snapshot.timers:
            now = min(timer.due_at for timer in snapshot.timers)
            snapshot = run.advance(source, snapshot.state, now, world)
    after = migrate(source, target, snapshot.state, Plan(), now, world)
    assert after.state == snapshot.state
    assert (after.tasks, after.timers, after.waiting, after.trace) == (snapshot.tasks, snapshot.timers, snapshot.waiting, ())
    if snapshot.status == "running":
        assert finish(target, after, world, random.Random(seed)) == finish(source, run.inspect(source, snapshot.state), world, random.Random(seed))


def test_nothing_due_is_moved_by_other_limits_and_names_and_the_new_ones_hold_from_the_next_time_on():
    case = Case(line())
    task, timers = case.at.tasks[0], case.at.timers
    case.wait(days=1)
    moved(case, line(due="${days(9)}", limit="P9D", groups="leaders"))
    assert case.at.timers == timers
    assert (case.at.tasks[0].id, case.at.tasks[0].due_at) == (task.id, task.due_at)
    assert case.at.tasks[0].groups == ("leaders",)
    case.wait(days=2)
    assert "late fired" in case.events and case.open == ["fix", "remind"]


def test_there_and_back_again_changes_nothing():
    case = Case(line())
    state = case.at.state
    moved(moved(case, line(host="mend"), mapping={"fix": "mend"}), line(), mapping={"mend": "fix"})
    assert case.at.state == state


def test_a_due_date_that_follows_a_variable_in_the_new_version_keeps_its_moment_until_the_variable_changes():
    case = Case(line(), {"until": "2026-12-01"})
    due = case.at.tasks[0].due_at
    moved(case, line(due="${until}"))
    assert case.at.tasks[0].due_at == due
    case.put(other=1)
    assert case.at.tasks[0].due_at == due
    case.put(until="2026-12-05")
    assert case.at.tasks[0].due_at > due + timedelta(days=60)


def test_a_due_date_that_followed_a_variable_is_kept_where_the_new_version_has_none():
    case = Case(line(due="${until}"), {"until": "2026-12-01"})
    case.put(until="2026-12-05")
    due = case.at.tasks[0].due_at
    moved(case, line(due=""))
    assert case.at.tasks[0].due_at == due


def test_a_limit_that_the_new_version_adds_counts_from_now_or_not_at_all():
    more = {"extra": boundary("urge", "fix", timer("Duration", "PT5H"), interrupting=False) + el("userTask", "call"),
            "arrows": "urge->call"}  # fmt: skip
    case = Case(line())
    case.wait(hours=10)
    without = moved(Case(line()), line(**more), arm_new=False)
    assert {timer.element for timer in without.at.timers} == {"late"}
    moved(case, line(**more))
    assert {timer.element: timer.due_at - MORNING for timer in case.at.timers} == {
        "late": timedelta(days=3), "urge": timedelta(hours=15)}  # fmt: skip
    case.wait(hours=5)
    assert case.open == ["fix", "call"]


def test_a_limit_that_fired_already_does_not_fire_again():
    case = Case(line())
    case.wait(days=4)
    moved(case, line(limit="P9D"))
    case.wait(days=30)
    assert case.events.count("late fired") == 1


def test_a_limit_that_the_new_version_lacks_is_given_up_only_when_told():
    plain = bpmn(el("startEvent", "s") + el("userTask", "fix") + el("userTask", "check") + el("endEvent", "e") + flow(LINE))
    case = Case(line())
    assert reasons(case, plain) == ["late"]
    moved(case, plain, drop_gone=True)
    assert (case.at.timers, case.open) == ((), ["fix"])


@pytest.mark.parametrize(
    ("other", "named"),
    [
        (el("manualTask", "fix"), "fix"),  # another kind of task
        (el("userTask", "fix", el("multiInstanceLoopCharacteristics", "m", "<bpmn:loopCardinality>2</bpmn:loopCardinality>")), "fix"),
        (el("subProcess", "fix", el("startEvent", "s1") + el("userTask", "a") + flow("s1->a")), "fix"),
        (el("userTask", "mend"), "fix"),  # gone
    ],
)  # fmt: skip
def test_a_token_cannot_stand_on_something_else(other, named):
    name = "mend" if "mend" in other else "fix"
    files = bpmn(el("startEvent", "s") + other + el("userTask", "check") + el("endEvent", "e") + flow(LINE.replace("fix", name)))
    assert named in reasons(Case(line()), files, drop_gone=True)


def test_an_element_that_moved_into_a_sub_process_is_refused():
    inside = el("startEvent", "s1") + el("userTask", "fix") + el("endEvent", "e1") + flow("s1->fix->e1")
    files = bpmn(el("startEvent", "s") + el("subProcess", "sub", inside) + el("endEvent", "e") + flow("s->sub->e"))
    assert reasons(Case(line()), files, drop_gone=True) == ["fix"]


def test_a_mapping_of_unknown_elements_is_refused():
    for mapping in ({"nobody": "fix"}, {"fix": "nobody"}):
        with pytest.raises(Invalid):
            moved(Case(line()), line(), mapping=mapping)


def join(arrows: str) -> dict[str, bytes]:
    return bpmn(
        el("startEvent", "s") + el("parallelGateway", "f") + el("userTask", "a") + el("userTask", "b")
        + el("parallelGateway", "j") + el("userTask", "c") + el("endEvent", "e") + el("task", "x") + flow(arrows)
    )  # fmt: skip


def test_a_token_that_waits_at_a_join_counts_for_the_branch_that_it_came_by():
    case = Case(join("s->f\nf->a->j\nf->b->j\nj->c->x->e"))
    case.do("a")
    renamed = join("s->f\nf->a->j\nf->b->j\nj->c->x->e")["p.bpmn"].replace(b'id="a_j"', b'id="other"')
    moved(case, {"p.bpmn": renamed})
    case.do("b")
    assert case.open == ["c"]


def test_a_join_that_lost_the_branch_is_refused():
    case = Case(join("s->f\nf->a->j\nf->b->j\nj->c->x->e"))
    case.do("a")
    assert reasons(case, join("s->f\nf->a->x\nf->b->j\nx->j\nj->c->e")) == ["j"]


def test_message_names_follow_the_new_version_and_waiters_keep_their_place():
    def waits(name: str) -> dict[str, bytes]:
        return bpmn(el("startEvent", "s") + el("intermediateCatchEvent", "w", event("message", "M")) + el("endEvent", "e") + flow("s->w->e"),
                    roots=f'<bpmn:message id="M" name="{name}"/>')  # fmt: skip

    case = Case(waits("old"))
    waiter = case.at.waiting[0].id
    moved(case, waits("new"))
    assert (case.at.waiting[0].id, case.at.waiting[0].name) == (waiter, "new")
    case.tell("new")
    assert case.at.status == "completed"


def test_an_event_gateway_listens_to_what_the_new_version_adds():
    def race(more: str, arrows: str) -> dict[str, bytes]:
        return bpmn(el("startEvent", "s") + el("eventBasedGateway", "g") + el("intermediateCatchEvent", "t", timer("Duration", "P1D"))
                    + more + el("endEvent", "e") + flow(f"s->g\ng->t->e\n{arrows}"), roots='<bpmn:signal id="S" name="go"/>')  # fmt: skip

    case = Case(race("", ""))
    moved(case, race(el("intermediateCatchEvent", "q", event("signal", "S")), "g->q->e"))
    case.tell("go")
    assert case.at.status == "completed" and "q fired" in case.events


def test_called_processes_loops_and_event_sub_processes_move_with_their_insides():
    def whole(extra: str = "") -> dict[str, bytes]:
        marker = el("multiInstanceLoopCharacteristics", "m", "<bpmn:loopCardinality>2</bpmn:loopCardinality>")
        alarm = el("startEvent", "s2", timer("Cycle", "R/P1D"), isInterrupting="false") + el("task", "ring") + flow("s2->ring")
        called = f'<bpmn:process id="q">{el("startEvent", "qs")}{el("userTask", "inner")}{flow("qs->inner")}{extra}</bpmn:process>'
        return bpmn(el("startEvent", "s") + el("callActivity", "call", marker, calledElement="q") + el("endEvent", "e")
                    + el("subProcess", "alarm", alarm, triggeredByEvent="true") + flow("s->call->e"), more=called)  # fmt: skip

    case = Case(whole())
    case.wait(days=2, hours=1)
    tasks, timers = case.at.tasks, case.at.timers
    case.do("inner")
    moved(case, whole(el("textAnnotation", "note")))
    assert (case.at.tasks, case.at.timers) == (tasks[1:], timers)
    case.wait(days=1)
    case.do("inner")
    assert case.at.status == "completed" and case.events.count("ring completed") == 2  # the outage of two days was one (C8)


def test_what_could_be_undone_can_be_undone_in_the_new_version():
    def booked(handler: str = "undo") -> dict[str, bytes]:
        return bpmn(
            el("startEvent", "s") + el("task", "book") + boundary("back", "book", event("compensate")) + script(handler, "undone = 1")
            .replace("<bpmn:scriptTask", '<bpmn:scriptTask isForCompensation="true"')
            + f'<bpmn:association sourceRef="back" targetRef="{handler}" associationDirection="One"/>'
            + el("userTask", "wait") + el("intermediateThrowEvent", "throw", event("compensate")) + el("endEvent", "e")
            + flow("s->book->wait->throw->e")
        )  # fmt: skip

    case = moved(Case(booked()), booked("other"))
    case.do("wait")
    assert case.at.variables["undone"] == 1
    plain = bpmn(el("startEvent", "s") + el("task", "book") + el("userTask", "wait") + el("endEvent", "e") + flow("s->book->wait->e"))
    assert reasons(Case(booked()), plain) == ["book"]


def test_a_parked_failure_moves_and_can_be_retried_in_the_version_that_mends_it():
    def sum_of(text: str) -> dict[str, bytes]:
        return bpmn(el("startEvent", "s") + script("sum", text) + el("endEvent", "e") + flow("s->sum->e"))

    case = Case(sum_of("n = 1 / 0"))
    assert case.at.status == "incident"
    moved(case, sum_of("n = 1"))
    assert case.at.status == "incident"
    case.retry()
    assert (case.at.status, case.at.variables["n"]) == ("completed", 1)


def test_a_condition_that_is_true_in_the_new_version_is_seen_at_once():
    def watch(condition: str) -> dict[str, bytes]:
        body = f"<bpmn:condition>${{{condition}}}</bpmn:condition>"
        return bpmn(el("startEvent", "s") + el("intermediateCatchEvent", "w", event("conditional", inner=body)) + el("endEvent", "e") + flow("s->w->e"))

    case = Case(watch("n == 2"), {"n": 1})
    moved(case, watch("n == 1"))
    assert case.at.status == "completed"
