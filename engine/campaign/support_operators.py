"""What diagrams may do about the bodies that help with a transfer (协办): each gets a letter and a process of its own,
so that the lead body never waits for them; it signs, gives its opinion, or lets the letter lapse.
"""

from collections.abc import Mapping
from typing import Any

from marshmallow import Schema, fields
from sqlalchemy import select
from sqlalchemy.orm import Session

from engine.app import App
from engine.bpm import instances
from engine.bpm.operators import Run
from engine.bpm.spiff.types import OperatorCall
from engine.bpm.step import ACTOR, ENGINE
from engine.campaign import assignments, competence, reminders, transfer_operators
from engine.campaign.case_model import Assignment, Finding
from engine.campaign.model import Place, Unit
from engine.campaign.parameters import Moment, OfHazard, Text
from engine.campaign.sight import existing
from engine.campaign.transfer_model import Transfer
from engine.campaign.transfer_views import SUPPORT
from engine.errors import NotFound
from engine.said import Said

GIVEN = dict[str, Any]
Result = Mapping[str, Any]
KIND, DEFINITION = SUPPORT, "transfer_support"
LED = "裁定由本单位牵头"


class Support(OfHazard):
    reason = Text()
    sign_due_at = Moment(required=True)


class OfLetter(Schema):
    letter = fields.Integer(required=True)


class Sign(OfLetter):
    answer_due_at = Moment(required=True)


class Answer(OfLetter):
    outcome = fields.String(required=True)
    text = Text()


def open_(app: App, tx: Session, call: OperatorCall, given: GIVEN) -> Result:
    """Send a letter to each body that table D3 names beside the one that leads, and start its process; a body that has
    one of this transfer gets no second, who gave the transfer back gets none, and the one that leads by now needs none.
    """
    row, hazard = transfer_operators.running(tx, given["hazard"]), existing(tx, given["hazard"])
    sent = {letter.to_unit: letter for letter in letters(tx, row)}
    if (own := sent.get(row.body or "")) is not None and own.closed_at is None:
        own.answered_at = own.closed_at = call.at
        own.answer = LED
    back = tx.get(Assignment, row.returned_letter) if row.returned_letter else None
    others = {row.body, back.to_unit if back else None, *sent}
    wanted = [code for code in competence.bodies(row.competent) if code not in others]
    known = set(tx.scalars(select(Unit.code).where(Unit.code.in_(wanted))))
    place_name = tx.get_one(Place, hazard.place).name
    for code in (code for code in wanted if code in known):
        letter = assignments.open_in(
            tx, app, hazard.number, KIND, from_unit=transfer_operators.OFFICE, to_unit=code, reason=given["reason"],
            sign_due_at=given["sign_due_at"], answer_due_at=None, now=call.at,
        )  # fmt: skip
        instances.start_in(
            tx, app, DEFINITION, {
                "letter": letter.id, "letter_no": letter.number, "hazard": hazard.number, "subject": place_name,
                "place_name": place_name, "body": code, "lead": row.body,
                "sign_due_at": given["sign_due_at"].isoformat(),
            }, by=_actor(tx), now=call.at, business_key=hazard.number,
        )  # fmt: skip
        title = Said(
            f"隐患 {hazard.number}（{place_name}）已移交牵头部门，请签收协办函 {letter.number} 并按职责配合",
            f"Hazard {hazard.number} ({place_name}) was transferred to the leading department: please sign for the "
            f"request for help {letter.number} and help as is your duty",
        )
        reminders.queue(app, tx, call, to=code, title=title, hazard=hazard.number)
    return {}


def sign(app: App, tx: Session, call: OperatorCall, given: GIVEN) -> Result:
    """The body signed; from now on the time for its opinion runs. A letter that ended meanwhile stays as it is."""
    letter = _letter(tx, given["letter"])
    if letter.closed_at is None:
        letter.signed_at, letter.answer_due_at = call.at, given["answer_due_at"]
    return {}


def answer(app: App, tx: Session, call: OperatorCall, given: GIVEN) -> Result:
    """The body gave its opinion; a letter that ended meanwhile takes it still."""
    letter = _letter(tx, given["letter"])
    letter.answered_at, letter.answer = call.at, f"{given['outcome']}：{given['text']}"
    letter.closed_at = letter.closed_at or call.at
    return {}


def lapse(app: App, tx: Session, call: OperatorCall, given: GIVEN) -> Result:
    """The body let it pass: the letter ends, and the case says so. ``lapsed`` is false for one that had ended."""
    letter = _letter(tx, given["letter"])
    if letter.closed_at is not None:
        return {"lapsed": False}
    letter.closed_at = call.at
    missing, en = ("没有提出意见", "gave no opinion") if letter.signed_at else ("没有签收", "did not sign")
    body = tx.get_one(Unit, letter.to_unit).name
    words = Said(
        f"协办函 {letter.number}：{body}逾期{missing}，已失效",
        f"Request for help {letter.number}: {body} {en} in time, it lapsed",
    )
    tx.add(Finding(hazard=letter.hazard, kind=KIND, at=call.at, text=words, detail={}))
    tx.flush()
    return {"lapsed": True}


def letters(tx: Session, row: Transfer) -> list[Assignment]:
    """The letters to those that help with this transfer, oldest first."""
    query = select(Assignment).where(
        Assignment.hazard == row.hazard, Assignment.kind == KIND, Assignment.sent_at >= row.opened_at
    )
    query = query.where(Assignment.sent_at <= row.closed_at) if row.closed_at else query
    return list(tx.scalars(query.order_by(Assignment.id)))


def _letter(tx: Session, id: int) -> Assignment:
    row = tx.get(Assignment, id)
    if row is None or row.kind != KIND:
        raise NotFound(f"没有协办函 {id}，请核对流程变量 letter。", en=f"There is no letter {id} to a helping body.")
    return row


def _actor(tx: Session) -> str:
    return str(tx.info.get(ACTOR, ENGINE))


OPERATORS: list[tuple[str, str, type[Schema], Run, Result]] = [
    ("transfer.support", "交配合部门协办", Support, open_, {}),
    ("support.sign", "登记协办签收", Sign, sign, {}),
    ("support.answer", "登记协办意见", Answer, answer, {}),
    ("support.lapse", "登记协办失效", OfLetter, lapse, {"lapsed": True}),
]
