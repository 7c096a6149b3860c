"""Routes of visits: patrols (track A) and inspections with approval, notice, check-in and record (track B)."""

from typing import Any

from api import auth
from api.blueprint import Blueprint
from api.schemas import page_of
from api.visits_schemas import (
    CheckIn,
    CreateVisit,
    PublishedSchema,
    PublishPlan,
    RecordInspection,
    RequestInspection,
    SettleFinding,
    VisitQuery,
    VisitSchema,
)
from engine.campaign import caps, inspections, visit_findings, visits

blp = Blueprint("visits", "走访检查：巡查服务与行政检查", "/visits")


@blp.get("")
@blp.query(VisitQuery)
@blp.answers(page_of(VisitSchema))
def index(**wanted: Any) -> object:
    """走访列表，新的在前。"""
    return visits.list_visits(auth.app(), auth.viewer(), **wanted)


@blp.post("")
@blp.body(CreateVisit)
@blp.answers(VisitSchema, 201)
@blp.header("Idempotency-Key", "同一个键重复提交，得到第一次登记的走访")
def create(**values: Any) -> object:
    """登记一次巡查或服务（不是行政检查）。"""
    key = auth.idempotency_key()
    return visits.create(auth.app(), values, viewer=auth.viewer(), key=key)


@blp.get("/<int:visit_id>")
@blp.answers(VisitSchema)
def show(visit_id: int) -> object:
    """一次走访检查。"""
    return visits.show(auth.app(), visit_id, viewer=auth.viewer())


@blp.post("/inspections")
@blp.body(RequestInspection)
@blp.answers(VisitSchema, 201)
@blp.header("Idempotency-Key", "同一个键重复提交，得到第一次报批的检查")
def request_inspection(**values: Any) -> object:
    """提请行政检查，待负责人批准。"""
    key = auth.idempotency_key()
    return inspections.request(auth.app(), values, viewer=auth.viewer(), key=key)


@blp.post("/plans")
@blp.body(PublishPlan)
@blp.answers(PublishedSchema, 201)
@blp.header("Idempotency-Key", "同一个键重复提交，只公布一次")
def publish_plan(**values: Any) -> object:
    """公布年度检查计划的一行。"""
    return {"id": caps.publish(auth.app(), values, viewer=auth.viewer(), key=auth.idempotency_key())}


@blp.post("/<int:visit_id>/approve")
@blp.answers(VisitSchema)
def approve(visit_id: int) -> object:
    """批准行政检查（负责人）：核对计划和年度频次，编审批文号。"""
    return inspections.approve(auth.app(), visit_id, viewer=auth.viewer())


@blp.post("/<int:visit_id>/notice")
@blp.answers(VisitSchema)
def notify(visit_id: int) -> object:
    """发检查通知。"""
    return inspections.notify(auth.app(), visit_id, viewer=auth.viewer())


@blp.post("/<int:visit_id>/checkin")
@blp.body(CheckIn)
@blp.answers(VisitSchema)
def check_in(visit_id: int, **values: Any) -> object:
    """扫码入企。"""
    return inspections.check_in(auth.app(), visit_id, **values, viewer=auth.viewer())


@blp.post("/<int:visit_id>/record")
@blp.body(RecordInspection)
@blp.answers(VisitSchema)
def record(visit_id: int, **values: Any) -> object:
    """现场检查记录归档，需要时责令改正。"""
    return inspections.record(auth.app(), visit_id, values, viewer=auth.viewer())


@blp.post("/<int:visit_id>/findings/<int:no>")
@blp.body(SettleFinding)
@blp.answers(VisitSchema)
def settle(visit_id: int, no: int, **values: Any) -> object:
    """检查情况中的一项归到哪件隐患，或者为什么不登记。"""
    return visit_findings.settle(auth.app(), visit_id, no, **values, viewer=auth.viewer())
