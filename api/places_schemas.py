"""Shapes of places and of visits to them."""

from datetime import date

from marshmallow import Schema, ValidationError, fields, validate

from api.schemas import Input, LongPageQuery, Moment, PageQuery, in_english
from engine.campaign import place_filter, place_gaps, places
from engine.campaign.penalties import PARTIES
from engine.said import Said


def _text(longest: int = 255) -> fields.String:
    return fields.String(validate=validate.Length(max=longest))


class PlaceQuery(PageQuery):
    """Which places are listed."""

    q = fields.String(metadata={"description": "按名称、地址或编号查找"})
    community = fields.String(metadata={"description": "社区代码"})
    grid = fields.String(metadata={"description": "网格代码"})
    kind = fields.String(validate=validate.OneOf(places.KINDS))
    risk = fields.String(validate=validate.OneOf(places.RISKS))
    status = fields.String(validate=validate.OneOf(places.STATUSES))
    place_kind = fields.String(validate=validate.OneOf(places.PLACE_KINDS))
    tag = fields.String(validate=validate.OneOf(places.TAGS))
    flag = fields.String(validate=validate.OneOf(tuple(place_filter.FLAGS)))
    min_capacity = fields.Integer(
        validate=validate.Range(0, 1_000_000), metadata={"description": "容纳人数不少于，如 30"}
    )
    sort = fields.String(
        load_default=place_filter.ID, validate=validate.OneOf(place_filter.ORDERS),
        metadata={"description": "id，或 priority：检查重点（风险高、亡人事故、重大隐患、联合惩戒）占得多的在前"},
    )  # fmt: skip


class Contact(Input):
    """A further contact of a place."""

    name = fields.String(required=True, validate=validate.Length(1, 64))
    phone = fields.String(required=True, validate=validate.Length(1, 64))


def _is_day(text: str) -> None:
    try:
        date.fromisoformat(text)
    except ValueError as error:
        raise ValidationError(Said("日历上没有这一天", "There is no such day")) from error


class Resident(Input):
    """Somebody who watches a place day by day (驻点)."""

    person = fields.String(required=True, validate=validate.Length(1, 64))
    since = fields.String(required=True, validate=[validate.Regexp(r"\d{4}-\d{2}-\d{2}$"), _is_day])
    until = fields.String(validate=[validate.Regexp(r"\d{4}-\d{2}-\d{2}$"), _is_day])


class TeamMember(Input):
    """Somebody who vouches for a key unit (五包一)."""

    part = fields.String(required=True, validate=validate.Length(1, 64), metadata={"description": "哪一类，如 社区"})
    person = fields.String(required=True, validate=validate.Length(1, 64))


class CreatePlace(Input):
    """A new place; community and street follow from the grid."""

    name = fields.String(required=True, validate=validate.Length(1, 255))
    kind = fields.String(required=True, validate=validate.OneOf(places.KINDS))
    place_kind = fields.String(required=True, validate=validate.OneOf(places.PLACE_KINDS))
    grid = fields.String(
        required=True, validate=validate.Length(1, 64), metadata={"description": "网格代码，例如 GH-01"}
    )
    uscc = _text(64)
    sector = _text(32)
    lead_unit = fields.String(allow_none=True)
    unit = fields.String(allow_none=True)
    address = _text()
    lat = fields.Float(allow_none=True, validate=validate.Range(-90, 90))
    lon = fields.Float(allow_none=True, validate=validate.Range(-180, 180))
    capacity = fields.Integer(allow_none=True, validate=validate.Range(0, 1_000_000))
    floors = fields.Integer(allow_none=True, validate=validate.Range(0, 500))
    crowded = fields.Boolean()
    residential = fields.Boolean()
    risk_level = fields.String(validate=validate.OneOf(places.RISKS))
    head = _text()
    phone = _text(64)
    open_hours = _text(64)
    uses_gas = fields.Boolean()
    dangerous_goods = fields.Boolean()
    special_equipment = fields.Boolean()
    legal_rep = _text()
    actual_controller = _text()
    phones = fields.List(fields.Nested(Contact), validate=validate.Length(max=20))
    tags = fields.List(fields.String(validate=validate.OneOf(places.TAGS)), validate=validate.Length(max=20))
    fatal_accident = fields.Boolean()
    joint_punishment = fields.Boolean()
    promise_year = fields.Integer(allow_none=True, validate=validate.Range(2000, 2100))
    residents = fields.List(fields.Nested(Resident), validate=validate.Length(max=50))
    linked_leader = fields.String(allow_none=True, validate=validate.Length(max=64))


