"""Forms: each rule of form-js that we check, what a form may look like, and what is let through."""

import json
import time
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.bpm import form_conditions, form_values
from engine.bpm.forms import MAX_PROBLEMS, MAX_REPETITIONS, BadForm, Form, parse_form


def form(*components: dict[str, Any], id: str = "check") -> Form:
    source = {"type": "default", "id": id, "schemaVersion": 16, "components": list(components)}
    return parse_form(json.dumps(source).encode())


def field(kind: str, key: str = "x", **more: Any) -> dict[str, Any]:
    return {"type": kind, "key": key, "label": "项目", **more}


def rules_broken(one: Form, values: dict[str, Any], known: dict[str, Any] | None = None) -> list[str]:
    return [f"{problem['field']}:{problem['rule']}" for problem in one.check(values, known)]


CHOICES = {"values": [{"label": "甲", "value": "a"}, {"label": "乙", "value": "b"}]}


@pytest.mark.parametrize(
    ("component", "good", "bad", "rule"),
    [
        (field("textfield", validate={"required": True}), ["a"], ["", None], "required"),
        (field("checkbox", validate={"required": True}), [True], [False, None], "required"),
        (field("checklist", validate={"required": True}), [["a"]], [[], None], "required"),
        (field("filepicker", validate={"required": True}), ["f1", ["f1", "f2"]], [[], "", None], "required"),
        (field("textfield", validate={"minLength": 2}), ["ab", "", None], ["a"], "minLength"),
        (field("textarea", validate={"maxLength": 2}), ["ab"], ["abc"], "maxLength"),
        (field("textfield", validate={"minLength": "2"}), ["ab"], ["a"], "minLength"),
        (field("textfield", validate={"pattern": "^RF-[0-9]{2}$"}), ["RF-01"], ["RF-1", "xRF-01"], "pattern"),
        (field("textfield", validate={"validationType": "email"}), ["a@b.cn"], ["a", "a@@"], "pattern"),
        (field("textfield", validate={"validationType": "phone"}), ["+86 371 12345"], ["call me"], "pattern"),
        (field("textfield"), ["a", None, ""], [1, True, ["a"], {}], "type"),
        (field("number", validate={"min": 1}), [1, 2.5], [0], "min"),
        (field("number", validate={"max": 5}), [5], [5.1], "max"),
        (field("number", validate={"min": "=a + 1"}), [0], [], "min"),
        (field("number", decimalDigits=1), [1, 1.5], [1.55], "decimalDigits"),
        (field("number"), [0, -1.5], ["1", True, [1], "NaN"], "type"),
        (field("number", serializeToString=True), ["1.5", 2], ["x", "nan", "9" * 99], "type"),
        (field("checkbox"), [True, False], ["true", 1], "type"),
        (field("select", **CHOICES), ["a", None], ["c", 1, ["a"]], "values"),
        (field("radio", **CHOICES), ["b"], ["A"], "values"),
        (field("radio", values=[{"label": "一", "value": 1}]), [1], ["1", True], "values"),
        (field("select", valuesKey="people"), ["anyone"], [], "values"),
        (field("checklist", **CHOICES), [["a", "b"]], [["a", "c"]], "values"),
        (field("taglist", **CHOICES), [["a"]], ["a"], "type"),
        (field("datetime", subtype="date"), ["2026-10-10"], ["10.10.2026", 5, "2026-13-01"], "type"),
        (field("datetime", subtype="time"), ["08:30"], ["8.30 Uhr"], "type"),
        (field("datetime", subtype="datetime"), ["2026-10-10T08:30:00+08:00"], ["tomorrow"], "type"),
        (field("filepicker", multiple=False), ["f1", ["f1"]], [["f1", "f2"]], "multiple"),
        (field("filepicker"), [["f1", "f2"]], [5, [5], {"a": 1}, ["x" * 300]], "type"),
        (field("unheard-of"), [1, "a", {}], [], "type"),
        (field("textfield", disabled=True, validate={"required": True}), [None], [], "required"),
        (field("textfield", readonly=True, validate={"required": True}), [None], [], "required"),
    ],
)
def test_a_field_accepts_what_its_rules_say(
    component: dict[str, Any], good: list[Any], bad: list[Any], rule: str
) -> None:
    checked = form(component)
    assert [value for value in good if checked.check({"x": value})] == []
    for value in bad:
        assert rules_broken(checked, {"x": value}) == [f"x:{rule}"], value


