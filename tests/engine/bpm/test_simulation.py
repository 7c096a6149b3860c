"""Simulation: what is counted is what a hand would count, and the same plan gives every version the same luck."""

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.bpm.simulation import compare, simulate
from tests.engine.bpm.diagrams import diagram, flows, timer

MONDAY = "2026-01-05T08:30:00+08:00"
FORM = {
    "id": "verdict",
    "components": [
        {"type": "radio", "key": "result", "values": [{"value": "pass"}, {"value": "fail"}],
         "validate": {"required": True}},
        {"type": "textarea", "key": "opinion", "validate": {"required": True, "minLength": 9},
         "conditional": {"hide": '=result = "pass"'}},
        {"type": "number", "key": "people", "validate": {"required": True, "min": 2, "max": 3}},
        {"type": "checkbox", "key": "urgent"},
    ],
}  # fmt: skip


def one_task(*, due: str = "${hours(48)}", boundary: str = "") -> bytes:
    edge = (
        f'<boundaryEvent id="edge" attachedToRef="t">{timer(boundary)}</boundaryEvent><endEvent id="x"/>'
        if boundary
        else ""
    )
    return diagram(
        f'<startEvent id="s"/><userTask id="t" name="整改" camunda:candidateGroups="office" camunda:dueDate="{due}"/>'
        f'<endEvent id="e"/>{edge}{flows("s>t", "t>e", *(["edge>x"] if boundary else []))}'
    )


def simulated(content: bytes, *, cases: int = 4, days: int = 5, **plan: Any) -> dict[str, Any]:
    answer = simulate({"p.bpmn": content}, {"start": MONDAY, **plan}, cases=cases, days=days)
    assert answer["error"] is None
    assert json.loads(json.dumps(answer)) == answer
    return answer


def test_one_person_works_one_task_after_the_other_in_office_hours() -> None:
    answer = simulated(one_task(), cases=5, tasks={"t": {"takes": "PT7H"}}, staff={"office": 1})
    [task], [group] = answer["tasks"], answer["groups"]
    # A case comes every seven office hours from Monday 8:30 on, so each keeps the one person for a day.
    assert answer["cases"] == {"started": 5, "ended": 5, "open": 0, "stopped": 0}
    assert (task["completed"], task["open"], task["late"]) == (5, 0, 0)
    assert task["hours"] == {"median": 9.5, "p90": 9.5, "most": 9.5}  # the long lunch counts for those who wait
    assert (group["group"], group["people"], group["done"], group["longest_queue"]) == ("office", 1, 5, 0)
    assert group["workload"] == 1.0


def test_too_few_people_make_a_queue_and_late_work_and_more_people_end_it() -> None:
    few = simulated(one_task(due="${hours(30)}"), cases=20, tasks={"t": {"takes": 7}}, staff={"office": 1})
    many = simulated(one_task(due="${hours(30)}"), cases=20, tasks={"t": {"takes": 7}}, staff={"office": 20})
    assert few["groups"][0]["longest_queue"] > 10 and many["groups"][0]["longest_queue"] == 0
    assert few["tasks"][0]["late"] > 10 and many["tasks"][0]["late"] == 0
    assert few["evenings"][-1]["open"] == few["tasks"][0]["open"] > 10


def test_nobody_on_duty_completes_nothing() -> None:
    answer = simulated(one_task(), staff={"*": 0}, days=9)
    assert answer["cases"]["ended"] == 0 and answer["groups"][0]["left"] == 4


def test_waiting_keeps_nobody_busy() -> None:
    answer = simulated(one_task(), cases=20, tasks={"t": {"takes": 0.1, "wait": "P1D"}}, staff={"office": 1}, days=10)
    assert answer["groups"][0]["workload"] < 0.1
    assert answer["tasks"][0]["hours"]["median"] >= 24


