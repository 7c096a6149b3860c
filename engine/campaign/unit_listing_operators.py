"""What the diagram of listed supervision of a unit may do: write down the decision, each step, a later end, the
delisting; and say which hazards of the unit still stand against it.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from marshmallow import Schema, fields, validate
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from engine.app import App
from engine.bpm.operators import Run
from engine.bpm.spiff.types import OperatorCall
from engine.bpm.step import ACTOR, ENGINE
from engine.campaign import case_files, lamp, powers, units
from engine.campaign.case_model import Hazard
from engine.campaign.parameters import Moment, Text
from engine.campaign.unit_listing_model import UnitListing, UnitListingStep
from engine.errors import Conflict, NotFound
from engine.said import Said, joined

GIVEN = dict[str, Any]
Result = Mapping[str, Any]
ACT = "listing"  # of table D9
MOST_DAYS = 365  # from the listing on, extensions included
LEVELS = ("街道级", "区级", "市级", "省级")


class OfListing(Schema):
    """Every act is about one listing; ``due_at`` is by when it had to be done."""

    listing = fields.String(required=True)
    due_at = Moment(load_default=None, allow_none=True)


class Decide(OfListing):
    approved = fields.Boolean(required=True)
    level = fields.String(load_default="", allow_none=True, validate=validate.OneOf(("", *LEVELS)))
    number = Text()
    supervisor = Text()
    measures = Text()
    responsible = Text()
    funds = Text()
    plan = Text()
    ends_at = Moment(load_default=None, allow_none=True)
    reason = Text()


class Step(OfListing):
    kind = fields.String(required=True, validate=validate.Length(1, 16))
    text = Text()


class Extend(OfListing):
    granted = fields.Boolean(required=True)
    days = fields.Integer(load_default=None, allow_none=True)
    reason = Text()


class Close(OfListing):
    text = Text()


def decide(app: App, tx: Session, call: OperatorCall, given: GIVEN) -> Result:
    """The body lists the unit until ``ends_at``, at most a year on, or says why not: then the listing is over.

    Raises NotAllowed for a body without the power by table D9, Conflict for an end beyond the year.
    """
    row = existing(tx, given["listing"])
    if not given["approved"]:
        row.closed_at = call.at
        note(
            tx,
            row,
            "决定",
            Said(f"不挂牌：{given['reason']}", f"Not listed: {given['reason']}"),
            call.at,
            _actor(tx),
            given["due_at"],
        )
        return {}
    powers.entitled(tx, ACT, units.require(tx, row.organ), day=call.at.astimezone(app.zone).date())
    row.listed_at, row.level, row.document = call.at, given["level"] or "", given["number"]
    row.supervisor = given["supervisor"]
    row.five = {name: given[name] for name in ("measures", "responsible", "funds", "plan")}
    if given["ends_at"] is None or given["ends_at"] > _last(app, row.listed_at):
        raise Conflict(f"挂牌期限不超过 {MOST_DAYS} 日。", en=f"A unit is listed for at most {MOST_DAYS} days.")
    row.ends_at = given["ends_at"]
    words = Said(
        f"{row.level}挂牌督办，{row.document}：{given['reason']}", f"Listed, {row.document}: {given['reason']}"
    )
    note(tx, row, "决定", words, call.at, _actor(tx), given["due_at"])
    return {}


def step(app: App, tx: Session, call: OperatorCall, given: GIVEN) -> Result:
    """Write down a step."""
    row = existing(tx, given["listing"])
    note(tx, row, given["kind"], given["text"], call.at, _actor(tx), given["due_at"])
    return {}


def extend(app: App, tx: Session, call: OperatorCall, given: GIVEN) -> Result:
    """Give more days, together with those before at most a year, or say why not; answers the end that holds now."""
    row = existing(tx, given["listing"])
    if row.listed_at is None or row.ends_at is None:
        raise Conflict(f"{row.number} 还没有挂牌，不能延期。", en=f"{row.number} is not listed yet.")
    words = Said("不延期", "Not extended")
    if given["granted"] and given["days"]:
        later = app.calendar.count(row.ends_at, given["days"], "d", "F", app.zone).due_at
        row.ends_at = min(later, _last(app, row.listed_at))
        words = Said(f"延长 {given['days']} 日", f"Extended by {given['days']} days")
    note(tx, row, "延期", joined("：", ": ", (words, given["reason"])), call.at, _actor(tx), given["due_at"])
    return {"ends_at": row.ends_at}


def check(app: App, tx: Session, call: OperatorCall, given: GIVEN) -> Result:
    """Whether the unit can be looked at: no major hazard of it is open, and none is overdue."""
    row = existing(tx, given["listing"])
    still = joined("、", ", ", open_hazards(tx, row.place, call.at))
    told = Said(f"重大或者逾期的隐患还没有办结：{still}", f"major or overdue hazards are still open: {still.en}")
    return {"clear": not still, "lacking": told if still else ""}


def close(app: App, tx: Session, call: OperatorCall, given: GIVEN) -> Result:
    """Take the listing off."""
    row = existing(tx, given["listing"])
    row.delisted_at = row.closed_at = call.at
    note(tx, row, "摘牌", given["text"], call.at, _actor(tx), given["due_at"])
    return {}


def open_hazards(tx: Session, place: str, now: datetime) -> list[str]:
    """The open hazards of a place that stand against taking its listing off."""
    late = func.coalesce(lamp.late(now), False)
    query = select(Hazard.number).where(
        Hazard.place == place, Hazard.closed_at.is_(None), Hazard.is_major.is_(True) | late
    )
    return list(tx.scalars(query.order_by(Hazard.number)))


def running(tx: Session, place: str) -> UnitListing | None:
    """The listing of a place that has not ended, proposed or listed."""
    query = select(UnitListing).where(UnitListing.place == place, UnitListing.closed_at.is_(None))
    return tx.scalars(query.limit(1)).one_or_none()


def existing(tx: Session, number: str) -> UnitListing:
    """The row of a listing; raises NotFound."""
    row = tx.get(UnitListing, number)
    if row is None:
        raise NotFound(f"没有编号为“{number}”的单位挂牌，请核对。", en=f"There is no listing {number} of a unit.")
    return row


def note(
    tx: Session, row: UnitListing, kind: str, text: str, at: datetime, by: str, due_at: datetime | None = None
) -> None:
    """Add one step."""
    case_files.add(tx, UnitListingStep, row.number, kind, text, at, by, due_at=due_at)


def _last(app: App, listed_at: datetime) -> datetime:
    return app.calendar.count(listed_at, MOST_DAYS, "d", "F", app.zone).due_at


def _actor(tx: Session) -> str:
    return str(tx.info.get(ACTOR, ENGINE))


OPERATORS: list[tuple[str, str, type[Schema], Run, Result]] = [
    ("unit_listing.decide", "登记单位挂牌决定", Decide, decide, {}),
    ("unit_listing.step", "登记单位挂牌经过", Step, step, {}),
    ("unit_listing.extend", "登记单位挂牌延期", Extend, extend, {"ends_at": None}),
    ("unit_listing.check", "核对单位未办结隐患", OfListing, check, {"clear": True, "lacking": ""}),
    ("unit_listing.close", "登记单位摘牌", Close, close, {}),
]
