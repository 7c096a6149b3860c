"""Routes of people: accounts with a unit and roles."""

from typing import Any

from marshmallow import Schema, fields, validate

from api import auth
from api.blueprint import Blueprint
from api.schemas import Input, PageQuery, page_of
from engine.campaign import people

blp = Blueprint("people", "人员：账号、单位、角色", "/people")


class PeopleQuery(PageQuery):
    """Which people are listed."""

    unit = fields.String(metadata={"description": "单位代码"})
    role = fields.String(metadata={"description": "角色"})
    q = fields.String(metadata={"description": "按登录名或姓名查找"})


class CreatePerson(Input):
    """A new account."""

    name = fields.String(required=True, validate=validate.Length(1, 64), metadata={"description": "登录名"})
    password = fields.String(required=True, load_only=True, validate=validate.Length(1, 1024))
    unit = fields.String(allow_none=True, load_default=None, metadata={"description": "单位代码；管理员可不填"})
    roles = fields.List(fields.String(validate=validate.Length(1, 64)), load_default=list)
    display_name = fields.String(load_default="", validate=validate.Length(max=255))
    cert_no = fields.String(load_default="", validate=validate.Length(max=64))
    email = fields.String(load_default="", validate=validate.Length(max=255))


class PersonSchema(Schema):
    """One person, without any secret."""

    name = fields.String(required=True)
    display_name = fields.String()
    unit = fields.String(allow_none=True)
    unit_name = fields.String()
    roles = fields.List(fields.String())
    cert_no = fields.String()
    email = fields.String()
    active = fields.Boolean()


@blp.get("")
@blp.query(PeopleQuery)
@blp.answers(page_of(PersonSchema))
def index(**wanted: Any) -> object:
    """人员列表。"""
    return people.list_people(auth.app(), auth.viewer(), **wanted)


@blp.get("/<name>")
@blp.answers(PersonSchema)
def show(name: str) -> object:
    """一个人。"""
    return people.show(auth.app(), name, viewer=auth.viewer())


@blp.post("")
@blp.body(CreatePerson)
@blp.answers(PersonSchema, 201)
def create(name: str, **values: Any) -> object:
    """新建账号（管理员）。"""
    return people.create(auth.app(), name, by=auth.viewer(), **values)
