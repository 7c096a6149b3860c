"""Each rule of the linter on a file that breaks it: what is found, where, and that both messages help."""

import ast
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from time import process_time

import pytest

from engine.bpm.lint import Known, lint
from engine.campaign import statutes
from engine.errors import Problem
from tests.engine.bpm.bad_models import BAD as MODELS
from tests.engine.bpm.bad_models import FORM, Bad, X, one, service, task
from tests.engine.bpm.hostile_files import HOSTILE
from tests.engine.bpm.test_lint import KNOWN

ENGINE = Path(__file__).parents[3] / "engine"
SPEAKING = ("bpm/lint*.py", "bpm/spiff/*.py", "bpm/decisions.py", "bpm/forms.py", "bpm/expression_syntax.py",
            "bpm/unary_tests.py", "bpm/expressions.py", "bpm/expression_tokens.py", "campaign/statutes.py")  # fmt: skip
WAYS = (
    "refuse",
    "error",
    "warning",
    "refusal",
    "BadForm",
    "BadExpression",
    "BadTimer",
    "_warning",
    "_bad",
    "_finding",
)  # to write a finding
CHINESE = re.compile("[\u4e00-\u9fff]")
ADVICE = re.compile(
    r"(?:^|[;:,.] ?|and |or )(add|arrange|associate|attach|check|choose|connect|correct|draw|export|give|join|keep|"
    r"lead|lower|make|merge|move|name|remove|rename|replace|report|set|shorten|split|use|write|put|please)\b",
    re.IGNORECASE,
)


STATUTORY = {
    "a seal of ninety days": Bad(one(service("measure.open", kind="查封", ends_at="${days(90)}")), "statute"),
    "a seal by the street": Bad(one(service("measure.draft", organ="street")), "statute"),
    "a case for the court by the street": Bad(one(service("court.open", organ="street")), "statute"),
    "a measure without approval": Bad(one(service("measure.open")), "approval"),
    "a deadline without clock": Bad(one(service("deadline.open")), "clock", severity="warning"),
    "a deadline by no known clock": Bad(one(service("deadline.open", clock="T99")), "clock"),
}
BAD = MODELS | STATUTORY
FOREIGN = re.compile("[\u3000-\u303f\u4e00-\u9fff\uff00-\uffef]")  # what no English sentence of ours holds
GUIDE = (ENGINE.parent / "docs/guide/author.md").read_text()
TESTED_APART = {"limit", "scenario", "layout"}  # by test_definitions.py, test_deploy_gate.py, test_lint.py


def found(bad: Bad) -> list[Problem]:
    known = Known(rules=(statutes.check,)) if bad in STATUTORY.values() else KNOWN
    told = [problem for problem in lint(bad.files, known=known) if problem["rule"] != "layout"]
    return [problem for problem in told if problem["rule"] == bad.rule] if bad in STATUTORY.values() else told


@cache
def found_in(why: str) -> list[Problem]:
    return found(BAD[why])


@pytest.mark.parametrize("why", BAD)
def test_a_bad_model_is_found(why: str) -> None:
    bad = BAD[why]
    first = found_in(why)[0]
    told = (first["rule"], first["severity"], first["element"], first["name"])
    assert told == (bad.rule, bad.severity, bad.element, bad.name), first["message"]
    assert first["file"] in bad.files or not bad.element


@pytest.mark.parametrize("why", BAD)
def test_every_finding_names_its_element_and_says_what_to_do_in_both_languages(why: str) -> None:
    for problem in found_in(why):
        assert problem["rule"] != "lint", problem["message"]  # that rule means that the linter itself failed
        message, en = problem["message"], problem["en"]
        assert problem["element"] in message and problem["element"] in en
        assert problem["name"] in message and problem["name"] in en
        assert "请" in message
        assert ADVICE.search(en), en
        assert CHINESE.search(message)


