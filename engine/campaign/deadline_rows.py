"""A deadline as a row that explains its date: counted by its rule, written by nobody yet. No statement is run here."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import cast

from sqlalchemy import ColumnElement

from engine.app import App
from engine.calendar import Count
from engine.campaign import clock_kinds, clock_rules
from engine.campaign.case_model import Deadline
from engine.campaign.clock_file import MARK, Clock
from engine.errors import Invalid
from engine.said import Said

OPEN, MET, MISSED, REPLACED, VOID, SUSPENDED = "open", "met", "missed", "replaced", "void", "suspended"
COURT = "T34"  # the clock of the months to ask the court: nobody sets another date
_LABEL = f"（{MARK}）"
SET_OTHERWISE = "另行确定届满时刻为"  # the moment is not the end of the count


@dataclass(frozen=True, slots=True)
class About:
    """What a deadline is about: a hazard or a public report, by number."""

    column: str
    number: str

    def where(self) -> ColumnElement[bool]:
        """Its rows."""
        return cast(ColumnElement[bool], getattr(Deadline, self.column) == self.number)

    @property
    def named(self) -> str:
        """As people say it."""
        return f"{'隐患' if self.column == 'hazard' else '举报'} {self.number}"


def first(
    app: App, about: About, kind: str, *, start_at: datetime, n: int, unit: str, roll: str, now: datetime,
    due_at: datetime | None = None, clause: str = "", clock: str = "", duty_unit: str | None = None,
) -> Deadline:  # fmt: skip
    """The row of a deadline whose subject has none of this kind yet; see deadlines.open_in."""
    rule = rule_of(app, clock, start_at)
    row = row_of(app, about, kind, start_at, n, unit, roll, count_of(app, start_at, n, unit, roll, rule), due_at, now)
    follow_rule(row, rule, clause)
    row.duty_unit = duty_unit
    row.trace = [*row.trace, *based_on(row)]
    return marked(row)


def based_on(row: Deadline) -> list[str]:
    """Its clause as the last step of the count, if it has one."""
    if not row.clause:
        return []
    law = row.clause.removesuffix(_LABEL)
    return [Said(f"依据：{row.clause}", f"Basis: {law}" + ("" if law == row.clause else f" ({MARK.en})"))]


def ruled_anew(old: Deadline, reason: str) -> Said:
    """That another rule decides from now on."""
    day = old.due_on.isoformat()
    return Said(
        f"原时限 {day}，改按另一规则确定：{reason or '未填写理由'}",
        f"Was {day}, now set by another rule: {reason or 'no reason given'}",
    )


def extended(old: Deadline, reason: str) -> Said:
    """That more time was asked for in time and granted."""
    day = old.due_on.isoformat()
    return Said(
        f"原时限 {day} 届满前申请延期并获批准：{reason or '未填写理由'}",
        f"More time was asked for before {day} and granted: {reason or 'no reason given'}",
    )


def set_by_hand(at: datetime, reason: str) -> Said:
    """That somebody set this local moment."""
    told = f"{at:%Y-%m-%d %H:%M}"
    return Said(
        f"人工{SET_OTHERWISE} {told}，以此为准：{reason}", f"Another end was set by hand: {told}, which holds: {reason}"
    )


def marked(row: Deadline) -> Deadline:
    """The same, its explanation with the mark of rules that still need a legal review."""
    if not any(MARK in line for line in row.trace):
        row.trace = [*row.trace, MARK]
    return row


def end(row: Deadline, at: datetime, *, state: str | None = None, done_at: datetime | None = None) -> None:
    """It is over with this state, else met or missed by when the work was done (``at`` when left out)."""
    runs_out = row.state == OPEN and row.clock not in clock_kinds.rights()  # neither a stopped clock nor a right does
    late = runs_out and (done_at or at) >= row.due_at
    row.state, row.ended_at = state or (MISSED if late else MET), at


def rule_of(app: App, clock: str, start_at: datetime) -> Clock | None:
    """The rule of this clock in force on the local day of the start; None without a clock, and for a day before there
    was one. Raises Invalid for an unknown clock.
    """
    return clock_rules.on_day(clock, start_at.astimezone(app.zone).date()) if clock else None


def last_day(due_at: datetime, app: App) -> date:
    """The local day that ends at, or contains, this due moment: 24:00 belongs to the day that ends."""
    return (due_at.astimezone(app.zone) - due_at.resolution).date()


def follow_rule(row: Deadline, rule: Clock | None, clause: str) -> None:
    """What the row takes from its rule; a clause that was given goes before."""
    row.clause, row.extensions = clause, 0
    if rule is not None:
        row.clock, row.side, row.consequence = rule.code, rule.side, rule.consequence
        row.clause = clause or rule.clause + (f"（{rule.note}）" if rule.note else "")


def inherit(row: Deadline, old: Deadline) -> None:
    """What a changed deadline takes from the one that it replaces."""
    row.clock, row.side, row.duty_unit, row.consequence = old.clock, old.side, old.duty_unit, old.consequence
    row.extensions = old.extensions


def longer(
    app: App, about: About, old: Deadline, *, n: int, unit: str, due_at: datetime | None, now: datetime
) -> Deadline:
    """The row that more time makes of it, counted from its last day on; its trace is the count alone."""
    start_at = old.due_at - old.due_at.resolution
    count = count_of(app, start_at, n, unit, old.roll)
    row = row_of(app, about, old.kind, start_at, n, unit, old.roll, count, due_at, now)
    inherit(row, old)
    return row


def count_of(app: App, start_at: datetime, n: int, unit: str, roll: str, rule: Clock | None = None) -> Count:
    """The end of the period, explained; for a rule of what must be done before a moment that is the last time to do it.
    Raises Invalid for a period that cannot be counted.
    """
    if rule is not None and rule.before:
        found = clock_rules.count(rule, start_at, app.calendar, app.zone)
        return Count(found.last_day, found.due_at, found.provisional, found.trace[:-1], found.last_day)
    try:
        return app.calendar.count(start_at, n, unit, roll, app.zone)
    except ValueError as error:
        raise Invalid(
            f"时限“{n}{unit}”无法计算：数量须为整数，单位为 wd、d、h、wh 或 month，顺延方式为 F 或 N。",
            en=f"The limit {n}{unit} cannot be counted: {error}.",
        ) from error


def row_of(
    app: App, about: About, kind: str, start_at: datetime, n: int, unit: str, roll: str, count: Count,
    due_at: datetime | None, now: datetime,
) -> Deadline:  # fmt: skip
    """The row of a counted period; ``due_at`` that was given otherwise is kept and said."""
    trace: list[str] = list(count.trace)
    if due_at is not None and due_at != count.due_at:
        shown = due_at.astimezone(app.zone)
        at = f"{shown:%Y-%m-%d %H:%M}"
        trace.append(Said(f"流程{SET_OTHERWISE} {at}，以此为准", f"The process set another end: {at}, which holds"))
    ends = due_at or count.due_at
    return Deadline(
        kind=kind, start_at=start_at, n=n, unit=unit, roll=roll, due_at=ends, due_on=last_day(ends, app),
        trace=[*trace], provisional=count.provisional, state=OPEN, opened_at=now,
        **{about.column: about.number},
    )  # fmt: skip
