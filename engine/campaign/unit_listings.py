"""Listed supervision of a whole unit (对存在安全隐患较大的单位实行挂牌督办): proposed for a place, decided by the body
that lists, then the work of ``bpmn/unit_listing``. A single hazard is listed by ``bpmn/listing``; the hazards of a
listed unit carry nothing of it, the place does.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import Select, select, true
from sqlalchemy.orm import Session

from engine.app import App
from engine.bpm import instances
from engine.bpm.model import Task, TaskCandidate
from engine.bpm.step import ACTOR
from engine.bpm.viewer import Page, Viewer
from engine.campaign import authority, case_files, once, places, powers, scope, units
from engine.campaign import unit_listing_operators as operators
from engine.campaign.case_files import StepView
from engine.campaign.document_model import Document
from engine.campaign.document_sight import documents
from engine.campaign.model import Place
from engine.campaign.numbers import next_number
from engine.campaign.pages import read_page
from engine.campaign.unit_listing_model import UnitListing, UnitListingStep
from engine.errors import Conflict, NotFound

DEFINITION, PREFIX = "unit_listing", "GP"
ORGAN = "district_committee_office"  # of the usual organisation
PROPOSED, LISTED, REFUSED, DELISTED = "待决定", "挂牌督办中", "不挂牌", "已摘牌"
STATES = (PROPOSED, LISTED, REFUSED, DELISTED)


@dataclass(frozen=True, slots=True)
class UnitListingView:
    """A listing as it is shown. ``step`` is what is to be done now by the unit ``turn`` until ``due_at``, empty once it
    ended. ``open_hazards`` are those that stand against its end (major or overdue), while it runs; ``document_id`` is
    the 挂牌督办通知书 where the viewer may read it; both and ``steps`` are empty in a list.
    """

    number: str
    place: str
    place_name: str
    organ: str
    organ_name: str
    instance_id: str | None
    reason: str
    proposed_at: datetime
    proposed_by: str
    state: str
    level: str
    step: str
    turn: str
    turn_name: str
    due_at: datetime | None
    document: str
    document_id: str | None
    supervisor: str
    five: dict[str, Any]
    listed_at: datetime | None
    ends_at: datetime | None
    overdue: bool
    delisted_at: datetime | None
    closed_at: datetime | None
    open_hazards: list[str]
    steps: list[StepView]


def propose(app: App, values: Mapping[str, Any], *, viewer: Viewer, key: str | None = None) -> UnitListingView:
    """Ask that a place be listed as a whole: ``place, reason``, and ``organ`` where it is another body than the usual
    one. The same ``key`` from the same person answers the first.

    Raises NotFound, NotAllowed (role; or a body that may not list by table D9), Conflict while a listing of it runs.
    """
    now = app.clock()
    with app.transaction() as tx:
        place = places.require(tx, values["place"], viewer)
        authority.require(tx, viewer, "unit_listing.propose")
        organ = units.require(tx, values.get("organ") or ORGAN)
        powers.entitled(tx, operators.ACT, organ, day=now.astimezone(app.zone).date())
        if earlier := once.earlier(tx, viewer, "unit_listing", key):
            return _one(tx, operators.existing(tx, earlier), viewer, now)
        tx.refresh(place, with_for_update=True)
        if (found := operators.running(tx, place.id)) is not None:
            raise Conflict(
                f"“{place.name}”已有办理中的单位挂牌 {found.number}。", en=f"Listing {found.number} of it runs already."
            )
        tx.info[ACTOR], year = viewer.name, now.astimezone(app.zone).year
        serial = next_number(tx, f"unit-listing-{year}")
        row = UnitListing(
            number=f"{PREFIX}-{year}-{serial:04d}", year=year, serial=serial, place=place.id, organ=organ.code,
            reason=values["reason"].strip(), proposed_at=now, proposed_by=viewer.name, five={},
        )  # fmt: skip
        tx.add(row)
        tx.flush()
        operators.note(tx, row, "提请", row.reason, now, viewer.name)
        row.instance_id = instances.start_in(
            tx, app, DEFINITION, {
                "listing": row.number, "place": place.id, "subject": place.name, "place_name": place.name,
                "organ": organ.code, "holder": place.unit or place.community,
            }, by=viewer.name, now=now, business_key=row.number,
        )  # fmt: skip
        tx.flush()
        once.note(tx, viewer, "unit_listing", key, row.number)
        return _one(tx, row, viewer, now)


def list_listings(
    app: App, viewer: Viewer, *, place: str | None = None, state: str | None = None, page: int = 1, size: int = 50
) -> Page[UnitListingView]:
    """The listings this viewer may see, what runs first, then the newest."""
    query, now = _seen(viewer), app.clock()
    query = query.where(UnitListing.place == place) if place else query
    query = query.where(_at(state)) if state else query
    with app.reading() as tx:
        order = query.order_by(
            UnitListing.closed_at.desc().nulls_first(), UnitListing.proposed_at.desc(), UnitListing.number.desc()
        )
        found = read_page(tx, order, page, size, lambda row: row)
        return Page(_views(tx, found.items, now), found.total, found.page, found.size)


def show(app: App, number: str, *, viewer: Viewer) -> UnitListingView:
    """One listing with its steps; raises NotFound, for a stranger as for a number that does not exist."""
    now = app.clock()
    with app.reading() as tx:
        row = tx.scalars(_seen(viewer).where(UnitListing.number == number)).one_or_none()
        if row is None:
            raise NotFound(
                f"没有编号为“{number}”的单位挂牌，或不在您的职责范围内。", en=f"There is no listing {number} for you."
            )
        return _one(tx, row, viewer, now)


def _seen(viewer: Viewer) -> Select[UnitListing]:
    mine = UnitListing.place.in_(select(Place.id).where(scope.places(viewer)))
    return select(UnitListing).where(true() if viewer.admin else mine | UnitListing.organ.in_(scope.own_unit(viewer)))


def _at(state: str) -> Any:
    listed, over = UnitListing.listed_at.is_not(None), UnitListing.closed_at.is_not(None)
    return {PROPOSED: ~listed & ~over, LISTED: listed & ~over, REFUSED: ~listed & over, DELISTED: listed & over}[state]


def _state(row: UnitListing) -> str:
    if row.closed_at is None:
        return LISTED if row.listed_at else PROPOSED
    return DELISTED if row.listed_at else REFUSED


def _one(tx: Session, row: UnitListing, viewer: Viewer, now: datetime) -> UnitListingView:
    """A listing with everything that a list leaves out."""
    paper = select(Document.id).where(Document.number == row.document, documents(viewer)).limit(1)
    return replace(
        _views(tx, [row], now)[0],
        document_id=tx.scalar(paper) if row.document else None,
        open_hazards=operators.open_hazards(tx, row.place, now) if row.closed_at is None else [],
        steps=case_files.steps(tx, UnitListingStep, row.number),
    )


def _views(tx: Session, rows: Sequence[UnitListing], now: datetime) -> list[UnitListingView]:
    waits = _waiting(tx, rows)
    turns = {unit for _, unit, _ in waits.values()}
    names = units.names(tx, {row.organ for row in rows} | turns)
    named = select(Place.id, Place.name).where(Place.id.in_({row.place for row in rows}))
    titles = {row.id: row.name for row in tx.execute(named)}
    own = [name for name in UnitListingView.__slots__ if name in UnitListing.__mapper__.columns]
    found = []
    for row in rows:
        step, turn, due_at = waits.get(row.instance_id or "", ("", "", None))
        found.append(UnitListingView(
            **{name: getattr(row, name) for name in own}, place_name=titles[row.place], organ_name=names[row.organ],
            state=_state(row), overdue=row.closed_at is None and row.ends_at is not None and row.ends_at <= now,
            step=step, turn=turn, turn_name=names.get(turn, turn), due_at=due_at, document_id=None, open_hazards=[],
            steps=[],
        ))  # fmt: skip
    return found


def _waiting(tx: Session, rows: Sequence[UnitListing]) -> dict[str, tuple[str, str, datetime | None]]:
    """By case the step that waits, the unit whose turn it is, and by when."""
    query = select(Task.instance_id, Task.name, TaskCandidate.candidate, Task.due_at).join(TaskCandidate)
    query = query.where(Task.status == "open", Task.instance_id.in_({row.instance_id for row in rows}))
    return {case: (name, who.partition(":")[2], due_at) for case, name, who, due_at in tx.execute(query)}
