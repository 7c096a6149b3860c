"""Verbs on holiday tables: which years have one, what a new one would move, and saving it.

A table comes with the program or is saved here; the newest saved version of a year counts. Every process reads what
others saved within ``LOOK``; after ``SETTLE`` a scheduler counts once more what was counted meanwhile without it.
"""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from engine.app import App
from engine.bpm import reasons
from engine.bpm.rescheduling import TABLE_ARRIVED, Why
from engine.bpm.viewer import Viewer
from engine.calendar import Calendar
from engine.campaign import authority, history, holiday_notice, recounting
from engine.campaign.calendar_model import HolidayTable
from engine.campaign.case_model import Deadline
from engine.campaign.deadlines import OPEN
from engine.campaign.holiday_notice import Table
from engine.campaign.recounting import Effect
from engine.errors import Conflict, Invalid, NotFound, Problem
from engine.holidays import statutory_holidays
from engine.said import Said
from engine.sql import Statement

OFFICIAL, PROVISIONAL = "official", "provisional"
NOUN = "calendar"
SHIPPED = "随程序发布"
LOOK = timedelta(seconds=1)
SETTLE = timedelta(seconds=5)
_NEWEST = Statement(select(func.max(HolidayTable.id).label("newest")))
_UNSETTLED = Statement(
    select(func.min(HolidayTable.saved_at).label("saved_at")).where(HolidayTable.settled_at.is_(None))
)


@dataclass(frozen=True, slots=True)
class YearView:
    """A year in the list. ``provisional_deadlines`` are the open ones due in it that wait for a table."""

    year: int
    state: str
    source: str
    version: int
    days_off: int
    working_days: int
    provisional_deadlines: int
    at: datetime | None
    by: str


@dataclass(frozen=True, slots=True)
class VersionView:
    """One saved version."""

    version: int
    at: datetime
    by: str
    source: str
    reason: str
    holidays: list[dict[str, Any]]
    working: list[dict[str, Any]]


@dataclass(frozen=True, slots=True)
class CalendarView(YearView):
    """A year with its days: ``holidays`` as {name, first, last, days}, ``working`` as {day, name}; ``statutory`` are
    the 法定节假日 themselves.
    """

    holidays: list[dict[str, Any]]
    working: list[dict[str, Any]]
    statutory: list[dict[str, Any]]


@dataclass(frozen=True, slots=True)
class Trial:
    """What a table says and what saving it does to open dates; ``correction`` when the year has a table already."""

    year: int
    version: int
    correction: bool
    holidays: list[dict[str, Any]]
    working: list[dict[str, Any]]
    effect: Effect
    groups: list[dict[str, Any]]


def list_years(app: App, viewer: Viewer) -> list[YearView]:
    """The years from last year to the one after the last for which something waits, at least to next year; everybody
    may see them.
    """
    refresh(app)
    today = app.clock().astimezone(app.zone).date()
    with app.reading() as tx:
        waiting = _waiting(tx)
        last = max([today.year + 1, *waiting, *app.calendar.published_years])
        return [YearView(*_year(tx, app, year, waiting)) for year in range(today.year - 1, last + 1)]


def show(app: App, year: int, *, viewer: Viewer) -> CalendarView:
    """One year with its days; raises NotFound for a year out of bounds."""
    refresh(app)
    _in_bounds(year)
    off, working = app.calendar.table(year)
    with app.reading() as tx:
        shown = YearView(*_year(tx, app, year, _waiting(tx)))
    known = {part.name: getattr(shown, part.name) for part in fields(YearView)}
    return CalendarView(**known, holidays=_runs(off), working=_days(working), statutory=_days(statutory_holidays(year)))


