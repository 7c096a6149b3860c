"""The life of a document after its draft: submitted, approved with its number, signed, sealed, voided, archived."""

import io
from datetime import datetime

from PIL import Image
from sqlalchemy import select
from sqlalchemy.orm import Session

from engine.app import App
from engine.bpm.viewer import Viewer
from engine.campaign import (
    court_clock,
    document_clocks,
    document_numbers,
    document_photos,
    document_powers,
    document_rendering,
    document_templates,
    heads,
    photo_facts,
    started_clocks,
    units,
)
from engine.campaign.document_model import Document, DocumentSignature, DocumentVersion
from engine.campaign.document_sight import seen, to_act
from engine.campaign.document_views import (
    APPROVED,
    ARCHIVED,
    DRAFT,
    ISSUED,
    SERVED,
    SIGNED,
    SUBMITTED,
    VOID,
    DocumentView,
    state_of,
    view,
)
from engine.campaign.documents import body_hash, check_ready, type_of, unsigned
from engine.campaign.model import Person
from engine.errors import Conflict, Invalid, NotAllowed, TooLarge

OFFICER, PARTY, WITNESS = "承办人", "当事人", "见证人"
ROLES = (OFFICER, PARTY, WITNESS)
LARGEST_STROKES, WIDEST = 300_000, 4_000  # bytes, pixels
SEALS = ("公章", "执法专用章")


def submit(app: App, id: str, *, viewer: Viewer) -> DocumentView:
    """Hand a draft in for approval; its body becomes a version. Raises Invalid (naming what lacks), Conflict."""
    now = app.clock()
    with app.transaction() as tx:
        row = _at(tx, id, viewer, "document.draft", DRAFT)
        check_ready(tx, app, row)
        document_powers.required(tx, app, row, type_of(app, row), now)
        row.version += 1
        row.state, row.submitted_at, row.submitted_by = SUBMITTED, now, viewer.name
        tx.add(DocumentVersion(
            document=row.id, version=row.version, body=row.body, sha256=body_hash(row.body), at=now, by=viewer.name
        ))  # fmt: skip
        return _changed(tx, app, row)


def approve(app: App, id: str, *, opinion: str = "", viewer: Viewer) -> DocumentView:
    """Approve; the number is assigned here, in this transaction, so that none is lost, and the clause of table D9 is
    kept, with the head for whom a substitute approves. Raises Invalid, Conflict (done already, by whom), NotAllowed
    (one's own draft, no power, not the head nor with a mandate).
    """
    now = app.clock()
    with app.transaction() as tx:
        row, found = _decided(tx, id, viewer, now)
        check_ready(tx, app, row)
        type = type_of(app, row)
        if power := document_powers.required(tx, app, row, type, now):
            row.power, row.certificates = power.clause, list(power.certificates)
        document_powers.approved_by(tx, app, row, type, [viewer.name], now, acting=found)
        document_numbers.assign(tx, app, row, type.code, now)
        document_clocks.approved(tx, app, row, type, now)
        row.state, by = APPROVED, found or heads.Approver(viewer.name, viewer.name)
        heads.sign(tx, row, heads.of_paper(row.type), by, about=f"《{row.type}》{row.number}", now=now)
        _decide(tx, app, row, "approved", opinion, viewer)
        started_clocks.follow(tx, app, row.id, now)
        return _changed(tx, app, row)


def reject(app: App, id: str, *, opinion: str, viewer: Viewer) -> DocumentView:
    """Give it back to be drafted again, with the reason; the version stays. Raises Conflict, NotAllowed."""
    now = app.clock()
    with app.transaction() as tx:
        row, found = _decided(tx, id, viewer, now)
        row.state = DRAFT
        if found is not None:
            heads.used(tx, heads.of_paper(row.type), found, about=f"退回《{row.type}》{row.title}", now=now)
        _decide(tx, app, row, "rejected", opinion, viewer)
        return _changed(tx, app, row)


