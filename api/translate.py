"""Turns marshmallow's English findings into our list of problems, Chinese first; knows no schema."""

from collections.abc import Mapping
from typing import Any

from engine.errors import Problem
from engine.field_words import leaves, sentence
from engine.said import english as said


def problems_of(found: Any) -> list[Problem]:
    """The problems in what webargs found: ``{"messages": {location: {field: [sentence]}}}``."""
    messages = found.get("messages", {}) if isinstance(found, Mapping) else {}
    problems: list[Problem] = []
    for inner in messages.values():
        for field, english in leaves(inner):
            rule, chinese = sentence(english)
            problem = Problem(message=chinese, en=said(english), rule=rule, severity="error")
            if field:
                problem["field"] = field
            problems.append(problem)
    return problems
