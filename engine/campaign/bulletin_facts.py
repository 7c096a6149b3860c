"""What a 工作信息 tells of a period, from the records: visits by 家次 and 栋次, hazards by 处, public reports by 件,
drills and trainings by 次 and 人次. Nothing is counted by hand, and each number says from when to when (mechanisms 124
to 129).
"""

from collections import Counter
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine.app import App
from engine.campaign import report_activities, report_facts, units
from engine.campaign.figures import Figure
from engine.campaign.model import Place
from engine.campaign.periods import RHYTHM_NAMES, Period, period_named, period_of
from engine.campaign.report_facts import Window
from engine.campaign.report_sight import of_street
from engine.errors import Invalid, Problem

TYPE = "工作信息"
DEFAULT = "month"
# As the seeds count: 企业 and 门店 by 家次, 楼院 by 栋次. What is none of the first and the last is a shop.
ENTERPRISES, BUILDINGS = ("工贸企业", "建筑工地", "加油站", "仓储"), ("老旧小区", "写字楼")
HELD = {"演练": ("演练",), "培训讲座": ("培训", "讲座")}


def facts(tx: Session, app: App, organ: str, period: str | None, now: datetime) -> dict[str, Any]:
    """Fields of such a paper of this organ over a period: a rhythm (the one that runs) or a key such as 2026-09.
    Nothing for an organ of no street. Raises Invalid for what is no period or has not begun.
    """
    street = units.ancestor(tx, units.require(tx, organ), "street")
    if street is None:
        return {}
    span = report_facts.window(_period(period or DEFAULT, app, now), now, app.zone)
    sight = of_street(street.code)
    counted = {one.key: one for one in report_facts.counts(tx, sight, span)}
    rates = report_facts.rates(tx, sight, span)
    told, when = _words(tx, counted, report_activities.table(tx, sight, span)[3]), _days(span)
    return {
        "subject": f"{street.name}{when}安全生产工作情况",
        "facts": f"{when}，{street.name}{told}。",
        "reported": [f"{one.title}：{one.shown}（{when}）" for one in (*counted.values(), *rates)],
    }


def _period(asked: str, app: App, now: datetime) -> Period:
    today = now.astimezone(app.zone).date()
    if asked in RHYTHM_NAMES:
        return period_of(asked, today)
    try:
        found = period_named(asked)
    except ValueError:
        found = None
    if found is None or found.starts_on > today:
        told = f"统计期“{asked}”不对，请写 {period_of(DEFAULT, today).key} 这样的期别"
        raise Invalid(f"{told}。", en="Name a period that has begun, such as 2026-09.", problems=[
            Problem(field="period", rule="period", message=told)])  # fmt: skip
    return found


def _words(tx: Session, counted: dict[str, Figure], held: list[list[Any]]) -> str:
    number = {key: one.numerator for key, one in counted.items()}
    went = Counter(_group(kind) for kind in _kinds(tx, [row.note for row in counted["visits"].behind]))
    sums = {
        name: [sum(int(row[at]) for row in held if row[0] in kinds) for at in (1, 3)] for name, kinds in HELD.items()
    }
    reports = counted["reports"]
    return (
        f"累计排查企业 {went['企业']} 家次、门店 {went['门店']} 家次、楼院 {went['楼院']} 栋次，"
        f"开展夜查 {number['night']} 次；"
        f"发现隐患 {number['found']} 处（其中重大 {number['major_found']} 处），整改销号 {number['closed']} 处；"
        f"接到群众举报 {reports.denominator} 件，答复 {reports.numerator} 件；"
        + "、".join(f"开展{name} {times} 次（{people} 人次）" for name, (times, people) in sums.items())
    )


def _kinds(tx: Session, places: list[str]) -> list[str]:
    """The kind of the place of each visit."""
    query = select(Place.id, Place.kind).where(Place.id.in_(set(places)))
    kinds = {row.id: row.kind for row in tx.execute(query)}
    return [kinds[place] for place in places]


def _group(kind: str) -> str:
    return "企业" if kind in ENTERPRISES else "楼院" if kind in BUILDINGS else "门店"


def _days(span: Window) -> str:
    last = min(span.period.ends_on, span.day(span.now))
    first = span.period.starts_on
    return f"{first.year}年{first.month}月{first.day}日至{last.year}年{last.month}月{last.day}日"
