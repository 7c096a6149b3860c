"""Shapes of campaigns."""

from typing import Any

from marshmallow import Schema, fields, validate

from api.schemas import Input, Moment, PageQuery, in_english
from engine.campaign import campaigns

SOME = validate.Length(max=200)


def _codes(**more: str) -> fields.Field[Any]:
    return fields.List(fields.String(validate=validate.Length(1, 64)), validate=SOME, metadata=more)


class CampaignQuery(PageQuery):
    """Which campaigns are listed."""

    state = fields.String(validate=validate.OneOf(campaigns.STATES))
    unit = fields.String(validate=validate.Length(1, 64), metadata={"description": "牵头或配合单位"})
    hazard = fields.String(validate=validate.Length(1, 64), metadata={"description": "计入这件隐患的"})


class CampaignFilter(Input):
    """Which places: each list left out means any."""

    communities = _codes()
    grids = _codes()
    kinds = _codes()
    place_kinds = _codes()
    sectors = _codes()
    risk_levels = _codes()
    statuses = _codes()
    tags = _codes()
    min_capacity = fields.Integer(validate=validate.Range(1, 1_000_000))
    dangerous_goods = fields.Boolean()
    uses_gas = fields.Boolean()


class ChangeCampaign(Input):
    """What is changed."""

    title = fields.String(validate=validate.Length(1, 200))
    starts_on = fields.Date()
    ends_on = fields.Date()
    source = fields.String(validate=validate.OneOf(campaigns.SOURCES))
    plan_task = fields.Integer(allow_none=True, validate=validate.Range(1, 999))
    source_text = fields.String(validate=validate.Length(max=2000))
    template = fields.String(validate=validate.Length(max=64), metadata={"description": "见 /campaigns/templates"})
    content = fields.String(validate=validate.Length(max=4000))
    filter = fields.Nested(CampaignFilter)
    codes = _codes(description="只计这些隐患代码或代码组，空为全部")
    cadence = fields.List(
        fields.String(validate=validate.OneOf(campaigns.CADENCES)), validate=SOME,
        metadata={"description": "牵头单位的周调度 week、月讲评 month"},
    )  # fmt: skip


class CreateCampaign(ChangeCampaign):
    """A campaign to be opened; what is left out comes from the template."""

    starts_on = fields.Date(required=True)
    lead_unit = fields.String(validate=validate.Length(1, 64), metadata={"description": "省略为本单位"})
    support_units = _codes()


class CountIn(Input):
    """What else is counted to the campaign."""

    hazards = _codes(description="隐患编号")
    visits = fields.List(fields.Integer(validate=validate.Range(1, 2**31 - 1)), validate=SOME)


class CloseCampaign(Input):
    """The summary at the end."""

    summary = fields.String(required=True, validate=validate.Length(4, 4000))


class CoveredQuery(PageQuery):
    """Which places of the campaign."""

    unchecked = fields.Boolean(load_default=False, metadata={"description": "只看还没有检查的"})


class FigureSchema(Schema):
    """One number with its definition."""

    key = fields.String(required=True)
    title = fields.String()
    title_en = in_english("title")
    words = fields.String(metadata={"description": "口径"})
    words_en = in_english("words")
    unit = fields.String()
    unit_en = in_english("unit")
    numerator = fields.Integer()
    denominator = fields.Integer(allow_none=True)
    rate = fields.Float(allow_none=True, metadata={"description": "百分比；没有分母或分母为零时为空"})
    shown = fields.String(metadata={"description": "分母为零时为“无数据”"})
    shown_en = in_english("shown")


class CampaignRowSchema(Schema):
    """One community's part."""

    community = fields.String(required=True)
    registered = fields.Integer()
    checked = fields.Integer()
    found = fields.Integer()
    closed = fields.Integer()
    major = fields.Integer()


class CampaignSchema(Schema):
    """One campaign."""

    number = fields.String(required=True)
    title = fields.String()
    starts_on = fields.Date()
    ends_on = fields.Date()
    lead_unit = fields.String()
    lead_name = fields.String()
    owner_unit = fields.String()
    support_units = fields.List(fields.String())
    source = fields.String()
    source_name = fields.String()
    plan_task = fields.Integer(allow_none=True)
    source_text = fields.String()
    template = fields.String()
    content = fields.String()
    filter = fields.Dict()
    codes = fields.List(fields.String())
    cadence = fields.List(fields.String())
    state = fields.String()
    state_name = fields.String()
    places = fields.Integer(metadata={"description": "启动时列入的场所"})
    started_at = Moment(allow_none=True)
    closed_at = Moment(allow_none=True)
    closed_by = fields.String()
    summary = fields.String()
    created_at = Moment()
    created_by = fields.String()
    rows = fields.List(fields.Nested(CampaignRowSchema))
    figures = fields.List(fields.Nested(FigureSchema))


class CampaignTemplateSchema(Schema):
    """What a template proposes."""

    key = fields.String(required=True)
    title = fields.String()
    source = fields.String()
    days = fields.Integer()
    filter = fields.Dict()
    codes = fields.List(fields.String())
    content = fields.String()
    note = fields.String()


class CoveredPlaceSchema(Schema):
    """A place of the campaign."""

    place = fields.String(required=True)
    name = fields.String()
    community = fields.String()
    grid = fields.String()
    risk_level = fields.String()
    checked = fields.Boolean()


class CountedHazardSchema(Schema):
    """A hazard of the campaign."""

    number = fields.String(required=True)
    place = fields.String()
    community = fields.String()
    code = fields.String()
    text = fields.String()
    is_major = fields.Boolean()
    found_at = Moment()
    closed_at = Moment(allow_none=True)
