"""With what an installation begins: the units that the shipped processes and tables name by their codes, the hazard
codes, the checklists, and the three-year plan 2024–2026 of a city as a sample. The office renames units, replaces codes
and lists, rewrites the plan, and adds communities, grids and people.

示例规则，需法制审核: limits, clauses and questions are local samples and carry the note.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

import yaml
from sqlalchemy import select
from sqlalchemy.orm import Session

from engine.app import App
from engine.bpm.viewer import Viewer
from engine.campaign import authority, checklists, codes, history, units
from engine.campaign.model import Milestone, PlanTask, Unit
from engine.errors import Conflict, Invalid

RULES = Path(__file__).parent / "rules"
UNIT, STREETS = ("code", "name", "kind", "parent", "power"), ("街道", "镇", "乡")


@dataclass(frozen=True, slots=True)
class Begun:
    """How many rows an installation began with."""

    units: int
    codes: int
    checklists: int
    tasks: int


def begin(app: App, *, street: str, viewer: Viewer) -> Begun:
    """Write the standard registers for this street, all or nothing; an admin does, once. Raises NotAllowed, Invalid (no
    name), Conflict when there are units already.
    """
    street = street.strip()
    if not street:
        raise Invalid(
            "请填写街道的全称，例如“青云街道”。", en="Give the full name of the street.",
            problems=[{"field": "street", "rule": "required", "message": "请填写街道的全称"}],
        )  # fmt: skip
    with app.transaction() as tx:
        authority.require(tx, viewer, "unit.create")
        history.hold(tx)
        if tx.scalar(select(Unit.code).limit(1)) is not None:
            raise Conflict(
                "已经有单位了，标准机构只能装入没有单位的新安装；缺少的单位请逐个建立。",
                en="There are units already; the standard ones go only into a new installation. Add what is missing.",
            )
        rows = list(unit_rows(street))
        for row in rows:
            values = {name: row[name] for name in UNIT if name in row}
            units.add(tx, **values)
            history.made(tx, units.NOUN, row["code"], values, by=viewer.name, now=app.clock())
        tx.flush()
        return Begun(len(rows), write_codes(tx), write_checklists(tx, app, viewer.name), write_plan(tx))


def unit_rows(street: str) -> Iterator[dict[str, Any]]:
    """The standard units of a street of this name, parents first."""
    kind = next((each for each in STREETS if street.endswith(each) and street != each), "")
    names = {"street": street, "area": street.removesuffix(kind)}
    for row in _rules("organisation")["units"]:
        yield row | {"name": row["name"].format(**names)}


def write_codes(tx: Session) -> int:
    """The standard hazard codes; answers how many."""
    given = _rules("codes")
    for row in given["codes"]:
        n, unit, roll = row["limit"]
        codes.add(tx, {
            "code": row["code"], "name": row["name"], "local_level": row["level"],
            "suspected": row.get("suspected", False), "default_n": n, "default_unit": unit, "default_roll": roll,
            "lead": row.get("lead", ""), "clause": row.get("clause", ""), "photo_rule": given["photo"],
            "close_rule": given["close"], "legal_note": given["note"], "valid_from": given["from"],
        })  # fmt: skip
    return len(given["codes"])


def write_checklists(tx: Session, app: App, by: str) -> int:
    """The standard checklists; answers how many."""
    given = _rules("checklists")
    common = {"legal_note": given["note"], "valid_from": given["from"], "reason": given["reason"]}
    for row in given["checklists"]:
        checklists.add(tx, {**common, **row}, unit=given["unit"], by=by, now=app.clock())
    return len(given["checklists"])


def write_plan(tx: Session) -> int:
    """The milestones and the numbered tasks of the plan; answers how many tasks."""
    given = _rules("plan")
    for row in given["milestones"]:
        due_on: date = row["due_on"]
        tx.add(Milestone(
            id=row["id"], name=row["name"], due_on=due_on, target=row["target"], tasks=row["tasks"],
            measure=row.get("measure", {}),
        ))  # fmt: skip
    for row in given["tasks"]:
        tx.add(PlanTask(
            number=row["number"], action=row["action"], title=row["title"], content=row["content"],
            rhythm=row["rhythm"], lead_units=row["lead"], support_units=row["support"],
            communities=row["number"] >= given["communities_from"],
        ))  # fmt: skip
    tx.flush()
    return len(given["tasks"])


@cache
def _rules(name: str) -> dict[str, Any]:
    found: dict[str, Any] = yaml.safe_load((RULES / f"{name}.yaml").read_text(encoding="utf-8"))
    return found