def test_a_deadline_that_passes_takes_the_task_away_and_frees_whoever_worked_on_it() -> None:
    answer = simulated(
        one_task(boundary="PT2H"), cases=5, tasks={"t": {"takes": "PT5H"}}, staff={"office": 1}, days=9
    )  # fmt: skip
    [task], [fired], [group] = answer["tasks"], answer["timers"], answer["groups"]
    assert (task["completed"], task["cancelled"]) == (0, 5)
    assert (fired["element"], fired["fired"], fired["cases"]) == ("edge", 5, 5)
    assert (group["done"], group["left"]) == (0, 0)
    assert answer["elements"]["x"] == 5


def test_work_that_ends_at_the_very_moment_of_the_deadline_is_too_late() -> None:
    answer = simulated(one_task(boundary="PT1H"), cases=1, tasks={"t": {"takes": 1}}, days=9)
    assert (answer["tasks"][0]["completed"], answer["tasks"][0]["cancelled"]) == (0, 1)


def test_outcomes_follow_their_shares_and_the_mix_of_cases() -> None:
    content = diagram(
        '<startEvent id="s"/><userTask id="t" camunda:candidateGroups="office"/><exclusiveGateway id="g" default="n"/>'
        '<endEvent id="yes"/><endEvent id="no"/><sequenceFlow id="n" sourceRef="g" targetRef="no"/>'
        '<sequenceFlow id="y" sourceRef="g" targetRef="yes"><conditionExpression>${ok and big}</conditionExpression>'
        f"</sequenceFlow>{flows('s>t', 't>g')}"
    )
    outcomes = [{"share": 3, "variables": {"ok": True}}, {"variables": {"ok": False}}]
    plan = {
        "tasks": {"t": {"takes": 0, "outcomes": outcomes}},
        "mix": [{"share": 1, "variables": {"big": True}}, {"share": 1, "variables": {"big": False}}],
    }  # fmt: skip
    answer = simulated(content, cases=400, days=9, **plan)
    assert 0.28 < answer["elements"]["yes"] / 400 < 0.47


def test_a_form_is_filled_in_so_that_it_is_accepted() -> None:
    content = diagram(
        '<startEvent id="s"/><userTask id="t" camunda:candidateGroups="office" camunda:formRef="verdict"/>'
        '<scriptTask id="look"><script>seen = result + str(people) + str(urgent)</script></scriptTask>'
        f'<endEvent id="e"/>{flows("s>t", "t>look", "look>e")}'
    )
    files = {"p.bpmn": content, "verdict.form": json.dumps(FORM).encode()}
    answer = simulate(files, {"start": MONDAY, "tasks": {"t": {"takes": 0}}}, cases=30, days=9)
    assert answer["error"] is None and answer["incidents"] == []
    assert answer["cases"]["ended"] == 30


def test_messages_come_to_their_share_of_the_cases() -> None:
    content = diagram(
        '<startEvent id="s"/><userTask id="t" camunda:candidateGroups="office"/><endEvent id="e"/><endEvent id="x"/>'
        '<boundaryEvent id="asked" attachedToRef="t" cancelActivity="false"><messageEventDefinition messageRef="m"/>'
        f"</boundaryEvent>{flows('s>t', 't>e', 'asked>x')}",
        extra='<message id="m" name="extension"/>',
    )
    answer = simulated(
        content, cases=200, days=9, staff={"*": 0}, messages=[{"name": "extension", "share": 0.5, "after": "PT1H"}]
    )
    assert 70 < answer["elements"]["x"] < 130


def test_a_failing_case_is_counted_and_the_others_go_on() -> None:
    content = diagram(
        '<startEvent id="s"/><scriptTask id="bad"><script>n = 1 / k</script></scriptTask>'
        f'<endEvent id="e"/>{flows("s>bad", "bad>e")}'
    )
    answer = simulated(content, cases=40, mix=[{"variables": {"k": 0}}, {"variables": {"k": 1}}])
    assert answer["incidents"][0]["element"] == "bad"
    assert answer["incidents"][0]["count"] == answer["cases"]["open"] == 40 - answer["cases"]["ended"]
    assert 0 < answer["cases"]["ended"] < 40


