"""What the diagram of a deferral may do: thin operators over ``deferral_acts``. What the rules forbid is answered with
the words of the refusal (``accepted``, ``problem``), so that the diagram tells the asker.
"""

from collections.abc import Mapping
from typing import Any

from marshmallow import Schema, fields, validate
from sqlalchemy.orm import Session

from engine.app import App
from engine.bpm.operators import Run
from engine.bpm.spiff.types import OperatorCall
from engine.bpm.step import ACTOR, ENGINE
from engine.campaign import deferral_acts as acts
from engine.campaign.parameters import Day, Text
from engine.errors import EngineError
from engine.said import Said

Result = Mapping[str, Any]
GIVEN = dict[str, Any]
BEGUN: Result = {"accepted": True, "problem": ""}


class OfDeferral(Schema):
    """Every operator acts on one deferral."""

    deferral = fields.Integer(required=True, validate=validate.Range(1, 2**31 - 1))


class Begin(OfDeferral):
    body = fields.String(required=True, validate=validate.Length(1, 130))
    review_on = Day(required=True)
    opinion = Text()


class Review(OfDeferral):
    failed = Text()
    outcome = fields.String(required=True, validate=validate.OneOf((acts.PROLONG, acts.END)))
    note = Text()
    next_on = Day(load_default=None, allow_none=True)
    files = fields.List(fields.String(), load_default=list, allow_none=True)


class End(OfDeferral):
    reason = fields.String(required=True, validate=validate.Length(1, 4000))


def begin(app: App, tx: Session, call: OperatorCall, given: GIVEN) -> Result:
    """Whoever acts approves: the clock of the fix stands still until the review."""
    try:
        with tx.begin_nested():
            acts.approve(
                tx, app, acts.existing(tx, given["deferral"]), body=given["body"], review_on=given["review_on"],
                opinion=given["opinion"], by=_actor(tx), now=call.at,
            )  # fmt: skip
    except EngineError as refusal:
        return {"accepted": False, "problem": Said(refusal.message, refusal.en)}
    return dict(BEGUN)


def lapse(app: App, tx: Session, call: OperatorCall, given: GIVEN) -> Result:
    """The review date has passed."""
    return {"lapsed": acts.lapse(tx, app, acts.existing(tx, given["deferral"]), now=call.at)}


def review(app: App, tx: Session, call: OperatorCall, given: GIVEN) -> Result:
    """Write down a look."""
    row = acts.existing(tx, given["deferral"])
    acts.review(
        tx, row, failed=acts.failed_measures(tx, row, given["failed"]), outcome=given["outcome"], note=given["note"],
        next_on=given["next_on"] if given["outcome"] == acts.PROLONG else None, files=given["files"] or [],
        by=_actor(tx), now=call.at,
    )  # fmt: skip
    return {"renewals": row.renewals}


def end(app: App, tx: Session, call: OperatorCall, given: GIVEN) -> Result:
    """It is over; the clock runs on."""
    row = acts.existing(tx, given["deferral"])
    return {"new_due": acts.end(tx, app, row, reason=given["reason"], by=_actor(tx), now=call.at)}


def _actor(tx: Session) -> str:
    return str(tx.info.get(ACTOR, ENGINE))


OPERATORS: list[tuple[str, str, type[Schema], Run, Result]] = [
    ("deferral.begin", "登记批准挂起", Begin, begin, BEGUN),
    ("deferral.lapse", "挂起到期恢复计时", OfDeferral, lapse, {"lapsed": True}),
    ("deferral.review", "登记挂起复核", Review, review, {"renewals": 1}),
    ("deferral.end", "登记结束挂起", End, end, {"new_due": ""}),
]
