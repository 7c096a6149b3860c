"""What comes in and goes out about more time for what an order asked to be fixed."""

from marshmallow import Schema, fields, validate

from api.schemas import Input, Moment, in_english, lines_in_english

DAYS = validate.Range(1, 3650)
REASON = validate.Length(1, 2000)


class MoreTimeQuery(Input):
    """What would come of so many days, or of a day; one of the two."""

    days = fields.Integer(load_default=None, validate=DAYS, metadata={"description": "延长几日（自然日）"})
    until = fields.Date(load_default=None, metadata={"description": "或者延至哪一天"})
    asked_on = fields.Date(load_default=None, metadata={"description": "书面申请哪一天收到，省略为今天"})


class AskMoreTime(Input):
    """By how many days or until when an order should be extended, and why."""

    days = fields.Integer(load_default=None, validate=DAYS, metadata={"description": "申请延长几日（自然日）"})
    until = fields.Date(load_default=None, metadata={"description": "或者延至哪一天；两个只填一个"})
    reason = fields.String(required=True, validate=REASON)
    files = fields.List(
        fields.String(validate=validate.Length(1, 64)), load_default=list, validate=validate.Length(max=50),
        metadata={"description": "证明材料：本人上传的文件编号"},
    )  # fmt: skip
    asked_on = fields.Date(load_default=None, metadata={"description": "部门登记书面申请时：哪一天收到，省略为今天"})


class AnswerMoreTime(Input):
    """Whether more time is granted, and how much."""

    granted = fields.Boolean(required=True)
    reason = fields.String(required=True, validate=REASON)
    days = fields.Integer(load_default=None, validate=DAYS, metadata={"description": "批准延长几日（自然日）"})
    until = fields.Date(load_default=None, metadata={"description": "或者批准延至哪一天；两个都省略为申请的那一天"})


class TimeAskedSchema(Schema):
    """A request that waits for its answer."""

    asked_on = fields.Date(metadata={"description": "哪一天收到申请"})
    until = fields.Date(metadata={"description": "申请延至哪一天"})
    reason = fields.String()
    files = fields.List(fields.String(), metadata={"description": "证明材料的文件编号"})
    by = fields.String()
    answer_by = fields.Date(metadata={"description": "最迟哪一天答复"})


class TimeWouldBeSchema(Schema):
    """What would come of it."""

    days = fields.Integer(metadata={"description": "延长几日（自然日）"})
    until = fields.Date(metadata={"description": "新的期限（最后一天）"})
    due_at = Moment()
    trace = fields.List(fields.String(), metadata={"description": "新的期限怎样算出，一步一句"})
    trace_en = lines_in_english("trace")
    provisional = fields.Boolean(metadata={"description": "节假日安排尚未公布，公布后重算"})
    answer_by = fields.Date(metadata={"description": "部门最迟哪一天答复"})
    answer_trace = fields.List(fields.String(), metadata={"description": "答复的期限怎样算出，一步一句"})
    answer_trace_en = lines_in_english("answer_trace")


class OrderTimeSchema(Schema):
    """What may be asked about the limit of an order."""

    deadline = fields.Integer(required=True)
    kind = fields.String()
    due_on = fields.Date(metadata={"description": "现在的期限（最后一天）"})
    organ = fields.String(metadata={"description": "作出指令的部门，由其负责人答复"})
    organ_name = fields.String()
    rule = fields.String(metadata={"description": "规则和依据；示例规则，需法制审核"})
    rule_en = in_english("rule")
    ask_by = fields.Date(metadata={"description": "最迟哪一天申请"})
    latest = fields.Date(metadata={"description": "最多延至哪一天"})
    most_days = fields.Integer(metadata={"description": "最多延长几日（自然日）"})
    times = fields.Integer(metadata={"description": "最多延期几次"})
    used = fields.Integer(metadata={"description": "已经延期几次"})
    asks = fields.String(
        metadata={"description": "本人以什么身份申请：party 被责令的单位，organ 部门登记书面申请，空为不能申请"}
    )
    answers = fields.Boolean(metadata={"description": "本人能否答复"})
    refusal = fields.String(metadata={"description": "今天不能申请的原因，空为可以申请"})
    refusal_en = in_english("refusal")
    waiting = fields.Nested(TimeAskedSchema, allow_none=True, metadata={"description": "等待答复的申请"})
    would = fields.Nested(
        TimeWouldBeSchema, allow_none=True, metadata={"description": "给出的几日，或者等待答复的申请，会得到什么"}
    )
