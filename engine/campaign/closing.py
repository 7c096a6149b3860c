"""The end of a hazard: what is still missing before it may be closed (part of D8), closing, and voiding."""

from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from engine.app import App
from engine.bpm.model import Task
from engine.campaign import assignments, deadlines, documents
from engine.campaign.case_model import Assignment, Hazard, Measure, Recheck
from engine.campaign.numbers import next_number
from engine.campaign.report_model import CitizenReport

FIVE = {"measures": "措施", "responsible": "责任人", "funds": "资金", "limit": "时限", "plan": "预案"}


def missing(tx: Session, app: App, hazard: Hazard) -> list[str]:
    """What stands against closing, one sentence each; empty when nothing does (示例规则，需法制审核)."""
    found = [
        f"{row.kind}措施尚未解除"
        for row in tx.scalars(select(Measure).where(Measure.hazard == hazard.number, Measure.lifted_at.is_(None)))
    ]
    if hazard.local_level in ("一般", "较大", "重大") and not _passed(tx, hazard):
        found.append("最近一次复查不合格或尚未复查")
    if hazard.is_major:
        given = hazard.five or {}
        lacking = [name for key, name in FIVE.items() if given.get(key) in (None, "")]
        found += [f"五落实不完整，缺{'、'.join(lacking)}"] if lacking else []
    transfers = select(Assignment).where(
        Assignment.hazard == hazard.number, Assignment.kind == "移交", Assignment.closed_at.is_(None)
    )
    found += [f"移交函 {row.number} 尚未答复" for row in tx.scalars(transfers)]
    reports = select(CitizenReport.number).where(
        CitizenReport.hazard == hazard.number, CitizenReport.replied_at.is_(None)
    )
    found += [f"群众举报 {number} 尚未答复举报人" for number in tx.scalars(reports)]
    return found + documents.unfinished(tx, app, hazard)


def close(tx: Session, app: App, hazard: Hazard, opinion: str, now: datetime) -> None:
    """Write the closure with its number; open deadlines and papers end with it."""
    year = now.astimezone(app.zone).year
    hazard.closed_at, hazard.closure_opinion = now, opinion
    hazard.closure_no = f"青街安销〔{year}〕{next_number(tx, f'青街安销-{year}')}号"
    deadlines.close_in(tx, deadlines.of_hazard(hazard.number), now, done_at=handed_in_at(tx, hazard))
    assignments.close_all(tx, hazard.number, now)


def handed_in_at(tx: Session, hazard: Hazard) -> datetime | None:
    """When the fix was handed in that now waits for us; None while it is being worked on, and for a fix on the spot."""
    work = (Task.instance_id == hazard.instance_id) & (Task.element == "rectify")
    if tx.scalar(select(Task.id).where(work, Task.status == "open").limit(1)) is not None:
        return None
    return tx.scalar(select(func.max(Task.ended_at)).where(work, Task.status == "completed"))


def void(tx: Session, hazard: Hazard, reason: str, now: datetime) -> None:
    """End a hazard that was none; its deadlines become void."""
    hazard.closed_at, hazard.void_reason = now, reason
    deadlines.close_in(tx, deadlines.of_hazard(hazard.number), now, state=deadlines.VOID)
    assignments.close_all(tx, hazard.number, now)


def _passed(tx: Session, hazard: Hazard) -> bool:
    last = select(Recheck.passed).where(Recheck.hazard == hazard.number).order_by(Recheck.no.desc()).limit(1)
    return bool(tx.scalar(last))
