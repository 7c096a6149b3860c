"""How a deadline is shown: its rule, its count in words, what follows when it passes."""

from dataclasses import dataclass
from datetime import date, datetime

from engine.campaign.case_model import Deadline
from engine.campaign.english import word
from engine.said import Said


@dataclass(frozen=True, slots=True)
class DeadlineView:
    """A deadline as it is shown; ``trace`` is the count in words, ``due_date`` the last day, ``due_at`` the moment
    it ends, ``clock`` its rule in rules/clocks.yaml, ``side`` whose limit it is.
    """

    id: int
    kind: str
    clock: str
    side: str
    start_at: datetime
    n: int
    unit: str
    roll: str
    due_at: datetime
    due_date: date
    clause: str
    consequence: str
    trace: list[str]
    provisional: bool
    state: str
    replaced_by: int | None
    extensions: int
    reason: str
    by: str
    opened_at: datetime
    ended_at: datetime | None


def view(row: Deadline) -> DeadlineView:
    """The row as it is shown."""
    return DeadlineView(
        row.id, Said(row.kind, word(row.kind)), row.clock, row.side, row.start_at, row.n, row.unit, row.roll,
        row.due_at, row.due_on,
        row.clause, row.consequence, row.trace, row.provisional, row.state, row.replaced_by, row.extensions,
        row.reason, row.actor, row.opened_at, row.ended_at,
    )  # fmt: skip
