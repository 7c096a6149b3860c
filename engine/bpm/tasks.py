"""Verbs on human tasks: claim, release, complete, delegate, return, comment."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from engine.app import App
from engine.bpm import giving, notices, queries, record, returning, variables
from engine.bpm.completing import act_at, check_form
from engine.bpm.model import Completion, Task, TaskCandidate, TaskComment
from engine.bpm.sight import visible_task
from engine.bpm.spiff import run
from engine.bpm.step import ACTOR, Opened
from engine.bpm.task_step import Asking, not_found, opened_task
from engine.bpm.viewer import Viewer
from engine.bpm.views import View, moment_text
from engine.errors import Conflict, Invalid, NotAllowed, Problem
from engine.said import Said, joined
from engine.sql import Found

PENDING, RESOLVED = "pending", "resolved"  # a delegation


def complete(
    app: App, task_id: str, values: Mapping[str, Any], *, viewer: Viewer | Asking, key: str | None = None
) -> View:
    """Finish a task with the form's values; answers the task.

    The same idempotency ``key`` from the same person answers the first result again (S2). Raises NotFound (not this
    person's to see), NotAllowed (claimed by another), Conflict (done before, names who), Invalid (form), and what the
    act itself refuses (``App.acts``).
    """
    now = app.clock()
    given = variables.check(values)
    with app.transaction() as tx, opened_task(app, tx, task_id, viewer, now) as task:
        viewer = task.viewer
        if key and _repeated(tx, task_id, viewer, key):
            return task.view()
        _must_be_open(app, task.row)
        may_work(task.row, viewer, task.case)
        check_form(task.case, task.row, given)
        tx.info[ACTOR] = viewer.name
        case = task.case
        if act := act_at(app, case, task.row.element):
            act(case, task.row, given, viewer)
        after = run.complete(case.model, case.row.state, task_id, given, now, case.world)
        case.apply(after, actor=viewer.name)
        if key:
            tx.add(Completion(person=viewer.name, key=key, task_id=task_id, at=app.wall()))
        if task.row.on_behalf_of != case.stands_for:
            tx.execute(update(Task).where(Task.id == task_id).values(on_behalf_of=case.stands_for))
        ending = record.endings(after, viewer.name)[task_id, task.row.element]
        return task.view(**ending, on_behalf_of=case.stands_for)


def claim(app: App, task_id: str, *, viewer: Viewer) -> View:
    """Take a task for oneself, once; whoever an admin takes it from is told.

    Raises Conflict naming whoever has it already.
    """
    with app.transaction() as tx:
        task, case = open_task(app, tx, task_id, viewer)
        before = task.assignee
        if before == viewer.name:
            return queries.one_task(tx, app, task_id)
        if not _his_to_work(task, viewer, case):
            raise Conflict(f"该任务已由 {before} 认领。", en=f"The task was claimed by {before}.")
        give(task, viewer.name, case.now)
        task.on_behalf_of = case.stands_for
        if case.stands_for is None:
            words = Said(
                f"任务“{task.name}”改由 {viewer.name} 办理，您不用再办。",
                f"{viewer.name} does the task “{task.name}” now; you need not do it any more.",
            )
            subject = Said(f"任务改由他人办理：{task.name}", f"Somebody else does the task: {task.name}")
            tell(app, tx, case, task, before, viewer, subject, words)
        return noted(app, tx, case, task, "claimed", viewer)


def release(app: App, task_id: str, *, viewer: Viewer) -> View:
    """Give a claimed task back to its candidates, a delegated one to whoever delegated it; what was claimed on behalf
    of somebody stays theirs to take. Raises Conflict when nobody could take it.
    """
    with app.transaction() as tx:
        task, case = open_task(app, tx, task_id, viewer)
        may_work(task, viewer, case)
        if task.assignee is None:
            return queries.one_task(tx, app, task_id)
        if task.delegation == PENDING and task.owner != task.assignee:
            return _given_back(app, tx, case, task, task.owner, viewer, "released")
        if task.on_behalf_of is None:
            _must_be_offered(tx, task)
        task.assignee, task.claimed_at, task.owner, task.delegation = None, None, None, None
        return noted(app, tx, case, task, "released", viewer)


def delegate(app: App, task_id: str, *, viewer: Viewer, to: str) -> View:
    """Hand a task to another person, who works it in one's stead and gets a notice; the owner stays known: whoever
    delegated it first, else who had it. Raises Conflict for somebody who has it, or gets it back, anyway, and what
    ``giving`` does.
    """
    with app.transaction() as tx:
        task, case = open_task(app, tx, task_id, viewer)
        may_work(task, viewer, case)
        if not to.strip():
            problem = Problem(field="to", rule="required", message="请填写受托人。", en="Say to whom.")
            raise Invalid("请填写受托人的登录名。", en="Give the login name of the person.", problems=[problem])
        if to in (viewer.name, task.assignee):
            raise Conflict(
                f"任务本来就由 {to} 办理，不需要转办；没有认领的请认领。", en=f"{to} may do it already; claim it."
            )
        if task.delegation == PENDING and to == task.owner:
            raise Conflict(
                f"任务是 {to} 转办来的，请写明意见交回，或写明原因退回。",
                en=f"{to} delegated it; resolve it, or give it back.",
            )
        giving.to_person(app, tx, case, task, to, viewer)
        owner = task.owner or case.stands_for or task.assignee or viewer.name
        task.owner, task.delegation = owner, PENDING
        give(task, to, case.now)
        words = Said(
            f"{viewer.name} 把任务“{task.name}”转办给您。可以直接办结，或写明意见交回 {owner}。",
            f"{viewer.name} delegated the task “{task.name}” to you. Complete it, or hand it back to {owner} with what "
            "you found.",
        )
        subject = Said(f"请您代为办理：{task.name}", f"Please do this for somebody: {task.name}")
        tell(app, tx, case, task, to, viewer, subject, words)
        return noted(app, tx, case, task, "delegated", viewer, {"to": to})


def send_back(
    app: App, task_id: str, *, viewer: Viewer, reason: str, to: str | None = None, deadline: str = returning.ANEW
) -> View:
    """Give a task back with a reason, to whoever delegated it, for whom it was claimed, or its candidates; with
    ``to`` to an earlier step.

    Answers the task, or the new task of the earlier step. Raises Conflict for a free task, Invalid for a bad step.
    """
    with app.transaction() as tx:
        task, case = open_task(app, tx, task_id, viewer)
        may_work(task, viewer, case)
        if not reason.strip():
            problem = Problem(field="reason", rule="required", message="请填写退回原因。", en="A reason is required.")
            raise Invalid("请填写退回原因。", en="Give a reason.", problems=[problem])
        if to is not None:
            opened_id = returning.to_earlier(app, tx, case, task, to, viewer=viewer, reason=reason, deadline=deadline)
            task = tx.get_one(Task, opened_id)
            words = Said(
                f"{viewer.name} 退回到“{task.name}”，请您重新办理。原因：{reason}",
                f"{viewer.name} sent it back to “{task.name}”; please do it again. Reason: {reason}",
            )
            tell(app, tx, case, task, task.assignee, viewer, _came_back(task), words)
            tx.flush()
            return queries.one_task(tx, app, opened_id)
        if task.assignee is None:
            raise Conflict("该任务无人认领，不需要退回。", en="Nobody holds this task; there is nothing to give back.")
        back = next((name for name in (task.owner, task.on_behalf_of) if name not in (None, task.assignee)), None)
        if back is None:
            _must_be_offered(tx, task)
        return _given_back(app, tx, case, task, back, viewer, "returned", reason)


def comment(app: App, task_id: str, text: str, *, viewer: Viewer, key: str | None = None) -> View:
    """Add a remark to a task, open or done; with the same idempotency ``key`` only once."""
    now = app.clock()
    with app.transaction() as tx:
        task = _seen(tx, task_id, viewer)
        if key and _repeated(tx, task_id, viewer, key):
            return queries.one_task(tx, app, task_id)
        if not text.strip():
            problem = Problem(field="text", rule="required", message="请填写内容。", en="The comment is empty.")
            raise Invalid("备注是空的，请填写内容。", en="The comment is empty.", problems=[problem])
        for asked in app.said:
            asked(app, tx, viewer, text)
        view = queries.one_task(tx, app, task_id, viewer)
        tx.add(TaskComment(task_id=task.id, at=now, author=viewer.name, text=text))
        if key:
            tx.add(Completion(person=viewer.name, key=key, task_id=task_id, at=app.wall()))
        record.note(
            tx,
            task.instance_id,
            "commented",
            at=now,
            recorded_at=app.wall(),
            actor=viewer.name,
            task=task,
            detail={"text": text},
            on_behalf_of=view["substitute_for"],
        )
        return view


def tell(
    app: App, tx: Session, case: Opened, task: Task, to: str | None, viewer: Viewer, subject: Said, body: Said
) -> None:
    """A notice to somebody who gets a task or no longer has it; nobody is told of what they did themselves."""
    if to is not None and to != viewer.name:
        notices.tell(app, tx, to, subject=subject, body=body, now=case.now, instance_id=task.instance_id)


def _given_back(
    app: App, tx: Session, case: Opened, task: Task, to: str | None, viewer: Viewer, event: str, reason: str = ""
) -> View:
    """The task is its owner's again, who is told, or its candidates'; a delegation ends."""
    give(task, to, case.now)
    task.owner, task.delegation = None, None
    given = Said(f"{viewer.name} 退回了任务“{task.name}”。", f"{viewer.name} gave the task “{task.name}” back.")
    words = joined("", " ", (given, Said(f"原因：{reason}", f"Reason: {reason}"))) if reason else given
    tell(app, tx, case, task, to, viewer, _came_back(task), words)
    return noted(app, tx, case, task, event, viewer, {"to": to, **({"reason": reason} if reason else {})})


def _came_back(task: Task) -> Said:
    return Said(f"任务退回给您：{task.name}", f"A task came back to you: {task.name}")


def _must_be_offered(tx: Session, task: Task) -> None:
    """A task that only its holder was named for would be nobody's."""
    if tx.scalar(select(TaskCandidate.candidate).where(TaskCandidate.task_id == task.id).limit(1)) is None:
        raise Conflict(
            f"任务“{task.name}”只指派给一个人，没有候选人，放回或退回后没有人能办；请移交给别人或别的组。",
            en="Nobody else was offered this task, so nobody could take it; hand it over instead.",
        )


def open_task(app: App, tx: Session, task_id: str, viewer: Viewer) -> tuple[Task, Opened]:
    """An open task in the hands of one command, everything due has fired. Raises NotFound, Conflict."""
    with opened_task(app, tx, task_id, viewer, app.clock()) as task:
        _must_be_open(app, task.row)
    return tx.get_one(Task, task_id), task.case


def noted(
    app: App, tx: Session, case: Opened, task: Task, event: str, viewer: Viewer, detail: dict[str, Any] | None = None
) -> View:
    """Write down what a person did with a task; answers the task as a list row."""
    record.note(
        tx, task.instance_id, event, at=case.now, recorded_at=app.wall(), actor=viewer.name, task=task, detail=detail,
        on_behalf_of=case.stands_for,
    )  # fmt: skip
    tx.flush()
    return queries.one_task(tx, app, task.id)


def _seen(tx: Session, task_id: str, viewer: Viewer) -> Task:
    task = visible_task(tx, task_id, viewer)
    if task is None:
        raise not_found()
    return task


def _repeated(tx: Session, task_id: str, viewer: Viewer, key: str) -> bool:
    earlier = tx.get(Completion, (viewer.name, key))
    if earlier is not None and earlier.task_id != task_id:
        raise Conflict(
            "这个幂等键已经用于另一项任务，请换一个新的键。",
            en="This Idempotency-Key was used for another task; use a new one.",
        )
    return earlier is not None


def _must_be_open(app: App, task: Found) -> None:
    if task.status == "completed":
        raise Conflict(
            f"该任务已由 {task.completed_by} 于 {moment_text(task.ended_at, app)} 完成，请刷新列表。",
            en=f"The task was completed by {task.completed_by} at {moment_text(task.ended_at, app)}.",
        )
    if task.status != "open":
        raise Conflict(
            f"该任务已于 {moment_text(task.ended_at, app)} 关闭（时限届满或流程已转入其他环节），请刷新列表。",
            en=f"The task was closed at {moment_text(task.ended_at, app)}: its deadline passed or the case moved on.",
        )


def give(task: Task, to: str | None, at: datetime) -> None:
    """Put a task into a person's hands in their own right, or with None back to its candidates."""
    task.assignee, task.claimed_at, task.on_behalf_of = to, at if to else None, None


def may_work(task: Task | Found, viewer: Viewer, case: Opened) -> None:
    """Raises NotAllowed when the task is another person's."""
    if not _his_to_work(task, viewer, case):
        raise NotAllowed(
            f"该任务由 {task.assignee} 办理；如需代办，请其放回或转办。",
            en=f"The task is {task.assignee}'s; ask for it to be released or delegated.",
        )


def _his_to_work(task: Task | Found, viewer: Viewer, case: Opened) -> bool:
    return viewer.admin or task.assignee in (None, viewer.name) or case.stands_for is not None
