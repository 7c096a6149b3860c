"""Fills in a form by chance, as somebody might: what it asks for, and nothing optional; knows no process."""

import math
from collections.abc import Mapping
from datetime import datetime
from random import Random
from typing import Any

from engine.bpm.forms import Field, Form
from engine.errors import Problem

_TEXT = "推演填写"
_ROUNDS = 3  # a field can be asked for only after the one that it depends on was filled in


def fill_in(
    form: Form, decided: Mapping[str, Any], known: Mapping[str, Any], random: Random, now: datetime
) -> tuple[dict[str, Any], list[Problem]]:
    """What was decided, and by chance what else is required and instead of what is refused; a box that nobody has to
    tick stays unticked. Besides, what the form refuses of what was decided, or still.
    """
    boxes = {field.key: False for field in form.fields if field.type == "checkbox" and field.key not in known}
    given: dict[str, Any] = {**boxes, **decided}
    refused: list[Problem] = []
    for _ in range(_ROUNDS):
        problems = form.check(given, known)
        asked = {problem.get("field") for problem in problems}
        fields = [field for field in form.fields if ".".join(field.path) in asked]
        refused += [problem for problem in problems if not fields or problem.get("field") in decided]
        if not fields:
            return given, refused
        for field in fields:
            given[".".join(field.path)] = _value(field, random, now)
    return given, refused + form.check(given, known)


def _value(field: Field, random: Random, now: datetime) -> Any:
    rules = field.rules
    if rules.get("values"):
        chosen = random.choice(rules["values"])
        return [chosen] if field.type in ("checklist", "taglist") else chosen
    if field.type == "checkbox":
        return True
    if field.type == "number":
        least = math.ceil(rules.get("min") or 0)
        return random.randint(least, max(least, math.floor(rules.get("max") or least + 5)))
    if field.type == "datetime":
        texts = {"time": now.strftime("%H:%M"), "datetime": now.isoformat()}
        return texts.get(rules.get("subtype") or "date", now.date().isoformat())
    return _TEXT * (int(rules.get("minLength") or 1) // len(_TEXT) + 1)