def sign(app: App, id: str, strokes: bytes, *, role: str = OFFICER, name: str = "", viewer: Viewer) -> DocumentView:
    """Keep the strokes somebody drew on this device. An officer signs for oneself, with the own account; a party or
    witness by ``name``. Raises Invalid, Conflict (signed already), NotAllowed, TooLarge.
    """
    now = app.clock()
    _check_strokes(strokes)
    if role not in ROLES or (role != OFFICER and not name.strip()):
        raise Invalid(f"签名身份应为{'、'.join(ROLES)}，当事人和见证人须填写姓名。", en="Wrong role or no name.")
    with app.transaction() as tx:
        row = seen(tx, id, viewer, lock=True)
        if row.state not in (APPROVED, SIGNED):
            raise _conflict(row, APPROVED)
        if role == OFFICER and viewer.name not in row.officers:
            raise NotAllowed(
                "您不是这份文书的承办人员，不能以承办人身份签名。", en="You are no officer of this document."
            )
        if role != OFFICER:
            row = to_act(tx, id, viewer, "document.draft")
        person = tx.get(Person, viewer.name) if role == OFFICER else None
        earlier = select(DocumentSignature.id).where(
            DocumentSignature.document == id, DocumentSignature.person == viewer.name
        )
        if person and tx.scalar(earlier) is not None:
            raise Conflict("您已经签过名，不用重复签名。", en="You have signed already.")
        tx.add(DocumentSignature(
            document=id, role=role, name=person.display_name if person else name.strip(),
            person=person.name if person else None, sha256=app.files.save(strokes), body_sha256=body_hash(row.body),
            at=now, by=viewer.name,
        ))  # fmt: skip
        tx.flush()
        row.state = APPROVED if unsigned(tx, row) else SIGNED
        return _changed(tx, app, row)


def issue(app: App, id: str, *, seal: str = SEALS[0], viewer: Viewer) -> DocumentView:
    """Seal and issue: every officer has signed, and the Word file is frozen under its hash. Raises Conflict,
    NotAllowed.
    """
    now = app.clock()
    with app.transaction() as tx:
        row = to_act(tx, id, viewer, "document.issue")
        if row.state not in (APPROVED, SIGNED):
            raise _conflict(row, SIGNED)
        document_powers.required(tx, app, row, type_of(app, row), now)
        if lacking := unsigned(tx, row):
            raise Conflict(
                f"还缺承办人签名：{'、'.join(lacking)}。全部签名后才能盖章。",
                en=f"Not sealed: signatures are missing ({', '.join(lacking)}).",
            )
        freeze(tx, app, row)
        row.state, row.issued_at, row.issued_by, row.seal = ISSUED, now, viewer.name, seal
        return _changed(tx, app, row)


def void(app: App, id: str, *, reason: str = "", confirm: bool = False, viewer: Viewer) -> DocumentView:
    """Ask that a document be voided, with a reason; a second person confirms. Its number stays in the register.

    What only the head approves is voided with the head as one of the two; a draft without number needs no second
    person. Raises Conflict, Invalid, NotAllowed (the same person, no power).
    """
    now = app.clock()
    with app.transaction() as tx:
        row = to_act(tx, id, viewer, "document.void" if confirm else "document.draft")
        if row.state in (VOID, ARCHIVED):
            raise _conflict(row, ISSUED)
        if not confirm:
            if not reason.strip():
                raise Invalid("请填写作废理由。", en="Give the reason.", problems=[
                    {"field": "reason", "rule": "required", "message": "请填写作废理由"}])  # fmt: skip
            row.void_reason, row.void_asked_by, row.void_asked_at = reason.strip(), viewer.name, now
        elif row.void_asked_by is None:
            raise Conflict(
                "还没有人申请作废，请先填写理由申请。", en="Nobody asked for it yet; ask with a reason first."
            )
        elif row.void_asked_by == viewer.name:
            raise NotAllowed(
                "作废须由第二人确认，申请人不能自己确认。", en="A second person confirms; you asked for it."
            )
        if confirm and row.approved_at is not None:
            by = [viewer.name, row.void_asked_by or ""]
            document_powers.approved_by(tx, app, row, type_of(app, row), by, row.approved_at)
        if confirm or row.number is None:
            row.state, row.voided_at, row.voided_by = VOID, now, viewer.name
            document_clocks.voided(tx, row, type_of(app, row), now)
            document_numbers.take_back(tx, row)
            court_clock.follow(tx, app, row.id, now)
            started_clocks.follow(tx, app, row.id, now)
        return _changed(tx, app, row)


