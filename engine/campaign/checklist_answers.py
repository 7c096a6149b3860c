"""Verbs on the sheets of a visit: take a checklist along, answer its items bit by bit. The version is that of the
visit's day; every edit is kept. A "no" proposes a hazard, see checklist_proposals.py.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine.app import App
from engine.bpm.viewer import Viewer
from engine.campaign import authority, checklist_sheets, evidence, history, pictures, visits, wording
from engine.campaign.checklist_model import Answer, Checklist, Sheet
from engine.campaign.model import Visit
from engine.campaign.registers_model import Inspection
from engine.errors import Conflict, NotAllowed, NotFound
from engine.said import Said

NOUN = "sheet"
ANSWERS = {"yes": "是", "no": "否", "na": "不适用", "left": "未查"}
LEFT = "left"  # not looked at; the note says why
PROPOSED = "proposed"
MOST_PHOTOS = 20


@dataclass(frozen=True, slots=True)
class ItemView:
    """One item with its answer; ``answer`` is yes, no, na, left or None when it is still open. ``proposal`` is the id
    under which a "no" is decided, ``state`` proposed, registered or dismissed.
    """

    no: int
    question: str
    code: str
    clause: str
    photo: bool
    answer: str | None
    note: str
    photos: list[str]
    answered_at: datetime | None
    answered_by: str | None
    proposal: int | None
    state: str | None
    hazard: str | None
    pictures: list[pictures.PictureView]  # how it is right and wrong


@dataclass(frozen=True, slots=True)
class SheetView:
    """A checklist on a visit as it is shown: ``missing`` are the items without an answer, ``photos_missing`` those that
    want a photo and have none.
    """

    visit: int
    key: str
    version: int
    name: str
    legal_note: str
    revision: int
    opened_at: datetime
    opened_by: str
    filed_at: datetime | None
    filed_by: str | None
    items: list[ItemView]
    missing: list[int]
    photos_missing: list[int]


def list_sheets(app: App, visit: int, *, viewer: Viewer) -> list[SheetView]:
    """The checklists of one visit, by key; raises NotFound, also when the viewer may not see the visit."""
    with app.reading() as tx:
        there = visits.require(tx, visit, viewer)
        rows = tx.scalars(select(Sheet).where(Sheet.visit == there.id).order_by(Sheet.key)).all()
        return [view_of(tx, row) for row in rows]


def changes(app: App, visit: int, key: str, *, viewer: Viewer) -> list[history.ChangeView]:
    """Who answered what and when, oldest first; raises NotFound."""
    with app.reading() as tx:
        return history.of(tx, NOUN, str(require(tx, visits.require(tx, visit, viewer), key).id))


def open_sheet(app: App, visit: int, key: str, *, viewer: Viewer) -> SheetView:
    """Take a checklist along on a visit; a second time answers the one that is there. Raises Conflict (not checked in,
    or the record is filed), NotAllowed (was not there), NotFound.
    """
    now = app.clock()
    with app.transaction() as tx:
        there = answerable(tx, visit, viewer)
        day = there.at.astimezone(app.zone).date()
        return view_of(tx, checklist_sheets.open_in(tx, there.id, key, day=day, by=viewer.name, now=now))


def save(
    app: App, visit: int, key: str, answers: Sequence[Mapping[str, Any]], *, revision: int, viewer: Viewer
) -> SheetView:
    """Write some answers ``{no, answer, note, photos}`` (``answer`` of ANSWERS, ``photos`` ids of uploads); the other
    items stay as they are. The same answers again change nothing, whatever ``revision`` was read.

    Raises Conflict (edited since, decided already, record filed), Invalid, NotAllowed, NotFound.
    """
    now = app.clock()
    with app.transaction() as tx:
        there = answerable(tx, visit, viewer)
        sheet = require(tx, there, key)
        tx.refresh(sheet, with_for_update=True)
        if sheet.filed_at is not None:
            raise Conflict("这份检查清单已经归档，不能再改。", en="The sheet is filed; it stays as it is.")
        given = [{"note": "", "photos": [], **answer} for answer in answers]
        kept = {row.no: row for row in _answers(tx, sheet)}
        _check(tx, there, sheet, given, kept)
        changed = [answer for answer in given if answer["no"] not in kept or _content(kept[answer["no"]]) != answer]
        if not changed:
            return view_of(tx, sheet)
        before = {str(answer["no"]): _content(kept[answer["no"]]) for answer in changed if answer["no"] in kept}
        after = {str(answer["no"]): answer for answer in changed}
        history.change(
            tx, sheet, NOUN, str(sheet.id), {}, revision=revision, by=viewer.name, now=now, beside=(before, after)
        )
        for answer in changed:
            _write(tx, sheet, kept.get(answer["no"]), answer, viewer, now)
        tx.flush()
        return view_of(tx, sheet)


def _write(
    tx: Session, sheet: Sheet, row: Answer | None, answer: Mapping[str, Any], viewer: Viewer, now: datetime
) -> None:
    if row is not None and row.state not in (None, PROPOSED):
        raise Conflict(
            f"第 {row.no} 项的“否”已经处理（{row.hazard or row.reason}），不能再改。",
            en=f"Item {row.no} is decided already ({row.hazard or 'dismissed'}).",
        )
    evidence.attach_to_visit(tx, [id for id in answer["photos"] if id not in (row.photos if row else ())], sheet.visit,
                             viewer)  # fmt: skip
    row = row or Answer(sheet=sheet.id, no=answer["no"], reason="")
    row.answer, row.note, row.photos = answer["answer"], answer["note"], list(answer["photos"])
    row.answered_at, row.answered_by = now, viewer.name
    row.state = PROPOSED if row.answer == "no" else None
    tx.add(row)


def _check(
    tx: Session, visit: Visit, sheet: Sheet, given: Sequence[Mapping[str, Any]], kept: Mapping[int, Answer]
) -> None:
    known = {item["no"] for item in tx.get_one(Checklist, sheet.checklist).items}
    numbers = [answer["no"] for answer in given]
    others = [id for no, row in kept.items() if no not in numbers for id in row.photos]
    photos = others + [id for answer in given for id in answer["photos"]]
    order = next((found[0] for answer in given if (found := wording.ORDERING.search(answer["note"]))), None)
    visits.refuse(
        (not given, "answers", "required", Said("请至少填写一项", "Answer one item at least")),
        (len(set(numbers)) < len(numbers), "no", "unique", Said("同一项只能填写一次", "Answer each item once")),
        (not set(numbers) <= known, "no", "choice",
         Said(f"检查项编号为 1 到 {max(known)}", f"Items are 1 to {max(known)}")),
        (any(answer["answer"] not in ANSWERS for answer in given), "answer", "choice",
         Said("请选择 yes、no、na 或 left", "Choose yes, no, na or left")),
        (any(answer["answer"] == LEFT and not answer["note"].strip() for answer in given), "note", "required",
         Said("没有检查的项请写明原因", "Say why an item was not looked at")),
        (any(len(answer["photos"]) > MOST_PHOTOS for answer in given), "photos", "length",
         Said(f"每项最多 {MOST_PHOTOS} 张照片", f"{MOST_PHOTOS} photos an item at most")),
        (len(set(photos)) < len(photos), "photos", "unique", Said("一张照片只能用于一项", "A photo is of one item")),
        (visit.track == "A" and order is not None, "note", "wording",
         wording.no_order(order or "")),
    )  # fmt: skip


def answerable(tx: Session, id: int, viewer: Viewer) -> Visit:
    """The visit, when the viewer was there and its record is not filed. Raises Conflict, NotAllowed, NotFound."""
    visit = visits.require(tx, id, viewer)
    authority.require(tx, viewer, "checklist.answer")
    if not viewer.admin and viewer.name not in {*visit.people, visit.leader, visit.created_by}:
        raise NotAllowed(
            f"您不是 {id} 号走访检查的到场人员，只能查看检查清单。",
            en=f"You were not on visit {id}; you may only read.",
        )
    inspection = tx.get(Inspection, visit.id)
    if inspection is not None and inspection.checked_in_at is None:
        raise Conflict("还没有扫码入企，不能填写检查清单。", en="Check in first.")
    if inspection is not None and inspection.recorded_at is not None:
        raise Conflict("现场检查记录已经归档，检查清单不能再改。", en="The record is filed; the checklist stays.")
    return visit


def require(tx: Session, visit: Visit, key: str) -> Sheet:
    """The row of this checklist on a visit; raises NotFound."""
    row = tx.scalars(select(Sheet).where(Sheet.visit == visit.id, Sheet.key == key)).one_or_none()
    if row is None:
        raise NotFound(
            f"{visit.id} 号走访检查没有带检查清单“{key}”，请先选择清单。",
            en=f"Visit {visit.id} has no checklist {key}.",
        )
    return row


def _answers(tx: Session, sheet: Sheet) -> list[Answer]:
    return list(tx.scalars(select(Answer).where(Answer.sheet == sheet.id).order_by(Answer.no)))


def _content(row: Answer) -> dict[str, Any]:
    return {"no": row.no, "answer": row.answer, "note": row.note, "photos": list(row.photos)}


def view_of(tx: Session, sheet: Sheet) -> SheetView:
    """The sheet as it is shown."""
    version = tx.get_one(Checklist, sheet.checklist)
    kept = {row.no: row for row in _answers(tx, sheet)}
    shown = pictures.of_items(tx, sheet.key, [(item["code"], item["question"]) for item in version.items])
    items = [_item(item, kept.get(item["no"]), found) for item, found in zip(version.items, shown, strict=True)]
    return SheetView(
        visit=sheet.visit, key=sheet.key, version=version.version, name=version.name, legal_note=version.legal_note,
        revision=sheet.revision, opened_at=sheet.opened_at, opened_by=sheet.opened_by, filed_at=sheet.filed_at,
        filed_by=sheet.filed_by, items=items,
        missing=[item.no for item in items if item.answer is None],
        photos_missing=[item.no for item in items if item.photo and item.answer in ("yes", "no") and not item.photos],
    )  # fmt: skip


def _item(item: Mapping[str, Any], row: Answer | None, shown: list[pictures.PictureView]) -> ItemView:
    if row is None:
        return ItemView(
            **item, answer=None, note="", photos=[], answered_at=None, answered_by=None, proposal=None, state=None,
            hazard=None, pictures=shown,
        )  # fmt: skip
    return ItemView(
        **item, answer=row.answer, note=row.note, photos=row.photos, answered_at=row.answered_at,
        answered_by=row.answered_by, proposal=row.id if row.state else None, state=row.state, hazard=row.hazard,
        pictures=shown,
    )  # fmt: skip
