"""What the diagram of a transfer may do to its row and its letters."""

from collections.abc import Mapping
from typing import Any

from marshmallow import Schema, fields
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from engine.app import App
from engine.bpm.operators import Run
from engine.bpm.spiff.types import OperatorCall
from engine.bpm.step import ACTOR, ENGINE
from engine.campaign import assignments, competence
from engine.campaign.case_model import Evidence
from engine.campaign.numbers import next_number
from engine.campaign.parameters import Moment, OfHazard, Text
from engine.campaign.sight import existing
from engine.campaign.transfer_model import Transfer
from engine.errors import Conflict

GIVEN = dict[str, Any]
Result = Mapping[str, Any]
OFFICE = "safety_committee_office"


class TransferOpen(OfHazard):
    kind = fields.String(required=True)
    reason = Text()
    requested = Text()
    competent = fields.List(fields.Dict(), required=True)
    body = Text()
    by = Text()
    due_at = Moment(load_default=None, allow_none=True)


class TransferSend(OfHazard):
    kind = fields.String(required=True)
    to_unit = fields.String(required=True)
    reason = Text()
    ruling = Text()
    sign_due_at = Moment(required=True)


class TransferSign(OfHazard):
    kind = fields.String(required=True)
    answer_due_at = Moment(required=True)


class TransferReturn(OfHazard):
    kind = fields.String(required=True)
    clause = Text()
    reason = Text()
    due_at = Moment(required=True)


class TransferRule(OfHazard):
    body = fields.String(required=True)
    reason = Text()


class TransferAnswer(OfHazard):
    kind = fields.String(required=True)
    decision = Text()
    text = Text()
    number = Text()
    files = fields.List(fields.String(), load_default=None, allow_none=True)
    due_at = Moment(required=True)


class TransferReview(OfHazard):
    next_step = Text()


def running(tx: Session, hazard: str) -> Transfer:
    """The transfer of a hazard that is not closed; raises Conflict."""
    row = running_or_none(tx, hazard)
    if row is None:
        raise Conflict(f"隐患 {hazard} 没有办理中的移交。", en=f"Hazard {hazard} has no running transfer.")
    return row


def running_or_none(tx: Session, hazard: str) -> Transfer | None:
    """The newest transfer of a hazard that is not closed."""
    query = select(Transfer).where(Transfer.hazard == hazard, Transfer.closed_at.is_(None))
    return tx.scalars(query.order_by(Transfer.opened_at.desc(), Transfer.number.desc()).limit(1)).one_or_none()


def open_(app: App, tx: Session, call: OperatorCall, given: GIVEN) -> Result:
    """Begin a transfer with what table D3 says; a wanted body without the duty is refused. Answers who else helps."""
    hazard, rows, body = existing(tx, given["hazard"]), given["competent"], given["body"]
    able = competence.bodies(rows)
    if body:
        competence.require(tx, rows, body, hazard)
    year = call.at.astimezone(app.zone).year
    tx.add(Transfer(
        number=f"YJ-{year}-{next_number(tx, f'transfer-{year}'):04d}", hazard=hazard.number, kind=given["kind"],
        reason=given["reason"], requested=given["requested"], competent=[row for row in rows if not row.get("assign")],
        opened_at=call.at, opened_by=given["by"], due_at=given["due_at"],
    ))  # fmt: skip
    tx.flush()
    lead = body or (able[0] if able else "")
    return {"co": ",".join(name for name in able if name != lead)}


def send(app: App, tx: Session, call: OperatorCall, given: GIVEN) -> Result:
    """Send the letter to the department that has the duty, or that the committee's office named with a reason."""
    row = running(tx, given["hazard"])
    competence.require(tx, row.competent, given["to_unit"], existing(tx, row.hazard), given["ruling"])
    letter = assignments.open_in(
        tx, app, row.hazard, given["kind"], from_unit=OFFICE, to_unit=given["to_unit"], reason=given["reason"],
        sign_due_at=given["sign_due_at"], answer_due_at=None, now=call.at,
    )  # fmt: skip
    row.letter, row.body, row.due_at = letter.id, letter.to_unit, given["sign_due_at"]
    if given["ruling"] and row.ruled_at is None:
        row.ruling, row.ruled_at, row.ruled_by = given["ruling"], call.at, _actor(tx)
    tx.flush()
    return {}


