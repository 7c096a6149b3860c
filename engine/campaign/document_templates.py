"""Verbs on the Word templates of an organ: it restyles a type, from now on; documents drafted before keep theirs."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine import uploads
from engine.app import App
from engine.bpm.viewer import Viewer
from engine.campaign import (
    authority,
    document_child,
    document_numbers,
    document_rendering,
    document_types,
    history,
    units,
)
from engine.campaign.document_layout import built
from engine.campaign.document_model import Document, DocumentTemplate
from engine.campaign.document_samples import sample
from engine.campaign.document_types import DocumentType
from engine.campaign.model import Unit
from engine.errors import Invalid, NotAllowed, NotFound
from engine.said import Said

SHIPPED = 0  # the version that comes with the program
ACT = "document.template"
NOUN = "template"


@dataclass(frozen=True, slots=True)
class TemplateView:
    """One version of an organ's template for a type; ``shipped`` says that it looks as it came with the program."""

    organ: str
    type: str
    version: int
    shipped: bool
    in_use: bool
    note: str
    at: datetime | None
    by: str


def list_templates(app: App, type: str, *, viewer: Viewer, organ: str | None = None) -> list[TemplateView]:
    """The versions of one's organ, newest first, the shipped one last. Raises Invalid (type), NotAllowed."""
    with app.reading() as tx:
        body = _organ(tx, app, type, viewer, organ)
        rows = _rows(tx, body.code, type)
        views = [_view(row, rows) for row in rows]
        return [*views, TemplateView(body.code, type, SHIPPED, True, not rows, "", None, "")]


def add(
    app: App, type: str, content: bytes, *, note: str = "", viewer: Viewer, organ: str | None = None
) -> TemplateView:
    """Use this Word file for the type from now on. The same file as now again changes nothing. Raises Invalid naming
    everything that is wrong with it, NotAllowed, TooLarge, OutOfBounds, Unavailable.
    """
    with app.reading() as tx:
        body = _organ(tx, app, type, viewer, organ)
    _checked(app, type, content, body)
    digest = app.files.save(content)
    return _from_now_on(app, body.code, type, digest, note, viewer)


def use(app: App, type: str, version: int, *, viewer: Viewer, organ: str | None = None) -> TemplateView:
    """Go back to an earlier version, 0 for the shipped one, from now on. Raises Invalid, NotAllowed, NotFound."""
    with app.reading() as tx:
        body = _organ(tx, app, type, viewer, organ)
        digest = _version(tx, body.code, type, version)
    if digest is not None:
        _checked(app, type, app.files.read(digest), body)  # the type may ask for more by now
    return _from_now_on(app, body.code, type, digest, f"恢复第 {version} 版" if version else "恢复出厂模板", viewer)


def try_out(app: App, type: str, content: bytes, *, viewer: Viewer, organ: str | None = None) -> bytes:
    """What a document would look like with this file, filled with made-up content; nothing is kept. Raises as add."""
    with app.reading() as tx:
        body = _organ(tx, app, type, viewer, organ)
    return _checked(app, type, content, body)


def read(app: App, type: str, version: int, *, viewer: Viewer, organ: str | None = None) -> bytes:
    """The template itself, to restyle it in Word. Raises Invalid, NotAllowed, NotFound."""
    with app.reading() as tx:
        digest = _version(tx, _organ(tx, app, type, viewer, organ).code, type, version)
    return built(_type(app, type)) if digest is None else app.files.read(digest)


def preview(app: App, type: str, version: int, *, viewer: Viewer, organ: str | None = None) -> bytes:
    """A document of made-up content in this version. Raises Invalid, NotAllowed, NotFound."""
    with app.reading() as tx:
        body = _organ(tx, app, type, viewer, organ)
        digest = _version(tx, body.code, type, version)
    if digest is not None:
        return _checked(app, type, app.files.read(digest), body)
    return document_rendering.word(_type(app, type), _sample(app, type, body))


def sample_sheet(app: App, type: str, *, viewer: Viewer, organ: str | None = None) -> document_rendering.Sheet:
    """The made-up content of the previews. Raises Invalid, NotAllowed."""
    with app.reading() as tx:
        return _sample(app, type, _organ(tx, app, type, viewer, organ))


