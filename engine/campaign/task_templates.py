"""The element templates of this installation: usual tasks with its units and roles, and every registered operator."""

from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import yaml
from sqlalchemy import select

from engine.app import App
from engine.bpm.element_templates import Choice, Template, of_operator, of_people
from engine.campaign.model import Unit

FILE = Path(__file__).parent / "rules" / "task_templates.yaml"
ROLES = {
    "clerk": "经办", "leader": "分管领导", "principal": "主要领导", "head": "负责人", "officer": "执法员",
    "secretary": "社区书记",
    "inspector": "网格员", "discipline": "纪检员", "expert": "专家", "owner": "企业负责人", "author": "流程管理员",
}  # fmt: skip
LARGE = ("grid", "enterprise")  # kinds of units of which there are many: a process names them by a variable


def templates(app: App) -> list[Template]:
    """All templates, those for people first."""
    rules = _rules()
    groups, due = list(_groups(app)), list(_due(rules["due"]))
    people = [of_people(one["id"], one["name"], f"{one['hint']}{rules['label']}。", groups=groups, due=due)
              for one in rules["tasks"]]  # fmt: skip
    return [*people, *(of_operator(operator, rules["words"]) for operator in app.operators)]


@cache
def _rules() -> dict[str, Any]:
    found: dict[str, Any] = yaml.safe_load(FILE.read_text(encoding="utf-8"))
    return found


def _groups(app: App) -> Iterator[Choice]:
    """Units and roles in them that somebody has, by name; roles of many units as an expression over a variable."""
    inhabited = app.groups()
    with app.reading() as tx:
        units = tx.execute(select(Unit.code, Unit.name).where(Unit.kind.not_in(LARGE)).order_by(Unit.position)).all()
    for code, name in units:
        if code in inhabited:
            yield code, name
        yield from ((f"{role}@{code}", f"{name} · {word}") for role, word in ROLES.items()
                    if f"{role}@{code}" in inhabited)  # fmt: skip
    yield "inspector@${grid}", "所属网格 · 网格员（变量 grid）"
    yield "${community}", "所属社区（变量 community）"
    yield "${holder_unit}", "责任单位（变量 holder_unit）"
    yield "${handler}", "承办人（变量 handler）"


def _due(rules: list[dict[str, Any]]) -> Iterator[Choice]:
    for rule in rules:
        numbers = rule.get("only") or range(1, rule.get("up_to", 1) + 1)
        for number in numbers:
            yield rule["value"].replace("(n)", f"({number})"), rule["name"].replace("{n}", str(number))
