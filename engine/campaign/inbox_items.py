"""The items of the inbox in SQL: transfers, requests for measures, measures, cases for the police
and for the court, letters; each with where it stands, whose turn it is and by when. Knows nothing of who looks.
"""

from typing import Any

from sqlalchemy import (
    CTE,
    ColumnElement,
    Select,
    String,
    Subquery,
    and_,
    case,
    cast,
    func,
    literal,
    null,
    or_,
    select,
)

from engine.bpm.model import Instance, Task
from engine.campaign import shown_dates, stages
from engine.campaign import transfer_views as transfers
from engine.campaign.case_model import Assignment, Hazard, Measure
from engine.campaign.court_model import CourtCase
from engine.campaign.crime_model import CrimeCase
from engine.campaign.measure_model import MeasureDecision
from engine.campaign.transfer_model import Transfer
from engine.db import UtcDateTime

KINDS = ("transfer", "request", "measure", "crime", "court", "letter")
COMMITTEE, OFFICE = "safety_committee_office", "safety_office"  # who rules and who reads an answer, as in the diagram
REQUEST = "查封提请"
EXAMINED = ("examine", "decide_seal")
DECIDED = (
    "draft_seal", "approve_seal", "execute_seal", "draft_stop", "approve_stop", "serve_stop", "draft_cut",
    "approve_cut", "notify_cut", "execute_cut",
)  # fmt: skip
POLICE, PROSECUTOR = ("police_receipt", "police_decide", "police_answer"), ("prosecute",)
CRIME = (
    *POLICE, *PROSECUTOR, "write_report", "approve_transfer", "hand_over", "supplement", "object", "supervise",
    "hand_goods", "penalise",
)  # fmt: skip
COURT = ("court_accept", "court_rule", "execute")
COURT_STEPS = (
    *COURT, "urge", "hear", "watch", "apply", "sign_application", "object_ruling", "higher_rule",
)  # fmt: skip
EXAMINING, DECIDING, ANSWERED = "待审查", "待决定实施", "已答复"
SIGNING, ANSWERING, RETURNED, OVER = "待签收", "待答复", "已退回", "已办结"
HANDED_IN = "整改已提交"  # nobody is late by a fix that waits for re-inspection or closure
RUNNING, WARNED, EXPIRED, TESTING, LIFTED = "执行中", "即将期满", "已期满", "检测中", "已解除"


def items(now: Any) -> list[Subquery]:
    """All items, a table of the name of each kind: kind, id (as in its own table), key (the same as text), number,
    title, hazard, at, due_at, state, turn (who must act, by unit), sender, receiver, back (who gave it back),
    closed_at.
    """
    waiting = _waiting()
    kinds = _transfers(), _requests(waiting), _measures(now), _crimes(waiting), _courts(), _letters()
    return [rows.subquery(name) for name, rows in zip(KINDS, kinds, strict=True)]


def _row(kind: str, id: Any, number: Any, title: Any, row: Any, **more: Any) -> Select[Any]:
    return select(
        literal(kind, String(12)).label("kind"), id.label("id"), cast(id, String(64)).label("key"),
        number.label("number"), title.label("title"),
        row.hazard.label("hazard"), more["at"].label("at"), more["due_at"].label("due_at"),
        more["state"].label("state"),
        more["turn"].label("turn"), more["sender"].label("sender"), more["receiver"].label("receiver"),
        more.get("back", cast(null(), String(64))).label("back"), more["closed_at"].label("closed_at"),
    )  # fmt: skip


