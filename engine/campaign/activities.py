"""Verbs on activities: meetings (三方会商、联席会议、现场会) whose decisions become duties with owner and date;
trainings, drills, lectures, publicity, supervision rounds, warnings, with the numbers that the reports add up.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

from sqlalchemy import ColumnElement, String, cast, select, true
from sqlalchemy.orm import Session

from engine.app import App
from engine.bpm.viewer import Page, Viewer
from engine.campaign import authority, campaigns, duty_kinds, once, places, powers, scope, units
from engine.campaign.activity_kinds import DECIDING, KINDS
from engine.campaign.activity_model import Activity, Decision
from engine.campaign.duties import STATES
from engine.campaign.duty_model import Duty
from engine.campaign.model import PlanTask, Unit
from engine.campaign.numbers import next_number
from engine.campaign.pages import like, read_page
from engine.campaign.periods import period_of
from engine.campaign.sight import seen
from engine.campaign.visits import refuse
from engine.errors import NotFound
from engine.said import Said, one_of

DUTY = "meeting_decision"  # the kind of duty that a decision becomes
LEAST_PARTIES = 3  # of a 三方会商: 属地、应急、企业


@dataclass(frozen=True, slots=True)
class DecisionView:
    """What was decided, with where its duty stands."""

    id: int
    text: str
    unit: str
    unit_name: str
    due_on: date
    duty: int | None
    state: str
    state_name: str


@dataclass(frozen=True, slots=True)
class ActivityView:
    """An activity as it is shown."""

    number: str
    kind: str
    kind_name: str
    title: str
    held_at: datetime
    unit: str
    units: list[str]
    street: str | None
    community: str | None
    place: str | None
    hazard: str | None
    campaign: str | None
    plan_task: int | None
    people: int
    enterprises: int
    copies: int
    text: str
    created_at: datetime
    created_by: str
    decisions: list[DecisionView]


def list_activities(
    app: App, viewer: Viewer, *, kind: str | None = None, unit: str | None = None, hazard: str | None = None,
    campaign: str | None = None, page: int = 1, size: int = 50,
) -> Page[ActivityView]:  # fmt: skip
    """The activities the viewer may see, newest first."""
    with app.reading() as tx:
        query = select(Activity).where(_sight(tx, viewer))
        for column, wanted in (
            (Activity.kind, kind), (Activity.unit, unit), (Activity.hazard, hazard), (Activity.campaign, campaign),
        ):  # fmt: skip
            if wanted:
                query = query.where(column == wanted)
        ordered = query.order_by(Activity.held_at.desc(), Activity.number.desc())
        return read_page(tx, ordered, page, size, lambda row: _view(tx, row))


def show(app: App, number: str, *, viewer: Viewer) -> ActivityView:
    """One activity with its decisions; raises NotFound."""
    with app.reading() as tx:
        row = tx.scalars(select(Activity).where(Activity.number == number, _sight(tx, viewer))).one_or_none()
        if row is None:
            raise NotFound(f"没有编号为“{number}”的活动，或不在您的职责范围内。", en=f"There is no activity {number}.")
        return _view(tx, row)


def create(app: App, values: Mapping[str, Any], *, viewer: Viewer, key: str | None = None) -> ActivityView:
    """Write down what was held (``kind, title``, optional ``held_at, units, place, hazard, campaign, plan_task, people,
    enterprises, copies, text, decisions``); each decision ``{text, unit, due_on}`` becomes a duty of that unit. The
    same ``key`` answers the first. Raises Invalid, NotAllowed, NotFound.
    """
    now = app.clock()
    with app.transaction() as tx:
        authority.require(tx, viewer, "activity.create")
        if made := once.earlier(tx, viewer, "activity", key):
            return _view(tx, tx.get_one(Activity, made))
        own = powers.acting_unit(tx, viewer, values.get("unit"))
        held_at = values.get("held_at") or now
        there = list(dict.fromkeys(values.get("units") or ()))
        for code in there:
            units.require(tx, code)
        day = held_at.astimezone(app.zone).date()
        _check(tx, values, held_at, now, {own.code, *there}, day)
        year = day.year
        row = Activity(
            number=f"HD-{year}-{next_number(tx, f'activity-{year}'):03d}", kind=values["kind"], title=values["title"],
            held_at=held_at, unit=own.code, units=there, people=values.get("people") or 0,
            enterprises=values.get("enterprises") or 0, copies=values.get("copies") or 0,
            text=values.get("text") or "", plan_task=values.get("plan_task"), created_at=now, created_by=viewer.name,
            **_about(tx, own, values, viewer),
        )  # fmt: skip
        tx.add(row)
        tx.flush()
        for place, decided in enumerate(values.get("decisions") or (), 1):
            _decide(tx, app, row, place, decided, now)
        once.note(tx, viewer, "activity", key, row.number)
        return _view(tx, row)


def _about(tx: Session, own: Unit, values: Mapping[str, Any], viewer: Viewer) -> dict[str, Any]:
    """Where it lies and what it is about; all of it must be the viewer's to see."""
    place = places.require(tx, values["place"], viewer) if values.get("place") else None
    hazard = seen(tx, values["hazard"], viewer) if values.get("hazard") else None
    campaign = campaigns.require(tx, values["campaign"], viewer) if values.get("campaign") else None
    street, community = units.ancestor(tx, own, "street"), units.ancestor(tx, own, "community")
    where = place or hazard
    return {
        "place": place.id if place else hazard.place if hazard else None,
        "hazard": hazard.number if hazard else None, "campaign": campaign.number if campaign else None,
        "street": street.code if street else where.street if where else None,
        "community": community.code if community else where.community if where else None,
    }  # fmt: skip


