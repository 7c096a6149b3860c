"""Shapes of logging in and of the person who is asking."""

from marshmallow import Schema, fields, validate

from api.schemas import Input, Moment


class LogIn(Input):
    """A login name and its password."""

    name = fields.String(required=True, validate=validate.Length(1, 255))
    password = fields.String(required=True, load_only=True, validate=validate.Length(1, 1024))


class ChangePassword(Input):
    """The old password and the new one."""

    old = fields.String(load_default="", load_only=True, validate=validate.Length(max=1024))
    new = fields.String(required=True, load_only=True, validate=validate.Length(1, 1024))


class MeSchema(Schema):
    """The person who is asking, and what its pages need to know."""

    name = fields.String(required=True)
    display_name = fields.String()
    unit = fields.String(allow_none=True)
    unit_name = fields.String()
    roles = fields.List(fields.String())
    groups = fields.List(fields.String())
    admin = fields.Boolean(required=True)
    csrf_token = fields.String(allow_none=True, metadata={"description": "放入 X-CSRF-Token；用令牌访问时为空"})
    expires_at = Moment(allow_none=True)
    timezone = fields.String()
    now = Moment(metadata={"description": "流程时间（演示安装为演示时钟）"})
    mandates = fields.List(
        fields.Dict(keys=fields.String(), values=fields.String()),
        metadata={"description": "现在凭哪些书面授权代行批准：head 负责人，mandate 文号"},
    )
    password_once = fields.Boolean(metadata={"description": "用一次性密码登录，须设定新密码"})
    demo = fields.Boolean(metadata={"description": "是否演示安装"})
