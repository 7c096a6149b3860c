"""Routes of deadlines over all cases: what is due next, and a person who stops, resumes or changes one."""

from datetime import date
from typing import Any

from marshmallow import Schema, fields, validate

from api import auth
from api.blueprint import Blueprint
from api.hazards_schemas import DeadlineSchema
from api.order_time_schemas import AnswerMoreTime, AskMoreTime, MoreTimeQuery, OrderTimeSchema
from api.schemas import Input, Moment, PageQuery, page_of
from engine.campaign import due_list, order_extensions, order_time, stopping
from engine.campaign.stopping import Ground

blp = Blueprint("deadlines", "时限：快到期的和已逾期的", "/deadlines")


class DueQuery(PageQuery):
    """Which deadlines; without any, all that run."""

    side = fields.String(
        load_default=None, validate=validate.OneOf(("own", "party")), metadata={"description": "own 机关自己的时限"}
    )
    state = fields.String(
        load_default=None,
        validate=validate.OneOf(due_list.STATES),
        metadata={"description": "due 未到期、overdue 已过期未办结、missed 逾期办结、suspended 中止、met 按期办结"},
    )
    clock = fields.String(load_default=None, metadata={"description": "时限编号，例如 T50"})
    unit = fields.String(load_default=None, metadata={"description": "应当办理的单位"})


class DueSchema(Schema):
    """One deadline of some case."""

    id = fields.Integer(required=True)
    hazard = fields.String(allow_none=True)
    report = fields.String(allow_none=True)
    kind = fields.String()
    clock = fields.String()
    title = fields.String(metadata={"description": "时限名称"})
    side = fields.String()
    unit = fields.String(allow_none=True, metadata={"description": "应当办理的单位"})
    due_at = Moment()
    due_date = fields.Date()
    workdays_left = fields.Integer()
    overdue_workdays = fields.Integer()
    clause = fields.String()
    consequence = fields.String()
    provisional = fields.Boolean()
    state = fields.String()


class GroundInput(Input):
    """Why a date is changed."""

    reason = fields.String(required=True, validate=validate.Length(1, 2000))
    clause = fields.String(required=True, validate=validate.Length(1, 255), metadata={"description": "依据条款"})
    evidence = fields.String(
        required=True, validate=validate.Length(1, 2000), metadata={"description": "证据：文书名称和文号"}
    )
    files = fields.List(
        fields.String(validate=validate.Length(1, 64)), load_default=list, validate=validate.Length(max=50),
        metadata={"description": "该隐患的文件编号"},
    )  # fmt: skip


class ReplaceInput(GroundInput):
    """… and until when."""

    due_on = fields.Date(required=True, metadata={"description": "新的期限（最后一天）"})


@blp.get("")
@blp.query(DueQuery)
@blp.answers(page_of(DueSchema))
def index(**wanted: Any) -> object:
    """快到期的和已逾期的时限，最早的在前；只列本人职责范围内的。"""
    return due_list.list_due(auth.app(), auth.viewer(), **wanted)


@blp.post("/<int:deadline_id>/suspend")
@blp.body(GroundInput)
@blp.answers(DeadlineSchema)
def suspend(deadline_id: int, **ground: Any) -> object:
    """中止计时（例如检测鉴定期间、不可抗力）：提醒和升级随之停止。"""
    return stopping.suspend(auth.app(), deadline_id, Ground(**ground), viewer=auth.viewer())


@blp.post("/<int:deadline_id>/resume")
@blp.body(GroundInput)
@blp.answers(DeadlineSchema)
def resume(deadline_id: int, **ground: Any) -> object:
    """恢复计时：余下的期限从今天继续计算，得到新的时限。"""
    return stopping.resume(auth.app(), deadline_id, Ground(**ground), viewer=auth.viewer())


@blp.post("/<int:deadline_id>/replace")
@blp.body(ReplaceInput)
@blp.answers(DeadlineSchema)
def replace(deadline_id: int, due_on: date, **ground: Any) -> object:
    """改为另一日期：缩短由经办人即可，延长须由领导办理；原时限保留为已变更。"""
    return stopping.replace(auth.app(), deadline_id, due_on, Ground(**ground), viewer=auth.viewer())


@blp.get("/<int:deadline_id>/extension")
@blp.query(MoreTimeQuery)
@blp.answers(OrderTimeSchema)
def more_time(deadline_id: int, **wanted: Any) -> object:
    """责令整改的期限（T3）能否申请延期：到哪一天可以申请、最长多久、由谁在哪一天前答复；给出几日（或者哪一天）的，答复会得到的新期限和怎样算出。"""
    return order_time.show(auth.app(), deadline_id, **wanted, viewer=auth.viewer())


@blp.post("/<int:deadline_id>/extension")
@blp.body(AskMoreTime)
@blp.answers(DeadlineSchema, 201)
def ask_more_time(deadline_id: int, **asked: Any) -> object:
    """对责令整改的期限（T3）申请延期：由被责令的单位提出，或者由部门登记收到的书面申请；回答部门答复的时限（T8.answer）。"""
    return order_extensions.ask(auth.app(), deadline_id, **asked, viewer=auth.viewer())


@blp.post("/<int:deadline_id>/extension/answer")
@blp.body(AnswerMoreTime)
@blp.answers(DeadlineSchema)
def answer_more_time(deadline_id: int, **answered: Any) -> object:
    """答复延期申请：由作出指令的部门负责人批准或者不予延期。"""
    return order_extensions.answer(auth.app(), deadline_id, **answered, viewer=auth.viewer())
