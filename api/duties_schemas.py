"""Shapes of periodic duties."""

from marshmallow import Schema, fields, validate

from api.schemas import Input, Moment, PageQuery, in_english
from engine.campaign import duties


class DutyQuery(PageQuery):
    """Which duties are listed."""

    kind = fields.String(validate=validate.Length(max=64), metadata={"description": "种类，见 /duties/kinds"})
    state = fields.String(validate=validate.OneOf(duties.STATES))
    period = fields.String(
        validate=validate.Length(max=64), metadata={"description": "期别，例如 2026-10、2026-Q4、2026-W42"}
    )
    unit = fields.String(validate=validate.Length(max=64), metadata={"description": "履职单位编码"})
    subject = fields.String(validate=validate.Length(max=64), metadata={"description": "履职对象编号"})
    missing = fields.Boolean(load_default=False, metadata={"description": "只看未履职清单"})


class GiveEvidence(Input):
    """What was done, with uploaded files."""

    note = fields.String(required=True, validate=validate.Length(4, 4000))
    files = fields.List(
        fields.String(validate=validate.Length(1, 64)),
        load_default=list,
        validate=validate.Length(max=20),
        metadata={"description": "已上传文件的编号"},
    )


class Excuse(Input):
    """Why a duty need not be done."""

    reason = fields.String(required=True, validate=validate.Length(2, 2000))


class DutySchema(Schema):
    """One duty."""

    id = fields.Integer(required=True)
    kind = fields.String()
    kind_name = fields.String()
    title = fields.String()
    subject = fields.String()
    subject_name = fields.String()
    period = fields.String()
    unit = fields.String(allow_none=True)
    person = fields.String(allow_none=True)
    office = fields.String(metadata={"description": "核对佐证的候选组"})
    place = fields.String(allow_none=True)
    begin_at = Moment(metadata={"description": "开始提醒的时间"})
    due_at = Moment()
    state = fields.String(validate=validate.OneOf(duties.STATES))
    state_name = fields.String()
    overdue = fields.Boolean()
    submitted_at = Moment(allow_none=True)
    submitted_by = fields.String()
    missed_at = Moment(allow_none=True)
    ended_at = Moment(allow_none=True)
    proof = fields.String()
    files = fields.List(fields.String(), metadata={"description": "佐证文件，用 /files/{id} 打开"})
    reason = fields.String()
    wanted = fields.List(fields.String(), metadata={"description": "要求的佐证"})
    consequence = fields.String()
    mechanisms = fields.List(fields.Integer())
    source = fields.String()
    quote = fields.String()
    note = fields.String(metadata={"description": "示例规则的标注"})
    rule_version = fields.String()
    rule_from = fields.Date(metadata={"description": "适用规则从哪天起施行：按本期第一天施行的规则办"})
    rule_to = fields.Date(allow_none=True, metadata={"description": "适用规则到哪天为止，空为仍在施行"})
    clock = fields.String(metadata={"description": "时限编号，没有的为空"})
    words = fields.String(metadata={"description": "日期怎样按时限算出"})
    words_en = in_english("words")


class DutyKindSchema(Schema):
    """One kind of duty with its rule."""

    key = fields.String(required=True)
    name = fields.String()
    often = fields.String()
    subject = fields.String()
    office = fields.String()
    mechanisms = fields.List(fields.Integer())
    clock = fields.String()
    wanted = fields.List(fields.String())
    consequence = fields.String()
    basis = fields.String()
    source = fields.String()
    quote = fields.String()
    mark = fields.String()
    note = fields.String()
    valid_from = fields.Date()
    valid_to = fields.Date(allow_none=True)
