"""Verbs on human tasks: claim, release, complete, delegate, return, comment."""

from collections.abc import Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy import update
from sqlalchemy.orm import Session

from engine.app import App
from engine.bpm import queries, record, returning, variables
from engine.bpm.model import Completion, Task, TaskComment
from engine.bpm.sight import visible_task
from engine.bpm.spiff import run
from engine.bpm.step import ACTOR, Opened
from engine.bpm.task_step import Asking, not_found, opened_task
from engine.bpm.viewer import Viewer
from engine.bpm.views import View, moment_text
from engine.errors import Conflict, Invalid, NotAllowed, Problem
from engine.sql import Found

if TYPE_CHECKING:
    from engine.app import Act


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
        _check_form(task.case, task.row, given)
        tx.info[ACTOR] = viewer.name
        case = task.case
        if act := _act_at(app, case, task.row.element):
            act(case, task.row, given, viewer)
        after = run.complete(case.model, case.row.state, task_id, given, now, case.world)
        case.apply(after, actor=viewer.name)
        if key:
            tx.add(Completion(person=viewer.name, key=key, task_id=task_id, at=app.wall()))
        if task.row.on_behalf_of != case.stands_for:
            tx.execute(update(Task).where(Task.id == task_id).values(on_behalf_of=case.stands_for))
        ending = record.endings(after, viewer.name)[task_id, task.row.element]
        return task.view(**ending, on_behalf_of=case.stands_for)


def _act_at(app: App, case: Opened, element: str) -> "Act | None":
    """What completing this element needs besides its form: in the process that runs, or in a called one it is of."""
    running, drawn = case.definition.key, case.model.elements.get(element)
    if act := app.acts.get((running, element)):
        return act
    if drawn is None or drawn.process == running:
        return None
    called = {process for _, process in case.model.calls}
    return next((act for (process, at), act in app.acts.items() if at == element and process in called), None)


def claim(app: App, task_id: str, *, viewer: Viewer) -> View:
    """Take a task for oneself. Raises Conflict naming whoever has it already."""
    now = app.clock()
    with app.transaction() as tx:
        task, case = open_task(app, tx, task_id, viewer)
        if not _his_to_work(task, viewer, case):
            raise Conflict(f"该任务已由 {task.assignee} 认领。", en=f"The task was claimed by {task.assignee}.")
        give(task, viewer.name, now)
        task.on_behalf_of = case.stands_for
        return noted(app, tx, case, task, "claimed", viewer)


def release(app: App, task_id: str, *, viewer: Viewer) -> View:
    """Give a claimed task back to its candidates; what was claimed on behalf of somebody stays theirs to take."""
    with app.transaction() as tx:
        task, case = open_task(app, tx, task_id, viewer)
        may_work(task, viewer, case)
        task.assignee, task.claimed_at, task.owner, task.delegation = None, None, None, None
        return noted(app, tx, case, task, "released", viewer)


def delegate(app: App, task_id: str, *, viewer: Viewer, to: str) -> View:
    """Hand a task to another person, who works it in one's stead; the owner stays known."""
    with app.transaction() as tx:
        task, case = open_task(app, tx, task_id, viewer)
        may_work(task, viewer, case)
        if not to.strip():
            problem = Problem(field="to", rule="required", message="请填写受托人。", en="Say to whom.")
            raise Invalid("请填写受托人的登录名。", en="Give the login name of the person.", problems=[problem])
        task.owner, task.delegation = task.owner or case.stands_for or viewer.name, "pending"
        give(task, to, case.now)
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
            return queries.one_task(tx, app, opened_id)
        if task.assignee is None:
            raise Conflict("该任务无人认领，不需要退回。", en="Nobody holds this task; there is nothing to give back.")
        give(task, task.owner or task.on_behalf_of, case.now)
        task.owner, task.delegation = None, None
        return noted(app, tx, case, task, "returned", viewer, {"to": task.assignee, "reason": reason})


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


def _check_form(case: Opened, task: Found, given: Mapping[str, Any]) -> None:
    """A task with a form takes the form's fields and nothing else: no one may slip in a variable such as a due date."""
    form = case.model.forms.get(task.form) if task.form else None
    if form is None:
        return
    problems = [_not_asked(name) for name in given if name not in form.names]
    problems += form.check(given, case.snapshot.variables)
    if problems:
        words = "；".join(problem["message"] for problem in problems)
        raise Invalid(f"表单填写有误：{words}", en="The form is not filled in correctly.", problems=problems)


def _not_asked(name: str) -> Problem:
    return Problem(
        field=name,
        rule="unknown-field",
        message=f"表单中没有“{name}”这一项，请去掉。",
        en=f"The form does not ask for {name}; leave it out.",
    )
