"""Play: what each kind of step does, on small diagrams; one test, one promise of the scenario format."""

from typing import Any

import pytest

from engine.bpm.play import exit_code, play
from tests.engine.bpm.diagrams import REVIEW, STRICT, diagram, flows, timer
from tests.engine.bpm.playing import LOOP, MESSAGES, NOW, WAITER, events, played, task


def test_a_play_without_scenario_starts_and_shows_where_it_stands() -> None:
    answer = play({"review.bpmn": REVIEW})
    assert (answer["status"], answer["error"], exit_code(answer)) == ("running", None, 0)
    assert answer["open"] == [
        {"element": "rectify", "name": "整改", "groups": ["office"], "assignee": None,
         "due_at": "2026-09-28T00:00:00+08:00"},
    ]  # fmt: skip
    assert answer["timers"] == [{"element": "late", "due_at": "2026-09-27T09:00:00+08:00"}]
    assert answer["instances"] == [{"process": "review", "status": "running"}]
    assert [entry["element"] for entry in answer["trace"]][:2] == ["start", "start"]
    assert set(answer["trace"][0]) == {"at", "element", "name", "type", "event"}


def test_a_task_is_completed_by_its_id_or_its_name_and_its_variables_become_the_instances() -> None:
    steps = [{"complete": {"task": "rectify", "variables": {"photos": 2}, "by": "甲"}}, {"complete": "复查"}]
    answer = played(REVIEW, steps=steps, expect={"status": "completed", "variables": {"photos": 2}})
    assert exit_code(answer) == 0
    assert answer["variables"] == {"photos": 2}


def test_advancing_fires_timers_at_their_own_moments() -> None:
    answer = played(REVIEW, steps=[{"advance": "P10D"}], expect={"open": ["rectify", "supervise"]})
    assert answer["differences"] == []
    fired = [entry["at"] for entry in answer["trace"] if entry["event"] == "fired"]
    assert fired == ["2026-09-27T09:00:00+08:00"]
    assert answer["now"] == "2026-10-04T09:00:00+08:00"
    assert answer["open"][1]["due_at"] == "2026-10-03T00:00:00+08:00"  # counted from the moment it fired


def test_a_timer_due_exactly_now_fires() -> None:
    answer = played(STRICT, steps=[{"advance_to": "2026-09-24T10:00:00+08:00"}])
    assert [one["element"] for one in answer["open"]] == ["escalated"]


def test_a_local_moment_is_read_in_the_zone_and_the_clock_never_goes_back() -> None:
    assert played(REVIEW, now="2026-09-24 09:00", steps=[])["now"] == NOW
    answer = played(REVIEW, steps=[{"advance_to": "2026-09-01"}])
    assert "时钟不能倒退" in answer["error"]


def test_after_an_outage_the_deadline_still_comes_before_the_act() -> None:
    answer = played(STRICT, steps=[{"outage": "PT2H"}, {"complete": "answer"}])
    assert exit_code(answer) == 2
    assert answer["error"].startswith("第 2 步（complete）：任务“answer”没有打开；现在打开的是：escalated")
    fired = next(entry for entry in answer["trace"] if entry["event"] == "fired")
    assert fired["at"] == "2026-09-24T10:00:00+08:00"


def test_a_cycle_fires_at_each_moment_but_only_once_for_an_outage() -> None:
    reminded = diagram(
        f'<startEvent id="start"/>{task("work")}<boundaryEvent id="remind" attachedToRef="work" cancelActivity="false">'
        f'{timer("R/P1D", "timeCycle")}</boundaryEvent><endEvent id="end"/><endEvent id="told"/>'
        f"{flows('start>work', 'work>end', 'remind>told')}"
    )
    assert events(played(reminded, steps=[{"advance": "P4D"}]), "told").count("completed") == 4
    rested = played(reminded, steps=[{"outage": "P4D"}, {"check": {}}])
    assert events(rested, "told").count("completed") == 1
    assert rested["timers"] == [{"element": "remind", "due_at": "2026-09-29T09:00:00+08:00"}]


def test_nothing_runs_in_an_outage_until_the_next_step() -> None:
    answer = played(REVIEW, steps=[{"outage": "P4D"}, {"check": {"open": ["rectify", "supervise"]}}])
    assert answer["differences"] == []


def test_a_message_needs_a_taker_unless_it_is_optional() -> None:
    message = {"name": "go", "correlation": {"case": "Q-1"}}
    taken = played(WAITER, variables={"number": "Q-1"}, steps=[{"message": message}], expect={"status": "completed"})
    assert exit_code(taken) == 0
    wrong = played(WAITER, variables={"number": "Q-2"}, steps=[{"message": message}])
    assert exit_code(wrong) == 2
    assert wrong["status"] == "running"
    let_go = played(WAITER, variables={"number": "Q-2"}, steps=[{"message": message | {"optional": True}}])
    assert exit_code(let_go) == 0


def test_a_message_without_correlation_goes_to_the_oldest_waiter_only() -> None:
    steps = [{"start": {"process": "case", "variables": {"number": 2}}}, {"message": "go"}]
    answer = played(WAITER, variables={"number": 1}, steps=steps)
    assert [one["status"] for one in answer["instances"]] == ["completed", "running"]


