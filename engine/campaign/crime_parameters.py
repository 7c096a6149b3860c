"""The declared parameters of the operators about cases handed over to the police."""

from marshmallow import Schema, fields, validate

from engine.campaign.measure_parameters import Flag
from engine.campaign.parameters import Moment, OfHazard, Text

STATES = ("承办", "不批准", "已批准", "已移送", "立案", "不予立案", "已移交", "行政处理", "不移送")
ENDS = ("已移交", "行政处理")


class Refuse(OfHazard):
    organ = fields.String(required=True)
    offence = Text()
    clause = Text()
    facts = Text()
    proofs = fields.Dict(load_default=dict, allow_none=True)
    text = Text()
    missing = fields.List(fields.String(), load_default=list)


class Open(OfHazard):
    organ = fields.String(required=True)
    police = fields.String(required=True)
    offence = fields.String(required=True)
    clause = Text()
    facts = Text()
    officers = Text()
    proofs = fields.Dict(load_default=dict, allow_none=True)


class OfCase(Schema):
    """Every later act is about one case; ``due_at`` is by when it had to be done."""

    crime = fields.String(required=True)
    due_at = Moment(load_default=None, allow_none=True)


class Step(OfCase):
    kind = fields.String(required=True, validate=validate.Length(1, 16))
    text = Text()
    police = Text()
    state = fields.String(load_default="", validate=validate.OneOf(("", *STATES)))


class Decide(OfCase):
    approved = fields.Boolean(required=True)
    reason = Text()


class HandOver(OfCase):
    number = Text()
    police = fields.String(required=True)
    prosecutor = fields.String(required=True)
    attachments = Text()
    has_letter = Flag()
    has_report = Flag()
    has_list = Flag()
    has_expertise = Flag()
    has_other = Flag()
    copied = Flag()


class Close(OfCase):
    kind = fields.String(required=True, validate=validate.Length(1, 16))
    text = Text()
    state = fields.String(required=True, validate=validate.OneOf(ENDS))
