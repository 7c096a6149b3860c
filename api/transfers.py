"""Routes of transfers: the street gives a hazard to a department, which signs, gives back once, and answers."""

from typing import Any

from api import auth
from api.blueprint import Blueprint
from api.schemas import LongPageQuery, page_from, page_of
from api.transfers_schemas import (
    AnswerTransfer,
    ReturnClauseSchema,
    ReturnTransfer,
    ReviewTransfer,
    RuleTransfer,
    StartTransfer,
    TransferQuery,
    TransferSchema,
)
from engine.campaign import returning_clauses, transfers

blp = Blueprint("transfers", "移交有权部门", "/transfers")
ONCE = ("Idempotency-Key", "同一个键重复提交，得到第一次的结果")


@blp.get("")
@blp.query(TransferQuery)
@blp.answers(page_of(TransferSchema))
def index(**wanted: Any) -> object:
    """移交：部门只看到发给自己的，先到期的在前。"""
    return transfers.list_transfers(auth.app(), auth.viewer(), **wanted)


@blp.post("")
@blp.body(StartTransfer)
@blp.answers(TransferSchema, 201)
@blp.header(*ONCE)
def start(**values: Any) -> object:
    """发起移交：街道或安委办；部门按决策表 D3 确定，没有职责的部门不予移交。"""
    key = auth.idempotency_key()
    return transfers.start(auth.app(), values, viewer=auth.viewer(), key=key)


@blp.get("/return-clauses")
@blp.query(LongPageQuery)
@blp.answers(page_of(ReturnClauseSchema))
def clauses(page: int, size: int) -> object:
    """退回时可选的条款；也可以另写。"""
    return page_from(returning_clauses.clauses(), page, size)


@blp.get("/<number>")
@blp.answers(TransferSchema)
def show(number: str) -> object:
    """一件移交。"""
    return transfers.show(auth.app(), number, viewer=auth.viewer())


@blp.post("/<number>/sign")
@blp.answers(TransferSchema)
@blp.header(*ONCE)
def sign(number: str) -> object:
    """签收（收文部门，1 个工作日内）。"""
    key = auth.idempotency_key()
    return transfers.sign(auth.app(), number, viewer=auth.viewer(), key=key)


@blp.post("/<number>/return")
@blp.body(ReturnTransfer)
@blp.answers(TransferSchema)
@blp.header(*ONCE)
def give_back(number: str, **why: Any) -> object:
    """退回：只能一次，5 个工作日内，写明条款；由安委办裁定，裁定后不得再退。"""
    key = auth.idempotency_key()
    return transfers.give_back(auth.app(), number, **why, viewer=auth.viewer(), key=key)


@blp.post("/<number>/arbitrate")
@blp.body(RuleTransfer)
@blp.answers(TransferSchema)
@blp.header(*ONCE)
def arbitrate(number: str, **ruled: Any) -> object:
    """裁定或者指定承办部门（安委办），写明理由。"""
    key = auth.idempotency_key()
    return transfers.arbitrate(auth.app(), number, **ruled, viewer=auth.viewer(), key=key)


@blp.post("/<number>/answer")
@blp.body(AnswerTransfer)
@blp.answers(TransferSchema)
@blp.header(*ONCE)
def answer(number: str, **said: Any) -> object:
    """答复处理结果（收文部门，签收后 5 个工作日内）。"""
    key = auth.idempotency_key()
    return transfers.answer(auth.app(), number, **said, viewer=auth.viewer(), key=key)


@blp.post("/<number>/review")
@blp.body(ReviewTransfer)
@blp.answers(TransferSchema)
@blp.header(*ONCE)
def review(number: str, **judged: Any) -> object:
    """研判部门答复（安全应急办）：继续跟踪，或者提请查封。"""
    key = auth.idempotency_key()
    return transfers.review(auth.app(), number, **judged, viewer=auth.viewer(), key=key)
