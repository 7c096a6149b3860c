"""Service 送达 of documents: each way with what proves it; and the public check by code."""

import secrets
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine.app import App
from engine.bpm.viewer import Viewer
from engine.campaign import (
    completions,
    court_clock,
    document_bodies,
    document_clocks,
    document_gaps,
    document_numbers,
    document_templates,
    document_types,
    evidence,
    named_hazards,
    once,
    public_doors,
    started_clocks,
    units,
)
from engine.campaign.clock_rules import Due
from engine.campaign.completions import Slip
from engine.campaign.document_approval import freeze
from engine.campaign.document_model import Document, DocumentServing
from engine.campaign.document_sight import seen, to_act
from engine.campaign.document_views import ISSUED, NOTIFIED, SERVED, DocumentView, view
from engine.campaign.documents import type_of
from engine.errors import Conflict, Invalid, NotFound, Problem
from engine.said import Said, one_of

RECEIPT = "送达回证"
# What each way of service must be proved by, in words of the form.
PROOF: Mapping[str, tuple[str, ...]] = {
    "直接送达": ("signed_by",),
    "留置送达": ("refusal_note", "witnesses"),
    "邮寄送达": ("tracking",),
    "公告送达": ("tracking", "refusal_note"),
    "电子送达": ("tracking", "signed_by"),
}
LABELS = {
    "signed_by": "签收人（电子送达为同意人）", "refusal_note": "拒收情况（公告送达为原因）", "witnesses": "见证人",
    "tracking": "邮单号（公告载体、电子地址）",
}  # fmt: skip
NAMES = {
    "signed_by": "who signed", "refusal_note": "how it was refused", "witnesses": "witnesses",
    "tracking": "the number of the letter, the place of the notice or the electronic address",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Verified:
    """What anybody may know of a document by its code; ``slip`` what its holder may report on (completions.py)."""

    type: str
    number: str
    organ: str
    issued_on: date | None
    void: bool
    slip: Slip | None


def serve(
    app: App, id: str, values: Mapping[str, Any], *, viewer: Viewer, key: str | None = None
) -> DocumentView:  # fmt: skip
    """Record that a document was served: ``way, place, at, recipient``, and what proves it (``signed_by, witnesses,
    refusal_note, tracking``; ``files``: photos of the receipt, uploads of the viewer). It makes the 送达回证 with a
    number of its own; by public notice (``at`` is the day of the notice) it counts as served when the days of
    T25.notice are over. Raises Conflict (not issued), Invalid (a proof, or what is handed over with it, is missing).
    """
    now = app.clock()
    with app.transaction() as tx:
        if once.earlier(tx, viewer, "serving", key):
            return view(tx, app, seen(tx, id, viewer))
        row = to_act(tx, id, viewer, "document.serve")
        if row.state not in (ISSUED, NOTIFIED, SERVED):
            raise Conflict(
                f"文书现在是“{row.state}”，盖章签发以后才能送达。",
                en=f"It is {row.state}; only an issued one is served.",
            )
        _check(row, values, now)
        _together(tx, app, row)
        ends = document_clocks.notice(app, values["way"], values["at"])
        _keep_photos(tx, row, values.get("files") or (), viewer)
        receipt = _receipt(tx, app, row, values, ends, viewer, now)
        made = DocumentServing(
            **values, document=row.id, receipt=receipt.id, by=viewer.name, created_at=now,
            effective_at=ends.due_at if ends else None, trace=list(ends.trace) if ends else [],
            provisional=bool(ends and ends.provisional),
        )  # fmt: skip
        tx.add(made)
        document_clocks.served(tx, row, type_of(app, row), values["at"], now)
        row.served_at = min(filter(None, (row.served_at, ends.due_at if ends else values["at"])))
        row.state = SERVED if row.served_at <= now else NOTIFIED
        row.revision += 1
        tx.flush()
        court_clock.follow(tx, app, row.id, now)
        started_clocks.follow(tx, app, row.id, now)
        once.note(tx, viewer, "serving", key, str(made.id))
        return view(tx, app, row)


def verify(app: App, code: str, *, address: str) -> Verified:
    """What anybody may check by the code on an issued document, counted first; raises TooMany, NotFound."""
    public_doors.count(app, "check", address)
    with app.reading() as tx:
        row = tx.scalars(
            select(Document).where(Document.verify_code == code, Document.issued_at.is_not(None))
        ).one_or_none()
        if row is None or row.number is None or row.issued_at is None:
            raise NotFound("没有这个核验码的文书，请核对。", en="There is no issued document with this code.")
        organ = units.require(tx, row.organ).name
        return Verified(
            row.type, row.number, organ, row.issued_at.astimezone(app.zone).date(), row.voided_at is not None,
            completions.slip_of(tx, row),
        )  # fmt: skip


def _check(row: Document, values: Mapping[str, Any], now: datetime) -> None:
    way = values["way"]
    wrong: list[Problem] = []
    if way not in PROOF:
        wrong.append(_problem("way", one_of("送达方式", "way", PROOF)))
    if values["at"] > now:
        wrong.append(_problem("at", Said("送达时间不能晚于现在", "The time of service is to come")))
    if row.issued_at and values["at"] < row.issued_at.replace(microsecond=0):  # people write seconds
        wrong.append(_problem("at", Said("送达时间不能早于签发时间", "It was not issued yet at that time")))
    for name in PROOF.get(way, ()):
        if not values.get(name):
            wrong.append(_problem(name, Said(f"{way}须填写{LABELS[name]}", f"This way needs {NAMES[name]}")))
    if wrong:
        raise Invalid(
            "送达没有登记：" + "；".join(problem["message"] for problem in wrong) + "。",
            en="The service was not recorded.",
            problems=wrong,
        )


def _together(tx: Session, app: App, row: Document) -> None:
    """Raise Invalid while a paper that is handed over with this one is not sealed."""
    lacking = document_gaps.not_beside(tx, app, row)
    if not lacking:
        return
    names = "、".join(f"《{name}》" for name in lacking)
    day = row.drafted_at.astimezone(app.zone).date()
    clauses = "；".join(dict.fromkeys(document_types.on_day(name, day).clause for name in lacking))
    raise Invalid(
        f"送达没有登记：《{row.type}》须与{names}一并当场交付，{names}还没有盖章签发。依据：{clauses}。请先制作并签发。",
        en=f"“{row.type}” is handed over together with {', '.join(lacking)}: make and seal it first.",
        problems=[
            Problem(
                field="type", rule="served_with", message=Said(f"缺已签发的《{name}》", f"Not sealed yet: “{name}”")
            )
            for name in lacking
        ],
    )


def _keep_photos(tx: Session, row: Document, files: Sequence[str], viewer: Viewer) -> None:
    """They become files of the hazard; without one there is nobody who could look at them."""
    if files and row.hazard is None:
        problem = _problem("files", Said("这份文书不属于隐患，不能附照片", "It has no hazard to keep photos of"))
        raise Invalid(
            "送达没有登记：这份文书不属于隐患，不能附照片。", en="No hazard to keep photos of.", problems=[problem]
        )
    if row.hazard is not None:
        evidence.attach(tx, files, row.hazard, viewer)


def _problem(field: str, message: Said) -> Problem:
    return Problem(field=field, rule="service", message=message)


def _receipt(
    tx: Session, app: App, row: Document, values: Mapping[str, Any], ends: Due | None, viewer: Viewer, now: datetime
) -> Document:
    """The 送达回证: a document of its own, numbered and frozen at once."""
    local = values["at"].astimezone(app.zone)
    type = document_types.on_day(RECEIPT, now.astimezone(app.zone).date())
    body = {
        "document_type": row.type, "document_number": row.number or "", "served_place": values["place"],
        "served_at": f"{local.year}年{local.month}月{local.day}日{local:%H:%M}", "witnesses": values["witnesses"],
        **{name: values[name] for name in ("way", "recipient", "signed_by", "tracking")},
        "refusal_note": values["refusal_note"] + (f"（{ends.words}，期满视为送达）" if ends else ""),
    }  # fmt: skip
    template = document_templates.in_use(tx, row.organ, RECEIPT)
    made = Document(
        template=template.id if template else None,
        id=uuid.uuid4().hex, type=RECEIPT, organ=row.organ, unit=row.unit, hazard=row.hazard, place=row.place,
        to_unit=row.to_unit, about=row.id, title=f"{RECEIPT}（{row.number}）", body=document_bodies.checked(type, body),
        officers=[], state=SERVED, revision=1, version=0, verify_code=secrets.token_hex(12), drafted_at=now,
        drafted_by=viewer.name, approved_at=now, approved_by=viewer.name, issued_at=now, issued_by=viewer.name,
        served_at=ends.due_at if ends else values["at"], seal="",
    )  # fmt: skip
    document_numbers.assign(tx, app, made, type.code, now)
    tx.add(made)
    tx.flush()
    named_hazards.name(tx, made.id, named_hazards.further(tx, [row.id]).get(row.id, ()))
    freeze(tx, app, made)
    return made
