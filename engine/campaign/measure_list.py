"""Measures as they are looked up: what runs, what ends soon, what should have been lifted, and all that was done."""

from collections.abc import Sequence
from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, select, true
from sqlalchemy.orm import Session

from engine.app import App
from engine.bpm.viewer import Page, Viewer
from engine.campaign import scope, told, units
from engine.campaign.case_model import Hazard, Measure
from engine.campaign.measure_model import MeasureAct, MeasureDecision
from engine.campaign.measures import MeasureView
from engine.campaign.model import Person, Place
from engine.campaign.pages import read_page
from engine.errors import NotFound
from engine.said import both

STATES = {
    "lifted": "已解除", "testing": "检测中，停止计时", "expired": "已期满，应当立即解除", "warned": "即将期满",
    "running": "执行中",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class ActView:
    """One thing done about a measure."""

    no: int
    kind: str
    at: datetime
    by: str
    by_name: str
    text: str
    detail: dict[str, Any]


@dataclass(frozen=True, slots=True)
class MeasureLine(MeasureView):
    """A measure in a list of many hazards. ``state`` is a key of STATES, ``workdays_left`` counts to ``decide_by`` and
    is None once lifted.
    """

    hazard: str
    place: str
    place_name: str
    state: str
    state_name: str
    workdays_left: int | None


@dataclass(frozen=True, slots=True)
class MeasureDetail:
    """One measure with its decision (行政强制法 24), the steps of 行政强制法 18, who approved, and what was done."""

    measure: MeasureLine
    content: dict[str, Any]
    checklist: dict[str, Any]
    officers: list[dict[str, str]]
    emergency: str
    approved_at: datetime | None
    approved_by: str
    approved_by_name: str
    approved_for: str
    approved_mandate: str
    executed_at: datetime | None
    tested_days: int
    acts: list[ActView]


def list_measures(
    app: App, viewer: Viewer, *, state: str | None = None, kind: str | None = None, organ: str | None = None,
    hazard: str | None = None, page: int = 1, size: int = 50,
) -> Page[MeasureLine]:  # fmt: skip
    """The measures this viewer may see, those that end first on top, lifted ones last."""
    now = app.clock()
    query = _seen(viewer)
    for column, wanted in ((Measure.kind, kind), (Measure.organ, organ), (Measure.hazard, hazard)):
        query = query.where(column == wanted) if wanted else query
    if state:
        query = query.where(_in_state(state, now))
    order = query.order_by(Measure.lifted_at.is_not(None), Measure.ends_at, Measure.id)
    with app.reading() as tx:
        found = read_page(tx, order, page, size, lambda row: row)
        return Page(_lines(tx, app, found.items, now), found.total, found.page, found.size)


def show(app: App, measure: int, *, viewer: Viewer) -> MeasureDetail:
    """One measure with everything about it; raises NotFound."""
    now = app.clock()
    with app.reading() as tx:
        row = seen(tx, measure, viewer)
        decision = of_measure(tx, row.id)
        (line,) = _lines(tx, app, [row], now)
        if decision is None:  # registered before decisions were kept
            return MeasureDetail(line, {}, {}, [], "", None, "", "", "", "", None, 0, [])
        acts = tx.scalars(select(MeasureAct).where(MeasureAct.decision == decision.id).order_by(MeasureAct.no)).all()
        names = _names(tx, {decision.approved_by, *(act.by for act in acts)})
        return MeasureDetail(
            line, _content(tx, decision, viewer), decision.checklist, decision.officers, decision.emergency,
            decision.approved_at, decision.approved_by, names.get(decision.approved_by, decision.approved_by),
            decision.approved_for, decision.approved_mandate,
            decision.executed_at, decision.suspended_days,
            [ActView(a.no, a.kind, a.at, a.by, names.get(a.by, a.by), both(a.text, a.text_en), a.detail) for a in acts],
        )  # fmt: skip


def _content(tx: Session, decision: MeasureDecision, viewer: Viewer) -> dict[str, Any]:
    """What the decision states; what was weighed before it is not for the party."""
    hidden = ("advice", "collective") if told.is_party(tx, viewer) else ()
    return {name: words for name, words in decision.content.items() if name not in hidden}


def seen(tx: Session, measure: int, viewer: Viewer) -> Measure:
    """The row of a measure the viewer may see; raises NotFound, for a stranger as for a number that does not exist."""
    row = tx.scalars(_seen(viewer).where(Measure.id == measure)).one_or_none()
    if row is None:
        raise NotFound(
            f"没有编号为 {measure} 的措施，或不在您的职责范围内，请核对编号。",
            en=f"There is no measure {measure}, or it is not yours to see.",
        )
    return row


def of_measure(tx: Session, measure: int) -> MeasureDecision | None:
    """The decision that a measure carries out."""
    return tx.scalars(select(MeasureDecision).where(MeasureDecision.measure == measure)).one_or_none()


def _seen(viewer: Viewer) -> Select[Measure]:
    mine = Measure.hazard.in_(select(Hazard.number).where(scope.hazards(viewer)))
    allowed = true() if viewer.admin else mine | Measure.organ.in_(scope.own_unit(viewer))
    return select(Measure).where(allowed)


def _in_state(state: str, now: datetime) -> ColumnElement[bool]:
    tested = select(MeasureDecision.id).where(
        MeasureDecision.measure == Measure.id, MeasureDecision.suspended_on.is_not(None)
    ).exists()  # fmt: skip
    lifted, over, warned = Measure.lifted_at.is_not(None), Measure.ends_at <= now, Measure.warn_at <= now
    return {
        "lifted": lifted, "testing": ~lifted & tested, "expired": ~lifted & ~tested & over,
        "warned": ~lifted & ~tested & ~over & warned,
        "running": ~lifted & ~tested & ~over & (Measure.warn_at.is_(None) | ~warned),
    }[state]  # fmt: skip


def _lines(tx: Session, app: App, rows: Sequence[Measure], now: datetime) -> list[MeasureLine]:
    """These rows as shown; a fixed number of queries, however many rows."""
    names = units.names(tx, {row.organ for row in rows})
    at = select(Hazard.number, Place.id, Place.name).join(Place, Place.id == Hazard.place)
    places = {
        number: (id, name) for number, id, name in tx.execute(at.where(Hazard.number.in_({r.hazard for r in rows})))
    }
    tests = select(MeasureDecision.measure).where(
        MeasureDecision.measure.in_([row.id for row in rows]), MeasureDecision.suspended_on.is_not(None)
    )
    testing = set(tx.scalars(tests))
    own = [field.name for field in fields(MeasureLine) if field.name in Measure.__mapper__.columns]
    return [
        MeasureLine(
            **{name: getattr(row, name) for name in own}, place=places[row.hazard][0], place_name=places[row.hazard][1],
            organ_name=names[row.organ], state=(state := _state(row, now, tested=row.id in testing)),
            state_name=STATES[state], workdays_left=_left(app, row, now),
        )
        for row in rows
    ]  # fmt: skip


def _left(app: App, row: Measure, now: datetime) -> int | None:
    last = row.decide_by or row.ends_at
    if row.lifted_at is not None or now >= last:
        return None
    today = now.astimezone(app.zone).date()
    return app.calendar.workdays_between(today, (last.astimezone(app.zone) - last.resolution).date())


def _state(row: Measure, now: datetime, *, tested: bool) -> str:
    if row.lifted_at is not None:
        return "lifted"
    if tested:
        return "testing"
    if row.ends_at <= now:
        return "expired"
    return "warned" if row.warn_at is not None and row.warn_at <= now else "running"


def _names(tx: Session, logins: set[str]) -> dict[str, str]:
    rows = tx.execute(select(Person.name, Person.display_name).where(Person.name.in_(logins)))
    return {row.name: row.display_name for row in rows}
