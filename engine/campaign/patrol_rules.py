"""How often a place is walked to (D10), by the tables that the office edits. Pure: facts in, a day out."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Any

from sqlalchemy.orm import Session

from engine.bpm.bundles import bundle_files
from engine.bpm.decisions import Decision, parse_decisions
from engine.bpm.definitions import find as definition
from engine.calendar import Calendar
from engine.count_lines import amount
from engine.errors import NotFound
from engine.said import Said, both, joined

PROCESS = "periodic_duty"  # with which the tables are deployed
TABLES = ("patrol_frequency", "patrol_revisit")
ASKED = ("status", "risk_level", "open_major", "overdue", "place_kind", "fire_key_level")
UNITS = {"d": "日", "month": "个月"}
NEVER = Said("不巡查", "no patrol")
NOT_LISTED = Said("不在巡查频次表内", "not in the table of patrols")


@dataclass(frozen=True, slots=True)
class Recurrence:
    """The last hazard that came back at a place after its closure: its number, the closed one's, and the days from
    when until when it counts.
    """

    number: str
    closed: str
    found_on: date
    until: date


@dataclass(frozen=True, slots=True)
class Facts:
    """What the tables ask about a place; ``closed`` are the days on which major hazards of it were closed. The tables
    ask of ``recurred`` only whether there is one.
    """

    status: str
    risk_level: str
    open_major: bool
    overdue: bool
    place_kind: str
    fire_key_level: int
    closed: Sequence[date] = ()
    recurred: Recurrence | None = None


@dataclass(frozen=True, slots=True)
class Before:
    """Where the plan of a place stood: when it began, since when the frequency holds, the last visit, the next day."""

    began_on: date
    since: date
    n: int
    unit: str
    last_on: date | None = None
    next_on: date | None = None


@dataclass(frozen=True, slots=True)
class Line:
    """What the plan says now; ``next_on`` is None for a place that is not walked to any more."""

    n: int
    unit: str
    reason: str
    since: date
    next_on: date | None


def line(
    tables: Mapping[str, Decision], functions: Mapping[str, Any], calendar: Calendar, facts: Facts, before: Before,
    last_on: date | None, today: date,
) -> Line:  # fmt: skip
    """The next day for one place.

    It is counted from the last visit, or from when the plan began; a higher frequency asks for nothing before the day
    it began to hold; what is overdue stays overdue until somebody went there.
    """
    n, unit, reason = _frequency(tables, functions, facts)
    since = before.since if (n, unit) == (before.n, before.unit) else today
    if n <= 0:
        return Line(0, "", reason, since, None)
    next_on = max(_later(calendar, last_on or before.began_on, n, unit), since)
    if before.next_on is not None and before.next_on < today and before.last_on == last_on:
        next_on = min(next_on, before.next_on)
    for day, why in _revisits(tables, functions, calendar, facts.closed):
        if day < next_on and (last_on is None or last_on < day):
            next_on, reason = day, why
    return Line(n, unit, reason, since, next_on)


def _frequency(tables: Mapping[str, Decision], functions: Mapping[str, Any], facts: Facts) -> tuple[int, str, str]:
    """How often by the table, and why; where it is so because a hazard came back, which one and until when."""
    inputs = {name: getattr(facts, name) for name in ASKED} | {"recurred": facts.recurred is not None}
    row = _row(tables, functions, inputs)
    reason = _why(row)
    if (back := facts.recurred) is not None and row != _row(tables, functions, inputs | {"recurred": False}):
        again = Said(
            f"{back.number}（{back.found_on}）与已销号的 {back.closed} 相同，计至 {back.until}",
            f"{back.number} ({back.found_on}) is the closed {back.closed} again, counted until {back.until}",
        )
        reason = joined("：", ": ", (reason, again))
    return int(row["n"]), str(row["unit"]), reason


def _row(tables: Mapping[str, Decision], functions: Mapping[str, Any], inputs: Mapping[str, Any]) -> Mapping[str, Any]:
    found: Mapping[str, Any] | None = tables["patrol_frequency"].evaluate(inputs, functions)
    return found or {"n": 0, "unit": "d", "reason": NOT_LISTED}


def _why(row: Mapping[str, Any]) -> str:
    told = row["reason"]
    return told if isinstance(told, Said) else both(str(told), row.get("reason_en"))


def often(n: int, unit: str) -> Said:
    """The frequency in words."""
    return Said(f"每 {n} {UNITS[unit]}", f"every {amount(n, unit)}") if n else NEVER


def deployed(tx: Session) -> str:
    """The files that hold the newest tables; empty while they are not deployed."""
    try:
        return definition(tx, PROCESS).bundle_hash
    except NotFound:
        return ""


def tables_of(tx: Session, bundle: str) -> Mapping[str, Decision]:
    """The tables of these files; empty when they are not among them."""
    content = bundle_files(tx, bundle) if bundle else {}
    return _parsed(tuple(body for name, body in sorted(content.items()) if name.endswith(".dmn")))


@lru_cache(maxsize=4)
def _parsed(files: tuple[bytes, ...]) -> Mapping[str, Decision]:
    found = {key: decision for body in files for key, decision in parse_decisions(body).items() if key in TABLES}
    return found if len(found) == len(TABLES) else {}


def _revisits(
    tables: Mapping[str, Decision], functions: Mapping[str, Any], calendar: Calendar, closed: Sequence[date]
) -> list[tuple[date, str]]:
    rows = tables["patrol_revisit"].evaluate({"closed_major": bool(closed)}, functions) or []
    return [(calendar.add_days(day, int(row["days"]), "N"), _why(row)) for day in closed for row in rows]


def _later(calendar: Calendar, day: date, n: int, unit: str) -> date:
    return calendar.add_months(day, n, "N") if unit == "month" else calendar.add_days(day, n, "N")
