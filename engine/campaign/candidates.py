"""What people should judge (D11): added by the daily search and by other parts, dismissed with a reason or taken into
a talk. Seen by the emergency office and the discipline office only.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine.app import App
from engine.bpm.viewer import Page, Viewer
from engine.campaign.pages import read_page
from engine.campaign.report_model import Candidate
from engine.errors import Conflict, Invalid, NotAllowed, NotFound, Problem
from engine.said import Said

REASONS = ("未排查", "查不出", "拒不整改", "虚假整改", "未签收", "超期")
EYES = frozenset(("safety_office", "discipline_office"))


@dataclass(frozen=True, slots=True)
class CandidateView:
    """A candidate as it is shown."""

    id: int
    reason: str
    basis: str
    hazard: str | None
    person: str | None
    unit: str | None
    at: datetime
    detail: dict[str, Any]
    decided_at: datetime | None
    decided_by: str
    decision: str
    interview: str | None


def add(
    tx: Session,
    reason: str,
    *,
    hazard: str | None = None,
    person: str | None = None,
    unit: str | None = None,
    at: datetime,
    detail: Mapping[str, Any],
    fact: str | None = None,
    basis: str = "",
) -> Candidate | None:
    """Add a candidate in a running transaction, once for each ``fact`` (without one: for each hazard, reason and
    moment); None when it is there already. Raises Invalid for an unknown reason.
    """
    if reason not in REASONS:
        raise Invalid(f"原因“{reason}”不对，可用：{'、'.join(REASONS)}。", en=f"Unknown reason {reason}.")
    fact = fact or f"{reason}:{hazard}:{person}:{unit}:{at.isoformat()}"
    if tx.scalar(select(Candidate.id).where(Candidate.fact == fact)) is not None:
        return None
    row = Candidate(
        fact=fact, reason=reason, basis=basis, hazard=hazard, person=person, unit=unit, at=at, detail=dict(detail)
    )
    tx.add(row)
    tx.flush()
    return row


def list_candidates(
    app: App, viewer: Viewer, *, open_only: bool = True, page: int = 1, size: int = 50
) -> Page[CandidateView]:
    """Candidates, newest first; raises NotAllowed."""
    must_see(viewer)
    query = select(Candidate).order_by(Candidate.at.desc(), Candidate.id.desc())
    if open_only:
        query = query.where(Candidate.decided_at.is_(None))
    with app.reading() as tx:
        return read_page(tx, query, page, size, view)


def dismiss(app: App, id: int, *, reason: str, viewer: Viewer) -> CandidateView:
    """A person decides that nothing follows. Raises NotAllowed, NotFound, Invalid, Conflict."""
    must_see(viewer)
    if not reason.strip():
        problem = Problem(field="reason", rule="required", message=Said("请填写理由", "Give the reason"))
        raise Invalid("请填写不予追究的理由。", en="Give the reason.", problems=[problem])
    now = app.clock()
    with app.transaction() as tx:
        row = undecided(tx, id)
        row.decided_at, row.decided_by, row.decision = now, viewer.name, reason.strip()
        tx.flush()
        return view(row)


def undecided(tx: Session, id: int) -> Candidate:
    """The locked row of a candidate nobody has decided on; raises NotFound, Conflict."""
    row = tx.scalars(select(Candidate).where(Candidate.id == id).with_for_update()).one_or_none()
    if row is None:
        raise NotFound(f"没有编号为 {id} 的线索。", en=f"There is no candidate {id}.")
    if row.decided_at is not None:
        raise Conflict(f"线索 {id} 已由 {row.decided_by} 处理。", en=f"{row.decided_by} decided on {id} already.")
    return row


def must_see(viewer: Viewer) -> None:
    """Raises NotAllowed for everybody but the two offices and an admin."""
    if not viewer.admin and not viewer.groups & EYES:
        raise NotAllowed(
            "倒查线索只对安全应急办和纪工委开放（决策表 D11，示例规则，需法制审核）。",
            en="Only the emergency office and the discipline office may see this.",
        )


def view(row: Candidate) -> CandidateView:
    """The row as it is shown."""
    return CandidateView(**{name: getattr(row, name) for name in CandidateView.__slots__})