class UpdatePlace(CreatePlace):
    """Which fields of a place change; ``revision`` is what was read."""

    def __init__(self) -> None:
        super().__init__(partial=tuple(CreatePlace._declared_fields))  # what is read stays required

    revision = fields.Integer(required=True, validate=validate.Range(0, 2**31 - 1))
    reason = fields.String(validate=validate.Length(max=2000))
    status = fields.String(validate=validate.OneOf(places.STATUSES))
    fire_key_level = fields.Integer(validate=validate.Range(0, 3))
    team = fields.List(fields.Nested(TeamMember), validate=validate.Length(max=20))


class PlaceSchema(Schema):
    """One place."""

    id = fields.String(required=True)
    name = fields.String(required=True)
    uscc = fields.String()
    kind = fields.String()
    place_kind = fields.String()
    sector = fields.String()
    lead_unit = fields.String(allow_none=True)
    unit = fields.String(allow_none=True)
    street = fields.String()
    community = fields.String()
    community_name = fields.String()
    grid = fields.String()
    address = fields.String()
    lat = fields.Float(allow_none=True)
    lon = fields.Float(allow_none=True)
    capacity = fields.Integer(allow_none=True)
    floors = fields.Integer(allow_none=True)
    crowded = fields.Boolean()
    residential = fields.Boolean()
    risk_level = fields.String()
    fire_key_level = fields.Integer()
    head = fields.String()
    phone = fields.String()
    open_hours = fields.String()
    uses_gas = fields.Boolean()
    dangerous_goods = fields.Boolean()
    special_equipment = fields.Boolean()
    status = fields.String()
    team = fields.List(fields.Raw())
    open_hazards = fields.Integer(metadata={"description": "未销号隐患数"})
    legal_rep = fields.String()
    actual_controller = fields.String()
    phones = fields.List(fields.Dict())
    tags = fields.List(fields.String())
    fatal_accident = fields.Boolean()
    joint_punishment = fields.Boolean()
    promise_year = fields.Integer(allow_none=True)
    residents = fields.List(fields.Dict())
    linked_leader = fields.String(allow_none=True)
    revision = fields.Integer(metadata={"description": "第几版，修改时要带上"})
    contacts_hidden = fields.Boolean(metadata={"description": "电话只显示末两位：没有查看联系电话的权限"})
    flags = fields.List(fields.String(), metadata={"description": "亡人事故、联合惩戒、有重大隐患、挂牌督办"})
    priority = fields.Integer(metadata={"description": "符合几项检查重点（0–4）：风险高、亡人事故、重大隐患、联合惩戒"})
    completeness = fields.Integer(metadata={"description": "档案完整度（%）"})
    last_visit = Moment(allow_none=True, metadata={"description": "最近一次走访检查"})
    last_admin_inspection = Moment(allow_none=True, metadata={"description": "最近一次行政检查（扫码入企）"})
    admin_inspections_this_year = fields.Integer(metadata={"description": "今年已批准、计入上限的行政检查次数"})
    cap_this_year = fields.Integer(allow_none=True, metadata={"description": "今年行政检查上限；没有规定的为空"})
    penalties_180d = fields.Integer(metadata={"description": "180 日内行政处罚次数"})
    penalties_365d = fields.Integer(metadata={"description": "一年内行政处罚次数"})


