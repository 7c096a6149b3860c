"""Shapes of people: accounts, certificates, and what somebody who leaves holds."""

from typing import Any

from marshmallow import Schema, fields, validate

from api.schemas import Input, Moment, PageQuery
from engine.campaign import people, people_register


def _reason() -> fields.String:
    return fields.String(required=True, validate=validate.Length(1, 2000), metadata={"description": "理由"})


def _revision() -> fields.Integer:
    return fields.Integer(required=True, validate=validate.Range(0, 2**31 - 1))


def _phone(**more: Any) -> fields.String:
    return fields.String(
        validate=validate.Regexp(people.PHONE), metadata={"description": "手机号，短信提醒用；空为没有"}, **more
    )


def _roles() -> fields.List[Any]:
    return fields.List(fields.String(validate=validate.Length(1, 64)), validate=validate.Length(max=50))


class PeopleQuery(PageQuery):
    """Which people are listed."""

    unit = fields.String(metadata={"description": "单位代码"})
    role = fields.String(metadata={"description": "角色"})
    q = fields.String(metadata={"description": "按登录名或姓名查找"})
    active = fields.Boolean(metadata={"description": "在用的，或停用的"})
    certificate = fields.String(
        validate=validate.OneOf((people_register.EXPIRED, people_register.EXPIRING)),
        metadata={"description": "执法证件已过期，或 60 日内到期"},
    )


class CreatePerson(Input):
    """A new account."""

    name = fields.String(required=True, validate=validate.Length(1, 64), metadata={"description": "登录名"})
    password = fields.String(required=True, load_only=True, validate=validate.Length(1, 1024))
    unit = fields.String(allow_none=True, load_default=None, metadata={"description": "单位代码；管理员可不填"})
    roles = fields.List(fields.String(validate=validate.Length(1, 64)), load_default=list)
    display_name = fields.String(load_default="", validate=validate.Length(max=255))
    cert_no = fields.String(load_default="", validate=validate.Length(max=64))
    email = fields.String(load_default="", validate=validate.Length(max=255))
    phone = _phone(load_default="")


class UpdatePerson(Input):
    """Which fields of an account change."""

    revision = _revision()
    reason = _reason()
    display_name = fields.String(validate=validate.Length(1, 255))
    unit = fields.String(allow_none=True, validate=validate.Length(max=64))
    roles = _roles()
    email = fields.String(validate=validate.Length(max=255))
    phone = _phone()
    starts_on = fields.Date(allow_none=True, metadata={"description": "到岗日期"})


class Certify(Input):
    """A certificate of law enforcement."""

    revision = _revision()
    reason = _reason()
    cert_no = fields.String(required=True, validate=validate.Length(max=64))
    cert_from = fields.Date(load_default=None, allow_none=True)
    cert_to = fields.Date(load_default=None, allow_none=True)
    cert_items = fields.List(fields.String(), load_default=list, validate=validate.Length(max=50))


class Leave(Input):
    """Somebody leaves."""

    last_day = fields.Date(required=True)
    reason = _reason()
    to = fields.String(load_default=None, allow_none=True, metadata={"description": "接收人的登录名；不填放回候选组"})


class ComeBack(Input):
    """A closed account opens again."""

    reason = _reason()


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


class PersonRecordSchema(PersonSchema):
    """One person with the file behind the account."""

    cert_from = fields.Date(allow_none=True)
    cert_to = fields.Date(allow_none=True)
    cert_items = fields.List(fields.String(), metadata={"description": "证件适用的事项，空为全部"})
    cert_valid = fields.Boolean(metadata={"description": "今天是否有效"})
    phone = fields.String(metadata={"description": "手机号"})
    starts_on = fields.Date(allow_none=True)
    ends_on = fields.Date(allow_none=True)
    revision = fields.Integer(metadata={"description": "修改时要带上"})


class OncePasswordSchema(Schema):
    """A password for one login."""

    password = fields.String(required=True)


class HeldTaskSchema(Schema):
    id = fields.String()
    name = fields.String()
    instance_id = fields.String()
    due_at = Moment(allow_none=True)
    nobody_else = fields.Boolean(metadata={"description": "没有别人能办"})
    outcome = fields.String(metadata={"description": "已移交、已放回，或没有办成的原因"})


class HeldSchema(Schema):
    """What hangs on one person."""

    person = fields.Nested(PersonRecordSchema)
    tasks = fields.List(fields.Nested(HeldTaskSchema))
    duties = fields.List(fields.String())
    teams = fields.List(fields.String(), metadata={"description": "包保、驻点、挂钩的场所，需要另定人选"})
    groups = fields.List(fields.String(), metadata={"description": "没有其他人的组"})
