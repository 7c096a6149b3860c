"""Meetings, trainings, drills and publicity as a table of numbers: 次, 家, 人次, 份, each with its unit."""

from typing import Any

from sqlalchemy import false, func, select
from sqlalchemy.orm import Session

from engine.campaign.activity_kinds import KINDS
from engine.campaign.activity_model import Activity
from engine.campaign.report_facts import Window
from engine.campaign.report_sight import Sight

Table = tuple[str, str, list[str], list[list[Any]]]


def table(tx: Session, sight: Sight, span: Window) -> Table:
    """How many of each kind were held in the period in this street or community."""
    area = (Activity.street == sight.unit) | (Activity.community == sight.unit) if sight.unit else false()
    sums = select(Activity.kind, func.count(), func.sum(Activity.enterprises), func.sum(Activity.people),
                  func.sum(Activity.copies))  # fmt: skip
    sums = sums.where(area, Activity.held_at >= span.first, Activity.held_at < span.after, Activity.held_at <= span.now)
    found = {row[0]: [int(value or 0) for value in row[1:]] for row in tx.execute(sums.group_by(Activity.kind))}
    rows = [[name, *found[kind]] for kind, name in KINDS.items() if kind in found]
    columns = ["种类", "次数（次）", "企业（家）", "人数（人次）", "资料（份）"]
    return "会议培训演练宣传", "本期登记的活动，人数为各次之和", columns, rows
