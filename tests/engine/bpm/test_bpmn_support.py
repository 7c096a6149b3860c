"""docs/guide/bpmn-support.md says what the engine does: each row is held against the vocabulary and the linter."""

import re
from pathlib import Path
from typing import NamedTuple

import pytest
import SpiffWorkflow.bpmn.parser
from lxml import etree

from engine.bpm.lint import lint
from engine.bpm.play import play
from engine.bpm.spiff import vocabulary
from tests.engine.bpm.spiff.coverage_models import (
    DEFINITIONS,
    END,
    FORM,
    MODELS,
    PLACES,
    ROOTS,
    START,
    TABLE,
    ext,
    placed,
)
from tests.engine.bpm.spiff.kit import Case, bpmn, el, flow

GUIDE = (Path(__file__).parents[3] / "docs/guide/bpmn-support.md").read_text()
SCHEMA = Path(SpiffWorkflow.bpmn.parser.__file__).parent / "schema" / "Semantic.xsd"
DRAWING = {"layout", "group", "form", "due-date", "dead-end", "twice", "soundness", "unreachable", "ignored"}


class Row(NamedTuple):
    """A word of the page: a BPMN tag, `@attribute` or `+element` of the dialect."""

    word: str
    answer: str
    rule: str


def rows() -> list[Row]:
    found = []
    for words, answer in re.findall(r"^\| (`[^|]+) \| (支持|忽略[^|]*|拒绝[^|]*) \|", GUIDE, re.MULTILINE):
        rule = re.search(r"`(.+)`", answer)
        found += [Row(word, answer[:2], rule[1] if rule else "") for word in re.findall(r"`([@+]?\w+)`", words)]
    return found


ROWS = rows()
TAGS = [row for row in ROWS if row.word[0] not in "@+"]


def ids(row: Row) -> str:
    return row.word


def findings(files: dict[str, bytes], *, without: set[str] = DRAWING) -> list[tuple[str, str, str]]:
    return [(one["rule"], one["severity"], one["element"]) for one in lint(files) if one["rule"] not in without]


def test_every_name_of_the_schema_has_exactly_one_row() -> None:
    names = {found.get("name") for found in etree.parse(SCHEMA).iter("{*}element") if found.get("name")}
    assert {row.word for row in TAGS} == names | {"definitions", "import"}  # these two are in the schema around it
    assert len(TAGS) == len({row.word for row in TAGS})


def test_every_attribute_of_the_schema_is_known() -> None:
    names = {found.get("name") for found in etree.parse(SCHEMA).iter("{*}attribute") if found.get("name")}
    assert names <= vocabulary.ATTRIBUTES


def test_the_page_and_the_vocabulary_have_the_same_words() -> None:
    page = {answer: {row.word for row in ROWS if row.answer == answer} for answer in ("支持", "忽略", "拒绝")}
    attributes, elements = vocabulary.DIALECT_REFUSED, vocabulary.ELEMENTS_REFUSED
    assert page["支持"] == (
        vocabulary.RUN
        | {f"@{name}" for name in vocabulary.DIALECT}
        | {f"+{name}" for name in vocabulary.DIALECT_ELEMENTS}
    )
    assert page["忽略"] == vocabulary.PAPER | {f"@{name}" for name in {*vocabulary.IGNORED, *vocabulary.DRAWN}} | {
        f"+{name}" for name in vocabulary.ELEMENTS_IGNORED
    }
    assert page["拒绝"] == {
        *vocabulary.REFUSED,
        *vocabulary.ABSTRACT,
        *(f"@{a}" for a in attributes),
        *(f"+{e}" for e in elements),
    }


@pytest.mark.parametrize("name", MODELS)
def test_the_models_of_this_page_deploy_and_run(name: str) -> None:
    assert findings(MODELS[name]) == []
    answer = play(MODELS[name], {"auto": True, "variables": {"n": 1, "items": [1, 2]}})
    assert (answer["error"], answer["incidents"]) == (None, [])


@pytest.mark.parametrize("row", [row for row in ROWS if row.answer == "支持"], ids=ids)
def test_what_runs_is_in_a_model_that_deploys(row: Row) -> None:
    texts = [text.decode() for files in MODELS.values() for text in files.values()]
    written = {"@": rf"\scamunda:{row.word[1:]}=", "+": rf"<camunda:{row.word[1:]}\b"}.get(
        row.word[0], rf"<bpmn:{row.word}\b"
    )
    assert any(re.search(written, text) for text in texts)


def using(row: Row) -> dict[str, bytes]:
    """A small process with this word in it; its user task is `a`."""
    attributes = {f"c_{row.word[1:]}": "true"} if row.word.startswith("@") else {}
    inner = ext(f"<camunda:{row.word[1:]}>x</camunda:{row.word[1:]}>") if row.word.startswith("+") else ""
    beside = el(row.word, "x") if row.word[0] not in "@+" else ""
    content = (
        START + el("userTask", "a", inner, c_candidateGroups="office", **attributes) + END + beside + flow("s->a->e")
    )
    return bpmn(content, roots=ROOTS) | FORM | TABLE


