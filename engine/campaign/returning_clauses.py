"""The clauses that a department may choose from when it gives a transfer back (rules/return_clauses.yaml)."""

from dataclasses import dataclass
from functools import cache
from pathlib import Path

import yaml

RULES = Path(__file__).parent / "rules" / "return_clauses.yaml"


@dataclass(frozen=True, slots=True)
class ReturnClause:
    """One clause, what it says about whose duty it is, and the label of an example rule."""

    clause: str
    words: str
    note: str


@cache
def clauses() -> tuple[ReturnClause, ...]:
    """All of them, in the order of the file."""
    given = yaml.safe_load(RULES.read_text(encoding="utf-8"))
    return tuple(ReturnClause(row["clause"], row["words"], given["note"]) for row in given["clauses"])
