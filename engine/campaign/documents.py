"""Verbs on documents: draft one from the records, edit it, read it, list them; what of a hazard's is unfinished.

Approval, signatures and seal are in document_approval.py, service in document_serving.py.
"""

import hashlib
import secrets
import uuid
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from engine.app import App
from engine.bpm.viewer import Page, Viewer
from engine.campaign import (
    authority,
    document_bodies,
    document_numbers,
    document_photos,
    document_powers,
    document_templates,
    document_types,
    inspection_papers,
    named_hazards,
    once,
    places,
    units,
)
from engine.campaign.case_model import Assignment, Hazard
from engine.campaign.document_model import Document, DocumentSignature
from engine.campaign.document_sight import documents, seen, to_act
from engine.campaign.document_types import DocumentType, Need
from engine.campaign.document_views import (
    DRAFT,
    DocumentView,
    in_state,
    view,
    views,
)
from engine.campaign.model import Person, Place, Unit
from engine.campaign.pages import like, read_page
from engine.campaign.people import certificate_valid
from engine.campaign.sight import seen as seen_hazard
from engine.db import to_json
from engine.errors import Conflict, Invalid, NotAllowed, Stale
from engine.said import Said


def draft(app: App, values: Mapping[str, Any], *, viewer: Viewer, key: str | None = None) -> DocumentView:
    """Start a document: ``type``; optional ``hazard``, ``place`` or ``visit`` (the inspection it is drawn up for, one
    number for both; with ``hazard`` the one found on it, the first and every further one when left out),
    ``further_hazards`` (numbers, of the same place), ``to_unit``, ``body`` (over what the records tell), ``officers``
    (login names, the drafter when left out), ``period`` (of what a 工作信息 counts). The same ``key`` answers the first
    document again. Raises Invalid (also for what must be there first, quoting the rule), NotAllowed (this kind of unit
    may not issue it), NotFound.
    """
    now = app.clock()
    with app.transaction() as tx:
        authority.require(tx, viewer, "document.draft")
        if made := once.earlier(tx, viewer, "document", key):
            return view(tx, app, seen(tx, made, viewer))
        type = document_types.on_day(values["type"], now.astimezone(app.zone).date())
        if type.made_by_service:
            raise Invalid(
                f"《{type.type}》在登记送达时自动生成，不单独起草。", en="It is made when a service is recorded."
            )
        unit = units.of_person(tx, viewer.name)
        if unit is None:
            raise NotAllowed(
                "您没有所属单位，不能以单位名义制作文书。", en="You belong to no unit that could issue it."
            )
        if values.get("visit") is not None:
            values = inspection_papers.told(tx, app, type, unit, values, viewer, now)
        hazard = seen_hazard(tx, values["hazard"], viewer) if values.get("hazard") else None
        place = places.require(tx, values["place"], viewer) if values.get("place") else None
        numbers = values.get("further_hazards") or ()
        further = named_hazards.wanted(tx, type, hazard, numbers, viewer)
        if hazard is not None and further and values.get("visit") is None:
            told = named_hazards.lines(type, [hazard, *further])
            values = {**values, "body": {**told, **(values.get("body") or {})}}
        document_bodies.worded(tx, app, viewer, type, values.get("body") or {}, {})
        row = draft_in(tx, app, type, unit, values, hazard=hazard, place=place, by=viewer.name, now=now)
        named_hazards.name(tx, row.id, [one.number for one in further])
        inspection_papers.all_found(tx, row)
        once.note(tx, viewer, "document", key, row.id)
        return view(tx, app, row)


def draft_in(
    tx: Session, app: App, type: DocumentType, unit: Unit, values: Mapping[str, Any], *, hazard: Hazard | None,
    place: Place | None, by: str, now: datetime,
) -> Document:  # fmt: skip
    """The same in a running transaction, about what the caller may use. Raises Invalid, NotAllowed."""
    _may_issue(type, unit)
    place = tx.get_one(Place, hazard.place) if hazard is not None else place
    document_powers.entitled(tx, type, unit, now.astimezone(app.zone).date(), hazard=hazard, place=place)
    to_unit = units.require(tx, values["to_unit"]).code if values.get("to_unit") else None
    paper = _paper(tx, type, hazard, to_unit)
    to_unit = to_unit or (paper.to_unit if paper else None)
    organ = document_numbers.organ_of(tx, unit).code
    body = document_bodies.assembled(
        tx, app, type, hazard=hazard, place=place, paper=paper, to_unit=to_unit, organ=organ, now=now,
        period=values.get("period"), visit=values.get("visit"),
    )  # fmt: skip
    template = document_templates.in_use(tx, organ, type.type)
    officers = values.get("officers") or list(tx.scalars(select(Person.name).where(Person.name == by)))[: type.officers]
    row = Document(
        id=uuid.uuid4().hex, type=type.type, organ=organ, unit=unit.code, template=template.id if template else None,
        hazard=hazard.number if hazard else None, place=place.id if place else None, to_unit=to_unit,
        paper=paper.id if paper else None, inspection=values.get("visit"), all_found=bool(values.get("all_found")),
        title=document_bodies.title_of(type, hazard, place),
        body=document_bodies.checked(type, {**body, **(values.get("body") or {})}), officers=_officers(tx, officers),
        state=DRAFT, revision=1, version=0, verify_code=secrets.token_hex(12), drafted_at=now, drafted_by=by, seal="",
    )  # fmt: skip
    _require_needs(tx, type, row, now)
    document_photos.check(tx, type, row)
    tx.add(row)
    tx.flush()
    return row