def test_a_problem_names_the_field_in_chinese_and_english() -> None:
    (problem,) = form(field("number", "area", label="面积", validate={"min": 1})).check({"area": 0})
    assert problem == {
        "field": "area", "message": "“面积”不能小于 1。", "en": "area must be at least 1.", "rule": "min",
        "severity": "error",
    }  # fmt: skip


def test_a_missing_value_is_missing_and_an_unknown_value_is_let_through() -> None:
    checked = form(field("textfield", validate={"required": True}), field("number", "n"))
    assert rules_broken(checked, {}) == ["x:required"]
    assert checked.check({"x": "a", "other": object()}) == []


def test_groups_with_a_path_and_dotted_keys_lie_deeper() -> None:
    inner = field("textfield", "name", validate={"required": True})
    nested = form({"type": "group", "path": "owner", "components": [{"type": "group", "components": [inner]}]})
    assert rules_broken(nested, {"owner": {}}) == ["owner.name:required"]
    assert rules_broken(nested, {"owner": "text"}) == ["owner.name:required"]
    assert nested.check({"owner": {"name": "甲"}}) == []
    dotted = form(field("textfield", "owner.name", validate={"required": True}))
    assert dotted.check({"owner": {"name": "甲"}}) == []
    assert dotted.check({"owner.name": "甲"}) == []
    assert rules_broken(dotted, {}) == ["owner.name:required"]


def test_each_entry_of_a_repeating_list_is_checked() -> None:
    listed = form({"type": "dynamiclist", "path": "items", "components": [field("number", "n", validate={"max": 5})]})
    assert listed.check({}) == []
    assert rules_broken(listed, {"items": [{"n": 1}, {"n": 9}, "x"]}) == ["items[1].n:max"]


@pytest.mark.parametrize(
    ("hide", "values", "hidden"),
    [
        ('=result = "pass"', {"result": "pass"}, True),
        ('=result = "pass"', {"result": "fail"}, False),
        ('=result = "pass"', {}, False),
        ('=result != "pass"', {}, True),
        ("=not(major)", {"major": False}, True),
        ("=n > 3 and major", {"n": 4, "major": True}, True),
        ("=n > 3", {}, False),
        ("=level = null", {}, True),
        ("=some x in items satisfies x > 3", {"items": [9]}, False),
        ("=", {}, False),
        (None, {}, False),
    ],
)
def test_a_hidden_field_is_not_asked_for(hide: str | None, values: dict[str, Any], hidden: bool) -> None:
    component = field("textfield", validate={"required": True}, conditional={"hide": hide})
    assert (form(component).check(values) == []) is hidden
    assert (form({"type": "group", "components": [component]}).check({}, values) == []) is hidden


def test_a_hidden_group_hides_its_fields() -> None:
    inside = field("textfield", validate={"required": True})
    group = {"type": "group", "conditional": {"hide": "=done"}, "components": [inside]}
    assert form(group).check({"done": True}) == []
    assert rules_broken(form(group), {"done": False}) == ["x:required"]


def test_a_pattern_that_would_run_for_ever_is_stopped() -> None:
    began = time.perf_counter()
    checked = form(field("textfield", validate={"pattern": "^(a+)+$"}))
    assert checked.check({"x": "aaaa"}) == []
    assert rules_broken(checked, {"x": "a" * 5_000 + "b"}) == ["x:pattern"]
    assert time.perf_counter() - began < 1