def _decide(tx: Session, app: App, row: Activity, place: int, decided: Mapping[str, Any], now: datetime) -> None:
    unit = units.require(tx, decided["unit"])
    due_on = decided["due_on"]
    street, community = units.ancestor(tx, unit, "street"), units.ancestor(tx, unit, "community")
    duty = Duty(
        kind=DUTY, subject=f"{row.number}-{place}", subject_name=row.title, period=period_of("day", due_on).key,
        title=f"{KINDS[row.kind]}议定事项：{decided['text']}"[:255], starts_on=row.held_at.astimezone(app.zone).date(),
        ends_on=due_on, begin_at=now, due_at=app.calendar.end_of_day(due_on, app.zone).astimezone(UTC), unit=unit.code,
        office=row.unit, place=row.place, street=street.code if street else row.street,
        community=community.code if community else None, state="open", rule_version=duty_kinds.rules().version,
        created_at=now,
    )  # fmt: skip
    tx.add(duty)
    tx.flush()
    tx.add(Decision(activity=row.number, text=decided["text"], unit=unit.code, due_on=due_on, duty=duty.id))
    tx.flush()


def _check(
    tx: Session, values: Mapping[str, Any], held_at: datetime, now: datetime, parties: set[str], day: date
) -> None:
    decisions = values.get("decisions") or ()
    task = values.get("plan_task")
    refuse(
        (values["kind"] not in KINDS, "kind", "choice", one_of("种类", "kind", KINDS)),
        (held_at > now, "held_at", "past", Said("只登记已经举行的活动", "Only what has been held is recorded")),
        (bool(decisions) and values["kind"] not in DECIDING, "decisions", "kind",
         Said("只有会议可以议定事项", "Only meetings decide")),
        (any(row["due_on"] < day for row in decisions), "decisions", "past",
         Said("议定事项的期限不能早于会议当天", "What was decided is not due before the meeting")),
        (values["kind"] == "three_party" and len(parties) < LEAST_PARTIES, "units", "parties",
         Said("三方会商须写明属地、应急（或主管部门）和企业三方",
              "Name the three: the area, the emergency bureau (or the competent one), the enterprise")),
        (task is not None and tx.get(PlanTask, task) is None, "plan_task", "choice",
         Said("没有这个编号的三年行动任务", "The plan has no task of this number")),
    )  # fmt: skip


def _sight(tx: Session, viewer: Viewer) -> ColumnElement[bool]:
    """Rows of ``activity``: of one's area, held by one's unit, in which it took part, or that gave it work."""
    if viewer.admin:
        return true()
    area, unit = scope.areas(viewer), scope.own_unit(viewer)
    own = tx.scalar(unit)
    decided = select(Decision.activity).where(Decision.unit.in_(unit))
    took_part = cast(Activity.units, String).like(like(f'"{own}"'), escape="\\")
    return (
        Activity.street.in_(area) | Activity.community.in_(area) | Activity.unit.in_(unit)
        | Activity.number.in_(decided) | took_part
    )  # fmt: skip


def _view(tx: Session, row: Activity) -> ActivityView:
    query = select(Decision, Duty.state, Unit.name).join(Unit, Unit.code == Decision.unit)
    query = query.outerjoin(Duty, Duty.id == Decision.duty).where(Decision.activity == row.number)
    decisions = [
        DecisionView(made.id, made.text, made.unit, name, made.due_on, made.duty, state, STATES[state])
        for made, state, name in tx.execute(query.order_by(Decision.id))
    ]
    kept = {name: getattr(row, name) for name in ActivityView.__slots__ if hasattr(row, name)}
    return ActivityView(**kept | {"kind_name": KINDS[row.kind], "decisions": decisions})
