"""Whether the records prove a duty without a second entry: pure queries, by the name that rules/duties.yaml gives."""

from collections.abc import Callable
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, Select, select
from sqlalchemy.orm import Session

from engine.campaign import place_gaps
from engine.campaign.activity_model import Activity
from engine.campaign.duty_kinds import kind_of
from engine.campaign.duty_model import Duty
from engine.campaign.model import Place, Visit
from engine.campaign.snapshot_model import Snapshot

LOOK_BACK = "回头看"
RESIDENT = "驻点巡查"


def proof_of(tx: Session, duty: Duty, now: datetime, zone: ZoneInfo) -> str:
    """The records that prove a duty up to now, in words; empty when there are none."""
    prove = PROOFS.get(kind_of(duty.kind, duty.starts_on).proof)
    return prove(tx, duty, now, zone) if prove else ""


def _visit(tx: Session, duty: Duty, now: datetime, zone: ZoneInfo) -> str:
    return _told(tx, duty, now, zone, Visit.place == duty.place)


def _led_visit(tx: Session, duty: Duty, now: datetime, zone: ZoneInfo) -> str:
    """One that the leader led, or went on."""
    rows = tx.scalars(_visits(duty, now, zone))
    mine = (row for row in rows if duty.person in (row.leader, *row.people))
    return next((f"走访检查 {row.id}：{row.place}" for row in mine), "")


def _resident(tx: Session, duty: Duty, now: datetime, zone: ZoneInfo) -> str:
    """The daily report of the resident: a visit of this kind to the place, by the person, on the day."""
    rows = tx.scalars(_visits(duty, now, zone).where(Visit.kind == RESIDENT, Visit.place == duty.place))
    return next((f"驻点巡查 {row.id}：{row.result}" for row in rows if duty.person in row.people), "")


def _revisits(tx: Session, duty: Duty, now: datetime, zone: ZoneInfo) -> str:
    here = select(Place.id).where(Place.community == duty.community)
    return _told(tx, duty, now, zone, Visit.kind == LOOK_BACK, Visit.place.in_(here))


def _team(tx: Session, duty: Duty, now: datetime, zone: ZoneInfo) -> str:
    """Every part of the team template in force at the end of the duty (or now) is held by somebody who is there."""
    place = tx.get_one(Place, duty.place)
    template = place_gaps.template_on(place.fire_key_level, min(duty.ends_on, now.astimezone(zone).date()))
    if template is None or place_gaps.empty_parts(tx, place, template):
        return ""
    return f"包保岗位 {len(template.parts)} 个齐全（{template.clause}）"


def _told(tx: Session, duty: Duty, now: datetime, zone: ZoneInfo, *which: ColumnElement[bool]) -> str:
    row = tx.scalars(_visits(duty, now, zone).where(*which).limit(1)).one_or_none()
    return f"走访检查 {row.id}：{row.place}" if row else ""


def _visits(duty: Duty, now: datetime, zone: ZoneInfo) -> Select[Visit]:
    first = datetime.combine(duty.starts_on, time(), zone)
    after = datetime.combine(duty.ends_on + timedelta(days=1), time(), zone)
    return select(Visit).where(Visit.at >= first, Visit.at < after, Visit.at <= now).order_by(Visit.at, Visit.id)


def _drill(tx: Session, duty: Duty, now: datetime, zone: ZoneInfo) -> str:
    held = select(Activity).where(
        Activity.kind == "drill", Activity.place == duty.place, Activity.held_at <= now,
        Activity.held_at >= datetime.combine(duty.starts_on, time(), zone),
        Activity.held_at < datetime.combine(duty.ends_on + timedelta(days=1), time(), zone),
    )  # fmt: skip
    row = tx.scalars(held.order_by(Activity.held_at).limit(1)).one_or_none()
    return f"活动 {row.number}：{row.title}" if row else ""


def _frozen(form: str) -> Callable[[Session, Duty, datetime, ZoneInfo], str]:
    """The proof that this report of the street was frozen for the period."""

    def prove(tx: Session, duty: Duty, now: datetime, zone: ZoneInfo) -> str:
        same = Snapshot.form == form, Snapshot.unit == duty.street, Snapshot.period == duty.period
        row = tx.scalars(
            select(Snapshot).where(*same, Snapshot.frozen_at <= now).order_by(Snapshot.id).limit(1)
        ).first()
        return f"已冻结的{row.rows['title']}（{row.period}）第 {row.version} 版" if row else ""

    return prove


PROOFS: dict[str, Callable[[Session, Duty, datetime, ZoneInfo], str]] = {
    "visit": _visit, "resident": _resident, "led_visit": _led_visit, "revisits": _revisits, "team": _team,
    "drill": _drill,
    **{form: _frozen(form) for form in ("daily", "weekly", "monthly", "quarterly", "yearly")},
}  # fmt: skip
