"""Routes of what to trace and of talks; shown to the emergency office and the discipline office only."""

from typing import Any

from api import auth
from api.blueprint import Blueprint
from api.interviews_schemas import CandidateQuery, CandidateSchema, Dismiss, InterviewSchema, StartInterview
from api.schemas import PageQuery, page_of
from engine.campaign import candidates, interviews

blp = Blueprint("interviews", "约谈和倒查线索")


@blp.get("/candidates")
@blp.query(CandidateQuery)
@blp.answers(page_of(CandidateSchema))
def index(**wanted: Any) -> object:
    """倒查线索：由人决定，系统只列出。"""
    return candidates.list_candidates(auth.app(), auth.viewer(), **wanted)


@blp.post("/candidates/<int(max=2147483647):candidate_id>/dismiss")
@blp.body(Dismiss)
@blp.answers(CandidateSchema)
def dismiss(candidate_id: int, reason: str) -> object:
    """不予追究，写明理由。"""
    return candidates.dismiss(auth.app(), candidate_id, reason=reason, viewer=auth.viewer())


@blp.get("/interviews")
@blp.query(PageQuery)
@blp.answers(page_of(InterviewSchema))
def cases(**wanted: Any) -> object:
    """函告、通报、约谈、曝光。"""
    return interviews.list_interviews(auth.app(), auth.viewer(), **wanted)


@blp.post("/interviews")
@blp.body(StartInterview)
@blp.answers(InterviewSchema, 201)
@blp.header("Idempotency-Key", "同一个键重复提交，得到第一次发起的")
def start(**values: Any) -> object:
    """发起：企业由安全应急办，干部只能由纪工委。"""
    key = auth.idempotency_key()
    return interviews.start(auth.app(), values, viewer=auth.viewer(), key=key)


@blp.get("/interviews/<number>")
@blp.answers(InterviewSchema)
def show(number: str) -> object:
    """一件约谈和做过的事。"""
    return interviews.show(auth.app(), number, viewer=auth.viewer())
