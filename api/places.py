"""Routes of places: the register of what is inspected."""

from datetime import date
from typing import Any

from api import auth
from api.blueprint import Blueprint
from api.places_schemas import (
    ClosureAdviceSchema,
    CreatePlace,
    EntryCodeSchema,
    GapQuery,
    GapSchema,
    PenaltySchema,
    PlaceQuery,
    PlaceSchema,
    PublishPenalty,
    ReceiveFine,
    RecordPenalty,
    TeamPartSchema,
    UpdatePlace,
)
from api.schemas import LongPageQuery, RegisterChangeSchema, page_from, page_of
from engine.campaign import entry_codes, penalties, place_gaps, places

blp = Blueprint("places", "场所：企业、工地、商户、楼院", "/places")


@blp.get("")
@blp.query(PlaceQuery)
@blp.answers(page_of(PlaceSchema))
def index(**wanted: Any) -> object:
    """场所列表。"""
    return places.list_places(auth.app(), auth.viewer(), **wanted)


@blp.get("/gaps")
@blp.query(GapQuery)
@blp.answers(page_of(GapSchema))
def gaps(kind: str, page: int, size: int) -> object:
    """档案缺什么：包保人员的空缺（team），或者没有填全的档案（file）。"""
    return page_from(place_gaps.list_gaps(auth.app(), auth.viewer(), kind=kind), page, size)


@blp.get("/<place_id>/team-parts")
@blp.query(LongPageQuery)
@blp.answers(page_of(TeamPartSchema))
def team_parts(place_id: str, page: int, size: int) -> object:
    """包保人员该有哪几类、各由谁担任；按今天的规定，不是重点单位的按最低一级列。"""
    return page_from(place_gaps.team_of(auth.app(), place_id, viewer=auth.viewer()), page, size)


@blp.get("/<place_id>")
@blp.answers(PlaceSchema)
def show(place_id: str) -> object:
    """一个场所。"""
    return places.show(auth.app(), place_id, viewer=auth.viewer())


@blp.post("")
@blp.body(CreatePlace)
@blp.answers(PlaceSchema, 201)
@blp.header("Idempotency-Key", "同一个键重复提交，得到第一次建立的档案")
def create(**values: Any) -> object:
    """建立场所档案。"""
    return places.create(auth.app(), values, viewer=auth.viewer(), key=auth.idempotency_key())


@blp.patch("/<place_id>")
@blp.body(UpdatePlace)
@blp.answers(PlaceSchema)
def update(place_id: str, revision: int, reason: str = "", **values: Any) -> object:
    """修改场所档案；须带上读到的版本号，改动留痕。"""
    return places.update(auth.app(), place_id, values, revision=revision, reason=reason, viewer=auth.viewer())


@blp.get("/<place_id>/changes")
@blp.query(LongPageQuery)
@blp.answers(page_of(RegisterChangeSchema))
def changes(place_id: str, page: int, size: int) -> object:
    """档案的修改记录，按先后排列。"""
    return page_from(places.changes(auth.app(), place_id, viewer=auth.viewer()), page, size)


@blp.post("/<place_id>/entry-code")
@blp.answers(EntryCodeSchema)
def entry_code(place_id: str) -> object:
    """入企码的内容（贴在场所门口，扫码入企用）。"""
    code = places.entry_code(auth.app(), place_id, viewer=auth.viewer())
    return {"code": code, "svg": entry_codes.drawn(code)}


@blp.get("/<place_id>/penalties")
@blp.query(LongPageQuery)
@blp.answers(page_of(PenaltySchema))
def penalties_of(place_id: str, page: int, size: int) -> object:
    """有权部门作出的行政处罚，新的在前。"""
    return page_from(penalties.list_penalties(auth.app(), place_id, viewer=auth.viewer()), page, size)


@blp.post("/<place_id>/penalties")
@blp.body(RecordPenalty)
@blp.answers(PenaltySchema, 201)
def record_penalty(place_id: str, **values: Any) -> object:
    """登记一次行政处罚；同一文号只登记一次。"""
    return penalties.add(auth.app(), place_id, values, viewer=auth.viewer())


@blp.patch("/<place_id>/penalties/<int(max=2147483647):penalty_id>")
@blp.body(ReceiveFine)
@blp.answers(PenaltySchema)
def receive_fine(place_id: str, penalty_id: int, paid: int) -> object:
    """登记罚款累计实收多少元。"""
    return penalties.receive(auth.app(), place_id, penalty_id, paid, viewer=auth.viewer())


@blp.post("/<place_id>/penalties/<int(max=2147483647):penalty_id>/publication")
@blp.body(PublishPenalty)
@blp.answers(PenaltySchema)
def publish_penalty(place_id: str, penalty_id: int, published_on: date, published_at: str) -> object:
    """登记处罚哪一天、在哪里公示（安全生产法第七十八条第二款，时限 T29）。"""
    return penalties.publish(auth.app(), place_id, penalty_id, published_on, published_at, viewer=auth.viewer())


@blp.get("/<place_id>/closure-advice")
@blp.answers(ClosureAdviceSchema)
def closure_advice(place_id: str) -> object:
    """对照安全生产法第一百一十三条：处罚次数、重大隐患，是否提请关闭（只是建议）。"""
    return penalties.standing(auth.app(), place_id, viewer=auth.viewer())