def edit(
    app: App, id: str, *, revision: int, viewer: Viewer, body: Mapping[str, Any] | None = None,
    officers: Sequence[str] | None = None, further_hazards: Sequence[str] | None = None,
) -> DocumentView:  # fmt: skip
    """Change fields of a draft, or which further hazards it names, and then no others that are registered later;
    ``revision`` is what was read. Raises Stale, Conflict (no draft any more), Invalid.
    """
    with app.transaction() as tx:
        row = to_act(tx, id, viewer, "document.draft")
        if row.state != DRAFT:
            raise Conflict(
                f"文书已经“{row.state}”，正文不能再改；需要修改的，请先退回起草。",
                en=f"The document is {row.state}; its body no longer changes.",
            )
        if row.revision != revision:
            raise Stale(
                f"文书已被修改（现为第 {row.revision} 次修改），请刷新后再改。",
                en=f"The document was changed (revision {row.revision}); reload.",
            )
        if body is not None:
            type = type_of(app, row)
            changed = document_bodies.checked(type, {**row.body, **body})
            document_bodies.worded(tx, app, viewer, type, changed, row.body)
            row.body = changed
            document_photos.check(tx, type, row)
        if officers is not None:
            row.officers = _officers(tx, officers)
        if further_hazards is not None:
            own = tx.get(Hazard, row.hazard) if row.hazard else None
            further = named_hazards.wanted(tx, type_of(app, row), own, further_hazards, viewer)
            named_hazards.name(tx, row.id, [one.number for one in further])
            row.all_found = False
        row.revision += 1
        tx.flush()
        return view(tx, app, row)


def show(app: App, id: str, *, viewer: Viewer) -> DocumentView:
    """One document; raises NotFound, also when the viewer may not see it."""
    with app.reading() as tx:
        return view(tx, app, seen(tx, id, viewer))


def list_documents(
    app: App,
    viewer: Viewer,
    *,
    hazard: str | None = None,
    type: str | None = None,
    state: str | None = None,
    q: str | None = None,
    page: int = 1,
    size: int = 50,
) -> Page[DocumentView]:
    """Documents the viewer may see, newest first; ``q`` looks in numbers, titles and hazards."""
    query = select(Document).where(documents(viewer)).order_by(Document.drafted_at.desc(), Document.id)
    if q:
        columns = (Document.number, Document.title, Document.type, Document.hazard)
        query = query.where(or_(*(column.ilike(like(q), escape="\\") for column in columns)))
    if hazard:
        query = query.where(named_hazards.about(hazard))
    if type:
        query = query.where(Document.type == type)
    if state:
        query = query.where(in_state(state, app.clock()))
    with app.reading() as tx:
        found = read_page(tx, query, page, size, lambda row: row)
        return Page(views(tx, app, found.items), found.total, page, size)


def unsigned(tx: Session, row: Document) -> list[str]:
    """Officers who have not signed this document yet, by display name."""
    signed = set(tx.scalars(select(DocumentSignature.person).where(DocumentSignature.document == row.id)))
    people = select(Person.display_name).where(Person.name.in_(set(row.officers) - signed)).order_by(Person.name)
    return list(tx.scalars(people))


def type_of(app: App, row: Document) -> DocumentType:
    """The row of the table by which a document is judged: that of the day it was drafted."""
    return document_types.on_day(row.type, row.drafted_at.astimezone(app.zone).date())


