"""The photos that a document shows: which ones its body names, and the small copies that are printed.

A body names files of the case (``photo``: the id of the file, ``text``: where and when); files never change, so that
what was signed and issued stays what it was. Copies hold the picture alone, not what a phone wrote into the file.
"""

import functools
import io
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from PIL import Image
from sqlalchemy import ColumnElement, or_, select
from sqlalchemy.orm import Session

from engine.app import App
from engine.bpm.viewer import Viewer
from engine.campaign import evidence, named_hazards, photo_facts, told
from engine.campaign.case_model import Evidence
from engine.campaign.document_model import Document
from engine.campaign.document_sight import of_organ, seen
from engine.campaign.document_types import MOST_PHOTOS, PHOTOS, DocumentType
from engine.campaign.evidence import EvidenceView
from engine.campaign.model import Place
from engine.errors import Invalid, Problem
from engine.files import Files
from engine.said import Said

LONGEST_SIDE, QUALITY = 1_000, 80  # pixels; enough for 80 mm on paper, about 150 kB
BEFORE, AFTER = "photo_before", "photo_after"


def list_photos(app: App, id: str, *, viewer: Viewer) -> list[EvidenceView]:
    """The photos that a document may show, oldest first: those of its hazards and of its inspection, none that a
    reporter sent; nothing for who does not write it. Raises NotFound.
    """
    with app.reading() as tx:
        row = seen(tx, id, viewer)
        if not viewer.admin and row.drafted_by != viewer.name and not of_organ(tx, row, viewer):
            return []
        query = select(Evidence).where(*_of_case(tx, row)).order_by(Evidence.uploaded_at, Evidence.id)
        return [evidence.view_of(one) for one in tx.scalars(query)]


def of_visit(tx: Session, app: App, visit: int, place: Place | None) -> dict[str, Any]:
    """The photos that were taken on an inspection, as rows of a body: for a paper of it that is about no hazard yet."""
    mine = select(Evidence).where(Evidence.visit == visit).order_by(Evidence.uploaded_at, Evidence.id)
    return named(app, tx.scalars(mine).all(), place)


def named(app: App, files: Sequence[Evidence], place: Place | None) -> dict[str, Any]:
    """The photos of a case as rows of a body, of each kind as many as a document takes; those from after the fix are
    the newest. What reporters sent is left out: a photo can tell who stood where.
    """
    own = [one for one in files if one.uploaded_by != told.PUBLIC and one.media_type.startswith("image/")]
    before, after = ([one for one in own if one.kind == kind] for kind in (BEFORE, AFTER))
    return {
        "photos": [_row(app, one, place) for one in before[:MOST_PHOTOS]],
        "photos_after": [_row(app, one, place) for one in after[-MOST_PHOTOS:]],
    }


def _row(app: App, one: Evidence, place: Place | None) -> dict[str, str]:
    local = (one.taken_at or one.uploaded_at).astimezone(app.zone)
    moment = f"{local.year}年{local.month}月{local.day}日{local:%H:%M}{'拍摄' if one.taken_at else '上传'}"
    return {"photo": one.id, "text": "，".join(filter(None, (place.name if place else "", moment)))}


def check(tx: Session, type: DocumentType, row: Document) -> None:
    """Raise Invalid unless every photo that the body names is one of this document's case or inspection."""
    for name, ids in _ids(type, row.body):
        found = set(tx.scalars(select(Evidence.id).where(Evidence.id.in_(ids), *_of_case(tx, row)))) if ids else set()
        if set(ids) - found:
            message = Said("只能选用本隐患（本次检查）的照片", "Choose photos of this hazard or inspection")
            raise Invalid(
                f"文书没有保存：“{type.field(name).label}”{message}，举报人的照片不能用。",
                en="A photo is none of this document's case.",
                problems=[Problem(field=name, rule="photo", message=message)],
            )


def pictures(tx: Session, app: App, type: DocumentType, row: Document) -> dict[str, bytes]:
    """File id → the small JPEG of each photo that the body names."""
    ids = [id for _, some in _ids(type, row.body) for id in some]
    if not ids:
        return {}
    rows = tx.execute(select(Evidence.id, Evidence.sha256).where(Evidence.id.in_(ids), *_of_case(tx, row)))
    return {id: small(app.files, digest) for id, digest in rows}


@functools.lru_cache(maxsize=64)
def small(files: Files, digest: str) -> bytes:
    """The photo upright, at most 1000 pixels a side, without anything else that the file holds."""
    with Image.open(io.BytesIO(files.read(digest))) as image:
        image.draft("RGB", (LONGEST_SIDE, LONGEST_SIDE))
        upright = photo_facts.upright(image)
        upright.thumbnail((LONGEST_SIDE, LONGEST_SIDE))
        if upright.mode in ("RGBA", "LA", "P", "PA"):  # what can be seen through lies on white paper
            clear = upright.convert("RGBA")
            upright = Image.new("RGB", clear.size, "white")
            upright.paste(clear, mask=clear.getchannel("A"))
        plain = Image.new("RGB", upright.size)
        plain.paste(upright.convert("RGB"))
        out = io.BytesIO()
        plain.save(out, "JPEG", quality=QUALITY, optimize=True)
        return out.getvalue()


def _ids(type: DocumentType, body: Mapping[str, Any]) -> Iterable[tuple[str, list[str]]]:
    for field in type.fields:
        if field.kind == PHOTOS:
            yield field.name, [row["photo"] for row in body.get(field.name) or () if row.get("photo")]


def _of_case(tx: Session, row: Document) -> list[ColumnElement[bool]]:
    cases: list[ColumnElement[bool]] = []
    if numbers := named_hazards.all_of(tx, row):
        cases.append(Evidence.hazard.in_(numbers))
    if row.inspection is not None:
        cases.append(Evidence.visit == row.inspection)
    mine = or_(*cases) if cases else Evidence.id.is_(None)
    return [mine, Evidence.media_type.startswith("image/"), Evidence.uploaded_by != told.PUBLIC]