def sign(app: App, tx: Session, call: OperatorCall, given: GIVEN) -> Result:
    """The department signed: from now on the time for its answer runs."""
    row = running(tx, given["hazard"])
    assignments.sign_in(tx, app, row.hazard, given["kind"], at=call.at, answer_due_at=given["answer_due_at"])
    row.signed_by, row.due_at = _actor(tx), given["answer_due_at"]
    return {}


def give_back(app: App, tx: Session, call: OperatorCall, given: GIVEN) -> Result:
    """The department gave it back with a clause; the committee's office has to rule."""
    row = running(tx, given["hazard"])
    _require_first(row)
    assignments.return_in(tx, row.hazard, given["kind"], at=call.at, reason=given["reason"])
    row.returned_letter, row.return_clause, row.returned_by = row.letter, given["clause"], _actor(tx)
    row.ruled_at, row.due_at = None, given["due_at"]
    return {}


def lapse(app: App, tx: Session, call: OperatorCall, given: GIVEN) -> Result:
    """The time to give it back passed (T46): from now on it can only be signed."""
    running(tx, given["hazard"]).lapsed_at = call.at
    return {}


def rule(app: App, tx: Session, call: OperatorCall, given: GIVEN) -> Result:
    """The committee's office ruled; the new letter goes out next."""
    row = running(tx, given["hazard"])
    row.ruled_at, row.ruled_by, row.ruling, row.body = call.at, _actor(tx), given["reason"], given["body"]
    return {}


def answer(app: App, tx: Session, call: OperatorCall, given: GIVEN) -> Result:
    """The department said what it decided; files of the person who answers become files of the hazard."""
    row, by = running(tx, given["hazard"]), _actor(tx)
    said = f"{given['decision']}：{given['text']}"
    assignments.answer_in(tx, row.hazard, given["kind"], at=call.at, answer=said)
    own = (Evidence.uploaded_by == by, Evidence.duty.is_(None))
    free = Evidence.hazard.is_(None) | (Evidence.hazard == row.hazard)
    wanted = list(dict.fromkeys(given["files"] or ()))
    kept = set(tx.scalars(select(Evidence.id).where(Evidence.id.in_(wanted), *own, free)))
    tx.execute(update(Evidence).where(Evidence.id.in_(kept)).values(hazard=row.hazard))
    row.decision, row.answer_number, row.answered_by = given["decision"], given["number"], by
    row.files, row.due_at = [id for id in wanted if id in kept], given["due_at"]
    return {}


def review(app: App, tx: Session, call: OperatorCall, given: GIVEN) -> Result:
    """The street read the answer and said what follows; the transfer ends."""
    row = running(tx, given["hazard"])
    row.next_step, row.reviewed_by, row.closed_at, row.due_at = given["next_step"], _actor(tx), call.at, None
    return {}


def _require_first(row: Transfer) -> None:
    if row.returned_letter is not None or row.lapsed_at is not None:
        raise Conflict(
            f"移交 {row.number} 不能再退回：只能退回一次，且应在期限内（T46）。",
            en=f"Transfer {row.number} cannot be given back again.",
        )


def _actor(tx: Session) -> str:
    return str(tx.info.get(ACTOR, ENGINE))


OPERATORS: list[tuple[str, str, type[Schema], Run, Result]] = [
    ("transfer.open", "登记移交", TransferOpen, open_, {"co": ""}),
    ("transfer.send", "发移交函", TransferSend, send, {}),
    ("transfer.sign", "登记移交签收", TransferSign, sign, {}),
    ("transfer.return", "登记移交退回", TransferReturn, give_back, {}),
    ("transfer.lapse", "登记退回期限已过", OfHazard, lapse, {}),
    ("transfer.rule", "登记移交裁定", TransferRule, rule, {}),
    ("transfer.answer", "登记移交答复", TransferAnswer, answer, {}),
    ("transfer.review", "登记移交研判", TransferReview, review, {}),
]
