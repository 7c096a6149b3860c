"""Verbs on the picture manual of common problems (图例手册): how it is right, how it is wrong, for a hazard code or for
one question of a checklist. Authors keep it; everybody who checks sees it where the question is asked.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from hashlib import sha256
from uuid import uuid4

from sqlalchemy import Select, or_, select
from sqlalchemy.orm import Session

from engine.app import App
from engine.bpm.viewer import Page, Viewer
from engine.campaign import authority, checklist_sheets, checklists, codes, evidence, history
from engine.campaign.pages import read_page
from engine.campaign.picture_model import Picture
from engine.campaign.visits import refuse
from engine.errors import NotFound
from engine.rows import inserting
from engine.said import Said

NOUN = "picture"
SHOWS = {"right": "正确", "wrong": "错误"}


@dataclass(frozen=True, slots=True)
class PictureView:
    """A picture as it is shown; its bytes are read by ``read``."""

    id: str
    code: str
    checklist: str
    question: str
    shows: str
    shows_name: str
    caption: str
    filename: str
    media_type: str
    added_at: datetime
    added_by: str


def list_pictures(
    app: App, viewer: Viewer, *, code: str | None = None, checklist: str | None = None, shows: str | None = None,
    place_kind: str | None = None, page: int = 1, size: int = 50,
) -> Page[PictureView]:  # fmt: skip
    """The pictures of a code or checklist, by code, or those that a check of this kind of place shows: its checklists
    of today and their codes. The manual is no secret inside the installation.
    """
    query = _there().order_by(Picture.code, Picture.shows, Picture.added_at, Picture.id)
    for column, wanted in ((Picture.code, code), (Picture.checklist, checklist), (Picture.shows, shows)):
        if wanted:
            query = query.where(column == wanted)
    if place_kind:
        fitting = checklists.list_checklists(app, viewer, place_kind=place_kind)
        asked = {item["code"] for one in fitting for item in one.items}
        own = Picture.checklist.in_(["", *(one.key for one in fitting)])
        query = query.where(Picture.code.in_(asked), own)
    with app.reading() as tx:
        return read_page(tx, query, page, size, _view)


def add(
    app: App, content: bytes, *, filename: str, shows: str, viewer: Viewer, code: str = "", checklist: str = "",
    no: int | None = None, caption: str = "", replaces: str = "",
) -> PictureView:  # fmt: skip
    """Add a picture (JPEG, PNG, WebP) for a code in force, or for item ``no`` of a checklist in force, whose code is
    then the item's; the one that it ``replaces`` is taken off with it. The same picture again is there once.

    Raises Invalid, TooLarge, NotAllowed, NotFound (checklist, the picture to replace).
    """
    now = app.clock()
    with app.reading() as tx:
        authority.require(tx, viewer, "checklist.edit")
    found = evidence.photo_of(app, content, filename)
    digest = app.files.save(content)
    with app.transaction() as tx:
        code, question = _subject(tx, code, checklist, no, now.astimezone(app.zone).date())
        either = Said("请选择 right（正确）或 wrong（错误）", "Choose right or wrong")
        refuse((shows not in SHOWS, "shows", "choice", either))
        key = {"code": code, "checklist": checklist, "item": _item(question), "shows": shows, "sha256": digest}
        row = {
            **key, "id": uuid4().hex, "question": question, "caption": caption.strip(), "filename": filename[:255],
            "media_type": found.media_type, "added_at": now, "added_by": viewer.name,
        }  # fmt: skip
        tx.execute(inserting(tx, Picture).values(row).on_conflict_do_nothing())
        same = select(Picture).where(*(getattr(Picture, name) == value for name, value in key.items()))
        picture = tx.scalars(same.with_for_update()).one()
        if picture.removed_at is not None:  # was taken off, and is wanted again
            picture.removed_at, picture.removed_by, picture.caption = None, None, caption.strip()
        if picture.id == row["id"] or tx.is_modified(picture):
            told = {"code": code, "shows": shows, "caption": picture.caption, "filename": picture.filename}
            history.note(tx, NOUN, picture.id, before={}, after=told, reason="", by=viewer.name, now=now)
        if replaces and replaces != picture.id:
            _take_off(tx, replaces, viewer, now)
        tx.flush()
        return _view(picture)


def remove(app: App, id: str, *, viewer: Viewer) -> None:
    """Take a picture off; a second time changes nothing. Raises NotAllowed, NotFound."""
    now = app.clock()
    with app.transaction() as tx:
        authority.require(tx, viewer, "checklist.edit")
        _take_off(tx, id, viewer, now)


def _take_off(tx: Session, id: str, viewer: Viewer, now: datetime) -> None:
    picture = tx.scalars(select(Picture).where(Picture.id == id).with_for_update()).one_or_none()
    if picture is None:
        raise _unknown()
    if picture.removed_at is None:
        picture.removed_at, picture.removed_by = now, viewer.name
        told = {"code": picture.code, "filename": picture.filename}
        history.note(tx, NOUN, picture.id, before=told, after={"removed": True}, reason="", by=viewer.name, now=now)


def read(app: App, id: str) -> tuple[PictureView, bytes]:
    """A picture with its bytes; raises NotFound."""
    with app.reading() as tx:
        picture = tx.scalars(_there().where(Picture.id == id)).one_or_none()
        if picture is None:
            raise _unknown()
        return _view(picture), app.files.read(picture.sha256)


def of_items(tx: Session, checklist: str, items: Iterable[tuple[str, str]]) -> list[list[PictureView]]:
    """For each item (code, question) of a checklist its own pictures, then those of its code."""
    asked = list(items)
    mine = or_(Picture.checklist == "", Picture.checklist == checklist)
    rows = tx.scalars(
        _there().where(mine, Picture.code.in_({code for code, _ in asked}))
        .order_by(Picture.shows, Picture.added_at, Picture.id)
    ).all()  # fmt: skip
    return [_fitting(rows, code, question) for code, question in asked]


def _fitting(rows: Sequence[Picture], code: str, question: str) -> list[PictureView]:
    own = [row for row in rows if row.code == code and row.item == _item(question)]
    common = [row for row in rows if row.code == code and not row.item]
    return [_view(row) for row in own + common]


def _subject(tx: Session, code: str, checklist: str, no: int | None, day: date) -> tuple[str, str]:
    """The code and the question; raises Invalid, NotFound."""
    refuse(
        (bool(code) == bool(checklist), "code", "either",
         Said("隐患代码和检查清单请填写其中一个", "Give a code or a checklist, one of them")),
        (bool(checklist) != (no is not None), "no", "required",
         Said("检查清单的图例请写明是第几项", "Say which item of the checklist it shows")),
    )  # fmt: skip
    if not checklist:
        return codes.on_day(tx, code, day).code, ""
    items = checklist_sheets.on_day(tx, checklist, day).items
    item = next((item for item in items if item["no"] == no), None)
    refuse((item is None, "no", "choice", Said(f"检查项编号为 1 到 {len(items)}", f"Items are 1 to {len(items)}")))
    return (item["code"], item["question"]) if item else ("", "")


def _item(question: str) -> str:
    return sha256(question.encode()).hexdigest()[:32] if question else ""


def _there() -> Select[Picture]:
    return select(Picture).where(Picture.removed_at.is_(None))


def _unknown() -> NotFound:
    return NotFound("没有这张图例，可能已经撤下。", en="There is no such picture; it may have been taken off.")


def _view(row: Picture) -> PictureView:
    return PictureView(
        row.id, row.code, row.checklist, row.question, row.shows, SHOWS[row.shows], row.caption, row.filename,
        row.media_type, row.added_at, row.added_by,
    )  # fmt: skip
