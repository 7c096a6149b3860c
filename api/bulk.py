"""Routes of one act on many tasks: each is its own transaction, and one that is refused does not hold up the others."""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any

from flask import g

from api import auth
from api.again import again
from api.blueprint import Blueprint
from api.bulk_schemas import (
    CommentMany,
    CompleteMany,
    DelegateMany,
    FollowUpMany,
    HandOverMany,
    ManyTasks,
    OutcomesSchema,
    PrioritiseMany,
    ResolveMany,
    ReturnMany,
)
from api.errors import fault_of
from api.tasks import delegating, handing_over
from engine.bpm import assignment
from engine.bpm import tasks as verbs
from engine.errors import EngineError, Unavailable

blp = Blueprint("bulk", "批量办理任务：逐件办理，办不成的写明原因，不影响其他", "/tasks/bulk")
KEY = "Idempotency-Key", "同一个键重复提交，每件任务得到第一次的结果"


def each(tasks: Sequence[str], act: Callable[[str], Any]) -> dict[str, Any]:
    """Do ``act`` with every task in order, one named twice only once; answers what became of each."""
    outcomes, tried = [], again(act)
    for task_id in dict.fromkeys(tasks):
        error = _refusal(task_id, tried)
        outcomes.append({"id": task_id, "ok": error is None, "error": error and fault_of(error)})
        if isinstance(error, Unavailable):
            tried = act  # the database was waited for once; two hundred waits would be minutes
    return {"items": outcomes}


def _refusal(task_id: str, act: Callable[[str], Any]) -> EngineError | None:
    g.saved = False  # what another task saved says nothing about this one
    try:
        act(task_id)
    except EngineError as error:
        return error
    return None


@blp.post("/claim")
@blp.body(ManyTasks)
@blp.answers(OutcomesSchema)
def claim(tasks: list[str]) -> object:
    """批量认领。"""
    web, viewer = auth.app(), auth.viewer()
    return each(tasks, lambda id: verbs.claim(web, id, viewer=viewer))


@blp.post("/release")
@blp.body(ManyTasks)
@blp.answers(OutcomesSchema)
def release(tasks: list[str]) -> object:
    """批量放回。"""
    web, viewer = auth.app(), auth.viewer()
    return each(tasks, lambda id: verbs.release(web, id, viewer=viewer))


@blp.post("/complete")
@blp.body(CompleteMany)
@blp.answers(OutcomesSchema)
@blp.header(*KEY)
def complete(tasks: list[str], variables: dict[str, Any]) -> object:
    """批量办结：同样的填写内容，每件按自己的表单检查。"""
    web, viewer, key = auth.app(), auth.viewer(), auth.keys_of("complete")
    return each(tasks, lambda id: verbs.complete(web, id, variables, viewer=viewer, key=key(id)))


@blp.post("/hand-over")
@blp.body(HandOverMany)
@blp.answers(OutcomesSchema)
def hand_over(tasks: list[str], **whom: str) -> object:
    """批量移交：给一个人或一个组。"""
    return each(tasks, handing_over(**whom))


@blp.post("/delegate")
@blp.body(DelegateMany)
@blp.answers(OutcomesSchema)
def delegate(tasks: list[str], to: str) -> object:
    """批量转办：请同一个人代为办理。"""
    return each(tasks, delegating(to))


@blp.post("/resolve")
@blp.body(ResolveMany)
@blp.answers(OutcomesSchema)
def resolve(tasks: list[str], text: str) -> object:
    """批量交回：同样的办理意见。"""
    web, viewer = auth.app(), auth.viewer()
    return each(tasks, lambda id: assignment.resolve(web, id, viewer=viewer, text=text))


@blp.post("/return")
@blp.body(ReturnMany)
@blp.answers(OutcomesSchema)
def send_back(tasks: list[str], **why: Any) -> object:
    """批量退回：同样的原因；填写 to 则各自退回到那个环节。"""
    web, viewer = auth.app(), auth.viewer()
    return each(tasks, lambda id: verbs.send_back(web, id, viewer=viewer, **why))


@blp.post("/follow-up")
@blp.body(FollowUpMany)
@blp.answers(OutcomesSchema)
def follow_up(tasks: list[str], at: datetime | None) -> object:
    """批量跟进：到时候再看，时限不变。"""
    web, viewer = auth.app(), auth.viewer()
    return each(tasks, lambda id: assignment.follow_up(web, id, viewer=viewer, at=at))


@blp.post("/comment")
@blp.body(CommentMany)
@blp.answers(OutcomesSchema)
@blp.header(*KEY)
def comment(tasks: list[str], text: str) -> object:
    """批量留言。"""
    web, viewer, key = auth.app(), auth.viewer(), auth.keys_of("comment")
    return each(tasks, lambda id: verbs.comment(web, id, text, viewer=viewer, key=key(id)))


@blp.post("/priority")
@blp.body(PrioritiseMany)
@blp.answers(OutcomesSchema)
def prioritise(tasks: list[str], priority: int) -> object:
    """批量设置优先级。"""
    web, viewer = auth.app(), auth.viewer()
    return each(tasks, lambda id: assignment.prioritise(web, id, viewer=viewer, priority=priority))
