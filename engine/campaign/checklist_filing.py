"""Filing the sheets of a visit: each item is answered, or says why it was left out, and then stays as it is.

A patrol files each sheet by itself; the record of an inspection files all of its sheets or is refused.
"""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine.app import App
from engine.bpm.viewer import Viewer
from engine.campaign import checklist_answers
from engine.campaign.checklist_answers import SheetView
from engine.campaign.checklist_model import Sheet
from engine.campaign.model import Visit
from engine.errors import Conflict, Problem
from engine.said import Said

UNANSWERED = Said(
    "还没有填写：请填写，或选“未查”并写明原因", "Not answered: answer it, or say why it was not looked at"
)
UNSEEN = Said("要拍照而没有照片：请拍照，或在备注写明原因", "No photo: take one, or say in the note why not")


def file(app: App, visit: int, key: str, *, revision: int, viewer: Viewer) -> SheetView:
    """File a complete sheet; a second time answers the first. Raises Conflict (items are missing, edited since),
    NotAllowed, NotFound.
    """
    now = app.clock()
    with app.transaction() as tx:
        there = checklist_answers.answerable(tx, visit, viewer)
        sheet = checklist_answers.require(tx, there, key)
        tx.refresh(sheet, with_for_update=True)
        if sheet.filed_at is None:
            if sheet.revision != revision:
                raise Conflict("这份检查清单刚被修改，请刷新后再归档。", en="The sheet was edited since.")
            _file(tx, sheet, viewer, now)
        return checklist_answers.view_of(tx, sheet)


def file_all_in(tx: Session, visit: Visit, viewer: Viewer, now: datetime) -> None:
    """File all sheets of a visit in a running transaction; raises Conflict when one is incomplete."""
    rows = select(Sheet).where(Sheet.visit == visit.id, Sheet.filed_at.is_(None)).order_by(Sheet.key)
    for sheet in tx.scalars(rows.with_for_update()).all():
        _file(tx, sheet, viewer, now)


def _file(tx: Session, sheet: Sheet, viewer: Viewer, now: datetime) -> None:
    shown = checklist_answers.view_of(tx, sheet)
    notes = {item.no: item.note.strip() for item in shown.items}
    problems = [
        Problem(field=str(number), rule=rule, message=message)
        for rule, message, numbers in (
            ("required", UNANSWERED, shown.missing),
            ("photo", UNSEEN,
             [number for number in shown.photos_missing if not notes[number]]),
        )
        for number in numbers
    ]  # fmt: skip
    if problems:
        numbers = "、".join(dict.fromkeys(problem["field"] for problem in problems))
        raise Conflict(
            f"检查清单“{shown.name}”第 {numbers} 项没有填完，不能归档。请填写，或写明没有检查、没有拍照的原因。",
            en=f"Sheet {sheet.key} is incomplete: items {numbers}. Answer them, or say why they were left out.",
            problems=problems,
        )
    sheet.filed_at, sheet.filed_by = now, viewer.name
    tx.flush()
