"""Form B, the enforcement check (行政执法检查情况表): one line for each inspection that was filed in the period.

The columns are those of the form as practice knows it [V-code]; what the records do not hold is left blank for the
body with the power.
"""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine.campaign.case_model import Hazard, Measure
from engine.campaign.document_model import Document
from engine.campaign.model import Person, Place, Unit, Visit
from engine.campaign.registers_model import Draw, Inspection, Penalty
from engine.campaign.report_facts import Window
from engine.campaign.report_sight import Sight

COLUMNS = (
    "检查开始", "检查结束", "检查性质", "检查单位", "被检查单位", "场所类型", "统一社会信用代码", "经营地址", "行业",
    "随机抽取", "计划、专项或其他", "整改复查", "举报核实", "违法行为和问题（项）", "一般隐患（项）", "重大隐患（项）",
    "其中挂牌（项）", "现场检查记录", "责令限期改正", "其他文书", "一般已整改（项）", "重大已整改（项）",
    "行政处罚（件）", "停产停业、停止使用（家次）", "提请关闭", "罚款额（万元）", "负责人", "填表人", "填表日期",
)  # fmt: skip
TITLE = "行政执法检查情况表"
RECHECK, SPECIAL = "复查", "行政检查（专项）"
Table = tuple[str, str, list[str], list[list[Any]]]


def form_b(tx: Session, sight: Sight, span: Window, listed: Sequence[str]) -> Table:
    """Form B; ``listed`` are the hazards under listed supervision. The last line is the sum."""
    found = tx.execute(
        select(Inspection, Visit, Place).join(Visit, Visit.id == Inspection.visit).join(Place, Place.id == Visit.place)
        .where(sight.visits, Inspection.recorded_at >= span.first, Inspection.recorded_at < span.after,
               Inspection.recorded_at <= span.now)
        .order_by(Inspection.recorded_at, Inspection.visit)
    ).all()  # fmt: skip
    around = _Around(tx, sight, span, [visit.id for _, visit, _ in found], [place.id for _, _, place in found], listed)
    rows = [around.line(inspection, visit, place) for inspection, visit, place in found]
    sums = [
        sum(values) if all(isinstance(value, int) for value in values) else "" for values in zip(*rows, strict=True)
    ]
    if rows:
        rows.append(["合计", *sums[1:]])
    return TITLE, "本期归档的行政检查，逐次一行；空格由有权部门填报", list(COLUMNS), rows


class _Around:
    """What stands beside the inspections, one query a table."""

    def __init__(
        self, tx: Session, sight: Sight, span: Window, visits: list[int], places: list[str], listed: Sequence[str]
    ) -> None:
        self._span, self._listed = span, set(listed)
        self._units = {row[0]: row[1] for row in tx.execute(select(Unit.code, Unit.name))}
        self._people = {row[0]: row[1] for row in tx.execute(select(Person.name, Person.display_name))}
        self._drawn = set(tx.scalars(select(Draw.number)))
        self._hazards: dict[int, list[Hazard]] = {}
        valid = Hazard.visit.in_(visits), Hazard.void_reason.is_(None), sight.hazards
        for hazard in tx.scalars(select(Hazard).where(*valid).order_by(Hazard.number)):
            self._hazards.setdefault(hazard.visit or 0, []).append(hazard)
        numbers = [hazard.number for rows in self._hazards.values() for hazard in rows]
        stopped = select(Measure.hazard).where(Measure.hazard.in_(numbers), Measure.kind.startswith("停"))
        self._stopped = set(tx.scalars(stopped))
        papers = select(Document.hazard, Document.type).where(
            Document.hazard.in_(numbers), Document.issued_at.is_not(None), Document.issued_at < span.after
        )
        self._papers: dict[str, set[str]] = {}
        for number, type in tx.execute(papers):
            self._papers.setdefault(str(number), set()).add(type)
        fined = Penalty.place.in_(places), Penalty.decided_on >= span.period.starts_on
        self._penalties = list(tx.scalars(select(Penalty).where(*fined, Penalty.decided_on <= span.period.ends_on)))

    def line(self, inspection: Inspection, visit: Visit, place: Place) -> list[Any]:
        """One inspection."""
        hazards = self._hazards.get(visit.id, [])
        major = [one for one in hazards if one.is_major]
        others = [one for one in hazards if not one.is_major]
        papers = sorted({paper for one in hazards for paper in self._papers.get(one.number, ())})
        fined = [
            one
            for one in self._penalties
            if (one.place, one.organ) == (place.id, inspection.unit) and one.decided_on >= inspection.starts_on
        ]
        organs = "、".join(self._units.get(code, code) for code in (inspection.unit, *inspection.units))
        return [
            inspection.starts_on.isoformat(), inspection.ends_on.isoformat(), visit.kind, organs, place.name,
            place.kind, place.uscc, place.address, place.sector, _told(inspection.plan in self._drawn),
            _planned(inspection, visit), _told(visit.kind == RECHECK), _told(inspection.cause == "举报"),
            len(visit.findings), len(others), len(major), sum(one.number in self._listed for one in hazards),
            inspection.record_no or "", inspection.order_no or "否", "、".join(papers), self._fixed(others),
            self._fixed(major), len(fined), sum(one.number in self._stopped for one in hazards), "", "",
            self._people.get(inspection.approved_by or "", ""), self._people.get(visit.created_by, visit.created_by),
            inspection.recorded_at.astimezone(self._span.zone).date().isoformat() if inspection.recorded_at else "",
        ]  # fmt: skip

    def _fixed(self, hazards: list[Hazard]) -> int:
        return sum(one.closed_at is not None and one.closed_at < self._span.after for one in hazards)


def _planned(inspection: Inspection, visit: Visit) -> str:
    if visit.kind == SPECIAL:
        return "专项"
    return "计划" if inspection.plan else "其他"


def _told(yes: bool) -> str:
    return "是" if yes else "否"
