"""Verbs on visits. Track A, patrol and service, is written down here and gives advice only; track B, inspection, is in
inspections.py. The hazard joins the two.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from engine.app import App
from engine.bpm.viewer import Page, Viewer
from engine.campaign import (
    authority,
    checklist_sheets,
    claims,
    once,
    people,
    places,
    powers,
    scope,
    told,
    visit_stages,
    wording,
)
from engine.campaign.model import Place, Visit
from engine.campaign.pages import like, read_page
from engine.campaign.registers_model import Inspection
from engine.campaign.visit_counting import PENDING as PENDING
from engine.errors import Invalid, NotFound, Problem
from engine.said import Said, one_of

KINDS = (
    "网格巡查", "服务指导", "夜查", "回头看", "督导检查", "专项巡查", "企业自查", "交叉互查", "专家诊查", "线上巡查",
    "驻点巡查",
)  # fmt: skip
KINDS_B = ("行政检查（日常）", "行政检查（专项）", "行政检查（个案）", "复查", "联合检查")
CAUSES = ("举报", "移交", "事故")
RESULTS = ("未发现问题", "现场立改", "发现隐患", "无法进入")


@dataclass(frozen=True, slots=True)
class VisitView:
    """A visit as it is shown; ``people`` are login names, the fields from ``unit`` on are those of an inspection,
    ``unregistered`` the numbers of findings that have no hazard yet, ``settled`` who said what of a finding,
    ``sheets`` the checklists taken along, ``stage`` where it stands. ``checkin_claimed_at`` and ``record_claimed_at``:
    sent later, and when the phone says that it was done; the moments of the server count.
    """

    id: int
    track: str
    kind: str
    place: str
    place_name: str
    at: datetime
    people: list[str]
    leader: str | None
    experts: list[str]
    covert: bool
    filed_at: datetime | None
    result: str
    note: str
    findings: list[dict[str, Any]]
    advice: str
    clause: str
    created_by: str
    unit: str | None
    units: list[str]
    cause: str
    starts_on: date | None
    ends_on: date | None
    subject: str
    plan: str
    counts: bool
    approval_no: str | None
    approved_at: datetime | None
    approved_by: str | None
    approved_for: str
    approved_mandate: str
    notice_no: str | None
    notified_at: datetime | None
    checked_in_at: datetime | None
    checked_in_by: str | None
    record_no: str | None
    recorded_at: datetime | None
    certificates: list[dict[str, str]]
    signer: str
    refusal: str
    order_no: str | None
    order_text: str
    order_clause: str
    unregistered: list[int]
    settled: dict[str, dict[str, str]]
    sheets: list[checklist_sheets.SheetState]
    stage: str
    checkin_claimed_at: datetime | None
    record_claimed_at: datetime | None


def list_visits(
    app: App, viewer: Viewer, *, place: str | None = None, track: str | None = None, kind: str | None = None,
    result: str | None = None, stage: str | None = None, unit: str | None = None, q: str | None = None,
    since: datetime | None = None, until: datetime | None = None, mine: bool = False, unfinished: bool = False,
    page: int = 1, size: int = 50,
) -> Page[VisitView]:  # fmt: skip
    """Visits to places the viewer may see, newest first; a covert one stays hidden from the place until it is filed.

    ``unit`` is the grid, community or street of the place or the body that went there, ``q`` a part of the place's name
    or its id; ``since`` counts, ``until`` is the first moment that no longer does. ``mine`` are those the viewer goes
    on, ``unfinished`` those with a record or a sheet still to be filed.
    """
    query = select(Visit).join(Place, Place.id == Visit.place).where(scope.visits(viewer))
    for column, wanted in ((Visit.place, place), (Visit.track, track), (Visit.kind, kind), (Visit.result, result)):
        if wanted:
            query = query.where(column == wanted)
    if stage:
        query = query.where(visit_stages.in_stage(stage))
    if unit:
        columns = (Place.grid, Place.community, Place.street, Visit.unit)
        query = query.where(or_(*(column == unit for column in columns)))
    if q:
        query = query.where(Place.name.like(like(q), escape="\\") | (Place.id == q))
    if since:
        query = query.where(Visit.at >= since)
    if until:
        query = query.where(Visit.at < until)
    if mine:
        query = query.where(visit_stages.of_person(viewer.name))
    if unfinished:
        query = query.where(visit_stages.unfinished())
    with app.reading() as tx:
        ordered = query.order_by(Visit.at.desc(), Visit.id.desc())
        found = read_page(tx, ordered, page, size, lambda row: row)
        return Page(_shown(tx, found.items, viewer), found.total, page, size)


def show(app: App, id: int, *, viewer: Viewer) -> VisitView:
    """One visit; raises NotFound, also when the viewer may not see it."""
    with app.reading() as tx:
        return _shown(tx, [require(tx, id, viewer)], viewer)[0]


def create(app: App, values: Mapping[str, Any], *, viewer: Viewer, key: str | None = None) -> VisitView:
    """Write down a visit of track A (``place, kind, result``, optional ``at, people, leader, experts, note, findings,
    advice, covert, checklists``: their keys); the same ``key`` again answers the first. Raises Invalid, NotAllowed,
    NotFound.
    """
    now = app.clock()
    with app.transaction() as tx:
        authority.require(tx, viewer, "visit.create")
        if made := once.earlier(tx, viewer, "visit", key):
            return view_of(tx, tx.get_one(Visit, int(made)))
        place = places.require(tx, values["place"], viewer)
        at = values.get("at") or now
        _check(values, at, now)
        there = list(values.get("people") or [viewer.name])
        for name in [*there, *filter(None, [values.get("leader")])]:
            people.require(tx, name)
        unit, clause = _power(tx, app, viewer, now)
        visit = Visit(
            kind=values["kind"], place=place.id, at=at, people=there, result=values["result"], track="A", unit=unit,
            leader=values.get("leader"), experts=list(values.get("experts") or ()), covert=bool(values.get("covert")),
            filed_at=now, note=values.get("note") or "", findings=list(values.get("findings") or ()),
            advice=values.get("advice") or "", clause=clause, created_at=now, created_by=viewer.name,
        )  # fmt: skip
        tx.add(visit)
        tx.flush()
        for taken in values.get("checklists") or ():
            day = at.astimezone(app.zone).date()
            checklist_sheets.open_in(tx, visit.id, taken, day=day, by=viewer.name, now=now)
        once.note(tx, viewer, "visit", key, str(visit.id))
        return view_of(tx, visit)


def _power(tx: Session, app: App, viewer: Viewer, now: datetime) -> tuple[str | None, str]:
    """An admin who belongs to no body writes down what others did; everybody else visits for the own unit."""
    if viewer.admin:
        return None, ""
    power = powers.require(tx, app, viewer, "patrol", now=now)
    return power.unit, power.clause


def require(tx: Session, id: int, viewer: Viewer) -> Visit:
    """The row of a visit the viewer may see; raises NotFound."""
    query = select(Visit).join(Place, Place.id == Visit.place).where(Visit.id == id, scope.visits(viewer))
    visit = tx.scalars(query).one_or_none() if 0 < id < 2**31 else None
    if visit is None:
        raise NotFound(f"没有 {id} 号走访检查，或不在您的管辖范围。", en=f"There is no visit {id} in your area.")
    return visit


def refuse(*checks: tuple[bool, str, str, Said]) -> None:
    """Raise Invalid that names every field whose check (failed, field, rule, message) failed, each message in both
    languages.
    """
    wrong = [Problem(field=field, rule=rule, message=message) for failed, field, rule, message in checks if failed]
    if wrong:
        raise Invalid(
            "没有保存：" + "；".join(problem["message"] for problem in wrong) + "。",
            en=f"Not saved; wrong: {', '.join(problem['field'] for problem in wrong)}.",
            problems=wrong,
        )


def _check(values: Mapping[str, Any], at: datetime, now: datetime) -> None:
    inspecting = values.get("kind") in KINDS_B
    first = Said("行政检查须先报批，不能直接登记", "An inspection is approved first, then recorded")
    kinds = first if inspecting else one_of("检查类型", "kind of visit", KINDS)
    texts = [str(values.get(name) or "") for name in ("note", "advice")]
    texts += [str(row.get("text") or "") for row in values.get("findings") or ()]
    ordering = next((found[0] for text in texts if (found := wording.ORDERING.search(text))), None)
    refuse(
        (values.get("kind") not in KINDS, "kind", "choice", kinds),
        (values.get("result") not in RESULTS, "result", "choice", one_of("检查结果", "result", RESULTS)),
        (at > now, "at", "past", Said("检查时间不能晚于现在", "The time of the visit is to come")),
        (ordering is not None, "note", "wording",
         wording.no_order(ordering or "")),
    )  # fmt: skip


def _shown(tx: Session, rows: Sequence[Visit], viewer: Viewer) -> list[VisitView]:
    """An enterprise is not told why they came, which may be a report, nor what the officers settled."""
    found = views(tx, rows)
    if not told.is_party(tx, viewer):
        return found
    return [replace(one, cause="", unregistered=[], settled={}) for one in found]


def view_of(tx: Session, visit: Visit) -> VisitView:
    """The visit as it is shown, with its inspection when it is one."""
    return views(tx, [visit])[0]


def views(tx: Session, rows: Sequence[Visit]) -> list[VisitView]:
    """The same of many: a statement for the names, the inspections, the sheets and the claims of all."""
    ids = [row.id for row in rows]
    names = {one.id: one.name for one in tx.scalars(select(Place).where(Place.id.in_({row.place for row in rows})))}
    found = {one.visit: one for one in tx.scalars(select(Inspection).where(Inspection.visit.in_(ids)))}
    sheets = checklist_sheets.states(tx, ids)
    claimed = claims.of(tx, [one.visit for one in found.values() if one.checked_in_at])
    return [
        _view(row, names[row.place], found.get(row.id), sheets.get(row.id, []), claimed.get(row.id, {}))
        for row in rows
    ]  # fmt: skip


def _view(
    visit: Visit, place_name: str, found: Inspection | None, sheets: list[checklist_sheets.SheetState],
    claimed: Mapping[str, datetime],
) -> VisitView:  # fmt: skip
    inspection = found or Inspection(
        units=[], cause="", subject="", plan="", counts=False, certificates=[], signer="", refusal="", order_text="",
        order_clause="", approved_for="", approved_mandate="", unregistered=[], settled={},
    )  # fmt: skip
    values = {
        name: getattr(visit if hasattr(visit, name) else inspection, name)
        for name in VisitView.__slots__
        if name not in ("place_name", "sheets", "stage", "checkin_claimed_at", "record_claimed_at")
    }
    return VisitView(
        **values, place_name=place_name, sheets=sheets, stage=visit_stages.of(visit, found),
        checkin_claimed_at=claimed.get("checkin"), record_claimed_at=claimed.get("record"),
    )  # fmt: skip
