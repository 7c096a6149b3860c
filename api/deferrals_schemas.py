"""What comes in and goes out about deferrals (挂起, 暂不具备整改条件)."""

from marshmallow import Schema, fields, validate

from api.schemas import Input, Moment, PageQuery
from engine.campaign import deferral_acts as acts
from engine.campaign import deferral_views

TEXT = validate.Length(2, 4000)
FILES = validate.Length(1, 50)
FILE = fields.String(validate=validate.Length(1, 64))
NUMBER = fields.Integer(validate=validate.Range(1, acts.MOST_MEASURES))


class DeferralQuery(PageQuery):
    """Which deferrals are listed."""

    state = fields.String(validate=validate.OneOf(deferral_views.STATES))
    unit = fields.String(validate=validate.Length(1, 64), metadata={"description": "责任单位或社区"})
    q = fields.String(validate=validate.Length(1, 100), metadata={"description": "场所名称或编号的一部分"})


class MeasureInput(Input):
    """One interim measure: what, who answers for it, and the files that show it."""

    text = fields.String(required=True, validate=TEXT)
    responsible = fields.String(required=True, validate=validate.Length(1, 255))
    files = fields.List(FILE, required=True, validate=FILES, metadata={"description": "本人上传的文件编号，至少一个"})


class AskDeferral(Input):
    """Why the fix must wait, what keeps people safe meanwhile, and when somebody looks again."""

    reason = fields.String(required=True, validate=TEXT)
    review_on = fields.Date(required=True, metadata={"description": "复核日期，不超过 30 日（T58.review）"})
    measures = fields.List(
        fields.Nested(MeasureInput), required=True, validate=validate.Length(1, acts.MOST_MEASURES),
        metadata={"description": "临时管控措施"},
    )  # fmt: skip


class DecideDeferral(Input):
    """What the leader says."""

    approved = fields.Boolean(required=True)
    opinion = fields.String(required=True, validate=TEXT)
    review_on = fields.Date(load_default=None, metadata={"description": "另定复核日期；不填就按申请的日期"})


class ReviewDeferral(Input):
    """What a look at the place showed."""

    outcome = fields.String(
        required=True, validate=validate.OneOf((acts.PROLONG, acts.END)),
        metadata={"description": "prolong 继续挂起（须再批准），end 结束挂起、恢复计时"},
    )  # fmt: skip
    failed = fields.List(NUMBER, load_default=list, metadata={"description": "没有落实的措施序号"})
    note = fields.String(required=True, validate=TEXT)
    files = fields.List(FILE, required=True, validate=FILES, metadata={"description": "现场照片的编号"})
    next_on = fields.Date(load_default=None, metadata={"description": "继续挂起的，下次复核日期"})


class EndDeferral(Input):
    """Why it ends before its time."""

    reason = fields.String(required=True, validate=TEXT)


class InterimMeasureSchema(Schema):
    """One interim measure as it stands."""

    no = fields.Integer()
    text = fields.String()
    responsible = fields.String()
    files = fields.List(fields.String())
    kept = fields.Boolean(allow_none=True, metadata={"description": "最近一次复核时是否落实"})


class DeferralReviewSchema(Schema):
    """One look."""

    no = fields.Integer()
    at = Moment()
    by = fields.String()
    failed = fields.List(fields.Integer())
    outcome = fields.String()
    note = fields.String()
    next_on = fields.Date(allow_none=True)
    files = fields.List(fields.String())


class StoppedClockSchema(Schema):
    """The limit of the fix that stood still."""

    was_due_on = fields.Date(metadata={"description": "中止计时以前的整改期限"})
    stands_since = Moment(allow_none=True, metadata={"description": "从何时起停止计时；已恢复的为空"})
    due_on = fields.Date(allow_none=True, metadata={"description": "恢复计时后的整改期限"})


class DeferralSchema(Schema):
    """A deferral with its measures and looks."""

    id = fields.Integer(required=True)
    hazard = fields.String(required=True)
    place_name = fields.String()
    text = fields.String()
    holder_unit = fields.String()
    community = fields.String()
    state = fields.String(validate=validate.OneOf(deferral_views.STATES))
    level = fields.String()
    reason = fields.String()
    asked_at = Moment()
    asked_by = fields.String()
    review_on = fields.Date()
    renewals = fields.Integer(metadata={"description": "申请续期的次数"})
    approved_at = Moment(allow_none=True)
    approved_by = fields.String()
    opinion = fields.String()
    power = fields.String(metadata={"description": "批准的依据（D9）"})
    lapsed_at = Moment(allow_none=True, metadata={"description": "到期未复核、恢复计时的时刻"})
    ended_at = Moment(allow_none=True)
    ended_by = fields.String()
    end_reason = fields.String()
    clock = fields.Nested(StoppedClockSchema, allow_none=True, metadata={"description": "停止过的整改时限"})
    measures = fields.List(fields.Nested(InterimMeasureSchema))
    reviews = fields.List(fields.Nested(DeferralReviewSchema))
