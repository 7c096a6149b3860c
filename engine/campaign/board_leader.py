"""What a leader reads in two minutes: five numbers with their change, the worst places, who is late, the week in two
sentences made from the records, and how far the campaigns are.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from engine.app import App
from engine.bpm.viewer import Viewer
from engine.campaign import (
    board_map,
    board_today,
    campaigns,
    deadlines,
    hazard_list,
    lamp,
    report_facts,
    report_sight,
    scope,
    units,
)
from engine.campaign.board_map import Spot
from engine.campaign.campaigns import CampaignView
from engine.campaign.case_model import Deadline, Hazard
from engine.campaign.figures import Figure
from engine.campaign.hazard_list import Wanted
from engine.campaign.periods import Period, period_of
from engine.campaign.report_sight import Sight

WEEK = timedelta(days=7)
DAY = timedelta(days=1)
FIGURE = "figure"  # the list behind is that of a report's figure
MOST = 5
STORY = {
    "overdue": {"overlay": "逾期"}, "supervised": {"overlay": "督办中（街道）"}, "transferred": {"overlay": "移交中"},
    "coerced": {"lamp": lamp.PURPLE},
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Change:
    """A number beside what it was ``since`` (a week ago, or the month before); ``shown`` is how it is written.

    ``list`` and ``query`` say what is behind it, as in board_today.Number, or figure: the records of a report's figure.
    """

    key: str
    value: float | None
    before: float | None
    shown: str
    since: date
    list: str
    query: dict[str, Any]


@dataclass(frozen=True, slots=True)
class LateUnit:
    """A unit with overdue hazards and the longest of them, in working days."""

    unit: str
    name: str
    count: int
    workdays: int


@dataclass(frozen=True, slots=True)
class Story:
    """The week in two sentences."""

    zh: str
    en: str


@dataclass(frozen=True, slots=True)
class Brief:
    """The page, as of ``at``."""

    at: datetime
    numbers: list[Change]
    places: Sequence[Spot]
    units: list[LateUnit]
    story: Story
    campaigns: list[CampaignView]


def brief(app: App, viewer: Viewer) -> Brief:
    """The two minutes, as far as the viewer may see."""
    now = app.clock()
    with app.reading() as tx:
        sight = report_sight.of_viewer(tx, viewer)
        numbers = _numbers(tx, app, viewer, sight, now)
        late = _late_units(tx, app, viewer, now)
        story = _story(tx, app, viewer, sight, late, now)
    worst = [spot for spot in board_map.list_spots(app, viewer, size=MOST).items if spot.total]
    running = campaigns.list_campaigns(app, viewer, state="running", size=MOST).items
    shown = [campaigns.show(app, one.number, viewer=viewer) for one in running]
    return Brief(now, numbers, worst, late, story, shown)


def _numbers(tx: Session, app: App, viewer: Viewer, sight: Sight, now: datetime) -> list[Change]:
    then, today = now - WEEK, now.astimezone(app.zone).date()
    mine = scope.hazards(viewer), Hazard.void_reason.is_(None)
    was_open = _count(tx, *mine, *_open_at(then))
    was_major = _count(tx, *mine, Hazard.is_major.is_(True), *_open_at(then))
    was_late = _count(tx, *mine, *_open_at(then), _late_at(then))
    month = period_of("month", today)
    on_time = _rate(tx, app, sight, month, now)
    before = _rate(tx, app, sight, period_of("month", month.starts_on - DAY), now)
    week = today - 6 * DAY
    new = {"status": "all", "voided": False, "found_from": week, "found_to": today + DAY}
    asked: dict[str, dict[str, Any]] = {
        "open": {}, "overdue": {"overlay": "逾期"}, "major": {"overlay": "重大"}, "new_week": new,
    }  # fmt: skip
    found = {key: board_today.number(tx, app, viewer, key, given, now) for key, given in asked.items()}
    new_before = board_today.number(
        tx, app, viewer, "", {**new, "found_from": week - WEEK, "found_to": week}, now
    ).count  # fmt: skip
    past = {"open": was_open, "overdue": was_late, "major": was_major, "new_week": new_before}
    told = [
        Change(key, one.count, past[key], str(one.count), today - WEEK, one.list, one.query)
        for key, one in found.items()
    ]
    behind = {"form": "monthly", "figure": "on_time", "period": month.key}
    told.append(Change("on_time", on_time.rate, before.rate, on_time.shown, month.starts_on - DAY, FIGURE, behind))
    return told


def _open_at(moment: datetime) -> tuple[ColumnElement[bool], ...]:
    return Hazard.registered_at <= moment, Hazard.closed_at.is_(None) | (Hazard.closed_at > moment)


def _late_at(moment: datetime) -> ColumnElement[bool]:
    """Whether a limit had passed that had not ended otherwise until then."""
    unmet = Deadline.ended_at.is_(None) | (Deadline.ended_at > moment)
    return select(Deadline.id).where(
        Deadline.hazard == Hazard.number, Deadline.kind == deadlines.RECTIFY, Deadline.due_at <= moment, unmet
    ).exists()  # fmt: skip


def _count(tx: Session, *where: ColumnElement[bool]) -> int:
    return tx.scalar(select(func.count()).select_from(Hazard).where(*where)) or 0


def _rate(tx: Session, app: App, sight: Sight, period: Period, now: datetime) -> Figure:
    return report_facts.figure(tx, sight, report_facts.window(period, now, app.zone), "on_time")


def _late_units(tx: Session, app: App, viewer: Viewer, now: datetime) -> list[LateUnit]:
    due_on = lamp.next_due(Deadline.due_on)
    rows = select(Hazard.holder_unit, due_on.label("due_on"))
    rows = rows.where(scope.hazards(viewer), Hazard.closed_at.is_(None), lamp.late(now))
    late = rows.subquery()
    query = select(late.c.holder_unit, func.min(late.c.due_on)).group_by(late.c.holder_unit)
    found = tx.execute(query.order_by(func.count().desc(), late.c.holder_unit).limit(MOST)).all()
    names, today = units.names(tx, {row[0] for row in found}), now.astimezone(app.zone).date()
    return [
        LateUnit(
            unit, names[unit], board_today.number(tx, app, viewer, "", {"overlay": "逾期", "unit": unit}, now).count,
            app.calendar.workdays_between(first, today),
        )
        for unit, first in found
    ]  # fmt: skip


def _story(tx: Session, app: App, viewer: Viewer, sight: Sight, late: list[LateUnit], now: datetime) -> Story:
    today = now.astimezone(app.zone).date()
    span = report_facts.window(Period("", today - 6 * DAY, today), now, app.zone)
    came = {one.key: one for one in report_facts.counts(tx, sight, span)}
    kept = report_facts.figure(tx, sight, span, "on_time")
    n = {key: board_today.number(tx, app, viewer, key, given, now).count for key, given in STORY.items()}
    found, closed, major = (came[key].numerator for key in ("found", "closed", "major_found"))
    worst = _longest(tx, app, viewer, now)
    zh = (
        f"近七天新发现隐患 {found} 项{f'（重大 {major} 项）' if major else ''}，销号 {closed} 项，"
        f"整改时限届满 {kept.denominator} 项、按期 {kept.numerator} 项。"
    )
    en = (
        f"In the last seven days {found} hazards were found ({major} major) and {closed} closed; "
        f"{kept.denominator} limits ended, {kept.numerator} of them kept."
    )
    tail = f"督办中 {n['supervised']} 项、移交中 {n['transferred']} 项、强制措施中 {n['coerced']} 项。"
    tail_en = f"{n['supervised']} are supervised, {n['transferred']} transferred, {n['coerced']} under measures."
    if not n["overdue"] or worst is None:
        return Story(f"{zh}目前没有逾期隐患，{tail}", f"{en} Nothing is overdue; {tail_en}")
    most, most_en = "", ""
    if late:
        most = f"最多的是{late[0].name}（{late[0].count} 项），"
        most_en = f"most at {late[0].name} ({late[0].count}), "
    number, workdays = worst
    return Story(
        f"{zh}目前逾期 {n['overdue']} 项，{most}最久的 {number} 已逾期 {workdays} 个工作日；{tail}",
        f"{en} {n['overdue']} are overdue, {most_en}the longest is {number} by {workdays} working days; {tail_en}",
    )


def _longest(tx: Session, app: App, viewer: Viewer, now: datetime) -> tuple[str, int] | None:
    query = hazard_list.query(app, viewer, Wanted(overlay="逾期"), now, "due_at").limit(1)
    first = query.with_only_columns(Hazard.number, lamp.next_due(Deadline.due_on))
    row = tx.execute(first).one_or_none()
    return (row[0], app.calendar.workdays_between(row[1], now.astimezone(app.zone).date())) if row else None
