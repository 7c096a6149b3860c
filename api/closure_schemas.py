"""Shapes of what stands between a fix and its closure."""

from marshmallow import Schema, fields, validate

from api.schemas import Input, Moment, in_english, lines_in_english
from engine.campaign import clearances, five, lawsuits

TEXT = validate.Length(2, 4000)
FILES = validate.Length(max=20)
ID = validate.Range(1, 2**31 - 1)


class CheckSchema(Schema):
    """One of the eleven checks of the closure gate (D8)."""

    no = fields.Integer(required=True)
    name = fields.String()
    name_en = in_english("name")
    applies = fields.Boolean(metadata={"description": "本隐患要不要过这一项"})
    passed = fields.Boolean()
    missing = fields.List(fields.String(), metadata={"description": "还缺什么，一句一项"})
    missing_en = lines_in_english("missing")
    how = fields.String(metadata={"description": "怎样补齐"})
    how_en = in_english("how")
    notes = fields.List(fields.String(), metadata={"description": "审核人须知，例如照片没有定位的原因"})
    notes_en = lines_in_english("notes")


class ExplainPhotos(Input):
    """Why a photo says no time or place."""

    reason = fields.String(required=True, validate=TEXT)


class RecheckSchema(Schema):
    """One re-inspection."""

    no = fields.Integer(required=True)
    at = Moment()
    passed = fields.Boolean()
    opinion = fields.String()
    people = fields.List(fields.String())
    items = fields.Dict(metadata={"description": "逐项结果：照片角度 → 是否合格"})
    photo_reason = fields.String()


class RecordRecheck(Input):
    """What a re-inspection found."""

    passed = fields.Boolean(required=True)
    opinion = fields.String(required=True, validate=validate.Length(2, 4000))
    companions = fields.List(
        fields.String(validate=validate.Length(1, 255)), load_default=list, validate=validate.Length(max=20),
        metadata={"description": "同行复查人的登录名；较大、重大隐患须两人以上复查"},
    )  # fmt: skip
    failed = fields.List(
        fields.String(validate=validate.Length(1, 64)), load_default=list, validate=validate.Length(max=200),
        metadata={"description": "不合格的项（整改前照片的角度）；合格时不填"},
    )  # fmt: skip
    photo_reason = fields.String(load_default="", validate=validate.Length(max=4000))


class JudgementSchema(Schema):
    """A department's judgement whether a hazard is a major one."""

    id = fields.Integer(required=True)
    confirmed = fields.Boolean()
    standard = fields.String()
    clause = fields.String()
    quote = fields.String()
    judge = fields.String()
    judge_name = fields.String()
    unit = fields.String()
    unit_name = fields.String()
    judged_on = fields.Date()
    opinion = fields.String()
    power = fields.String(metadata={"description": "判定权的依据"})
    at = Moment()
    by = fields.String(metadata={"description": "登记人"})


class WriteBlock(Input):
    """The text of one of the five blocks, or that it is proven."""

    text = fields.String(validate=validate.Length(max=4000))
    done = fields.Boolean(metadata={"description": "已落实"})
    files = fields.List(fields.String(), load_default=list, validate=FILES, metadata={"description": "凭证的文件编号"})
    note = fields.String(load_default="", validate=validate.Length(max=4000), metadata={"description": "怎样落实"})


class BlockSchema(Schema):
    """One of the five blocks (五落实)."""

    block = fields.String(required=True, validate=validate.OneOf(list(five.FIVE)))
    name = fields.String()
    text = fields.String()
    done = fields.Boolean()
    state = fields.String(metadata={"description": "未填写、未证明、已证明"})
    files = fields.List(fields.String())
    note = fields.String()
    written_at = Moment(allow_none=True)
    written_by = fields.String()
    done_at = Moment(allow_none=True)
    done_by = fields.String()


class GiveClearance(Input):
    """An opinion that closing needs."""

    kind = fields.String(required=True, validate=validate.OneOf(clearances.GIVEN))
    passed = fields.Boolean(required=True)
    text = fields.String(required=True, validate=TEXT)
    files = fields.List(fields.String(), load_default=list, validate=FILES)
    approver = fields.String(load_default="", validate=validate.Length(max=255), metadata={"description": "部门负责人"})
    unit = fields.String(load_default=None, validate=validate.Length(max=64))


