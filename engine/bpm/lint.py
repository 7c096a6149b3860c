"""Says what is wrong with process files before they are deployed; it never raises, whatever the files hold."""

import json
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import partial

from marshmallow import Schema

from engine.bounded import Compute, OutOfBounds
from engine.bpm.decisions import BadDecision, parse_decisions
from engine.bpm.forms import parse_form
from engine.bpm.lint_elements import check_elements
from engine.bpm.lint_expressions import check_expressions
from engine.bpm.lint_flow import check_flow
from engine.bpm.lint_forms import check_form
from engine.bpm.lint_layout import check_layout, is_readable
from engine.bpm.lint_names import named
from engine.bpm.lint_place import Place
from engine.bpm.spiff import Model, Refused, parse
from engine.bpm.spiff.parser import DECISIONS, FORMS
from engine.errors import EngineError, Problem

MAX_OF_A_RULE = 1_000  # more of one kind help nobody
_ORDER = {"error": 0, "warning": 1, "info": 2}


@dataclass(frozen=True, slots=True)
class Known:
    """What may be relied on beyond the files; None: not known, so nothing is said about it."""

    operators: Mapping[str, type[Schema]] | None = None  # declared parameters by topic
    functions: frozenset[str] = frozenset()
    processes: frozenset[str] = frozenset()
    groups: frozenset[str] | None = None
    rules: tuple[Callable[[Model], Iterator[Problem]], ...] = ()  # of the installation, such as statutory limits


def lint(files: Mapping[str, bytes], *, known: Known | None = None) -> list[Problem]:
    """The findings about these files (name → bytes), errors first; each has all keys but `field`.

    Files resolve each other. Rules about human work on a deployed process: `group`, `form`, `due-date`, `layout`.
    """
    found: list[Problem] = []
    try:
        for problem in _all(files, known or Known()):
            found.append(problem)
    except MemoryError:
        raise  # whoever bounds the memory says so
    except RecursionError:
        found.append(_finding("depth", "嵌套太深，请拆分流程。", "Nested too deeply; split the process."))
    except Exception as error:  # a linter that dies helps nobody: what it found so far stays
        words = f"{type(error).__name__}: {error}"
        found.append(
            _finding(
                "lint",
                f"检查时出错（{words[:200]}），请报告。",
                f"The linter failed ({words[:200]}); please report it.",
            )
        )
    complete = sorted((_complete(problem) for problem in found), key=lambda one: (_ORDER[one["severity"]], one["file"]))
    seen: Counter[str] = Counter()
    return list(named((problem for problem in complete if _counted(seen, problem) <= MAX_OF_A_RULE), files))


def lint_within(bounds: Callable[[Compute], str], files: Mapping[str, bytes], known: Known) -> list[Problem]:
    """The same, computed in limited time and memory: `bounds` is `engine.bounded` or a forker."""
    try:
        found: list[Problem] = json.loads(bounds(partial(_computed, files, known)))
    except OutOfBounds as given_up:
        return [_complete(_finding("limit", given_up.message, given_up.en))]
    return found


def _computed(files: Mapping[str, bytes], known: Known, _tick: Callable[[], None]) -> list[Problem]:
    return lint(files, known=known)


def _all(files: Mapping[str, bytes], known: Known) -> Iterator[Problem]:
    diagrams = [name for name in files if not name.lower().endswith((*DECISIONS, *FORMS))]
    tables = [name for name in files if name.lower().endswith(DECISIONS)]
    forms: dict[str, str] = {}
    for name in (name for name in files if name.lower().endswith(FORMS)):
        yield from _form(name, files[name], forms)
    try:
        model = parse(files) if diagrams else None  # which reads the tables; once is enough, large ones take seconds
    except Refused as refused:
        for name in tables:
            yield from _table(name, files[name])
        beyond = (problem for problem in refused.problems if not _beside(problem))
        yield from (_readability(problem, files) for problem in beyond)
        return
    if model is None:
        for name in tables:
            yield from _table(name, files[name])
        return
    yield from model.remarks
    yield from check_elements(model, known.operators, known.processes, known.groups)
    yield from check_expressions(model, known.functions)
    yield from check_flow(model)
    for name in diagrams:
        yield from check_layout(name, files[name])
    for rule in known.rules:
        yield from rule(model)


def _beside(problem: Problem) -> bool:
    """Whether it is about a table or a form: each has been looked at by itself."""
    return problem.get("file", "").lower().endswith((*DECISIONS, *FORMS))


def _table(name: str, content: bytes) -> Iterator[Problem]:
    """What is wrong with the tables of a file."""
    try:
        parse_decisions(content)
    except BadDecision as bad:
        yield from (_readability(problem | Problem(file=name), {name: content}) for problem in bad.problems)


def _form(name: str, content: bytes, forms: dict[str, str]) -> Iterator[Problem]:
    """What can be said about a form by itself; ``forms`` are the files of those so far, by their ids."""
    try:
        form = parse_form(content)
    except EngineError as error:
        element = error.problems[0].get("element", "") if error.problems else ""
        yield Place(name, element).error("form", error.message, error.en)
        return
    if forms.setdefault(form.id, name) != name:
        yield Place(name, "").error(
            "duplicate", f"表单编号“{form.id}”与 {forms[form.id]} 重复，请改成唯一的编号。",
            f"The form id {form.id} is also that of {forms[form.id]}; give each form its own.",
        )  # fmt: skip
    yield from check_form(name, form)


def _readability(problem: Problem, files: Mapping[str, bytes]) -> Problem:
    """A file that is not even XML has the rule `unreadable`."""
    if problem.get("rule") == "xml" and not is_readable(files.get(problem.get("file", ""), b"")):
        return problem | Problem(rule="unreadable")
    return problem


def _counted(seen: Counter[str], problem: Problem) -> int:
    seen[problem["rule"]] += 1
    return seen[problem["rule"]]


def _finding(rule: str, message: str, en: str) -> Problem:
    return Problem(rule=rule, severity="error", message=message, en=en)


def _complete(problem: Problem) -> Problem:
    base = Problem(file="", element="", name="", rule="model", severity="error", message="", en="")
    return base | problem
