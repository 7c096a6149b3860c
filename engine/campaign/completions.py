"""What the holder of a paper to an enterprise (安全风险提示单) may say by its QR code, without an account: that a
hazard is gone, with photos. It ends nothing and proves nothing by itself: whoever handles the case is told, and looks.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import Any
from uuid import uuid4

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from engine.app import App
from engine.bpm import notices
from engine.campaign import document_types, people, public_doors, public_reports
from engine.campaign.case_model import Evidence, Finding, Hazard
from engine.campaign.document_model import Document
from engine.campaign.model import Person
from engine.errors import Conflict, NotFound
from engine.said import Said, joined

KIND = "企业自报完成"
MOST, MOST_PHOTOS = 10, 6  # of one paper; photos of one report
UPLOADER = "（扫码）"  # stands where the login of an uploader stands, and is none that an account can have


@dataclass(frozen=True, slots=True)
class SlipItem:
    """One hazard as the paper names it, with what is advised and by when."""

    text: str
    advice: str
    due: str


@dataclass(frozen=True, slots=True)
class Slip:
    """What the holder of the paper may report on; ``waits`` while the hazard is open, ``reported_at`` is the last time
    that somebody did, ``photos`` how many came with it.
    """

    items: list[SlipItem]
    waits: bool
    reported_at: datetime | None
    photos: int


def slip_of(tx: Session, row: Document) -> Slip | None:
    """What can be reported on this issued paper; None for another kind of paper, a void one, one without a hazard."""
    type = next((one for one in document_types.all_types() if one.type == row.type), None)
    hazard = tx.get(Hazard, row.hazard) if row.hazard else None
    if type is None or not type.self_report or hazard is None or row.voided_at is not None:
        return None
    items = [
        SlipItem(str(one.get("text", "")), str(one.get("advice", "")), str(one.get("due", "")))
        for one in row.body.get("hazards") or ()
    ]
    last = _reports(tx, row)[-1:]
    photos = _photos(tx, row, last[0]) if last else 0
    return Slip(items, hazard.closed_at is None, last[0].at if last else None, photos)


def report(app: App, code: str, values: Mapping[str, Any], *, address: str, key: str | None = None) -> Slip:
    """Say that it is done: ``text``, optional ``name``; the handling unit, the inspector of the grid and the drafter
    are told. The same ``key`` says it once. Raises TooMany, NotFound, Conflict (closed, void, said too often).
    """
    public_doors.count(app, "report", address)
    now = app.clock()
    with app.transaction() as tx:
        row, hazard = _open(tx, code)
        said = _reports(tx, row)
        hashed = sha256(f"{code}\0{key}".encode()).hexdigest() if key else ""
        if not (hashed and any(one.detail.get("key") == hashed for one in said)):
            if len(said) >= MOST:
                raise Conflict(
                    "这份文书已经报告过多次，工作人员会到现场查看；有急事请联系制发机关。",
                    en="This was reported many times already; somebody will come and look.",
                )
            written, who = values["text"].strip(), (values.get("name") or "").strip()
            named = Said(f"（报告人：{who}）", f" (by {who})") if who else Said("", "")
            paper = f"{row.type} {row.number}"
            text = Said(f"{written}{named}，{paper}", f"{written}{named.en}, {paper}")
            detail = {"document": row.id, "key": hashed}
            tx.add(Finding(hazard=hazard.number, kind=KIND, at=now, text=text, detail=detail))
            tx.flush()
            _tell(tx, app, row, hazard, text, now)
        return _slip(tx, row)


def add_photo(app: App, code: str, content: bytes, *, address: str) -> Slip:
    """Add a photo to what was reported last; it becomes a file of the hazard, not a proof of the fix. Raises TooMany,
    NotFound, TooLarge, Invalid, Conflict.
    """
    public_doors.count(app, "photo", address)
    with app.reading() as tx:
        _room(tx, *_open(tx, code, lock=False))
    clean, size = public_reports.cleaned(content)
    digest = app.files.save(clean)
    with app.transaction() as tx:
        row, hazard = _open(tx, code)
        same = Evidence.hazard == hazard.number, Evidence.sha256 == digest, Evidence.uploaded_by == UPLOADER
        if tx.scalar(select(Evidence.id).where(*same).limit(1)) is None:  # a phone that sends again adds nothing
            n = _room(tx, row, hazard) + 1
            tx.add(Evidence(
                id=uuid4().hex, hazard=hazard.number, kind="attachment", angle="", filename=f"{KIND}-{n}.jpg",
                media_type="image/jpeg", size=len(clean), width=size[0], height=size[1], sha256=digest,
                uploaded_at=app.clock(), uploaded_by=UPLOADER,
            ))  # fmt: skip
            tx.flush()
        return _slip(tx, row)


def _slip(tx: Session, row: Document) -> Slip:
    found = slip_of(tx, row)
    assert found is not None
    return found


def _open(tx: Session, code: str, *, lock: bool = True) -> tuple[Document, Hazard]:
    """The paper of this code and its hazard, locked unless one only looks, while something can be reported."""
    query = select(Document).where(Document.verify_code == code, Document.issued_at.is_not(None))
    row = tx.scalars(query).one_or_none()
    slip = slip_of(tx, row) if row is not None else None
    if row is None or slip is None:
        raise NotFound("这份文书不能用来报告整改完成，请核对。", en="Nothing can be reported on this document.")
    found = select(Hazard).where(Hazard.number == row.hazard)
    hazard = tx.scalars(found.with_for_update() if lock else found).one()
    if hazard.closed_at is not None:
        raise Conflict("这项隐患已经办结，不用再报告。", en="This hazard is closed; nothing more is to be reported.")
    return row, hazard


def _reports(tx: Session, row: Document) -> list[Finding]:
    found = select(Finding).where(Finding.hazard == row.hazard, Finding.kind == KIND).order_by(Finding.id)
    return [one for one in tx.scalars(found) if one.detail.get("document") == row.id]


def _photos(tx: Session, row: Document, last: Finding) -> int:
    mine = (
        Evidence.hazard == row.hazard, Evidence.uploaded_by == UPLOADER, Evidence.uploaded_at >= last.at
    )  # fmt: skip
    return tx.scalar(select(func.count()).select_from(Evidence).where(*mine)) or 0


def _room(tx: Session, row: Document, hazard: Hazard) -> int:
    said = _reports(tx, row)
    if not said:
        raise Conflict("请先写明整改情况并提交，再补照片。", en="Report first, then add photos.")
    if (n := _photos(tx, row, said[-1])) >= MOST_PHOTOS:
        raise Conflict(f"每次报告最多 {MOST_PHOTOS} 张照片。", en=f"At most {MOST_PHOTOS} photos for each report.")
    return n


def _tell(tx: Session, app: App, row: Document, hazard: Hazard, text: str, now: datetime) -> None:
    """The notices name no instance: to refer to its row would wait for whoever works on the case."""
    title = Said(
        f"隐患 {hazard.number} 企业自报整改完成，请到现场查看",
        f"Hazard {hazard.number}: the enterprise says that it is fixed; please go and see",
    )
    body = joined("\n\n", "\n\n", (title, text))
    groups = (hazard.holder_unit, f"inspector@{hazard.grid}")
    drafter = tx.get(Person, row.drafted_by)
    told = [*filter(None, [drafter]), *(person for group in groups for person in people.members(tx, group))]
    for name, mail in {person.name: person.email for person in told}.items():
        notices.queue(app, tx, recipient=name, subject=title, body=body, now=now, address=mail or None)
