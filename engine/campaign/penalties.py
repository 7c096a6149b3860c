"""Administrative penalties of a place as records, counted against article 113 of the 安全生产法: so many within the
windows of the clocks T31 and T31.year, with a major hazard, and closure is to be asked for 提请关闭. Advice only.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine.app import App
from engine.bpm.viewer import Viewer
from engine.campaign import (
    authority,
    clock_rules,
    court_clock,
    parties,
    places,
    powers,
    powers_table,
    started_clocks,
    surcharges,
    units,
)
from engine.campaign.case_model import Hazard
from engine.campaign.document_model import Document
from engine.campaign.model import Unit
from engine.campaign.registers_model import Penalty
from engine.errors import Conflict, Invalid, NotAllowed, NotFound, Problem

CLOCKS = ("T31", "T31.year")
PARTIES = ("单位", "主要负责人", "其他人员")


@dataclass(frozen=True, slots=True)
class PenaltyView:
    """One penalty; ``document`` is the number of the decision, ``party`` whom it was imposed on (PARTIES), ``fine`` and
    what was ``paid`` of it are in yuan, None when not told; ``published_at`` is where it was published; ``surcharge``
    is what grew upon it because it was not paid in time (surcharges.py).
    """

    id: int
    place: str
    decided_on: date
    document: str
    organ: str
    organ_name: str
    content: str
    party: str
    fine: int | None
    paid: int | None
    published_on: date | None
    published_at: str
    created_at: datetime
    created_by: str
    surcharge: surcharges.Surcharge | None


@dataclass(frozen=True, slots=True)
class Standing:
    """How a place stands against article 113 today; ``advice`` is empty while nothing is to be asked for."""

    in_180_days: int
    in_a_year: int
    major_hazards: list[str]
    advice: str
    clause: str


def add(app: App, place: str, values: Mapping[str, Any], *, viewer: Viewer) -> PenaltyView:
    """Write down a decision that a department made: ``decided_on, document, organ``, optional
    ``content, party, fine``. Raises Conflict (written
    down already), Invalid (also for a body without the power by table D9), NotAllowed, NotFound.
    """
    now = app.clock()
    with app.transaction() as tx:
        authority.require(tx, viewer, "penalty.record")
        row = places.require(tx, place, viewer)
        tx.refresh(row, with_for_update=True)
        organ = units.require(tx, values["organ"])
        if values["decided_on"] > now.astimezone(app.zone).date():
            raise Invalid("处罚日期不能晚于今天。", en="The day of the decision lies ahead.", problems=[
                Problem(field="decided_on", rule="past", message="处罚日期不能晚于今天")])  # fmt: skip
        _entitled(tx, organ, values["decided_on"])
        number = _number(tx, place, values["document"])
        known = tx.scalars(select(Penalty.document).where(Penalty.place == place))
        if parties.plain(number) in map(parties.plain, known):
            raise Conflict(
                f"处罚决定“{values['document']}”已经登记过，请核对文号。", en="This decision is written down already."
            )
        made = Penalty(
            place=place, decided_on=values["decided_on"], document=number, organ=organ.code,
            content=values.get("content") or "", party=values.get("party") or "", fine=values.get("fine"),
            created_at=now, created_by=viewer.name,
        )  # fmt: skip
        tx.add(made)
        tx.flush()
        return _view(tx, app, made, organ.name)


def receive(app: App, place: str, id: int, paid: int, *, viewer: Viewer) -> PenaltyView:
    """Write down how many yuan of a fine came in so far. Raises Invalid (no fine, or more than it), NotAllowed,
    NotFound.
    """
    with _held(app, place, id, viewer) as (tx, row):
        if row.fine is None or paid > row.fine:
            told = f"不能多于罚款 {row.fine} 元" if row.fine is not None else "这次处罚没有登记罚款"
            raise Invalid(f"实收金额不对：{told}。", en="More than the fine cannot be paid of it.", problems=[
                Problem(field="paid", rule="max", message=told)])  # fmt: skip
        row.paid = paid
        return _changed(tx, app, row)


def publish(app: App, place: str, id: int, on: date, at: str, *, viewer: Viewer) -> PenaltyView:
    """Write down on which day and where a penalty was published (安全生产法 78, clock T29). Raises Invalid (a day
    before the decision or to come), NotAllowed, NotFound.
    """
    today = app.clock().astimezone(app.zone).date()
    with _held(app, place, id, viewer) as (tx, row):
        if not row.decided_on <= on <= today:
            told = f"公示日期应在处罚日期 {row.decided_on} 至今天之间"
            raise Invalid(f"{told}。", en=f"It was published between {row.decided_on} and today.", problems=[
                Problem(field="published_on", rule="range", message=told)])  # fmt: skip
        row.published_on, row.published_at = on, at.strip()
        return _changed(tx, app, row)


@contextmanager
def _held(app: App, place: str, id: int, viewer: Viewer) -> Iterator[tuple[Session, Penalty]]:
    with app.transaction() as tx:
        authority.require(tx, viewer, "penalty.record")
        places.require(tx, place, viewer)
        query = select(Penalty).where(Penalty.id == id, Penalty.place == place).with_for_update()
        row = tx.scalars(query).one_or_none()
        if row is None:
            raise NotFound(f"这个场所没有编号为 {id} 的处罚，请核对。", en=f"The place has no penalty {id}.")
        yield tx, row


def _changed(tx: Session, app: App, row: Penalty) -> PenaltyView:
    tx.flush()
    _follow(tx, app, row)
    return _view(tx, app, row, units.require(tx, row.organ).name)


def _number(tx: Session, place: str, given: str) -> str:
    """The number of the decision as its paper has it, when there is one: people write the brackets as they can."""
    papers = select(Document.number).where(Document.place == place, Document.number.is_not(None))
    wanted = parties.plain(given)
    return next((str(one) for one in tx.scalars(papers) if parties.plain(one) == wanted), given.strip())


def _follow(tx: Session, app: App, row: Penalty) -> None:
    """The clocks of its decision follow what was written down of it."""
    now = app.clock()
    decision = select(Document.id).where(Document.number == row.document, Document.place == row.place)
    document = tx.scalar(decision)
    court_clock.follow(tx, app, document, now)
    started_clocks.follow(tx, app, document, now)


def list_penalties(app: App, place: str, *, viewer: Viewer) -> list[PenaltyView]:
    """The penalties of a place, newest first; raises NotFound."""
    with app.reading() as tx:
        places.require(tx, place, viewer)
        query = select(Penalty).where(Penalty.place == place).order_by(Penalty.decided_on.desc(), Penalty.id.desc())
        rows = tx.scalars(query).all()
        names = units.names(tx, {row.organ for row in rows})
        return [_view(tx, app, row, names[row.organ]) for row in rows]


def standing(app: App, place: str, *, viewer: Viewer) -> Standing:
    """Whether a place is to be proposed for closure; raises NotFound."""
    day = app.clock().astimezone(app.zone).date()
    with app.reading() as tx:
        places.require(tx, place, viewer)
        return on_day(tx, place, day)


def on_day(tx: Session, place: str, day: date) -> Standing:
    """The same in a running transaction, by the rules in force on that day, which counts too."""
    days = list(tx.scalars(select(Penalty.decided_on).where(Penalty.place == place, Penalty.decided_on <= day)))
    rules = [clock_rules.rule(code, day) for code in CLOCKS]
    (short, half), (long, year) = (clock_rules.counted(rule, days, day) for rule in rules)
    query = select(Hazard.number).where(
        Hazard.place == place, Hazard.is_major, Hazard.closed_at.is_(None), Hazard.void_reason.is_(None)
    )
    major = list(tx.scalars(query.order_by(Hazard.number)))
    due = bool(major) and (half >= short.times or year >= long.times)
    told = "、".join(f"{one.within} {clock_rules.UNITS[one.unit]}内 {n} 次" for one, n in ((short, half), (long, year)))
    counted = f"{told}行政处罚，存在重大事故隐患 {'、'.join(major)}"
    advice = f"提请关闭：{counted}。请以函件提请负有安全生产监督管理职责的部门报请决定。" if due else ""
    return Standing(half, year, major, advice, rules[0].clause)


def _entitled(tx: Session, organ: Unit, day: date) -> None:
    """A decision of a body that cannot punish is none; what was decided before the table is held against its first
    day.
    """
    first = min(rule.since for rule in powers_table.rules() if rule.act == "penalty")
    try:
        powers.entitled(tx, "penalty", organ, day=max(day, first))
    except NotAllowed as error:
        raise Invalid(error.message, en=error.en, problems=[
            Problem(field="organ", rule="power", message="该单位没有行政处罚权")]) from error  # fmt: skip


def _view(tx: Session, app: App, row: Penalty, organ_name: str) -> PenaltyView:
    names = (name for name in PenaltyView.__slots__ if name not in ("organ_name", "surcharge"))
    own = {name: getattr(row, name) for name in names}
    return PenaltyView(**own, organ_name=organ_name, surcharge=surcharges.of(tx, app, row, app.clock()))
