"""What anybody may do without an account: report, add photos, and ask with the follow-up code what became of it.

Everything here is counted first (``public_doors``); nothing internal and nothing personal is answered.
"""

import base64
import hmac
import io
import json
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from hashlib import sha256
from typing import Any
from uuid import uuid4

from PIL import Image, ImageOps
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from engine import uploads
from engine.app import App
from engine.campaign import photo_facts, public_doors
from engine.campaign.case_model import Hazard
from engine.campaign.citizen_reports import known, take_in
from engine.campaign.deadline_views import DeadlineView
from engine.campaign.deadlines import ANSWER, REPLACED, VERIFY, all_of, of_report
from engine.campaign.evidence import IMAGES
from engine.campaign.report_model import CitizenReport, ReportPhoto
from engine.errors import Conflict, Invalid, NotFound, TooLarge
from engine.said import Said

MOST_PHOTOS = 6
LARGEST_PHOTO = 8 * 1024 * 1024
MOST_PIXELS = 40_000_000
SIDE = (2560, 2560)  # larger ones are stored smaller


@dataclass(frozen=True, slots=True)
class Receipt:
    """What a reporter takes home: the code that opens the state of the report, shown once."""

    code: str
    received_at: datetime
    message: str


@dataclass(frozen=True, slots=True)
class Progress:
    """The state of a report in plain words."""

    state: str
    message: str
    received_at: datetime
    answer_by: date | None
    replied_at: datetime | None
    reply: str
    photos: int


def new_code(app: App, values: Mapping[str, Any], key: str | None) -> str:
    """A follow-up code of 100 bits that cannot be guessed. The same key with the same content gives the same code, so
    that a repeat finds the first report; another's key alone opens nothing.
    """
    if key is None:
        raw = secrets.token_bytes(13)
    else:
        said = json.dumps(values, sort_keys=True, ensure_ascii=False, default=str)
        secret = (app.settings.secret_key or "").encode()
        raw = hmac.new(secret, f"report\0{key}\0{said}".encode(), "sha256").digest()
    text = base64.b32encode(raw).decode()[:20]
    return "-".join(text[at : at + 5] for at in range(0, 20, 5))


def hashed(code: str) -> str:
    """What is stored of a code; case, blanks and dashes do not matter."""
    plain = "".join(code.split()).replace("-", "").upper()
    return sha256(plain.encode("utf-8", "replace")).hexdigest()


def submit(app: App, values: Mapping[str, Any], *, address: str, key: str | None = None) -> Receipt:
    """Take in a report from anybody. Raises TooMany, Invalid."""
    public_doors.count(app, "report", address)
    now, code = app.clock(), new_code(app, values, key)
    with app.transaction() as tx:
        row = known(tx, hashed(code)) or take_in(tx, app, values, by="", code_hash=hashed(code), now=now)
        return Receipt(
            code, row.received_at,
            "已收到您的举报。请记下查询码，凭它查看办理进展、补充照片；查询码不会再次显示，也不要告诉别人。"
            "情况紧急请立即拨打 119 或 110。",
        )  # fmt: skip


def follow(app: App, code: str, *, address: str) -> Progress:
    """What became of a report; an unknown and a malformed code get the same answer by the same way. Raises TooMany,
    NotFound.
    """
    public_doors.count(app, "look", address)
    with app.reading() as tx:
        return _progress(tx, _found(tx, code))


def add_photo(app: App, code: str, content: bytes, *, address: str) -> Progress:
    """Add a photo (JPEG, PNG, WebP) to a report that has not been answered. Raises TooMany, NotFound, TooLarge,
    Invalid, Conflict, Unavailable (disk full: nothing is written).
    """
    public_doors.count(app, "photo", address)
    with app.reading() as tx:
        _room_for_photo(tx, _found(tx, code))
    clean, size = cleaned(content)
    digest = app.files.save(clean)
    with app.transaction() as tx:
        query = select(CitizenReport).where(CitizenReport.code_hash == hashed(code)).with_for_update()
        row = tx.scalars(query).one()
        kept = select(ReportPhoto.id).where(ReportPhoto.report == row.number, ReportPhoto.sha256 == digest)
        if tx.scalar(kept) is None:  # a phone that sends again adds nothing
            _room_for_photo(tx, row)
            tx.add(
                ReportPhoto(
                    id=uuid4().hex, report=row.number, sha256=digest, size=len(clean), width=size[0], height=size[1],
                    uploaded_at=app.clock(),
                )
            )  # fmt: skip
            tx.flush()
        return _progress(tx, row)


