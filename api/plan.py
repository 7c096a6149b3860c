"""Routes of the three-year plan: its numbered tasks and milestones."""

from typing import Any

from marshmallow import Schema, fields, validate

from api import auth
from api.blueprint import Blueprint
from api.plan_schemas import (
    ChangeMilestone,
    ChangeTask,
    CreateMilestone,
    CreateTask,
    RemoveFromPlan,
)
from api.schemas import Input, LongPageQuery, PageQuery, in_english, page_from, page_of
from engine.campaign import plan, plan_edits, plan_shares, sector_leaders

blp = Blueprint("plan", "三年行动方案：任务和节点", "/plan")


class PlanTaskQuery(LongPageQuery):
    """Which tasks are wanted."""

    unit = fields.String(
        load_default=None, metadata={"description": "只看该单位牵头或配合的任务；社区、网格含各社区负责的"}
    )


class TaskReportSchema(Schema):
    """What the lead unit last reported about a task."""

    period = fields.String(required=True, metadata={"description": "月份，如 2026-09"})
    progress = fields.String(metadata={"description": "按计划、滞后、已完成"})
    done = fields.String()
    problems = fields.String()
    next_steps = fields.String()
    collected = fields.Boolean(metadata={"description": "安委办是否已核收"})


class PlanTaskSchema(Schema):
    """One numbered task with the units that lead and support it."""

    number = fields.Integer(required=True)
    action = fields.String()
    title = fields.String()
    content = fields.String()
    rhythm = fields.String()
    lead_units = fields.List(fields.String())
    lead_names = fields.List(fields.String())
    support_units = fields.List(fields.String())
    support_names = fields.List(fields.String())
    communities = fields.Boolean(metadata={"description": "各社区都负责"})
    revision = fields.Integer()
    report = fields.Nested(
        TaskReportSchema, allow_none=True,
        metadata={"description": "最近一期月调度：牵头单位和街道看全部，配合单位和各社区看已核收的"},
    )  # fmt: skip


class PlanMeasureSchema(Schema):
    """A milestone's number, computed from the records."""

    key = fields.String(required=True)
    title = fields.String()
    title_en = in_english("title")
    words = fields.String(metadata={"description": "指标口径"})
    words_en = in_english("words")
    on = fields.Date(metadata={"description": "计算到哪一天"})
    numerator = fields.Integer()
    denominator = fields.Integer(allow_none=True)
    rate = fields.Float(allow_none=True, metadata={"description": "百分比；没有分母时为空"})
    shown = fields.String()
    shown_en = in_english("shown")
    target = fields.String()
    target_en = in_english("target")
    state = fields.String(metadata={"description": "达到、未达到、进行中，没有可统计的记录为无数据"})


class MeasuredSchema(Schema):
    """How a milestone is computed from the records; empty when a person judges it."""

    kind = fields.String(metadata={"description": "stock 存量、growth 增量、zero 清零"})
    found_before = fields.String()
    most = fields.Integer()
    since = fields.String()


class MilestoneSchema(Schema):
    """A date by which the plan wants something reached."""

    id = fields.String(required=True)
    name = fields.String()
    due_on = fields.Date()
    target = fields.String()
    tasks = fields.List(fields.Integer())
    passed = fields.Boolean()
    workdays_left = fields.Integer()
    due_today = fields.Boolean()
    measure = fields.Nested(PlanMeasureSchema, allow_none=True)
    measured = fields.Nested(MeasuredSchema, metadata={"description": "怎样计算，见节点的 measure"})
    revision = fields.Integer()


class ShareMeasureSchema(Schema):
    """A milestone's measure over the records of one community."""

    milestone = fields.String(required=True)
    name = fields.String()
    measure = fields.Nested(PlanMeasureSchema)


class PlanShareSchema(Schema):
    """What one community (or the own grid) has of the plan."""

    code = fields.String(required=True)
    name = fields.String()
    tasks = fields.List(fields.Integer(), metadata={"description": "各社区都负责的任务编号"})
    measures = fields.List(fields.Nested(ShareMeasureSchema))


class MilestoneRecordsQuery(PageQuery):
    """Whose records are wanted."""

    community = fields.String(load_default=None, metadata={"description": "只看该社区或网格的"})


class FigureRecordSchema(Schema):
    """One record behind a number."""

    key = fields.String(required=True, metadata={"description": "隐患编号；清零为日期"})
    counted = fields.Boolean(metadata={"description": "是否计入分子"})
    name = fields.String()
    community = fields.String()
    sector = fields.String()
    day = fields.Date(allow_none=True)
    note = fields.String()


class SectorSchema(Schema):
    """A sector with the leader who answers for it (一岗双责)."""

    sector = fields.String(required=True)
    leader = fields.String(allow_none=True, metadata={"description": "分管领导的登录名，没有确定的为空"})
    leader_name = fields.String()
    places = fields.Integer(metadata={"description": "在册场所，家"})
    open = fields.Integer(metadata={"description": "未销号隐患，项"})
    major = fields.Integer(metadata={"description": "其中重大"})
    overdue = fields.Integer(metadata={"description": "其中逾期"})


