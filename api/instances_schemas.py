"""Shapes of instances: a case, what happened in it, and which timers it waits for."""

from marshmallow import Schema, fields, validate

from api.schemas import Input, Moment, PageQuery, variables
from api.tasks_schemas import TaskSchema


class StartInstance(Input):
    """What a new instance needs."""

    definition = fields.String(required=True, validate=validate.Length(1, 255), metadata={"description": "流程标识"})
    version = fields.Integer(allow_none=True, load_default=None, validate=validate.Range(1, 1_000_000))
    business_key = fields.String(allow_none=True, load_default=None, validate=validate.Length(1, 255))
    variables = variables()


class Reason(Input):
    """Why somebody interferes with an instance; it is recorded."""

    reason = fields.String(
        required=True, validate=validate.Length(1, 2000), metadata={"description": "原因，会记入历史"}
    )


class Suspend(Reason):
    """Why an instance is suspended, and whether its deadlines run on."""

    clock = fields.String(
        load_default="running",
        validate=validate.OneOf(("running", "stopped")),
        metadata={"description": "running：期限照常计算；stopped：停止计时，恢复时按挂起时长顺延"},
    )


class InstanceQuery(PageQuery):
    """Which instances are listed."""

    definition = fields.String()
    status = fields.String(validate=validate.OneOf(("running", "incident", "completed", "terminated")))
    business_key = fields.String()
    q = fields.String(metadata={"description": "按业务编号查找"})


class InstanceSchema(Schema):
    """One case."""

    id = fields.String(required=True)
    definition = fields.String(required=True)
    version = fields.Integer()
    definition_name = fields.String()
    business_key = fields.String(allow_none=True)
    status = fields.String(required=True)
    revision = fields.Integer(metadata={"description": "每次变动加一"})
    suspended_at = Moment(allow_none=True)
    suspended_by = fields.String(allow_none=True)
    clock_stopped = fields.Boolean(metadata={"description": "挂起期间是否停止计时"})
    started_at = Moment()
    started_by = fields.String()
    ended_at = Moment(allow_none=True)
    next_event_at = Moment(allow_none=True, metadata={"description": "下一个会自动发生的时刻：定时器或任务期限"})


class EventSchema(Schema):
    """One thing that happened."""

    id = fields.Integer()
    at = Moment(required=True)
    recorded_at = Moment(metadata={"description": "记录时的真实时间"})
    event = fields.String(required=True)
    element = fields.String(allow_none=True)
    name = fields.String(allow_none=True)
    type = fields.String(allow_none=True)
    task_id = fields.String(allow_none=True)
    actor = fields.String(allow_none=True)
    on_behalf_of = fields.String(allow_none=True, metadata={"description": "代谁办理：办理人是他的代办人"})
    detail = fields.Dict(allow_none=True)


class TimerSchema(Schema):
    """One armed or past timer."""

    id = fields.String(required=True)
    element = fields.String(required=True)
    name = fields.String()
    kind = fields.String()
    due_at = Moment(required=True)
    status = fields.String(required=True)
    armed_at = Moment()
    ended_at = Moment(allow_none=True)
    provisional = fields.Boolean(metadata={"description": "暂定：所用年份的放假安排尚未公布"})
    reason = fields.String(allow_none=True, metadata={"description": "变更原因"})
    clause = fields.String(allow_none=True, metadata={"description": "依据条款"})
    changed_by = fields.String(allow_none=True, metadata={"description": "由谁变更"})


class IncidentSchema(Schema):
    """One failed step."""

    id = fields.String(required=True)
    instance_id = fields.String(required=True)
    definition = fields.String()
    business_key = fields.String(allow_none=True)
    element = fields.String(required=True)
    message = fields.String(required=True)
    opened_at = Moment()
    resolved_at = Moment(allow_none=True)
    resolved_by = fields.String(allow_none=True)
    resolution = fields.String(allow_none=True, metadata={"description": "怎么处理的"})


class WaitingSchema(Schema):
    """One thing that a case waits for, in words."""

    kind = fields.String(
        required=True,
        metadata={"description": "task、timer、message、signal、condition、join、incident、suspended、called"},
    )
    element = fields.String(allow_none=True)
    name = fields.String()
    since = Moment(allow_none=True)
    until = Moment(allow_none=True)
    who = fields.List(fields.String(), metadata={"description": "登录名或候选组"})
    event = fields.String(allow_none=True, metadata={"description": "等的消息或信号在流程文件里的名称"})
    words = fields.String(required=True, metadata={"description": "一句话：等谁、等什么、到什么时候"})
    en = fields.String()


class OpenTaskSchema(TaskSchema):
    """One open task of a case, and whether whoever asks may open it: others only see that it waits."""

    yours = fields.Boolean(dump_default=True, metadata={"description": "本人可以打开；别人的任务只看得到在等谁"})


class InstanceDetailSchema(InstanceSchema):
    """One case with its variables, open tasks, armed timers and open incidents, and why it stands where it is."""

    variables = fields.Dict()
    tasks = fields.List(fields.Nested(OpenTaskSchema))
    timers = fields.List(fields.Nested(TimerSchema))
    incidents = fields.List(fields.Nested(IncidentSchema))
    waiting = fields.List(fields.Nested(WaitingSchema))
