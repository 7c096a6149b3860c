"""Whose task it is, by expression: what is understood, and that everything else is an incident with a sentence."""

from datetime import UTC, datetime

import pytest

from tests.engine.bpm.spiff.kit import Case, bpmn, el, flow

START = el("startEvent", "s")


def started(variables, **attributes):
    return Case(bpmn(START + el("userTask", "a", **attributes) + flow("s->a")), variables)


@pytest.mark.parametrize(
    ("value", "seen"),
    [
        ("office", ("office",)),
        (" office , inspector@GH-01,, ", ("office", "inspector@GH-01")),
        (["office", None, " field "], ("office", "field")),
        ([], ()),
        (None, ()),
        ("", ()),
        (101, ("101",)),
        ([101, "102"], ("101", "102")),
    ],
)
def test_groups_and_users_are_a_list_a_text_with_commas_a_number_or_nothing(value, seen):
    [task] = started({"who": value}, c_candidateGroups="${who}", c_candidateUsers="${who}").at.tasks
    assert (task.groups, task.users) == (seen, seen)


@pytest.mark.parametrize(("value", "seen"), [("li", "li"), (" li ", "li"), (None, None), (" ", None), (7, "7")])
def test_an_assignee_is_one_name_or_none(value, seen):
    assert started({"who": value}, c_assignee="${who}").at.tasks[0].assignee == seen


@pytest.mark.parametrize(("value", "seen"), [(80, 80), ("80", 80), (80.0, 80), (None, 50), (" ", 50), (0, 0), (-5, -5)])
def test_a_priority_is_a_whole_number_and_50_when_nothing_is_said(value, seen):
    assert started({"n": value}, c_priority="${n}").at.tasks[0].priority == seen


@pytest.mark.parametrize(
    ("value", "seen"),
    [
        (None, None),
        ("", None),
        ("2026-10-10T09:00:00+08:00", datetime(2026, 10, 10, 1, tzinfo=UTC)),
        ("2026-10-10", datetime(2026, 10, 10, 16, tzinfo=UTC)),
    ],
)
def test_a_follow_up_is_a_moment_the_end_of_a_day_or_nothing(value, seen):
    assert started({"at": value}, c_followUpDate="${at}").at.tasks[0].follow_up_at == seen


@pytest.mark.parametrize(
    ("attribute", "value", "words"),
    [
        ("candidateGroups", {"office": 1}, "候选组"),
        ("candidateGroups", [["office"]], "候选组"),
        ("candidateGroups", True, "候选组"),
        ("candidateGroups", 1.5, "候选组"),
        ("candidateGroups", "x" * 201, "最长"),
        ("candidateUsers", ["li", "a\x1fb"], "控制字符"),
        ("assignee", ["li"], "办理人"),
        ("priority", "urgent", "不是整数"),
        ("priority", 5.5, "不是整数"),
        ("priority", True, "不是整数"),
        ("priority", [], "不是整数"),
        ("priority", 10**400, "太大"),
        ("priority", 2**31, "太大"),
        ("followUpDate", "soon", "soon"),
        ("followUpDate", 5, "5"),
        ("followUpDate", True, "True"),
    ],
)
def test_what_is_not_understood_is_an_incident_that_says_so_and_can_be_repaired(attribute, value, words):
    case = started({"given": value}, **{f"c_{attribute}": "${given}"})
    assert (case.at.status, case.open) == ("incident", [])
    assert words in case.at.failures[0].message
    case.put(given=None)
    case.retry()
    assert (case.at.status, case.open) == ("running", ["a"])


def test_an_expression_that_fails_is_an_incident_that_names_the_variable():
    case = started({}, c_candidateGroups="${nobody_set_this}")
    assert case.at.status == "incident"
    assert "nobody_set_this" in case.at.failures[0].message
