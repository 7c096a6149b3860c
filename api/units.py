"""Routes of units: the tree of bodies."""

from typing import Any

from marshmallow import Schema, fields, validate

from api import auth
from api.blueprint import Blueprint
from api.schemas import Input, PageQuery, page_of
from engine.campaign import units

blp = Blueprint("units", "单位：街道、社区、网格、部门", "/units")


class UnitQuery(PageQuery):
    """Which units are listed."""

    kind = fields.String(validate=validate.OneOf(tuple(units.KINDS)))
    parent = fields.String(metadata={"description": "上级单位代码"})
    q = fields.String(metadata={"description": "按名称或代码查找"})


class CreateUnit(Input):
    """A new unit."""

    code = fields.String(required=True, validate=validate.Length(1, 63))
    name = fields.String(required=True, validate=validate.Length(1, 255))
    kind = fields.String(required=True, validate=validate.OneOf(tuple(units.KINDS)))
    parent = fields.String(allow_none=True, load_default=None)
    power = fields.String(load_default="", validate=validate.Length(max=2000))


class UnitSchema(Schema):
    """One unit."""

    code = fields.String(required=True)
    name = fields.String(required=True)
    kind = fields.String()
    kind_name = fields.String()
    parent = fields.String(allow_none=True)
    path = fields.String()
    power = fields.String()


@blp.get("")
@blp.query(UnitQuery)
@blp.answers(page_of(UnitSchema))
def index(**wanted: Any) -> object:
    """单位列表，按组织顺序。"""
    return units.list_units(auth.app(), auth.viewer(), **wanted)


@blp.get("/<code>")
@blp.answers(UnitSchema)
def show(code: str) -> object:
    """一个单位。"""
    return units.show(auth.app(), code, viewer=auth.viewer())


@blp.post("")
@blp.body(CreateUnit)
@blp.answers(UnitSchema, 201)
def create(**values: Any) -> object:
    """新建单位（管理员）。"""
    return units.create(auth.app(), values, viewer=auth.viewer())