def _transfers() -> Select[Any]:
    letter, back = Assignment.__table__.alias("letter"), Assignment.__table__.alias("back_letter")
    state = case(
        (Transfer.closed_at.is_not(None), transfers.OVER), (Transfer.letter.is_(None), transfers.ASSIGN),
        (letter.c.answered_at.is_not(None), transfers.REVIEW), (letter.c.returned_at.is_not(None), transfers.RULE),
        (letter.c.signed_at.is_not(None), transfers.ANSWER), else_=transfers.SIGN,
    )  # fmt: skip
    turn = case(
        (Transfer.closed_at.is_not(None), null()),
        (Transfer.letter.is_(None) | letter.c.returned_at.is_not(None), COMMITTEE),
        (letter.c.answered_at.is_not(None), OFFICE), else_=Transfer.body,
    )  # fmt: skip
    found = _row(
        "transfer", Transfer.number, Transfer.number, Transfer.kind, Transfer, at=Transfer.opened_at,
        due_at=shown_dates.running(Transfer.hazard, Transfer.kind, Transfer.due_at), state=state, turn=turn,
        sender=literal(COMMITTEE), receiver=Transfer.body,
        back=back.c.to_unit, closed_at=Transfer.closed_at,
    )  # fmt: skip
    joined = found.select_from(Transfer).outerjoin(letter, letter.c.id == Transfer.letter)
    return joined.outerjoin(back, back.c.id == Transfer.returned_letter)


def _requests(waiting: CTE) -> Select[Any]:
    """A request is open until it was answered, and after that as long as its decision is drafted or carried out."""
    examined, decided = _open_at(waiting, EXAMINED, "examined"), _open_at(waiting, DECIDED, "decided")
    waits, deciding = Assignment.closed_at.is_(None), decided.c.hazard.is_not(None)
    state = case((waits, EXAMINING), (deciding, DECIDING), else_=ANSWERED)
    found = _row(
        "request", Assignment.id, Assignment.number, Assignment.kind, Assignment,
        at=Assignment.sent_at,
        due_at=case((waits, func.coalesce(examined.c.due_at, Assignment.answer_due_at)), else_=decided.c.due_at),
        state=state, turn=case((waits | deciding, Assignment.to_unit), else_=null()), sender=Assignment.from_unit,
        receiver=Assignment.to_unit, closed_at=case((waits | deciding, null()), else_=Assignment.closed_at),
    ).where(Assignment.kind == REQUEST)  # fmt: skip
    joined = found.select_from(Assignment).outerjoin(examined, examined.c.hazard == Assignment.hazard)
    return joined.outerjoin(decided, decided.c.hazard == Assignment.hazard)


def _measures(now: Any) -> Select[Any]:
    tested = select(MeasureDecision.id).where(
        MeasureDecision.measure == Measure.id, MeasureDecision.suspended_on.is_not(None)
    ).correlate(Measure).exists()  # fmt: skip
    state = case(
        (Measure.lifted_at.is_not(None), LIFTED), (tested, TESTING), (Measure.ends_at <= now, EXPIRED),
        (Measure.warn_at <= now, WARNED), else_=RUNNING,
    )  # fmt: skip
    standing = Measure.lifted_at.is_(None)
    counts = standing & shown_dates.running(Measure.hazard, Measure.kind, Measure.ends_at).is_not(None)
    return _row(
        "measure", Measure.id, Measure.decision_no, Measure.kind, Measure, at=Measure.opened_at,
        due_at=case((counts, func.coalesce(Measure.decide_by, Measure.ends_at)), else_=null()), state=state,
        turn=case((standing, Measure.organ), else_=null()), sender=Measure.organ, receiver=Measure.organ,
        closed_at=Measure.lifted_at,
    )  # fmt: skip


def _crimes(waiting: CTE) -> Select[Any]:
    told = ("step", CRIME), ("police", POLICE), ("prosecutor", PROSECUTOR)
    steps = {name: _open_at(waiting, elements, name) for name, elements in told}
    turn = case(
        (CrimeCase.closed_at.is_not(None), null()), (steps["police"].c.hazard.is_not(None), CrimeCase.police),
        (steps["prosecutor"].c.hazard.is_not(None), CrimeCase.prosecutor), else_=CrimeCase.organ,
    )  # fmt: skip
    found = _row(
        "crime", CrimeCase.number, CrimeCase.number, CrimeCase.offence, CrimeCase, at=CrimeCase.opened_at,
        due_at=steps["step"].c.due_at, state=CrimeCase.state, turn=turn, sender=CrimeCase.organ,
        receiver=CrimeCase.police, back=CrimeCase.prosecutor, closed_at=CrimeCase.closed_at,
    ).select_from(CrimeCase)  # fmt: skip
    for step in steps.values():
        found = found.outerjoin(step, step.c.hazard == CrimeCase.hazard)
    return found


