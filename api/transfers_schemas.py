"""What comes in and goes out about transfers."""

from marshmallow import Schema, fields, validate

from api.schemas import Input, Moment, PageQuery
from engine.campaign import transfer_views, transfers


class TransferQuery(PageQuery):
    """Which transfers are listed; without any, all that the viewer may see."""

    unit = fields.String(validate=validate.Length(1, 64), metadata={"description": "现在承办的部门"})
    state = fields.String(validate=validate.OneOf(transfer_views.STATES))
    overdue = fields.Boolean(metadata={"description": "正在等的一步已经超期"})
    hazard = fields.String(validate=validate.Length(1, 64), metadata={"description": "隐患编号"})


class StartTransfer(Input):
    """Which hazard, why, and what the department is asked to do."""

    hazard = fields.String(required=True, validate=validate.Length(1, 64), metadata={"description": "隐患编号"})
    reason = fields.String(required=True, validate=[validate.Length(1, 4000), validate.Regexp(r"(?s).*\S")])
    requested = fields.String(load_default=transfers.REQUESTS[0], validate=validate.OneOf(transfers.REQUESTS))
    body = fields.String(
        load_default=None, allow_none=True, validate=validate.Length(max=64),
        metadata={"description": "收文部门，须在决策表 D3 列出的部门之中；省略则为牵头部门"},
    )  # fmt: skip


class ReturnTransfer(Input):
    """Why this department has no duty here, and by which clause."""

    clause = fields.String(required=True, validate=validate.Length(2, 500), metadata={"description": "依据的条款"})
    reason = fields.String(required=True, validate=validate.Length(4, 4000))


class RuleTransfer(Input):
    """The department that the committee's office names."""

    body = fields.String(required=True, validate=validate.Length(1, 64), metadata={"description": "部门代码"})
    reason = fields.String(required=True, validate=validate.Length(2, 4000))


class AnswerTransfer(Input):
    """What the department decided."""

    decision = fields.String(required=True, validate=validate.OneOf(transfers.DECISIONS))
    text = fields.String(required=True, validate=validate.Length(2, 4000), metadata={"description": "处理情况和依据"})
    document = fields.String(load_default="", validate=validate.Length(max=200), metadata={"description": "文书编号"})
    files = fields.List(
        fields.String(validate=validate.Length(1, 64)), load_default=list, validate=validate.Length(max=20),
        metadata={"description": "已上传文件的编号"},
    )  # fmt: skip


class ReviewTransfer(Input):
    """What follows from the answer."""

    next_step = fields.String(
        required=True,
        validate=validate.OneOf(transfers.STEPS),
        metadata={"description": "track 继续跟踪，seal 提请查封"},
    )
    seal_reason = fields.String(load_default="", validate=validate.Length(max=4000))


class CompetentSchema(Schema):
    """A body that table D3 names."""

    unit = fields.String(required=True)
    name = fields.String(required=True)
    lead = fields.Boolean(required=True)


class SupportSchema(Schema):
    """The letter to a body that helps 协办."""

    unit = fields.String(required=True)
    name = fields.String(required=True)
    letter = fields.String()
    state = fields.String(metadata={"description": "待签收、待意见、已答复、已失效、已结束"})
    due_at = Moment(allow_none=True)
    signed_at = Moment(allow_none=True)
    answered_at = Moment(allow_none=True)
    answer = fields.String(metadata={"description": "意见或者结果"})


class TransferSchema(Schema):
    """One transfer, with its letters, return, ruling and answer."""

    number = fields.String(required=True)
    hazard = fields.String(required=True)
    place = fields.String()
    place_name = fields.String()
    code = fields.String()
    kind = fields.String()
    reason = fields.String()
    requested = fields.String()
    competent = fields.List(fields.Nested(CompetentSchema))
    supports = fields.List(fields.Nested(SupportSchema), metadata={"description": "各协办部门办到哪里"})
    state = fields.String(validate=validate.OneOf(transfer_views.STATES))
    overdue = fields.Boolean()
    due_at = Moment(allow_none=True)
    unit = fields.String(allow_none=True)
    unit_name = fields.String()
    opened_at = Moment()
    opened_by = fields.String()
    letter = fields.String(allow_none=True)
    sent_at = Moment(allow_none=True)
    sign_due_at = Moment(allow_none=True)
    signed_at = Moment(allow_none=True)
    signed_by = fields.String()
    returned_from = fields.String(allow_none=True)
    returned_from_name = fields.String()
    returned_at = Moment(allow_none=True)
    returned_by = fields.String()
    return_clause = fields.String()
    return_reason = fields.String()
    may_return = fields.Boolean()
    ruled_at = Moment(allow_none=True)
    ruled_by = fields.String()
    ruling = fields.String()
    answer_due_at = Moment(allow_none=True)
    answered_at = Moment(allow_none=True)
    answered_by = fields.String()
    decision = fields.String()
    answer = fields.String()
    answer_number = fields.String()
    files = fields.List(fields.String())
    next_step = fields.String()
    reviewed_by = fields.String()
    closed_at = Moment(allow_none=True)
    return_due_at = Moment(allow_none=True, metadata={"description": "退回的最后时刻；只在看一件时有"})
    return_refusal = fields.String(metadata={"description": "为什么不能再退回"})


class ReturnClauseSchema(Schema):
    """A clause to give a transfer back by."""

    clause = fields.String(required=True)
    words = fields.String(metadata={"description": "职责归谁"})
    note = fields.String()
