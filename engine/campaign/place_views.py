"""A place as it is shown: its file, and what the records say beside it."""

from dataclasses import asdict, dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from engine.app import App
from engine.bpm.viewer import Viewer
from engine.campaign import authority, place_filter, place_records, units
from engine.campaign.case_model import Hazard
from engine.campaign.model import Place
from engine.campaign.unit_listing_model import UnitListing

COMPLETE = ("uscc", "sector", "lead_unit", "address", "lat", "capacity", "floors", "legal_rep", "head", "phone",
            "actual_controller", "open_hours")  # fmt: skip  # 建清单、知底数: what a full file says


@dataclass(frozen=True, slots=True)
class PlaceView:
    """A place as it is shown; ``open_hazards`` counts what is not closed, ``completeness`` is in percent, ``priority``
    how many targets of checks (mechanism 16) it is: high risk, fatal accident, open major hazard, joint punishment. The
    fields from ``last_visit`` on are those of place_records.PlaceRecord.
    """

    id: str
    name: str
    uscc: str
    kind: str
    place_kind: str
    sector: str
    lead_unit: str | None
    unit: str | None
    street: str
    community: str
    community_name: str
    grid: str
    address: str
    lat: float | None
    lon: float | None
    capacity: int | None
    floors: int | None
    crowded: bool
    residential: bool
    risk_level: str
    fire_key_level: int
    head: str
    phone: str
    open_hours: str
    uses_gas: bool
    dangerous_goods: bool
    special_equipment: bool
    status: str
    team: list[Any]
    legal_rep: str
    actual_controller: str
    phones: list[Any]
    tags: list[str]
    fatal_accident: bool
    joint_punishment: bool
    promise_year: int | None
    residents: list[Any]
    linked_leader: str | None
    revision: int
    open_hazards: int
    flags: list[str]
    priority: int
    completeness: int
    contacts_hidden: bool
    last_visit: datetime | None
    last_admin_inspection: datetime | None
    admin_inspections_this_year: int
    cap_this_year: int | None
    penalties_180d: int
    penalties_365d: int


def hidden(text: str) -> str:
    """A telephone number of which the last digits may be compared, no more."""
    return "*" * max(len(text) - 2, 0) + text[-2:] if len(text) > 4 else "*" * len(text)


def views(tx: Session, app: App, places: list[Place], viewer: Viewer) -> list[PlaceView]:
    """These places, for this viewer: without telephone numbers for who may not read them."""
    open_to = authority.may(tx, viewer, "place.contacts")
    ids = [place.id for place in places]
    counted = select(Hazard.place, func.count(), func.count().filter(Hazard.is_major)).where(
        Hazard.place.in_(ids), Hazard.closed_at.is_(None)
    )
    open_hazards = {row[0]: (row[1], row[2]) for row in tx.execute(counted.group_by(Hazard.place))}
    listed = set(tx.scalars(select(UnitListing.place).where(UnitListing.place.in_(ids), place_filter.LISTED)))
    titles = units.names(tx, {place.community for place in places})
    records = place_records.of(tx, places, viewer, app.clock(), app.zone)
    shown = (
        _view(place, records[place.id], titles[place.community], place.id in listed,
              *open_hazards.get(place.id, (0, 0)))
        for place in places
    )  # fmt: skip
    return [one if open_to else _without_contacts(one) for one in shown]


def _without_contacts(place: PlaceView) -> PlaceView:
    phones = [{**row, "phone": hidden(row["phone"])} for row in place.phones]
    return replace(place, phone=hidden(place.phone), phones=phones, contacts_hidden=True)


def _view(
    place: Place, record: place_records.PlaceRecord, community_name: str, listed: bool, open_hazards: int,
    open_major: int,
) -> PlaceView:  # fmt: skip
    flagged = {
        "亡人事故": place.fatal_accident,
        "联合惩戒": place.joint_punishment,
        "有重大隐患": open_major > 0,
        "挂牌督办": listed,
    }
    targets = (place.risk_level in place_filter.HIGH_RISK, place.fatal_accident, open_major > 0, place.joint_punishment)
    filled = sum(getattr(place, name) not in (None, "") for name in COMPLETE)
    return PlaceView(
        **{name: getattr(place, name) for name in PlaceView.__slots__ if hasattr(place, name)}, **asdict(record),
        community_name=community_name, open_hazards=open_hazards,
        flags=[name for name, holds in flagged.items() if holds], completeness=round(100 * filled / len(COMPLETE)),
        priority=sum(targets), contacts_hidden=False,
    )  # fmt: skip
