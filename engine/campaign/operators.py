"""What the diagrams may do to the registers: thin operators over the modules beside this one, and the only way rows
of a case change.
"""

from collections.abc import Mapping
from typing import Any

from marshmallow import Schema
from sqlalchemy.orm import Session

from engine.app import App
from engine.bpm.operators import Run
from engine.bpm.spiff.types import OperatorCall
from engine.bpm.step import ACTOR, ENGINE
from engine.campaign import (
    assignments,
    closing,
    closure_gate,
    court_operators,
    crime_operators,
    deadlines,
    deferral_operators,
    deferrals,
    document_operators,
    duty_operators,
    five,
    judgements,
    listing_operators,
    measure_operators,
    measures,
    paper_clocks,
    parameters,
    rechecks,
    reminders,
    reports_operators,
    revisits,
    support_operators,
    task_reports,
    transfer_operators,
    unit_listing_operators,
)
from engine.campaign.case_model import Finding, Rung
from engine.campaign.english import word
from engine.campaign.handing_in import handed_in_at
from engine.campaign.sight import existing
from engine.said import Said, joined

Result = Mapping[str, Any]
GIVEN = dict[str, Any]
NOTHING: Result = {}
PLANNED = Said("提交治理方案（五落实）", "Remediation plan handed in (five blocks)")
REFUSED = Said("拒不整改", "Refuses to fix it")


def register(app: App) -> None:
    """Make the campaign's operators known to an installation."""
    for topic, title, schema, run, outputs in OPERATORS:
        app.operators.operator(topic, title=title, schema=schema, outputs=outputs)(run)


def classify(app: App, tx: Session, call: OperatorCall, given: GIVEN) -> Result:
    """Write the level that D1 found onto the ledger; a major one needs the department's judgement."""
    hazard = existing(tx, given["hazard"])
    judgements.classify_in(
        tx, hazard, given["local_level"], is_major=given["is_major"], status=given["major_status"],
        reason=given["reason"],
    )  # fmt: skip
    hazard.holder_unit = call.variables.get("holder_unit") or hazard.holder_unit
    return NOTHING


def deadline_open(app: App, tx: Session, call: OperatorCall, given: GIVEN) -> Result:
    """Set a deadline and explain it."""
    deadlines.open_in(
        tx, app, deadlines.of_hazard(given["hazard"]), given["type"], start_at=given["start_at"], n=given["n"],
        unit=given["unit"], roll=given["roll"], due_at=given["due_at"], clause=given["clause"], clock=given["clock"],
        now=call.at,
    )  # fmt: skip
    return NOTHING


def deadline_extend(app: App, tx: Session, call: OperatorCall, given: GIVEN) -> Result:
    """Replace the open deadline by a later one."""
    deadlines.extend_in(
        tx, app, deadlines.of_hazard(given["hazard"]), given["type"], n=given["n"], unit=given["unit"],
        due_at=given["due_at"], reason=given["reason"], clause=given["clause"], clock=given["clock"], now=call.at,
        actor=tx.info.get(ACTOR, ENGINE),
    )  # fmt: skip
    return NOTHING


def deadline_close(app: App, tx: Session, call: OperatorCall, given: GIVEN) -> Result:
    """End the open deadline: met in time, missed when late, neither when another one replaces it; a fix that was handed
    in counts from then.
    """
    done_at = handed_in_at(tx, existing(tx, given["hazard"]))
    state = deadlines.REPLACED if given["replaced"] else None
    about = deadlines.of_hazard(given["hazard"])
    deadlines.close_in(tx, about, call.at, kind=given["type"], state=state, done_at=done_at)
    return NOTHING


def assignment_open(app: App, tx: Session, call: OperatorCall, given: GIVEN) -> Result:
    """Send a paper to a unit; what is given to a holder makes it the holder."""
    assignments.open_in(
        tx, app, given["hazard"], given["kind"], from_unit=given["from_unit"], to_unit=given["to_unit"],
        reason=given["reason"], sign_due_at=given["sign_due_at"], answer_due_at=given["answer_due_at"], now=call.at,
    )  # fmt: skip
    if given["kind"] == "交办":
        existing(tx, given["hazard"]).holder_unit = given["to_unit"]
    return NOTHING


def assignment_sign(app: App, tx: Session, call: OperatorCall, given: GIVEN) -> Result:
    """The receiver signed; from now on the time for the answer may run."""
    assignments.sign_in(tx, app, given["hazard"], given["kind"], at=call.at, answer_due_at=given["answer_due_at"])
    return NOTHING


def assignment_return(app: App, tx: Session, call: OperatorCall, given: GIVEN) -> Result:
    """The receiver gave it back with a reason; the paper is closed."""
    assignments.return_in(tx, given["hazard"], given["kind"], at=call.at, reason=given["reason"])
    return NOTHING


