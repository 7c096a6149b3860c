"""Routes of the hazard code table: which codes are in force, and adding one."""

from datetime import date
from typing import Any

from marshmallow import Schema, fields, validate

from api import auth
from api.blueprint import Blueprint
from api.schemas import Input, LongPageQuery, RegisterChangeSchema, page_from, page_of
from engine.campaign import code_register, codes

blp = Blueprint("codes", "隐患代码表", "/codes")


class CodeQuery(LongPageQuery):
    """On which day the codes are in force."""

    on = fields.Date(load_default=None, metadata={"description": "日期，省略为今天"})
    q = fields.String(load_default=None, metadata={"description": "按代码或名称查找"})


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
    reason = fields.String(load_default="", validate=validate.Length(max=2000), metadata={"description": "理由"})


class RetireCode(Input):
    """After which day a code is not used any more."""

    last_day = fields.Date(required=True)
    reason = fields.String(required=True, validate=validate.Length(1, 2000))


class CodeUsesSchema(Schema):
    """Where a code is used."""

    open_hazards = fields.Integer(metadata={"description": "未销号隐患"})
    hazards = fields.Integer(metadata={"description": "全部隐患"})
    checklists = fields.List(fields.String(), metadata={"description": "用到它的、生效中的检查清单"})


@blp.get("")
@blp.query(CodeQuery)
@blp.answers(page_of(CodeSchema))
def index(on: date | None, q: str | None, page: int, size: int) -> object:
    """某日生效的隐患代码。"""
    return page_from(codes.list_codes(auth.app(), auth.viewer(), on=on, q=q), page, size)


@blp.post("")
@blp.body(CreateCode)
@blp.answers(CodeSchema, 201)
def create(**values: Any) -> object:
    """新增代码条目（管理员）；同一代码的旧条目自动截止到前一天。"""
    return codes.create(auth.app(), values, viewer=auth.viewer())


@blp.get("/<code>/versions")
@blp.query(LongPageQuery)
@blp.answers(page_of(CodeSchema))
def versions(code: str, page: int, size: int) -> object:
    """一个代码的各版条目，新的在前。"""
    return page_from(code_register.versions(auth.app(), code, viewer=auth.viewer()), page, size)


@blp.get("/<code>/changes")
@blp.query(LongPageQuery)
@blp.answers(page_of(RegisterChangeSchema))
def changes(code: str, page: int, size: int) -> object:
    """代码的修改记录，按先后排列。"""
    return page_from(code_register.changes(auth.app(), code, viewer=auth.viewer()), page, size)


@blp.get("/<code>/uses")
@blp.answers(CodeUsesSchema)
def uses(code: str) -> object:
    """哪里在用这个代码。"""
    return code_register.uses(auth.app(), code, viewer=auth.viewer())


@blp.post("/<code>/retire")
@blp.body(RetireCode)
@blp.answers(CodeSchema)
def retire(code: str, **how: Any) -> object:
    """停用代码（管理员）；此前的隐患仍按当日的条目。"""
    return code_register.retire(auth.app(), code, **how, viewer=auth.viewer())
