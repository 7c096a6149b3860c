"""Form B, the enforcement check (行政执法检查情况表): one line for each inspection that was filed in the period.

The columns are those of the form as practice knows it [V-code]; what the records do not hold is left blank for the
body with the power.
"""

from collections.abc import Sequence
from datetime import datetime, time
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine.campaign import heads, penalties
from engine.campaign.case_model import Hazard, Measure
from engine.campaign.document_model import Document
from engine.campaign.model import Person, Place, Unit, Visit
from engine.campaign.registers_model import Change, Draw, Inspection, Penalty
from engine.campaign.report_facts import Window
from engine.campaign.report_sight import Sight

PAPERS = {
    "现场处理措施决定书": ("现场处理措施决定书",), "整改复查意见书": ("整改复查意见书",),
    "查封扣押决定书": ("查封扣押决定书", "强制措施决定书"), "立案审批表": ("立案审批表",),
    "处罚决定书（单位）": ("行政处罚决定书（单位）", "当场行政处罚决定书（单位）"),
    "处罚决定书（个人）": ("行政处罚决定书（个人）", "当场行政处罚决定书（个人）"),
}  # columns of documents issued: yes or no  # fmt: skip
COLUMNS = (
    "检查开始", "检查结束", "检查性质", "检查单位", "被检查单位", "场所类型", "统一社会信用代码", "管理分类",
    "注册地址", "经营地址", "行业", "行业门类", "行业大类", "行业中类", "行业小类", "随机抽取",
    "计划、专项或其他", "整改复查", "举报核实", "违法行为和问题（项）", "一般隐患（项）", "重大隐患（项）",
    "其中挂牌（项）", "现场检查记录", "责令限期改正", *PAPERS, "其他文书", "违法行为和问题已整改（项）",
    "一般已整改（项）", "重大已整改（项）", "行政处罚（件）", "其中处罚单位（件）", "其中处罚主要负责人（件）",
    "停产停业、停止使用（家次）", "提请关闭", "实际关闭", "罚款额（万元）", "实收（万元）", "负责人", "填表人",
    "填表日期",
)  # fmt: skip
FOOT = (
    "本期归档的行政检查，逐次一行。管理分类填风险等级；提请关闭按安全生产法第一百一十三条计数，“应提请”是建议；实际关闭按场所状态的修改记录；"
    "行政处罚、罚款、实收按登记的处罚决定，没有登记金额的留空。注册地址，行业门类、大类、中类、小类，违法行为和问题的整改项数，"
    "系统没有这些记录，留空由有权部门填报。"
)
TITLE = "行政执法检查情况表"
CLOSED = ("关闭", "拆除")
ORDER = "责令限期整改指令书"
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
    if rows:
        rows.append(["合计", *(_sum(values) for values in list(zip(*rows, strict=True))[1:])])
    return TITLE, FOOT, list(COLUMNS), rows


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
        papers = select(Document.hazard, Document.place, Document.organ, Document.type, Document.issued_at).where(
            Document.hazard.in_(numbers) | Document.place.in_(places), Document.issued_at < span.after,
            Document.voided_at.is_(None),
        )  # fmt: skip
        self._papers = tx.execute(papers).all()
        orders = select(Document.inspection, Document.number, Document.voided_at).where(
            Document.inspection.in_(visits), Document.type == ORDER, Document.number.is_not(None)
        )
        drawn_up = tx.execute(orders).all()
        self._ordered = {visit: number or "" for visit, number, voided_at in drawn_up if voided_at is None}
        self._void = {number for _, number, voided_at in drawn_up if voided_at is not None}
        closed = select(Change.key, Change.at, Change.after).where(
            Change.noun == "place", Change.key.in_(places), Change.at < span.after
        )
        self._closed = [(key, at) for key, at, after in tx.execute(closed) if after.get("status") in CLOSED]
        day = min(span.period.ends_on, span.day(span.now))
        punished = select(Penalty.place).where(Penalty.place.in_(places)).distinct()
        self._to_close = {place for place in tx.scalars(punished).all() if penalties.on_day(tx, place, day).advice}
        fined = Penalty.place.in_(places), Penalty.decided_on >= span.period.starts_on
        self._penalties = list(tx.scalars(select(Penalty).where(*fined, Penalty.decided_on <= span.period.ends_on)))

    def line(self, inspection: Inspection, visit: Visit, place: Place) -> list[Any]:
        """One inspection."""
        hazards = self._hazards.get(visit.id, [])
        major = [one for one in hazards if one.is_major]
        others = [one for one in hazards if not one.is_major]
        papers = self._issued(inspection, place, {one.number for one in hazards})
        others_issued = papers - {type for types in PAPERS.values() for type in types}
        fined = [
            one
            for one in self._penalties
            if (one.place, one.organ) == (place.id, inspection.unit) and one.decided_on >= inspection.starts_on
        ]
        organs = "、".join(self._units.get(code, code) for code in (inspection.unit, *inspection.units))
        return [
            inspection.starts_on.isoformat(), inspection.ends_on.isoformat(), visit.kind, organs, place.name,
            place.kind, place.uscc, place.risk_level, "", place.address, place.sector, "", "", "", "",
            _told(inspection.plan in self._drawn),
            _planned(inspection, visit), _told(visit.kind == RECHECK), _told(inspection.cause == "举报"),
            len(visit.findings), len(others), len(major), sum(one.number in self._listed for one in hazards),
            inspection.record_no or "", self._order(inspection),
            *(_told(not papers.isdisjoint(types)) for types in PAPERS.values()), "、".join(sorted(others_issued)), "",
            self._fixed(others), self._fixed(major), len(fined), sum(one.party == "单位" for one in fined),
            sum(one.party == "主要负责人" for one in fined), sum(one.number in self._stopped for one in hazards),
            "应提请" if place.id in self._to_close else "否", _told(self._shut(place, inspection)),
            _yuan([one.fine for one in fined]), _yuan([one.paid for one in fined]),
            self._approved(inspection), self._people.get(visit.created_by, visit.created_by),
            inspection.recorded_at.astimezone(self._span.zone).date().isoformat() if inspection.recorded_at else "",
        ]  # fmt: skip

    def _approved(self, inspection: Inspection) -> str:
        """Who approved it, and for which head by what mandate."""
        name, head = (self._people.get(login or "", "") for login in (inspection.approved_by, inspection.approved_for))
        return heads.in_words(name, head, inspection.approved_mandate) if inspection.approved_mandate else name

    def _issued(self, inspection: Inspection, place: Place, numbers: set[str]) -> set[str]:
        """Types of what was issued about the hazards found, or by the same body to the place since the inspection."""
        first = datetime.combine(inspection.starts_on, time(), self._span.zone)
        return {
            paper.type
            for paper in self._papers
            if paper.hazard in numbers
            or (paper.place == place.id and paper.organ == inspection.unit and paper.issued_at >= first)
        }

    def _order(self, inspection: Inspection) -> str:
        """The number of its order; where its paper was voided, that of the one drawn up anew, if any."""
        own = inspection.order_no if inspection.order_no not in self._void else None
        return own or self._ordered.get(inspection.visit) or "否"

    def _shut(self, place: Place, inspection: Inspection) -> bool:
        first = datetime.combine(inspection.starts_on, time(), self._span.zone)
        return place.status in CLOSED and any(key == place.id and at >= first for key, at in self._closed)

    def _fixed(self, hazards: list[Hazard]) -> int:
        return sum(one.closed_at is not None and one.closed_at < self._span.after for one in hazards)


def _yuan(amounts: Sequence[int | None]) -> float | str:
    """Their sum in 10 000 yuan; blank when none is told."""
    told = [amount for amount in amounts if amount is not None]
    return round(sum(told) / 10_000, 4) if told else ""


def _sum(values: Sequence[Any]) -> Any:
    """The sum of a column of numbers, blanks left out; blank for one of words."""
    numbers = [value for value in values if value != ""]
    if not numbers or not all(isinstance(value, int | float) for value in numbers):
        return ""
    return round(sum(numbers), 4)


def _planned(inspection: Inspection, visit: Visit) -> str:
    if visit.kind == SPECIAL:
        return "专项"
    return "计划" if inspection.plan else "其他"


def _told(yes: bool) -> str:
    return "是" if yes else "否"
