"""Routes of campaigns: open, start, count, close; what they cover and how far they are."""

from typing import Any

from api import auth
from api.blueprint import Blueprint
from api.campaigns_schemas import (
    CampaignQuery,
    CampaignSchema,
    CampaignTemplateSchema,
    ChangeCampaign,
    CloseCampaign,
    CountedHazardSchema,
    CountIn,
    CoveredPlaceSchema,
    CoveredQuery,
    CreateCampaign,
)
from api.schemas import LongPageQuery, PageQuery, page_from, page_of
from engine.campaign import campaign_lists, campaign_scope, campaigns

blp = Blueprint("campaigns", "专项行动", "/campaigns")


@blp.get("")
@blp.query(CampaignQuery)
@blp.answers(page_of(CampaignSchema))
def index(**wanted: Any) -> object:
    """专项行动，新的在前；列表不带进度。"""
    return campaigns.list_campaigns(auth.app(), auth.viewer(), **wanted)


@blp.post("")
@blp.body(CreateCampaign)
@blp.answers(CampaignSchema, 201)
@blp.header("Idempotency-Key", "同一个键重复提交，得到第一次建立的专项行动")
def create(**values: Any) -> object:
    """建立专项行动；可用模板（异地事故举一反三等）。"""
    return campaigns.create(auth.app(), values, viewer=auth.viewer(), key=auth.idempotency_key())


@blp.get("/templates")
@blp.query(LongPageQuery)
@blp.answers(page_of(CampaignTemplateSchema))
def templates(page: int, size: int) -> object:
    """专项行动的模板。"""
    return page_from(campaign_scope.templates(), page, size)


@blp.get("/<number>")
@blp.answers(CampaignSchema)
def show(number: str) -> object:
    """一个专项行动和它的进度。"""
    return campaigns.show(auth.app(), number, viewer=auth.viewer())


@blp.patch("/<number>")
@blp.body(ChangeCampaign)
@blp.answers(CampaignSchema)
def change(number: str, **values: Any) -> object:
    """修改专项行动；启动后只能改标题、内容和截止日。"""
    return campaigns.change(auth.app(), number, values, viewer=auth.viewer())


@blp.post("/<number>/start")
@blp.answers(CampaignSchema)
def start(number: str) -> object:
    """启动：按筛选条件冻结场所名单。"""
    return campaigns.start(auth.app(), number, viewer=auth.viewer())


@blp.post("/<number>/records")
@blp.body(CountIn)
@blp.answers(CampaignSchema)
def count_in(number: str, hazards: list[str] | None = None, visits: list[int] | None = None) -> object:
    """把名单、期限以外的隐患和走访计入本行动。"""
    return campaigns.count_in(auth.app(), number, hazards=hazards or (), visits_too=visits or (), viewer=auth.viewer())


@blp.post("/<number>/close")
@blp.body(CloseCampaign)
@blp.answers(CampaignSchema)
def close(number: str, summary: str) -> object:
    """结束专项行动，写总结，冻结数字。"""
    return campaigns.close(auth.app(), number, summary=summary, viewer=auth.viewer())


@blp.get("/<number>/places")
@blp.query(CoveredQuery)
@blp.answers(page_of(CoveredPlaceSchema))
def places(number: str, **wanted: Any) -> object:
    """列入的场所；unchecked=true 是还没有去过的。"""
    return campaign_lists.list_places(auth.app(), number, auth.viewer(), **wanted)


@blp.get("/<number>/hazards")
@blp.query(PageQuery)
@blp.answers(page_of(CountedHazardSchema))
def hazards(number: str, page: int, size: int) -> object:
    """计入的隐患。"""
    return campaign_lists.list_hazards(auth.app(), number, auth.viewer(), page=page, size=size)
