"""Verbs on whose task it is and when it comes up: resolve a delegation, hand over, follow up, set the priority."""

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from engine.app import App
from engine.bpm import giving
from engine.bpm.model import Task, TaskCandidate
from engine.bpm.step import Opened
from engine.bpm.tasks import PENDING, RESOLVED, give, may_work, noted, open_task, tell
from engine.bpm.viewer import Viewer
from engine.bpm.views import View
from engine.errors import Conflict, Invalid, NotAllowed, Problem
from engine.said import Said

PRIORITIES = range(101)


def resolve(app: App, task_id: str, *, viewer: Viewer, text: str) -> View:
    """Answer a delegated task and give it back to its owner, who gets a notice and completes it.

    Raises Conflict when no delegation is pending, Invalid without an answer, or what is said of a remark.
    """
    with app.transaction() as tx:
        task, case = open_task(app, tx, task_id, viewer)
        may_work(task, viewer, case)
        _required("text", text, "请填写办理意见。", "Say what you found or did.")
        if task.delegation != PENDING:
            raise Conflict(
                "该任务不是转办中的任务，没有可以交回的人；请直接办结或退回。",
                en="No delegation of this task is pending; complete it or give it back.",
            )
        for asked in app.said:
            asked(app, tx, viewer, text)
        give(task, task.owner, case.now)
        task.delegation = RESOLVED
        words = Said(
            f"{viewer.name} 办理后交回任务“{task.name}”，请您办结。办理意见：{text}",
            f"{viewer.name} handed the task “{task.name}” back; please complete it. What was done: {text}",
        )
        subject = Said(f"转办的任务已交回：{task.name}", f"A delegated task was handed back: {task.name}")
        tell(app, tx, case, task, task.owner, viewer, subject, words)
        return noted(app, tx, case, task, "resolved", viewer, {"to": task.owner, "text": text})


def hand_over(app: App, task_id: str, *, viewer: Viewer, to: str, reason: str) -> View:
    """Give a task to another person for good; a delegation of it ends. The person gets a notice, and so does who had
    or delegated it. Raises NotAllowed (another's), Conflict (has it already), Invalid.
    """
    with app.transaction() as tx:
        task, case = open_task(app, tx, task_id, viewer)
        may_work(task, viewer, case)
        _required("to", to, "请填写接收人的登录名。", "Give the login name of the person.")
        _required("reason", reason, "请填写移交原因。", "Give a reason.")
        if to == task.assignee:
            raise Conflict(f"该任务已由 {to} 办理，不需要移交。", en=f"The task is already {to}'s.")
        giving.to_person(app, tx, case, task, to, viewer)
        before, owner = task.assignee, task.owner
        give(task, to, case.now)
        task.owner, task.delegation = None, None
        words = Said(
            f"{viewer.name} 把任务“{task.name}”移交给您办理。原因：{reason}",
            f"{viewer.name} handed the task “{task.name}” over to you. Reason: {reason}",
        )
        tell(app, tx, case, task, to, viewer, _yours(task), words)
        _tell_before(app, tx, case, task, {before, owner} - {to}, viewer, to, reason)
        detail = {"from": before, "to": to, "reason": reason}
        return noted(app, tx, case, task, "handed_over", viewer, detail)


def hand_over_to_group(app: App, task_id: str, *, viewer: Viewer, group: str, reason: str) -> View:
    """Offer a task to the members of another group instead of its holder and all its candidates; a delegation ends.
    Who had or delegated it is told.

    Raises Invalid for a group that nobody is in, NotAllowed (another's), Conflict (it is offered so already).
    """
    peopled = app.groups()
    with app.transaction() as tx:
        task, case = open_task(app, tx, task_id, viewer)
        may_work(task, viewer, case)
        _required("reason", reason, "请填写移交原因。", "Give a reason.")
        if group not in peopled:
            message = f"组“{group}”里没有人，移交后无人办理；请核对单位、角色或“角色@单位”的代码。"
            problem = Problem(field="to_group", rule="choice", message=message, en="Nobody is in this group.")
            raise Invalid(message, en=f"Nobody is in the group {group}; check its code.", problems=[problem])
        giving.to_group(tx, case, task, group, viewer)
        offered = TaskCandidate(task_id=task.id, candidate=f"group:{group}")
        before = set(tx.scalars(select(TaskCandidate.candidate).where(TaskCandidate.task_id == task.id)))
        if task.assignee is None and before == {offered.candidate}:
            raise Conflict(f"该任务已在组“{group}”待认领，不需要移交。", en=f"It is offered to {group} already.")
        detail = {"from": task.assignee, "to_group": group, "offered": sorted(before), "reason": reason}
        tx.execute(delete(TaskCandidate).where(TaskCandidate.task_id == task.id))
        tx.add(offered)
        _tell_before(app, tx, case, task, {task.assignee, task.owner}, viewer, group, reason)
        give(task, None, case.now)
        task.owner, task.delegation = None, None
        return noted(app, tx, case, task, "handed_over", viewer, detail)


