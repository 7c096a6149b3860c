"""Hostile texts in every place that holds expressions: no code runs, nothing hangs, nothing fills the memory."""

import gc
import sys
from collections import UserDict
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from typing import Any
from xml.sax.saxutils import escape
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.bpm.decision_tables import Decision
from engine.bpm.decisions import parse_decisions
from engine.bpm.expression_limits import MAX_WORK, Budget, weight
from engine.bpm.expression_syntax import MAX_LENGTH
from engine.bpm.expressions import (
    BadExpression,
    EvaluationFailed,
    compile_expression,
    compile_script,
    compile_template,
    evaluate,
    render,
    run_script,
)
from engine.bpm.forms import parse_form
from engine.bpm.functions import builtin_functions, functions_at
from engine.bpm.unary_tests import FEEL_FUNCTIONS, Scope, compile_unary, feel
from engine.calendar import Calendar
from engine.errors import EngineError
from tests.engine.bpm.hostile import COSTLY, ESCAPES, HEAVY, NOW, TANGLED, VARIABLES

FUNCTIONS = {**builtin_functions(NOW, Calendar.default(), ZoneInfo("Asia/Shanghai")), **FEEL_FUNCTIONS}
CALLS = 20 * MAX_WORK  # calls of functions, Python's own among them, that a budget may stand for: far below 100 ms
READING = 40 * MAX_LENGTH  # and that reading a text may take; what grows with the square of its length exceeds it
LARGEST = 10 * MAX_WORK  # parts of the largest value that may come out: a variable, or several in a list
FORBIDDEN = ("open", "os.", "subprocess.", "socket.", "exec", "import", "ctypes.", "shutil.", "pty.")

_seen: list[str] = []
_watching: list[bool] = []


def _watch(event: str, _arguments: object) -> None:
    if _watching and event.startswith(FORBIDDEN):
        _seen.append(event)


sys.addaudithook(_watch)


@pytest.fixture(autouse=True, scope="module")
def own_garbage() -> Iterator[None]:
    """What earlier tests of this process left behind is not collected at the expense of an expression."""
    gc.collect()
    gc.freeze()
    yield
    gc.unfreeze()


def calls(act: Callable[[], Any]) -> int:
    """How many functions are called: what something costs, on any machine and beside whatever else runs."""
    count = 0

    def see(_frame: object, event: str, _called: object) -> None:
        nonlocal count
        count += event in ("call", "c_call")

    sys.setprofile(see)
    try:
        outcome(act)
    finally:
        sys.setprofile(None)
    return count


class Watched(UserDict[str, Any]):
    """An object that counts how often it is asked for one of its names; whoever copies it asks for each."""

    read = 0

    def __getitem__(self, name: str) -> Any:
        self.read += 1
        return super().__getitem__(name)


def readings(text: str) -> dict[str, Callable[[], Any]]:
    """Every way in which a diagram, a table or a form can hold this text."""
    return {
        "expression": lambda: evaluate(text, VARIABLES, FUNCTIONS),
        "lone template": lambda: render(f"${{{text}}}", VARIABLES, FUNCTIONS),
        "template": lambda: render(f"a ${{{text}}} b", VARIABLES, FUNCTIONS),
        "script": lambda: run_script(f"a = {text}\nb = a", VARIABLES, FUNCTIONS),
        "cell": lambda: compile_unary(text).hold(VARIABLES["big"], Scope(VARIABLES, FUNCTIONS, Budget())),
        "result": lambda: evaluate(feel(text), VARIABLES, FUNCTIONS),
    }


def outcome(act: Callable[[], Any]) -> Any:
    """What it gives; one of our errors counts as an answer, anything else does not."""
    try:
        return act()
    except (BadExpression, EvaluationFailed) as refused:
        assert refused.message and refused.en
        return None


@pytest.mark.parametrize("text", [*ESCAPES, *HEAVY], ids=lambda text: ascii(text[:40]))
def test_no_text_runs_code_or_fills_the_memory(text: str) -> None:
    compile_expression.cache_clear()
    for act in readings(text).values():
        _watching.append(True)
        try:
            value = outcome(act)
        finally:
            _watching.clear()
        assert weight(value, LARGEST) < LARGEST
        assert value is None or isinstance(value, (str, int, float, list, tuple, dict, datetime, timedelta))
    assert _seen == []


@pytest.mark.parametrize("text", [*HEAVY, *TANGLED], ids=lambda text: ascii(text[:40]))
def test_a_text_is_read_in_steps_that_grow_with_its_length(text: str) -> None:
    assert calls(lambda: compile_expression.__wrapped__(text)) < READING


