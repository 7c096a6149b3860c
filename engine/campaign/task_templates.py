"""The element templates of this installation: usual tasks with its units and roles, and every registered operator.

Their words are Chinese or English; what a template writes into a diagram is the same in both.
"""

from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import yaml
from sqlalchemy import select

from engine.app import App
from engine.bpm.element_templates import Choice, Template, Words, of_operator, of_people
from engine.campaign.model import Unit

RULES = Path(__file__).parent / "rules"
LANGUAGES = ("zh", "en")
LARGE = ("grid", "enterprise")  # kinds of units of which there are many: a process names them by a variable


def templates(app: App, language: str = "zh") -> list[Template]:
    """All templates in one of ``LANGUAGES``, those for people first."""
    rules, told = read("zh"), read(language)
    words = Words(told["labels"], told["words"], told.get("operators", {}))
    names = {one["id"]: (one["name"], one["hint"]) for one in rules["tasks"]}
    shown = names if language == "zh" else told["tasks"]
    groups, due = list(_groups(app, told)), list(_due(rules["due"], told))
    people = [
        of_people(key, name, f"{shown[key][1]}{_label(language, told)}", title=shown[key][0], groups=groups, due=due,
                  words=words)
        for key, (name, _) in names.items()
    ]  # fmt: skip
    return [*people, *(of_operator(operator, words) for operator in app.operators)]


@cache
def read(language: str) -> dict[str, Any]:
    """The words in one of ``LANGUAGES``; Chinese is also what is written into diagrams."""
    name = "task_templates.yaml" if language == "zh" else f"task_templates.{language}.yaml"
    found: dict[str, Any] = yaml.safe_load((RULES / name).read_text(encoding="utf-8"))
    return found


def _label(language: str, told: dict[str, Any]) -> str:
    return f"{told['label']}。" if language == "zh" else f" ({told['label']})"


def _groups(app: App, told: dict[str, Any]) -> Iterator[Choice]:
    """Units and roles in them that somebody has, by name; roles of many units as an expression over a variable."""
    inhabited = app.groups()
    with app.reading() as tx:
        units = tx.execute(select(Unit.code, Unit.name).where(Unit.kind.not_in(LARGE)).order_by(Unit.position)).all()
    for code, name in units:
        if code in inhabited:
            yield code, name
        yield from ((f"{role}@{code}", told["labels"]["role"].format(name, word))
                    for role, word in told["roles"].items() if f"{role}@{code}" in inhabited)  # fmt: skip
    yield from told["variables"].items()


def _due(rules: list[dict[str, Any]], told: dict[str, Any]) -> Iterator[Choice]:
    """The limits to choose from; the other language names them by their expression."""
    names = told["due"] if isinstance(told["due"], dict) else {}
    for rule in rules:
        numbers = rule.get("only") or range(1, rule.get("up_to", 1) + 1)
        name = names.get(rule["value"], rule["name"])
        for number in numbers:
            yield rule["value"].replace("(n)", f"({number})"), name.replace("{n}", str(number))
