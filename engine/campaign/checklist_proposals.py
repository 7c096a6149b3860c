"""Verbs on proposals (待登记隐患): each "no" on a checklist proposes a hazard of the item's code; a person registers
it with one call or dismisses it with a reason. The program registers nothing by itself.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from engine.app import App
from engine.bpm.viewer import Page, Viewer
from engine.campaign import authority, evidence, hazards, inspection_lock, scope
from engine.campaign.checklist_answers import PROPOSED
from engine.campaign.checklist_model import Answer, Checklist, Sheet
from engine.campaign.model import Place, Visit
from engine.campaign.pages import read_page
from engine.campaign.visits import refuse
from engine.errors import Conflict, NotFound
from engine.said import Said

REGISTERED, DISMISSED = "registered", "dismissed"
STATES = {PROPOSED: "待登记", REGISTERED: "已登记", DISMISSED: "不登记"}
SOURCES = {"网格巡查": "网格巡查", "夜查": "网格巡查", "企业自查": "企业自查"}  # by kind of visit
OTHER_SOURCE = "督导检查"


@dataclass(frozen=True, slots=True)
class ProposalView:
    """A proposal as it is shown: where it comes from, and what became of it."""

    id: int
    state: str
    state_name: str
    visit: int
    at: datetime
    place: str
    place_name: str
    checklist: str
    version: int
    checklist_name: str
    no: int
    question: str
    code: str
    clause: str
    legal_note: str
    note: str
    photos: list[str]
    answered_at: datetime
    answered_by: str
    hazard: str | None
    reason: str
    decided_at: datetime | None
    decided_by: str | None


def list_proposals(
    app: App, viewer: Viewer, *, state: str | None = None, visit: int | None = None, place: str | None = None,
    hazard: str | None = None, page: int = 1, size: int = 50,
) -> Page[ProposalView]:  # fmt: skip
    """The proposals of visits the viewer may see, newest first; ``hazard`` finds the item that a hazard comes from."""
    query = _seen(viewer)
    for column, wanted in ((Answer.state, state), (Sheet.visit, visit), (Visit.place, place), (Answer.hazard, hazard)):
        if wanted:
            query = query.where(column == wanted)
    with app.reading() as tx:
        return read_page(tx, query.order_by(Answer.id.desc()), page, size, lambda row: _view(tx, row))


def show(app: App, id: int, *, viewer: Viewer) -> ProposalView:
    """One proposal; raises NotFound, also when the viewer may not see its visit."""
    with app.reading() as tx:
        return _view(tx, _require(tx, id, viewer))


def register(app: App, id: int, values: Mapping[str, Any], *, viewer: Viewer) -> ProposalView:
    """Register the hazard of a proposal and start its process; a second time answers the first hazard. ``values``
    are the optional ones of hazards.register that the item does not say: ``text`` (else question and note), ``part,
    source, number, holder_unit, duplicate_reason`` and its FACTS.

    Raises Conflict (dismissed already; an open case like it), Invalid (the code was not in force), NotAllowed,
    NotFound.
    """
    now = app.clock()
    with app.transaction() as tx:
        row = _to_decide(tx, id, viewer)
        if row.state == REGISTERED:
            return _view(tx, row)
        _require_open(row)
        sheet = tx.get_one(Sheet, row.sheet)
        visit = tx.get_one(Visit, sheet.visit)
        item = tx.get_one(Checklist, sheet.checklist).items[row.no - 1]
        text = f"{item['question']}：否。{row.note}"
        source = SOURCES.get(visit.kind, OTHER_SOURCE)
        found = {"text": text, "source": source, **{name: value for name, value in values.items() if value is not None}}
        found |= {"place": visit.place, "code": item["code"], "visit": visit.id, "found_at": visit.at, "photos": ()}
        found["on_duplicate"] = "refuse"  # the person decides: add to the open case, or give the reason
        hazard = hazards.register_by(tx, app, found, viewer, now)
        evidence.hand_on(tx, row.photos, hazard.number)
        row.state, row.hazard, row.decided_at, row.decided_by = REGISTERED, hazard.number, now, viewer.name
        tx.flush()
        return _view(tx, row)


def dismiss(app: App, id: int, *, reason: str, viewer: Viewer) -> ProposalView:
    """Say why a proposal is no hazard of its own (fixed on the spot, known already); a second time answers the first.
    Raises Conflict (registered already), Invalid, NotAllowed, NotFound.
    """
    now = app.clock()
    with app.transaction() as tx:
        row = _to_decide(tx, id, viewer)
        if row.state == DISMISSED and row.reason == reason.strip():
            return _view(tx, row)
        _require_open(row)
        refuse((not reason.strip(), "reason", "required", Said("请写明不登记的理由", "Say why it is not registered")))
        row.state, row.reason, row.decided_at, row.decided_by = DISMISSED, reason.strip(), now, viewer.name
        tx.flush()
        return _view(tx, row)


def _seen(viewer: Viewer) -> Select[Answer]:
    return (
        select(Answer)
        .join(Sheet, Sheet.id == Answer.sheet)
        .join(Visit, Visit.id == Sheet.visit)
        .join(Place, Place.id == Visit.place)
        .where(Answer.state.is_not(None), scope.visits(viewer))
    )


def _require(tx: Session, id: int, viewer: Viewer) -> Answer:
    row = tx.scalars(_seen(viewer).where(Answer.id == id)).one_or_none() if 0 < id < 2**31 else None
    if row is None:
        raise NotFound(f"没有 {id} 号待登记隐患，或不在您的管辖范围。", en=f"There is no proposal {id} in your area.")
    return row


def _to_decide(tx: Session, id: int, viewer: Viewer) -> Answer:
    """The proposal, locked with its sheet, behind the inspection: nobody answers the item otherwise meanwhile."""
    row = _require(tx, id, viewer)
    authority.require(tx, viewer, "proposal.decide")
    sheet = tx.get_one(Sheet, row.sheet)
    inspection_lock.hold(tx, sheet.visit)
    tx.refresh(sheet, with_for_update=True)
    tx.refresh(row)
    return row


def _require_open(row: Answer) -> None:
    if row.state == PROPOSED:
        return
    became = {REGISTERED: f"已登记为 {row.hazard}", DISMISSED: f"已决定不登记（{row.reason}）"}
    raise Conflict(
        f"这一项{became.get(row.state or '', '已改为不是隐患')}，请刷新。",
        en=f"Proposal {row.id} is decided; reload it.",
    )


def _view(tx: Session, row: Answer) -> ProposalView:
    sheet = tx.get_one(Sheet, row.sheet)
    version, visit = tx.get_one(Checklist, sheet.checklist), tx.get_one(Visit, sheet.visit)
    item = version.items[row.no - 1]
    kept = {name: getattr(row, name) for name in ProposalView.__slots__ if name in row.__table__.columns}
    return ProposalView(**kept | {
        "state_name": STATES[row.state or PROPOSED], "visit": visit.id, "at": visit.at, "place": visit.place,
        "place_name": tx.get_one(Place, visit.place).name, "checklist": version.key, "version": version.version,
        "checklist_name": version.name, "question": item["question"], "code": item["code"], "clause": item["clause"],
        "legal_note": version.legal_note,
    })  # fmt: skip
