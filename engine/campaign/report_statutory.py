"""The fixed forms: A, 12 columns year to month by sector with check sums; B, the inspections; C, the fast report."""

from collections.abc import Mapping
from datetime import datetime, time
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from engine.campaign import patrol_facts, report_enforcement
from engine.campaign.case_model import Assignment, Hazard, Measure
from engine.campaign.document_model import Document
from engine.campaign.figures import percent
from engine.campaign.five import FIVE
from engine.campaign.model import Place, Visit
from engine.campaign.report_facts import Window
from engine.campaign.report_model import CitizenReport, Reward
from engine.campaign.report_sight import Sight
from engine.said import Said

COLUMNS = (
    "行业和领域", "1 排查治理单位（家）", "2 一般隐患排查（项）", "3 一般已整改（项）", "4 一般整改率（%）",
    "5 重大隐患排查（项）", "6 重大已整改销号（项）", "7 重大整改率（%）", "8 列入治理计划（项）",
    "9 其中达到“五到位”（项）", "10 挂牌督办（项）", "11 其中省级挂牌（项）", "12 累计落实治理资金（万元）",
)  # fmt: skip
CHECKS = (("3≤2", 3, 2), ("6≤5", 6, 5), ("9≤8", 9, 8), ("10≤5", 10, 5), ("11≤10", 11, 10))
LISTED = "挂牌督办通知书"
SELF = "企业自查"
Table = tuple[str, str, list[str], list[list[Any]]]


def form_a(tx: Session, sight: Sight, span: Window) -> Table:
    """Form A: from the first of January to the end of the month. The last line is the sum; broken check sums are said
    in the words.
    """
    first = datetime.combine(span.period.starts_on.replace(month=1, day=1), time(), span.zone)
    lines: dict[str, list[float]] = {}
    for sector, place in _searched(tx, sight, first, span.upto):
        lines.setdefault(sector, [0] * 13)[1] += bool(place)
    listed = _listed(tx)
    found = select(Hazard, Place.sector).join(Place, Place.id == Hazard.place)
    found = found.where(sight.hazards, Hazard.void_reason.is_(None), Hazard.found_at >= first,
                        Hazard.found_at < span.after, Hazard.found_at <= span.now)  # fmt: skip
    for hazard, sector in tx.execute(found):
        line = lines.setdefault(sector or "未填", [0] * 13)
        closed = hazard.closed_at is not None and hazard.closed_at < span.after
        line[5 if hazard.is_major else 2] += 1
        line[6 if hazard.is_major else 3] += closed
        if hazard.is_major:
            five = hazard.five or {}
            line[8] += bool(five) and not closed
            line[9] += complete(five) and not closed
            line[10] += hazard.number in listed
            line[11] += "省" in listed.get(hazard.number, "")
            line[12] += funds(five)
    rows = [_line(sector, lines[sector]) for sector in sorted(lines)]
    rows.append(_line("合计", [sum(values) for values in zip(*lines.values(), strict=True)] if lines else [0] * 13))
    broken = [f"{row[0]}：{check}" for row in rows for check in checked(row)]
    return "隐患排查治理情况月报表", _words(broken), list(COLUMNS), rows


def form_b(tx: Session, sight: Sight, span: Window) -> Table:
    """Form B, see report_enforcement.py."""
    return report_enforcement.form_b(tx, sight, span, list(_listed(tx)))


