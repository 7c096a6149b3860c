"""A running limit of an order (责令限期整改, T3): its paper, who may ask for more time (T8), who answers (T8.answer),
and what waits for an answer. Reads and refuses; order_extensions.py writes.
"""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine.app import App
from engine.bpm.viewer import Viewer
from engine.campaign import (
    clock_starts,
    deadlines,
    extension_rules,
    heads,
    named_hazards,
    started_clocks,
    stopping,
    units,
)
from engine.campaign.case_model import Deadline, Finding, Hazard
from engine.campaign.clearances import still_open
from engine.campaign.clock_file import MARK, Clock
from engine.campaign.document_model import Document
from engine.campaign.extension_rules import Allowed
from engine.campaign.model import Place, Unit
from engine.errors import Conflict, Invalid, NotAllowed
from engine.said import Said

CLOCK, ASKED, ANSWERED = "T8.answer", "延期申请", "延期答复"
ASKING = ASKED, ANSWERED
PARTY, ORGAN = "party", "organ"


@dataclass(frozen=True, slots=True)
class Order:
    """A running limit of an order, its hazard, the order and the body that gave it."""

    row: Deadline
    hazard: Hazard
    paper: Document
    organ: Unit

    @property
    def about(self) -> deadlines.About:
        """What its limits are about."""
        return deadlines.of_hazard(self.hazard.number)

    @property
    def answer(self) -> str:
        """The kind of the limit in which a request is answered."""
        start = next(one for one in clock_starts.of(self.paper.type, self.paper.organ) if one.clock == self.row.clock)
        return started_clocks.answer_of(start, self.paper)


@dataclass(frozen=True, slots=True)
class Request:
    """A request that waits: ``detail`` is what was asked (``until``, ``reason``, ``files``, ``by``), ``limit`` the one
    in which it is answered.
    """

    limit: Deadline
    detail: dict[str, Any]

    @property
    def until(self) -> date:
        """The day that was asked for."""
        return date.fromisoformat(self.detail["until"])


def of(tx: Session, id: int, viewer: Viewer, *, lock: bool = False) -> Order:
    """The order of this limit, its hazard locked when something is to be written. Raises NotFound, Conflict for a limit
    that is no order's or does not run, and for a closed hazard.
    """
    seen = stopping.require(tx, id, viewer)
    wanted = select(Hazard).where(Hazard.number == seen.hazard)
    hazard = tx.scalars(wanted.with_for_update() if lock else wanted).one_or_none()
    row = tx.get_one(Deadline, id, populate_existing=True)
    paper = _paper(tx, row) if hazard is not None else None
    if hazard is None or paper is None or row.state != deadlines.OPEN:
        raise Conflict(
            "只有部门责令整改的、正在计算的期限在这里申请延期；街道限期整改的，在隐患里申请。",
            en="Only a running limit of an order is extended here; those of the street are in the case.",
        )
    still_open(hazard)
    return Order(row, hazard, paper, units.require(tx, paper.organ))


def asks(tx: Session, order: Order, viewer: Viewer) -> str:
    """As whom this viewer may ask: ``party``, ``organ`` (it notes a written application), or empty."""
    unit = units.of_person(tx, viewer.name)
    if viewer.admin or (unit is not None and unit.path.startswith(order.organ.path)):
        return ORGAN
    ordered = unit is not None and (
        unit.code == tx.get_one(Place, order.hazard.place).unit
        or (unit.kind == "enterprise" and unit.code == order.hazard.holder_unit)
    )
    return PARTY if ordered else ""


def may_ask(tx: Session, app: App, order: Order, viewer: Viewer, now: datetime) -> None:
    """Raises NotAllowed, with the rule, for whoever may not ask."""
    if asks(tx, order, viewer):
        return
    raise NotAllowed(
        f"延期由被责令的单位申请，或者由“{order.organ.name}”登记收到的书面申请"
        f"（{answer_rule(app, now).clause}，{MARK}）。",
        en=f"The party asks, or {order.organ.code} notes the written application ({CLOCK}, {MARK.en}).",
    )


