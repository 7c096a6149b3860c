"""Routes of what stands between a fix and its closure: the gate, five blocks, opinions, publicity, lawsuits."""

from typing import Any

from api import auth
from api.blueprint import Blueprint
from api.closure_schemas import (
    AddFinding,
    AnswerObjection,
    BeginPublicity,
    BlockSchema,
    CheckSchema,
    ClearanceSchema,
    EndLawsuit,
    ExplainPhotos,
    GiveClearance,
    JudgementSchema,
    LawsuitSchema,
    NoteLawsuit,
    ObjectTo,
    PublicitySchema,
    RecheckSchema,
    RecordRecheck,
    RevisitSchema,
    Track,
    WriteBlock,
)
from api.hazards_schemas import HazardSchema
from api.schemas import LongPageQuery, page_from, page_of
from engine.campaign import (
    clearances,
    closure_gate,
    duplicates,
    five,
    judgements,
    lawsuits,
    publicity,
    rechecks,
    revisits,
    tracked,
)

blp = Blueprint("closure", "隐患销号：关口、五落实、把关意见、公示", "/hazards")


@blp.get("/<number>/checks")
@blp.query(LongPageQuery)
@blp.answers(page_of(CheckSchema))
def gate(number: str, page: int, size: int) -> object:
    """销号关口（D8）：十一项逐项说明缺什么、怎样补齐。示例规则，需法制审核。"""
    return page_from(closure_gate.show(auth.app(), number, viewer=auth.viewer()), page, size)


@blp.post("/<number>/photo-reason")
@blp.body(ExplainPhotos)
@blp.answers(page_of(CheckSchema))
def explain_photos(number: str, reason: str) -> object:
    """复查人说明照片为什么没有时间或定位，答复销号关口。"""
    checks = rechecks.explain_photos(auth.app(), number, reason=reason, viewer=auth.viewer())
    return page_from(checks, 1, len(checks))


@blp.get("/<number>/rechecks")
@blp.query(LongPageQuery)
@blp.answers(page_of(RecheckSchema))
def rechecks_of(number: str, page: int, size: int) -> object:
    """复查：人员、逐项结果。"""
    return page_from(rechecks.list_rechecks(auth.app(), number, viewer=auth.viewer()), page, size)


@blp.post("/<number>/rechecks")
@blp.body(RecordRecheck)
@blp.answers(RecheckSchema, 201)
@blp.header("Idempotency-Key", "同一个键重复提交，得到第一次的复查")
def recheck(number: str, **found: Any) -> object:
    """登记一次复查：办结等待复查的任务；照片先上传（/files，kind 为 photo_after）。"""
    return rechecks.record(auth.app(), number, **found, viewer=auth.viewer(), key=auth.idempotency_key())


@blp.get("/<number>/judgements")
@blp.query(LongPageQuery)
@blp.answers(page_of(JudgementSchema))
def judgements_of(number: str, page: int, size: int) -> object:
    """重大隐患判定：标准、条款、原文、判定人、日期。"""
    return page_from(judgements.list_judgements(auth.app(), number, viewer=auth.viewer()), page, size)


@blp.get("/<number>/blocks")
@blp.query(LongPageQuery)
@blp.answers(page_of(BlockSchema))
def blocks_of(number: str, page: int, size: int) -> object:
    """五落实：五项各自的内容、是否证明。"""
    return page_from(five.list_blocks(auth.app(), number, viewer=auth.viewer()), page, size)


@blp.patch("/<number>/blocks/<block>")
@blp.body(WriteBlock)
@blp.answers(page_of(BlockSchema))
def write_block(number: str, block: str, **values: Any) -> object:
    """填写五落实的一项，或说明已经落实并附凭证；改了内容须重新证明。"""
    return page_from(five.write(auth.app(), number, block, **values, viewer=auth.viewer()), 1, len(five.FIVE))


@blp.get("/<number>/clearances")
@blp.query(LongPageQuery)
@blp.answers(page_of(ClearanceSchema))
def clearances_of(number: str, page: int, size: int) -> object:
    """把关意见：验收报告、专家意见、恢复审查、部门审核、街道审核。"""
    return page_from(clearances.list_clearances(auth.app(), number, viewer=auth.viewer()), page, size)


@blp.post("/<number>/clearances")
@blp.body(GiveClearance)
@blp.answers(ClearanceSchema, 201)
@blp.header("Idempotency-Key", "同一个键重复提交，得到第一次的意见")
def give_clearance(number: str, **values: Any) -> object:
    """提交一份把关意见。"""
    key = auth.idempotency_key()
    return clearances.give(auth.app(), number, **values, viewer=auth.viewer(), key=key)