TURNING = diagram(  # without time for its tasks a case goes round for ever
    '<startEvent id="s"/><exclusiveGateway id="m"/><userTask id="t" camunda:candidateGroups="office"/>'
    '<exclusiveGateway id="g" default="again"/><endEvent id="e"/>'
    '<sequenceFlow id="again" sourceRef="g" targetRef="m"/><sequenceFlow id="out" sourceRef="g" targetRef="e">'
    f"<conditionExpression>${{enough}}</conditionExpression></sequenceFlow>{flows('s>m', 'm>t', 't>g')}"
)


def test_a_case_that_goes_round_without_time_is_stopped_and_keeps_nobody_busy(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("engine.bpm.simulation.run.MOST_AT_ONCE", 20)
    answer = simulated(
        TURNING, cases=2, variables={"enough": "${case == 2}"}, tasks={"t": {"takes": 0}}, staff={"office": 1}
    )
    assert answer["cases"] == {"started": 2, "ended": 1, "open": 0, "stopped": 1}
    assert [(row["count"], "takes" in row["message"]) for row in answer["incidents"]] == [(1, True)]


@pytest.mark.parametrize(
    ("event", "extra"),
    [
        ('<messageEventDefinition messageRef="m"/>', '<message id="m" name="reported"/>'),
        (timer("R/P1D", "timeCycle"), ""),
    ],
)
def test_a_process_that_only_an_event_starts_begins_there_once_for_each_case(event: str, extra: str) -> None:
    body = f'<startEvent id="s">{event}</startEvent><userTask id="t" camunda:candidateGroups="office"/>'
    answer = simulated(diagram(f'{body}<endEvent id="e"/>{flows("s>t", "t>e")}', extra=extra), cases=3, days=9)
    assert answer["cases"] == {"started": 3, "ended": 3, "open": 0, "stopped": 0}
    assert answer["tasks"][0]["opened"] == 3


def test_what_fits_nothing_in_a_plan_and_what_a_form_refuses_is_said() -> None:
    content = diagram(
        '<startEvent id="s"/><userTask id="t" camunda:candidateGroups="office" camunda:formRef="verdict"/>'
        f'<endEvent id="e"/>{flows("s>t", "t>e")}'
    )
    outcomes = [{"variables": {"result": "perhaps", "people": 9}}]
    plan = {
        "start": MONDAY, "staff": {"offcie": 2, "*": 1}, "tasks": {"t": {"takes": 0, "outcomes": outcomes}, "u": {}},
        "messages": [{"name": "late"}], "operators": {"notice": {}},
    }  # fmt: skip
    answer = simulate({"p.bpmn": content, "v.form": json.dumps(FORM).encode()}, plan, cases=5, days=9)
    said = [problem["message"] for problem in answer["problems"]]
    for part in ("tasks.u", "staff.offcie", "operators.notice", "messages.late"):
        assert part in "".join(said)
    assert len(said) == 4 + 2 and all(problem["en"] for problem in answer["problems"])
    plan = {"start": MONDAY, "staff": {"off*": 2}, "tasks": {"?": {}}}
    assert simulate({"p.bpmn": content, "v.form": json.dumps(FORM).encode()}, plan, cases=5, days=9)["problems"] == []


def test_variables_may_be_computed_for_each_case() -> None:
    content = diagram(
        '<startEvent id="s"/><userTask id="t" camunda:assignee="${who}" '
        "camunda:dueDate=\"${deadline(found, 1, 'wd', 'F')}\"/>"
        f'<endEvent id="e"/>{flows("s>t", "t>e")}'
    )
    answer = simulated(content, cases=2, variables={"who": "p${case}", "found": "${now()}"})
    assert sorted(group["group"] for group in answer["groups"]) == ["user:p1", "user:p2"]


def test_each_case_and_each_day_is_a_step_with_a_time_limit_of_its_own() -> None:
    ticks: list[int] = []
    simulate({"p.bpmn": one_task()}, {"start": MONDAY}, cases=7, days=5, tick=lambda: ticks.append(1))
    assert len(ticks) == 1 + 7 + 5


def test_the_same_seed_gives_the_same_and_another_seed_another_answer() -> None:
    plan: dict[str, Any] = {"tasks": {"t": {"takes": [1, 3, 9]}}, "cases": 10}
    assert simulated(one_task(), **plan) == simulated(one_task(), **plan)
    assert simulated(one_task(), **plan) != simulated(one_task(), **plan, seed=2)


def test_two_versions_meet_the_same_luck_and_only_what_changed_differs() -> None:
    plan: dict[str, Any] = {"tasks": {"t": {"takes": [1, 3, 9]}}, "cases": 10}
    before = simulated(one_task(due="${hours(48)}"), **plan)
    renamed = simulated(one_task(due="${hours(48)}").replace("整改".encode(), "治理".encode()), **plan)
    assert compare(before, renamed) == []
    shorter = simulated(one_task(due="${hours(1)}"), **plan)
    assert [(row["figure"], row["name"]) for row in compare(before, shorter)] == [("late", "t")]


def itself() -> dict[str, Any]:
    """An object that holds itself, as a reference of YAML may."""
    found: dict[str, Any] = {}
    found["again"] = found
    return found


@pytest.mark.parametrize(
    "plan",
    [
        {"staff": {"office": -1}}, {"staff": {"office": 1.5}}, {"staff": []}, {"tasks": {"t": {"takes": "soon"}}},
        {"tasks": {"t": {"takes": [3, 2, 1]}}}, {"tasks": {"t": {"takes": [1, 2]}}}, {"tasks": {"t": {"wait": "P1M"}}},
        {"tasks": {"t": {"outcomes": [{"share": 0}]}}}, {"mix": "all"}, {"order": "random"}, {"surprise": 1},
        {"messages": [{"share": 1}]}, {"messages": [{"name": "m", "share": 2}]}, {"start": "tomorrow"},
        {"variables": {"x": "${1/0}"}}, {"tasks": {"t": {"takes": float("nan")}}}, {"process": "unknown"},
        {"start": "9999-12-31"}, {"start": "1066-10-14"}, {"variables": itself()},
    ],
)  # fmt: skip
def test_a_plan_that_cannot_be_used_is_refused_with_a_sentence(plan: dict[str, Any]) -> None:
    answer = simulate({"p.bpmn": one_task()}, {"start": MONDAY, **plan}, cases=1, days=1)
    assert answer["error"]


@pytest.mark.parametrize(("cases", "days"), [(0, 1), (1, 0), (10**9, 1), (1, 10**9)])
def test_the_size_of_a_simulation_is_bounded(cases: int, days: int) -> None:
    assert simulate({"p.bpmn": one_task()}, {}, cases=cases, days=days)["error"]


@settings(max_examples=40, deadline=None)
@given(
    cases=st.integers(1, 12), days=st.integers(1, 12), people=st.integers(0, 3), takes=st.floats(0, 20),
    wait=st.floats(0, 60), edge=st.sampled_from(["", "PT5H", "P2D"]),
)  # fmt: skip
def test_nothing_is_lost(cases: int, days: int, people: int, takes: float, wait: float, edge: str) -> None:
    """Every case and every task that began has ended, is open or was taken away; nobody works longer than the day."""
    answer = simulated(one_task(boundary=edge), cases=cases, days=days, staff={"office": people},
                       tasks={"t": {"takes": takes, "wait": wait}})  # fmt: skip
    found = answer["cases"]
    assert found["started"] == found["ended"] + found["open"] + found["stopped"] <= cases
    for task in answer["tasks"]:
        assert task["opened"] == task["completed"] + task["cancelled"] + task["open"]
        assert task["late"] <= task["opened"]
    for group in answer["groups"]:
        assert 0 <= group["workload"] <= 1.01
        assert group["left"] >= 0
    assert len(answer["evenings"]) == days