def test_patterns_of_many_rows_that_would_run_for_ever_are_stopped_together(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(form_values, "ALL_MATCHES", 0.15)
    inside = field("textfield", validate={"pattern": "^(a+)+$"})
    checked = form({"type": "dynamiclist", "path": "rows", "components": [inside]})
    problems = checked.check({"rows": [{"x": "a" * 5_000 + "b"}] * MAX_REPETITIONS})
    assert {problem["rule"] for problem in problems} == {"pattern"}
    assert "没有核对完" not in problems[0]["message"] and "没有核对完" in problems[-1]["message"]
    assert "in time" in problems[-1]["en"]


def test_components_that_only_show_something_need_no_key() -> None:
    shown = form({"type": "text", "text": "说明"}, {"type": "button"}, {"type": "separator"}, field("number"))
    assert [one.key for one in shown.fields] == ["x"]


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "JSON"), (b"{", "JSON"), (b"[1]", "components"), (b'{"components": 5}', "components"),
        (b"\xff\xfe", "JSON"),
        (b'{"components": []}', "id"), (b'{"id": " ", "components": []}', "id"), (b" " * 1_100_000, "1 MB"),
        (b'{"id": "f", "components": [5]}', "type"), (b'{"id": "f", "components": [{"type": "number"}]}', "key"),
        (b'{"id": "f", "components": [{"type": "number", "key": "a", "validate": {"min": []}}]}', "min"),
        (b'{"id": "f", "components": [{"type": "textfield", "key": "a", "validate": {"pattern": "("}}]}', "正则"),
        (b"[" * 100_000, "JSON"),
        (json.dumps({"id": "f", "components": [{"type": "text"}] * 1_001}).encode(), "1000"),
        (b'{"id": "f", "components": ' + b'[{"type": "group", "components": ' * 30 + b"[]" + b"}]" * 30 + b"}", "嵌套"),
    ],
)  # fmt: skip
def test_what_is_no_form_is_refused_with_a_sentence(content: bytes, words: str) -> None:
    with pytest.raises(BadForm, match=words):
        parse_form(content)


_json = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["x", "y", "type"]), inner, max_size=3),
)


@settings(max_examples=150, deadline=500)
@given(_json, st.sampled_from(["textfield", "number", "select", "checklist", "datetime", "filepicker"]), _json)
def test_any_value_is_judged_and_any_rule_is_read_or_refused(value: Any, kind: str, validate: Any) -> None:
    try:
        checked = form(field(kind, validate=validate, values=validate, conditional=validate, label=validate))
    except BadForm:
        return
    assert isinstance(checked.check({"x": value}), list)


def listed(*conditions: str) -> Form:
    """A list, each of whose rows has a required field for each condition that hides it."""
    inside = [
        {"type": "textfield", "key": f"k{n}", "validate": {"required": True}, "conditional": {"hide": f"={condition}"}}
        for n, condition in enumerate(conditions)
    ]
    rows = {"type": "dynamiclist", "path": "rows", "components": inside}
    return parse_form(json.dumps({"id": "f", "components": [rows]}).encode())


@pytest.mark.parametrize(
    "condition",
    ['kind = "a"', "amount < 1000%d", 'kind = "a" and grade < 1000%d', "amount < 1000%d and grade < 6 and amount >= 0"],
)
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


def test_a_list_that_takes_too_long_to_look_at_is_said_and_no_hidden_field_is_asked_for(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(form_conditions, "CHECK_WORK", 1_000)
    monkeypatch.setattr(form_conditions, "LOOK_WORK", 0)
    form = listed(*(f"amount < 1000{n}" for n in range(20)))
    rows = [{"amount": n} for n in range(20)]
    (problem,) = form.check({"rows": rows})
    assert (problem["rule"], problem["severity"]) == ("conditions", "error")
    assert problem["field"].startswith("rows[") and problem["field"] in problem["message"]
    assert "减少行数" in problem["message"] and "fewer rows" in problem["en"]
    filled = [row | {f"k{n}": "x" for n in range(20)} for row in rows]
    assert form.check({"rows": filled}) == []  # shown or hidden, nothing is wrong with it


def test_a_list_of_more_rows_than_are_looked_at_is_refused() -> None:
    form = listed("amount < 1")
    (problem,) = form.check({"rows": [{"amount": 0}] * (MAX_REPETITIONS + 1)})
    assert (problem["field"], problem["rule"]) == ("rows", "maxItems")
    assert "501" in problem["message"] and "500" in problem["en"]


def test_of_a_great_many_problems_the_first_are_told() -> None:
    form = listed(*["amount = 1"] * 20)
    assert len(form.check({"rows": [{}] * MAX_REPETITIONS})) == MAX_PROBLEMS
