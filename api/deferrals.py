"""Routes of deferrals: a hazard that cannot be rectified for now, its interim measures and its reviews."""

from typing import Any

from api import auth
from api.blueprint import Blueprint
from api.deferrals_schemas import (
    AskDeferral,
    DecideDeferral,
    DeferralQuery,
    DeferralSchema,
    EndDeferral,
    ReviewDeferral,
)
from api.schemas import LongPageQuery, page_from, page_of
from engine.campaign import deferrals

blp = Blueprint("deferrals", "挂起：暂不具备整改条件")
KEY = "同一个键重复提交，只办一次"


@blp.get("/deferrals")
@blp.query(DeferralQuery)
@blp.answers(page_of(DeferralSchema))
def index(**wanted: Any) -> object:
    """所见隐患的挂起，没有结束的、先要复核的在前。"""
    return deferrals.list_all(auth.app(), auth.viewer(), **wanted)


@blp.get("/hazards/<number>/deferrals")
@blp.query(LongPageQuery)
@blp.answers(page_of(DeferralSchema))
def deferrals_of(number: str, page: int, size: int) -> object:
    """挂起：理由、临时管控措施、复核。"""
    return page_from(deferrals.list_deferrals(auth.app(), number, viewer=auth.viewer()), page, size)


@blp.post("/hazards/<number>/deferrals")
@blp.body(AskDeferral)
@blp.answers(DeferralSchema, 201)
@blp.header("Idempotency-Key", "同一个键重复提交，得到第一次的申请")
def ask(number: str, **values: Any) -> object:
    """申请挂起（责任单位、安全应急办）：暂不具备整改条件的，写明临时管控措施和复核日期，由领导批准。"""
    key = auth.idempotency_key()
    return deferrals.ask(auth.app(), number, values, viewer=auth.viewer(), key=key)


@blp.post("/hazards/<number>/deferrals/decide")
@blp.body(DecideDeferral)
@blp.answers(DeferralSchema)
@blp.header("Idempotency-Key", KEY)
def decide(number: str, **values: Any) -> object:
    """领导批准或不批准：批准的，整改时限中止计时到复核日期。"""
    key = auth.idempotency_key()
    return deferrals.decide(auth.app(), number, **values, viewer=auth.viewer(), key=key)


@blp.post("/hazards/<number>/deferrals/review")
@blp.body(ReviewDeferral)
@blp.answers(DeferralSchema)
@blp.header("Idempotency-Key", KEY)
def review(number: str, **values: Any) -> object:
    """复核：逐项查看临时管控措施，继续挂起或者结束。"""
    key = auth.idempotency_key()
    return deferrals.review(auth.app(), number, **values, viewer=auth.viewer(), key=key)


@blp.post("/hazards/<number>/deferrals/end")
@blp.body(EndDeferral)
@blp.answers(DeferralSchema)
def end(number: str, **values: Any) -> object:
    """提前结束挂起，或者撤回申请：写明理由，时限恢复计时。"""
    return deferrals.end(auth.app(), number, **values, viewer=auth.viewer())
