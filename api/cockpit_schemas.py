"""Shapes of the cockpit: health, schedulers, what elements do, instances as operators find them, the audit search."""

from typing import Any

from marshmallow import Schema, fields, validate

from api.batches_schemas import VERSION
from api.instances_schemas import EventSchema, InstanceSchema, Reason, TimerSchema
from api.schemas import MAX_SIZE, Input, Moment, PageQuery
from engine.bpm.instance_search import STATES

COUNT = fields.Integer
_TEXT = validate.Length(1, 255)


def _text(meaning: str = "") -> fields.String:
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
    definition = _text()
    since = Moment(load_default=None)
    until = Moment(load_default=None)
    q = _text("定时器名称、环节或业务编号里含有的文字")
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


class NoticeQuery(PageQuery):
    """Which notices are listed."""

    status = fields.String(load_default=None, validate=validate.OneOf(("pending", "sent", "failed")))
    q = _text("收件人、地址或标题里含有的文字")


class NoticeSchema(Schema):
    """A notice of the outbox, without its text."""

    id = fields.String(required=True)
    channel = fields.String()
    recipient = fields.String()
    address = fields.String(allow_none=True)
    subject = fields.String()
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

    q = _text("按标识或名称查找")


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


class Found(Input):
    """Which instances are meant."""

    definition = _text()
    version = fields.Integer(load_default=None, validate=VERSION)
    state = fields.String(load_default=None, validate=validate.OneOf(tuple(STATES)))
    activity = _text("停在哪个环节（元素编号）")
    message = fields.String(
        load_default=None,
        validate=validate.Length(1, 20_000),
        metadata={"description": "未处理异常的原文"},
    )
    q = _text("业务编号里含有的文字，或实例编号")
    started_since = Moment(load_default=None)
    started_until = Moment(load_default=None)
    ended_since = Moment(load_default=None)
    ended_until = Moment(load_default=None)
    variable = fields.String(load_default=None, validate=validate.Length(3, 500), metadata={"description": "变量名=值"})


class FindInstances(PageQuery, Found):
    """Which instances are listed."""

    sort = fields.String(load_default="-started_at")


class WatchedInstanceSchema(InstanceSchema):
    """One case with where it stands."""

    activities = fields.List(fields.String(), metadata={"description": "在办任务的名称"})
    incidents = COUNT()


class OrderFound(Reason):
    """An order about all running instances that match."""

    kind = fields.String(required=True, validate=validate.OneOf(("cancel", "suspend", "resume", "retry")))
    clock = fields.String(load_default="running", validate=validate.OneOf(("running", "stopped")))
    expected = fields.Integer(
        required=True,
        validate=validate.Range(1),
        metadata={"description": "您看到的件数；有变化则不执行"},
    )
    found = fields.Nested(Found, required=True)


class RelativeSchema(InstanceSchema):
    """A related case."""

    relation = fields.String(metadata={"description": "starter 发起了它、started 由它发起、same_key 业务编号相同"})


class GroupQuery(PageQuery):
    """Which incidents are grouped."""

    definition = _text()


class IncidentGroupSchema(Schema):
    """Open incidents that say the same."""

    message = fields.String()
    definition = fields.String()
    definition_name = fields.String()
    element = fields.String()
    count = COUNT()
    instances = COUNT()
    first_at = Moment()
    last_at = Moment()
    example = fields.String(metadata={"description": "其中一个实例"})


class RetryGroup(Reason):
    """Retry all that an incident with this message stops."""

    message = fields.String(required=True, validate=validate.Length(1, 20_000))
    definition = _text()


class AuditFilter(Input):
    """Which events are meant."""

    actor = _text("登录名；engine 为系统")
    event = _text()
    definition = _text()
    instance = _text("实例编号或完整的业务编号")
    element = _text()
    since = Moment(load_default=None)
    until = Moment(load_default=None)
    people = fields.Boolean(load_default=False, metadata={"description": "只看人做的"})
    q = _text("名称、环节、业务编号或说明里含有的文字")


class AuditQuery(AuditFilter):
    """From where on, newest first."""

    before = fields.Integer(
        load_default=None,
        validate=validate.Range(1, 2**62),
        metadata={"description": "上一页的 next"},
    )
    size = fields.Integer(load_default=50, validate=validate.Range(1, MAX_SIZE))


class AuditEventSchema(EventSchema, OfInstance):
    """An event with its case."""


class AuditSchema(Schema):
    """A stretch of the event log."""

    items = fields.List(fields.Nested(AuditEventSchema))
    next: Any = fields.Integer(allow_none=True, metadata={"description": "接着查用的 before；null：已到头"})
    looked_back_to = Moment(allow_none=True, metadata={"description": "查到了哪一刻"})
