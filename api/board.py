"""Routes of the boards: today, lamps, map, trends, the leader's two minutes; each number with the list behind it."""

from typing import Any

from marshmallow import Schema

from api import auth
from api.blueprint import Blueprint
from api.board_schemas import (
    BoardLineSchema,
    BoardMapSchema,
    BoardSchema,
    BriefSchema,
    LampMatrixSchema,
    LimitQuery,
    LineQuery,
    OutlinesWrittenSchema,
    SpotQuery,
    SpotSchema,
    TodaySchema,
    TrendQuery,
    TrendsSchema,
)
from api.body import one_upload
from api.schemas import page_of
from engine.campaign import (
    board,
    board_leader,
    board_limits,
    board_lines,
    board_map,
    board_today,
    board_trends,
    outlines,
)

blp = Blueprint("board", "看板：今日、灯色、红绿图、趋势、两分钟", "/board")


@blp.get("")
@blp.answers(BoardSchema)
def show() -> object:
    """按社区和灯色统计未销号隐患，按职责范围。"""
    return board.board(auth.app(), auth.viewer())


@blp.get("/lamps")
@blp.answers(LampMatrixSchema)
def lamps() -> object:
    """按社区、行业和灯色统计未销号隐患，按职责范围。"""
    return board.matrix(auth.app(), auth.viewer())


@blp.get("/today")
@blp.answers(TodaySchema)
def today() -> object:
    """今天要看的数字，每个数字带着后面的清单。"""
    return board_today.today(auth.app(), auth.viewer())


@blp.get("/lines/<of>")
@blp.query(LineQuery)
@blp.answers(page_of(BoardLineSchema))
def lines(of: str, **wanted: Any) -> object:
    """一个数字后面的记录：unsigned、escalated、measures_ending、reports_unanswered、waiting。"""
    return board_lines.lines(auth.app(), auth.viewer(), of, **wanted)


@blp.get("/map")
@blp.answers(BoardMapSchema)
def draw() -> object:
    """红绿图：社区、网格和场所，按最重的灯色。"""
    return board_map.draw(auth.app(), auth.viewer())


@blp.get("/places")
@blp.query(SpotQuery)
@blp.answers(page_of(SpotSchema))
def spots(**wanted: Any) -> object:
    """红绿图的清单：场所，灯色重的在前。"""
    return board_map.list_spots(auth.app(), auth.viewer(), **wanted)


@blp.post("/outlines")
@blp.form(Schema, file="file")
@blp.answers(OutlinesWrittenSchema, 201)
def write_outlines() -> object:
    """上传轮廓：GeoJSON（WGS 84），每个要素的属性写 unit（单位代码）或 place（场所编号）；要么全部写入，要么都不写。"""
    return outlines.write(auth.app(), one_upload("file")[1], viewer=auth.viewer())


@blp.get("/trends")
@blp.query(TrendQuery)
@blp.answers(TrendsSchema)
def trends(**wanted: Any) -> object:
    """按周或月的发现、销号、逾期、按期率、平均天数、复发率，另按社区、行业、来源。"""
    return board_trends.trends(auth.app(), auth.viewer(), **wanted)


@blp.get("/limits")
@blp.query(LimitQuery)
@blp.answers(page_of(BoardLineSchema))
def limits(**wanted: Any) -> object:
    """趋势中届满、按期、逾期这几个数字后面的时限。"""
    return board_limits.limits(auth.app(), auth.viewer(), **wanted)


@blp.get("/leader")
@blp.answers(BriefSchema)
def leader() -> object:
    """领导两分钟：五个数字和变化、最重的场所、逾期的单位、一周两句话、专项进度。"""
    return board_leader.brief(auth.app(), auth.viewer())
