"""What people do about measures: the street requests one, the department decides, extends, tests and lifts it. Each act
completes the open task of the diagram, so there is one way.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from engine.app import App
from engine.bpm import instances, messages, tasks
from engine.bpm.model import Completion, Message, Task
from engine.bpm.viewer import Viewer
from engine.campaign import closure_gate, competence, measure_list, once, powers, units
from engine.campaign.case_model import Assignment, Hazard
from engine.campaign.measure_list import MeasureDetail
from engine.campaign.measure_model import MeasureAct, MeasureDecision
from engine.campaign.model import Place
from engine.campaign.sight import seen
from engine.errors import Conflict, Invalid, NotAllowed, NotFound, Problem
from engine.said import Said

DEFINITION, PAPER, WITHDRAW = "seal", "查封提请", "seal_withdrawn"
APPROVALS = ("approve_seal", "approve_stop", "approve_cut")
CONFIRMATIONS = {
    "confirm_emergency": ("confirmed", "confirm_opinion"),
    "approve_extension": ("extension_approved", "extension_opinion"),
}
HANDLING = ("lift_seal", "lift_extended")
LIFTING = {
    "lift_seal": "seal_note", "lift_extended": "seal_note", "handle_stop": "stop_note", "restore_power": "restore_note",
}  # fmt: skip
OUTCOMES = {"lift_seal": "seal_outcome", "lift_extended": "seal_outcome", "handle_stop": "stop_outcome"}


@dataclass(frozen=True, slots=True)
class RequestView:
    """A request of the street as it was sent; ``answer`` is the department's, or why it was withdrawn."""

    hazard: str
    organ: str
    number: str
    instance_id: str | None
    reason: str
    closed_at: datetime | None
    answer: str


@dataclass(frozen=True, slots=True)
class DecisionView:
    """A decision that is drafted or approved; ``measure`` is set once it was carried out."""

    id: int
    hazard: str
    kind: str
    organ: str
    number: str
    approved: bool
    approved_by: str
    measure: int | None


def request(app: App, values: Mapping[str, Any], *, viewer: Viewer, key: str | None = None) -> RequestView:
    """The street requests a measure (``hazard, organ, reason``): the process ``seal`` starts before the department.

    Raises NotFound, NotAllowed, Invalid for a body without the power or the duty, Conflict for a closed hazard or a
    second request.
    """
    now = app.clock()
    with app.transaction() as tx:
        hazard = seen(tx, values["hazard"], viewer)
        powers.require(tx, app, viewer, "transfer", now=now, unit="safety_office" if viewer.admin else None)
        if once.earlier(tx, viewer, "measure_request", key):
            return _request(tx.scalars(_papers(hazard.number)).one(), hazard.instance_id)
        tx.scalars(select(Hazard).where(Hazard.number == hazard.number).with_for_update()).one()
        if hazard.closed_at is not None or tx.scalars(_papers(hazard.number, open_only=True)).first() is not None:
            raise Conflict(
                "该隐患已经结束，或者已有一份查封提请在办理，不能再提请。",
                en="The hazard is closed, or a request is being dealt with already.",
            )
        _competent(tx, app, hazard, values["organ"], now.astimezone(app.zone).date())
        place = tx.get_one(Place, hazard.place)
        instance_id = instances.start_in(
            tx, app, DEFINITION, {
                "hazard": hazard.number, "subject": place.name, "place_name": place.name, "lead": values["organ"],
                "seal_reason": values["reason"].strip(),
            }, by=viewer.name, now=now, business_key=hazard.number,
        )  # fmt: skip
        tx.flush()
        once.note(tx, viewer, "measure_request", key, hazard.number)
        return _request(tx.scalars(_papers(hazard.number)).one(), instance_id)


