"""The declared parameters of the operators about a department's measures."""

from marshmallow import Schema, fields, validate

from engine.campaign.parameters import Day, Moment, OfHazard, Text

KINDS = ("查封", "扣押", "停产停业", "停止使用", "停止供电", "停止供应民用爆炸物品")


class Flag(fields.Boolean):
    """Yes or no; a missing value is no."""

    def __init__(self) -> None:
        super().__init__(load_default=False, allow_none=True)


class Advise(OfHazard):
    organ = fields.String(required=True)
    advice = fields.List(fields.Dict(), load_default=list)


class Answer(OfHazard):
    kind = fields.String(required=True)
    text = Text()


class Withdraw(OfHazard):
    kind = fields.String(required=True)
    reason = Text()


class Draft(OfHazard):
    kind = fields.String(required=True, validate=validate.OneOf(KINDS))
    organ = fields.String(required=True)
    number = Text()
    party = Text()
    reason = Text()
    basis = Text()
    items = Text()
    remedies = Text()
    collective = Text()
    advice = Text()
    major = Flag()
    ordered = Flag()
    refused = Flag()
    danger = Flag()
    safe = Flag()
    written = Flag()


class OfDecision(Schema):
    """Every later act is about one decision."""

    decision = fields.Integer(required=True, validate=validate.Range(1, 2**31 - 1))


class Execute(OfDecision):
    starts_on = Day(required=True)
    ends_at = Moment(required=True)
    decide_by = Moment(load_default=None, allow_none=True)
    warn_at = Moment(load_default=None, allow_none=True)
    executed_at = Moment(required=True)
    notified_at = Moment(load_default=None, allow_none=True)
    officers = Text()
    emergency = Text()
    night = Text()
    step_officers = Flag()
    step_certificates = Flag()
    step_party = Flag()
    step_told = Flag()
    step_heard = Flag()
    step_record = Flag()
    step_signed = Flag()
    step_witness = Flag()
    step_other = Flag()
    step_delivered = Flag()


class Prolong(OfDecision):
    ends_at = Moment(required=True)
    decide_by = Moment(load_default=None, allow_none=True)
    warn_at = Moment(load_default=None, allow_none=True)
    reason = Text()


class Suspend(OfDecision):
    days = fields.Integer(required=True, validate=validate.Range(1, 366))
    starts_on = Day(required=True)
    number = Text()
    reason = Text()


class Resume(OfDecision):
    days = fields.Integer(required=True, validate=validate.Range(0, 366))
    ends_at = Moment(required=True)
    decide_by = Moment(load_default=None, allow_none=True)
    warn_at = Moment(load_default=None, allow_none=True)


class Lift(OfDecision):
    ground = Text()
    reason = Text()


class Tell(OfDecision):
    text = Text()
    kind = fields.String(required=True, validate=validate.Length(1, 32))
