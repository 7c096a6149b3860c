"""Shapes of saved filters; what is saved is checked by the very schema of the work list."""

from marshmallow import Schema, fields, validate

from api.schemas import Input
from api.tasks_schemas import TaskQuery

QUERY = TaskQuery(exclude=("page", "size", "filter"))
SAID = {"description": "与 GET /tasks 相同的参数，page、size、filter 除外"}


class ChangeFilter(Input):
    """What of a filter becomes different; what is left out stays."""

    name = fields.String(validate=validate.Length(1, 100))
    query = fields.Nested(QUERY, metadata=SAID)
    shared_with = fields.String(
        allow_none=True,
        validate=validate.Length(1, 255),
        metadata={"description": "共享给自己所在的一个组；null 不共享"},
    )
    position = fields.Integer(strict=True, validate=validate.Range(0, 1000), metadata={"description": "排列次序"})


class SaveFilter(ChangeFilter):
    """A question to the work list under a name."""

    name = fields.String(required=True, validate=validate.Length(1, 100))
    query = fields.Nested(QUERY, required=True, metadata=SAID)


class FilterSchema(Schema):
    """One saved filter."""

    id = fields.String(required=True)
    name = fields.String(required=True)
    person = fields.String(metadata={"description": "谁保存的"})
    query = fields.Nested(QUERY)
    shared_with = fields.String(allow_none=True)
    position = fields.Integer()
    count = fields.Integer(
        allow_none=True, metadata={"description": "符合条件、我看得到的未办任务数；只看已结束任务的筛选为 null"}
    )