def take_from(app: App, task_id: str, *, viewer: Viewer, person: str, to: str | None, reason: str) -> View:
    """Take a task out of the hands of somebody who left: to another person, or back to whoever it came from or may
    claim it; what they delegated comes back to ``to``. For admins. Raises Conflict when nobody would be left.
    """
    if not viewer.admin:
        raise NotAllowed("只有系统管理员可以移交离岗人员的任务。", en="Only an admin hands on what a person left.")
    with app.transaction() as tx:
        task, case = open_task(app, tx, task_id, viewer)
        own = TaskCandidate.candidate == f"user:{person}"
        others = select(TaskCandidate.candidate).where(TaskCandidate.task_id == task_id, ~own).limit(1)
        held, kept = task.assignee == person, task.assignee not in (None, person)
        if task.owner == person:
            task.owner = to
            task.delegation = task.delegation if to else None
        back = to or (task.owner if held else None)
        if back is None and not kept and tx.scalar(others) is None:
            raise Conflict(
                f"任务“{task.name}”只有 {person} 能办，请指定接收人。",
                en=f"Only {person} may do “{task.name}”; name who takes it over.",
            )
        tx.execute(delete(TaskCandidate).where(TaskCandidate.task_id == task_id, own))
        if to and not kept:
            tx.merge(TaskCandidate(task_id=task_id, candidate=f"user:{to}"))
        if held:
            task.delegation = task.delegation if to else None
            give(task, back, case.now)
        if to and not kept:
            words = Said(
                f"{person} 离岗，“{task.name}”移交给您办理。原因：{reason}",
                f"{person} left; “{task.name}” is handed over to you. Reason: {reason}",
            )
            tell(app, tx, case, task, to, viewer, _yours(task), words)
        return noted(app, tx, case, task, "handed_over", viewer, {"from": person, "to": back, "reason": reason})


def follow_up(app: App, task_id: str, *, viewer: Viewer, at: datetime | None) -> View:
    """Put a task aside until a moment, or take it up again with None; its due moment stays as it is."""
    with app.transaction() as tx:
        task, case = open_task(app, tx, task_id, viewer)
        may_work(task, viewer, case)
        task.follow_up_at = at
        detail = {"follow_up_at": at.isoformat() if at else None}
        return noted(app, tx, case, task, "follow_up_set", viewer, detail)


def prioritise(app: App, task_id: str, *, viewer: Viewer, priority: int) -> View:
    """Set how urgent a task is among others, 0 to 100; only its holder or an admin may."""
    with app.transaction() as tx:
        task, case = open_task(app, tx, task_id, viewer)
        _holds(task, viewer, case)
        if priority not in PRIORITIES:
            problem = Problem(field="priority", rule="range", message="优先级为 0 到 100。", en="Use 0 to 100.")
            raise Invalid("优先级应为 0 到 100 的整数。", en="Priority: an integer from 0 to 100.", problems=[problem])
        detail = {"from": task.priority, "to": priority}
        task.priority = priority
        return noted(app, tx, case, task, "prioritised", viewer, detail)


def _tell_before(
    app: App, tx: Session, case: Opened, task: Task, names: Iterable[str | None], viewer: Viewer, to: str, reason: str
) -> None:
    words = Said(
        f"{viewer.name} 把任务“{task.name}”移交给 {to}，您不用再办。原因：{reason}",
        f"{viewer.name} handed the task “{task.name}” over to {to}; you need not do it any more. Reason: {reason}",
    )
    subject = Said(f"任务已移交他人：{task.name}", f"A task was handed over: {task.name}")
    for name in sorted(name for name in names if name is not None):
        tell(app, tx, case, task, name, viewer, subject, words)


def _yours(task: Task) -> Said:
    return Said(f"任务移交给您：{task.name}", f"A task was handed over to you: {task.name}")


def _holds(task: Task, viewer: Viewer, case: Opened) -> None:
    if not viewer.admin and (task.assignee is None or task.assignee not in (viewer.name, case.stands_for)):
        raise NotAllowed(
            "只有办理人或管理员可以调整优先级，请先认领。", en="Only its holder or an admin may; claim the task first."
        )


def _required(field: str, text: str, message: str, en: str) -> None:
    if not text.strip():
        raise Invalid(message, en=en, problems=[Problem(field=field, rule="required", message=message, en=en)])