def answers(tx: Session, order: Order, viewer: Viewer, now: datetime) -> bool:
    """Whether this viewer may answer: the head of the body that gave the order, or a substitute with a mandate."""
    return heads.approver(tx, "answer", [order.organ], viewer.name, now=now) is not None


def may_answer(tx: Session, app: App, order: Order, viewer: Viewer, now: datetime) -> heads.Approver:
    """Who answers and for whom. Raises NotAllowed, with the rule, for whoever may not answer."""
    words = Said(
        f"延期由作出指令的“{order.organ.name}”负责人批准（{answer_rule(app, now).clause}，{MARK}）",
        f"The head of {order.organ.code}, which gave the order, decides ({CLOCK}, {MARK.en})",
    )
    return heads.require(tx, "answer", [order.organ], viewer.name, words=words, now=now)


def answer_rule(app: App, at: datetime) -> Clock:
    """The rule of the answer in force when the request comes. Raises Conflict when there is none."""
    rule = deadlines.rule_of(app, CLOCK, at)
    if rule is None or rule.n is None:
        raise Conflict("申请之日还没有延期答复的规则。", en="No rule of the answer is in force on that day.")
    return rule


def answered(app: App, order: Order, begin: datetime) -> dict[str, Any]:
    """How the limit of the answer is counted when the request came at this moment (deadlines.open_in)."""
    rule = answer_rule(app, begin)
    return {
        "start_at": begin, "n": rule.n, "unit": rule.unit, "roll": rule.roll, "clock": CLOCK,
        "duty_unit": order.paper.organ,
    }  # fmt: skip


def request(tx: Session, order: Order) -> Request | None:
    """What waits for an answer about this limit."""
    limit = deadlines.open_one(tx, order.about, order.answer)
    if limit is None:
        return None
    rows = select(Finding).where(Finding.hazard == order.hazard.number, Finding.kind == ASKED)
    told = (row.detail for row in tx.scalars(rows.order_by(Finding.id.desc())))
    detail = next((one for one in told if one.get("limit") == order.row.kind), None)
    return Request(limit, detail) if detail else None


def not_twice(app: App, order: Order, waiting: Request | None) -> None:
    """Raises Conflict, with the rule, while a request waits."""
    if waiting is None:
        return
    clause = answer_rule(app, waiting.limit.start_at).clause
    raise Conflict(
        f"“{order.row.kind}”已有一份延期申请在等待答复（申请延至 {waiting.until}），“{order.organ.name}”最迟 "
        f"{waiting.limit.due_on} 答复，答复以前不能再次申请（{clause}，{MARK}）。",
        en=f"A request for {waiting.until} waits for its answer, due on {waiting.limit.due_on}; it is not made twice.",
    )


def granted(app: App, order: Order, waiting: Request, *, days: int | None, until: date | None) -> Allowed:
    """The day that is granted, the one that was asked for when none is given. Raises Invalid for a later one."""
    only_one(days, until)
    last = waiting.until
    wanted = None if days else until or last
    allowed = extension_rules.check(app, order.row, now=waiting.limit.start_at, n=days, unit="d", until=wanted)
    if allowed.until > last:
        raise Invalid(
            f"不能延至 {allowed.until}，申请的是 {last}。", en=f"No more than was asked for: {last}.",
            problems=[{"field": "days" if days else "until", "rule": "range", "message": f"最迟 {last}"}],
        )  # fmt: skip
    return allowed


def only_one(days: int | None, until: date | None) -> None:
    """Raises Invalid for both a number of days and a day."""
    if days is not None and until is not None:
        raise Invalid(
            "延长几日和延至哪一天只填一个。", en="Give the days or the day, not both.",
            problems=[{"field": "days", "rule": "one", "message": "与“until”只填一个"}],
        )  # fmt: skip


def _paper(tx: Session, row: Deadline) -> Document | None:
    """The order whose limit it is."""
    starts = [one for one in clock_starts.all_starts() if one.clock == row.clock and one.due]
    mine = select(Document).where(named_hazards.about(row.hazard or ""))
    for start in starts:
        for paper in tx.scalars(mine.where(Document.type.in_(start.of))):
            if paper.number is not None and started_clocks.kind_of(start, paper) == row.kind:
                return paper
    return None
