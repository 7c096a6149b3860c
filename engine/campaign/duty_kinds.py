"""The kinds of periodic duties, read from rules/duties.yaml: who owes what, when, with which proof. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from engine.app import App
from engine.campaign import clock_rules
from engine.campaign.periods import RHYTHM_NAMES, Period, month_after, period_of

RULES = Path(__file__).parent / "rules" / "duties.yaml"
REMIND_AT = time(9)
DECISION = "decision"  # the subject of what meetings decide: no rhythm makes it


@dataclass(frozen=True, slots=True)
class Rhythm:
    """How often; ``when`` names a trait that the subject must have, ``clock`` the limit of a period."""

    rhythm: str
    when: str = ""
    clock: str = ""


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of duty; the fields are explained at the head of the YAML file."""

    key: str
    name: str
    mechanisms: tuple[int, ...]
    subject: str
    rhythms: tuple[Rhythm, ...]
    office: str
    evidence: tuple[str, ...]
    consequence: str
    source: str
    quote: str
    mark: str
    valid_from: date
    valid_to: date | None = None
    clock: str = ""
    basis: str = ""
    select: Mapping[str, Any] = field(default_factory=dict)
    who: str = ""
    due: Mapping[str, Any] = field(default_factory=dict)
    remind: int | None = None
    workdays: bool = False
    photo: bool = False
    proof: str = ""
    process: str = ""
    note: str = ""

    def in_force(self, day: date) -> bool:
        """Whether a period that begins on this day is judged by this rule."""
        return self.valid_from <= day and (self.valid_to is None or day <= self.valid_to)

    @property
    def often(self) -> str:
        """The rhythm in words; what a meeting decided is done once."""
        if self.subject == DECISION:
            return "按议定的期限办理一次"
        return "，".join(
            f"{'高危行业' if each.when else ''}{RHYTHM_NAMES[each.rhythm]}一次" for each in reversed(self.rhythms)
        )


@dataclass(frozen=True, slots=True)
class Rules:
    """The whole file."""

    version: str
    high_risk: Mapping[str, Any]
    ahead: Mapping[str, int]
    kinds: tuple[Kind, ...]


@cache
def rules() -> Rules:
    """The rules that are shipped with the program."""
    given = yaml.safe_load(RULES.read_text(encoding="utf-8"))
    kinds = tuple(_kind(row, given["label"]) for row in given["kinds"])
    return Rules(given["version"], given["high_risk"], given["ahead"], kinds)


def kind_of(key: str, day: date | None = None) -> Kind:
    """The rule of this key in force on a day: a duty is judged by the one in force on the first day of its period.
    Where none was in force then, or without a day, the newest.
    """
    rows = [kind for kind in rules().kinds if kind.key == key]
    mine = (kind for kind in rows if day is not None and kind.in_force(day))
    return next(mine, max(rows, key=lambda kind: kind.valid_from))


def rhythm_of(kind: Kind, period: Period) -> str | None:
    """The rhythm of a rule that has this period; None where it has none such."""
    return next((each.rhythm for each in kind.rhythms if period_of(each.rhythm, period.starts_on) == period), None)


def due_at(app: App, kind: Kind, period: Period) -> datetime:
    """The moment by which a duty of this period must be done."""
    given = kind.due
    day = period.ends_on
    if "weekday" in given:
        day = period.starts_on.fromordinal(period.starts_on.toordinal() + given["weekday"] - 1)
    elif "months" in given:
        day = month_after(period.ends_on, given["months"]).replace(day=given["day"])
    elif "first_month" in given:
        day = period.starts_on.replace(month=given["first_month"], day=given["day"])
    if given.get("roll") == "F":
        day = app.calendar.first_workday(day)
    if "time" in given:
        return datetime.combine(day, time.fromisoformat(given["time"]), app.zone)
    return app.calendar.end_of_day(day, app.zone)


def clock_of(kind: Kind, period: Period) -> str:
    """The clock of a duty of this period; empty where its rule has none."""
    mine = (each.clock for each in kind.rhythms if period_of(each.rhythm, period.starts_on).key == period.key)
    return next(mine, "")


def counted(app: App, kind: Kind, period: Period, due: datetime) -> list[str]:
    """How the date of a duty follows from its clock, a sentence: none where the date is not that of the clock (drawn at
    random, or set before the clock was in force) or there is none.
    """
    clock = clock_of(kind, period)
    if not clock or clock_rules.on_day(clock, period.starts_on) is None:
        return []
    found = clock_rules.due(app, clock, datetime.combine(period.starts_on, time(), app.zone))
    return [found.words] if found.due_at == due else []


def begin_at(app: App, kind: Kind, period: Period) -> datetime:
    """When a duty is reminded of and its process starts: so many working days before the due day, never before the
    period; without ``remind`` when the period begins.
    """
    first = datetime.combine(period.starts_on, time(), app.zone)
    return first if kind.remind is None else max(first, reminded_at(app, kind.remind, due_at(app, kind, period)))


def title(kind: Kind, subject: str, period: str) -> str:
    """What a duty is called: its kind, whose or about what, and the period."""
    return f"{kind.name}（{subject}，{period}）"[:255]


def reminded_at(app: App, remind: int, due: datetime) -> datetime:
    """09:00 of the n-th working day before the day that ends with, or holds, the due moment."""
    last = due.astimezone(app.zone)
    day = last.date() if last.time() > time() else last.date().fromordinal(last.date().toordinal() - 1)
    return datetime.combine(app.calendar.add_workdays(day, -remind), REMIND_AT, app.zone)


def _kind(row: Mapping[str, Any], label: str) -> Kind:
    given = {name: value for name, value in row.items() if name not in ("from", "to")}
    rhythms = tuple(
        Rhythm(each["rhythm"], each.get("when", ""), each.get("clock", row.get("clock", ""))) for each in row["rhythms"]
    )
    law = row["mark"] in ("V-text", "V-page")
    return Kind(**given | {
        "mechanisms": tuple(row["mechanisms"]), "evidence": tuple(row["evidence"]), "rhythms": rhythms,
        "valid_from": row["from"], "valid_to": row.get("to"), "note": "" if law else label,
    })  # fmt: skip
