"""Shapes of places and of visits to them."""

from marshmallow import Schema, fields, validate

from api.schemas import Input, Moment, PageQuery
from engine.campaign import places, visits


def _text(longest: int = 255) -> fields.String:
    return fields.String(validate=validate.Length(max=longest))


class PlaceQuery(PageQuery):
    """Which places are listed."""

    q = fields.String(metadata={"description": "按名称、地址或编号查找"})
    community = fields.String(metadata={"description": "社区代码"})
    grid = fields.String(metadata={"description": "网格代码"})
    kind = fields.String(validate=validate.OneOf(places.KINDS))
    risk = fields.String(validate=validate.OneOf(places.RISKS))


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


class VisitQuery(PageQuery):
    """Which visits are listed."""

    place = fields.String(metadata={"description": "场所编号"})


class CreateVisit(Input):
    """A visit that was made."""

    place = fields.String(required=True, validate=validate.Length(1, 64))
    kind = fields.String(required=True, validate=validate.OneOf(visits.KINDS))
    result = fields.String(required=True, validate=validate.OneOf(visits.RESULTS))
    at = Moment(metadata={"description": "检查时间，省略为现在"})
    people = fields.List(
        fields.String(), validate=validate.Length(max=20), metadata={"description": "到场人员的登录名"}
    )
    note = _text(4000)


class VisitSchema(Schema):
    """One visit."""

    id = fields.Integer(required=True)
    kind = fields.String()
    place = fields.String()
    place_name = fields.String()
    at = Moment()
    people = fields.List(fields.String())
    result = fields.String()
    note = fields.String()
    created_by = fields.String()