def assignment_answer(app: App, tx: Session, call: OperatorCall, given: GIVEN) -> Result:
    """The receiver answered; the paper is closed."""
    assignments.answer_in(tx, given["hazard"], given["kind"], at=call.at, answer=given["answer"])
    return NOTHING


def measure_open(app: App, tx: Session, call: OperatorCall, given: GIVEN) -> Result:
    """Record a department's measure."""
    measures.require_lawful_seal(
        tx, app, given["hazard"], given["kind"], starts_on=given["starts_on"], ends_at=given["ends_at"]
    )
    row = measures.open_in(
        tx, given["hazard"], given["kind"], organ=given["organ"], starts_on=given["starts_on"],
        ends_at=given["ends_at"], decide_by=given["decide_by"], warn_at=given["warn_at"],
        decision_no=given["number"], basis=given["basis"], now=call.at,
    )  # fmt: skip
    paper_clocks.measure_runs(tx, app, row, call.at)
    return NOTHING


def measure_extend(app: App, tx: Session, call: OperatorCall, given: GIVEN) -> Result:
    """The department extended its measure."""
    row = measures.running(tx, given["hazard"], given["kind"])
    measures.require_lawful_seal(
        tx, app, row.hazard, row.kind, starts_on=row.starts_on, ends_at=given["ends_at"], extends=row
    )
    row.extended_at, row.ends_at = call.at, given["ends_at"]
    row.decide_by, row.warn_at = given["decide_by"], given["warn_at"]
    paper_clocks.measure_runs(tx, app, row, call.at)
    extended = Said(f"{row.kind}期限延长", f"Limit of the {word(row.kind)} extended")
    _note(tx, call, given["hazard"], f"{row.kind}延长", given["reason"] or extended)
    return NOTHING


def measure_close(app: App, tx: Session, call: OperatorCall, given: GIVEN) -> Result:
    """The department lifted its measure."""
    row = measures.running(tx, given["hazard"], given["kind"])
    row.lifted_at, row.lift_reason = call.at, given["reason"]
    paper_clocks.measure_over(tx, row, call.at)
    return NOTHING


def escalation_step(app: App, tx: Session, call: OperatorCall, given: GIVEN) -> Result:
    """Write down a rung of the chain; the same rung at the same moment twice is refused by the database."""
    tx.add(Rung(
        hazard=given["hazard"], step=given["step"], at=call.at, reason=given["reason"], document=given["document"],
        overdue_wd=given["overdue_wd"] or 0, failed_rechecks=given["failed_rechecks"] or 0,
    ))  # fmt: skip
    tx.flush()
    return NOTHING


def plan(app: App, tx: Session, call: OperatorCall, given: GIVEN) -> Result:
    """Record the goal and the five blocks (五落实) of a governance plan; its own deadline ends."""
    blocks = {name: given[name] for name in five.FIVE}
    hazard = existing(tx, given["hazard"])
    five.write_plan_in(tx, hazard, blocks, by=tx.info.get(ACTOR, ENGINE), now=call.at)
    hazard.five = blocks | ({"goal": given["goal"]} if given["goal"] else {})
    deadlines.close_in(tx, deadlines.of_hazard(given["hazard"]), call.at, kind=deadlines.PLAN)
    _note(tx, call, given["hazard"], "治理方案", PLANNED, blocks)
    return NOTHING


def refusal(app: App, tx: Session, call: OperatorCall, given: GIVEN) -> Result:
    """Record that the owner refuses, with the evidence for it."""
    _note(tx, call, given["hazard"], "拒不整改", given["note"] or REFUSED, {"evidence": given["evidence"]})
    return NOTHING


def note(app: App, tx: Session, call: OperatorCall, given: GIVEN) -> Result:
    """Write a fact about a hazard into its records."""
    _note(tx, call, given["hazard"], given["kind"], given["text"])
    return NOTHING


def recheck(app: App, tx: Session, call: OperatorCall, given: GIVEN) -> Result:
    """Record a re-inspection; says whether a department signed for the hazard and so approves its closure."""
    rechecks.write_in(
        tx, app, given["hazard"], given["number"], passed=given["result"] == "pass", opinion=given["opinion"],
        given=dict(call.variables), by=tx.info.get(ACTOR, ""), at=call.at,
    )  # fmt: skip
    department = closure_gate.transferred_to(tx, given["hazard"])
    return {"department_closes": department is not None, "closing_body": department or ""}


