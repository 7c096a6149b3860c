"""Verbs on hazards: register one with its process in a single transaction, list them, show one."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from engine.app import App
from engine.bpm import instances
from engine.bpm.viewer import Viewer
from engine.campaign import (
    authority,
    codes,
    competence,
    duplicates,
    evidence,
    inspection_lock,
    inspection_papers,
    ledger_pages,
    once,
    places,
    units,
    visit_findings,
    visits,
    wording,
)
from engine.campaign.case_model import Hazard
from engine.campaign.found_before import FoundBefore
from engine.campaign.hazard_list import Wanted
from engine.campaign.hazard_numbers import HazardNumbers, Parts
from engine.campaign.hazard_views import HazardView, views
from engine.campaign.ledger_pages import LedgerPage
from engine.campaign.model import HazardCode, Place, Unit
from engine.campaign.sight import seen
from engine.errors import Invalid
from engine.said import Said, one_of

DEFINITION = "hazard"
SOURCES = ("网格巡查", "督导检查", "群众举报", "企业自查", "媒体曝光", "上级交办", "智能识别", "企业安管人员")
FACTS = ("suspected", "criteria_confirmed", "immediate_danger", "fixable_now", "outside_cause")


def register(app: App, values: Mapping[str, Any], *, viewer: Viewer, key: str | None = None) -> HazardView:
    """Write a hazard into the ledger and start its process, both or neither; the same ``key`` from the same person
    again answers the first hazard.

    ``values``: ``place``, ``code``, ``text``; optional ``part, source, found_at`` (aware, not in the future),
    ``number`` (of the paper ledger), ``holder_unit``, ``visit``, ``photos`` (evidence ids), ``FACTS`` as booleans, and
    ``on_duplicate`` (``refuse`` what is like an open case; else it is noted) and ``duplicate_reason``. Raises Invalid,
    NotAllowed, NotFound (a place outside the viewer's area), Conflict (number taken, an open case like it).
    """
    now = app.clock()
    with app.transaction() as tx:
        authority.require(tx, viewer, "hazard.register")
        if earlier := once.earlier(tx, viewer, "hazard", key):
            return views(tx, app, [tx.get_one(Hazard, earlier)], now, viewer)[0]
        hazard = register_by(tx, app, values, viewer, now)
        once.note(tx, viewer, "hazard", key, hazard.number)
        return views(tx, app, [hazard], now, viewer)[0]


def register_by(tx: Session, app: App, values: Mapping[str, Any], viewer: Viewer, now: datetime) -> Hazard:
    """What ``register`` writes, in a running transaction; the caller asked whether the viewer may."""
    place = places.require(tx, values["place"], viewer)
    wording.check(tx, app, viewer, text=str(values.get("text") or ""), part=str(values.get("part") or ""))
    visit = _visit(tx, values.get("visit"), place, viewer)
    hazard = register_in(tx, app, values, place, finder=viewer.name, now=now)
    duplicates.look(tx, place, values, viewer, number=hazard.number, now=now)
    hazard.visit = visit
    if hazard.visit is not None:
        tx.flush()
        inspection_papers.found(tx, app, hazard, now)
        visit_findings.follow(tx, hazard.visit)
    evidence.attach(tx, values.get("photos") or (), hazard.number, viewer)
    return hazard


def register_in(
    tx: Session,
    app: App,
    values: Mapping[str, Any],
    place: Place,
    *,
    finder: str,
    now: datetime,
) -> Hazard:
    """The same in a running transaction, at a place that the caller may use. Raises Invalid, Conflict."""
    hazard, code = row_in(tx, app, values, place, finder, now)
    tx.add(hazard)
    tx.flush()
    facts = facts_of(tx, hazard, code, place, values) | {
        "kept_rungs": duplicates.rungs_of(tx, hazard, always=values.get("reopens") is True)
    }
    hazard.instance_id = instances.start_in(tx, app, DEFINITION, facts, by=finder, now=now, business_key=hazard.number)
    tx.flush()
    return hazard


def list_hazards(
    app: App,
    viewer: Viewer,
    *,
    page: int = 1,
    size: int = 50,
    sort: str = "due_at",
    after: str | None = None,
    before: str | None = None,
    counted: str = "all",
    **wanted: Any,
) -> LedgerPage:
    """The ledger as this viewer sees it; ``wanted`` are the fields of hazard_list.Wanted, ``counted`` is all or some
    (at most ledger_pages.MOST_COUNTED). Raises Invalid for an unknown sort or cursor.
    """
    return ledger_pages.read(
        app, viewer, Wanted(**wanted), page=page, size=size, sort=sort, after=after, before=before, counted=counted
    )


def show(app: App, number: str, *, viewer: Viewer) -> HazardView:
    """One hazard; raises NotFound, also when the viewer may not see it."""
    now = app.clock()
    with app.reading() as tx:
        return views(tx, app, [seen(tx, number, viewer)], now, viewer)[0]


def row_in(
    tx: Session, app: App, values: Mapping[str, Any], place: Place, finder: str, now: datetime
) -> tuple[Hazard, HazardCode]:
    """A new row of the ledger with its number, and the code it is judged by; raises Invalid, Conflict."""
    found_at = values.get("found_at") or now
    check(values, found_at, now)
    day = found_at.astimezone(app.zone).date()
    code = codes.on_day(tx, values["code"], day)
    holder = units.require(tx, values.get("holder_unit") or place.community)
    wanted = (values.get("number"), day.year, day.month)
    number, before = HazardNumbers(tx, [wanted]).give(*wanted), FoundBefore(tx, [(place.id, code.code, found_at)])
    values = {**values, "found_at": found_at}
    return row(values, place, code, holder, number, before, finder=finder, now=now), code


def row(
    values: Mapping[str, Any], place: Place, code: HazardCode, holder: Unit, number: Parts, before: FoundBefore, *,
    finder: str, now: datetime,
) -> Hazard:  # fmt: skip
    """A new row of the ledger from checked values, not written yet."""
    year, month, serial = number
    found_at = values["found_at"]
    return Hazard(
        number=f"YQ-{year}-{month:02d}{serial:02d}", year=year, month=month, serial=serial, place=place.id,
        street=place.street, community=place.community, grid=place.grid, code=code.code, code_id=code.id,
        text=values["text"].strip(), part=(values.get("part") or "").strip(),
        source=values.get("source") or SOURCES[0], finder=finder,
        found_at=found_at, registered_at=now, holder_unit=holder.code,
        repeats=before.repeats(place.id, code.code, found_at), recurs=before.reopened(place.id, code.code, found_at),
        is_major=False, major_status="否",
    )  # fmt: skip


def _visit(tx: Session, id: int | None, place: Place, viewer: Viewer) -> int | None:
    """The visit on which it was found: one to the same place that the viewer may see; an inspection is held from here
    on.
    """
    if id is None:
        return None
    visit = visits.require(tx, id, viewer)
    if visit.place != place.id:
        raise Invalid(
            f"{id} 号走访检查的场所不是“{place.name}”，请核对。",
            en=f"Visit {id} was not to {place.id}.",
            problems=[{"field": "visit", "rule": "place", "message": "走访检查与隐患不是同一场所"}],
        )
    inspection_lock.hold(tx, visit.id)
    return visit.id


def facts_of(
    tx: Session, hazard: Hazard, code: HazardCode, place: Place, values: Mapping[str, Any]
) -> dict[str, Any]:  # fmt: skip
    """The variables with which the process of a hazard starts."""
    sector = tx.get(Unit, place.lead_unit) if place.lead_unit else None
    facts = {name: bool(values.get(name)) for name in FACTS}
    # Who calls it major at registration only suspects it: the department judges, see judgements.py.
    facts["suspected"] = facts["suspected"] or code.suspected or facts["criteria_confirmed"]
    facts["criteria_confirmed"] = False
    return {
        "hazard": hazard.number, "subject": f"{place.name} · {code.name}",
        "code": code.code, "code_group": code.code_group, "code_name": code.name,
        "place_id": place.id, "place_name": place.name, "place_kind": place.kind, "crowded": place.crowded,
        "key_unit": place.fire_key_level > 0,
        "sector_body": sector.code if sector is not None and sector.kind in competence.NAMED else "",
        "residential": place.residential, "community": place.community, "grid": place.grid, "finder": hazard.finder,
        **facts, "repeats": hazard.repeats, "found_at": hazard.found_at.isoformat(), "holder_unit": hazard.holder_unit,
        "text": hazard.text, "default_level": code.local_level, "default_n": code.default_n,
        "default_unit": code.default_unit, "default_roll": code.default_roll,
    }  # fmt: skip


def check(values: Mapping[str, Any], found_at: datetime, now: datetime) -> None:
    """Raise Invalid, naming the fields, unless a hazard may be registered with these values."""
    source = values.get("source") or SOURCES[0]
    problems: Sequence[tuple[bool, str, str, Said]] = (
        (not str(values.get("text") or "").strip(), "text", "required", Said("请填写隐患描述", "Describe the hazard")),
        (found_at > now, "found_at", "past", Said("发现时间不能晚于现在", "The time of finding is to come")),
        (source not in SOURCES, "source", "choice", one_of("隐患来源", "source", SOURCES)),
    )
    wrong = [(field, rule, message) for failed, field, rule, message in problems if failed]
    if wrong:
        raise Invalid(
            "隐患没有登记成功：" + "；".join(message for _, _, message in wrong) + "。",
            en=f"The hazard was not registered; wrong: {', '.join(field for field, _, _ in wrong)}.",
            problems=[{"field": field, "rule": rule, "message": message} for field, rule, message in wrong],
        )
