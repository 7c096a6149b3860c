"""What the diagram of a criminal referral may do: thin operators over ``crime_cases``. What the law forbids is answered
with the words of the refusal, so that the diagram gives the work back.
"""

from collections.abc import Mapping
from typing import Any

from marshmallow import Schema
from sqlalchemy.orm import Session

from engine.app import App
from engine.bpm.operators import Run
from engine.bpm.spiff.types import OperatorCall
from engine.bpm.step import ACTOR, ENGINE
from engine.campaign import crime_cases, units
from engine.campaign import crime_parameters as parameters
from engine.campaign.sight import existing
from engine.errors import EngineError
from engine.said import Said

Result = Mapping[str, Any]
GIVEN = dict[str, Any]
NOTHING: Result = {}
ACCEPTED: Result = {"accepted": True, "problem": ""}


def refuse(app: App, tx: Session, call: OperatorCall, given: GIVEN) -> Result:
    """Table D7 found nothing to hand over: the reason and the missing proofs stay as a case that ended at once."""
    row = crime_cases.refuse_in(
        tx, app, existing(tx, given["hazard"]), organ=given["organ"], offence=given["offence"], clause=given["clause"],
        facts=given["facts"], proofs=given["proofs"] or {}, reason=given["text"], missing=given["missing"],
        instance_id=call.instance_id or None, by=_actor(tx), now=call.at,
    )  # fmt: skip
    return {"crime": row.number}


def open_case(app: App, tx: Session, call: OperatorCall, given: GIVEN) -> Result:
    """Open the case; ``crime`` is its number."""
    try:
        row = crime_cases.open_in(
            tx, app, existing(tx, given["hazard"]), organ=given["organ"], police=given["police"],
            offence=given["offence"], clause=given["clause"], facts=given["facts"], officers=given["officers"],
            proofs=given["proofs"] or {}, instance_id=call.instance_id or None, by=_actor(tx), now=call.at,
        )  # fmt: skip
    except EngineError as refusal:
        return {"accepted": False, "problem": Said(refusal.message, refusal.en), "crime": ""}
    return {**ACCEPTED, "crime": row.number}


def step(app: App, tx: Session, call: OperatorCall, given: GIVEN) -> Result:
    """Write down a step; it may change who deals with the case and where it stands."""
    case = crime_cases.existing(tx, given["crime"])
    case.police = units.require(tx, given["police"]).code if given["police"] else case.police
    case.state = given["state"] or case.state
    crime_cases.note(tx, app, case, given["kind"], given["text"], call.at, _actor(tx), due_at=given["due_at"])
    return NOTHING


def decide(app: App, tx: Session, call: OperatorCall, given: GIVEN) -> Result:
    """Whoever acts decides; only the head of the department may."""
    try:
        crime_cases.decide(
            tx, app, crime_cases.existing(tx, given["crime"]), approved=given["approved"], reason=given["reason"],
            due_at=given["due_at"], by=_actor(tx), now=call.at,
        )  # fmt: skip
    except EngineError as refusal:
        return {"accepted": False, "problem": Said(refusal.message, refusal.en)}
    return ACCEPTED


def hand_over(app: App, tx: Session, call: OperatorCall, given: GIVEN) -> Result:
    """The case goes to the police, its letter in copy to the procuratorate."""
    crime_cases.hand_over(
        tx, app, crime_cases.existing(tx, given["crime"]), number=given["number"], police=given["police"],
        prosecutor=given["prosecutor"], attached={key: given[key] for key in crime_cases.ATTACHMENTS},
        attachments=given["attachments"], due_at=given["due_at"], by=_actor(tx), now=call.at,
    )  # fmt: skip
    return NOTHING


def close(app: App, tx: Session, call: OperatorCall, given: GIVEN) -> Result:
    """The case ends."""
    crime_cases.close(
        tx, app, crime_cases.existing(tx, given["crime"]), kind=given["kind"], text=given["text"], state=given["state"],
        due_at=given["due_at"], by=_actor(tx), now=call.at,
    )  # fmt: skip
    return NOTHING


def _actor(tx: Session) -> str:
    return str(tx.info.get(ACTOR, ENGINE))


OPERATORS: list[tuple[str, str, type[Schema], Run, Result]] = [
    ("crime.refuse", "记录不移送的理由", parameters.Refuse, refuse, {"crime": ""}),
    ("crime.open", "立涉嫌犯罪案卷", parameters.Open, open_case, {**ACCEPTED, "crime": ""}),
    ("crime.step", "登记案件经过", parameters.Step, step, NOTHING),
    ("crime.decide", "登记移送决定", parameters.Decide, decide, ACCEPTED),
    ("crime.hand_over", "登记移送", parameters.HandOver, hand_over, NOTHING),
    ("crime.close", "办结案件", parameters.Close, close, NOTHING),
]
