"""Routes of hazards: the ledger, registering one, its deadlines, its files, what happened to it."""

from typing import Any

from api import auth
from api.blueprint import Blueprint
from api.files import FileSchema
from api.hazards_schemas import (
    AskExtension,
    AskVoid,
    CaseEventSchema,
    DeadlineSchema,
    HazardQuery,
    HazardSchema,
    LedgerPageSchema,
    MeasureSchema,
    PaperSchema,
    RegisterHazard,
)
from api.interviews_schemas import TracingSchema
from api.schemas import LongPageQuery, page_from, page_of
from engine.campaign import case_papers, deadlines, events, evidence, hazard_tracing, hazards, measures, requests

blp = Blueprint("hazards", "隐患台账", "/hazards")


@blp.get("")
@blp.query(HazardQuery)
@blp.answers(LedgerPageSchema)
def index(**wanted: Any) -> object:
    """隐患台账：按职责范围列出。"""
    return hazards.list_hazards(auth.app(), auth.viewer(), **wanted)


@blp.post("")
@blp.body(RegisterHazard)
@blp.answers(HazardSchema, 201)
@blp.header("Idempotency-Key", "同一个键重复提交，得到第一次登记的隐患")
def register(**values: Any) -> object:
    """登记隐患，并启动闭环流程。"""
    key = auth.idempotency_key()
    return hazards.register(auth.app(), values, viewer=auth.viewer(), key=key)


@blp.get("/<number>")
@blp.answers(HazardSchema)
def show(number: str) -> object:
    """一条隐患。"""
    return hazards.show(auth.app(), number, viewer=auth.viewer())


@blp.post("/<number>/extension")
@blp.body(AskExtension)
@blp.answers(HazardSchema)
def ask_extension(number: str, **asked: Any) -> object:
    """申请延期（责任单位，整改期间）：由街道领导审批。"""
    return requests.extension(auth.app(), number, **asked, viewer=auth.viewer())


@blp.post("/<number>/void")
@blp.body(AskVoid)
@blp.answers(HazardSchema)
def ask_void(number: str, reason: str) -> object:
    """申请作废（登记有误）：由第二人复核，编号保留。"""
    return requests.void(auth.app(), number, reason=reason, viewer=auth.viewer())


@blp.get("/<number>/deadlines")
@blp.query(LongPageQuery)
@blp.answers(page_of(DeadlineSchema))
def deadlines_of(number: str, page: int, size: int) -> object:
    """时限，含已被替换的，每一个都说明怎样算出来。"""
    return page_from(deadlines.list_deadlines(auth.app(), number, viewer=auth.viewer()), page, size)


@blp.get("/<number>/events")
@blp.query(LongPageQuery)
@blp.answers(page_of(CaseEventSchema))
def events_of(number: str, page: int, size: int) -> object:
    """经过：流程、人和登记册里发生的事，按先后排列。"""
    return page_from(events.list_events(auth.app(), number, viewer=auth.viewer()), page, size)


@blp.get("/<number>/documents")
@blp.query(LongPageQuery)
@blp.answers(page_of(PaperSchema))
def documents_of(number: str, page: int, size: int) -> object:
    """文书：交办、督办、移交等函件，各种文书（含送达回证），有权部门的措施，来源举报；各带办理状态。"""
    return page_from(case_papers.list_papers(auth.app(), number, viewer=auth.viewer()), page, size)


@blp.get("/<number>/measures")
@blp.query(LongPageQuery)
@blp.answers(page_of(MeasureSchema))
def measures_of(number: str, page: int, size: int) -> object:
    """有权部门采取的措施（停用、查封等）和到期日。"""
    return page_from(measures.list_measures(auth.app(), number, viewer=auth.viewer()), page, size)


@blp.get("/<number>/files")
@blp.query(LongPageQuery)
@blp.answers(page_of(FileSchema))
def files_of(number: str, page: int, size: int) -> object:
    """照片和附件。"""
    return page_from(evidence.list_evidence(auth.app(), number, viewer=auth.viewer()), page, size)


@blp.get("/<number>/tracing")
@blp.answers(TracingSchema)
def tracing(number: str) -> object:
    """责任倒查：事前、事中、事后的全部记录；只对安全应急办、纪工委开放，每看一次记一次。"""
    return hazard_tracing.trace(auth.app(), number, viewer=auth.viewer())
