"""What elements are called in their files, so that every finding names its element as people know it."""

import json
from collections.abc import Iterable, Iterator, Mapping

from engine.bpm.forms import name_of
from engine.bpm.lint_forms import components
from engine.bpm.lint_layout import parsed
from engine.bpm.spiff.xml import BPMN, reference
from engine.errors import Problem

LONGEST = 80  # characters of a name that are shown


def named(problems: Iterable[Problem], files: Mapping[str, bytes]) -> Iterator[Problem]:
    """The problems with the `name` of their element, and with id and name before both messages."""
    names: dict[str, dict[str, str]] = {}
    for problem in problems:
        element, file = problem["element"], problem["file"]
        if not element:
            yield problem | Problem(name="")
            continue
        for one in [file] if file in files else files:
            if one not in names:  # reading a file for each of thousands of findings would take minutes
                names[one] = _labels(files[one]) if one.lower().endswith(".form") else _names(files[one])
        file = next((one for one in ([file] if file in files else files) if element in names[one]), file)
        name = _short(names.get(file, {}).get(element, ""))
        zh, en = (f"“{name}”（{element}）", f'"{name}" ({element})') if name else (f"“{element}”", f'"{element}"')
        yield problem | Problem(
            file=file, name=name, message=f"{zh}：{problem['message']}", en=f"{en}: {problem['en']}"
        )


def _short(name: str) -> str:
    return name if len(name) <= LONGEST else f"{name[: LONGEST - 1]}…"


def _names(content: bytes) -> dict[str, str]:
    """Names by id. A flow without a name is called by its ends, a row of a table by its decision."""
    root = parsed(content)
    if root is None:
        return {}
    names: dict[str, str] = {}
    for element in root.iter("{*}*"):
        identifier, name = element.get("id", ""), " ".join(element.get("name", "").split())
        names[identifier] = names.get(identifier) or name  # of an id that is used twice, whoever has a name
    for flow in root.iter(f"{{{BPMN}}}sequenceFlow"):
        ends = (reference(flow.get("sourceRef")), reference(flow.get("targetRef")))
        if flow.get("id") and not names[flow.get("id", "")] and all(ends):
            names[flow.get("id", "")] = " → ".join(_short(names.get(end) or end) for end in ends)
    for decision in root.iter("{*}decision"):
        for row in decision.iter("{*}rule"):
            names[row.get("id", "")] = names.get(decision.get("id", ""), "")
    return names


def _labels(content: bytes) -> dict[str, str]:
    """The labels of a form's components by their ids, or else keys."""
    try:
        form = json.loads(content.decode("utf-8-sig"))
    except (ValueError, RecursionError):
        return {}
    found = components(form) if isinstance(form, dict) else ()
    return {name_of(one): label for one in found if isinstance(label := one.get("label"), str)}