def versions(app: App, year: int, *, viewer: Viewer) -> list[VersionView]:
    """The saved versions of a year, the newest first; raises NotFound."""
    _in_bounds(year)
    with app.reading() as tx:
        rows = tx.scalars(select(HolidayTable).where(HolidayTable.year == year).order_by(HolidayTable.version.desc()))
        return [
            VersionView(row.version, row.at, row.by, row.source, row.reason, _runs(_read(row.days_off)),
                        _days(_read(row.working)))
            for row in rows
        ]  # fmt: skip


def trial(app: App, year: int, text: str, *, viewer: Viewer) -> Trial:
    """What this table says, and which open dates it moves from when to when; nothing is changed. Raises Invalid,
    NotAllowed.
    """
    now = app.clock()
    with app.reading() as tx:
        authority.require(tx, viewer, "calendar.save")
    refresh(app)
    table, version = holiday_notice.read(text, year), _version(app, year)
    return _outcome(app, table, version, now, Why(viewer.name, TABLE_ARRIVED), dry=True)


def save(app: App, year: int, text: str, *, version: int, source: str, reason: str, viewer: Viewer) -> Trial:
    """Save a table as the next version and count open dates again, each case in a transaction of its own; answers what
    moved. ``version`` is what was read (0: none yet). Raises Conflict (somebody saved before), Invalid, NotAllowed.
    """
    now = app.clock()
    reasons.require(reason)
    if not source.strip():
        problem = Problem(
            field="source", rule="required", message=Said("请填写依据，例如通知的文号", "Name the source")
        )
        words = "请填写放假安排的依据，例如通知的文号。"
        raise Invalid(words, en="Name the source, such as the notice's number.", problems=[problem])
    table = holiday_notice.read(text, year)
    with app.transaction() as tx:
        authority.require(tx, viewer, "calendar.save")
        newest = _newest(tx, year)
        _check_version(newest, version, year)
        row = _row(table, version + 1, source, reason)
        if newest is not None and newest.digest == row.digest:
            raise Invalid("内容与现行的放假安排一致，没有保存。", en="The table is the same as the present one.")
        row.at, row.by, row.saved_at = now, viewer.name, app.wall()
        tx.add(row)
        told = {"version": row.version, "source": row.source, "off": len(table.off), "working": len(table.working)}
        history.note(
            tx, NOUN, str(year), before={"version": version}, after=told, reason=row.reason, by=viewer.name, now=now
        )
    again = year in app.calendar.published_years
    refresh(app)
    return _outcome(app, table, version + 1, now, _why(row), dry=False, again=again)


def refresh(app: App) -> None:
    """Let this process count with everything that was saved."""
    newest = app.look(_NEWEST)[0].newest or 0
    if newest == app.calendar_version:
        return
    calendar = Calendar.default()
    with app.reading() as tx:
        rows = {row.year: row for row in tx.scalars(select(HolidayTable).order_by(HolidayTable.version))}
    for year in sorted(rows):
        calendar = calendar.replaced(year, _read(rows[year].days_off), _read(rows[year].working))
    app.calendar, app.calendar_version = calendar, newest


def keep_fresh(app: App) -> None:
    """The same, looked at once in a while; for processes that other people's tables must reach."""
    now = app.wall()
    if app.calendar_looked is None or now - app.calendar_looked >= LOOK:
        app.calendar_looked = now
        refresh(app)


def settling_due(app: App) -> timedelta | None:
    """The real time until a saved table is to be settled; None when none is."""
    keep_fresh(app)
    saved_at = app.look(_UNSETTLED)[0].saved_at
    return None if saved_at is None else saved_at + SETTLE - app.wall()


def settle_next(app: App) -> bool:
    """Count once more what was counted elsewhere before a saved table was read; answers whether there was one."""
    now = app.clock()
    refresh(app)
    with app.reading() as tx:
        waiting = select(HolidayTable).where(
            HolidayTable.settled_at.is_(None), HolidayTable.saved_at <= app.wall() - SETTLE
        )
        row = tx.scalars(waiting.order_by(HolidayTable.id).limit(1)).one_or_none()
    if row is None:
        return False
    again = row.version > 1 or row.year in Calendar.default().published_years
    recounting.recount(app, app.calendar, now, _why(row), year=row.year, again=again, dry=False)
    with app.transaction() as tx:
        tx.execute(update(HolidayTable).where(HolidayTable.id == row.id).values(settled_at=app.wall()))
    return True


