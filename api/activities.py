"""Routes of activities: meetings with their decisions, trainings, drills, lectures, publicity, rounds, warnings."""

from typing import Any

from marshmallow import Schema, fields, validate

from api import auth
from api.blueprint import Blueprint
from api.schemas import Input, Moment, PageQuery, page_of
from engine.campaign import activities
from engine.campaign.activity_kinds import KINDS

blp = Blueprint("activities", "会议、培训、演练、宣传", "/activities")
COUNT = validate.Range(0, 10_000_000)


def _text(longest: int, least: int = 0) -> fields.String:
    return fields.String(required=least > 0, validate=validate.Length(least, longest))


class ActivityQuery(PageQuery):
    """Which activities are listed."""

    kind = fields.String(validate=validate.OneOf(KINDS))
    unit = fields.String(validate=validate.Length(1, 64), metadata={"description": "举办单位"})
    hazard = fields.String(validate=validate.Length(1, 64))
    campaign = fields.String(validate=validate.Length(1, 64))


class Decided(Input):
    """What was decided: who does what until when."""

    text = _text(2000, 2)
    unit = _text(64, 1)
    due_on = fields.Date(required=True)


class CreateActivity(Input):
    """Something that was held."""

    kind = fields.String(required=True, validate=validate.OneOf(KINDS))
    title = _text(200, 2)
    held_at = Moment(metadata={"description": "举行时间，省略为现在"})
    unit = fields.String(allow_none=True, metadata={"description": "举办单位，省略为本单位"})
    units = fields.List(_text(64), validate=validate.Length(max=200), metadata={"description": "参加单位"})
    place = _text(64)
    hazard = _text(64)
    campaign = _text(64)
    plan_task = fields.Integer(validate=validate.Range(1, 999))
    people = fields.Integer(validate=COUNT, metadata={"description": "人次"})
    enterprises = fields.Integer(validate=COUNT, metadata={"description": "家"})
    copies = fields.Integer(validate=COUNT, metadata={"description": "份"})
    text = _text(8000)
    decisions = fields.List(fields.Nested(Decided), validate=validate.Length(max=50))


class DecisionSchema(Schema):
    """A decision with where its duty stands."""

    id = fields.Integer(required=True)
    text = fields.String()
    unit = fields.String()
    unit_name = fields.String()
    due_on = fields.Date()
    duty = fields.Integer(allow_none=True, metadata={"description": "对应的履职事项，见 /duties/{id}"})
    state = fields.String()
    state_name = fields.String()


class ActivitySchema(Schema):
    """One activity."""

    number = fields.String(required=True)
    kind = fields.String()
    kind_name = fields.String()
    title = fields.String()
    held_at = Moment()
    unit = fields.String()
    units = fields.List(fields.String())
    street = fields.String(allow_none=True)
    community = fields.String(allow_none=True)
    place = fields.String(allow_none=True)
    hazard = fields.String(allow_none=True)
    campaign = fields.String(allow_none=True)
    plan_task = fields.Integer(allow_none=True)
    people = fields.Integer()
    enterprises = fields.Integer()
    copies = fields.Integer()
    text = fields.String()
    created_at = Moment()
    created_by = fields.String()
    decisions = fields.List(fields.Nested(DecisionSchema))


@blp.get("")
@blp.query(ActivityQuery)
@blp.answers(page_of(ActivitySchema))
def index(**wanted: Any) -> object:
    """会议、培训、演练和宣传，新的在前。"""
    return activities.list_activities(auth.app(), auth.viewer(), **wanted)


@blp.post("")
@blp.body(CreateActivity)
@blp.answers(ActivitySchema, 201)
@blp.header("Idempotency-Key", "同一个键重复提交，得到第一次登记的活动")
def create(**values: Any) -> object:
    """登记一次活动；会议的议定事项成为责任单位的履职事项。"""
    return activities.create(auth.app(), values, viewer=auth.viewer(), key=auth.idempotency_key())


@blp.get("/<number>")
@blp.answers(ActivitySchema)
def show(number: str) -> object:
    """一次活动和它的议定事项。"""
    return activities.show(auth.app(), number, viewer=auth.viewer())
