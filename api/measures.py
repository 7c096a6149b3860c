"""Routes of measures: the street requests, the department decides; each act completes the task of the process."""

from typing import Any

from api import auth
from api.blueprint import Blueprint
from api.measures_schemas import (
    ConfirmMeasure,
    DecideMeasure,
    ExtendMeasure,
    LiftMeasure,
    MeasureDecisionSchema,
    MeasureDetailSchema,
    MeasureLineSchema,
    MeasureQuery,
    MeasureRequestSchema,
    RequestMeasure,
    TestMeasure,
    WithdrawRequest,
)
from api.schemas import page_of
from engine.campaign import measure_list, measure_work

blp = Blueprint("measures", "强制措施", "/measures")
ONE = "/<int(max=2147483647):measure_id>"
KEY = "同一个键重复提交，只办一次"


@blp.get("")
@blp.query(MeasureQuery)
@blp.answers(page_of(MeasureLineSchema))
def index(**wanted: Any) -> object:
    """措施和到期日：先到期的在前，已解除的在后。"""
    return measure_list.list_measures(auth.app(), auth.viewer(), **wanted)


@blp.post("/request")
@blp.body(RequestMeasure)
@blp.answers(MeasureRequestSchema, 201)
@blp.header("Idempotency-Key", KEY)
def request(**values: Any) -> object:
    """街道提请有权部门采取措施；街道没有查封权。"""
    key = auth.idempotency_key()
    return measure_work.request(auth.app(), values, viewer=auth.viewer(), key=key)


@blp.post("/withdraw")
@blp.body(WithdrawRequest)
@blp.answers(MeasureRequestSchema)
@blp.header("Idempotency-Key", KEY)
def withdraw(**values: Any) -> object:
    """部门决定以前，街道写明理由撤回提请。"""
    key = auth.idempotency_key()
    return measure_work.withdraw(auth.app(), **values, viewer=auth.viewer(), key=key)


@blp.post("/decide")
@blp.body(DecideMeasure)
@blp.answers(MeasureDecisionSchema)
@blp.header("Idempotency-Key", KEY)
def decide(**values: Any) -> object:
    """部门负责人审批起草好的决定。"""
    key = auth.idempotency_key()
    return measure_work.decide(auth.app(), **values, viewer=auth.viewer(), key=key)


@blp.get(ONE)
@blp.answers(MeasureDetailSchema)
def show(measure_id: int) -> object:
    """一项措施：决定、程序、批准和经过。"""
    return measure_list.show(auth.app(), measure_id, viewer=auth.viewer())


@blp.post(f"{ONE}/confirm")
@blp.body(ConfirmMeasure)
@blp.answers(MeasureDetailSchema)
@blp.header("Idempotency-Key", KEY)
def confirm(measure_id: int, **values: Any) -> object:
    """部门负责人补办批准（紧急先实施的），或者审批延长。"""
    key = auth.idempotency_key()
    return measure_work.confirm(auth.app(), measure_id, **values, viewer=auth.viewer(), key=key)


@blp.post(f"{ONE}/extend")
@blp.body(ExtendMeasure)
@blp.answers(MeasureDetailSchema)
@blp.header("Idempotency-Key", KEY)
def extend(measure_id: int, **values: Any) -> object:
    """报请延长查封、扣押：一次，不超过 30 日，由负责人批准。"""
    key = auth.idempotency_key()
    return measure_work.extend(auth.app(), measure_id, **values, viewer=auth.viewer(), key=key)


@blp.post(f"{ONE}/test")
@blp.body(TestMeasure)
@blp.answers(MeasureDetailSchema)
@blp.header("Idempotency-Key", KEY)
def test(measure_id: int, **values: Any) -> object:
    """检测、鉴定开始：书面告知的期间不计入。"""
    key = auth.idempotency_key()
    return measure_work.test(auth.app(), measure_id, **values, viewer=auth.viewer(), key=key)


@blp.post(f"{ONE}/lift")
@blp.body(LiftMeasure)
@blp.answers(MeasureDetailSchema)
@blp.header("Idempotency-Key", KEY)
def lift(measure_id: int, **values: Any) -> object:
    """解除：写明情形和理由（行政强制法第二十八条）。"""
    key = auth.idempotency_key()
    return measure_work.lift(auth.app(), measure_id, **values, viewer=auth.viewer(), key=key)