def _outcome(
    app: App, table: Table, version: int, now: datetime, why: Why, *, dry: bool, again: bool | None = None
) -> Trial:  # fmt: skip
    correction = table.year in app.calendar.published_years if again is None else again
    calendar = app.calendar.replaced(table.year, table.off, table.working) if dry else app.calendar
    effect = recounting.recount(app, calendar, now, why, year=table.year, again=correction, dry=dry)
    groups = recounting.grouped(effect.moved, app)
    return Trial(table.year, version, correction, _runs(table.off), _days(table.working), effect, groups)


def _why(row: HolidayTable) -> Why:
    return Why(row.by, f"{row.year} 年放假安排（{row.source}）：{row.reason}")


def _row(table: Table, version: int, source: str, reason: str) -> HolidayTable:
    off = {day.isoformat(): name for day, name in sorted(table.off.items())}
    working = {day.isoformat(): name for day, name in sorted(table.working.items())}
    digest = hashlib.sha256(json.dumps([off, working]).encode()).hexdigest()
    return HolidayTable(
        year=table.year, version=version, days_off=off, working=working, source=source.strip(), reason=reason.strip(),
        digest=digest,
    )  # fmt: skip


def _version(app: App, year: int) -> int:
    with app.reading() as tx:
        newest = _newest(tx, year)
        return newest.version if newest else 0


def _newest(tx: Session, year: int) -> HolidayTable | None:
    query = select(HolidayTable).where(HolidayTable.year == year).order_by(HolidayTable.version.desc())
    return tx.scalars(query.limit(1)).one_or_none()


def _check_version(newest: HolidayTable | None, version: int, year: int) -> None:
    present = newest.version if newest else 0
    if present != version:
        who = f"{newest.by} 已保存第 {present} 版" if newest else "还没有保存过"
        raise Conflict(
            f"{year} 年的放假安排{who}（您读到第 {version} 版），请刷新后核对再试。",
            en=f"The table of {year} has version {present} now, {version} was read; reload it.",
        )


def _waiting(tx: Session) -> dict[int, int]:
    rows = tx.scalars(select(Deadline.due_on).where(Deadline.provisional, Deadline.state == OPEN))
    found: dict[int, int] = {}
    for day in rows:
        found[day.year] = found.get(day.year, 0) + 1
    return found


def _year(tx: Session, app: App, year: int, waiting: Mapping[int, int]) -> tuple[Any, ...]:
    row, official = _newest(tx, year), year in app.calendar.published_years
    off, working = app.calendar.table(year)
    source = row.source if row else SHIPPED if official else ""
    return (
        year, OFFICIAL if official else PROVISIONAL, source, row.version if row else 0, len(off), len(working),
        waiting.get(year, 0), row.at if row else None, row.by if row else "",
    )  # fmt: skip


def _in_bounds(year: int) -> None:
    if not holiday_notice.FIRST_YEAR <= year <= holiday_notice.LAST_YEAR:
        raise NotFound(f"没有 {year} 年的放假安排，请核对年份。", en=f"There is no calendar of {year}.")


def _read(days: Mapping[str, str]) -> dict[date, str]:
    return {date.fromisoformat(day): name for day, name in days.items()}


def _runs(days: Mapping[date, str]) -> list[dict[str, Any]]:
    return [
        {"name": name, "first": first, "last": last, "days": (last - first).days + 1}
        for name, first, last in holiday_notice.runs(days)
    ]


def _days(days: Mapping[date, str]) -> list[dict[str, Any]]:
    return [{"day": day, "name": days[day]} for day in sorted(days)]
