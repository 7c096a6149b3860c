"""Shapes of drafts: a set of files with its revision, who else is at it, and what a deployment would meet."""

from typing import Any

from marshmallow import Schema, fields, validate

from api.definitions_schemas import DefinitionSchema, despite
from api.schemas import Input, Moment

VERSION = validate.Range(1, 1_000_000)


def file_set(**how: Any) -> fields.Dict:
    """Files by name, as texts."""
    return fields.Dict(keys=fields.String(), values=fields.String(), metadata={"description": "文件名 → 内容"}, **how)


class DraftQuery(Input):
    """From which version a new draft begins."""

    version = fields.Integer(
        load_default=None, validate=VERSION, metadata={"description": "取这一版的文件，而不是草稿；不填为草稿或最新版"}
    )


class SaveDraft(Input):
    """A whole set and the revision it was changed from."""

    revision = fields.Integer(
        required=True, validate=validate.Range(0, 1_000_000_000), metadata={"description": "从哪一次保存改来；首次为 0"}
    )
    base_version = fields.Integer(
        load_default=None, allow_none=True, validate=VERSION, metadata={"description": "从哪一版改来；新流程不填"}
    )
    files = file_set(required=True)


class DeployDraft(Input):
    """Which draft is meant, and why it is deployed."""

    revision = fields.Integer(required=True, validate=validate.Range(1, 1_000_000_000))
    newest = fields.Integer(
        required=True, allow_none=True, validate=VERSION, metadata={"description": "所见的最新版；还没有时为 null"}
    )
    reason = fields.String(required=True, validate=validate.Length(max=2000), metadata={"description": "为什么部署"})
    despite = despite()


class OtherDraftSchema(Schema):
    """Somebody else's draft of the same process."""

    person = fields.String()
    base_version = fields.Integer(allow_none=True)
    saved_at = Moment()


class DraftRowSchema(Schema):
    """One of my drafts, in a list."""

    key = fields.String(required=True)
    base_version = fields.Integer(allow_none=True)
    revision = fields.Integer()
    saved_at = Moment()


class DraftSchema(DraftRowSchema):
    """A draft; ``files`` only when it is opened."""

    files = file_set()
    newest = fields.Nested(DefinitionSchema, allow_none=True, metadata={"description": "现在的最新版"})
    others = fields.List(fields.Nested(OtherDraftSchema), metadata={"description": "还有谁有这个流程的草稿"})
    saved_at = Moment(allow_none=True)


class BlockedSchema(Schema):
    """One reason why instances cannot move."""

    message = fields.String()
    en = fields.String()
    count = fields.Integer()
    example = fields.String(metadata={"description": "其中一件的业务编号"})


class ForecastSchema(Schema):
    """What a migration would do."""

    running = fields.Integer(metadata={"description": "办理中的实例"})
    looked_at = fields.Integer(metadata={"description": "试算了多少件"})
    possible = fields.Integer(metadata={"description": "其中可以迁移的"})
    blocked = fields.List(fields.Nested(BlockedSchema))
