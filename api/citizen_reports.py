"""Routes of reports from the public for those who handle them; the statistics under /reports are another noun."""

from dataclasses import asdict
from typing import Any

from api import auth
from api.blueprint import Blueprint
from api.citizen_reports_schemas import (
    AgreePublicity,
    AskReward,
    AskTime,
    CitizenReportSchema,
    Objection,
    RegisteredSchema,
    RegisterReport,
    ReporterSchema,
    ReportQuery,
    RewardSchema,
)
from api.schemas import page_of
from engine.campaign import citizen_reports, public_reports, reporters, rewards

blp = Blueprint("citizen-reports", "群众举报", "/citizen-reports")


@blp.get("")
@blp.query(ReportQuery)
@blp.answers(page_of(CitizenReportSchema))
def index(**wanted: Any) -> object:
    """举报：本单位承办的；安全应急办、安委办和街道领导看全部。"""
    return citizen_reports.list_reports(auth.app(), auth.viewer(), **wanted)


@blp.post("")
@blp.body(RegisterReport)
@blp.answers(RegisteredSchema, 201)
@blp.header("Idempotency-Key", "同一个键、同样的内容重复提交，得到第一次的举报")
def register(**values: Any) -> object:
    """登记电话、12345、来信、来访和企业安全管理人员的举报；查询码只显示一次，请告知举报人。"""
    code = public_reports.new_code(auth.app(), values, auth.idempotency_key())
    hashed = public_reports.hashed(code)
    made = citizen_reports.register(auth.app(), values, viewer=auth.viewer(), code_hash=hashed)
    return {**asdict(made), "code": code}


@blp.get("/<number>")
@blp.answers(CitizenReportSchema)
def show(number: str) -> object:
    """一件举报；不含举报人。"""
    return citizen_reports.show(auth.app(), number, viewer=auth.viewer())


@blp.get("/<number>/reporter")
@blp.answers(ReporterSchema)
def reporter(number: str) -> object:
    """举报人（保密）：只有承办经办人可以看，每看一次记一次。"""
    return reporters.look(auth.app(), number, viewer=auth.viewer())


@blp.post("/<number>/objection")
@blp.body(Objection)
@blp.answers(CitizenReportSchema)
def object_to(number: str, clause: str, reason: str) -> object:
    """不归本单位办理：5 个工作日内、凭条款、只能一次，由安委办裁定。"""
    return citizen_reports.object_to(auth.app(), number, clause=clause, reason=reason, viewer=auth.viewer())


@blp.post("/<number>/extension")
@blp.body(AskTime)
@blp.answers(CitizenReportSchema)
def extend(number: str, reason: str) -> object:
    """申请延长答复期限 30 日，由街道领导审批。"""
    return citizen_reports.extend(auth.app(), number, reason=reason, viewer=auth.viewer())


@blp.post("/<number>/publicity")
@blp.body(AgreePublicity)
@blp.answers(CitizenReportSchema)
def agree(number: str, agreed: bool) -> object:
    """登记举报人是否同意公示处理结果；同意的，隐患销号前须公示期满。"""
    return citizen_reports.agree(auth.app(), number, agreed=agreed, viewer=auth.viewer())


@blp.post("/<number>/reward")
@blp.body(AskReward)
@blp.answers(RewardSchema, 201)
def ask_reward(number: str, fine: int, note: str) -> object:
    """为查实并已答复的举报申请奖励（示例规则，需法制审核）。"""
    return rewards.ask(auth.app(), number, fine=fine, note=note, viewer=auth.viewer())


@blp.get("/<number>/reward")
@blp.answers(RewardSchema)
def reward(number: str) -> object:
    """奖励的申请、审定和发放。"""
    return rewards.show(auth.app(), number, viewer=auth.viewer())
