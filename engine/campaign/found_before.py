"""What was found before at the same place under the same code: how often (repeats), and which closed case came back."""

from bisect import bisect_left, bisect_right, insort
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine.campaign.case_model import Hazard

RECURRENCE = timedelta(days=365)


@dataclass(frozen=True, slots=True)
class Found:
    """A case of the ledger, as far as later ones of its kind need it."""

    found_at: datetime
    number: str
    closed_at: datetime | None
    repeats: int


class FoundBefore:
    """The cases that count for some registrations (place, code, found at), read at once; those that are written
    meanwhile are told by ``note``.
    """

    def __init__(self, tx: Session, wanted: Iterable[tuple[str, str, datetime]]) -> None:
        asked = list(wanted)
        self._found: dict[tuple[str, str], list[Found]] = {(place, code): [] for place, code, _ in asked}
        moments = [found_at for _, _, found_at in asked]
        rows = select(
            Hazard.place, Hazard.code, Hazard.found_at, Hazard.number, Hazard.closed_at, Hazard.repeats
        ).where(
            Hazard.place.in_({place for place, _, _ in asked}), Hazard.code.in_({code for _, code, _ in asked}),
            Hazard.found_at > min(moments) - RECURRENCE, Hazard.found_at < max(moments), Hazard.void_reason.is_(None),
        )  # fmt: skip
        for row in tx.execute(rows.order_by(Hazard.found_at)):
            if (key := (row.place, row.code)) in self._found:
                self._found[key].append(Found(row.found_at, row.number, row.closed_at, row.repeats))

    def note(self, hazard: Hazard) -> None:
        """A case that was just written counts for those that follow."""
        case = Found(hazard.found_at, hazard.number, hazard.closed_at, hazard.repeats)
        insort(self._found.setdefault((hazard.place, hazard.code), []), case, key=_moment)

    def repeats(self, place: str, code: str, found_at: datetime) -> int:
        """How often the same was found at the same place in the 12 months before; a recurrence counts on from its
        case.
        """
        old = self._back(place, code, found_at)
        counted = len(self._before(place, code, found_at))
        return max(counted, old.repeats + 1) if old else counted

    def reopened(self, place: str, code: str, found_at: datetime) -> str | None:
        """The closed case that came back within 12 months; of several the last."""
        old = self._back(place, code, found_at)
        return old.number if old else None

    def _back(self, place: str, code: str, found_at: datetime) -> Found | None:
        closed = (
            (case.closed_at, case.number, case)
            for case in self._before(place, code, found_at)
            if case.closed_at is not None and case.closed_at <= found_at
        )
        return max(closed, key=lambda each: each[:2], default=(None, "", None))[2]

    def _before(self, place: str, code: str, found_at: datetime) -> list[Found]:
        cases = self._found[place, code]
        first = bisect_right(cases, found_at - RECURRENCE, key=_moment)
        return cases[first : bisect_left(cases, found_at, key=_moment)]


def _moment(case: Found) -> datetime:
    return case.found_at
