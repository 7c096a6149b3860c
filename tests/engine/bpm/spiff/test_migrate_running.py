"""Migration of what is under way: nothing is left waiting for what cannot come, and only what changed is followed."""

from __future__ import annotations

import pytest

from tests.engine.bpm.spiff.kit import Case, boundary, bpmn, el, event, flow, timer
from tests.engine.bpm.spiff.test_migrate import moved, reasons


def task(extra: str = "", arrows: str = "", marker: str = "", **attributes: str) -> dict[str, bytes]:
    """One task, and what the version adds to it."""
    return bpmn(
        el("startEvent", "s") + el("userTask", "fix", marker, **attributes) + el("endEvent", "e") + extra
        + flow(f"s->fix->e\n{arrows}")
    )  # fmt: skip


def join(*arrows: str) -> dict[str, bytes]:
    return bpmn(
        "".join(el(kind, name) for kind, name in (("startEvent", "s"), ("parallelGateway", "f"), ("parallelGateway", "j"),
                                                  ("endEvent", "e"), ("endEvent", "aside")))
        + "".join(el("userTask", name) for name in "abcd") + flow("\n".join(["s->f", "j->d->e", *arrows]))
    )  # fmt: skip


def watch(condition: str) -> dict[str, bytes]:
    body = event("conditional", inner=f"<bpmn:condition>${{{condition}}}</bpmn:condition>")
    return task(boundary("true", "fix", body, interrupting=False) + el("userTask", "look"), "true->look")


def limit(kind: str, value: str) -> dict[str, bytes]:
    return task(boundary("late", "fix", timer(kind, value), interrupting=False) + el("userTask", "call"), "late->call")


def test_a_join_opens_when_the_branch_it_waited_for_ends_elsewhere_in_the_new_version():
    case = Case(join("f->a->j", "f->b->j", "f->c->j"))
    case.do("a")
    case.do("b")
    moved(case, join("f->a->j", "f->b->j", "f->c->aside"))
    assert case.open == ["c", "d"]


def test_a_join_with_one_branch_left_lets_its_token_pass():
    case = Case(join("f->a->j", "f->b->j", "f->c->aside"))
    case.do("a")
    moved(case, join("f->a->j", "f->b->aside", "f->c->aside"))
    assert case.open == ["b", "c", "d"]


def test_groups_that_the_new_version_names_alike_stay_whatever_their_variables_became():
    files = task(c_candidateGroups="${unit}", c_priority="${urgency}")
    case = Case(files, {"unit": "office", "urgency": 70})
    case.put(unit="police", urgency=10)
    state = case.at.state
    moved(case, files)
    assert case.at.state == state


@pytest.mark.parametrize(("given", "seen"), [("90", 90), ("0", 0), ("", 50)])
def test_the_priority_follows_the_new_version(given, seen):
    assert moved(Case(task(c_priority="10")), task(c_priority=given)).at.tasks[0].priority == seen


def test_another_condition_that_is_true_happens_at_once_and_the_same_one_not_again():
    case = Case(watch("n == 1"), {"n": 1, "m": 2})
    moved(case, watch("n == 1"))
    assert case.open == ["fix", "look"]
    moved(case, watch("m == 2"))
    assert case.open == ["fix", "look", "look"]


@pytest.mark.parametrize("kinds", [("Cycle", "Duration"), ("Duration", "Cycle")])
def test_a_limit_that_begins_or_ceases_to_be_repeated_is_refused(kinds):
    before, after = (limit(kind, "R/P1D" if kind == "Cycle" else "P1D") for kind in kinds)
    assert reasons(Case(before), after) == ["late"]


def test_passes_under_way_do_not_become_passes_over_something_else():
    three = el(
        "multiInstanceLoopCharacteristics", "m", "<bpmn:loopCardinality>3</bpmn:loopCardinality>", isSequential="true"
    )
    people = el(
        "multiInstanceLoopCharacteristics", "m", isSequential="true", c_collection="${people}", c_elementVariable="who"
    )
    assert set(reasons(Case(task(marker=three), {"people": ["li"]}), task(marker=people))) == {"fix"}


def test_a_running_call_stays_with_the_process_it_called():
    def called(key: str) -> str:
        return f'<bpmn:process id="{key}">{el("startEvent", f"{key}s")}{el("userTask", f"{key}u")}{flow(f"{key}s->{key}u")}</bpmn:process>'

    def calls(key: str) -> dict[str, bytes]:
        return bpmn(
            el("startEvent", "s") + el("callActivity", "call", calledElement=key) + flow("s->call"),
            more=called("q") + called("r"),
        )

    assert reasons(Case(calls("q")), calls("r")) == ["call"]


def test_an_event_gateway_without_any_event_left_is_refused():
    def race(*names: str) -> dict[str, bytes]:
        events = "".join(el("intermediateCatchEvent", name, timer("Duration", "P1D")) for name in names)
        return bpmn(el("startEvent", "s") + el("eventBasedGateway", "g") + events + el("endEvent", "e")
                    + flow("s->g\n" + "\n".join(f"g->{name}->e" for name in names)))  # fmt: skip

    assert reasons(Case(race("t1", "t2")), race("t3", "t4"), drop_gone=True, arm_new=False) == ["g"]


def test_a_message_name_and_its_correlation_follow_the_new_version():
    def waits(name: str, key: str) -> dict[str, bytes]:
        keys = f'<bpmn:extensionElements><camunda:properties><camunda:property name="correlation:{key}" value="${{{key}}}"/></camunda:properties></bpmn:extensionElements>'
        return bpmn(el("startEvent", "s") + el("intermediateCatchEvent", "w", keys + event("message", "M")) + el("endEvent", "e") + flow("s->w->e"),
                    roots=f'<bpmn:message id="M" name="{name}"/>')  # fmt: skip

    case = Case(waits("old-${a}", "a"), {"a": "1", "b": "2"})
    waiter = case.at.waiting[0]
    moved(case, waits("new-${b}", "b"))
    assert (case.at.waiting[0].id, case.at.waiting[0].name) == (waiter.id, "new-2")
    assert (waiter.correlation, case.at.waiting[0].correlation) == ({"a": "1"}, {"b": "2"})
