"""Routes of the patrol plan (D10): whom to visit by when, and what a visit leaves behind."""

from typing import Any

from marshmallow import Schema, fields, validate

from api import auth
from api.blueprint import Blueprint
from api.schemas import PageQuery, in_english, page_of
from engine.campaign import patrol

blp = Blueprint("patrol", "巡查计划：今天走哪里、下次什么时候去", "/patrol")


class PatrolQuery(PageQuery):
    """Whose walk is wanted, and up to which day."""

    unit = fields.String(
        load_default=None, validate=validate.Length(1, 64), metadata={"description": "网格、社区或街道"}
    )
    due = fields.Date(load_default=None, metadata={"description": "应在这一天以前巡查的；默认今天"})
    overdue = fields.Boolean(load_default=False, metadata={"description": "只看已经过期未巡查的"})


class PatrolSchema(Schema):
    """One place of the plan."""

    place = fields.String(required=True)
    place_name = fields.String()
    address = fields.String()
    community = fields.String()
    grid = fields.String()
    risk_level = fields.String()
    status = fields.String()
    often = fields.String(metadata={"description": "巡查频次"})
    often_en = in_english("often")
    reason = fields.String(metadata={"description": "为什么是这个频次"})
    reason_en = in_english("reason")
    last_on = fields.Date(allow_none=True)
    next_on = fields.Date(allow_none=True)
    overdue = fields.Boolean()
    days_over = fields.Integer(metadata={"description": "过期的自然日"})
    open_hazards = fields.Integer()
    inspections_left = fields.Integer(allow_none=True, metadata={"description": "本年度还可行政检查的次数，空为不限"})


class ReviewSchema(Schema):
    """What a visit leaves behind."""

    visit = fields.Integer(required=True)
    open_hazards = fields.List(fields.String())
    plan = fields.Nested(PatrolSchema)


@blp.get("")
@blp.query(PatrolQuery)
@blp.answers(page_of(PatrolSchema))
def index(**wanted: Any) -> object:
    """今天（或某天以前）应当巡查的场所，最早到期的在前；示例规则，需法制审核。"""
    return patrol.list_patrol(auth.app(), auth.viewer(), **wanted)


@blp.get("/<place_id>")
@blp.answers(PatrolSchema)
def show(place_id: str) -> object:
    """一个场所的巡查频次和下次日期。"""
    return patrol.show(auth.app(), place_id, viewer=auth.viewer())


@blp.get("/visits/<int(max=2147483647):visit_id>")
@blp.answers(ReviewSchema)
def review(visit_id: int) -> object:
    """走访后的复盘：还有哪些隐患未销号，下次什么时候去。"""
    return patrol.review(auth.app(), visit_id, viewer=auth.viewer())
