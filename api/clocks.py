"""Routes of the clocks T1–T60: what the rules are, and what they come to for a start that one gives."""

from datetime import date, datetime

from marshmallow import Schema, fields, validate

from api import auth
from api.blueprint import Blueprint
from api.schemas import Input, LongPageQuery, Moment, page_from, page_of
from engine.campaign import clock_rules

blp = Blueprint("clocks", "法定和本地时限 T1–T60", "/clocks")


class ClocksQuery(LongPageQuery):
    """In force on which day; today when left out."""

    on = fields.Date(load_default=None)


class ReminderSchema(Schema):
    """When somebody is reminded of it, by table D4."""

    at = fields.String()
    to = fields.List(fields.String())
    how = fields.String()
    text = fields.String()


class ExtensionSchema(Schema):
    """Whether and how it may be extended."""

    times = fields.Integer()
    n = fields.Integer(allow_none=True)
    unit = fields.String()
    by = fields.String()
    ask = fields.String()


class ClockRuleSchema(Schema):
    """One clock as it is in force."""

    code = fields.String(required=True)
    title = fields.String()
    start = fields.String(metadata={"description": "起算事件"})
    n = fields.Integer(allow_none=True, metadata={"description": "数量；为空时由案件决定"})
    unit = fields.String(metadata={"description": "wd 工作日、d 日、h 小时、wh 工作小时、month、year、counter、fixed"})
    roll = fields.String(metadata={"description": "F 末日遇休息日顺延，N 不顺延"})
    clause = fields.String()
    consequence = fields.String(metadata={"description": "逾期的后果，由本项目归纳，需法制审核"})
    note = fields.String(metadata={"description": "未经法制审核的标注"})
    reminders = fields.List(fields.Nested(ReminderSchema))
    extension = fields.Nested(ExtensionSchema, allow_none=True)
    valid_from = fields.Date()
    valid_to = fields.Date(allow_none=True)


class EndQuery(Input):
    """From when, and how many where the case decides."""

    start_at = Moment(required=True)
    n = fields.Integer(load_default=None, validate=validate.Range(0, 10_000))


class EndSchema(Schema):
    """When it ends, and how that was counted."""

    code = fields.String(required=True)
    title = fields.String()
    due_at = Moment()
    last_day = fields.Date()
    decide_by = Moment(metadata={"description": "最迟在此之前作出决定"})
    words = fields.String(metadata={"description": "计算过程"})
    provisional = fields.Boolean()
    consequence = fields.String()


class Happened(Input):
    """When the counted events were."""

    moments = fields.List(Moment(), required=True, validate=validate.Length(max=1000))


class ReachedSchema(Schema):
    """Whether there were enough of them."""

    code = fields.String(required=True)
    title = fields.String()
    reached = fields.Boolean()
    consequence = fields.String()
    clause = fields.String()


@blp.get("")
@blp.query(ClocksQuery)
@blp.answers(page_of(ClockRuleSchema))
def index(on: date | None, page: int, size: int) -> object:
    """某日有效的全部时限规则。"""
    return page_from(clock_rules.in_force(auth.app(), on), page, size)


@blp.get("/<code>/end")
@blp.query(EndQuery)
@blp.answers(EndSchema)
def end(code: str, start_at: datetime, n: int | None) -> object:
    """从起算时刻算出届满时刻，并写明怎么算的。"""
    return clock_rules.end_of(auth.app(), code, start_at, n)


@blp.post("/<code>/reached")
@blp.body(Happened)
@blp.answers(ReachedSchema)
def reached(code: str, moments: list[datetime]) -> object:
    """次数规则：这些时刻到今天是否已满次数。"""
    return clock_rules.happened(auth.app(), code, moments)
