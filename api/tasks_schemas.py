"""Shapes of tasks: the work list, one task with its form, and what people do with it."""

from typing import Any

from marshmallow import Schema, ValidationError, fields, validate, validates_schema

from api.attachments_schemas import AttachmentSchema
from api.hazards_schemas import DeadlineSchema
from api.schemas import Input, Moment, PageQuery, variables

SORTS = ("due_at", "-due_at", "created_at", "-created_at", "priority", "-priority", "name", "-name")


def _text(description: str) -> fields.String:
    return fields.String(validate=validate.Length(max=255), metadata={"description": description})


class TaskQuery(PageQuery):
    """Which tasks are listed; without any, every open task that the viewer may see."""

    filter = fields.String(
        attribute="saved", metadata={"description": "已存筛选的编号；同时写明的其他参数优先于筛选里的"}
    )
    assignee = _text("me 或登录名：由他办理的")
    candidate = _text("me：我可以认领的")
    unit = _text("单位代码：这个单位可办的")
    overdue = fields.Boolean(metadata={"description": "true 只看逾期，false 只看未逾期"})
    follow_up = fields.String(
        validate=validate.OneOf(("reached", "later")),
        metadata={"description": "reached 不看尚未到跟进时间的，later 只看这些"},
    )
    substituted = fields.Boolean(metadata={"description": "true 只看代别人办的，false 不看"})
    definition = _text("流程标识")
    instance_id = fields.String(
        attribute="instance", validate=validate.Length(max=64), metadata={"description": "流程实例"}
    )
    # No load_default: what is not written must not win over a saved filter. The engine knows the defaults.
    status = fields.String(
        validate=validate.OneOf(("open", "completed", "cancelled", "all")), metadata={"default": "open"}
    )
    name = _text("任务名称以此开头，如“签收”是所有等待签收的")
    q = _text("按任务名称或业务编号查找")
    sort = fields.String(validate=validate.OneOf(SORTS), metadata={"default": "due_at"})


class CompleteTask(Input):
    """The result of a task: its variables, as the form asks for them."""

    variables = variables()


class DelegateTask(Input):
    """To whom a task is handed for the moment."""

    to = fields.String(required=True, validate=validate.Length(1, 255), metadata={"description": "登录名"})


class ReturnTask(Input):
    """Why a task is given back, and to which earlier step; without one to its candidates."""

    reason = fields.String(required=True, validate=validate.Length(1, 2000), metadata={"description": "退回原因"})
    to = fields.String(
        allow_none=True,
        load_default=None,
        validate=validate.Length(1, 255),
        metadata={"description": "退回到哪个环节：任务详情里 returnable 中的 element"},
    )
    deadline = fields.String(
        load_default="anew",
        validate=validate.OneOf(("anew", "kept")),
        metadata={"description": "anew 期限和提醒重新计算；kept 未过期的保留原期限"},
    )


class ResolveTask(Input):
    """What the delegate found or did."""

    text = fields.String(required=True, validate=validate.Length(1, 2000), metadata={"description": "办理意见"})


class HandOverTask(Input):
    """To whom a task goes for good, a person or a group, and why."""

    to = fields.String(validate=validate.Length(1, 255), metadata={"description": "登录名"})
    to_group = fields.String(validate=validate.Length(1, 255), metadata={"description": "组：单位、角色或 角色@单位"})
    reason = fields.String(required=True, validate=validate.Length(1, 2000), metadata={"description": "移交原因"})

    @validates_schema
    def one_of_them(self, values: dict[str, Any], **_: Any) -> None:
        """Exactly one of the two says to whom."""
        if ("to" in values) == ("to_group" in values):
            raise ValidationError("Exactly one of to and to_group.", "to")


class OfferTask(Input):
    """To whom a task is offered as well, a person or a group, and why."""

    user = fields.String(validate=validate.Length(1, 255), metadata={"description": "登录名"})
    group = fields.String(validate=validate.Length(1, 255), metadata={"description": "组：单位、角色或 角色@单位"})
    reason = fields.String(required=True, validate=validate.Length(1, 2000), metadata={"description": "增加的原因"})

    @validates_schema
    def one_of_them(self, values: dict[str, Any], **_: Any) -> None:
        """Exactly one of the two says to whom."""
        if ("user" in values) == ("group" in values):
            raise ValidationError("Exactly one of user and group.", "user")


