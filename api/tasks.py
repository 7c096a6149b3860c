"""Routes of tasks: the work list and what people do with a task."""

from datetime import datetime
from typing import Any

from api import auth
from api.blueprint import Blueprint
from api.schemas import page_of
from api.tasks_schemas import (
    CommentTask,
    CompleteTask,
    DelegateTask,
    FollowUpTask,
    HandOverTask,
    ManyTasks,
    OutcomesSchema,
    PrioritiseTask,
    Reschedule,
    ResolveTask,
    ReturnTask,
    TaskDetailSchema,
    TaskQuery,
    TaskSchema,
)
from engine.bpm import assignment, bulk, filters, queries, rescheduling, tasks
from engine.bpm import tasks as verbs
from engine.campaign import people
from engine.campaign.people import PersonView
from engine.errors import Invalid, NotFound, Problem

NOBODY = "没有这个账号，请核对登录名。"


def _must_exist(name: str) -> PersonView:
    """A task handed to an account that does not exist would be lost: the engine itself knows no accounts."""
    try:
        return people.show(auth.app(), name)
    except NotFound as error:
        problem = Problem(field="to", message=NOBODY, en=error.en, rule="choice", severity="error")
        raise Invalid(error.message, en=error.en, problems=[problem]) from error


blp = Blueprint("tasks", "任务：待办、认领、办理", "/tasks")


@blp.get("")
@blp.query(TaskQuery)
@blp.answers(page_of(TaskSchema))
def index(**wanted: Any) -> object:
    """任务列表。

    Open tasks that the viewer may see, unless asked otherwise; an admin sees all.
    """
    web, viewer = auth.app(), auth.viewer()
    return queries.tasks(web, viewer, **filters.applied(web, viewer, **wanted))


@blp.post("/bulk/claim")
@blp.body(ManyTasks)
@blp.answers(OutcomesSchema)
def claim_many(tasks: list[str]) -> object:
    """批量认领：逐件办理，办不成的写明原因，不影响其他。"""
    web, viewer = auth.app(), auth.viewer()
    return {"items": bulk.each(tasks, lambda id: verbs.claim(web, id, viewer=viewer))}


@blp.post("/bulk/release")
@blp.body(ManyTasks)
@blp.answers(OutcomesSchema)
def release_many(tasks: list[str]) -> object:
    """批量放回：逐件办理，办不成的写明原因，不影响其他。"""
    web, viewer = auth.app(), auth.viewer()
    return {"items": bulk.each(tasks, lambda id: verbs.release(web, id, viewer=viewer))}


@blp.get("/<task_id>")
@blp.answers(TaskDetailSchema)
def show(task_id: str) -> object:
    """一个任务，含表单和变量。"""
    return queries.task(auth.app(), auth.viewer(), task_id)


@blp.post("/<task_id>/claim")
@blp.answers(TaskSchema)
def claim(task_id: str) -> object:
    """认领：由我来办。"""
    return tasks.claim(auth.app(), task_id, viewer=auth.viewer())


@blp.post("/<task_id>/release")
@blp.answers(TaskSchema)
def release(task_id: str) -> object:
    """放回：让同组的人来办。"""
    return tasks.release(auth.app(), task_id, viewer=auth.viewer())


@blp.post("/<task_id>/complete")
@blp.body(CompleteTask)
@blp.answers(TaskSchema)
@blp.header("Idempotency-Key", "同一个键重复提交，得到第一次的结果")
def complete(task_id: str, variables: dict[str, Any]) -> object:
    """办结。

    With the same `Idempotency-Key` a repeated request gets the first answer; any other second completion is 409.
    """
    key = auth.idempotency_key()
    return tasks.complete(auth.app(), task_id, variables, viewer=auth.viewer(), key=key)


@blp.post("/<task_id>/delegate")
@blp.body(DelegateTask)
@blp.answers(TaskSchema)
def delegate(task_id: str, to: str) -> object:
    """转办：请另一个人代为办理。"""
    _must_exist(to)
    return tasks.delegate(auth.app(), task_id, viewer=auth.viewer(), to=to)


@blp.post("/<task_id>/resolve")
@blp.body(ResolveTask)
@blp.answers(TaskSchema)
def resolve(task_id: str, text: str) -> object:
    """交回：受托人填写意见，由转办人办结。"""
    return assignment.resolve(auth.app(), task_id, viewer=auth.viewer(), text=text)


@blp.post("/<task_id>/hand-over")
@blp.body(HandOverTask)
@blp.answers(TaskSchema)
def hand_over(task_id: str, to: str, reason: str) -> object:
    """移交：今后由另一个人办理，并通知他。"""
    address = _must_exist(to).email or None
    return assignment.hand_over(auth.app(), task_id, viewer=auth.viewer(), to=to, reason=reason, address=address)


@blp.post("/<task_id>/follow-up")
@blp.body(FollowUpTask)
@blp.answers(TaskSchema)
def follow_up(task_id: str, at: datetime | None) -> object:
    """跟进：到时候再看，时限不变。"""
    return assignment.follow_up(auth.app(), task_id, viewer=auth.viewer(), at=at)


@blp.post("/<task_id>/priority")
@blp.body(PrioritiseTask)
@blp.answers(TaskSchema)
def prioritise(task_id: str, priority: int) -> object:
    """优先级：0 到 100，越大越急。"""
    return assignment.prioritise(auth.app(), task_id, viewer=auth.viewer(), priority=priority)


@blp.post("/<task_id>/return")
@blp.body(ReturnTask)
@blp.answers(TaskSchema)
def send_back(task_id: str, reason: str, to: str | None, deadline: str) -> object:
    """退回：说明原因，交还给转办的人或原来的组；填写 to 则退回到以前的环节，返回那里新开的任务。

    The earlier step opens for whoever completed it last; every other task and timer keeps its due date.
    """
    return tasks.send_back(auth.app(), task_id, viewer=auth.viewer(), reason=reason, to=to, deadline=deadline)


@blp.post("/<task_id>/due")
@blp.body(Reschedule)
@blp.answers(TaskSchema)
def move(task_id: str, due_at: datetime, **why: Any) -> object:
    """变更办理期限（管理员）。

    Reminders on the task's border that stand at its due date, or are counted from the same variable, move with it.
    """
    by = auth.admin().name
    return rescheduling.move_task(auth.app(), task_id, due_at, rescheduling.Why(by, **why))


@blp.post("/<task_id>/comment")
@blp.body(CommentTask)
@blp.answers(TaskSchema)
def comment(task_id: str, text: str) -> object:
    """留言：随任务永久保存。"""
    return tasks.comment(auth.app(), task_id, text, viewer=auth.viewer())
