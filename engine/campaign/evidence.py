"""Verbs on evidence: photos and files about a hazard, checked before they are stored; the bytes lie in the file
store.
"""

import io
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import PurePath

from PIL import Image
from sqlalchemy import select
from sqlalchemy.orm import Session

from engine import uploads
from engine.app import App
from engine.bpm.viewer import Viewer
from engine.bpm.work_model import Substitution
from engine.campaign import once, photo_facts, scope, told
from engine.campaign.case_model import Evidence, Hazard
from engine.campaign.duty_model import Duty
from engine.campaign.model import Place, Visit
from engine.campaign.sight import seen
from engine.errors import Invalid, NotFound, TooLarge
from engine.said import Said

MOST_PIXELS = 60_000_000  # a decompression bomb is refused before it is decoded
PHOTO_KINDS = ("photo_before", "photo_after")
KINDS = (*PHOTO_KINDS, "attachment")
IMAGES = {"JPEG": "image/jpeg", "PNG": "image/png", "WEBP": "image/webp"}


@dataclass(frozen=True, slots=True)
class EvidenceView:
    """A file as it is shown; ``taken_at`` comes from the photo itself, ``sha256`` names its bytes."""

    id: str
    hazard: str | None
    kind: str
    angle: str
    filename: str
    media_type: str
    size: int
    width: int | None
    height: int | None
    sha256: str
    taken_at: datetime | None
    lat: float | None
    lon: float | None
    gps_from: str | None
    uploaded_at: datetime
    uploaded_by: str


@dataclass(frozen=True, slots=True)
class Checked:
    """What a file is by its own bytes, and what a photo says of itself."""

    media_type: str
    width: int | None = None
    height: int | None = None
    said: photo_facts.PhotoFacts = photo_facts.NOTHING
    look: str | None = None


def add(
    app: App,
    content: bytes,
    *,
    filename: str,
    viewer: Viewer,
    hazard: str | None = None,
    kind: str = "attachment",
    angle: str = "",
    lat: float | None = None,
    lon: float | None = None,
    key: str | None = None,
) -> EvidenceView:
    """Store a photo (JPEG, PNG, WebP) or a PDF of at most 15 MB; without ``hazard`` it waits for the registration
    that names it. What the photo itself says of time and place counts; ``lat`` and ``lon`` are the page's word. The
    same ``key`` again answers the first file: a phone that lost the answer sends it once more.

    Raises TooLarge, Invalid (kind, or not what its name says), NotFound (hazard).
    """
    now = app.clock()
    checked = _check(app, content, filename, kind)
    with app.reading() as tx:
        if hazard is not None:
            seen(tx, hazard, viewer)
    digest = app.files.save(content)
    with app.transaction() as tx:
        if made := once.earlier(tx, viewer, "file", key):
            return view_of(tx.get_one(Evidence, made))
        said, given = checked.said, lat is not None and lon is not None
        by_itself = said.lat is not None
        row = Evidence(
            id=uuid.uuid4().hex, hazard=hazard, kind=kind, angle=angle or _angle(tx, hazard, kind),
            filename=PurePath(filename).name[:200],
            media_type=checked.media_type, size=len(content), width=checked.width, height=checked.height, sha256=digest,
            taken_at=said.taken_at, lat=said.lat if by_itself else lat, lon=said.lon if by_itself else lon,
            gps_from="exif" if by_itself else "device" if given else None, look=checked.look,
            uploaded_at=now, uploaded_by=viewer.name,
        )  # fmt: skip
        tx.add(row)
        tx.flush()
        once.note(tx, viewer, "file", key, row.id)
        return view_of(row)


def read(app: App, id: str, *, viewer: Viewer) -> tuple[EvidenceView, bytes]:
    """A file with its bytes, for whoever may see its hazard, duty or visit, uploaded it, or gave or has the mandate
    that it is; raises NotFound.
    """
    with app.reading() as tx:
        row = tx.get(Evidence, id)
        if row is None or not _may_read(tx, row, viewer):
            raise NotFound(
                "没有这个文件，或它不在您的职责范围内。", en="There is no such file, or it is not yours to see."
            )
        view = view_of(row)
    return view, app.files.read(view.sha256)


def list_evidence(app: App, number: str, *, viewer: Viewer) -> list[EvidenceView]:
    """The files of a hazard, oldest first; raises NotFound."""
    with app.reading() as tx:
        seen(tx, number, viewer)
        query = select(Evidence).where(Evidence.hazard == number, told.files(viewer))
        rows = tx.scalars(query.order_by(Evidence.uploaded_at, Evidence.id))
        return [view_of(row) for row in rows]


def attach(tx: Session, ids: Sequence[str], number: str, viewer: Viewer) -> None:
    """Give files that the viewer uploaded before to a hazard, in a running transaction; raises Invalid for any
    other file.
    """
    for id in ids:
        row = tx.get(Evidence, id)
        if row is None or row.uploaded_by != viewer.name or row.duty or row.hazard not in (None, number):
            raise _not_waiting(id)
        _give(tx, row, number)


