"""Routes of draws: lots for inspections (双随机), and publishing what came out."""

from typing import Any

from marshmallow import Schema, fields, validate

from api import auth
from api.blueprint import Blueprint
from api.schemas import Input, Moment, PageQuery, page_of
from engine.campaign import draws

blp = Blueprint("draws", "双随机抽取", "/draws")


class Excluded(Input):
    """An officer who may not inspect a place, and why."""

    officer = fields.String(required=True, validate=validate.Length(1, 64))
    place = fields.String(required=True, validate=validate.Length(1, 64))
    reason = fields.String(required=True, validate=validate.Length(1, 255))


class CreateDraw(Input):
    """The pools and the seed."""

    title = fields.String(required=True, validate=validate.Length(1, 255))
    seed = fields.String(required=True, validate=validate.Length(1, 64), metadata={"description": "随机种子，记录在案"})
    n = fields.Integer(required=True, validate=validate.Range(1, 1000))
    places = fields.List(fields.String(), required=True, validate=validate.Length(1, 5000))
    officers = fields.List(fields.String(), required=True, validate=validate.Length(2, 500))
    conflicts = fields.List(fields.Nested(Excluded), validate=validate.Length(max=5000))
    unit = fields.String(allow_none=True)


class DrawSchema(Schema):
    """One draw, with all that is needed to repeat it."""

    number = fields.String(required=True)
    title = fields.String()
    unit = fields.String()
    year = fields.Integer()
    seed = fields.String()
    n = fields.Integer()
    team = fields.Integer()
    places = fields.List(fields.String())
    officers = fields.List(fields.String())
    conflicts = fields.List(fields.Dict())
    result = fields.List(fields.Dict())
    published_on = fields.Date(allow_none=True)
    created_at = Moment()
    created_by = fields.String()
    names = fields.Dict(keys=fields.String(), values=fields.String(), metadata={"description": "场所编号和名称"})


class RepeatedSchema(Schema):
    """The same lots drawn again."""

    number = fields.String(required=True)
    same = fields.Boolean(metadata={"description": "与记录在案的结果一致"})
    result = fields.List(fields.Dict())


@blp.get("")
@blp.query(PageQuery)
@blp.answers(page_of(DrawSchema))
def index(**wanted: Any) -> object:
    """抽取记录：本单位的和已公布的。"""
    return draws.list_draws(auth.app(), auth.viewer(), **wanted)


@blp.get("/<number>")
@blp.answers(DrawSchema)
def show(number: str) -> object:
    """一次抽取：名录库、种子、结果。"""
    return draws.show(auth.app(), number, viewer=auth.viewer())


@blp.get("/<number>/repeat")
@blp.answers(RepeatedSchema)
def repeat(number: str) -> object:
    """用记录在案的名录库和种子重新抽一遍，核对结果是否一致；不写入。"""
    return draws.repeat(auth.app(), number, viewer=auth.viewer())


@blp.post("")
@blp.body(CreateDraw)
@blp.answers(DrawSchema, 201)
@blp.header("Idempotency-Key", "同一个键重复提交，得到第一次的抽取结果")
def create(**values: Any) -> object:
    """随机抽取检查对象和执法人员。"""
    key = auth.idempotency_key()
    return draws.create(auth.app(), values, viewer=auth.viewer(), key=key)


@blp.post("/<number>/publish")
@blp.answers(DrawSchema)
def publish(number: str) -> object:
    """公布抽取结果。"""
    return draws.publish(auth.app(), number, viewer=auth.viewer())
