"""Shapes of orders about many instances, and of moving instances to another version."""

from marshmallow import Schema, fields, validate

from api.instances_schemas import InstanceDetailSchema, Reason
from api.schemas import Finding, Moment, PageQuery

VERSION = validate.Range(1, 1_000_000)


class Moving(Reason):
    """How instances are moved to another version."""

    version = fields.Integer(
        allow_none=True, load_default=None, validate=VERSION, metadata={"description": "目标版本，不填为最新"}
    )
    mapping = fields.Dict(
        keys=fields.String(), values=fields.String(), load_default=dict,
        metadata={"description": "改了编号的元素：原编号 → 新编号"},
    )  # fmt: skip
    new_timers = fields.String(
        load_default="arm", validate=validate.OneOf(("arm", "skip")),
        metadata={"description": "新版本给正在办的环节新加的边界事件：arm 从现在起等待，skip 不等"},
    )  # fmt: skip
    drop_gone = fields.Boolean(
        load_default=False, metadata={"description": "新版本里没有的边界事件：true 不再等待，false 不迁移该实例"}
    )
    dry_run = fields.Boolean(load_default=False, metadata={"description": "true：只看结果，不迁移"})


class MoveMany(Moving):
    """Which instances are moved."""

    definition = fields.String(required=True, validate=validate.Length(1, 255))
    from_versions = fields.List(fields.Integer(validate=VERSION), load_default=list)
    instances = fields.List(fields.String(), load_default=list, validate=validate.Length(max=10_000))
    q = fields.String(
        allow_none=True, load_default=None, validate=validate.Length(max=255),
        metadata={"description": "业务编号里含有的文字"},
    )  # fmt: skip


class OrderMany(Reason):
    """An order about many instances."""

    kind = fields.String(required=True, validate=validate.OneOf(("cancel", "suspend", "resume", "retry")))
    definition = fields.String(allow_none=True, load_default=None, validate=validate.Length(1, 255))
    versions = fields.List(fields.Integer(validate=VERSION), load_default=list)
    instances = fields.List(fields.String(), load_default=list, validate=validate.Length(max=10_000))
    q = fields.String(allow_none=True, load_default=None, validate=validate.Length(max=255))
    clock = fields.String(
        load_default="running", validate=validate.OneOf(("running", "stopped")),
        metadata={"description": "挂起时：running 照常计时，stopped 停止计时"},
    )  # fmt: skip


class StandingSchema(Schema):
    """An open task or an armed timer as it would be."""

    element = fields.String()
    name = fields.String()
    groups = fields.List(fields.String())
    due_at = fields.String(allow_none=True, metadata={"format": "date-time"})
    new = fields.Boolean()


class PreviewSchema(Schema):
    """What would become of one instance."""

    instance_id = fields.String()
    business_key = fields.String(allow_none=True)
    possible = fields.Boolean()
    problems = fields.List(fields.Nested(Finding))
    from_version = fields.Integer()
    to_version = fields.Integer()
    status = fields.String()
    tasks = fields.List(fields.Nested(StandingSchema))
    timers = fields.List(fields.Nested(StandingSchema))
    dropped = fields.List(fields.Nested(StandingSchema), metadata={"description": "不再等待的定时器"})


class MigratedSchema(InstanceDetailSchema):
    """The instance in its new version, or after a dry run only ``preview``."""

    preview = fields.Nested(PreviewSchema)


class BatchSchema(Schema):
    """One order and how far it is."""

    id = fields.String(required=True)
    kind = fields.String(required=True)
    dry_run = fields.Boolean()
    at = Moment()
    by = fields.String()
    reason = fields.String()
    parameters = fields.Dict()
    status = fields.String(metadata={"description": "running、finished、undoing、undone"})
    finished_at = Moment(allow_none=True)
    total = fields.Integer()
    counts = fields.Dict(
        keys=fields.String(), values=fields.Integer(),
        metadata={"description": "按结果计数：pending、done、failed、undone、kept"},
    )  # fmt: skip


class BatchItemSchema(Schema):
    """What became of one instance."""

    instance_id = fields.String(required=True)
    business_key = fields.String(allow_none=True)
    status = fields.String(required=True)
    message = fields.String(allow_none=True)
    result = fields.Nested(PreviewSchema, allow_none=True)


class BatchItemQuery(PageQuery):
    """Which items are listed."""

    status = fields.String(validate=validate.OneOf(("pending", "done", "failed", "undone", "kept")))
