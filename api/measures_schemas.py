"""What comes in and goes out about measures of the departments."""

from marshmallow import Schema, fields, validate

from api.hazards_schemas import MeasureSchema
from api.schemas import Input, Moment, PageQuery, in_english
from engine.campaign import measure_acts, measure_list
from engine.campaign.measure_parameters import KINDS

TEXT = validate.Length(2, 4000)
CODE = validate.Length(1, 64)


class MeasureQuery(PageQuery):
    """Which measures are wanted."""

    state = fields.String(
        load_default=None, validate=validate.OneOf(tuple(measure_list.STATES)),
        metadata={"description": "running 执行中，warned 即将期满，expired 已期满，testing 检测中，lifted 已解除"},
    )  # fmt: skip
    kind = fields.String(load_default=None, validate=validate.OneOf(KINDS))
    organ = fields.String(load_default=None, validate=CODE, metadata={"description": "决定的部门"})
    hazard = fields.String(load_default=None, validate=CODE)


class MeasureLineSchema(MeasureSchema):
    """One measure in a list, with where it stands."""

    hazard = fields.String(required=True)
    place = fields.String()
    place_name = fields.String()
    state = fields.String()
    state_name = fields.String()
    workdays_left = fields.Integer(allow_none=True, metadata={"description": "到最迟决定日还剩的工作日"})


class MeasureActSchema(Schema):
    """One thing done about a measure."""

    no = fields.Integer()
    kind = fields.String()
    at = Moment()
    by = fields.String()
    by_name = fields.String()
    text = fields.String()
    text_en = in_english("text")
    detail = fields.Dict()


class MeasureDetailSchema(Schema):
    """One measure with its decision, its steps, its approval and everything done about it."""

    measure = fields.Nested(MeasureLineSchema, required=True)
    content = fields.Dict(metadata={"description": "决定书的事项（行政强制法第二十四条）"})
    checklist = fields.Dict(metadata={"description": "实施程序（行政强制法第十八条、第二十四条）"})
    officers = fields.List(fields.Dict())
    emergency = fields.String(metadata={"description": "先实施后补批的理由"})
    approved_at = Moment(allow_none=True)
    approved_by = fields.String()
    approved_by_name = fields.String()
    approved_for = fields.String(metadata={"description": "代谁批准：由代办人凭书面授权批准时的负责人"})
    approved_mandate = fields.String(metadata={"description": "书面授权的文号"})
    executed_at = Moment(allow_none=True)
    tested_days = fields.Integer(metadata={"description": "不计入期间的检测天数"})
    acts = fields.List(fields.Nested(MeasureActSchema))


class RequestMeasure(Input):
    """What the street asks a department for."""

    hazard = fields.String(required=True, validate=CODE)
    organ = fields.String(required=True, validate=CODE, metadata={"description": "有权部门的单位代码"})
    reason = fields.String(required=True, validate=TEXT)


class MeasureRequestSchema(Schema):
    """A request as it was sent."""

    hazard = fields.String(required=True)
    organ = fields.String()
    number = fields.String(metadata={"description": "提请函文号"})
    instance_id = fields.String(allow_none=True)
    reason = fields.String()
    closed_at = Moment(allow_none=True)
    answer = fields.String(metadata={"description": "部门的答复，或者撤回的理由"})


class WithdrawRequest(Input):
    """Which request is taken back, and why."""

    hazard = fields.String(required=True, validate=CODE)
    reason = fields.String(required=True, validate=TEXT)


class DecideMeasure(Input):
    """What the head says to a drafted decision."""

    hazard = fields.String(required=True, validate=CODE)
    decision = fields.String(
        required=True, validate=validate.OneOf(("approve", "revise", "refuse")),
        metadata={"description": "approve 同意，revise 退回修改，refuse 不同意"},
    )  # fmt: skip
    opinion = fields.String(required=True, validate=TEXT)


class MeasureDecisionSchema(Schema):
    """A decision that was drafted; ``measure`` is set once it was carried out."""

    id = fields.Integer(required=True)
    hazard = fields.String()
    kind = fields.String()
    organ = fields.String()
    number = fields.String()
    approved = fields.Boolean()
    approved_by = fields.String()
    measure = fields.Integer(allow_none=True)


class ConfirmMeasure(Input):
    """What the head says afterwards to an emergency, or to an extension."""

    approved = fields.Boolean(required=True)
    opinion = fields.String(required=True, validate=TEXT)


class ExtendMeasure(Input):
    """For how long, and why."""

    days = fields.Integer(required=True, validate=validate.Range(1, measure_acts.ONE_EXTENSION))
    reason = fields.String(required=True, validate=TEXT)


class TestMeasure(Input):
    """A test of which the party was told in writing."""

    __test__ = False  # no test of ours
    starts_on = fields.Date(required=True)
    days = fields.Integer(required=True, validate=validate.Range(1, 366))
    number = fields.String(required=True, validate=validate.Length(2, 255), metadata={"description": "告知书文号"})
    reason = fields.String(required=True, validate=TEXT)


class LiftMeasure(Input):
    """On which ground, and why."""

    ground = fields.String(required=True, validate=validate.OneOf(measure_acts.GROUNDS[:-1]))
    reason = fields.String(required=True, validate=TEXT)
