"""Shapes of the boards: today, lamps, map, trends, the leader's two minutes."""

from datetime import date
from typing import Any

from marshmallow import Schema, fields, validate

from api.campaigns_schemas import CampaignSchema
from api.schemas import Input, Moment, PageQuery, in_english
from engine.campaign import board_map, board_trends, hazards


def _lamps(**more: str) -> fields.Dict:
    return fields.Dict(keys=fields.String(), values=fields.Integer(), metadata=more)


class Asking(fields.Field[dict[str, Any]]):
    """A filter as a query string writes it: days as ISO 8601, booleans as true and false."""

    def _serialize(self, value: dict[str, Any] | None, attr: str | None, obj: Any, **kwargs: Any) -> dict[str, str]:
        return {name: _written(one) for name, one in (value or {}).items()}


ASKED = {"description": "清单的筛选条件", "type": "object", "additionalProperties": {"type": "string"}}


def _written(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return value.isoformat() if isinstance(value, date) else str(value)


class BoardRowSchema(Schema):
    """One community: colour → number of open hazards."""

    community = fields.String(required=True)
    community_name = fields.String()
    lamps = _lamps()
    total = fields.Integer()


class BoardSchema(Schema):
    """All communities, and the sum of each colour."""

    rows = fields.List(fields.Nested(BoardRowSchema), required=True)
    lamps = _lamps()
    total = fields.Integer()


class LampCellSchema(Schema):
    """What is open in one sector of one community."""

    community = fields.String(required=True)
    lamps = _lamps()
    total = fields.Integer()


class SectorRowSchema(Schema):
    """One sector with a cell for each community that has open hazards in it."""

    sector = fields.String(required=True)
    cells = fields.List(fields.Nested(LampCellSchema))
    sum = fields.Nested(LampCellSchema)


class LampMatrixSchema(Schema):
    """The board by community, and the same by sector and community."""

    board = fields.Nested(BoardSchema, required=True)
    sectors = fields.List(fields.Nested(SectorRowSchema))


class BoardNumberSchema(Schema):
    """A number with the list behind it."""

    key = fields.String(required=True)
    count = fields.Integer()
    list = fields.String(
        validate=validate.OneOf(("hazards", "lines")),
        metadata={"description": "hazards：台账，按 query 筛选；lines：/board/lines/{key}"},
    )
    query = Asking(metadata=ASKED)


class WaitingGroupSchema(Schema):
    """A group for which work waits."""

    group = fields.String(required=True)
    count = fields.Integer()
    late = fields.Integer()


class TodaySchema(Schema):
    """The board of a day."""

    at = Moment(required=True)
    numbers = fields.List(fields.Nested(BoardNumberSchema))
    waiting = fields.List(fields.Nested(WaitingGroupSchema))


class LineQuery(PageQuery):
    """Which records behind a number."""

    group = fields.String(
        validate=validate.Length(1, 255), metadata={"description": "只看等待这个候选组的任务（waiting）"}
    )
    late = fields.Boolean(metadata={"description": "只看逾期的任务（waiting）"})


class BoardLineSchema(Schema):
    """One record behind a number."""

    key = fields.String(required=True)
    title = fields.String()
    hazard = fields.String(allow_none=True)
    place_name = fields.String()
    community_name = fields.String()
    who = fields.String()
    at = Moment()
    due_at = Moment(allow_none=True)
    late = fields.Boolean()
    note = fields.String()


class OutlinesWrittenSchema(Schema):
    """How many outlines were written."""

    units = fields.Integer(required=True)
    places = fields.Integer()


class AreaSchema(Schema):
    """A community or grid on the map."""

    code = fields.String(required=True)
    name = fields.String()
    kind = fields.String()
    parent = fields.String(allow_none=True)
    geometry = fields.Dict(allow_none=True, metadata={"description": "GeoJSON，[经度, 纬度]；没有上传轮廓时为空"})
    lamp = fields.String(validate=validate.OneOf(board_map.RANKS))
    total = fields.Integer(metadata={"description": "未销号隐患"})
    lamps = _lamps()


class SpotSchema(Schema):
    """A place on the map."""

    id = fields.String(required=True)
    name = fields.String()
    community = fields.String()
    community_name = fields.String()
    grid = fields.String()
    sector = fields.String()
    geometry = fields.Dict(allow_none=True)
    lamp = fields.String(validate=validate.OneOf(board_map.RANKS))
    total = fields.Integer(metadata={"description": "未销号隐患"})


class BoardMapSchema(Schema):
    """The red-green map."""

    areas = fields.List(fields.Nested(AreaSchema), required=True)
    places = fields.List(fields.Nested(SpotSchema))
    unplaced = fields.Integer(metadata={"description": "没有位置的场所"})
    more = fields.Integer(metadata={"description": "太多而没有画出的场所"})


class SpotQuery(PageQuery):
    """Which places of the map are listed."""

    lamp = fields.String(
        attribute="worst",
        validate=validate.OneOf(board_map.RANKS),
        metadata={"description": "最重的灯色；none 无隐患"},
    )
    community = fields.String(validate=validate.Length(1, 64))
    grid = fields.String(validate=validate.Length(1, 64))
    sector = fields.String(validate=validate.Length(1, 32))
    q = fields.String(validate=validate.Length(1, 255), metadata={"description": "按名称查找"})


class TrendQuery(Input):
    """Which time is counted, how it is divided, and of whom."""

    by = fields.String(load_default="week", validate=validate.OneOf(list(board_trends.FORMS)))
    first = fields.Date(data_key="from", load_default=None)
    last = fields.Date(data_key="to", load_default=None, metadata={"description": "省略为今天"})
    community = fields.String(validate=validate.Length(1, 64))
    sector = fields.String(validate=validate.Length(1, 32))
    source = fields.String(validate=validate.OneOf(hazards.SOURCES))


class LimitQuery(PageQuery):
    """Which limits to fix: those that ended on these days, both of which count; this month's when none is given."""

    first = fields.Date(data_key="from", load_default=None)
    last = fields.Date(data_key="to", load_default=None)
    kept = fields.Boolean(metadata={"description": "true 只看按期的，false 只看逾期的"})
    community = fields.String(validate=validate.Length(1, 64))
    sector = fields.String(validate=validate.Length(1, 32))
    source = fields.String(validate=validate.OneOf(hazards.SOURCES))


class SumsSchema(Schema):
    """What was counted."""

    found = fields.Integer(required=True)
    closed = fields.Integer()
    major_found = fields.Integer()
    limits = fields.Integer(metadata={"description": "届满的整改时限"})
    on_time = fields.Integer()
    late = fields.Integer(metadata={"description": "届满未办结"})
    on_time_rate = fields.Float(allow_none=True)
    recurred = fields.Integer()
    recurrence_rate = fields.Float(allow_none=True)
    mean_days = fields.Float(allow_none=True, metadata={"description": "从发现到销号平均多少天"})


class TrendStepSchema(Schema):
    """One week or month."""

    period = fields.String(required=True)
    starts_on = fields.Date()
    ends_on = fields.Date()
    frozen = fields.Integer(allow_none=True, metadata={"description": "数字取自这份冻结的通报"})
    sums = fields.Nested(SumsSchema)


class TrendShareSchema(Schema):
    """One community, sector or source."""

    key = fields.String(required=True)
    name = fields.String()
    sums = fields.Nested(SumsSchema)


class TrendsSchema(Schema):
    """Trends over whole weeks or months."""

    by = fields.String(required=True)
    starts_on = fields.Date()
    ends_on = fields.Date()
    steps = fields.List(fields.Nested(TrendStepSchema))
    communities = fields.List(fields.Nested(TrendShareSchema))
    sectors = fields.List(fields.Nested(TrendShareSchema))
    sources = fields.List(fields.Nested(TrendShareSchema))
    total = fields.Nested(SumsSchema)


class ComparedSchema(Schema):
    """A number beside what it was."""

    key = fields.String(required=True)
    value = fields.Float(allow_none=True)
    before = fields.Float(allow_none=True)
    shown = fields.String()
    shown_en = in_english("shown")
    since = fields.Date()
    list = fields.String(validate=validate.OneOf(("hazards", "figure")))
    query = Asking(metadata=ASKED)


class LateUnitSchema(Schema):
    """A unit with overdue hazards."""

    unit = fields.String(required=True)
    name = fields.String()
    count = fields.Integer()
    workdays = fields.Integer(metadata={"description": "最久的逾期多少个工作日"})


class StorySchema(Schema):
    """The week in two sentences."""

    zh = fields.String(required=True)
    en = fields.String()


class BriefSchema(Schema):
    """The leader's two minutes."""

    at = Moment(required=True)
    numbers = fields.List(fields.Nested(ComparedSchema))
    places = fields.List(fields.Nested(SpotSchema))
    units = fields.List(fields.Nested(LateUnitSchema))
    story = fields.Nested(StorySchema)
    campaigns = fields.List(fields.Nested(CampaignSchema))