def _found(tx: Session, code: str) -> CitizenReport:
    row = known(tx, hashed(code))
    if row is None:
        raise NotFound("没有找到这个查询码对应的举报，请核对后重新输入。", en="No report has this code; check it.")
    return row


def _progress(tx: Session, row: CitizenReport) -> Progress:
    state, message = _words(tx, row)
    limit = next((each for each in _limits(tx, row) if each.kind == ANSWER), None)
    photos = tx.scalar(select(func.count()).select_from(ReportPhoto).where(ReportPhoto.report == row.number)) or 0
    return Progress(
        state, message, row.received_at, limit.due_date if limit else None, row.replied_at,
        row.reply if row.replied_at else "", photos,
    )  # fmt: skip


def _limits(tx: Session, row: CitizenReport) -> list[DeadlineView]:
    return [limit for limit in all_of(tx, of_report(row.number)) if limit.state != REPLACED]


def _words(tx: Session, row: CitizenReport) -> tuple[str, str]:
    """From the facts on the report's row, never from internal text."""
    if row.outcome == "rejected":
        why = Said("您的举报没有受理，理由见答复。", "Your report was not accepted; the answer says why.")
        later = Said("您的举报没有受理，工作人员将答复理由。", "Your report was not accepted; you will be told why.")
        return Said("不予受理", "Not accepted"), why if row.replied_at else later
    if row.outcome == "unfounded":
        return Said("未查实", "Not confirmed"), Said(
            "工作人员到现场核查，没有查实所反映的情况。", "Staff went there and did not find what you reported."
        )
    if row.outcome == "substantiated":
        closed = tx.scalar(select(Hazard.closed_at).where(Hazard.number == row.hazard))
        if closed is None:
            return Said("已查实，正在整改", "Confirmed, being fixed"), Said(
                "您反映的情况属实，已登记为安全隐患，正在督促整改。",
                "What you reported is true; it is registered as a hazard and is being fixed.",
            )
        return Said("已查实，已整改", "Confirmed and fixed"), Said(
            "您反映的情况属实，隐患已经整改完毕。", "What you reported is true; the hazard has been fixed."
        )
    if row.routed_at is None:
        return Said("已收到", "Received"), Said(
            "您的举报已经收到，正在决定是否受理。", "Your report has arrived; whether it is accepted is being decided."
        )
    by = next((each for each in _limits(tx, row) if each.kind == VERIFY), None)
    checking = Said("正在核查", "Being checked")
    if by is None:
        return checking, Said("已经受理。", "Accepted.")
    day = f"{by.due_date:%Y-%m-%d}"
    return checking, Said(
        f"已经受理，工作人员应在 {day} 前到现场核查。", f"Accepted; staff are to check on site by {day}."
    )


def _room_for_photo(tx: Session, row: CitizenReport) -> None:
    if row.replied_at is not None:
        raise Conflict("这件举报已经答复，不能再补充照片；有新情况请重新举报。", en="This report was answered already.")
    kept = tx.scalar(select(func.count()).select_from(ReportPhoto).where(ReportPhoto.report == row.number)) or 0
    if kept >= MOST_PHOTOS:
        raise Conflict(f"每件举报最多 {MOST_PHOTOS} 张照片。", en=f"At most {MOST_PHOTOS} photos for each report.")


def cleaned(content: bytes) -> tuple[bytes, tuple[int, int]]:
    """The picture alone: what the phone wrote into the file may say whose it is and where that person lives."""
    uploads.check_size(content, Said("照片", "The photo"))
    if len(content) > LARGEST_PHOTO:
        raise TooLarge("照片超过 8 MB，请降低分辨率后再上传。", en="The photo is larger than 8 MB; reduce it.")
    try:
        with Image.open(io.BytesIO(content), formats=list(IMAGES)) as image:
            if image.width * image.height > MOST_PIXELS:
                raise TooLarge("照片的像素过多，请降低分辨率后再上传。", en="The photo has too many pixels.")
            image.draft("RGB", SIDE)
            picture = ImageOps.exif_transpose(image).convert("RGB")
            picture.thumbnail(SIDE)
            written = io.BytesIO()
            picture.save(written, "JPEG", quality=88)
            return written.getvalue(), picture.size
    except photo_facts.UNREADABLE as error:
        message = "这不是可用的照片（支持 JPEG、PNG、WebP），请重新拍摄后上传。"
        raise Invalid(
            message,
            en="The file is no usable photo.",
            problems=[{"field": "file", "rule": "format", "message": message}],
        ) from error
