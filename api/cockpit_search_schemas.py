"""Shapes of what operators search for: instances and orders about them, incidents by cause, the event log."""

from typing import Any

from marshmallow import Schema, fields, validate

from api.batches_schemas import VERSION
from api.cockpit_schemas import COUNT, OfInstance, text
from api.instances_schemas import EventSchema, IncidentSchema, InstanceSchema, Reason
from api.schemas import MAX_PAGE, MAX_SIZE, Input, Moment, PageQuery
from engine.bpm.instance_search import STATES


class Found(Input):
    """Which instances are meant."""

    definition = text()
    version = fields.Integer(load_default=None, validate=VERSION)
    state = fields.String(load_default=None, validate=validate.OneOf(tuple(STATES)))
    activity = text("停在哪个环节（元素编号）")
    message = fields.String(
        load_default=None,
        validate=validate.Length(1, 20_000),
        metadata={"description": "未处理异常的原文"},
    )
    q = text("业务编号里含有的文字，或实例编号")
    started_since = Moment(load_default=None)
    started_until = Moment(load_default=None)
    ended_since = Moment(load_default=None)
    ended_until = Moment(load_default=None)
    variable = fields.String(load_default=None, validate=validate.Length(3, 500), metadata={"description": "变量名=值"})


class FindInstances(PageQuery, Found):
    """Which instances are listed."""

    sort = fields.String(load_default="-started_at")


class AwaitedSchema(Schema):
    """One thing that a case waits for beside people."""

    kind = fields.String(required=True, metadata={"description": "timer、message、signal、condition、join、called"})
    element = fields.String(required=True)
    name = fields.String(required=True)
    until = Moment(required=True, allow_none=True)


class WatchedInstanceSchema(InstanceSchema):
    """One case with where it stands."""

    activities = fields.List(fields.String(), metadata={"description": "在办任务的名称"})
    awaits = fields.List(
        fields.Nested(AwaitedSchema), required=True, metadata={"description": "不等人办理时，等的定时器、消息、汇合等"}
    )
    incidents = COUNT()
    hazard = fields.String(allow_none=True, metadata={"description": "所属隐患的编号"})


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


class TreeQuery(PageQuery):
    """Which page of a tree; without one that with the instance itself."""

    page = fields.Integer(load_default=None, validate=validate.Range(1, MAX_PAGE))


class InsideSchema(Schema):
    """A called process that runs inside a case."""

    element = fields.String(metadata={"description": "调用活动的元素编号"})
    name = fields.String()
    process = fields.String()
    process_name = fields.String()
    item = fields.Integer(allow_none=True, metadata={"description": "多实例的第几个，从 1 起；null：只有一个"})
    depth = COUNT(metadata={"description": "在几层调用之内"})
    stands = fields.List(fields.String(), metadata={"description": "停在哪些环节（名称）"})


class TreeLineSchema(WatchedInstanceSchema):
    """A case in the tree of those that belong together, and the called processes inside it."""

    relation = fields.String(
        required=True,
        metadata={
            "description": "self 本身、starter 发起它的、started 由它发起、sibling 同一发起者、same_key 同一编号"
        },
    )
    parent = fields.String(allow_none=True, metadata={"description": "发起它的实例"})
    depth = COUNT(required=True)
    stands = fields.List(fields.String(), required=True, metadata={"description": "停在哪些环节（名称）"})
    inside = fields.List(fields.Nested(InsideSchema), required=True)
    inside_total = COUNT(required=True)


class GroupQuery(PageQuery):
    """Which incidents are grouped."""

    definition = text()


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


class RaisedSchema(Schema):
    """One exception of a chain."""

    type = fields.String(required=True)
    message = fields.String(required=True)
    frames = fields.List(fields.String(), metadata={"description": "本程序自己的调用，“文件:行 函数”，最里层在后"})


class CauseSchema(Schema):
    """Why a step failed; without secrets, values of the database and paths of the machine."""

    type = fields.String(required=True)
    message = fields.String(required=True)
    en = fields.String()
    expression = fields.String(metadata={"description": "算不出来的表达式"})
    operator = fields.String(metadata={"description": "服务任务调用的操作"})
    element = fields.String()
    name = fields.String()
    element_type = fields.String()
    process = fields.String(metadata={"description": "出错的元素所在的流程"})
    calls = fields.List(fields.String(), metadata={"description": "经过哪些调用活动，由外到内"})
    errors = fields.List(fields.Nested(RaisedSchema), required=True, metadata={"description": "由外到内"})


class IncidentCauseSchema(IncidentSchema):
    """One incident with its full cause."""

    definition_name = fields.String()
    version = COUNT()
    undelivered = fields.String(allow_none=True, metadata={"description": "没有送达的消息"})
    cause: Any = fields.Nested(CauseSchema, allow_none=True, metadata={"description": "null：旧版本留下的，没有记"})


class RetryGroup(Reason):
    """Retry all that an incident with this message stops."""

    message = fields.String(required=True, validate=validate.Length(1, 20_000))
    definition = text()


class AuditFilter(Input):
    """Which events are meant."""

    actor = text("登录名；engine 为系统")
    event = text()
    definition = text()
    instance = text("实例编号或完整的业务编号")
    element = text()
    since = Moment(load_default=None)
    until = Moment(load_default=None)
    people = fields.Boolean(load_default=False, metadata={"description": "只看人做的"})
    q = text("名称、环节、业务编号或说明里含有的文字")


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
