"""Routes of calendars: which years have a holiday table, what a new one would move, saving it."""

from typing import Any

from marshmallow import Schema, fields, validate

from api import auth
from api.blueprint import Blueprint
from api.schemas import Input, LongPageQuery, Moment, page_from, page_of
from engine.campaign import calendars, holiday_notice

blp = Blueprint("calendars", "放假安排：工作日按它计算", "/calendars")
YEAR = f"/<int(min={holiday_notice.FIRST_YEAR},max={holiday_notice.LAST_YEAR}):year>"


class YearSchema(Schema):
    """A year in the list."""

    year = fields.Integer(required=True)
    state = fields.String(
        validate=validate.OneOf((calendars.OFFICIAL, calendars.PROVISIONAL)),
        metadata={"description": "official 已公布；provisional 未公布，按双休日和法定节假日暂定"},
    )
    source = fields.String(metadata={"description": "依据"})
    version = fields.Integer(metadata={"description": "保存过几版；0 为没有保存过，保存时要带上"})
    days_off = fields.Integer()
    working_days = fields.Integer(metadata={"description": "调休上班的天数"})
    provisional_deadlines = fields.Integer(metadata={"description": "在这一年到期、还是暂定的时限"})
    at = Moment(allow_none=True)
    by = fields.String()


class HolidaySchema(Schema):
    """Days of one holiday that follow each other."""

    name = fields.String(required=True)
    first = fields.Date()
    last = fields.Date()
    days = fields.Integer()


class NamedDaySchema(Schema):
    """One day."""

    day = fields.Date(required=True)
    name = fields.String()


class CalendarSchema(YearSchema):
    """A year with its days."""

    holidays = fields.List(fields.Nested(HolidaySchema))
    working = fields.List(fields.Nested(NamedDaySchema))
    statutory = fields.List(fields.Nested(NamedDaySchema))


class CalendarVersionSchema(Schema):
    """One saved version."""

    version = fields.Integer(required=True)
    at = Moment()
    by = fields.String()
    source = fields.String()
    reason = fields.String()
    holidays = fields.List(fields.Nested(HolidaySchema))
    working = fields.List(fields.Nested(NamedDaySchema))


class TryTable(Input):
    """A holiday table as text."""

    text = fields.String(
        required=True, validate=validate.Length(1, holiday_notice.LONGEST),
        metadata={"description": "国务院办公厅通知的正文，或 CSV（日期,节日,休/班），或 JSON"},
    )  # fmt: skip


class SaveTable(TryTable):
    """A holiday table that is to count."""

    version = fields.Integer(
        required=True, validate=validate.Range(0, 1_000_000), metadata={"description": "读到的版本，没有为 0"}
    )
    source = fields.String(required=True, validate=validate.Length(1, 255), metadata={"description": "依据，如文号"})
    reason = fields.String(required=True, validate=validate.Length(1, 2000))


class MovedDateSchema(Schema):
    """One due moment that moves."""

    what = fields.String(metadata={"description": "deadline 时限、task 任务、timer 定时器"})
    number = fields.String(metadata={"description": "编号"})
    title = fields.String()
    before = Moment()
    after = Moment()


class MovedGroupSchema(Schema):
    """How many move from which last day to which."""

    what = fields.String()
    what_name = fields.String()
    title = fields.String()
    from_day = fields.Date()
    to_day = fields.Date()
    n = fields.Integer()


class EffectSchema(Schema):
    """What counting again does."""

    moved = fields.List(fields.Nested(MovedDateSchema))
    confirmed = fields.Integer(metadata={"description": "日期不变、不再是暂定的"})
    provisional = fields.Integer(metadata={"description": "还要等以后年份的放假安排的"})
    failed = fields.List(fields.String(), metadata={"description": "没有算成的案件，保持原样"})


class TableTrialSchema(Schema):
    """What a table says and does."""

    year = fields.Integer(required=True)
    version = fields.Integer()
    correction = fields.Boolean(metadata={"description": "这一年已有放假安排，这是更正"})
    holidays = fields.List(fields.Nested(HolidaySchema))
    working = fields.List(fields.Nested(NamedDaySchema))
    effect = fields.Nested(EffectSchema)
    groups = fields.List(fields.Nested(MovedGroupSchema))


@blp.get("")
@blp.query(LongPageQuery)
@blp.answers(page_of(YearSchema))
def index(page: int, size: int) -> object:
    """各年的放假安排：已公布还是暂定，依据什么。"""
    return page_from(calendars.list_years(auth.app(), auth.viewer()), page, size)


@blp.get(YEAR)
@blp.answers(CalendarSchema)
def show(year: int) -> object:
    """一年的放假和调休上班日期。"""
    return calendars.show(auth.app(), year, viewer=auth.viewer())


@blp.get(f"{YEAR}/versions")
@blp.query(LongPageQuery)
@blp.answers(page_of(CalendarVersionSchema))
def versions(year: int, page: int, size: int) -> object:
    """保存过的各版，新的在前：谁、何时、依据什么、为什么。"""
    return page_from(calendars.versions(auth.app(), year, viewer=auth.viewer()), page, size)


@blp.post(f"{YEAR}/trial")
@blp.body(TryTable)
@blp.answers(TableTrialSchema)
def trial(year: int, text: str) -> object:
    """试算（管理员）：读出了什么，哪些未到期的日期会从哪天变到哪天；什么都不改。"""
    return calendars.trial(auth.app(), year, text, viewer=auth.viewer())


@blp.post(YEAR)
@blp.body(SaveTable)
@blp.answers(TableTrialSchema)
def save(year: int, text: str, **how: Any) -> object:
    """保存放假安排（管理员）并重新计算未到期的日期；答复与试算相同。"""
    return calendars.save(auth.app(), year, text, viewer=auth.viewer(), **how)
