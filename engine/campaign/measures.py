"""Coercive measures that a department decided: the street records them and watches their end, it never orders one."""

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine.app import App
from engine.bpm.viewer import Viewer
from engine.campaign import powers, units
from engine.campaign.case_model import Measure
from engine.campaign.sight import seen
from engine.errors import Conflict, Invalid, NotAllowed


@dataclass(frozen=True, slots=True)
class MeasureView:
    """A measure as it is shown; ``decide_by`` is the last working day on which to decide about its end."""

    id: int
    kind: str
    organ: str
    organ_name: str
    decision_no: str
    basis: str
    starts_on: date
    ends_at: datetime
    decide_by: datetime | None
    warn_at: datetime | None
    extended_at: datetime | None
    lifted_at: datetime | None
    lift_reason: str


def list_measures(app: App, number: str, *, viewer: Viewer) -> list[MeasureView]:
    """All measures about a hazard, oldest first; raises NotFound."""
    with app.reading() as tx:
        seen(tx, number, viewer)
        rows = tx.scalars(select(Measure).where(Measure.hazard == number).order_by(Measure.id)).all()
        names = units.names(tx, {row.organ for row in rows})
        return [
            MeasureView(
                **{name: getattr(row, name) for name in MeasureView.__slots__ if hasattr(row, name)},
                organ_name=names[row.organ],
            )
            for row in rows
        ]


def open_in(
    tx: Session,
    hazard: str,
    kind: str,
    *,
    organ: str,
    starts_on: date,
    ends_at: datetime,
    decide_by: datetime | None,
    warn_at: datetime | None,
    decision_no: str,
    basis: str,
    now: datetime,
) -> Measure:
    """Record a measure of a body with the power by table D9; raises Invalid for any other (行政强制法 17:
    强制权不得委托).
    """
    try:
        powers.entitled(tx, powers.measure_act(kind), units.require(tx, organ), day=starts_on)
    except NotAllowed as error:  # the organ stands in the diagram or form: that is what must be put right
        raise Invalid(error.message, en=error.en) from error
    row = Measure(
        hazard=hazard, kind=kind, organ=organ, decision_no=decision_no, basis=basis, opened_at=now, starts_on=starts_on,
        ends_at=ends_at, decide_by=decide_by, warn_at=warn_at,
    )  # fmt: skip
    tx.add(row)
    tx.flush()
    return row


def running(tx: Session, hazard: str, kind: str) -> Measure:
    """The newest measure of this kind that is not lifted; raises Conflict."""
    query = select(Measure).where(Measure.hazard == hazard, Measure.kind == kind, Measure.lifted_at.is_(None))
    row = tx.scalars(query.order_by(Measure.id.desc()).limit(1)).one_or_none()
    if row is None:
        raise Conflict(f"隐患 {hazard} 没有执行中的“{kind}”措施。", en=f"Hazard {hazard} has no running {kind}.")
    return row