def check_ready(tx: Session, app: App, row: Document) -> None:
    """Raise Invalid unless a document may be submitted or approved: fields, wording, officers, what must be first."""
    type = type_of(app, row)
    problems = document_bodies.complete(type, row.body)
    people = tx.scalars(select(Person).where(Person.name.in_(row.officers), Person.active)).all()
    now = app.clock()
    day = now.astimezone(app.zone).date()
    able = [person for person in people if not type.certified or certificate_valid(person, day)]
    if len(able) < type.officers:
        need, certified = ("持有有效执法证件的", " with a valid certificate") if type.certified else ("", "")
        message = Said(
            f"须有 {type.officers} 名{need}承办人员，现有 {len(able)} 名（行政处罚法第四十二条、行政强制法第十八条）",
            f"It needs {type.officers} officers{certified} and has {len(able)}",
        )
        problems.append({"field": "officers", "rule": "officers", "message": message})
    if problems:
        raise document_bodies.refusal(type, problems)
    _require_needs(tx, type, row, now)


def body_hash(body: Mapping[str, Any]) -> str:
    """The SHA-256 of a body as canonical JSON: what is signed and what a version is known by."""
    return hashlib.sha256(to_json(dict(sorted(body.items()))).encode()).hexdigest()


def _may_issue(type: DocumentType, unit: Unit) -> None:
    if unit.kind not in type.issuers:
        kinds = "、".join(units.KINDS[kind] for kind in type.issuers)
        raise NotAllowed(
            f"“{unit.name}”（{units.KINDS.get(unit.kind, unit.kind)}）不能制作《{type.type}》，有权的是：{kinds}。"
            f"依据：{type.issuer_clause}。街道可以移交或者提请有权部门办理。",
            en=f"A unit of kind {unit.kind} may not issue “{type.type}”; allowed: {', '.join(type.issuers)}.",
        )


def _paper(tx: Session, type: DocumentType, hazard: Hazard | None, to_unit: str | None) -> Assignment | None:
    """The newest paper of this kind that no document carries yet: its number becomes that of the document."""
    if type.paper is None or hazard is None:
        return None
    carried = select(Document.paper).where(Document.paper.is_not(None))
    query = select(Assignment).where(
        Assignment.hazard == hazard.number, Assignment.kind == type.paper, Assignment.id.not_in(carried)
    )
    if to_unit:
        query = query.where(Assignment.to_unit == to_unit)
    return tx.scalars(query.order_by(Assignment.id.desc()).limit(1)).one_or_none()


def _officers(tx: Session, names: Sequence[str]) -> list[str]:
    wanted = list(dict.fromkeys(names))
    known = set(tx.scalars(select(Person.name).where(Person.name.in_(wanted), Person.active)))
    if missing := [name for name in wanted if name not in known]:
        raise Invalid(
            f"没有这些承办人员：{'、'.join(missing)}，请核对登录名。",
            en=f"Unknown officers: {', '.join(missing)}.",
            problems=[{"field": "officers", "rule": "choice", "message": "请选择在用的人员账号"}],
        )
    return wanted


def _require_needs(tx: Session, type: DocumentType, row: Document, now: datetime) -> None:
    """Raise Invalid naming every document that must be there first and is not, with the clause."""
    if not type.needs:
        return
    others = beside(tx, hazard=row.hazard, place=row.place, but=row.id)
    if row.inspection is not None and row.hazard is not None:  # its plan came before anything was found
        others += beside(tx, hazard=None, place=row.place, but=row.id)
    missing = [need.words() for need in type.needs if not met(need, others, now)]
    if missing:
        clause = f"{type.clause}（{type.note}）" if type.clause else type.note
        raise Invalid(
            f"《{type.type}》须先有：{'；'.join(missing)}。依据：{clause}。请先完成前置文书。",
            en=f"“{type.type}” needs other documents first: {'; '.join(words.en for words in missing)}.",
            problems=[
                {"field": "type", "rule": "prerequisite", "message": Said(f"缺 {words}", f"Missing: {words.en}")}
                for words in missing
            ],
        )


def beside(tx: Session, *, hazard: str | None, place: str | None, but: str = "") -> list[Document]:
    """The other documents of the same hazard (or, without one, of the place) that were not voided."""
    same = named_hazards.about(hazard) if hazard else (Document.place == place) & Document.hazard.is_(None)
    return list(tx.scalars(select(Document).where(same, Document.id != but, Document.voided_at.is_(None))))


def met(need: Need, others: Sequence[Document], now: datetime) -> bool:
    """Whether one of these documents fulfils what must be there first."""
    if not need.types:
        return all(other.approved_at is not None for other in others)
    reached = {"exists": "drafted_at", "approved": "approved_at", "served": "served_at"}[need.level]
    at = (getattr(other, reached) for other in others if other.type in need.types)
    return any(moment is not None and moment <= now for moment in at)