def rules_in_the_sources() -> set[str]:
    """What stands in the sources as the rule of a finding."""
    first, second = ("error", "warning", "_finding", "wrong"), ("refuse", "remark", "attempt", "_readable")
    places = dict.fromkeys(first, 0) | dict.fromkeys(second, 1)
    apart = ("forms.py", "decisions.py", "migrate.py", "translation.py")  # of values, of tables (one rule), of moves
    found: set[str] = set()
    for path in (path for pattern in SPEAKING for path in ENGINE.glob(pattern) if path.name not in apart):
        for node in (node for node in ast.walk(ast.parse(path.read_text())) if isinstance(node, ast.Call)):
            place = places.get(_called(node), len(node.args))
            given = [*node.args[place : place + 1], *(word.value for word in node.keywords if word.arg == "rule")]
            found |= {text for part in given if (text := _text(part))}
    return found - {"lint", "model"}  # the linter itself failed; a problem without a rule


def test_every_rule_is_broken_by_a_model_here_and_explained_to_authors() -> None:
    told = re.findall(r"^\| ((?:`[a-z-]+` ?)+) \| [^|]+ \|", GUIDE.partition("## 检查规则")[2], re.MULTILINE)
    documented = set(re.findall(r"`([a-z-]+)`", " ".join(told)))
    assert rules_in_the_sources() <= documented
    assert documented == {bad.rule for bad in BAD.values()} | TESTED_APART


def test_the_sound_model_that_the_bad_ones_spoil_has_no_findings() -> None:
    assert found(Bad(one(task()), "")) == []


def written() -> Iterator[tuple[str, str, str]]:
    """Place, Chinese and English of every finding that stands in the sources."""
    for pattern in SPEAKING:
        for path in sorted(ENGINE.glob(pattern)):
            for node in ast.walk(ast.parse(path.read_text())):
                if isinstance(node, ast.Call) and _called(node) in WAYS:
                    texts = [_text(part) for part in [*node.args, *(keyword.value for keyword in node.keywords)]]
                    said = [text for text in texts if len(text) > 3 and (CHINESE.search(text) or " " in text)]
                    if len(said) == 2:
                        yield f"{path.name}:{node.lineno}", said[0], said[1]


def _called(call: ast.Call) -> str:
    return getattr(call.func, "id", getattr(call.func, "attr", ""))


def _text(node: ast.expr) -> str:
    """The literal text; `{…}` for what is filled in."""
    if isinstance(node, ast.JoinedStr):
        return "".join(str(part.value) if isinstance(part, ast.Constant) else "{…}" for part in node.values)
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else ""


def test_every_finding_in_the_sources_says_what_to_do_in_both_languages() -> None:
    findings = list(written())
    assert len(findings) > 100
    assert [
        place for place, zh, _ in findings if not CHINESE.search(zh) or not ("请" in zh or zh.endswith("{…}"))
    ] == []
    assert [(place, en) for place, _, en in findings if not ADVICE.search(en) or FOREIGN.search(en)] == []


@pytest.mark.parametrize("why", HOSTILE)
def test_a_hostile_file_is_answered_soon_and_gives_nothing_away(why: str) -> None:
    make, rule = HOSTILE[why]
    files = make()
    began = process_time()
    problems = found(Bad(files, rule))
    assert process_time() - began < 15
    assert [problem["rule"] for problem in problems[:1]] == ([rule] if rule else [])
    assert "root:" not in str(problems)


def test_a_name_of_any_length_is_shown_in_part() -> None:
    wide = task().replace("整改", "整" * 100_000)
    between = found(Bad(one(wide, more=f'<{X} id="x"/>', ways="s>t t>x x>e x>t"), ""))
    told = [*between, *found(Bad(one(wide.replace("office", "ghosts")), ""))]
    assert [problem["element"] for problem in told] == ["f_x_e", "f_x_t", "t"]
    assert all(len(problem["name"]) < 100 and len(problem["message"]) < 300 for problem in told)


ENCODINGS = ["utf-8", "utf-8-sig", "utf-16", "gbk", "gb18030"]


@pytest.mark.parametrize("encoding", ENCODINGS)
def test_a_file_is_read_in_the_encoding_that_it_declares(encoding: str) -> None:
    text = one(task(without="candidateGroups"))["case.bpmn"].decode()
    content = f'<?xml version="1.0" encoding="{encoding.removesuffix("-sig")}"?>{text}'.encode(encoding)
    assert [problem["name"] for problem in found(Bad({"case.bpmn": content, "ask.form": FORM}, ""))] == ["整改"]
