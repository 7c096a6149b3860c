"""What the records say of places beside their files: the last visit and inspection, inspections against the yearly cap,
penalties within the windows of article 113. Computed when a place is shown, never stored.
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from engine.bpm.viewer import Viewer
from engine.campaign import clock_rules, powers_table, scope, visit_counting
from engine.campaign.model import Place, Visit
from engine.campaign.registers_model import Inspection, Penalty

WITHIN_180_DAYS, WITHIN_A_YEAR = "T31", "T31.year"


@dataclass(slots=True)
class PlaceRecord:
    """Of one place; ``cap_this_year`` is None where no cap is in force for its risk level."""

    last_visit: datetime | None = None
    last_admin_inspection: datetime | None = None
    admin_inspections_this_year: int = 0
    cap_this_year: int | None = None
    penalties_180d: int = 0
    penalties_365d: int = 0


def of(tx: Session, places: Sequence[Place], viewer: Viewer, now: datetime, zone: ZoneInfo) -> dict[str, PlaceRecord]:
    """By id, as far as this viewer may see the visits: a covert one is told nobody of the place before it is filed."""
    ids, today = [place.id for place in places], now.astimezone(zone).date()
    found: defaultdict[str, PlaceRecord] = defaultdict(PlaceRecord)
    seen = visit_counting.last_visits(ids, now).join(Place, Place.id == Visit.place).where(scope.visits(viewer))
    for id, at in tx.execute(seen):
        found[id].last_visit = at
    inspected = (
        select(Visit.place, func.max(Inspection.checked_in_at),
               func.count().filter(*visit_counting.towards_the_cap(today.year)))
        .join(Inspection, Inspection.visit == Visit.id).join(Place, Place.id == Visit.place)
        .where(Visit.place.in_(ids), scope.visits(viewer)).group_by(Visit.place)
    )  # fmt: skip
    for id, checked_in, counted in tx.execute(inspected):
        found[id].last_admin_inspection, found[id].admin_inspections_this_year = checked_in, counted
    punished: defaultdict[str, list[date]] = defaultdict(list)
    for id, day in tx.execute(select(Penalty.place, Penalty.decided_on).where(Penalty.place.in_(ids))):
        punished[id].append(day)
    short, long = (clock_rules.rule(code, today) for code in (WITHIN_180_DAYS, WITHIN_A_YEAR))
    for place in places:
        record = found[place.id]
        record.cap_this_year = powers_table.cap(place.risk_level, today)
        record.penalties_180d = clock_rules.counted(short, punished[place.id], today)[1]
        record.penalties_365d = clock_rules.counted(long, punished[place.id], today)[1]
    return found
