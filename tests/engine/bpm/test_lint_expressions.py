"""Wherever an expression stands, the linter knows its functions; what fails or decides nothing is said beforehand."""

import pytest

from engine.bpm import decisions, lint_expressions
from engine.bpm.lint import lint
from tests.engine.bpm.bad_models import X, boundary, conditional, one, row, table, task, work
from tests.engine.bpm.bad_places import CALL, PLACES, ROOTS, WRONG, event
from tests.engine.bpm.diagrams import flows
from tests.engine.bpm.test_lint import KNOWN


@pytest.mark.parametrize("place", PLACES)
def test_an_unknown_function_is_found_wherever_it_stands(place: str) -> None:
    problems = lint(one(PLACES[place], extra=ROOTS), known=KNOWN)
    told = [(one["rule"], one["element"], one["name"]) for one in problems if WRONG.partition("(")[0] in one["message"]]
    assert told == [("function", "t", "整改")], problems


def test_an_unknown_function_is_found_at_ends_flows_and_boundaries() -> None:
    ended = f'<endEvent id="t" name="整改">{event("error", "r")}</endEvent>'
    split = f'<{X} id="t" default="f_t_e"/>', '<endEvent id="e2"/>' + conditional("t", "e2", CALL)
    beside = boundary(event("conditional", "", f"<condition>{CALL}</condition>"))
    until = f"<completionCondition>{CALL}</completionCondition>"
    inner = f'<startEvent id="s2"/>{ended}{flows("s2>t")}'
    for files, element in [
        (one(f'<subProcess id="q">{inner}</subProcess>', ways="s>q q>e", extra=ROOTS), "t"),
        (one(split[0], more=split[1]), "c"),
        (one(task(), more=beside, ways="s>t t>e b>e"), "b"),
        (one(f'<adHocSubProcess id="t"><task id="i"/>{until}</adHocSubProcess>'), "t"),
    ]:
        assert errors(files) == [("function", element)], files


def errors(files: dict[str, bytes]) -> list[tuple[str, str]]:
    """Rule and element of each error."""
    return [(one["rule"], one["element"]) for one in lint(files, known=KNOWN) if one["severity"] == "error"]


@pytest.mark.parametrize("tag", ["defaultOutputEntry", "outputValues"])
def test_an_unknown_function_is_found_in_the_columns_of_a_table(tag: str) -> None:
    inside = f"<{tag}><text>{WRONG}</text></{tag}>"
    assert errors(one(task()) | table(columns=f"<output name='y'>{inside}</output>")) == [("function", "d")]


@pytest.mark.parametrize(
    ("attributes", "rule"),
    [
        ('camunda:priority="9000000000"', "priority"), ('camunda:priority="${1 / 2}"', "priority"),
        ('camunda:priority="70"', ""), ('camunda:priority="${level}"', ""),
        ('camunda:followUpDate="R3/P1D"', "due-date"), ('camunda:followUpDate="P1D"', ""),
    ],
)  # fmt: skip
def test_a_priority_or_date_that_no_task_can_have_is_found(attributes: str, rule: str) -> None:
    assert errors(one(task(attributes))) == ([(rule, "t")] if rule else [])


def test_all_expressions_of_a_deployment_are_bounded_together(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever deploys, and each process that runs it later, reads them all: that takes seconds at most."""
    monkeypatch.setattr(lint_expressions, "MAX_READ", 1_000)
    script = work("scriptTask", inner=f"<script>x = [{','.join('a' * 400)}]</script>")
    assert errors(one(script)) == []
    assert errors(one(script.replace("</script>", "\ny = 'more of it than there may be'</script>")) | table(
        row("-", "[" + ",".join("a" * 90) + "]"))) == [("size", "")]  # fmt: skip


def test_the_cells_of_a_table_are_bounded_together(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(decisions, "MAX_READ", 1_000)
    assert errors(table(row("-", "[" + ",".join("a" * 400) + "]"))) == []
    assert errors(table(row("-", "[" + ",".join("a" * 500) + "]"))) == [("decision", "")]