def gate(app: App, tx: Session, call: OperatorCall, given: GIVEN) -> Result:
    """Say whether the hazard may be closed, and what is missing."""
    missing = closing.missing(tx, app, existing(tx, given["hazard"]), call.at)
    if missing:
        against = joined("；", "; ", missing)
        shut = Said(f"暂不能销号（{closing.GATE}）：{against}", f"Not to be closed now (table D8): {against.en}")
        _note(tx, call, given["hazard"], "销号把关", shut)
    return {"gate_ok": not missing, "missing": missing}


def close(app: App, tx: Session, call: OperatorCall, given: GIVEN) -> Result:
    """Close the hazard with a closure number and end what still runs."""
    closing.close(tx, app, existing(tx, given["hazard"]), given["opinion"], call.at, by=tx.info.get(ACTOR, ENGINE))
    return NOTHING


def revisit_record(app: App, tx: Session, call: OperatorCall, given: GIVEN) -> Result:
    """Write what a re-visit found; one that was not fixed goes on as a new case."""
    reopened = revisits.record_in(
        tx, app, given["revisit"], result=given["result"], note=given["note"], by=tx.info.get(ACTOR, ENGINE),
        now=call.at,
    )  # fmt: skip
    return {"reopened": reopened or ""}


def void(app: App, tx: Session, call: OperatorCall, given: GIVEN) -> Result:
    """Void the hazard; its number stays taken."""
    deferrals.over_in(tx, given["hazard"], "隐患作废", by=tx.info.get(ACTOR, ENGINE), now=call.at)
    closing.void(tx, existing(tx, given["hazard"]), given["reason"], call.at)
    return NOTHING


def notice(app: App, tx: Session, call: OperatorCall, given: GIVEN) -> Result:
    """Queue a notice to everybody in the named groups."""
    reminders.queue(app, tx, call, to=given["to"], title=given["title"], hazard=given["hazard"])
    return NOTHING


def _note(
    tx: Session, call: OperatorCall, hazard: str, kind: str, text: str, detail: dict[str, Any] | None = None
) -> None:
    tx.add(Finding(hazard=hazard, kind=kind, at=call.at, text=text, detail=detail or {}))
    tx.flush()


OPERATORS: list[tuple[str, str, type[Schema], Run, Result]] = [
    ("hazard.classify", "登记隐患等级", parameters.Classify, classify, NOTHING),
    ("deadline.open", "确定时限", parameters.DeadlineOpen, deadline_open, NOTHING),
    ("deadline.extend", "延长时限", parameters.DeadlineExtend, deadline_extend, NOTHING),
    ("deadline.close", "结束时限", parameters.DeadlineClose, deadline_close, NOTHING),
    ("assignment.open", "发出交办、督办或移交", parameters.AssignmentOpen, assignment_open, NOTHING),
    ("assignment.sign", "签收", parameters.AssignmentSign, assignment_sign, NOTHING),
    ("assignment.return", "退回", parameters.AssignmentReturn, assignment_return, NOTHING),
    ("assignment.answer", "答复", parameters.AssignmentAnswer, assignment_answer, NOTHING),
    ("measure.open", "登记强制措施（仅以前部署的流程）", parameters.MeasureOpen, measure_open, NOTHING),
    ("measure.extend", "登记措施延长（仅以前部署的流程）", parameters.MeasureExtend, measure_extend, NOTHING),
    ("measure.close", "登记措施解除（仅以前部署的流程）", parameters.MeasureClose, measure_close, NOTHING),
    ("escalation.step", "记录升级措施", parameters.EscalationStep, escalation_step, NOTHING),
    ("hazard.plan", "登记治理方案", parameters.Five, plan, NOTHING),
    ("hazard.refusal", "登记拒不整改", parameters.Refusal, refusal, NOTHING),
    (
        "hazard.recheck",
        "登记复查结果",
        parameters.RecheckDone,
        recheck,
        {"department_closes": False, "closing_body": ""},
    ),
    ("hazard.note", "登记情况", parameters.Noted, note, NOTHING),
    ("hazard.gate", "销号把关", parameters.OfHazard, gate, {"gate_ok": True, "missing": []}),
    ("hazard.close", "销号", parameters.Close, close, NOTHING),
    ("revisit.record", "登记回访结果", parameters.RevisitDone, revisit_record, {"reopened": ""}),
    ("hazard.void", "作废", parameters.Void, void, NOTHING),
    ("notice", "发送通知", parameters.NoticeParameters, notice, NOTHING),
    *reports_operators.OPERATORS,
    *duty_operators.OPERATORS,
    *transfer_operators.OPERATORS,
    *listing_operators.OPERATORS,
    *deferral_operators.OPERATORS,
    *measure_operators.OPERATORS,
    *document_operators.OPERATORS,
    *crime_operators.OPERATORS,
    *support_operators.OPERATORS,
    *unit_listing_operators.OPERATORS,
    *court_operators.OPERATORS,
    *task_reports.OPERATORS,
]
