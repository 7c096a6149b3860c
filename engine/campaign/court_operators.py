"""What the diagram of an application to the court may do: thin operators over ``court_cases``. What the law forbids is
answered with the words of the refusal, so that the diagram gives the work back.
"""

from collections.abc import Mapping
from typing import Any

from marshmallow import Schema
from sqlalchemy.orm import Session

from engine.app import App
from engine.bpm.operators import Run
from engine.bpm.spiff.types import OperatorCall
from engine.bpm.step import ACTOR, ENGINE
from engine.campaign import court_cases
from engine.campaign import court_parameters as parameters
from engine.campaign.sight import existing
from engine.errors import EngineError
from engine.said import Said

Result = Mapping[str, Any]
GIVEN = dict[str, Any]
NOTHING: Result = {}
TOO_LATE = Said("已过 15 日，不能再申请复议", "15 days have passed: no review can be asked for any more")
ACCEPTED: Result = {"accepted": True, "problem": ""}
DATES = ("answer_by", "apply_from", "apply_by", "step_due_at")


def open_case(app: App, tx: Session, call: OperatorCall, given: GIVEN) -> Result:
    """Open the case; ``court_case`` is its number."""
    try:
        row = court_cases.open_in(
            tx, app, existing(tx, given["hazard"]), organ=given["organ"], court=given["court"],
            document=given["document"], demand=given["demand"], due_on=given["due_on"],
            instance_id=call.instance_id or None, by=_actor(tx), now=call.at,
        )  # fmt: skip
    except EngineError as refusal:
        return {**_refused(refusal), "court_case": ""}
    return {**ACCEPTED, "court_case": row.number}


def urge(app: App, tx: Session, call: OperatorCall, given: GIVEN) -> Result:
    """The demand was served: until when the party may answer, from when and until when the court can be asked."""
    case = court_cases.existing(tx, given["court_case"])
    try:
        found = court_cases.urge(
            tx, app, case, number=given["number"], due_at=given["due_at"], by=_actor(tx), now=call.at
        )
    except EngineError as refusal:
        return {**_refused(refusal), **dict.fromkeys(DATES), "step_due_at": given["due_at"]}
    dates = (found.answer_by, found.opens_at, found.ends_at, found.answer_by)
    return {**ACCEPTED, **dict(zip(DATES, dates, strict=True))}


def step(app: App, tx: Session, call: OperatorCall, given: GIVEN) -> Result:
    """Write down a step; it may change where the case stands."""
    case = court_cases.existing(tx, given["court_case"])
    case.state = given["state"] or case.state
    court_cases.note(tx, app, case, given["kind"], given["text"], call.at, _actor(tx), due_at=given["due_at"])
    return NOTHING


def apply(app: App, tx: Session, call: OperatorCall, given: GIVEN) -> Result:
    """The application goes to the court, signed by whoever acts; only the head of the department may."""
    try:
        court_cases.apply(
            tx, app, court_cases.existing(tx, given["court_case"]), approved=given["approved"],
            opinion=given["opinion"], number=given["number"], subject=given["subject"], urgent=bool(given["urgent"]),
            late_reason=given["late_reason"], papers={key: bool(given[key]) for key in court_cases.PAPERS},
            due_at=given["due_at"], by=_actor(tx), now=call.at,
        )  # fmt: skip
    except EngineError as refusal:
        return _refused(refusal)
    return ACCEPTED


def object_to(app: App, tx: Session, call: OperatorCall, given: GIVEN) -> Result:
    """The department asks the higher court, or accepts; after 15 days only the latter is left (``accepted`` false)."""
    case = court_cases.existing(tx, given["court_case"])
    in_time = court_cases.object_to(
        tx, app, case, review=given["review"], text=given["text"], due_at=given["due_at"], by=_actor(tx), now=call.at
    )
    return ACCEPTED if in_time else {"accepted": False, "problem": TOO_LATE}


def close(app: App, tx: Session, call: OperatorCall, given: GIVEN) -> Result:
    """The case ends."""
    court_cases.close(
        tx, app, court_cases.existing(tx, given["court_case"]), kind=given["kind"], text=given["text"],
        state=given["state"], due_at=given["due_at"], by=_actor(tx), now=call.at,
    )  # fmt: skip
    return NOTHING


def _refused(refusal: EngineError) -> Result:
    return {"accepted": False, "problem": Said(refusal.message, refusal.en)}


def _actor(tx: Session) -> str:
    return str(tx.info.get(ACTOR, ENGINE))


OPERATORS: list[tuple[str, str, type[Schema], Run, Result]] = [
    ("court.open", "立非诉执行案卷", parameters.Open, open_case, {**ACCEPTED, "court_case": ""}),
    ("court.urge", "登记催告", parameters.Urge, urge, {**ACCEPTED, **dict.fromkeys(DATES)}),
    ("court.step", "登记非诉执行经过", parameters.Step, step, NOTHING),
    ("court.apply", "登记申请法院强制执行", parameters.Apply, apply, ACCEPTED),
    ("court.object", "登记对裁定的异议", parameters.Object, object_to, ACCEPTED),
    ("court.close", "办结非诉执行案件", parameters.Close, close, NOTHING),
]