def _courts() -> Select[Any]:
    """Cases for the court; the department sees its own, the court what was applied for."""
    query = select(Task.instance_id, Task.element, Task.due_at)
    step = query.where(Task.status == "open", Task.element.in_(COURT_STEPS)).subquery("court_step_open")
    turn = case(
        (CourtCase.closed_at.is_not(None), null()), (step.c.element.in_(COURT), CourtCase.court),
        else_=CourtCase.organ,
    )  # fmt: skip
    found = _row(
        "court", CourtCase.number, CourtCase.number, cast(literal("申请法院强制执行"), String(255)), CourtCase,
        at=CourtCase.opened_at, due_at=step.c.due_at, state=CourtCase.state, turn=turn, sender=CourtCase.organ,
        receiver=case((CourtCase.applied_at.is_not(None), CourtCase.court), else_=null()),
        closed_at=CourtCase.closed_at,
    )  # fmt: skip
    return found.select_from(CourtCase).outerjoin(step, step.c.instance_id == CourtCase.instance_id)


def _letters() -> Select[Any]:
    """Papers that are no letter of a transfer and no request. Those that the fix answers wait for nobody's answer once
    it was handed in.
    """
    carrying = (select(column).where(column.is_not(None)) for column in (Transfer.letter, Transfer.returned_letter))
    waits, unsigned = Assignment.closed_at.is_(None), _unsigned()
    fixed = and_(Assignment.kind.in_(shown_dates.ANSWERED_BY), Assignment.hazard.in_(select(_fixed().c.hazard)))
    state = case(
        (Assignment.returned_at.is_not(None), RETURNED), (Assignment.answered_at.is_not(None), ANSWERED),
        (~waits, OVER), (fixed, HANDED_IN), (unsigned, SIGNING), else_=ANSWERING,
    )  # fmt: skip
    limit = case((unsigned, Assignment.sign_due_at), else_=Assignment.answer_due_at)
    due_at = case((or_(~waits, fixed), null()), else_=shown_dates.running(Assignment.hazard, Assignment.kind, limit))
    found = _row(
        "letter", Assignment.id, Assignment.number, Assignment.kind, Assignment,
        at=Assignment.sent_at,
        due_at=due_at, state=state, turn=case((and_(waits, ~fixed), Assignment.to_unit), else_=null()),
        sender=Assignment.from_unit, receiver=Assignment.to_unit, closed_at=Assignment.closed_at,
    )  # fmt: skip
    return found.where(Assignment.kind != REQUEST, *(Assignment.id.not_in(letters) for letters in carrying))


def _fixed() -> CTE:
    """The hazards whose fix was handed in: read once, and asked as a set; joined, SQLite would walk through all of them
    for each letter. Each is looked up by its case, for PostgreSQL would make a table of all hazards.
    """
    number = select(Hazard.number).where(Hazard.instance_id == Task.instance_id).correlate(Task).scalar_subquery()
    tasks = select(number.label("hazard")).where(Task.status == "open", Task.element.in_(stages.APPLIED)).subquery()
    return select(tasks.c.hazard).where(tasks.c.hazard.is_not(None)).cte("handed_in")


def _unsigned() -> ColumnElement[bool]:
    return and_(Assignment.signed_at.is_(None), Assignment.sign_due_at.is_not(None))


def _open_at(waiting: CTE, elements: tuple[str, ...], name: str) -> Subquery:
    """The hazards of which something waits at these elements, and by when the first task is due."""
    due_at = func.min(waiting.c.due_at, type_=UtcDateTime(timezone=True)).label("due_at")
    found = select(waiting.c.hazard, due_at).where(waiting.c.element.in_(elements))
    return found.group_by(waiting.c.hazard).subquery(name)


def _waiting() -> CTE:
    """Where the case of a hazard, or a process of its own about it, waits for people, as far as any item tells: read
    once for all items.
    """
    found = select(Instance.business_key.label("hazard"), Task.element, Task.due_at)
    found = found.join(Task, Task.instance_id == Instance.id)
    told = (*EXAMINED, *DECIDED, *CRIME)
    return found.where(Task.status == "open", Task.element.in_(told)).cte("waiting")