@pytest.mark.parametrize("text", COSTLY, ids=lambda text: ascii(text[:40]))
def test_what_uses_up_its_budget_has_cost_so_many_calls_and_no_more(text: str) -> None:
    assert calls(lambda: run_script(text, VARIABLES, FUNCTIONS)) < CALLS


def test_a_script_and_the_expressions_of_a_text_are_bounded_together() -> None:
    long = f"[{','.join('a' * 400)}]"
    for act in (lambda: compile_script(f"b = {long}\n" * 30), lambda: compile_template(f"${{{long}}}-" * 30)):
        with pytest.raises(BadExpression, match="最多 20000 个字符"):
            act()


@pytest.mark.parametrize("text", ESCAPES, ids=lambda text: ascii(text[:40]))
def test_no_text_reaches_anything_that_is_not_a_value(text: str) -> None:
    value = outcome(lambda: evaluate(text, VARIABLES, FUNCTIONS))
    assert "class" not in repr(value) and "function" not in repr(value)


def test_all_places_of_a_text_share_one_budget() -> None:
    with pytest.raises(EvaluationFailed):
        render("${big == big}" * 30, VARIABLES, FUNCTIONS)
    assert render("${a}-" * 150, VARIABLES, FUNCTIONS) == "1-" * 150


def test_a_text_has_a_bounded_number_of_places_and_a_bounded_length() -> None:
    with pytest.raises(BadExpression, match="最多 200 个"):
        compile_template("${a}" * 1_000_000)
    with pytest.raises(EvaluationFailed, match="太长"):
        render("${t}${t}", VARIABLES, FUNCTIONS)


def test_all_lines_of_a_script_share_one_budget() -> None:
    with pytest.raises(EvaluationFailed, match="计算量太大"):
        run_script("b = big == big\n" * 100, VARIABLES, FUNCTIONS)
    assert run_script("a = workdays(3)\n" * 200, VARIABLES, FUNCTIONS)["a"] > NOW


@pytest.mark.parametrize("text", ["n in t", "n not in t", "contains(t, n)", "own()"])
def test_what_one_step_cannot_see_costs_what_it_takes(text: str) -> None:
    """A short text is compared at nearly each letter of a long one; nobody knows what a registered function does."""
    variables = {"t": "a" * 29_999, "n": "a" * 48 + "b" + "a" * 49}
    functions = FUNCTIONS | functions_at(NOW, Calendar.default(), ZoneInfo("Asia/Shanghai"), {"own": lambda: 1})
    several = 5 if "own" in text else 1
    run_script(f"b = [{','.join([text] * 40)}]\n" * several, variables, functions)
    with pytest.raises(EvaluationFailed, match="计算量太大"):
        run_script(f"b = [{','.join([text] * 80)}]\n" * several, variables, functions)


def test_a_name_is_the_same_however_it_is_typed() -> None:
    assert run_script("ｎ = 1\nｍ = ｎ + 1", {}, {}) == {"n": 1, "m": 2}


def decisions(content: str) -> dict[str, Decision]:
    namespace = "https://www.omg.org/spec/DMN/20191111/MODEL/"
    return parse_decisions(f'<definitions xmlns="{namespace}">{content}</definitions>'.encode())


def table(column: str, rules: list[tuple[str, str]]) -> Decision:
    rows = "".join(
        f"<rule><inputEntry><text>{escape(test)}</text></inputEntry>"
        f"<outputEntry><text>{escape(result)}</text></outputEntry></rule>"
        for test, result in rules
    )
    head = f"<input><inputExpression><text>{column}</text></inputExpression></input><output name='y'/>"
    return decisions(f'<decision id="d"><decisionTable>{head}{rows}</decisionTable></decision>')["d"]


def test_a_variable_may_have_any_name() -> None:
    assert table("self == null and expression == null and more == null", [("true", "1")]).evaluate({}, {}) == {"y": 1}


def test_all_cells_of_a_table_share_one_budget() -> None:
    with pytest.raises(EvaluationFailed, match="计算量太大"):
        table("nothing", [("big", "1")] * 1_000).evaluate(VARIABLES, FUNCTIONS)


def test_a_large_table_of_plain_cells_is_evaluated() -> None:
    rules = [(f"[{number}..{number + 1})", str(number)) for number in range(5_000)]
    assert table("a + 4998", rules).evaluate(VARIABLES, FUNCTIONS) == {"y": 4_999}