class ClearanceSchema(Schema):
    """An opinion as it was given."""

    id = fields.Integer(required=True)
    kind = fields.String()
    passed = fields.Boolean()
    text = fields.String()
    unit = fields.String()
    unit_name = fields.String()
    files = fields.List(fields.String())
    power = fields.String(metadata={"description": "依据"})
    at = Moment()
    by = fields.String()
    approver = fields.String()
    mandate = fields.String(metadata={"description": "书面授权的文号：由代办人代负责人批准"})


class BeginPublicity(Input):
    """Where and with which text a planned closure is shown."""

    venue = fields.String(required=True, validate=TEXT, metadata={"description": "公示地点或网址"})
    text = fields.String(required=True, validate=TEXT)


class PublicObjectionSchema(Schema):
    """One objection."""

    id = fields.Integer(required=True)
    at = Moment()
    who = fields.String()
    text = fields.String()
    upheld = fields.Boolean(allow_none=True)
    answer = fields.String()
    answered_at = Moment(allow_none=True)
    answered_by = fields.String()


class PublicitySchema(Schema):
    """A publicity (公示)."""

    id = fields.Integer(required=True)
    venue = fields.String()
    text = fields.String()
    begun_at = Moment()
    ends_at = Moment()
    clause = fields.String()
    trace = fields.List(fields.String())
    trace_en = lines_in_english("trace")
    provisional = fields.Boolean(metadata={"description": "放假安排未公布，公示期暂定"})
    by = fields.String()
    withdrawn_at = Moment(allow_none=True)
    state = fields.String(metadata={"description": "公示中、公示期满、有异议、已撤下"})
    objections = fields.List(fields.Nested(PublicObjectionSchema))


class ObjectTo(Input):
    """Who objects and why."""

    who = fields.String(load_default="", validate=validate.Length(max=255))
    text = fields.String(required=True, validate=TEXT)


class AnswerObjection(Input):
    """The answer to an objection."""

    upheld = fields.Boolean(required=True, metadata={"description": "异议成立"})
    text = fields.String(required=True, validate=TEXT)


class NoteLawsuit(Input):
    """A review or lawsuit about a document or measure."""

    kind = fields.String(required=True, validate=validate.OneOf(lawsuits.KINDS))
    organ = fields.String(required=True, validate=validate.Length(2, 255), metadata={"description": "复议机关、法院"})
    case_number = fields.String(
        data_key="number", load_default="", validate=validate.Length(max=255), metadata={"description": "案号"}
    )  # another name inside: the hazard's number stands in the address
    filed_on = fields.Date(required=True)
    document = fields.String(load_default=None, validate=validate.Length(max=64))
    measure = fields.Integer(load_default=None, validate=ID)


class EndLawsuit(Input):
    """How it ended."""

    ended_on = fields.Date(required=True)
    result = fields.String(required=True, validate=TEXT)


class LawsuitSchema(Schema):
    """A review or lawsuit."""

    id = fields.Integer(required=True)
    kind = fields.String()
    organ = fields.String()
    number = fields.String()
    document = fields.String(allow_none=True)
    measure = fields.Integer(allow_none=True)
    filed_on = fields.Date()
    ended_on = fields.Date(allow_none=True)
    result = fields.String()
    at = Moment()
    by = fields.String()


class RevisitSchema(Schema):
    """One look at a closed hazard."""

    id = fields.Integer(required=True)
    no = fields.Integer()
    kind = fields.String(metadata={"description": "回访、立改抽查"})
    seed = fields.String(metadata={"description": "抽取的种子：与隐患编号一起可以重算"})
    begin_at = Moment()
    due_at = Moment()
    closer = fields.String()
    done_at = Moment(allow_none=True)
    done_by = fields.String()
    result = fields.String(metadata={"description": "保持良好、未整改、复发；未办为空"})
    note = fields.String()
    reopened = fields.String(allow_none=True, metadata={"description": "复发后登记的隐患"})


class Track(Input):
    """Whether a hazard is tracked (重点跟踪), and why."""

    tracked = fields.Boolean(load_default=True)
    reason = fields.String(required=True, validate=TEXT)


class AddFinding(Input):
    """The same found again, added to the open case."""

    text = fields.String(required=True, validate=TEXT)
    photos = fields.List(fields.String(), load_default=list, validate=FILES)
