"""What a leader reads in two minutes: five numbers with their change, the worst places, who is late, the week in two
sentences made from the records, and how far the campaigns are.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, and_, func, select
from sqlalchemy.orm import Session

from engine.app import App
from engine.bpm.viewer import Viewer
from engine.campaign import (
    board_map,
    board_today,
    campaigns,
    deadlines,
    hazard_counts,
    lamp,
    report_facts,
    report_sight,
    scope,
    units,
)
from engine.campaign.board_map import Spot
from engine.campaign.campaign_views import CampaignView
from engine.campaign.case_model import Assignment, Deadline, Hazard, Measure
from engine.campaign.figures import NO_DATA, percent
from engine.campaign.periods import Period, period_of
from engine.campaign.report_facts import Window
from engine.campaign.report_sight import Sight

WEEK = timedelta(days=7)
DAY = timedelta(days=1)
FIGURE = "figure"  # the list behind is that of a report's figure
MOST = 5
STANDING = {
    "supervised": select(Assignment.hazard).where(Assignment.kind == "督办", Assignment.closed_at.is_(None)),
    "transferred": select(Assignment.hazard).where(Assignment.kind == "移交", Assignment.closed_at.is_(None)),
    "coerced": select(Measure.hazard).where(Measure.lifted_at.is_(None)),
}


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
        today, late = now.astimezone(app.zone).date(), _late(tx, viewer, now)
        month, week = period_of("month", today), Period("", today - 6 * DAY, today)
        *months, met = report_facts.kept(tx, sight, (month, period_of("month", month.starts_on - DAY), week), now)
        ledger = asked(today)
        span = report_facts.window(week, now, app.zone)
        wanted = board_today.conditions(app, viewer, ledger, now) | past(now - WEEK) | _of_week(sight, span)
        n = {"overdue": len(late)} | hazard_counts.counts(tx, viewer, wanted, since=span.first - WEEK)
        numbers = [*_numbers(ledger, n, today), _on_time(month, *months)]
        worst_units = _late_units(tx, app, late, today)
        story = _story(app, n, late, worst_units, today, met)
    worst = board_map.worst_spots(app, viewer, MOST)
    running = campaigns.list_campaigns(app, viewer, state="running", size=MOST).items
    shown = [campaigns.show(app, one.number, viewer=viewer) for one in running]
    return Brief(now, numbers, worst, worst_units, story, shown)


def asked(today: date) -> dict[str, dict[str, Any]]:
    """The numbers that are lists of the ledger, and what was new in the week before."""
    week = today - 6 * DAY
    new = {"status": "all", "voided": False, "found_from": week, "found_to": today + DAY}
    return {
        "open": {}, "major": {"overlay": "重大"}, "new_week": new,
        "new_week_before": {**new, "found_from": week - WEEK, "found_to": week},
    }  # fmt: skip


def _numbers(ledger: dict[str, dict[str, Any]], n: dict[str, int], today: date) -> list[Change]:
    behind = {**ledger, "overdue": {"overlay": "逾期"}}
    return [
        Change(key, n[key], n[f"{key}_before"], str(n[key]), today - WEEK, board_today.HAZARDS, behind[key])
        for key in ("open", "overdue", "major", "new_week")
    ]


def _on_time(month: Period, kept: tuple[int, int], earlier: tuple[int, int]) -> Change:
    """The limits of this month beside those of the one before."""
    behind = {"form": "monthly", "figure": "on_time", "period": month.key}
    shown, since = f"{kept[0]}/{kept[1]}" if kept[1] else NO_DATA, month.starts_on - DAY
    return Change("on_time", percent(*kept), percent(*earlier), shown, since, FIGURE, behind)


def past(moment: datetime) -> dict[str, ColumnElement[bool]]:
    """What was open at a moment, what of it was major, what was late."""
    was_open = Hazard.void_reason.is_(None), *_open_at(moment)
    return {
        "open_before": and_(*was_open), "overdue_before": and_(*was_open, _late_at(moment)),
        "major_before": and_(*was_open, Hazard.is_major.is_(True)),
    }  # fmt: skip


def _of_week(sight: Sight, span: Window) -> dict[str, ColumnElement[bool]]:
    """What the two sentences count, of the hazards one sees: whoever reads of a street sees more than its hazards,
    everybody else reads of just what they see.
    """
    mine = Hazard.void_reason.is_(None), *([sight.hazards] if sight.street else [])
    came = *mine, Hazard.found_at >= span.first, Hazard.found_at <= span.now
    return {
        "found": and_(*came), "found_major": and_(*came, Hazard.is_major.is_(True)),
        "closed": and_(*mine, Hazard.closed_at >= span.first, Hazard.closed_at <= span.now),
        **{key: and_(Hazard.closed_at.is_(None), Hazard.number.in_(rows)) for key, rows in STANDING.items()},
    }  # fmt: skip


def _open_at(moment: datetime) -> tuple[ColumnElement[bool], ...]:
    return Hazard.registered_at <= moment, Hazard.closed_at.is_(None) | (Hazard.closed_at > moment)


def _late_at(moment: datetime) -> ColumnElement[bool]:
    """Whether a limit had passed that had not ended otherwise until then. Looked up for each of the few that were open
    then: from EXISTS PostgreSQL would make a table of the limits of all.
    """
    unmet = Deadline.ended_at.is_(None) | (Deadline.ended_at > moment)
    passed = select(Deadline.id).where(
        Deadline.hazard == Hazard.number, Deadline.kind == deadlines.RECTIFY, Deadline.due_at <= moment, unmet
    )  # fmt: skip
    return passed.correlate(Hazard).limit(1).scalar_subquery().is_not(None)


def _late(tx: Session, viewer: Viewer, now: datetime) -> list[tuple[str, str, date]]:
    """The overdue hazards, the longest first: number, holder, last day."""
    due_on = func.min(Deadline.due_on)
    query = select(Hazard.number, Hazard.holder_unit, due_on).join(Deadline, Deadline.hazard == Hazard.number)
    query = query.where(scope.hazards(viewer), Hazard.closed_at.is_(None), lamp.owed())
    query = query.where(*lamp.running(), Deadline.due_at <= now)
    rows = tx.execute(query.group_by(Hazard.number, Hazard.holder_unit).order_by(due_on, Hazard.number))
    return [(row[0], row[1], row[2]) for row in rows]


def _late_units(tx: Session, app: App, late: list[tuple[str, str, date]], today: date) -> list[LateUnit]:
    counted = Counter(unit for _, unit, _ in late).most_common(MOST)
    names = units.names(tx, {unit for unit, _ in counted})
    first = {unit: due_on for _, unit, due_on in reversed(late)}
    return [
        LateUnit(unit, names[unit], n, app.calendar.workdays_between(first[unit], today)) for unit, n in counted
    ]  # fmt: skip


def _story(
    app: App, n: dict[str, int], late: list[tuple[str, str, date]], worst: list[LateUnit], today: date,
    kept: tuple[int, int],
) -> Story:  # fmt: skip
    met, ended = kept
    found, major, closed = n["found"], n["found_major"], n["closed"]
    zh = (
        f"近七天新发现隐患 {found} 项{f'（重大 {major} 项）' if major else ''}，销号 {closed} 项，"
        f"整改时限届满 {ended} 项、按期 {met} 项。"
    )
    en = (
        f"In the last seven days {found} hazards were found ({major} major) and {closed} closed; "
        f"{ended} limits ended, {met} of them kept."
    )
    tail = f"督办中 {n['supervised']} 项、移交中 {n['transferred']} 项、强制措施中 {n['coerced']} 项。"
    tail_en = f"{n['supervised']} are supervised, {n['transferred']} transferred, {n['coerced']} under measures."
    if not late:
        return Story(f"{zh}目前没有逾期隐患，{tail}", f"{en} Nothing is overdue; {tail_en}")
    number, _, due_on = late[0]
    days = app.calendar.workdays_between(due_on, today)
    return Story(
        f"{zh}目前逾期 {len(late)} 项，最多的是{worst[0].name}（{worst[0].count} 项），"
        f"最久的 {number} 已逾期 {days} 个工作日；{tail}",
        f"{en} {len(late)} are overdue, most at {worst[0].name} ({worst[0].count}), the longest is {number} by "
        f"{days} working days; {tail_en}",
    )
