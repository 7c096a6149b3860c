"""The declared parameters of the operators of reports and talks."""

from marshmallow import Schema, fields, validate

from engine.campaign.measure_parameters import Flag
from engine.campaign.parameters import Day, Moment, OfHazard, Text


class OfReport(Schema):
    report = fields.String(required=True)


class Alarm(OfReport):
    kind = fields.String(required=True)
    to = fields.String(required=True)


class Reject(OfReport):
    reason = Text()
    reply_due = Moment(required=True)


class Route(OfReport):
    receiver = fields.String(required=True)
    handler = fields.String(required=True)
    rule = Text()
    start_at = Moment(required=True)
    verify_n = fields.Integer(required=True, validate=validate.Range(min=1, max=366))
    verify_unit = fields.String(required=True, validate=validate.OneOf(["wd", "d", "h"]))
    verify_roll = fields.String(required=True, validate=validate.OneOf(["F", "N"]))
    verify_clause = Text()
    verify_clock = Text()
    reply_n = fields.Integer(required=True, validate=validate.Range(min=1, max=366))
    reply_clause = Text()
    reply_clock = Text()
    extend_d = fields.Integer(required=True, validate=validate.Range(min=0, max=366))


class Urgent(OfReport):
    to = Text()


class Objection(OfReport):
    clause = Text()
    reason = Text()
    by = fields.String(required=True)


class Assign(OfReport):
    receiver = fields.String(required=True)
    handler = fields.String(required=True)
    reason = Text()


class Substantiate(OfReport):
    place = fields.String(required=True)
    code = fields.String(required=True)
    text = fields.String(required=True)
    immediate_danger = fields.Boolean(load_default=False)


class Because(OfReport):
    reason = Text()


class Material(OfReport):
    material = Text()


class Signature(OfReport):
    approved = fields.Boolean(required=True)


class Answer(OfReport):
    reply = Text()
    way = Text()


class RewardDecided(OfReport):
    approved = fields.Boolean(required=True)
    amount = fields.Integer(required=True, validate=validate.Range(min=0, max=300_000))
    reason = Text()


class RewardPaid(OfReport):
    paid = fields.Boolean(required=True)
    voucher = Text()


class OfInterview(Schema):
    interview = fields.String(required=True)


class TalkBegin(OfHazard):
    wanted = Flag()
    reason = Text()


class TalkAlarm(OfInterview):
    kind = fields.String(required=True)
    to = fields.String(required=True)


class TalkStep(OfInterview):
    step = fields.String(required=True)
    text = Text()
    follow_on = Day(load_default=None, allow_none=True)


class TalkNotice(OfInterview):
    talk_on = Day(required=True)
    place = Text()
    matter = Text()


class Talk(OfInterview):
    held = fields.Boolean(required=True)
    text = Text()
    decisions = Text()
    follow_on = Day(load_default=None, allow_none=True)


class Followed(OfInterview):
    done = fields.Boolean(required=True)
    text = Text()
