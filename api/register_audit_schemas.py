"""Shapes of the audit of the registers."""

from typing import Any

from marshmallow import Schema, fields, validate

from api.cockpit_schemas import text
from api.schemas import MAX_SIZE, Input, Moment
from engine.campaign.register_audit import KINDS


class RegisterAuditFilter(Input):
    """Which edits are meant."""

    noun = fields.String(
        load_default=None, validate=validate.OneOf(tuple(KINDS), tuple(KINDS.values())),
        metadata={"description": "；".join(f"{kind} {title}" for kind, title in KINDS.items())},
    )  # fmt: skip
    by = text("登录名；system 为在机器上执行的命令")
    subject = text("完整的编号，或名称里含有的文字")
    since = Moment(load_default=None)
    until = Moment(load_default=None)
    q = text("原因、改前、改后里含有的文字")


class RegisterAuditQuery(RegisterAuditFilter):
    """From where on, newest first."""

    before = fields.Integer(
        load_default=None, validate=validate.Range(1, 2**62), metadata={"description": "上一页的 next"}
    )
    size = fields.Integer(load_default=50, validate=validate.Range(1, MAX_SIZE))


class RegisterEditSchema(Schema):
    """One edit, or a new record."""

    id = fields.Integer(required=True)
    noun = fields.String(required=True)
    key = fields.String(required=True)
    subject = fields.String(required=True, metadata={"description": "名称；没有时为空"})
    at = Moment(required=True)
    by = fields.String(required=True, metadata={"description": "空：没有登录的人"})
    before = fields.Dict(required=True)
    after = fields.Dict(required=True)
    reason = fields.String(required=True)
    made = fields.Boolean(required=True, metadata={"description": "新建"})


class RegisterAuditSchema(Schema):
    """A stretch of the edits."""

    items = fields.List(fields.Nested(RegisterEditSchema))
    next: Any = fields.Integer(allow_none=True, metadata={"description": "接着查用的 before；null：已到头"})
    looked_back_to = Moment(allow_none=True, metadata={"description": "查到了哪一刻"})
