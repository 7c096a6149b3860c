"""Routes of table D9: who may do which act and why, and the published lists that grant one."""

from typing import Any

from marshmallow import Schema, fields, validate

from api import auth
from api.blueprint import Blueprint
from api.schemas import Input, LongPageQuery, in_english, page_from, page_of
from engine.campaign import powers
from engine.campaign.powers_table import ACTS, PROVINCES

blp = Blueprint("powers", "权力清单：谁能做什么，依据哪一条", "/powers")


class PowerQuery(LongPageQuery):
    """About which act and which unit."""

    act = fields.String(validate=validate.OneOf(tuple(ACTS)), metadata={"description": "行为"})
    unit = fields.String(metadata={"description": "单位代码"})


class PowerSchema(Schema):
    """One line of the table."""

    act = fields.String(required=True)
    title = fields.String()
    title_en = in_english("title")
    body = fields.String()
    body_name = fields.String()
    body_name_en = in_english("body_name")
    province = fields.String()
    mark = fields.String(metadata={"description": "yes 可以、listed 须在清单内、no 不可以"})
    allowed = fields.Boolean()
    clause = fields.String(metadata={"description": "依据"})
    note = fields.String()
    officers = fields.Integer(metadata={"description": "须有几名持证人员"})
    approval = fields.String(metadata={"description": "须经谁批准"})
    approval_en = in_english("approval")
    execution = fields.Boolean(metadata={"description": "夜间和法定节假日不得实施"})
    homes = fields.Boolean(metadata={"description": "不得对居民实施"})
    instead = fields.String(metadata={"description": "没有权力时可以怎么办"})
    instead_en = in_english("instead")


class GrantPower(Input):
    """A published list that grants an act."""

    unit = fields.String(required=True, validate=validate.Length(1, 63))
    act = fields.String(required=True, validate=validate.OneOf(tuple(ACTS)))
    document = fields.String(required=True, validate=validate.Length(1, 255), metadata={"description": "清单文号"})
    items = fields.List(fields.String(validate=validate.Length(1, 64)), validate=validate.Length(max=200))
    valid_from = fields.Date(required=True)
    valid_to = fields.Date(allow_none=True)


class GrantedSchema(Schema):
    """What was noted."""

    id = fields.Integer(required=True)


class ChooseProvince(Input):
    """Whose profile is followed."""

    province = fields.String(required=True, validate=validate.OneOf(tuple(PROVINCES)))
    reason = fields.String(load_default="", validate=validate.Length(max=2000), metadata={"description": "理由"})


class ProvinceSchema(Schema):
    """Whose profile is followed."""

    province = fields.String(required=True)


class ProvinceChoiceSchema(Schema):
    """A province whose profile can be followed."""

    province = fields.String(required=True)
    name = fields.String()
    chosen = fields.Boolean()


@blp.get("")
@blp.query(PowerQuery)
@blp.answers(page_of(PowerSchema))
def index(page: int, size: int, **about: Any) -> object:
    """谁能做什么：逐项给出结论、依据和条件。"""
    return page_from(powers.explain(auth.app(), auth.viewer(), **about), page, size)


@blp.get("/provinces")
@blp.query(LongPageQuery)
@blp.answers(page_of(ProvinceChoiceSchema))
def provinces(page: int, size: int) -> object:
    """可选的省份，和本装置适用的一个。"""
    return page_from(powers.list_provinces(auth.app(), auth.viewer()), page, size)


@blp.post("")
@blp.body(GrantPower)
@blp.answers(GrantedSchema, 201)
def grant(**values: Any) -> object:
    """登记公布的赋权清单或检查主体清单（管理员）。"""
    return {"id": powers.grant(auth.app(), values, viewer=auth.viewer())}


@blp.post("/province")
@blp.body(ChooseProvince)
@blp.answers(ProvinceSchema)
def choose(province: str, reason: str) -> object:
    """选择本装置适用的省份（管理员）。"""
    return {"province": powers.choose_province(auth.app(), province, viewer=auth.viewer(), reason=reason)}