def _sample(app: App, type: str, organ: Unit) -> document_rendering.Sheet:
    row, address = _type(app, type), document_rendering.verify_url(app.settings.public_url, "示例")
    return sample(row, organ.name, address)


def in_use(tx: Session, organ: str, type: str) -> DocumentTemplate | None:
    """What a document of this organ that is drafted now will look like; None is the shipped template."""
    return next(iter(_rows(tx, organ, type)), None)


def content_of(tx: Session, app: App, row: Document) -> bytes | None:
    """The template a document keeps from its draft on; None is the shipped one."""
    template = tx.get_one(DocumentTemplate, row.template) if row.template else None
    return app.files.read(template.sha256) if template and template.sha256 else None


def word(app: App, row: Document, type: DocumentType, sheet: document_rendering.Sheet, template: bytes | None) -> bytes:
    """The Word file of a document. Raises Invalid when an uploaded template does not take what the document says."""
    if template is None:
        return document_rendering.word(type, sheet)
    return document_child.filled(row.type, row.drafted_at.astimezone(app.zone).date(), sheet, template)


def _from_now_on(app: App, organ: str, type: str, digest: str | None, note: str, viewer: Viewer) -> TemplateView:
    now = app.clock()
    with app.transaction() as tx:
        tx.scalars(select(Unit.code).where(Unit.code == organ).with_for_update()).one()
        rows = _rows(tx, organ, type)
        if (rows[0].sha256 if rows else None) == digest:
            return _view(rows[0], rows) if rows else TemplateView(organ, type, SHIPPED, True, True, "", None, "")
        version = rows[0].version + 1 if rows else 1
        row = DocumentTemplate(
            organ=organ, type=type, version=version, sha256=digest, note=note, at=now, by=viewer.name
        )
        tx.add(row)
        told = {"type": type, "version": version, "template": "出厂模板" if digest is None else f"文件 {digest[:12]}"}
        before = {"version": rows[0].version if rows else SHIPPED}
        history.note(tx, NOUN, f"{organ} {type}", before=before, after=told, reason=note, by=viewer.name, now=now)
        tx.flush()
        return _view(row, [row])


def _checked(app: App, type: str, content: bytes, organ: Unit) -> bytes:
    uploads.check_size(content, Said("模板", "The template"))
    day = app.clock().astimezone(app.zone).date()
    return document_child.checked(app, type, day, content, organ_name=organ.name)


def _rows(tx: Session, organ: str, type: str) -> Sequence[DocumentTemplate]:
    query = select(DocumentTemplate).where(DocumentTemplate.organ == organ, DocumentTemplate.type == type)
    return tx.scalars(query.order_by(DocumentTemplate.version.desc())).all()


def _version(tx: Session, organ: str, type: str, version: int) -> str | None:
    """The hash of the file of a version, None for the shipped one; raises NotFound."""
    if version == SHIPPED:
        return None
    for row in _rows(tx, organ, type):
        if row.version == version:
            return row.sha256
    raise NotFound(f"《{type}》没有第 {version} 版模板，请核对。", en=f"This template has no version {version}.")


def _type(app: App, type: str) -> DocumentType:
    return document_types.on_day(type, app.clock().astimezone(app.zone).date())


def _organ(tx: Session, app: App, type: str, viewer: Viewer, wanted: str | None) -> Unit:
    """The organ whose look this viewer sets: one's own, an admin's any; raises Invalid, NotAllowed."""
    _type(app, type)
    authority.require(tx, viewer, ACT)
    if viewer.admin and wanted:
        return document_numbers.organ_of(tx, units.require(tx, wanted))
    unit = units.of_person(tx, viewer.name)
    if unit is None:
        message = "请填写机关（organ），模板按机关保存"
        raise Invalid(
            f"{message}。", en="Name the organ; templates belong to one.",
            problems=[{"field": "organ", "rule": "required", "message": message}],
        )  # fmt: skip
    organ = document_numbers.organ_of(tx, unit)
    if wanted and wanted not in (organ.code, unit.code):
        raise NotAllowed(f"您只能设置“{organ.name}”的文书模板。", en=f"You may set the templates of {organ.code} only.")
    return organ


def _view(row: DocumentTemplate, rows: Sequence[DocumentTemplate]) -> TemplateView:
    return TemplateView(
        row.organ, row.type, row.version, row.sha256 is None, row.id == rows[0].id, row.note, row.at, row.by
    )