def withdraw(app: App, hazard: str, *, reason: str, viewer: Viewer, key: str | None = None) -> RequestView:
    """Take a request back, with the reason, before the department has decided. Of an act and a decision at once one
    wins. Raises NotFound, NotAllowed, Conflict when it was decided, or none runs.
    """
    now = app.clock()
    with app.transaction() as tx:
        row = seen(tx, hazard, viewer)
        powers.require(tx, app, viewer, "transfer", now=now, unit="safety_office" if viewer.admin else None)
        if made := once.earlier(tx, viewer, WITHDRAW, key):
            return _request(tx.get_one(Assignment, int(made)), row.instance_id)
        message = Message(
            kind="message", name=WITHDRAW, correlation={"hazard": hazard}, at=now, sender=viewer.name,
            variables={"withdraw_reason": reason.strip()},
        )  # fmt: skip
        tx.add(message)
        paper = tx.scalars(_papers(hazard, open_only=True)).one_or_none()
        if paper is None or not messages.deliver(app, tx, message, by=viewer.name):
            raise Conflict(
                "没有可以撤回的提请：部门已经决定，或者没有提请在办理，请刷新后核对。",
                en="No request can be withdrawn: the department has decided, or none is being dealt with.",
            )
        once.note(tx, viewer, WITHDRAW, key, str(paper.id))
        tx.refresh(paper)
        return _request(paper, row.instance_id)


def decide(
    app: App, hazard: str, *, decision: str, opinion: str, viewer: Viewer, key: str | None = None
) -> DecisionView:
    """The head approves a drafted decision, gives it back, or refuses (``approve``, ``revise``, ``refuse``).

    Raises NotFound, NotAllowed, Conflict when none waits.
    """
    with app.reading() as tx:
        seen(tx, hazard, viewer)
        newest = select(MeasureDecision).where(MeasureDecision.hazard == hazard).order_by(MeasureDecision.id.desc())
        row = tx.scalars(newest.limit(1)).one_or_none()
        if row is None:
            raise Conflict("没有等待审批的措施决定。", en="No decision waits for approval.")
        drafted, instance_id = row.id, row.instance_id
    given = {"head_decision": decision, "head_opinion": opinion}
    _complete(app, instance_id, APPROVALS, lambda _: given, viewer, key)
    with app.reading() as tx:
        row = tx.get_one(MeasureDecision, drafted)
        if decision == "approve" and not row.approved_by:
            raise _not_taken(row.kind)
        return DecisionView(
            row.id, row.hazard, row.kind, row.organ, row.number, bool(row.approved_by), row.approved_by, row.measure
        )


def confirm(
    app: App, measure: int, *, approved: bool, opinion: str, viewer: Viewer, key: str | None = None
) -> MeasureDetail:
    """The head approves afterwards what was done in an emergency, or an extension; raises as ``decide``."""

    def given(element: str) -> dict[str, Any]:
        answer, words = CONFIRMATIONS[element]
        return {answer: approved, words: opinion}

    return _act(app, measure, tuple(CONFIRMATIONS), given, viewer, key, recorded=approved)


def extend(app: App, measure: int, *, days: int, reason: str, viewer: Viewer, key: str | None = None) -> MeasureDetail:
    """Ask the head for an extension by so many days (at most 30, once); raises as ``decide``."""
    given = {"seal_outcome": "extend", "seal_note": reason, "seal_extra": days}
    return _act(app, measure, HANDLING[:1], lambda _: given, viewer, key, recorded=False)


def test(
    app: App, measure: int, *, starts_on: date, days: int, number: str, reason: str, viewer: Viewer,
    key: str | None = None,
) -> MeasureDetail:  # fmt: skip
    """Stop the clock for a test of which the party was told in writing (``number``); raises as ``decide``."""
    given = {
        "seal_outcome": "test", "seal_note": reason, "test_from": starts_on.isoformat(), "test_days": days,
        "test_number": number,
    }  # fmt: skip
    return _act(app, measure, HANDLING, lambda _: given, viewer, key, recorded=True)