class WithdrawTask(Input):
    """Why a task is no longer offered to somebody."""

    reason = fields.String(required=True, validate=validate.Length(1, 2000), metadata={"description": "移除的原因"})


class IdentityLinkSchema(Schema):
    """Somebody who has to do with a task: may take it, has it, or delegated it."""

    id = fields.String(required=True, metadata={"description": "user:登录名 或 group:组"})
    type = fields.String(
        required=True,
        validate=validate.OneOf(("candidate", "assignee", "owner")),
        metadata={"description": "候选、办理人或转办人；只有候选的可以增加、移除"},
    )
    user = fields.String(allow_none=True, metadata={"description": "登录名"})
    group = fields.String(allow_none=True, metadata={"description": "组"})


class FollowUpTask(Input):
    """Until when a task is put aside."""

    at = Moment(required=True, allow_none=True, metadata={"description": "跟进时间；null 为取消"})


class PrioritiseTask(Input):
    """How urgent a task is."""

    priority = fields.Integer(required=True, strict=True, validate=validate.Range(0, 100))


class CommentTask(Input):
    """A remark."""

    text = fields.String(required=True, validate=validate.Length(1, 2000))


class Reschedule(Input):
    """A new due moment, with the reason and the rule that allows it."""

    due_at = Moment(required=True, metadata={"description": "新的到期时刻，须晚于现在"})
    reason = fields.String(required=True, validate=validate.Length(1, 2000), metadata={"description": "变更原因"})
    clause = fields.String(
        allow_none=True, load_default=None, validate=validate.Length(1, 255), metadata={"description": "依据条款"}
    )


class CommentSchema(Schema):
    """A remark that was made."""

    at = Moment()
    author = fields.String()
    text = fields.String()


class TaskSchema(Schema):
    """One piece of human work."""

    id = fields.String(required=True)
    element = fields.String(required=True)
    name = fields.String(required=True)
    type = fields.String(metadata={"description": "userTask 或 manualTask"})
    definition = fields.String(required=True)
    definition_name = fields.String()
    version = fields.Integer()
    instance_id = fields.String(required=True)
    business_key = fields.String(allow_none=True)
    subject = fields.String(allow_none=True, metadata={"description": "事由：流程变量 subject"})
    hazard = fields.String(
        allow_none=True, metadata={"description": "所属隐患的编号，只在我看得到这件隐患时；见于任务列表和任务详情"}
    )
    groups = fields.List(fields.String())
    users = fields.List(fields.String())
    assignee = fields.String(allow_none=True)
    owner = fields.String(allow_none=True, metadata={"description": "转办人"})
    delegation = fields.String(allow_none=True, metadata={"description": "pending 转办中，resolved 已交回"})
    due_at = Moment(allow_none=True)
    provisional = fields.Boolean(metadata={"description": "期限暂定：所用年份的放假安排尚未公布"})
    follow_up_at = Moment(allow_none=True)
    lamp = fields.String(allow_none=True)
    status = fields.String(required=True)
    priority = fields.Integer()
    created_at = Moment()
    ended_at = Moment(allow_none=True)
    completed_by = fields.String(allow_none=True)
    on_behalf_of = fields.String(allow_none=True, metadata={"description": "由代办人认领或办结时：代谁办理"})
    substitute_for = fields.String(allow_none=True, metadata={"description": "由我办理时代谁；本人的任务为 null"})


class EarlierStepSchema(Schema):
    """An earlier step to which an open task can be returned."""

    element = fields.String(required=True)
    name = fields.String()
    completed_by = fields.String(allow_none=True)
    completed_at = Moment()


class TaskDetailSchema(TaskSchema):
    """One task with its form, the variables it shows, and its remarks."""

    form = fields.Raw(
        attribute="form_schema", allow_none=True, metadata={"description": "form-js 表单；没有时按变量填写"}
    )
    form_name = fields.String(attribute="form", allow_none=True)
    documentation = fields.String(allow_none=True, metadata={"description": "流程图中的办理说明"})
    variables = fields.Dict()
    comments = fields.List(fields.Nested(CommentSchema))
    attachments = fields.List(fields.Nested(AttachmentSchema))
    limit = fields.Nested(
        DeadlineSchema, allow_none=True, metadata={"description": "到期时刻所属的时限：依据、怎样算出来、逾期后果"}
    )
    returnable = fields.List(fields.Nested(EarlierStepSchema), metadata={"description": "可以退回到的环节"})