class EntryCodeSchema(Schema):
    """What the QR code says."""

    code = fields.String(required=True)
    svg = fields.String(metadata={"description": "二维码图片（data: 地址），可打印"})


class GapQuery(LongPageQuery):
    """Which gaps."""

    kind = fields.String(load_default=place_gaps.TEAM, validate=validate.OneOf(place_gaps.KINDS))


class TeamPartSchema(Schema):
    """A part of the team that vouches for a place."""

    part = fields.String(required=True)
    person = fields.String(required=True, metadata={"description": "登录名，空缺时为空"})


class GapSchema(Schema):
    """A place whose file lacks something."""

    place = fields.String(required=True)
    place_name = fields.String()
    community = fields.String()
    grid = fields.String()
    fire_key_level = fields.Integer()
    missing = fields.List(fields.String(), metadata={"description": "缺什么"})
    clause = fields.String()
    note = fields.String()


class RecordPenalty(Input):
    """A decision that a department made."""

    decided_on = fields.Date(required=True)
    document = fields.String(required=True, validate=validate.Length(1, 255), metadata={"description": "决定书文号"})
    organ = fields.String(required=True, validate=validate.Length(1, 64), metadata={"description": "作出决定的单位"})
    content = fields.String(validate=validate.Length(max=4000))
    party = fields.String(validate=validate.OneOf(PARTIES), metadata={"description": "被处罚的单位或者人员"})
    fine = fields.Integer(
        strict=True, allow_none=True, validate=validate.Range(0, 10**9), metadata={"description": "罚款，元"}
    )


class ReceiveFine(Input):
    """What came in of a fine so far."""

    paid = fields.Integer(
        required=True, strict=True, validate=validate.Range(0, 10**9), metadata={"description": "累计实收，元"}
    )


class PublishPenalty(Input):
    """Where and when a penalty was published."""

    published_on = fields.Date(required=True, metadata={"description": "哪一天公示"})
    published_at = fields.String(
        required=True, validate=validate.Length(1, 255), metadata={"description": "在哪里公示（网址、公告栏）"}
    )


class SurchargeSchema(Schema):
    """What grew upon a fine that was not paid in time (T28)."""

    days = fields.Integer(metadata={"description": "逾期多少日，复议、诉讼期间不计"})
    amount = fields.Float(metadata={"description": "加处罚款，元；由作出决定的机关核定"})
    most = fields.Float(allow_none=True, metadata={"description": "最多加处多少，元：不超过罚款数额；规则不封顶的为空"})
    words = fields.String(metadata={"description": "怎样算出"})
    words_en = in_english("words")


class PenaltySchema(Schema):
    """One penalty."""

    id = fields.Integer(required=True)
    place = fields.String()
    decided_on = fields.Date()
    document = fields.String()
    organ = fields.String()
    organ_name = fields.String()
    content = fields.String()
    party = fields.String(metadata={"description": "空为没有登记"})
    fine = fields.Integer(allow_none=True, metadata={"description": "罚款，元"})
    paid = fields.Integer(allow_none=True, metadata={"description": "累计实收，元"})
    published_on = fields.Date(allow_none=True, metadata={"description": "哪一天公示"})
    published_at = fields.String(metadata={"description": "在哪里公示，空为没有登记"})
    surcharge = fields.Nested(
        SurchargeSchema, allow_none=True, metadata={"description": "没有按期缴纳的加处罚款；不知道从何时起算的为空"}
    )
    created_at = Moment()
    created_by = fields.String()


class ClosureAdviceSchema(Schema):
    """How a place stands against article 113."""

    in_180_days = fields.Integer()
    in_a_year = fields.Integer()
    major_hazards = fields.List(fields.String())
    advice = fields.String(metadata={"description": "空为不需要提请"})
    clause = fields.String()