@pytest.mark.parametrize("row", [row for row in ROWS if row.answer == "拒绝"], ids=ids)
def test_what_is_refused_is_refused_at_its_element_by_the_named_rule(row: Row) -> None:
    place = "a" if row.word[0] in "@+" else "x"
    found = [one for one in lint(using(row)) if one["severity"] == "error"]
    assert (row.rule, place) in [(one["rule"], one["element"]) for one in found]
    assert all(row.word.lstrip("@+") in one["message"] + one["en"] for one in found if one["rule"] == row.rule)


@pytest.mark.parametrize("row", [row for row in ROWS if row.answer == "忽略"], ids=ids)
def test_what_is_ignored_changes_nothing_and_says_so_where_it_is_written(row: Row) -> None:
    found = findings(using(row), without=DRAWING - {"ignored"})
    assert found == ([("ignored", "info", "a")] if row.rule else [])
    plain = play(using(Row("documentation", "支持", "")), {"auto": True})
    answer = play(using(row), {"auto": True, "now": plain["now"]})
    assert answer["trace"] == plain["trace"]


def matrix() -> dict[str, list[str]]:
    lines = re.findall(r"^\| (\w+) \| ([✓✗ |]+) \|$", GUIDE, re.MULTILINE)
    return {kind: cells.split(" | ") for kind, cells in lines}


def test_the_matrix_has_all_kinds_of_events_and_all_places() -> None:
    assert list(matrix()) == list(DEFINITIONS)
    assert f"| 种类 | {' | '.join(PLACES)} |" in GUIDE


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize("kind", DEFINITIONS)
def test_each_cell_of_the_event_matrix_deploys_or_is_refused_at_the_event(kind: str, place: str) -> None:
    allowed = matrix()[kind][PLACES.index(place)] == "✓"
    errors = [one for one in findings(placed(kind, place)) if one[1] == "error"]
    if allowed:
        assert errors == []
    else:
        assert {element for _, _, element in errors} == {"x"}
        assert {rule for rule, _, _ in errors} <= {"event", "start", "boundary"}


HAPPENS = {"message": "ping", "signal": "storm"}
PING, STORM = ("message", "ping"), ("signal", "storm")
LEAVES = {"message": [PING], "signal": [STORM], "escalation": [("escalation", "up")], "multiple": [PING, STORM]}
LEAVES["parallelMultiple"] = LEAVES["multiple"]


def brought_about(kind: str, place: str) -> Case:
    """A case in which the event of this cell has happened, from outside or by what the model itself throws."""
    by_event = place == "start" and kind != "none"
    case = Case(placed(kind, place, alive=True), {"n": 1}, start_element="x" if by_event else None)
    inside = kind in ("error", "escalation", "cancel", "compensate")
    if (place in ("catch", "throw", "end") or inside) and case.open == ["a"]:
        assert not any(happened.startswith("x ") for happened in case.events)
        case.do("a")
    if place in ("start", "throw", "end") or inside:
        return case
    if kind == "timer":
        case.wait(hours=23)
        assert "x fired" not in case.events
        case.wait(hours=1)
    elif kind == "conditional":
        case.put(n=9)
        assert "x fired" not in case.events
        case.put(n=10)
    elif kind == "parallelMultiple":
        case.tell("ping")
        assert "x completed" not in case.events
        case.tell("storm")
    elif kind != "link":
        case.tell(HAPPENS.get(kind, "storm"))
    return case


@pytest.mark.parametrize("kind", DEFINITIONS)
def test_each_tick_of_the_event_matrix_is_an_event_that_happens_and_leaves_its_trace(kind: str) -> None:
    for place, answer in zip(PLACES, matrix()[kind], strict=True):
        if answer != "✓":
            continue
        case, ended = brought_about(kind, place), "completed"
        happened = [word for element, word in map(str.split, case.events) if element == "x"]
        caught = place not in ("throw", "end") and kind not in ("none", "link")
        silent = kind in ("none", "link", "terminate")
        assert happened[:2] == ["entered", "fired" if caught else "completed" if silent else "thrown"], place
        assert [(one.kind, one.name) for one in case.thrown] == ([] if caught else LEAVES.get(kind, [])), place
        if (kind, place) == ("error", "end"):  # nobody catches it: never silently
            assert [failure.element for failure in case.at.failures] == ["x"]
            continue
        assert happened[-1] == "completed", place
        if place == "start":
            ended = "running"
        elif kind == "compensate":
            undone = {"throw": "a_u", "end": "a_u", "sub-int": "he", "sub-non": "he"}.get(place, "u")
            assert f"{undone} completed" in case.events, place
        elif place.endswith("-non"):  # what runs goes on beside it, and can be finished
            assert case.open == ["b" if kind == "escalation" else "a"], place
            case.do(*case.open)
        elif place in ("sub-int", "boundary-int"):
            gone = {"a cancelled", "o cancelled", "t cancelled", "t completed"}
            assert gone & set(case.events), place
        elif kind == "terminate":
            ended = "terminated"
        elif kind == "cancel":
            assert "b fired" in case.events
        assert (case.at.status, case.open) == (ended, ["a"] if ended == "running" else []), place
