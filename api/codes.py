"""The route of the hazard code table: which codes are in force."""

from datetime import date

from marshmallow import Schema, fields

from api import auth
from api.blueprint import Blueprint
from api.schemas import LongPageQuery, page_from, page_of
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


@blp.get("")
@blp.query(CodeQuery)
@blp.answers(page_of(CodeSchema))
def index(on: date | None, page: int, size: int) -> object:
    """某日生效的隐患代码。"""
    return page_from(codes.list_codes(auth.app(), auth.viewer(), on=on), page, size)