def test_a_signal_goes_to_everyone_and_may_find_nobody() -> None:
    listener = diagram(
        '<startEvent id="start"/><intermediateCatchEvent id="wait"><signalEventDefinition signalRef="s"/>'
        f'</intermediateCatchEvent><endEvent id="end"/>{flows("start>wait", "wait>end")}',
        extra=MESSAGES,
    )
    steps = [{"start": "case"}, {"signal": {"name": "calm"}}, {"check": {"status": "running"}}, {"signal": "typhoon"}]
    answer = played(listener, steps=steps)
    assert [one["status"] for one in answer["instances"]] == ["completed", "completed"]
    assert answer["differences"] == []


def test_instances_of_the_small_world_send_each_other_messages() -> None:
    sender = diagram(
        '<startEvent id="start"/><intermediateThrowEvent id="send"><messageEventDefinition messageRef="m">'
        '<extensionElements><camunda:in sourceExpression="${6 * 7}" target="answer"/></extensionElements>'
        f'</messageEventDefinition></intermediateThrowEvent><endEvent id="sent"/>{flows("start>send", "send>sent")}',
        key="sender", extra=MESSAGES,
    )  # fmt: skip
    answer = played(WAITER, sender, variables={"number": 1}, steps=[{"start": "sender"}])
    assert [one["status"] for one in answer["instances"]] == ["completed", "completed"]
    assert answer["variables"] == {"number": 1, "answer": 42}


@pytest.mark.parametrize(
    ("trigger", "step"),
    [
        ('<messageEventDefinition messageRef="m"/>', {"message": {"name": "go", "variables": {"a": 1}}}),
        ('<signalEventDefinition signalRef="s"/>', {"signal": {"name": "typhoon", "variables": {"a": 1}}}),
    ],
)
def test_a_process_that_an_event_starts_waits_for_it(trigger: str, step: dict[str, Any]) -> None:
    started = diagram(
        f'<startEvent id="start">{trigger}</startEvent>{task("work")}<endEvent id="end"/>'
        f"{flows('start>work', 'work>end')}",
        extra=MESSAGES,
    )
    assert played(started)["instances"] == []
    answer = played(started, variables={"b": 2}, steps=[step])
    assert answer["variables"] == {"a": 1, "b": 2}
    assert [one["element"] for one in answer["open"]] == ["work"]


def test_a_timer_start_makes_an_instance_at_each_of_its_moments() -> None:
    daily = diagram(
        f'<startEvent id="start">{timer("R3/P1D", "timeCycle")}</startEvent><endEvent id="end"/>{flows("start>end")}'
    )
    answer = played(daily, steps=[{"advance": "P10D"}])
    assert len(answer["instances"]) == 3
    assert answer["trace"][0]["at"] == "2026-09-25T09:00:00+08:00"
    assert len(played(daily, steps=[{"outage": "P10D"}, {"check": {}}])["instances"]) == 1


def test_a_timer_start_that_is_due_at_the_beginning_starts_at_once() -> None:
    dated = diagram(f'<startEvent id="s">{timer(NOW, "timeDate")}</startEvent><endEvent id="e"/>{flows("s>e")}')
    assert played(dated)["instances"] == [{"process": "case", "status": "completed"}]


def test_auto_completes_every_task_and_stops_in_an_endless_loop() -> None:
    answer = played(REVIEW, auto=True, expect={"status": "completed", "completed": ["rectify", "recheck", "end"]})
    assert exit_code(answer) == 0
    endless = played(LOOP, auto=True, variables={"done": False})
    assert endless["status"] == "running"
    assert events(endless, "again").count("completed") == 1_000
    assert [problem["rule"] for problem in endless["problems"]][-1] == "auto"


def test_an_incident_does_not_stop_the_steps() -> None:
    answer = played(LOOP, steps=[{"complete": "again"}, {"check": {"status": "incident"}}, {"advance": "P1D"}])
    assert answer["error"] is None
    assert answer["differences"] == []
    assert answer["incidents"][0]["element"] == "which"
    assert "done" in answer["incidents"][0]["message"]


def test_a_stopped_play_shows_what_it_has_reached() -> None:
    answer = played(REVIEW, steps=[{"complete": "rectify"}, {"complete": "rectify"}, {"complete": "recheck"}])
    assert exit_code(answer) == 2
    assert [one["element"] for one in answer["open"]] == ["recheck"]
    assert answer["trace"]


def test_two_processes_that_wake_each_other_for_ever_are_stopped() -> None:
    def pusher(key: str, mine: str, other: str) -> bytes:
        return diagram(
            f'<startEvent id="s_{key}"><messageEventDefinition messageRef="{mine}"/></startEvent>'
            f'<endEvent id="e_{key}"><messageEventDefinition messageRef="{other}"/></endEvent>'
            f"{flows(f's_{key}>e_{key}')}",
            key=key, extra=f'<message id="{mine}" name="{mine}"/><message id="{other}" name="{other}"/>',
        )  # fmt: skip

    answer = played(pusher("ping", "a", "b"), pusher("pong", "b", "a"), steps=[{"message": "a"}])
    assert exit_code(answer) == 2
    assert "互相启动" in answer["error"]
