"""Coercive measures that a department decided: the street records them and watches their end, it never orders one."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine.app import App
from engine.bpm.viewer import Viewer
from engine.campaign import powers, units
from engine.campaign.case_model import Measure
from engine.campaign.sight import seen
from engine.errors import Conflict, Invalid, NotAllowed

SEALS = ("查封", "扣押")


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


def require_lawful_seal(
    tx: Session, app: App, hazard: str, kind: str, *, starts_on: date, ends_at: datetime,
    extends: Measure | None = None, tested_days: int = 0,
) -> None:  # fmt: skip
    """Refuse a seal longer than 30 days (60 once extended), a second extension, and a second seal beside a running one.

    Days of tests (``tested_days``, 行政强制法 25 III) do not count. Raises Invalid or Conflict that quotes 行政强制法
    23 or 25; other kinds of measures pass.
    """
    if kind not in SEALS:
        return
    limit = 30 if extends is None else 60
    if ends_at > app.calendar.end_of_day(starts_on + timedelta(days=limit + tested_days), app.zone):
        raise Invalid(
            f"{kind}期限不得超过 30 日，延长后合计不得超过 60 日（行政强制法第二十五条）；请改为不超过 {limit} 日。",
            en=f"A seal may last 30 days, 60 once extended (Administrative Coercion Law, art. 25); at most {limit}.",
        )
    if extends is not None and extends.extended_at is not None:
        raise Conflict(
            f"{kind}已经延长过一次，不得再次延长（行政强制法第二十五条）；请在期限内作出处理决定或者解除。",
            en="The seal was extended once already (Administrative Coercion Law, art. 25); decide or lift it.",
        )
    standing = select(Measure.id).where(
        Measure.hazard == hazard, Measure.kind.in_(SEALS), Measure.lifted_at.is_(None)
    ).limit(1)  # fmt: skip
    if extends is None and tx.scalar(standing) is not None:
        raise Conflict(
            f"隐患 {hazard} 已在查封、扣押中，不得重复查封（行政强制法第二十三条）；请先解除原措施。",
            en=f"Hazard {hazard} is sealed already; no repeated sealing (Administrative Coercion Law, art. 23).",
        )
