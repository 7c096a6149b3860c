"""What the play of a scenario says about a deployment: passed or not, on which line of the scenario, and what to do.

Pure; it runs in the child that played, because it reads the author's text again.
"""

import re
from collections.abc import Iterator, Mapping
from typing import Any

import yaml

from engine.bpm.expression_limits import text_of
from engine.bpm.views import View
from engine.errors import Problem

_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
PASSED, FAILED, SHIPPED = "passed", "failed", "shipped"
_PART = re.compile(r"([^.\[\]]+)|\[(\d+)\]")
MOST_SHOWN = 400  # letters of a value


def verdict(process: str, text: str, answer: Mapping[str, Any]) -> View:
    """What a play says, whatever the scenario is called: ``process, verdict, line`` (from 1, None when no line is to
    blame), ``where``, ``expected``, ``found``, ``differences`` (how many), ``said`` in both languages.
    """
    row: View = {"process": process, "verdict": PASSED, "line": None, "where": "", "expected": "", "found": "",
                 "differences": len(answer["differences"]), "said": ["", ""]}  # fmt: skip
    if answer["error"]:
        line = line_of(text, f"steps[{answer['stopped_at']}]" if answer["stopped_at"] else "")
        said = [answer["error"], f"it could not be played: {answer['error']}"]
        return row | {"verdict": FAILED, "line": line, "said": said}
    if not answer["differences"]:
        return row
    first = answer["differences"][0]
    where, line = first["where"], line_of(text, first["where"])
    expected, found = (_shown(first[which]) for which in ("expected", "found"))
    more = f"，另有 {len(answer['differences']) - 1} 处不符" if len(answer["differences"]) > 1 else ""
    said = [f"{where} 应为 {expected}，实际为 {found}{more}", f"{where}: {expected} expected, {found} found"]
    return row | {"verdict": FAILED, "line": line, "where": where, "expected": expected, "found": found, "said": said}


def named(row: View, name: str) -> View:
    """The same of a scenario with its name, and as sentences: ``scenario, message, en`` for ``said``."""
    told = {key: value for key, value in row.items() if key != "said"} | {"scenario": name, "message": "", "en": ""}
    if row["verdict"] != FAILED:
        return told
    at, at_en = (f" 第 {row['line']} 行", f" line {row['line']}") if row["line"] else ("", "")
    said, said_en = row["said"]
    return told | {
        "message": f"场景 {name}{at}：{said}。请改流程，或者场景写的已不对时改场景。",
        "en": f"Scenario {name}{at_en}: {said_en}. Change the process, or the scenario when that is no longer right.",
    }


def problem(row: View) -> Problem:
    """The row of a scenario that failed, as a finding."""
    named = Problem(file=row["scenario"], name=row["process"])
    return named | Problem(rule="scenario", severity="error", message=row["message"], en=row["en"])


def line_of(text: str, where: str) -> int | None:
    """The line (from 1) of a place such as ``steps[3].check.open`` in a YAML text, or of what is nearest around it; of
    a text that cannot be read the line that is wrong.
    """
    try:
        node = yaml.compose(text, Loader=_LOADER)
    except yaml.MarkedYAMLError as error:
        return error.problem_mark.line + 1 if error.problem_mark else None
    except (yaml.YAMLError, RecursionError, ValueError):
        return None
    if node is None or not where:
        return None
    line = None
    for part in _parts(where):
        found = _inside(node, part)
        if found is None:
            break
        line, node = found
    return line


def _parts(where: str) -> Iterator[str | int]:
    for key, number in _PART.findall(where):
        yield int(number) - 1 if number else key


def _inside(node: yaml.Node, part: str | int) -> tuple[int, yaml.Node] | None:
    if isinstance(part, int) and isinstance(node, yaml.SequenceNode) and 0 <= part < len(node.value):
        return node.value[part].start_mark.line + 1, node.value[part]
    if isinstance(part, str) and isinstance(node, yaml.MappingNode):
        for key, value in node.value:
            if isinstance(key, yaml.ScalarNode) and key.value == part:
                return key.start_mark.line + 1, value
    return None


def _shown(value: Any) -> str:
    text = text_of(value)
    return (text if len(text) <= MOST_SHOWN else f"{text[:MOST_SHOWN]}…") or "空"
