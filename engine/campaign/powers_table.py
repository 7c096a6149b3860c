"""Table D9 as data: which row of rules/powers.yaml decides about an act of a body in a province on a day. Pure."""

from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from engine.campaign.clock_file import MARK
from engine.said import Said

FILE = Path(__file__).parent / "rules" / "powers.yaml"

YES, LISTED, NO = "yes", "listed", "no"
DEFAULT_PROVINCE = "henan"
FORCE = ("department", "justice")  # bodies with coercive power
FORCELESS = ("street", "office", "community", "grid")  # kinds of units that never are one, 行政强制法 17


@dataclass(frozen=True, slots=True)
class Act:
    """An act; ``basis`` is printed when it is refused, with the label ``note`` unless it was verified; ``instead``
    says what can be done. ``execution`` is barred at night and on statutory holidays, ``homes`` wherever people live.
    """

    code: str
    title: Said
    basis: str
    note: str
    instead: Said
    execution: bool = False
    homes: bool = False


@dataclass(frozen=True, slots=True)
class Rule:
    """One row for one act and body; ``officers`` with certificates are needed and the approval of ``approval``,
    in an emergency afterwards under ``approval_after``.
    """

    act: str
    body: str
    mark: str
    clause: str
    note: str
    provinces: tuple[str, ...]
    since: date
    until: date | None
    officers: int
    approval: str
    approval_after: str


def _label(verified: bool) -> str:
    return "" if verified else MARK


def _act(code: str, *, title: str, instead: str, verified: bool = False, **row: Any) -> Act:
    title_en, instead_en = TABLE["english"]["acts"][code]
    return Act(code, Said(title, title_en), note=_label(verified), instead=Said(instead, instead_en), **row)


TABLE: dict[str, Any] = yaml.safe_load(FILE.read_text(encoding="utf-8"))
ACTS = {code: _act(code, **row) for code, row in TABLE["acts"].items()}
BODIES = {code: Said(name, TABLE["english"]["bodies"][code]) for code, name in TABLE["bodies"].items()}
PROVINCES: dict[str, dict[str, str]] = TABLE["provinces"]
CAPS_CLAUSE: str = TABLE["caps_clause"]


@cache
def rules() -> tuple[Rule, ...]:
    """All rows, one for each act and body."""
    return tuple(_rule(act, body, row) for row in TABLE["rows"] for act in row["acts"] for body in row["bodies"])


def _rule(act: str, body: str, row: dict[str, Any]) -> Rule:
    return Rule(
        act, body, row["mark"], row["clause"], _label(row.get("verified", False)), tuple(row.get("provinces", ())),
        row["from"], row.get("to"), row.get("officers", 0), _approver(row.get("approval", "")),
        row.get("approval_after", ""),
    )  # fmt: skip


def _approver(name: str) -> str:
    return Said(name, TABLE["english"]["approval"][name]) if name else ""


def decisive(act: str, body: str, province: str, day: date) -> Rule | None:
    """The row in force on this day, a province's own before the one for all; None when no row speaks of it."""
    found = [
        rule
        for rule in rules()
        if (rule.act, rule.body) == (act, body) and rule.since <= day and (rule.until is None or day <= rule.until)
        and (not rule.provinces or province in rule.provinces)
    ]  # fmt: skip
    return max(found, key=lambda rule: (bool(rule.provinces), rule.since), default=None)


def body_of(code: str, kind: str) -> str:
    """What a unit is in this table when its own file does not say."""
    found: str = TABLE["offices"].get(code) or TABLE["kinds"].get(kind, "other")
    return found


def never(act: str) -> frozenset[str]:
    """Codes of the usual organisation whose bodies may not do this in any province on any day, for the linter."""
    able = {rule.body for rule in rules() if rule.act == act and rule.mark != NO}
    return frozenset(code for code, body in TABLE["offices"].items() if body not in able)


def cap(risk: str, day: date) -> int | None:
    """How many inspections a place of this risk level may get in the year of this day; None before the rule."""
    rows = [row for row in TABLE["caps"] if row["risk"] == risk and row["from"] <= day]
    most: int | None = max(rows, key=lambda row: row["from"])["most"] if rows else None
    return most
