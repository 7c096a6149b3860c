"""Routes of the three-year plan: its numbered tasks and milestones."""

from marshmallow import Schema, fields

from api import auth
from api.blueprint import Blueprint
from api.schemas import LongPageQuery, page_from, page_of
from engine.campaign import plan

blp = Blueprint("plan", "三年行动方案：任务和节点", "/plan")


class PlanTaskQuery(LongPageQuery):
    """Which tasks are wanted."""

    unit = fields.String(load_default=None, metadata={"description": "只看该单位牵头或配合的任务"})


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


class MilestoneSchema(Schema):
    """A date by which the plan wants something reached."""

    id = fields.String(required=True)
    name = fields.String()
    due_on = fields.Date()
    target = fields.String()
    tasks = fields.List(fields.Integer())
    passed = fields.Boolean()
    workdays_left = fields.Integer()


@blp.get("/tasks")
@blp.query(PlanTaskQuery)
@blp.answers(page_of(PlanTaskSchema))
def tasks(unit: str | None, page: int, size: int) -> object:
    """三年行动方案的编号任务。"""
    return page_from(plan.list_tasks(auth.app(), auth.viewer(), unit=unit), page, size)


@blp.get("/milestones")
@blp.query(LongPageQuery)
@blp.answers(page_of(MilestoneSchema))
def milestones(page: int, size: int) -> object:
    """三年行动方案的时间节点。"""
    return page_from(plan.list_milestones(auth.app(), auth.viewer()), page, size)
