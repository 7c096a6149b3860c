"""Two tables of a report: how often each leader led a visit, and how long it took from finding to reporting, handing
over and closing (mechanisms 3 and 4). Computed from the records.
"""

from collections import Counter
from collections.abc import Sequence
from datetime import datetime
from statistics import median
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from engine.campaign import patrol_facts
from engine.campaign.case_model import Assignment, Hazard
from engine.campaign.model import Person, PersonRole, Place, Visit
from engine.campaign.report_facts import Window
from engine.campaign.report_sight import Sight

Table = tuple[str, str, list[str], list[list[Any]]]
LEADERS = ("leader", "principal")
HANDED = ("交办", "移交")


def leaders(tx: Session, sight: Sight, span: Window, months: Sequence[str]) -> Table:
    """Visits led by each leader, by month; the leaders of the area who led none stand in it with 0."""
    query = select(Visit.leader, Visit.at).join(Place, Place.id == Visit.place).where(
        sight.visits, *patrol_facts.counting(), Visit.leader.is_not(None), Visit.at >= span.first,
        Visit.at < span.after, Visit.at <= span.now,
    )  # fmt: skip
    led = Counter((str(name), f"{span.day(at):%Y-%m}") for name, at in tx.execute(query))
    own = select(PersonRole.person).where(PersonRole.role.in_(LEADERS))
    here = select(Person.name).where(Person.active, Person.unit == sight.unit, Person.name.in_(own))
    names = {name for name, _ in led} | set(tx.scalars(here))
    known = tx.scalars(select(Person).where(Person.name.in_(names)))
    shown = {row.name: row.display_name for row in known}
    rows: list[list[Any]] = []
    for name in sorted(names):
        counts = [led[name, month] for month in months]
        rows.append([shown.get(name, name), *counts, sum(counts)])
    rows.sort(key=lambda row: -row[-1])
    return "领导带队", "本期各位领导带队走访检查的次数，按月；没有带队的列 0", ["领导", *months, "合计（次）"], rows


def lags(tx: Session, sight: Sight, span: Window) -> Table:
    """Of what was found in the period: median and longest time from finding to each step that has happened."""
    sent = select(Assignment.hazard, func.min(Assignment.sent_at).label("at")).where(Assignment.kind.in_(HANDED))
    first = sent.group_by(Assignment.hazard).subquery()
    query = select(Hazard.found_at, Hazard.registered_at, first.c.at, Hazard.closed_at)
    query = query.outerjoin(first, first.c.hazard == Hazard.number).where(
        sight.hazards, Hazard.void_reason.is_(None), Hazard.found_at >= span.first, Hazard.found_at < span.after,
        Hazard.found_at <= span.now,
    )  # fmt: skip
    found = tx.execute(query).all()
    steps = ("发现到登记报告", "发现到交办、移交", "发现到销号")
    rows = [[step, *_line(found, place)] for place, step in enumerate(steps, start=1)]
    words = "本期发现的隐患，从发现到各环节的时间，作废的和还没有走到的不计"
    return "早发现早报告早处置", words, ["环节", "件数（件）", "中位（小时）", "最长（小时）"], rows if found else []


def _line(found: Sequence[Any], place: int) -> list[Any]:
    hours = [_hours(row[0], row[place]) for row in found if row[place] is not None]
    return [len(hours), round(median(hours), 1), max(hours)] if hours else [0, "—", "—"]


def _hours(first: datetime, then: datetime) -> float:
    return round(max((then - first).total_seconds(), 0) / 3600, 1)
