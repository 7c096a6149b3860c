"""Verbs on the life of a hazard code: its rows, who edited it, where it is used, taking it out of use."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from engine.app import App
from engine.bpm import reasons
from engine.bpm.viewer import Viewer
from engine.campaign import authority, codes, history
from engine.campaign.case_model import Hazard
from engine.campaign.checklist_model import Checklist
from engine.campaign.codes import CodeView
from engine.campaign.model import HazardCode
from engine.errors import Conflict, Invalid, NotFound, Problem
from engine.said import Said

TOO_EARLY = Said("最后生效日不能早于今天和生效日期", "Its last day lies before today or its first day")


@dataclass(frozen=True, slots=True)
class CodeUses:
    """Where a code is used: open hazards and all of them (of everybody), and the checklists in force that name it."""

    open_hazards: int
    hazards: int
    checklists: list[str]


def versions(app: App, code: str, *, viewer: Viewer) -> list[CodeView]:
    """The rows of a code, the newest first; raises NotFound."""
    with app.reading() as tx:
        return [codes.view(row) for row in reversed(_rows(tx, code))]


def changes(app: App, code: str, *, viewer: Viewer) -> list[history.ChangeView]:
    """Who edited a code, when and why, oldest first; raises NotFound."""
    with app.reading() as tx:
        _rows(tx, code)
        return history.of(tx, codes.NOUN, code)


def uses(app: App, code: str, *, viewer: Viewer) -> CodeUses:
    """Where a code is used; raises NotFound."""
    day = app.clock().astimezone(app.zone).date()
    with app.reading() as tx:
        _rows(tx, code)
        mine = select(func.count()).select_from(Hazard).where(Hazard.code == code)
        in_use = select(Checklist).where(
            Checklist.valid_from <= day, Checklist.valid_to.is_(None) | (Checklist.valid_to >= day)
        )
        lists = [row.name for row in tx.scalars(in_use.order_by(Checklist.key)) if _names(row.items, code)]
        still = mine.where(Hazard.closed_at.is_(None), Hazard.void_reason.is_(None))
        return CodeUses(tx.scalar(still) or 0, tx.scalar(mine) or 0, lists)


def retire(app: App, code: str, *, last_day: date, reason: str, viewer: Viewer) -> CodeView:
    """Let a code be in force for the last time on a day, today or later; cases keep the row of their day. Raises
    Conflict (it ends already), Invalid, NotAllowed, NotFound.
    """
    now = app.clock()
    reasons.require(reason)
    with app.transaction() as tx:
        authority.require(tx, viewer, "code.create")
        row = _rows(tx, code)[-1]
        tx.refresh(row, with_for_update=True)
        if row.valid_to is not None:
            raise Conflict(
                f"代码“{code}”已定于 {row.valid_to.isoformat()} 停用。",
                en=f"Code {code} ends on {row.valid_to} already.",
            )
        if last_day < max(now.astimezone(app.zone).date(), row.valid_from):
            problem = Problem(field="last_day", rule="range", message=TOO_EARLY)
            raise Invalid(
                "代码没有停用：最后生效日不能早于今天和生效日期。", en="Not before today.", problems=[problem]
            )
        row.valid_to = last_day
        ended = {"valid_to": last_day}
        history.note(
            tx, codes.NOUN, code, before={"valid_to": None}, after=ended, reason=reason, by=viewer.name, now=now
        )
        return codes.view(row)


def _rows(tx: Session, code: str) -> list[HazardCode]:
    rows = list(tx.scalars(select(HazardCode).where(HazardCode.code == code).order_by(HazardCode.valid_from)))
    if not rows:
        raise NotFound(f"没有隐患代码“{code}”，请从代码表中选择。", en=f"There is no hazard code {code}.")
    return rows


def _names(items: list[Mapping[str, Any]], code: str) -> bool:
    return any(item.get("code") == code for item in items)