@blp.get("/<number>/publicities")
@blp.query(LongPageQuery)
@blp.answers(page_of(PublicitySchema))
def publicities_of(number: str, page: int, size: int) -> object:
    """公示和异议。"""
    return page_from(publicity.list_publicities(auth.app(), number, viewer=auth.viewer()), page, size)


@blp.post("/<number>/publicities")
@blp.body(BeginPublicity)
@blp.answers(PublicitySchema, 201)
@blp.header("Idempotency-Key", "同一个键重复提交，得到第一次的公示")
def begin_publicity(number: str, **values: Any) -> object:
    """公示拟销号（T12：5 个工作日）。示例规则，需法制审核。"""
    key = auth.idempotency_key()
    return publicity.begin(auth.app(), number, **values, viewer=auth.viewer(), key=key)


@blp.post("/<number>/publicities/<int(max=2147483647):publicity_id>/withdraw")
@blp.answers(PublicitySchema)
def withdraw_publicity(number: str, publicity_id: int) -> object:
    """撤下公示。"""
    return publicity.withdraw(auth.app(), number, publicity_id, viewer=auth.viewer())


@blp.post("/<number>/publicities/<int(max=2147483647):publicity_id>/objections")
@blp.body(ObjectTo)
@blp.answers(PublicitySchema, 201)
@blp.header("Idempotency-Key", "同一个键重复提交，只登记一次")
def object_to(number: str, publicity_id: int, **values: Any) -> object:
    """登记异议。"""
    key = auth.idempotency_key()
    return publicity.object_to(auth.app(), number, publicity_id, **values, viewer=auth.viewer(), key=key)


@blp.post(
    "/<number>/publicities/<int(max=2147483647):publicity_id>/objections/<int(max=2147483647):objection_id>/answer"
)
@blp.body(AnswerObjection)
@blp.answers(PublicitySchema)
def answer_objection(number: str, publicity_id: int, objection_id: int, **values: Any) -> object:
    """答复异议。"""
    return publicity.answer(auth.app(), number, publicity_id, objection_id, **values, viewer=auth.viewer())


@blp.get("/<number>/lawsuits")
@blp.query(LongPageQuery)
@blp.answers(page_of(LawsuitSchema))
def lawsuits_of(number: str, page: int, size: int) -> object:
    """复议、诉讼。"""
    return page_from(lawsuits.list_lawsuits(auth.app(), number, viewer=auth.viewer()), page, size)


@blp.post("/<number>/lawsuits")
@blp.body(NoteLawsuit)
@blp.answers(LawsuitSchema, 201)
@blp.header("Idempotency-Key", "同一个键重复提交，得到第一次的记录")
def file_lawsuit(number: str, case_number: str, **values: Any) -> object:
    """登记复议或诉讼。"""
    key = auth.idempotency_key()
    return lawsuits.file(auth.app(), number, number=case_number, **values, viewer=auth.viewer(), key=key)


@blp.post("/<number>/lawsuits/<int(max=2147483647):lawsuit_id>/end")
@blp.body(EndLawsuit)
@blp.answers(LawsuitSchema)
def end_lawsuit(number: str, lawsuit_id: int, **values: Any) -> object:
    """登记复议、诉讼的结果。"""
    return lawsuits.end(auth.app(), number, lawsuit_id, **values, viewer=auth.viewer())


@blp.get("/<number>/revisits")
@blp.query(LongPageQuery)
@blp.answers(page_of(RevisitSchema))
def revisits_of(number: str, page: int, size: int) -> object:
    """销号后回访：抽定的日子和结果。"""
    return page_from(revisits.list_revisits(auth.app(), number, viewer=auth.viewer()), page, size)


@blp.post("/<number>/tracked")
@blp.body(Track)
@blp.answers(HazardSchema)
def track(number: str, **values: Any) -> object:
    """设为或取消重点跟踪。"""
    return tracked.track(auth.app(), number, **values, viewer=auth.viewer())


@blp.post("/<number>/findings")
@blp.body(AddFinding)
@blp.answers(HazardSchema, 201)
@blp.header("Idempotency-Key", "同一个键重复提交，只补充一次")
def add_finding(number: str, **values: Any) -> object:
    """再次发现同一隐患：补充到未销号的这一件，不另行登记。"""
    key = auth.idempotency_key()
    return duplicates.add_finding(auth.app(), number, **values, viewer=auth.viewer(), key=key)