def attach_to_visit(tx: Session, ids: Sequence[str], visit: int, viewer: Viewer) -> None:
    """Give files that the viewer uploaded before to a visit, in a running transaction; raises Invalid for any other
    file.
    """
    for id in ids:
        row = tx.get(Evidence, id)
        if row is None or row.uploaded_by != viewer.name or row.duty or row.hazard or row.visit not in (None, visit):
            raise _not_waiting(id)
        row.visit = visit


def hand_on(tx: Session, ids: Sequence[str], number: str) -> None:
    """Give files of a visit to the hazard that was found on it, whoever uploaded them."""
    for row in tx.scalars(select(Evidence).where(Evidence.id.in_(ids)).order_by(Evidence.uploaded_at, Evidence.id)):
        _give(tx, row, number)


def _give(tx: Session, row: Evidence, number: str) -> None:
    row.hazard = number
    row.angle = row.angle or _angle(tx, number, row.kind)


def _not_waiting(id: str) -> Invalid:
    return Invalid(
        "照片没有上传成功或不是您上传的，请重新拍照上传后再提交。",
        en=f"File {id} is not an upload of yours that waits; upload it again.",
        problems=[{"field": "photos", "rule": "upload", "message": "请重新上传照片"}],
    )


def _angle(tx: Session, number: str | None, kind: str) -> str:
    """The angle of a photo that came without one: a new one for each from before, the only one for one from after."""
    if number is None or kind not in PHOTO_KINDS:
        return ""
    tx.flush()
    known = set(tx.scalars(select(Evidence.angle).where(Evidence.hazard == number, Evidence.kind == PHOTO_KINDS[0])))
    if kind == PHOTO_KINDS[0]:
        return next(f"A{n}" for n in range(1, len(known) + 2) if f"A{n}" not in known)
    return known.pop() if len(known) == 1 else ""


def _may_read(tx: Session, row: Evidence, viewer: Viewer) -> bool:
    if viewer.admin or row.uploaded_by == viewer.name:
        return True
    seen_here = select(Hazard.number).where(Hazard.number == row.hazard, scope.hazards(viewer))
    of_hazard = seen_here.where(select(Evidence.id).where(Evidence.id == row.id, told.files(viewer)).exists())
    of_duty = select(Duty.id).where(Duty.id == row.duty, scope.duties(viewer))
    mandate = select(Substitution.id).where(
        Substitution.mandate_file == row.id,
        (Substitution.person == viewer.name) | (Substitution.substitute == viewer.name),
    )
    of_visit = select(Visit.id).join(Place, Place.id == Visit.place).where(Visit.id == row.visit, scope.visits(viewer))
    return any(tx.scalar(query) is not None for query in (of_hazard, of_duty, mandate, of_visit))


def _check(app: App, content: bytes, filename: str, kind: str) -> Checked:
    uploads.check_size(content, filename)
    if kind not in KINDS:
        told = Said(
            f"文件用途“{kind}”不对，可用：{'、'.join(KINDS)}。", f"No kind {kind}; use one of {', '.join(KINDS)}."
        )
        raise _unusable("kind", told)
    if kind == "attachment" and PurePath(filename).suffix.lower() == ".pdf":
        if uploads.media_type(content) == uploads.PDF:
            return Checked(uploads.PDF)
        told = Said(
            f"“{filename}”的内容不是 PDF，可能已损坏，请重新导出后上传。",
            f"{filename} is no PDF, or broken; export it again.",
        )
        raise _unusable("file", told)
    return photo_of(app, content, filename)


def photo_of(app: App, content: bytes, filename: str) -> Checked:
    """What a picture is by its own bytes; raises Invalid, TooLarge for what is none that people can use."""
    try:
        with Image.open(io.BytesIO(content), formats=list(IMAGES)) as image:
            if image.width * image.height > MOST_PIXELS:
                raise TooLarge("照片的像素过多，请降低分辨率后再上传。", en="The photo has too many pixels; reduce it.")
            size = image.size
            said = photo_facts.read(image, app.zone)
            return Checked(IMAGES[str(image.format)], *size, said, photo_facts.look(photo_facts.decoded(image)))
    except photo_facts.UNREADABLE as error:
        told = Said(
            f"“{filename}”不是可用的照片（支持 JPEG、PNG、WebP），请重新拍摄或转换格式后上传。",
            f"{filename} is no photo that can be used (JPEG, PNG, WebP); take it again or convert it.",
        )
        raise _unusable("file", told) from error


def _unusable(field: str, message: Said) -> Invalid:
    return Invalid(message, en=message.en, problems=[{"field": field, "rule": "format", "message": message}])


def view_of(row: Evidence) -> EvidenceView:
    """The file as it is shown."""
    return EvidenceView(**{name: getattr(row, name) for name in EvidenceView.__slots__})