class NameLeader(Input):
    """Who answers for a sector from now on."""

    leader = fields.String(required=True, allow_none=True, validate=validate.Length(1, 64))
    reason = fields.String(load_default="", validate=validate.Length(max=2000))


@blp.get("/sectors")
@blp.query(LongPageQuery)
@blp.answers(page_of(SectorSchema))
def sectors(page: int, size: int) -> object:
    """各行业的分管领导（一岗双责）和隐患情况。"""
    return page_from(sector_leaders.list_sectors(auth.app(), auth.viewer()), page, size)


@blp.post("/sectors/<sector>")
@blp.body(NameLeader)
@blp.answers(SectorSchema)
def name_leader(sector: str, **values: Any) -> object:
    """确定一个行业由谁分管（经办人、街道领导）；空为没有确定。"""
    return sector_leaders.name_leader(auth.app(), sector, **values, viewer=auth.viewer())


@blp.get("/tasks")
@blp.query(PlanTaskQuery)
@blp.answers(page_of(PlanTaskSchema))
def tasks(unit: str | None, page: int, size: int) -> object:
    """三年行动方案的编号任务。"""
    return page_from(plan.list_tasks(auth.app(), auth.viewer(), unit=unit), page, size)


@blp.post("/tasks")
@blp.body(CreateTask)
@blp.answers(PlanTaskSchema, 201)
def add_task(**values: Any) -> object:
    """新增编号任务（经办人、街道领导）。"""
    return plan_edits.add_task(auth.app(), values, viewer=auth.viewer())


@blp.patch("/tasks/<int:number>")
@blp.body(ChangeTask)
@blp.answers(PlanTaskSchema)
def change_task(number: int, revision: int, reason: str, **values: Any) -> object:
    """修改任务，包括是否由各社区负责；带上读到的 revision 和理由，改动留痕。"""
    return plan_edits.change_task(
        auth.app(), number, values, revision=revision, reason=reason, viewer=auth.viewer()
    )  # fmt: skip


@blp.post("/tasks/<int:number>/remove")
@blp.body(RemoveFromPlan)
@blp.answers(None, 204)
def remove_task(number: int, reason: str) -> None:
    """删除没有月调度、履职事项、专项行动、活动和节点的任务。"""
    plan_edits.remove_task(auth.app(), number, reason=reason, viewer=auth.viewer())


@blp.get("/communities")
@blp.query(LongPageQuery)
@blp.answers(page_of(PlanShareSchema))
def communities(page: int, size: int) -> object:
    """各社区负责的任务和从各自记录算出的指标：街道看全部，社区看本社区，网格看本网格。"""
    return plan_shares.list_shares(auth.app(), auth.viewer(), page=page, size=size)


@blp.get("/milestones")
@blp.query(LongPageQuery)
@blp.answers(page_of(MilestoneSchema))
def milestones(page: int, size: int) -> object:
    """三年行动方案的时间节点，指标从记录里算出来。"""
    return page_from(plan.list_milestones(auth.app(), auth.viewer()), page, size)


@blp.post("/milestones")
@blp.body(CreateMilestone)
@blp.answers(MilestoneSchema, 201)
def add_milestone(**values: Any) -> object:
    """新增节点（经办人、街道领导）。"""
    return plan_edits.add_milestone(auth.app(), values, viewer=auth.viewer())


@blp.patch("/milestones/<milestone_id>")
@blp.body(ChangeMilestone)
@blp.answers(MilestoneSchema)
def change_milestone(milestone_id: str, revision: int, reason: str, **values: Any) -> object:
    """修改节点和怎样计算；带上读到的 revision 和理由，改动留痕。"""
    if "measure" in values:
        values["measure"] = values["measure"] or {}
    return plan_edits.change_milestone(
        auth.app(), milestone_id, values, revision=revision, reason=reason, viewer=auth.viewer()
    )  # fmt: skip


@blp.post("/milestones/<milestone_id>/remove")
@blp.body(RemoveFromPlan)
@blp.answers(None, 204)
def remove_milestone(milestone_id: str, reason: str) -> None:
    """删除节点；已经冻结的通报不变。"""
    plan_edits.remove_milestone(auth.app(), milestone_id, reason=reason, viewer=auth.viewer())


@blp.get("/milestones/<milestone_id>/records")
@blp.query(MilestoneRecordsQuery)
@blp.answers(page_of(FigureRecordSchema))
def records(milestone_id: str, community: str | None, page: int, size: int) -> object:
    """节点指标背后的记录。"""
    return plan.records(auth.app(), milestone_id, auth.viewer(), community=community, page=page, size=size)
