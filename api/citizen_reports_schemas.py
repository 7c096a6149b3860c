"""What comes in and goes out about reports from the public; nothing here names who reported but one schema."""

from marshmallow import Schema, fields, validate

from api.hazards_schemas import DeadlineSchema
from api.schemas import Input, Moment, PageQuery, in_english
from engine.campaign.citizen_reports import CATEGORIES, CHANNELS


class PublicReport(Input):
    """A report from anybody; name and telephone may be left out."""

    text = fields.String(required=True, validate=validate.Length(1, 4000), metadata={"description": "举报内容"})
    category = fields.String(required=True, validate=validate.OneOf(CATEGORIES))
    place_text = fields.String(
        load_default="", validate=validate.Length(max=500), metadata={"description": "地点；或给出经纬度"}
    )
    lat = fields.Float(load_default=None, validate=validate.Range(-90, 90))
    lon = fields.Float(load_default=None, validate=validate.Range(-180, 180))
    casualties = fields.Boolean(load_default=False, metadata={"description": "有人员伤亡"})
    danger_now = fields.Boolean(load_default=False, metadata={"description": "有现实危险"})
    sign = fields.String(validate=validate.Length(1, 64), metadata={"description": "门口场所码的内容；有它可不写地点"})
    publicity_agreed = fields.Boolean(allow_none=True, metadata={"description": "同意处理结果对外公示"})
    name = fields.String(load_default="", validate=validate.Length(max=100), metadata={"description": "可不填，保密"})
    phone = fields.String(load_default="", validate=validate.Length(max=40), metadata={"description": "可不填，保密"})


class RegisterReport(PublicReport):
    """A report that a clerk writes down."""

    channel = fields.String(required=True, validate=validate.OneOf(CHANNELS[:-1]))


class ReceiptSchema(Schema):
    """What a reporter takes home; the code is shown once."""

    code = fields.String(required=True)
    received_at = Moment(required=True)
    message = fields.String(required=True)


class ProgressSchema(Schema):
    """The state of a report in plain words."""

    state = fields.String(required=True)
    state_en = in_english("state")
    message = fields.String(required=True)
    message_en = in_english("message")
    received_at = Moment(required=True)
    answer_by = fields.Date(allow_none=True)
    replied_at = Moment(allow_none=True)
    reply = fields.String()
    photos = fields.Integer()


class ReportQuery(PageQuery):
    """Which reports are wanted."""

    open_only = fields.Boolean(load_default=False, metadata={"description": "只看尚未答复的"})


class Objection(Input):
    """Why the receiver is not competent."""

    clause = fields.String(required=True, validate=validate.Length(1, 500), metadata={"description": "依据的条款"})
    reason = fields.String(required=True, validate=validate.Length(1, 2000))


class AskTime(Input):
    """Why more time is needed."""

    reason = fields.String(required=True, validate=validate.Length(1, 2000))


class AgreePublicity(Input):
    """What the reporter said about publishing the outcome."""

    agreed = fields.Boolean(required=True, metadata={"description": "举报人同意公示"})


class AskReward(Input):
    """The fine that the report led to, if any."""

    fine = fields.Integer(
        load_default=0, validate=validate.Range(0, 100_000_000), metadata={"description": "罚款（元）"}
    )
    note = fields.String(load_default="", validate=validate.Length(max=2000), metadata={"description": "不写姓名"})


class ReporterSchema(Schema):
    """Who reported: secret."""

    name = fields.String()
    phone = fields.String()


class CitizenReportSchema(Schema):
    """A report as those who handle it see it."""

    number = fields.String(required=True)
    instance_id = fields.String(allow_none=True)
    channel = fields.String()
    category = fields.String()
    text = fields.String()
    place_text = fields.String()
    lat = fields.Float(allow_none=True)
    lon = fields.Float(allow_none=True)
    casualties = fields.Boolean()
    danger_now = fields.Boolean()
    anonymous = fields.Boolean()
    received_at = Moment()
    registered_by = fields.String()
    receiver = fields.String()
    receiver_name = fields.String()
    rule = fields.String(metadata={"description": "决策表 D12 的哪一行"})
    routed_at = Moment(allow_none=True)
    urgent_at = Moment(allow_none=True)
    urgent_to = fields.String()
    objected_at = Moment(allow_none=True)
    objection = fields.Dict(allow_none=True)
    outcome = fields.String(allow_none=True)
    outcome_at = Moment(allow_none=True)
    outcome_reason = fields.String()
    hazard = fields.String(allow_none=True)
    joined = fields.Boolean(metadata={"description": "并入了原有隐患"})
    material = fields.String()
    signed_at = Moment(allow_none=True)
    signed_by = fields.String()
    reply = fields.String()
    reply_way = fields.String()
    replied_at = Moment(allow_none=True)
    publicity_agreed = fields.Boolean(allow_none=True, metadata={"description": "举报人同意公示；没有问过为空"})
    photos = fields.List(fields.String())
    limits = fields.List(fields.Nested(DeadlineSchema))


class RegisteredSchema(CitizenReportSchema):
    """A report that a clerk wrote down, with the code to tell the reporter; shown once."""

    code = fields.String()


class RewardSchema(Schema):
    """A reward; amounts in yuan."""

    report = fields.String(required=True)
    asked_at = Moment()
    asked_by = fields.String()
    fine = fields.Integer()
    suggested = fields.Integer()
    note = fields.String()
    decided_at = Moment(allow_none=True)
    decided_by = fields.String()
    amount = fields.Integer(allow_none=True)
    reason = fields.String()
    ended_at = Moment(allow_none=True)
    ended_by = fields.String()
    voucher = fields.String()
    legal_note = fields.String()
