"""Whatever the server says to people has its English beside the Chinese: a sentence that lacks it is named here, with
file and line. Looked at are the seams through which sentences leave: errors, their findings, notices, stories.
"""

import ast
import re
from collections.abc import Iterator

from tests.test_guards import HAN, nodes

PAIRS = {"Said", "joined", "one_of", "both"}  # what is said in both languages: engine/said.py
TELLING = {"queue", "queue_text", "tell", "note", "_note", "write_down", "_write_down", "_line"}
WRITTEN = {"Finding", "CaseEvent", "Notice", "Rung"}
# What is Chinese on purpose: file → why.
CHINESE = {
    "engine/bpm/form_values.py": "its Finding is no row: it takes the two languages one after the other",
    "engine/campaign/document_layout.py": "the lines of papers",
}


def unpaired(node: ast.expr) -> Iterator[str]:
    """The Chinese texts that are written down here without their English."""
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in PAIRS:
        return
    if isinstance(node, ast.Constant | ast.JoinedStr):
        if re.search(HAN, text := ast.unparse(node)):
            yield text
        return
    for part in ast.iter_child_nodes(node):
        if isinstance(part, ast.expr):
            yield from unpaired(part)


def speaks(node: ast.expr) -> bool:
    """Whether a Chinese sentence is written down here that is not paired with its English."""
    return any(re.search("[，。；：]", text) for text in unpaired(node))


def chinese(node: ast.expr) -> bool:
    """Whether Chinese words, a sentence or not, are written down here without their English."""
    return any(unpaired(node))


def called(node: ast.Call) -> str:
    """The name of what is called."""
    return getattr(node.func, "attr", "") or getattr(node.func, "id", "")


def keywords(node: ast.Call) -> dict[str, ast.expr]:
    """The arguments that are named."""
    return {one.arg: one.value for one in node.keywords if one.arg}


def offences(found: Iterator[tuple[str, int]]) -> list[str]:
    """``file:line`` of what is no named exception."""
    return sorted({f"{path}:{line}" for path, line in found if path not in CHINESE})


def test_every_error_is_said_in_english_too() -> None:
    """``raise Conflict("…。", en="…")``, or one sentence in both; who makes the error for others takes both."""

    def silent() -> Iterator[tuple[str, int]]:
        for path, node in nodes(ast.Raise):
            made = node.exc
            if isinstance(made, ast.Call) and made.args and not {"en", "problems"} & keywords(made).keys():
                last = made.args[-1]  # what follows the Chinese text is its English
                if isinstance(last, ast.Constant | ast.JoinedStr) and speaks(last):
                    yield str(path), node.lineno

    assert offences(silent()) == []


def test_each_of_several_findings_is_said_in_english_too() -> None:
    """A finding that is alone has the English of its error (engine.errors); of several each needs its own."""
    alone = {
        id(value.elts[0])
        for _, node in nodes(ast.Call)
        if isinstance(value := keywords(node).get("problems"), ast.List) and len(value.elts) == 1
    }

    def silent() -> Iterator[tuple[str, int]]:
        for path, node in nodes(ast.Call):
            if called(node) == "Problem" and id(node) not in alone:
                yield from lone(path, node, keywords(node))
        for path, written in nodes(ast.Dict):
            if id(written) not in alone:
                named = zip(written.keys, written.values, strict=True)
                given = {key.value: value for key, value in named if isinstance(key, ast.Constant)}
                if "rule" in given or "severity" in given:
                    yield from lone(path, written, given)

    def lone(path: object, node: ast.expr, given: dict[str, ast.expr]) -> Iterator[tuple[str, int]]:
        message = given.get("message")
        if message is not None and "en" not in given and chinese(message):
            yield str(path), node.lineno

    assert offences(silent()) == []


def test_what_people_are_told_is_said_in_english_too() -> None:
    """Notices, and what is written down in stories: also a text that got a name a few lines above."""

    def silent() -> Iterator[tuple[str, int]]:
        for path, function in nodes(ast.FunctionDef):
            if not str(path).startswith("engine/"):
                continue
            texts = {
                target.id: node.value
                for node in ast.walk(function)
                if isinstance(node, ast.Assign)
                for target in node.targets
                if isinstance(target, ast.Name)
            }
            for node in ast.walk(function):
                if isinstance(node, ast.Call) and called(node) in TELLING | WRITTEN:
                    given = [*node.args, *keywords(node).values()]
                    told = [texts.get(one.id, one) if isinstance(one, ast.Name) else one for one in given]
                    if any(speaks(one) for one in told):
                        yield str(path), node.lineno

    assert offences(silent()) == []


def test_the_looks_see_what_they_look_for() -> None:
    for plain in (
        '"隐患已经办结，不能挂起。"',
        'f"{name} 没有手机号，请补"',
        '"申请：" + text',
        '"；".join(["甲：乙"])',
    ):
        assert speaks(ast.parse(plain, mode="eval").body), plain
    for paired in (
        'Said("已办结。", "Closed.")',
        'joined("；", "; ", parts)',
        '"交办"',
        "words",
        'f"{place.name} {n}"',
    ):
        assert not speaks(ast.parse(paired, mode="eval").body), paired
