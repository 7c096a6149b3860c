"""What the diagram of a periodic duty may do to its row."""

from collections.abc import Mapping
from typing import Any

from marshmallow import Schema, fields
from sqlalchemy import update
from sqlalchemy.orm import Session

from engine.app import App
from engine.bpm.operators import Run
from engine.bpm.spiff.types import OperatorCall
from engine.bpm.step import ACTOR, ENGINE
from engine.campaign.case_model import Evidence
from engine.campaign.duty_model import Duty
from engine.campaign.duty_proof import proof_of
from engine.campaign.parameters import Text

GIVEN = dict[str, Any]
Result = Mapping[str, Any]


class OfDuty(Schema):
    duty = fields.Integer(required=True)


class WithText(OfDuty):
    text = Text()


def proof(app: App, tx: Session, call: OperatorCall, given: GIVEN) -> Result:
    """Say whether the records prove the duty already."""
    duty = tx.get_one(Duty, given["duty"])
    duty.proof = proof_of(tx, duty, call.at, app.zone) or duty.proof
    return {"proven": bool(duty.proof)}


def submit(app: App, tx: Session, call: OperatorCall, given: GIVEN) -> Result:
    """Evidence was handed in; the office checks it."""
    duty = tx.get_one(Duty, given["duty"])
    duty.state, duty.submitted_at, duty.proof = "submitted", call.at, given["text"]
    duty.submitted_by = tx.info.get(ACTOR, ENGINE)
    # Whatever way the task was completed, only files of one's own become evidence that others may open.
    own = Evidence.uploaded_by == duty.submitted_by, Evidence.hazard.is_(None), Evidence.duty.is_(None)
    tx.execute(
        update(Evidence).where(Evidence.id.in_(call.variables.get("evidence_files") or ()), *own).values(duty=duty.id)
    )
    return {}


def send_back(app: App, tx: Session, call: OperatorCall, given: GIVEN) -> Result:
    """The office does not accept the evidence: as if none had been handed in."""
    duty = tx.get_one(Duty, given["duty"])
    duty.state = "missed" if duty.missed_at else "open"
    duty.submitted_at, duty.reason, duty.proof = None, given["text"], ""
    return {}


def done(app: App, tx: Session, call: OperatorCall, given: GIVEN) -> Result:
    """The duty is done; late when it had been missed before."""
    duty = tx.get_one(Duty, given["duty"])
    duty.state, duty.ended_at = "late" if duty.missed_at else "done", call.at
    return {}


def missed(app: App, tx: Session, call: OperatorCall, given: GIVEN) -> Result:
    """The due moment passed without evidence: it stands on the list of what was not done."""
    duty = tx.get_one(Duty, given["duty"])
    duty.state, duty.missed_at = "missed", call.at
    return {}


def excuse(app: App, tx: Session, call: OperatorCall, given: GIVEN) -> Result:
    """The office excused it, with a reason."""
    duty = tx.get_one(Duty, given["duty"])
    duty.state, duty.reason, duty.ended_at = "excused", given["text"], call.at
    return {}


OPERATORS: list[tuple[str, str, type[Schema], Run, Result]] = [
    ("duty.proof", "查找履职记录", OfDuty, proof, {"proven": False}),
    ("duty.submit", "登记履职佐证", WithText, submit, {}),
    ("duty.send_back", "退回履职佐证", WithText, send_back, {}),
    ("duty.done", "登记已履职", OfDuty, done, {}),
    ("duty.missed", "登记未履职", OfDuty, missed, {}),
    ("duty.excuse", "登记免予履职", WithText, excuse, {}),
]
