"""The declared parameters of the operators about applications to the court."""

from marshmallow import Schema, fields, validate

from engine.campaign.measure_parameters import Flag
from engine.campaign.parameters import Day, Moment, OfHazard, Text

ENDS = ("已履行", "不申请", "不予受理", "不予执行", "已执行", "部分执行", "终结执行")
RULED = ("已受理", "不予受理", "准予执行", "不予执行")
STATES = tuple(dict.fromkeys(("待催告", "已催告", "已申请", *RULED, *ENDS)))


class Open(OfHazard):
    organ = fields.String(required=True)
    court = fields.String(required=True)
    document = fields.String(required=True)
    demand = Text()
    due_on = Day(required=True)


class OfCase(Schema):
    """Every later act is about one case; ``due_at`` is by when it had to be done."""

    court_case = fields.String(required=True)
    due_at = Moment(load_default=None, allow_none=True)


class Urge(OfCase):
    number = fields.String(required=True)


class Step(OfCase):
    kind = fields.String(required=True, validate=validate.Length(1, 16))
    text = Text()
    state = fields.String(load_default="", validate=validate.OneOf(("", *RULED)))


class Apply(OfCase):
    approved = fields.Boolean(required=True)
    opinion = Text()
    number = Text()
    subject = Text()
    urgent = Flag()
    late_reason = Text()
    has_application = Flag()
    has_decision = Flag()
    has_opinions = Flag()
    has_object = Flag()
    has_other = Flag()


class Object(OfCase):
    review = fields.Boolean(required=True)
    text = Text()
    due_at = Moment(required=True)


class Close(OfCase):
    kind = fields.String(required=True, validate=validate.Length(1, 16))
    text = Text()
    state = fields.String(required=True, validate=validate.OneOf(ENDS))
