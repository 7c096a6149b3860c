"""Who does a task, in BPMN's own words: humanPerformer and potentialOwner, read as Camunda reads them."""

from __future__ import annotations

import re

from lxml import etree

from engine.bpm.spiff.triggers import Roots
from engine.bpm.spiff.xml import child, children, reference, text

_NAMED = re.compile(r"(user|group)\(([^()]*)\)")


def read_people(element: etree._Element, roots: Roots) -> dict[str, str]:
    """Assignee and candidates by the names of the dialect's attributes; only those that the task names."""
    users: list[str] = []
    groups: list[str] = []
    for owner in children(element, "potentialOwner"):
        for part in _split(_words(owner, roots)):
            kind = _NAMED.fullmatch(part)
            (users if kind is not None and kind[1] == "user" else groups).append(kind[2].strip() if kind else part)
    performers = [name for owner in children(element, "humanPerformer") if (name := _words(owner, roots))]
    found = {"assignee": performers[:1], "candidateUsers": users, "candidateGroups": groups}
    return {name: ",".join(people) for name, people in found.items() if people}


def _words(role: etree._Element, roots: Roots) -> str:
    """The expression of a role, else the name of the resource that it refers to."""
    assigned = child(role, "resourceAssignmentExpression")
    if assigned is not None:
        return text(assigned)
    pointer = reference(text(child(role, "resourceRef")))
    return roots.resources.get(pointer, pointer)


def _split(words: str) -> list[str]:
    """The parts between commas; one expression is one part, whatever is inside."""
    parts = [words] if words.startswith(("${", "#{")) else words.split(",")
    return [part.strip() for part in parts if part.strip()]
