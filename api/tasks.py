"""Routes of tasks: the work list and what people do with a task."""

from collections.abc import Callable
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
    PrioritiseTask,
    Reschedule,
    ResolveTask,
    ReturnTask,
    TaskDetailSchema,
    TaskQuery,
    TaskSchema,
)
from engine.bpm import assignment, filters, queries, rescheduling, tasks
from engine.bpm.views import View
from engine.campaign import case_hazards, people, task_limits
from engine.campaign.people import PersonView
from engine.errors import Invalid, NotFound, Problem


def _receiver(name: str) -> PersonView:
    """A task given to an account that nobody can use would be lost: the engine itself knows no accounts."""
    try:
        person = people.show(auth.app(), name)
    except NotFound as error:
        raise _refused(error.message, error.en) from error
    if not person.active:
        raise _refused(f"账号“{name}”已停用，请另选接收人。", f"The account {name} is not active; choose another.")
    return person


def _refused(message: str, en: str) -> Invalid:
    problem = Problem(field="to", message=message, en=en, rule="choice", severity="error")
    return Invalid(message, en=en, problems=[problem])


def handing_over(reason: str, to: str | None = None, to_group: str | None = None) -> Callable[[str], View]:
    """Giving a task to this person or to this group; the receiver is looked up once, however many tasks there are."""
    web, viewer = auth.app(), auth.viewer()
    if to is None:
        return lambda id: assignment.hand_over_to_group(web, id, viewer=viewer, group=to_group or "", reason=reason)
    address = _receiver(to).email or None
    return lambda id: assignment.hand_over(web, id, viewer=viewer, to=to, reason=reason, address=address)


blp = Blueprint("tasks", "任务：待办、认领、办理", "/tasks")


@blp.get("")
@blp.query(TaskQuery)
@blp.answers(page_of(TaskSchema))
def index(**wanted: Any) -> object:
    """任务列表。

    Open tasks that the viewer may see, unless asked otherwise; an admin sees all.
    """
    web, viewer = auth.app(), auth.viewer()
    found = queries.tasks(web, viewer, **filters.applied(web, viewer, **wanted))
    return case_hazards.told_of_tasks(web, found, viewer)


@blp.get("/<task_id>")
@blp.answers(TaskDetailSchema)
def show(task_id: str) -> object:
    """一个任务，含表单和变量。"""
    task = queries.task(auth.app(), auth.viewer(), task_id)
    of_case = case_hazards.of_instances(auth.app(), [task["instance_id"]], auth.viewer())
    limit = task_limits.of_task(auth.app(), task["instance_id"], task["due_at"])
    return {**task, "hazard": of_case.get(task["instance_id"]), "limit": limit}


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
    return tasks.complete(auth.app(), task_id, variables, viewer=auth.asking(), key=key)


@blp.post("/<task_id>/delegate")
@blp.body(DelegateTask)
@blp.answers(TaskSchema)
def delegate(task_id: str, to: str) -> object:
    """转办：请另一个人代为办理。"""
    _receiver(to)
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
def hand_over(task_id: str, **whom: str) -> object:
    """移交：今后由另一个人办理，并通知他；填写 to_group 则改由另一个组的人认领。"""
    return handing_over(**whom)(task_id)


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
@blp.header("Idempotency-Key", "同一个键重复提交，只留言一次")
@blp.answers(TaskSchema)
def comment(task_id: str, text: str) -> object:
    """留言：随任务永久保存。"""
    return tasks.comment(auth.app(), task_id, text, viewer=auth.viewer(), key=auth.idempotency_key())