def test_a_decision_required_on_many_ways_is_evaluated_once() -> None:
    def one(number: int) -> str:
        after = f'<requiredDecision href="#d{number + 1}"/>' if number < 40 else ""
        twice = f"<informationRequirement>{after}</informationRequirement>" * 2
        return f'<decision id="d{number}">{twice}<literalExpression><text>a</text></literalExpression></decision>'

    first = decisions("".join(map(one, range(41))))["d0"]
    assert first.evaluate(VARIABLES, FUNCTIONS) == {"d0": 1}
    assert calls(lambda: first.evaluate(VARIABLES, FUNCTIONS)) < 41 * 200


@pytest.mark.parametrize("text", ['"\\' * 500_000, "'\\" * 500_000, "=" * 1_000_000, '@"' * 500_000])
def test_a_result_of_any_length_is_refused_at_once(text: str) -> None:
    for read in (feel, compile_unary):
        with pytest.raises(BadExpression):
            read(text)
        assert calls(lambda read=read: read(text)) < 100  # type: ignore[misc]


def test_the_conditions_of_a_form_share_one_budget() -> None:
    field = '{"type": "textfield", "key": "k%d", "conditional": {"hide": "=big = big and big = big"}}'
    form = parse_form(f'{{"id": "f", "components": [{",".join(field % number for number in range(900))}]}}'.encode())
    assert calls(lambda: form.check({}, VARIABLES)) < CALLS
    assert form.check({}, VARIABLES) == []
    other = field.replace("=big", "=k%d = null and big")  # none is like another
    form = parse_form(f'{{"id": "f", "components": [{",".join(other % (n, n) for n in range(100))}]}}'.encode())
    assert calls(lambda: form.check({}, VARIABLES)) < CALLS


def test_the_names_that_somebody_sends_cost_a_form_nothing() -> None:
    field = '{"type": "textfield", "key": "k%d", "conditional": {"hide": "=a = 1"}}'
    form = parse_form(f'{{"id": "f", "components": [{",".join(field % number for number in range(20))}]}}'.encode())
    sent = Watched({f"n{number}": 1 for number in range(1_000)})
    assert form.check(sent, {"a": 1}) == []
    assert sent.read < 200


_names = st.sampled_from([*VARIABLES, *FUNCTIONS, "missing", "__class__", "lambda", "ｅｖａｌ"])
_signs = st.sampled_from(["+", "-", "*", "/", "//", "%", "**", "==", "<", "in", "and", "or", "lt", "?", ":"])
_values = st.one_of(
    _names, st.integers().map(str), st.floats().map(str), st.text(max_size=5).map(repr), st.sampled_from(ESCAPES)
)
_trees = st.recursive(
    _values,
    lambda inner: st.one_of(
        st.tuples(inner, _signs, inner).map(lambda parts: f"({' '.join(parts)})"),
        st.tuples(_names, st.lists(inner, max_size=3)).map(lambda call: f"{call[0]}({', '.join(call[1])})"),
        st.lists(inner, max_size=4).map(lambda entries: f"[{', '.join(entries)}]"),
        st.tuples(inner, inner).map(lambda pair: f"{pair[0]}[{pair[1]}]"),
        st.tuples(inner, _names).map(".".join),
        st.tuples(st.sampled_from(["empty ", "!", "-", "not "]), inner).map("".join),
    ),
    max_leaves=12,
)


@settings(max_examples=150, deadline=None)
@given(_trees)
def test_whatever_is_made_of_our_words_is_answered_within_its_budget(text: str) -> None:
    for act in readings(text).values():
        value = outcome(act)
        assert weight(value, LARGEST) < LARGEST


@settings(max_examples=100, deadline=None)
@given(st.text(max_size=200))
def test_any_characters_are_a_value_or_one_of_our_errors(text: str) -> None:
    for act in readings(text).values():
        outcome(act)


def _fits_a_file(text: str) -> bool:
    return not any("\ud800" <= letter <= "\udfff" for letter in text)  # no file in UTF-8 has half a pair


_cells = st.one_of(_trees.filter(_fits_a_file), st.sampled_from(["[1..2]", "not(1)", "> 3", "-", '"x"']))


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(_cells, _cells), max_size=3))
def test_any_table_is_refused_or_evaluated(rules: list[tuple[str, str]]) -> None:
    try:
        made = table("a", rules).evaluate(VARIABLES, FUNCTIONS)
    except EngineError:
        return
    assert made is None or isinstance(made, (dict, list))
