"""The dossier of a major hazard (一患一档): all that the records hold of it in one piece, and which parts are still
missing.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine.app import App
from engine.bpm.model import Task
from engine.bpm.paging import MAX_SIZE
from engine.bpm.viewer import Viewer
from engine.campaign import (
    assignments,
    clock_rules,
    deadlines,
    documents,
    events,
    evidence,
    hazard_views,
    hazards,
    listing_operators,
    measures,
    told,
    transfers,
)
from engine.campaign.case_model import Assignment, Evidence, Finding, Hazard, Recheck, Rung
from engine.campaign.deadline_views import DeadlineView
from engine.campaign.document_model import Document, DocumentServing
from engine.campaign.five import FIVE
from engine.campaign.hazard_views import HazardView
from engine.campaign.model import Place
from engine.campaign.sight import seen
from engine.campaign.transfer_views import TransferView
from engine.errors import Conflict

REPORT, PLAN, LISTING, NOTICE = "E4", "T53", "挂牌提请", "重大事故隐患告知书"
TOLD = "安全生产治本攻坚三年行动方案（示例规则，需法制审核）"
INNER = ("同日报告", "挂牌督办提请", "部门处理结果")  # parts that are between authorities: an enterprise is not told


@dataclass(frozen=True, slots=True)
class Part:
    """One part of a dossier: whether it is there, since when, and what it says or lacks; ``clause`` asks for it."""

    title: str
    present: bool
    at: datetime | None
    text: str
    clause: str


@dataclass(frozen=True, slots=True)
class CheckView:
    """One re-inspection."""

    no: int
    at: datetime
    passed: bool
    opinion: str


@dataclass(frozen=True, slots=True)
class Dossier:
    """Everything about one major hazard that this viewer may see; the lists are those of the other routes."""

    made_at: datetime
    hazard: HazardView
    complete: bool
    parts: list[Part]
    deadlines: list[DeadlineView]
    papers: list[assignments.AssignmentView]
    transfers: list[TransferView]
    measures: list[measures.MeasureView]
    rechecks: list[CheckView]
    documents: list[Any]
    files: list[evidence.EvidenceView]
    story: list[events.CaseEvent]


def show(app: App, number: str, *, viewer: Viewer) -> Dossier:
    """The dossier of a hazard that is or may be a major one. Raises NotFound, Conflict for any other hazard."""
    now = app.clock()
    with app.reading() as tx:
        row = seen(tx, number, viewer)
        if not row.is_major and row.major_status != "疑似":
            raise Conflict(
                f"隐患 {number} 不是重大隐患，没有一患一档；请看隐患本身的时限、文书和经过。",
                en=f"Hazard {number} is no major one; it has no dossier.",
            )
        parts = _parts(tx, app, row)
        complete = all(part.present for part in parts)
        parts = [part for part in parts if part.title not in INNER] if told.is_party(tx, viewer) else parts
        checks = [
            CheckView(each.no, each.at, each.passed, each.opinion)
            for each in tx.scalars(select(Recheck).where(Recheck.hazard == number).order_by(Recheck.no))
        ]
    about: dict[str, Any] = {"viewer": viewer}
    return Dossier(
        made_at=now, hazard=hazards.show(app, number, **about), complete=complete,
        parts=parts, deadlines=deadlines.list_deadlines(app, number, **about),
        papers=assignments.list_assignments(app, number, **about),
        transfers=list(transfers.list_transfers(app, viewer, hazard=number, size=MAX_SIZE).items),
        measures=measures.list_measures(app, number, **about), rechecks=checks,
        documents=list(documents.list_documents(app, viewer, hazard=number, size=MAX_SIZE).items),
        files=evidence.list_evidence(app, number, **about), story=events.list_events(app, number, **about),
    )  # fmt: skip


def _parts(tx: Session, app: App, row: Hazard) -> list[Part]:
    """What belongs into every dossier of a major hazard (示例规则，需法制审核)."""
    papers = tx.scalars(select(Assignment).where(Assignment.hazard == row.number).order_by(Assignment.id)).all()
    return [
        _judged(tx, row), _reported(tx, app, row), _told(tx, row, app.clock()),
        _noted(tx, row, "临时管控", "尚未登记临时管控措施", "安全生产事故隐患排查治理暂行规定第十六条"),
        _planned(tx, app, row),
        _noted(tx, row, "方案确认", "部门尚未确认治理方案", "安全生产事故隐患排查治理暂行规定第十五条"),
        _listed(papers), *_listing(tx, row), _answered(papers),
        _photographed(tx, row), _rechecked(tx, row), _approved(tx, row),
        _closed(app, row),
    ]  # fmt: skip


def _closed(app: App, row: Hazard) -> Part:
    kept = hazard_views.kept_until(app, row)
    text = f"{row.closure_no}，档案保存至 {kept}（T59）" if kept else row.closure_no or "尚未销号"
    return Part("销号", kept is not None, row.closed_at, text, "安全生产事故隐患排查治理暂行规定第二十三条")


def _judged(tx: Session, row: Hazard) -> Part:
    at = _done(tx, row, "judge_major") or _done(tx, row, "classify")
    return Part(
        "判定依据",
        row.is_major,
        at if row.is_major else None,
        row.reason or "尚未判定",
        "安全生产法第一百一十八条第二款",
    )


def _reported(tx: Session, app: App, row: Hazard) -> Part:
    """Reported on the day it was found (T52), which the chain does as soon as it is known to be major."""
    limit = clock_rules.due(app, "T52", row.found_at)
    reported = select(Rung).where(Rung.hazard == row.number, Rung.step == REPORT).order_by(Rung.id)
    rung = tx.scalars(reported.limit(1)).one_or_none()
    if rung is None:
        return Part("同日报告", False, None, f"应在 {limit.last_day} 内上报", limit.clock.clause)
    late = "按时" if rung.at < limit.due_at else f"超过 {limit.last_day} 当日上报的期限"
    return Part("同日报告", True, rung.at, f"{late}：{rung.document}", limit.clock.clause)


def _told(tx: Session, row: Hazard, now: datetime) -> Part:
    """The head and the controller of the enterprise were told, with proof: served by a receipt that names them."""
    place = tx.get_one(Place, row.place)
    served = select(Document.id).where(
        Document.hazard == row.number, Document.type == NOTICE, Document.served_at <= now, Document.voided_at.is_(None)
    )
    rows = tx.scalars(select(DocumentServing).where(DocumentServing.document.in_(served))).all()
    reached = " ".join(f"{one.recipient} {one.signed_by}" for one in rows)
    people = {"主要负责人": place.head, "实际控制人": place.actual_controller}
    lacking = [title for title, name in people.items() if not name or name not in reached]
    text = f"尚未送达{'、'.join(lacking)}" if lacking else "主要负责人、实际控制人均已送达"
    at = max((one.at for one in rows), default=None)
    return Part("告知主要负责人、实际控制人", not lacking, None if lacking else at, text, TOLD)


def _planned(tx: Session, app: App, row: Hazard) -> Part:
    limit = clock_rules.due(app, PLAN, row.found_at)
    given = row.five or {}
    lacking = [name for key, name in FIVE.items() if given.get(key) in (None, "")]
    found = select(Finding).where(Finding.hazard == row.number, Finding.kind == deadlines.PLAN).order_by(Finding.id)
    plan = tx.scalars(found.limit(1)).one_or_none()
    if plan is None or lacking:
        text = f"缺{'、'.join(lacking)}；应在 {limit.last_day} 以前提交"
        return Part("治理方案（五落实）", False, None, text, limit.clock.clause)
    late = "按时提交" if plan.at < limit.due_at else f"超过 {limit.last_day} 的期限提交"
    return Part("治理方案（五落实）", True, plan.at, late, limit.clock.clause)


def _noted(tx: Session, row: Hazard, kind: str, lacking: str, clause: str) -> Part:
    found = select(Finding).where(Finding.hazard == row.number, Finding.kind == kind).order_by(Finding.id.desc())
    fact = tx.scalars(found.limit(1)).one_or_none()
    return Part(kind, fact is not None, fact.at if fact else None, fact.text if fact else lacking, clause)


def _listed(papers: Sequence[Assignment]) -> Part:
    found = next((paper for paper in papers if paper.kind == LISTING), None)
    text = found.number if found else "尚未提请"
    return Part("挂牌督办提请", found is not None, found.sent_at if found else None, text, "安全生产法第四十一条第三款")


def _listing(tx: Session, row: Hazard) -> list[Part]:
    """What a listing asks for; nothing while it is not listed."""
    paper = listing_operators.listed(tx, row.number)
    if paper is None:
        return []
    clause = "青岛市“3+X”挂牌督办办法（外地规定，参照；示例规则，需法制审核）"
    over = paper.answered_at is not None
    return [
        Part("挂牌督办", True, paper.sent_at, f"{paper.number}：{paper.reason}", clause),
        _noted(tx, row, "挂牌公布", "尚未公布挂牌督办", clause),
        _noted(tx, row, "挂牌上报", "尚未上报挂牌督办", clause),
        Part("摘牌", over, paper.answered_at, paper.answer if over else "尚未摘牌", clause),
    ]


def _answered(papers: Sequence[Assignment]) -> Part:
    sent = [paper for paper in papers if paper.kind in ("移交", "停用提请")]
    found = next((paper for paper in reversed(sent) if paper.answered_at), None)
    text = found.answer if found else ("部门尚未答复" if sent else "尚未移交部门")
    return Part("部门处理结果", found is not None, found.answered_at if found else None, text, "安全生产法第六十九条")


def _photographed(tx: Session, row: Hazard) -> Part:
    kinds = select(Evidence.kind).where(Evidence.hazard == row.number)
    held = set(tx.scalars(kinds))
    lacking = [name for kind, name in (("photo_before", "整改前"), ("photo_after", "整改后")) if kind not in held]
    return Part("整改前后照片", not lacking, None, f"缺{'、'.join(lacking)}照片" if lacking else "齐全", "本地规则")


def _rechecked(tx: Session, row: Hazard) -> Part:
    last = tx.scalars(select(Recheck).where(Recheck.hazard == row.number).order_by(Recheck.no.desc()).limit(1))
    check = last.one_or_none()
    text = (f"第 {check.no} 次复查{'合格' if check.passed else '不合格'}") if check else "尚未复查"
    clause = "安全生产事故隐患排查治理暂行规定第二十三条"
    return Part("复查结论", check is not None and check.passed, check.at if check else None, text, clause)


def _approved(tx: Session, row: Hazard) -> Part:
    at = _done(tx, row, "approve_closure")
    clause = "安全生产事故隐患排查治理暂行规定第二十三条"
    return Part("部门审核把关", at is not None, at, "部门已审核" if at else "部门尚未审核", clause)


def _done(tx: Session, row: Hazard, element: str) -> datetime | None:
    done = select(Task.ended_at).where(
        Task.instance_id == row.instance_id, Task.element == element, Task.status == "completed"
    )
    return tx.scalar(done.order_by(Task.ended_at.desc()).limit(1))