def form_c(tx: Session, sight: Sight, span: Window) -> Table:
    """Form C: one line a number; what the records do not hold is left blank for the person who reports."""
    found = tx.execute(
        select(Hazard.source, Hazard.is_major, Hazard.closed_at, Hazard.number).where(
            sight.hazards, Hazard.void_reason.is_(None), Hazard.found_at >= span.first, Hazard.found_at < span.after,
            Hazard.found_at <= span.now,
        )
    ).all()  # fmt: skip
    listed = _listed(tx)
    own = [row for row in found if row.source == SELF]
    others = [row for row in found if row.source != SELF]
    marked = [row for row in found if row.number in listed]
    visited = {place for _, place in _searched(tx, sight, span.first, span.upto) if place}
    stops = select(func.count(Measure.id)).join(Hazard, Hazard.number == Measure.hazard).where(
        sight.hazards, Measure.kind.startswith("停"), Measure.opened_at >= span.first,
        Measure.opened_at < span.after)  # fmt: skip
    helped = select(func.count(func.distinct(Visit.place))).join(Place, Place.id == Visit.place).where(
        sight.visits, Visit.kind == "服务指导", Visit.at >= span.first, Visit.at <= span.upto)  # fmt: skip
    paid = select(func.sum(Reward.amount)).join(CitizenReport, CitizenReport.number == Reward.report)
    paid = paid.join(Hazard, Hazard.number == CitizenReport.hazard).where(
        sight.hazards, Reward.voucher != "", Reward.ended_at >= span.first, Reward.ended_at < span.after)  # fmt: skip
    rows = [
        ["检查企业", len(visited), "家"], ["发现隐患", len(found), "项"],
        ["其中重大隐患", sum(row.is_major for row in found), "项"],
        ["部门检查发现", len(others), "项"], ["部门检查发现已整改", _closed(others), "项"],
        ["企业自查发现", len(own), "项"], ["企业自查发现已整改", _closed(own), "项"],
        ["挂牌督办", len(marked), "项"], ["挂牌督办已整改", _closed(marked), "项"],
        ["停产停业、停止使用", tx.scalar(stops) or 0, "家次"], ["帮扶指导企业", tx.scalar(helped) or 0, "家"],
        ["举报奖励", tx.scalar(paid) or 0, "元"], ["行政罚款", "", "万元（由有权部门填报）"],
    ]  # fmt: skip
    return "专项行动快报", "本期数字从记录算出；空格由有权部门填报", ["指标", "数量", "单位"], rows


def _words(broken: list[str]) -> Said:
    zh, en = (
        ("校验不符：" + "；".join(broken), "do not hold: " + "; ".join(broken)) if broken else ("校验相符。", "hold.")
    )
    return Said(
        f"年初至本月。校验：3≤2，6≤5，8≤5−6，9≤8，11≤10≤5；“五到位”只计五落实齐全的。{zh}",
        "From the first of January to the end of the month; the five parts count where all are there."
        f" The sums 3≤2, 6≤5, 8≤5−6, 9≤8, 11≤10≤5 {en}",
    )


def checked(row: list[Any]) -> list[str]:
    """Which check sums a line of Form A breaks."""
    broken = [name for name, less, more in CHECKS if row[less] > row[more]]
    return broken + (["8≤5−6"] if row[8] > row[5] - row[6] else [])


def complete(five: Mapping[str, Any]) -> bool:
    """Whether all of 五落实 are there."""
    return all(five.get(key) not in (None, "") for key in FIVE)


def funds(five: Mapping[str, Any]) -> float:
    """The funds of a plan in 10 000 yuan; text that is no number counts as none."""
    try:
        return max(float(five.get("funds") or 0), 0.0)
    except (TypeError, ValueError):
        return 0.0


def _line(sector: str, values: list[float]) -> list[Any]:
    whole = [int(value) for value in values[:12]]
    whole[4], whole[7] = 0, 0
    return [sector, *whole[1:4], percent(whole[3], whole[2]), *whole[5:7], percent(whole[6], whole[5]), *whole[8:12],
            round(values[12], 2)]  # fmt: skip


def _searched(tx: Session, sight: Sight, first: datetime, upto: datetime) -> set[tuple[str, str]]:
    """Sector and place of every place that was visited or searched itself."""
    query = select(Place.sector, Place.id).join(Visit, Visit.place == Place.id)
    ours = patrol_facts.counting()[0]
    query = query.where(sight.visits, ours, Visit.at >= first, Visit.at <= upto).distinct()
    return {(sector or "未填", place) for sector, place in tx.execute(query)}


def _listed(tx: Session) -> dict[str, str]:
    """Hazards under listed supervision, with the level: a served notice, or the proposal that was answered."""
    query = select(Document.hazard, Document.body).where(
        Document.type == LISTED, Document.issued_at.is_not(None), Document.hazard.is_not(None)
    )
    found = {str(hazard): str((body or {}).get("level", "")) for hazard, body in tx.execute(query)}
    answered = select(Assignment.hazard).where(Assignment.kind == "挂牌提请", Assignment.answered_at.is_not(None))
    return {**dict.fromkeys(tx.scalars(answered), ""), **found}


def _closed(rows: list[Any]) -> int:
    return sum(row.closed_at is not None for row in rows)
