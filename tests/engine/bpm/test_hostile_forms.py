"""Conditions of forms that cost much, and honest long lists: what is worked out is counted, nobody sees half of it."""

import json
from collections import UserDict
from typing import Any

import pytest

from engine.bpm.forms import MAX_REPETITIONS, Form, parse_form
from tests.engine.bpm.hostile import VARIABLES
from tests.engine.bpm.test_hostile_expressions import CALLS, calls


class Watched(UserDict[str, Any]):
    """An object that counts how often it is asked for one of its names; whoever copies it asks for each."""

    read = 0

    def __getitem__(self, name: str) -> Any:
        self.read += 1
        return super().__getitem__(name)


def test_the_conditions_of_a_form_share_one_budget() -> None:
    field = '{"type": "textfield", "key": "k%d", "conditional": {"hide": "=big = big and big = big"}}'
    form = parse_form(f'{{"id": "f", "components": [{",".join(field % number for number in range(900))}]}}'.encode())
    assert calls(lambda: form.check({}, VARIABLES)) < CALLS
    assert form.check({}, VARIABLES) == []
    other = field.replace("=big", "=k%d = null and big")  # none is like another
    form = parse_form(f'{{"id": "f", "components": [{",".join(other % (n, n) for n in range(100))}]}}'.encode())
    assert calls(lambda: form.check({}, VARIABLES)) < CALLS


def listed(*conditions: str) -> Form:
    """A list, each of whose rows has a required field for each condition that hides it."""
    inside = [
        {"type": "textfield", "key": f"k{n}", "validate": {"required": True}, "conditional": {"hide": f"={condition}"}}
        for n, condition in enumerate(conditions)
    ]
    rows = {"type": "dynamiclist", "path": "rows", "components": inside}
    return parse_form(json.dumps({"id": "f", "components": [rows]}).encode())


@pytest.mark.parametrize("condition", ['kind = "a"', "amount < 1000%d", 'kind = "a" and grade < 1000%d'])
def test_the_conditions_of_a_long_list_are_all_looked_at(condition: str) -> None:
    form = listed(*(condition.replace("%d", str(n)) for n in range(20)))
    rows = [{"kind": "a", "amount": n, "grade": n % 5} for n in range(MAX_REPETITIONS)]
    assert form.check({"rows": rows}) == []
    rows[-1] = {"kind": "b", "amount": 1_000_000, "grade": 5}  # of it alone everything is asked
    last = f"rows[{MAX_REPETITIONS - 1}]"
    assert [problem["field"] for problem in form.check({"rows": rows})] == [f"{last}.k{n}" for n in range(20)]


def test_values_that_only_look_alike_are_judged_each() -> None:
    form = listed("n = 1 and not(list_contains(l, 2))")
    rows: list[dict[str, Any]] = [{"n": 1, "l": [1]}, {"n": "1", "l": [1]}, {"n": 1, "l": [2]}, {"n": 1, "l": [1]}, {}]
    assert [problem["field"] for problem in form.check({"rows": rows})] == [f"rows[{n}].k0" for n in (1, 2, 4)]


def test_the_names_that_somebody_sends_cost_a_form_nothing() -> None:
    field = '{"type": "textfield", "key": "k%d", "conditional": {"hide": "=a = 1"}}'
    form = parse_form(f'{{"id": "f", "components": [{",".join(field % number for number in range(20))}]}}'.encode())
    sent = Watched({f"n{number}": 1 for number in range(1_000)})
    assert form.check(sent, {"a": 1}) == []
    assert sent.read < 200
