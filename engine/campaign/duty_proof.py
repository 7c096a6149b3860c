"""Whether the records prove a duty without a second entry: pure queries, by the name that rules/duties.yaml gives."""

from collections.abc import Callable
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, Select, select
from sqlalchemy.orm import Session

from engine.campaign.duty_kinds import kind_of
from engine.campaign.duty_model import Duty
from engine.campaign.model import Place, Visit

LOOK_BACK = "回头看"
TEAM = 5  # 五包一: five different parts, each with a person


def proof_of(tx: Session, duty: Duty, now: datetime, zone: ZoneInfo) -> str:
    """The records that prove a duty up to now, in words; empty when there are none."""
    prove = PROOFS.get(kind_of(duty.kind).proof)
    return prove(tx, duty, now, zone) if prove else ""


def _visit(tx: Session, duty: Duty, now: datetime, zone: ZoneInfo) -> str:
    return _told(tx, duty, now, zone, Visit.place == duty.place)


def _led_visit(tx: Session, duty: Duty, now: datetime, zone: ZoneInfo) -> str:
    rows = tx.scalars(_visits(duty, now, zone))
    return next((f"走访检查 {row.id}：{row.place}" for row in rows if duty.person in row.people), "")


def _revisits(tx: Session, duty: Duty, now: datetime, zone: ZoneInfo) -> str:
    here = select(Place.id).where(Place.community == duty.community)
    return _told(tx, duty, now, zone, Visit.kind == LOOK_BACK, Visit.place.in_(here))


def _team(tx: Session, duty: Duty, now: datetime, zone: ZoneInfo) -> str:
    team = tx.get_one(Place, duty.place).team
    parts = {each.get("part") for each in team if each.get("person")}
    return "五包一五个岗位齐全" if len(parts) >= TEAM else ""


def _told(tx: Session, duty: Duty, now: datetime, zone: ZoneInfo, *which: ColumnElement[bool]) -> str:
    row = tx.scalars(_visits(duty, now, zone).where(*which).limit(1)).one_or_none()
    return f"走访检查 {row.id}：{row.place}" if row else ""


def _visits(duty: Duty, now: datetime, zone: ZoneInfo) -> Select[Visit]:
    first = datetime.combine(duty.starts_on, time(), zone)
    after = datetime.combine(duty.ends_on + timedelta(days=1), time(), zone)
    return select(Visit).where(Visit.at >= first, Visit.at < after, Visit.at <= now).order_by(Visit.at, Visit.id)


PROOFS: dict[str, Callable[[Session, Duty, datetime, ZoneInfo], str]] = {
    "visit": _visit, "led_visit": _led_visit, "revisits": _revisits, "team": _team,
}  # fmt: skip
