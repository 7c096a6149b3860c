"""Play: expectations, operators, and scenarios or files that cannot be played."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest
from marshmallow import Schema

from engine.bounded import OutOfTime
from engine.bpm.operators import Registry
from engine.bpm.play import exit_code, play
from tests.engine.bpm.diagrams import REVIEW, diagram, flows
from tests.engine.bpm.playing import NOW, OPERATOR, events, played


def test_a_check_records_what_was_seen_and_compares() -> None:
    answer = played(REVIEW, steps=[{"check": {}}, {"check": {"status": "completed", "open": ["整改"]}}])
    assert answer["checks"][0] == {"step": 1, "status": "running", "open": ["rectify"], "variables": {}}
    assert [one["where"] for one in answer["differences"]] == ["steps[2].check.status"]
    assert exit_code(answer) == 1


@pytest.mark.parametrize(
    ("expect", "where"),
    [
        ({"status": "completed"}, "expect.status"),
        ({"open": []}, "expect.open"),
        ({"open": ["rectify", "rectify"]}, "expect.open"),
        ({"completed": ["rectify"]}, "expect.completed"),
        ({"variables": {"a": 2}}, "expect.variables.a"),
        ({"variables": {"missing": None}}, "expect.variables.missing"),
        ({"variables": {"flag": 1}}, "expect.variables.flag"),
        ({"incidents": ["rectify"]}, "expect.incidents"),
    ],
)
def test_each_difference_is_named(expect: dict[str, Any], where: str) -> None:
    answer = played(REVIEW, variables={"a": 1, "flag": True}, expect=expect)
    assert [one["where"] for one in answer["differences"]] == [where]


def registry() -> Registry:
    operators = Registry()
    operators.operator("paper.print", title="打印", schema=Schema, outputs={"printed": True})(lambda *_: {"never": 1})
    return operators


@pytest.mark.parametrize(
    ("answers", "variables"),
    [
        ({}, {"n": 7, "printed": True}),
        ({"paper.print": {"page": 2}}, {"n": 7, "page": 2}),
        ({"paper.print": {"variables": {"page": 2}}}, {"n": 7, "page": 2}),
    ],
)
def test_an_operator_is_recorded_and_answers_without_running(
    answers: dict[str, Any], variables: dict[str, Any]
) -> None:
    answer = play({"a.bpmn": OPERATOR}, {"now": NOW, "variables": {"n": 7}, "operators": answers}, operators=registry())
    assert answer["variables"] == variables
    assert answer["operators"] == [
        {"at": NOW, "topic": "paper.print", "element": "call", "parameters": {"title": "第7号"}}
    ]


def test_an_operator_may_answer_with_an_error() -> None:
    caught = played(OPERATOR, variables={"n": 1}, operators={"paper.print": {"error": "REFUSED"}})
    assert (caught["status"], events(caught, "refused")) == ("completed", ["entered", "completed"])
    unexpected = played(OPERATOR, variables={"n": 1}, operators={"paper.print": {"error": "PAPER_JAM"}})
    assert (unexpected["status"], unexpected["incidents"][0]["element"]) == ("incident", "call")


def test_the_rules_about_human_work_only_warn() -> None:
    answer = played(diagram(f'<startEvent id="s"/><userTask id="t"/><endEvent id="e"/>{flows("s>t", "t>e")}'))
    assert {problem["severity"] for problem in answer["problems"]} == {"warning"}
    assert {problem["rule"] for problem in answer["problems"]} == {"group", "form", "due-date", "layout"}


@pytest.mark.parametrize(
    ("scenario", "words"),
    [
        ({"stpes": []}, "stpes"),
        ({"steps": {}}, None),
        ({"steps": "x"}, "列表"),
        ({"steps": [{"jump": 1}]}, "jump"),
        ({"steps": [{"complete": {}}]}, "task"),
        ({"steps": [{"complete": {"task": "t", "who": 1}}]}, "who"),
        ({"steps": [{"advance": "3 days"}]}, "不是有效的时间"),
        ({"steps": [{"advance": "P1D", "check": {}}]}, "只写一个动作"),
        ({"steps": [{"start": "nobody"}]}, "没有流程"),
        ({"now": "soon"}, "不是有效的时间"),
        ({"now": "0001-01-01"}, "不是有效的时间"),
        ({"now": "9998-01-01"}, "1900 年到 2199 年"),
        ({"process": "nobody"}, "没有可执行的流程"),
        ({"variables": [1]}, "键: 值"),
        ({"expect": {"state": "x"}}, "state"),
    ],
)
def test_a_wrong_scenario_is_an_error_with_a_sentence(scenario: dict[str, Any], words: str | None) -> None:
    answer = played(REVIEW, **scenario)
    if words is None:
        assert answer["error"] is None
    else:
        assert words in answer["error"]
        assert exit_code(answer) == 2


def test_what_the_form_of_a_task_would_refuse_is_a_warning() -> None:
    form = b'{"id": "ask", "components": [{"type": "number", "key": "n", "label": "N", "validate": {"max": 5}}]}'
    asked = diagram(
        '<startEvent id="s"/><userTask id="t" camunda:candidateGroups="g" camunda:formRef="ask"/><endEvent id="e"/>'
        f"{flows('s>t', 't>e')}"
    )
    steps = [{"complete": {"task": "t", "variables": {"n": 7, "other": 1}}}]
    answer = play({"a.bpmn": asked, "ask.form": form}, {"steps": steps})
    assert (answer["status"], answer["error"]) == ("completed", None)
    told = [problem["message"] for problem in answer["problems"] if problem["rule"] == "form"]
    assert told == ["第 1 步：“N”不能大于 5。", "第 1 步：表单中没有“other”这一项。"]


def test_files_that_cannot_run_are_an_error_with_all_keys() -> None:
    answer = played(b"<html/>")
    assert answer["error"]
    assert set(answer) == set(played(REVIEW))
    assert answer["problems"]


def test_running_out_of_time_shows_what_was_reached() -> None:
    def alarm_at(limit: int) -> Callable[[], None]:
        ticks = iter(range(1_000))

        def tick() -> None:
            if next(ticks) == limit:
                raise OutOfTime

        return tick

    steps = [{"complete": "rectify"}, {"complete": "recheck"}]
    answer = play({"a.bpmn": REVIEW}, {"steps": steps}, tick=alarm_at(2))
    assert "时间用完了" in answer["error"]
    assert [one["element"] for one in answer["open"]] == ["recheck"]
    assert "时间用完了" in play({"a.bpmn": REVIEW}, {}, tick=alarm_at(0))["error"]


def test_moments_in_the_variables_of_a_scenario_are_iso_texts() -> None:
    answer = played(REVIEW, variables={"found": datetime.fromisoformat(NOW), 5: {"x": (1, 2)}})
    assert answer["variables"] == {"found": NOW, "5": {"x": [1, 2]}}
