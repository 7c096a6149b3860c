"""Shapes of the cockpit: health, schedulers, timers, notices, definitions and what their elements do."""

from marshmallow import Schema, fields, validate

from api.batches_schemas import VERSION
from api.instances_schemas import TimerSchema
from api.schemas import Input, Moment, PageQuery, in_english

COUNT = fields.Integer
_TEXT = validate.Length(1, 255)


def text(meaning: str = "") -> fields.String:
    """A short text that may be left out."""
    return fields.String(load_default=None, validate=_TEXT, metadata={"description": meaning})


class RowsSchema(Schema):
    """How many rows the tables that grow have."""

    instances = COUNT()
    tasks = COUNT()
    timers = COUNT()
    notices = COUNT()
    messages = COUNT()
    events = COUNT()


class ComingSchema(Schema):
    """Timers of one hour."""

    from_at = Moment(attribute="from", data_key="from")
    until = Moment()
    count = COUNT()


class LateSchema(Schema):
    """Timers that are late by at most so many seconds."""

    seconds = COUNT(allow_none=True, metadata={"description": "null：更久"})
    from_at = Moment(attribute="from", data_key="from", allow_none=True)
    until = Moment()
    count = COUNT()


class HealthSchema(Schema):
    """The engine at a glance."""

    now = Moment(metadata={"description": "流程时间"})
    wall = Moment(metadata={"description": "真实时间"})
    running = COUNT()
    suspended = COUNT()
    incidents = COUNT()
    open_tasks = COUNT()
    due = COUNT()
    overdue = COUNT()
    late_timers = COUNT(metadata={"description": "到期未触发，应当为 0"})
    late_since = Moment(allow_none=True)
    blocked_timers = COUNT()
    schedulers = COUNT(metadata={"description": "在运行的定时进程"})
    waiting_messages = COUNT()
    waiting_notices = COUNT()
    failed_notices = COUNT()
    coming = fields.List(fields.Nested(ComingSchema))
    late = fields.List(fields.Nested(LateSchema))
    bytes = COUNT(metadata={"description": "数据库大小"})
    rows = fields.Nested(RowsSchema)


class SchedulerSchema(Schema):
    """One scheduler process."""

    id = fields.String(required=True)
    host = fields.String()
    process = COUNT()
    started_at = Moment()
    seen_at = Moment(metadata={"description": "最后一次报到（真实时间）"})
    ended_at = Moment(allow_none=True)
    state = fields.String(metadata={"description": "alive 在运行、ended 已停止、dead 失去联系"})
    silent_seconds = COUNT()


class TimerQuery(PageQuery):
    """Which timers are listed."""

    state = fields.String(
        load_default="armed",
        validate=validate.OneOf(("armed", "next", "late", "stopped", "provisional", "blocked")),
        metadata={"description": "late 到期未触发，stopped 随实例停着，provisional 暂定，blocked 被异常挡住"},
    )
    definition = text()
    since = Moment(load_default=None, metadata={"description": "晚于这个时刻到期"})
    until = Moment(load_default=None, metadata={"description": "不晚于这个时刻到期"})
    q = text("定时器名称、环节或业务编号里含有的文字")
    sort = fields.String(load_default="due_at")


class OfInstance(Schema):
    """The case that a row belongs to."""

    instance_id = fields.String(allow_none=True)
    business_key = fields.String(allow_none=True)
    definition = fields.String(allow_none=True)
    definition_name = fields.String(allow_none=True)


class CaseTimerSchema(TimerSchema, OfInstance):
    """A timer with its case."""

    version = COUNT()
    suspended = fields.Boolean()


class MessageQuery(PageQuery):
    """Which undelivered messages are listed."""

    q = text("消息名称、发出人或发出它的业务编号里含有的文字")


class WaitingMessageSchema(Schema):
    """A message or signal that has not arrived yet."""

    id = COUNT(required=True)
    kind = fields.String(metadata={"description": "message 消息、signal 信号"})
    name = fields.String()
    correlation = fields.Dict(metadata={"description": "关联信息"})
    at = Moment(metadata={"description": "发出的时刻"})
    sender = fields.String(metadata={"description": "发出的实例编号或登录名"})
    instance_id = fields.String(allow_none=True, metadata={"description": "发出它的实例"})
    business_key = fields.String(allow_none=True)
    held = fields.Boolean(metadata={"description": "等它的实例已挂起，恢复后接收"})


class OutboxQuery(PageQuery):
    """Which notices are listed."""

    status = fields.String(load_default=None, validate=validate.OneOf(("pending", "sent", "failed")))
    q = text("收件人、地址或标题里含有的文字")


class OutboxNoticeSchema(Schema):
    """A notice of the outbox, without its text."""

    id = fields.String(required=True)
    channel = fields.String()
    recipient = fields.String()
    address = fields.String(allow_none=True)
    subject = fields.String()
    subject_en = in_english("subject")
    instance_id = fields.String(allow_none=True)
    created_at = Moment()
    status = fields.String()
    attempts = COUNT()
    next_attempt_at = Moment()
    sent_at = Moment(allow_none=True)
    last_error = fields.String(allow_none=True)


class CountsSchema(Schema):
    """Instances by state; suspended ones are running or stopped by an incident as well."""

    running = COUNT()
    incident = COUNT()
    suspended = COUNT()
    completed = COUNT()
    terminated = COUNT()


class WatchedDefinitionSchema(Schema):
    """A version of a definition and how many instances there are."""

    id = fields.String(required=True)
    key = fields.String(required=True)
    version = COUNT()
    name = fields.String()
    version_tag = fields.String(allow_none=True)
    deployed_at = Moment()
    deployed_by = fields.String()
    reason = fields.String()
    suspended_at = Moment(allow_none=True)
    suspended_by = fields.String(allow_none=True)
    suspended_reason = fields.String(allow_none=True)
    counts = fields.Nested(CountsSchema)


class WatchQuery(PageQuery):
    """Which definitions are listed."""

    q = text("按标识或名称查找")


class HeatQuery(Input):
    """Of which version, in which period."""

    version = fields.Integer(load_default=None, validate=VERSION, metadata={"description": "不填为全部版本"})
    since = Moment(required=True)
    until = Moment(load_default=None)


class ElementHeatSchema(Schema):
    """What one element does."""

    element = fields.String()
    name = fields.String()
    type = fields.String()
    process = fields.String(metadata={"description": "所在流程：本流程或它调用的流程"})
    running = COUNT()
    incidents = COUNT()
    finished = COUNT()
    failed = COUNT()
    mean_seconds = fields.Float(allow_none=True)
    p95_seconds = fields.Float(allow_none=True)


class HeatSchema(Schema):
    """What all elements do."""

    key = fields.String()
    name = fields.String()
    version = COUNT()
    all_versions = fields.Boolean()
    since = Moment()
    until = Moment()
    counted_from = Moment(metadata={"description": "从这一刻起的全部计入；期间太长时晚于 since"})
    elements = fields.List(fields.Nested(ElementHeatSchema))
