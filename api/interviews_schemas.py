"""What comes in and goes out about talks and what to trace."""

from marshmallow import Schema, fields, validate

from api.schemas import Input, Moment, PageQuery
from engine.campaign import interviews


class CandidateQuery(PageQuery):
    """Which candidates are wanted."""

    open_only = fields.Boolean(load_default=True, metadata={"description": "只看尚未处理的"})


class CandidateSchema(Schema):
    """Something for a person to judge."""

    id = fields.Integer(required=True)
    reason = fields.String()
    basis = fields.String()
    hazard = fields.String(allow_none=True)
    person = fields.String(allow_none=True)
    unit = fields.String(allow_none=True)
    at = Moment()
    detail = fields.Dict()
    decided_at = Moment(allow_none=True)
    decided_by = fields.String()
    decision = fields.String()
    interview = fields.String(allow_none=True)


class Dismiss(Input):
    """Why nothing follows."""

    reason = fields.String(required=True, validate=validate.Length(1, 2000))


class StartInterview(Input):
    """Whom to talk to, and why."""

    audience = fields.String(
        required=True, validate=validate.OneOf((interviews.OBJECT, interviews.CADRE)),
        metadata={"description": "object 企业，cadre 干部（只能由纪工委）"},
    )  # fmt: skip
    step = fields.String(load_default="约谈", validate=validate.OneOf(interviews.STEPS))
    reason = fields.String(required=True, validate=validate.Length(1, 4000))
    place = fields.String(load_default=None, validate=validate.Length(max=64))
    unit = fields.String(load_default=None, validate=validate.Length(max=64))
    person = fields.String(load_default=None, validate=validate.Length(max=64))
    candidates = fields.List(
        fields.Integer(validate=validate.Range(1, 2**31 - 1)), load_default=list, validate=validate.Length(max=50)
    )


class StepSchema(Schema):
    """One thing done in a case."""

    no = fields.Integer()
    kind = fields.String()
    at = Moment()
    by = fields.String()
    text = fields.String()
    decisions = fields.String()
    on_day = fields.Date(allow_none=True)


class InterviewSchema(Schema):
    """A case of letters, bulletins, talks and exposure."""

    number = fields.String(required=True)
    instance_id = fields.String(allow_none=True)
    audience = fields.String()
    place = fields.String(allow_none=True)
    unit = fields.String(allow_none=True)
    person = fields.String(allow_none=True)
    reason = fields.String()
    hazards = fields.List(fields.String())
    host = fields.String()
    opened_at = Moment()
    opened_by = fields.String()
    closed_at = Moment(allow_none=True)
    steps = fields.List(fields.Nested(StepSchema))


class TracingSchema(Schema):
    """Everything the records know about one hazard; the parts are rows as the other routes show them."""

    made_at = Moment()
    made_by = fields.String()
    hazard = fields.Dict()
    rule = fields.Dict()
    visits = fields.List(fields.Dict())
    deadlines = fields.List(fields.Dict())
    tasks = fields.List(fields.Dict())
    story = fields.List(fields.Dict())
    papers = fields.List(fields.Dict())
    measures = fields.List(fields.Dict())
    files = fields.List(fields.Dict())
    reports = fields.List(fields.Dict())
    candidates = fields.List(fields.Dict())
    looks = fields.List(fields.Dict())
