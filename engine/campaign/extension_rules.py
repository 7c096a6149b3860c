"""Whether a limit may be extended, by the rule of its clock: how often, for how long, and asked by when.

Each refusal quotes the rule and the dates. Who may ask is in requests.py, the decision is a step of the diagram.
"""

import re
from dataclasses import dataclass
from datetime import date, datetime

from engine.app import App
from engine.campaign import deadlines
from engine.campaign.case_model import Deadline
from engine.campaign.clock_file import MARK, Clock, Extension
from engine.campaign.clock_rules import UNITS
from engine.count_lines import amount
from engine.errors import Conflict, Invalid
from engine.said import Said

_ASK = re.compile(r"(\d+)(wd|d)")


@dataclass(frozen=True, slots=True)
class Allowed:
    """An extension that the rule allows: ``days`` natural days beyond the last day, to ``until``; ``role`` decides."""

    days: int
    until: date
    role: str


def check(app: App, row: Deadline, *, now: datetime, n: int | None, unit: str, until: date | None = None) -> Allowed:
    """What is asked for, ``n`` more days (d) or working days (wd) or a written day ``until``, as the rule allows it.

    Raises Conflict when the limit may not be extended, was extended as often as it may be, or is asked for too late;
    Invalid when it is for too long or for a day that is no later than the limit or today.
    """
    clock, rule = may_be_asked(app, row, now=now)
    return _within(app, row, clock, rule, _asked_day(app, row, n, unit, until), now)


def may_be_asked(app: App, row: Deadline, *, now: datetime) -> tuple[Clock, Extension]:
    """The rule by which more time may be asked for now. Raises Conflict when there is none, it was used up, or it is
    too late.
    """
    clock, rule = rule_of(app, row)
    if row.extensions >= rule.times:
        raise Conflict(
            f"{_named(row, clock)}只能延期 {rule.times} 次，已经延期 {row.extensions} 次，现在的期限 "
            f"{row.due_on.isoformat()} 不再延长（{clock.clause}，{MARK}）。",
            en=f"{clock.code} may be extended {rule.times} time(s) and was; it ends on {row.due_on}.",
        )
    last = last_moment(app, row, rule)
    if now >= last:
        day = deadlines.last_day(last, app)
        raise Conflict(
            f"申请延期太晚：{_named(row, clock)}于 {row.due_on.isoformat()} 届满，{ask_words(rule)}，最迟 "
            f"{day.isoformat()}，今天是 {now.astimezone(app.zone).date().isoformat()}（{clock.clause}，{MARK}）。",
            en=f"Asked too late: {clock.code} ends on {row.due_on}; the last day to ask was {day}.",
        )
    return clock, rule


def rule_of(app: App, row: Deadline) -> tuple[Clock, Extension]:
    """The clock of a limit and how it may be extended. Raises Conflict for one whose rule knows no extension."""
    clock = deadlines.rule_of(app, row.clock, row.start_at)
    if clock is None or clock.extension is None:
        raise Conflict(
            f"{_named(row, clock)}的规则没有规定延期，不能申请，请在 {row.due_on.isoformat()} 前办结。",
            en=f"The rule of this limit ({row.clock or 'none'}) knows no extension; it ends on {row.due_on}.",
        )
    return clock, clock.extension


def furthest(app: App, row: Deadline, rule: Extension) -> date:
    """The furthest day to which it may be extended."""
    return _moved(app, row.due_on, rule.n, rule.unit)


def ask_words(rule: Extension) -> Said:
    """Until when it must be asked for, in words."""
    n, unit = _ask(rule)
    if not n:
        return Said("应在届满之前申请", "asked for before the end")
    return Said(f"应在届满前至少 {n} {UNITS[unit]}申请", f"asked for at least {amount(n, unit)} before the end")


def last_moment(app: App, row: Deadline, rule: Extension) -> datetime:
    """The moment by which an extension must have been asked for: before the end, or so many days ahead of it."""
    n, unit = _ask(rule)
    if n == 0:
        return row.due_at
    return app.calendar.end_of_day(_moved(app, row.due_on, -n, unit), app.zone)


def _asked_day(app: App, row: Deadline, n: int | None, unit: str, until: date | None) -> date:
    if until is not None:
        return until
    if n is None:
        raise _unclear("n", Said("请填写延长多少日，或者写明新的期限", "Say by how many days, or until when"))
    return _moved(app, row.due_on, n, unit)


def _moved(app: App, day: date, n: int, unit: str) -> date:
    """So many days (d), working days (wd) or months after a day, or before it; nothing rolls."""
    if unit == "wd":
        return app.calendar.add_workdays(day, n)
    return app.calendar.add_months(day, n, "N") if unit == "month" else app.calendar.add_days(day, n, "N")


def _within(app: App, row: Deadline, clock: Clock, rule: Extension, asked: date, now: datetime) -> Allowed:
    today = now.astimezone(app.zone).date()
    if asked <= row.due_on or asked < today:
        told = Said(
            f"新的期限 {asked.isoformat()} 应晚于原期限 {row.due_on.isoformat()}，也不能早于今天 {today.isoformat()}",
            f"The new limit {asked} must lie after the present one {row.due_on} and not before today {today}",
        )
        raise _unclear("until", told)
    most = furthest(app, row, rule)
    if asked > most:
        raise Invalid(
            f"延期太长：{_named(row, clock)}最多延长 {rule.n} {UNITS[rule.unit]}，从 {row.due_on.isoformat()} 起最迟 "
            f"{most.isoformat()}，不能到 {asked.isoformat()}（{clock.clause}，{MARK}）。",
            en=f"Too long: {clock.code} may be extended by {rule.n} {rule.unit}, to {most} at most, not {asked}.",
            problems=[{"field": "n", "rule": "range", "message": f"最迟 {most.isoformat()}"}],
        )
    return Allowed((asked - row.due_on).days, asked, rule.role)


def _unclear(field: str, message: Said) -> Invalid:
    return Invalid(
        f"{message}。", en=f"{message.en}.",
        problems=[{"field": field, "rule": "range", "message": message}],
    )  # fmt: skip


def _ask(rule: Extension) -> tuple[int, str]:
    found = _ASK.fullmatch(rule.ask)
    assert found is not None  # the file was checked when it was read
    return int(found[1]), found[2]


def _named(row: Deadline, clock: Clock | None) -> str:
    return f"“{row.kind}”时限（{clock.code} {clock.title}）" if clock else f"“{row.kind}”时限"
