"""What the record of an inspection found wrong and nobody has registered as a hazard yet: until then nothing that its
papers start runs about it. A finding is settled by a hazard of the visit with its text, by naming the hazard it belongs
to, or by saying why it is none.
"""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine.app import App
from engine.bpm.viewer import Viewer
from engine.campaign import inspection_lock, inspection_papers, visits
from engine.campaign.case_model import Hazard
from engine.campaign.model import Visit
from engine.campaign.registers_model import Inspection
from engine.campaign.sight import seen
from engine.campaign.visits import VisitView
from engine.errors import Conflict, Invalid, NotAllowed, NotFound


def follow(tx: Session, visit: int | None) -> None:
    """Count again which findings of an inspection have no hazard: filed, or a hazard of it registered or void."""
    tx.flush()
    inspection = inspection_lock.hold(tx, visit)
    if inspection is not None and inspection.recorded_at is not None:
        inspection.unregistered = _open(tx, tx.get_one(Visit, inspection.visit), inspection)
        tx.flush()


def voided(tx: Session, hazard: Hazard, held: Sequence[Inspection]) -> None:
    """Count again where a hazard that was none had settled a finding: on its own visit and where it was named;
    ``held`` are the inspections of its place, locked before it ended.
    """
    for row in held:
        if row.visit == hazard.visit or any(one["hazard"] == hazard.number for one in row.settled.values()):
            follow(tx, row.visit)


def settle(app: App, id: int, no: int, *, hazard: str | None, reason: str, viewer: Viewer) -> VisitView:
    """Say of finding ``no`` (1 is the first) to which ``hazard`` of its place it belongs, or with a ``reason`` that it
    is none; the last word counts. Raises NotFound (visit, finding), NotAllowed (none of its officers), Invalid,
    Conflict (the record is not filed).
    """
    now = app.clock()
    with app.transaction() as tx:
        visit = visits.require(tx, id, viewer)
        inspection = inspection_lock.hold(tx, id)
        if inspection is None or not 1 <= no <= len(visit.findings):
            raise NotFound(f"{id} 号检查没有第 {no} 项情况。", en=f"Inspection {id} has no finding {no}.")
        if not viewer.admin and viewer.name not in inspection.officers:
            raise NotAllowed("只有实施这次检查的人员可以办理。", en="Only its officers settle what was found.")
        if inspection.recorded_at is None:
            raise Conflict("现场检查记录还没有归档。", en="The record is not filed yet.")
        if bool(hazard) == bool(reason.strip()):
            raise _wrong("请写明归到哪件隐患，或者不登记的理由。", "Name the hazard it belongs to, or why it is none.")
        row = seen(tx, hazard, viewer) if hazard else None
        if row is not None and row.place != visit.place:
            raise _wrong(f"隐患 {hazard} 不在同一场所。", f"{hazard} is at another place.")
        if row is not None and row.closed_at is not None:
            raise _wrong(f"隐患 {hazard} 已经销号或者作废，请登记新的隐患。", f"{hazard} has ended.")
        told = _said(hazard, reason, viewer.name, now)
        inspection.settled = {**inspection.settled, str(no): told}
        if row is not None:
            inspection_papers.take(tx, app, id, row, now)
        follow(tx, id)
        return visits.view_of(tx, visit)


def _said(hazard: str | None, reason: str, by: str, now: datetime) -> dict[str, str]:
    return {"hazard": hazard or "", "reason": reason.strip(), "by": by, "at": now.isoformat()}


def _open(tx: Session, visit: Visit, inspection: Inspection) -> list[int]:
    """The numbers of the findings; hazards with other words are one finding each, where there are enough for all."""
    wrong = {no: row for no, row in enumerate(visit.findings, start=1) if row.get("ok") is False}
    belong = {one["hazard"] for one in inspection.settled.values() if one["hazard"]}
    void = set(tx.scalars(select(Hazard.number).where(Hazard.number.in_(belong), Hazard.void_reason.is_not(None))))
    settled = {int(no) for no, one in inspection.settled.items() if one["hazard"] not in void}
    valid = select(Hazard.number, Hazard.text).where(
        Hazard.visit == visit.id, Hazard.void_reason.is_(None), Hazard.finder.in_(inspection.officers)
    )
    texts = {number: text.strip() for number, text in tx.execute(valid)}
    words = {no: str(row.get("text") or row.get("item") or "").strip() for no, row in wrong.items()}
    left = [no for no in wrong if no not in settled and words[no] not in texts.values()]
    spare = [number for number, text in texts.items() if number not in belong and text not in words.values()]
    return [] if len(spare) >= len(left) else left


def _wrong(zh: str, en: str) -> Invalid:
    return Invalid(zh, en=en, problems=[{"field": "hazard", "rule": "finding", "message": zh}])