def archive(app: App, id: str, *, viewer: Viewer) -> DocumentView:
    """Put a served document into the archive. Raises Conflict."""
    now = app.clock()
    with app.transaction() as tx:
        row = to_act(tx, id, viewer, "document.archive")
        if state_of(row, now) != SERVED:
            raise _conflict(row, SERVED)
        row.state, row.archived_at = ARCHIVED, now
        return _changed(tx, app, row)


def freeze(tx: Session, app: App, row: Document) -> None:
    """Keep the bytes of the Word file as they are now."""
    template = document_templates.content_of(tx, app, row)
    row.sha256 = app.files.save(document_templates.word(app, row, type_of(app, row), sheet(tx, app, row), template))


def word(app: App, id: str, *, viewer: Viewer) -> tuple[str, bytes]:
    """Name and bytes of the Word file: as it was issued, before that as it would look. Raises NotFound."""
    with app.reading() as tx:
        row = seen(tx, id, viewer)
        name = f"{row.number or '草稿'} {row.type}.docx"
        if row.sha256:
            return name, app.files.read(row.sha256)
        shown, template = sheet(tx, app, row), document_templates.content_of(tx, app, row)
    return name, document_templates.word(app, row, type_of(app, row), shown, template)


def sheet(tx: Session, app: App, row: Document) -> document_rendering.Sheet:
    """What a document shows at this moment."""
    type = type_of(app, row)
    signatures = [
        document_rendering.Signed(
            one.role, one.name, f"{one.at.astimezone(app.zone):%Y-%m-%d %H:%M}", app.files.read(one.sha256)
        )
        for one in tx.scalars(
            select(DocumentSignature).where(DocumentSignature.document == row.id).order_by(DocumentSignature.id)
        )
    ]
    day = (row.approved_at or row.drafted_at).astimezone(app.zone)
    return document_rendering.Sheet(
        units.require(tx, row.organ).name, row.number or "（草稿，未编号）", f"{day.year}年{day.month}月{day.day}日",
        row.verify_code, document_rendering.filled(type, row.body), signatures, type.note,
        (row.void_reason or "") if row.voided_at else "",
        document_rendering.verify_url(app.settings.public_url, row.verify_code),
        document_photos.pictures(tx, app, type, row),
        heads.words(tx, row.approved_by or "", row.approved_for, row.approved_mandate),
    )  # fmt: skip


def _at(tx: Session, id: str, viewer: Viewer, act: str, state: str) -> Document:
    row = to_act(tx, id, viewer, act)
    if row.state != state:
        raise _conflict(row, state)
    return row


def _decided(tx: Session, id: str, viewer: Viewer, now: datetime) -> tuple[Document, heads.Approver | None]:
    row, found = document_powers.to_decide(tx, id, viewer, now)
    if row.state != SUBMITTED:
        raise _conflict(row, SUBMITTED)
    document_powers.not_the_drafter(row, viewer, found)
    return row, found


def _decide(tx: Session, app: App, row: Document, outcome: str, opinion: str, viewer: Viewer) -> None:
    version = tx.scalars(
        select(DocumentVersion).where(DocumentVersion.document == row.id, DocumentVersion.version == row.version)
    ).one()
    version.outcome, version.opinion = outcome, opinion
    version.decided_at, version.decided_by = app.clock(), viewer.name


def _changed(tx: Session, app: App, row: Document) -> DocumentView:
    row.revision += 1
    tx.flush()
    return view(tx, app, row)


def _conflict(row: Document, wanted: str) -> Conflict:
    done = row.voided_by or row.issued_by or row.approved_by or row.submitted_by or row.drafted_by
    return Conflict(
        f"文书现在是“{row.state}”（{done} 办理），这一步要求“{wanted}”。请刷新后核对。",
        en=f"The document is {row.state} (by {done}); this act needs {wanted}.",
    )


def _check_strokes(content: bytes) -> None:
    if len(content) > LARGEST_STROKES:
        raise TooLarge("签名图片过大，请重新签名（最大 300 KB）。", en="The signature is larger than 300 KB.")
    try:
        with Image.open(io.BytesIO(content), formats=["PNG"]) as image:
            if max(image.size) > WIDEST:
                raise ValueError("too wide")
            image.load()
    except photo_facts.UNREADABLE as error:
        raise Invalid(
            "签名不是可用的 PNG 图片，请在签名框里重新签名。",
            en="The signature is no usable PNG; sign again.",
            problems=[{"field": "file", "rule": "format", "message": "请重新签名"}],
        ) from error
