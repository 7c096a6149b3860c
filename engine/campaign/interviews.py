"""Verbs on talks (约谈) and the ladder of letters, bulletins and exposure: a person starts one, the diagram goes on."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from engine.app import App
from engine.bpm import instances
from engine.bpm.definitions import find as definition
from engine.bpm.step import ENGINE
from engine.bpm.viewer import Page, Viewer
from engine.campaign import candidates, once, people, powers, units
from engine.campaign.case_model import Hazard
from engine.campaign.model import Place
from engine.campaign.numbers import next_number
from engine.campaign.pages import read_page
from engine.campaign.report_model import Interview, InterviewStep
from engine.errors import Invalid, NotAllowed, NotFound, Problem
from engine.said import Said

DEFINITION = "interview"
OBJECT, CADRE = "object", "cadre"
STEPS = ("函告", "通报", "约谈", "曝光")
ACTS = {OBJECT: "interview", CADRE: "talk"}  # of table D9
HOSTS = {OBJECT: "clerk@safety_office", CADRE: "discipline@discipline_office"}


@dataclass(frozen=True, slots=True)
class StepView:
    """One thing done in a case."""

    no: int
    kind: str
    at: datetime
    by: str
    text: str
    decisions: str
    on_day: date | None


@dataclass(frozen=True, slots=True)
class InterviewView:
    """A case as it is shown."""

    number: str
    instance_id: str | None
    audience: str
    place: str | None
    unit: str | None
    person: str | None
    reason: str
    hazards: list[str]
    host: str
    opened_at: datetime
    opened_by: str
    closed_at: datetime | None
    steps: list[StepView]


def start(app: App, values: Mapping[str, Any], *, viewer: Viewer, key: str | None = None) -> InterviewView:
    """Start a case: ``audience``, ``reason``, ``step``, and ``place`` (object) or ``unit``/``person`` (cadre);
    ``candidates`` that it answers. A cadre is talked to by the discipline office alone, whoever asks (D9).

    Raises NotAllowed, Invalid, NotFound, Conflict.
    """
    now, audience = app.clock(), values["audience"]
    with app.transaction() as tx:
        _may_start(tx, app, viewer, audience, now)
        if earlier := once.earlier(tx, viewer, "interview", key):
            return view(tx, existing(tx, earlier))
        _check(tx, values)
        taken = [candidates.undecided(tx, id) for id in dict.fromkeys(values.get("candidates") or ())]
        hazards = sorted({each.hazard for each in taken if each.hazard})
        row = _open(tx, app, values, hazards=hazards, by=viewer.name, now=now)
        once.note(tx, viewer, "interview", key, row.number)
        for each in taken:
            each.decided_at, each.decided_by, each.interview = now, viewer.name, row.number
        tx.flush()
        return view(tx, row)


def begin_in(tx: Session, app: App, hazard: Hazard, *, reason: str, now: datetime) -> str | None:
    """The chain asks for a talk with the enterprise (table D5): its task opens before the emergency office. Answers its
    number; None while one about this hazard is open, and before the diagram is deployed.
    """
    running = select(Interview.hazards).where(Interview.place == hazard.place, Interview.closed_at.is_(None))
    if any(hazard.number in numbers for numbers in tx.scalars(running)):
        return None
    try:
        definition(tx, DEFINITION)
    except NotFound:
        return None
    values = {"audience": OBJECT, "step": "约谈", "place": hazard.place, "reason": f"隐患 {hazard.number}：{reason}"}
    return _open(tx, app, values, hazards=[hazard.number], by=ENGINE, now=now).number


def _open(
    tx: Session, app: App, values: Mapping[str, Any], *, hazards: list[str], by: str, now: datetime
) -> Interview:  # fmt: skip
    year, audience = now.astimezone(app.zone).year, values["audience"]
    row = Interview(
        number=f"YT-{year}-{next_number(tx, f'interview-{year}'):04d}", audience=audience, hazards=hazards,
        place=values.get("place"), unit=values.get("unit"), person=values.get("person"),
        reason=values["reason"].strip(), host=HOSTS[audience], opened_at=now, opened_by=by,
    )  # fmt: skip
    tx.add(row)
    tx.flush()
    row.instance_id = instances.start_in(
        tx, app, DEFINITION, {
            "interview": row.number, "subject": f"{row.number} · {values['step']}", "audience": audience,
            "host": row.host, "step": values["step"],
        }, by=by, now=now, business_key=row.number,
    )  # fmt: skip
    tx.flush()
    return row


def list_interviews(app: App, viewer: Viewer, *, page: int = 1, size: int = 50) -> Page[InterviewView]:
    """Cases, newest first: the emergency office sees those about enterprises, the discipline office all. Raises
    NotAllowed.
    """
    query = select(Interview).where(Interview.audience.in_(_audiences(viewer)))
    with app.reading() as tx:
        order = query.order_by(Interview.opened_at.desc(), Interview.number.desc())
        return read_page(tx, order, page, size, lambda row: view(tx, row))


def show(app: App, number: str, *, viewer: Viewer) -> InterviewView:
    """One case; raises NotAllowed, NotFound."""
    seen = _audiences(viewer)
    with app.reading() as tx:
        row = existing(tx, number)
        if row.audience not in seen:
            raise _unknown(number)
        return view(tx, row)


def existing(tx: Session, number: str) -> Interview:
    """The row of a case; raises NotFound."""
    row = tx.get(Interview, number)
    if row is None:
        raise _unknown(number)
    return row


def note_in(
    tx: Session, number: str, kind: str, at: datetime, by: str, text: str, *, on: date | None = None,
    decisions: str = "",
) -> None:  # fmt: skip
    """Write down one thing that was done."""
    last = tx.scalar(select(func.max(InterviewStep.no)).where(InterviewStep.interview == number)) or 0
    tx.add(
        InterviewStep(interview=number, no=last + 1, kind=kind, at=at, by=by, text=text, decisions=decisions, on_day=on)
    )
    tx.flush()


def view(tx: Session, row: Interview) -> InterviewView:
    """The row with what was done."""
    rows = tx.scalars(select(InterviewStep).where(InterviewStep.interview == row.number).order_by(InterviewStep.no))
    steps = [StepView(**{name: getattr(each, name) for name in StepView.__slots__}) for each in rows]
    names = [name for name in InterviewView.__slots__ if name != "steps"]
    return InterviewView(**{name: getattr(row, name) for name in names}, steps=steps)


def _audiences(viewer: Viewer) -> tuple[str, ...]:
    candidates.must_see(viewer)
    return (OBJECT, CADRE) if viewer.admin or "discipline_office" in viewer.groups else (OBJECT,)


def _may_start(tx: Session, app: App, viewer: Viewer, audience: str, now: datetime) -> None:
    if audience == CADRE and HOSTS[CADRE] not in viewer.groups:
        raise NotAllowed(
            "约谈干部只能由街道纪工委进行（权限表 D9“约谈干部：仅纪工委”，示例规则，需法制审核）。"
            "请把线索交纪工委决定。",
            en="Only the discipline office may talk to a cadre (table D9).",
        )
    if audience == OBJECT and not viewer.admin and HOSTS[OBJECT] not in viewer.groups:
        raise NotAllowed(
            "约谈企业以街道名义由安全应急办进行（权限表 D9，示例规则，需法制审核）。",
            en="Only the street's emergency office may talk to an enterprise (table D9).",
        )
    powers.require(tx, app, viewer, ACTS[audience], now=now, unit="safety_office" if viewer.admin else None)


def _check(tx: Session, values: Mapping[str, Any]) -> None:
    if values["audience"] == OBJECT:
        if not values.get("place") or tx.get(Place, values["place"]) is None:
            raise _wrong("place", Said("请填写被约谈企业的场所编号", "Give the place of the enterprise"))
        return
    if values["step"] != "约谈":
        raise _wrong("step", Said("对干部只能约谈，不能函告、通报或曝光", "With a cadre there is only a talk"))
    if not values.get("unit"):
        raise _wrong("unit", Said("请填写被约谈干部所在单位", "Give the unit of the cadre"))
    units.require(tx, values["unit"])
    if values.get("person"):
        people.require(tx, values["person"])


def _wrong(field: str, message: Said) -> Invalid:
    problem = Problem(field=field, rule="required", message=message)
    return Invalid(f"没有发起：{message}。", en=f"Not started: {message.en}.", problems=[problem])


def _unknown(number: str) -> NotFound:
    return NotFound(f"没有编号为“{number}”的约谈，请核对。", en=f"There is no interview {number}.")
