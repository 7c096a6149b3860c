"""Routes of the hazard code table: which codes are in force, and adding one."""

from datetime import date
from typing import Any

from marshmallow import Schema, fields, validate

from api import auth
from api.blueprint import Blueprint
from api.schemas import Input, LongPageQuery, page_from, page_of
from engine.campaign import codes

blp = Blueprint("codes", "隐患代码表", "/codes")


class CodeQuery(LongPageQuery):
    """On which day the codes are in force."""

    on = fields.Date(load_default=None, metadata={"description": "日期，省略为今天"})


class CodeSchema(Schema):
    """One hazard code with its default limit."""

    code = fields.String(required=True)
    name = fields.String(required=True)
    code_group = fields.String()
    local_level = fields.String()
    suspected = fields.Boolean()
    default_n = fields.Integer()
    default_unit = fields.String()
    default_roll = fields.String()
    lead = fields.String()
    clause = fields.String()
    photo_rule = fields.String()
    close_rule = fields.String()
    legal_note = fields.String()
    valid_from = fields.Date()
    valid_to = fields.Date(allow_none=True)


class CreateCode(Input):
    """A new row of the code table, valid from a day on."""

    code = fields.String(required=True, validate=validate.Length(1, 32))
    name = fields.String(required=True, validate=validate.Length(1, 200))
    local_level = fields.String(required=True, validate=validate.OneOf(codes.LEVELS))
    suspected = fields.Boolean(load_default=False)
    default_n = fields.Integer(required=True, validate=validate.Range(1, codes.LONGEST))
    default_unit = fields.String(required=True, validate=validate.OneOf(codes.LIMIT_UNITS))
    default_roll = fields.String(load_default="F", validate=validate.OneOf(("F", "N")))
    lead = fields.String(load_default="", validate=validate.Length(max=200))
    clause = fields.String(load_default="", validate=validate.Length(max=2000))
    photo_rule = fields.String(load_default="", validate=validate.Length(max=2000))
    close_rule = fields.String(load_default="", validate=validate.Length(max=2000))
    legal_note = fields.String(load_default="示例规则，需法制审核", validate=validate.Length(max=200))
    valid_from = fields.Date(required=True)
    valid_to = fields.Date(load_default=None, allow_none=True)


@blp.get("")
@blp.query(CodeQuery)
@blp.answers(page_of(CodeSchema))
def index(on: date | None, page: int, size: int) -> object:
    """某日生效的隐患代码。"""
    return page_from(codes.list_codes(auth.app(), auth.viewer(), on=on), page, size)


@blp.post("")
@blp.body(CreateCode)
@blp.answers(CodeSchema, 201)
def create(**values: Any) -> object:
    """新增代码条目（管理员）；同一代码的旧条目自动截止到前一天。"""
    return codes.create(auth.app(), values, viewer=auth.viewer())