def lift(app: App, measure: int, *, ground: str, reason: str, viewer: Viewer, key: str | None = None) -> MeasureDetail:
    """End a measure on a ground of 行政强制法 28; raises as ``decide``."""

    def given(element: str) -> dict[str, Any]:
        outcome = {OUTCOMES[element]: "lift"} if element in OUTCOMES else {}
        return {**outcome, LIFTING[element]: reason, "lift_ground": ground}

    return _act(app, measure, tuple(LIFTING), given, viewer, key, recorded=True)


def _act(
    app: App, measure: int, elements: Sequence[str], given: Callable[[str], dict[str, Any]], viewer: Viewer,
    key: str | None, *, recorded: bool,
) -> MeasureDetail:  # fmt: skip
    with app.reading() as tx:
        row = measure_list.seen(tx, measure, viewer)
        decision = measure_list.of_measure(tx, row.id)
        if decision is None:
            raise Conflict("这项措施在待办任务中办理。", en="This measure is dealt with in its open task.")
        kind, instance_id, before = row.kind, decision.instance_id, _count(tx, decision.id)
    repeated = _complete(app, instance_id, elements, given, viewer, key)
    with app.reading() as tx:
        if recorded and not repeated and _count(tx, decision.id) == before:
            raise _not_taken(kind)
    return measure_list.show(app, measure, viewer=viewer)


def _complete(
    app: App, instance_id: str | None, elements: Sequence[str], given: Callable[[str], dict[str, Any]], viewer: Viewer,
    key: str | None,
) -> bool:  # fmt: skip
    """Complete the open task at one of these elements; answers whether the same request had done so before."""
    with app.reading() as tx:
        done = tx.get(Completion, (viewer.name, key)) if key else None
        waiting = select(Task.id, Task.element).where(
            Task.instance_id == instance_id, Task.element.in_(elements),
            Task.id == done.task_id if done else Task.status == "open",
        )  # fmt: skip
        found = tx.execute(waiting.limit(1)).one_or_none()
    if found is None:
        raise Conflict(
            "现在没有等待这样办理的环节，请看待办任务。", en="No task waits for this now; see the open tasks."
        )
    try:
        tasks.complete(app, found.id, given(found.element), viewer=viewer, key=key)
    except NotFound as error:
        raise NotAllowed(
            "这一步由作出决定的部门办理，您不是其人员。", en="This step is the deciding department's, not yours."
        ) from error
    return done is not None


def _count(tx: Session, decision: int) -> int:
    return tx.scalar(select(func.count()).where(MeasureAct.decision == decision)) or 0


def _competent(tx: Session, app: App, hazard: Hazard, organ: str, day: date) -> None:
    """Only a body that may order a stop and has the duty (table D3), or took a transfer of this hazard, can be asked;
    what exactly it may do is asked again at its decision.
    """
    try:
        powers.entitled(tx, "order_stop", units.require(tx, organ), day=day)
    except (NotAllowed, NotFound) as error:
        problem = Problem(field="organ", rule="power", message=Said("请填写有权部门", "Name a body with the power"))
        raise Invalid(error.message, en=error.en, problems=[problem]) from error
    if organ != closure_gate.transferred_to(tx, hazard.number):
        competence.require(tx, competence.rows_for(tx, app, hazard), organ, hazard, field="organ")


def _papers(hazard: str, *, open_only: bool = False) -> Select[Assignment]:
    query = select(Assignment).where(Assignment.hazard == hazard, Assignment.kind == PAPER)
    query = query.where(Assignment.closed_at.is_(None)) if open_only else query
    return query.order_by(Assignment.id.desc()).limit(1)


def _request(paper: Assignment, instance_id: str | None) -> RequestView:
    return RequestView(
        paper.hazard, paper.to_unit, paper.number, instance_id, paper.reason, paper.closed_at, paper.answer
    )


def _not_taken(kind: str) -> Conflict:
    return Conflict(
        f"{kind}没有登记：不合法定条件，原因已发给部门，任务已退回。",
        en="It was not registered: a legal condition is missing; the reason was sent to the department.",
    )
