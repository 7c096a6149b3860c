"""Who may take a running task besides those whom the diagram names: people and groups are added to it and removed.

A link is named as it is stored, ``user:li`` or ``group:office``. Whoever may work the task may change them; where the
diagram says who alone does it (``give`` = ``candidates``), only an admin goes beyond these.
"""

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from engine.app import App
from engine.bpm import giving, queries, reasons
from engine.bpm.model import Task, TaskCandidate
from engine.bpm.sight import visible_task
from engine.bpm.step import Opened
from engine.bpm.task_step import not_found
from engine.bpm.tasks import may_work, noted, open_task, tell
from engine.bpm.viewer import Viewer
from engine.bpm.views import View
from engine.errors import Conflict, Invalid, NotFound, Problem
from engine.said import Said

USER, GROUP = "user:", "group:"
MOST = 50  # a list that a person reads


def show(app: App, task_id: str, *, viewer: Viewer) -> list[View]:
    """All of a task, open or done: its candidates, holder and owner, each ``{id, type, user, group}``."""
    with app.reading() as tx:
        task = visible_task(tx, task_id, viewer)
        if task is None:
            raise not_found()
        held = [("assignee", task.assignee), ("owner", task.owner)]
        named = [_view(type, USER + name) for type, name in held if name]
        return [*(_view("candidate", link) for link in sorted(_offered(tx, task))), *named]


def add(app: App, task_id: str, link: str, *, viewer: Viewer, reason: str) -> View:
    """Offer a task to one more person, who gets a notice, or group, which finds it in its list; answers the task.

    Whom it is offered to already changes nothing. Raises Invalid for an account out of use or a group that nobody is
    in, NotAllowed (another's, or what ``giving`` says), Conflict when there are too many.
    """
    with app.transaction() as tx:
        task, case = open_task(app, tx, task_id, viewer)
        may_work(task, viewer, case)
        reasons.require(reason)
        before = _offered(tx, task)
        if not _in_use(app, tx, {link}):
            raise _nobody(link)
        _may_get(app, tx, case, task, link, viewer)
        if link in before:
            return queries.one_task(tx, app, task_id)
        if len(before) >= MOST:
            raise Conflict(f"一项任务最多 {MOST} 个候选人（组）。", en=f"A task has at most {MOST} candidates.")
        tx.add(TaskCandidate(task_id=task.id, candidate=link))
        if link.startswith(USER):
            words = Said(
                f"{viewer.name} 把您加为任务“{task.name}”的办理候选人，可以认领。原因：{reason}",
                f"{viewer.name} offered you the task “{task.name}”; you may claim it. Reason: {reason}",
            )
            subject = Said(f"您可以认领：{task.name}", f"You may claim a task: {task.name}")
            tell(app, tx, case, task, link.removeprefix(USER), viewer, subject, words)
        return noted(app, tx, case, task, "candidate_added", viewer, {**_told(link), "reason": reason})


def remove(app: App, task_id: str, link: str, *, viewer: Viewer, reason: str) -> None:
    """Offer a task to a person, who is told, or group no longer; who holds it keeps it.

    Raises NotFound for whom it is not offered to, Conflict when nobody would be left who could take it, NotAllowed.
    """
    with app.transaction() as tx:
        task, case = open_task(app, tx, task_id, viewer)
        may_work(task, viewer, case)
        reasons.require(reason)
        before = _offered(tx, task)
        if link not in before:
            raise NotFound("这项任务的候选人里没有他，请刷新。", en="The task has no such candidate; reload.")
        if not _in_use(app, tx, before - {link}):
            raise Conflict(
                f"不能移除：其余的候选人里没有人能办“{task.name}”，请先增加别人，或移交。",
                en="Nobody among the other candidates could take the task; add somebody first, or hand it over.",
            )
        giving.no_longer(app, tx, case, task, link, viewer)
        tx.execute(delete(TaskCandidate).where(TaskCandidate.task_id == task.id, TaskCandidate.candidate == link))
        name = link.removeprefix(USER)
        if link.startswith(USER) and name != task.assignee:
            words = Said(
                f"{viewer.name} 把您从任务“{task.name}”的办理候选人中移除，您不用再办。原因：{reason}",
                f"{viewer.name} no longer offers you the task “{task.name}”. Reason: {reason}",
            )
            subject = Said(f"任务不再由您认领：{task.name}", f"A task is no longer yours to claim: {task.name}")
            tell(app, tx, case, task, name, viewer, subject, words)
        noted(app, tx, case, task, "candidate_removed", viewer, {**_told(link), "reason": reason})


def _offered(tx: Session, task: Task) -> set[str]:
    return set(tx.scalars(select(TaskCandidate.candidate).where(TaskCandidate.task_id == task.id)))


def _may_get(app: App, tx: Session, case: Opened, task: Task, link: str, viewer: Viewer) -> None:
    kind, _, name = link.partition(":")
    if kind == "user":
        giving.to_person(app, tx, case, task, name, viewer)
    else:
        giving.to_group(tx, case, task, name, viewer)


def _in_use(app: App, tx: Session, links: set[str]) -> bool:
    """Whether anybody is behind one of these."""
    people = [link.removeprefix(USER) for link in links if link.startswith(USER)]
    groups = [link.removeprefix(GROUP) for link in links if link.startswith(GROUP)]
    return any(account.active for account in app.accounts(tx, people).values()) or bool(app.peopled(tx, groups))


def _nobody(link: str) -> Invalid:
    kind, _, name = link.partition(":")
    if kind == "user":
        message, en = f"没有账号“{name}”，或它已停用，请另选。", f"There is no account {name} in use; choose another."
    else:
        message, en = f"组“{name}”里没有人，请核对代码。", f"Nobody is in the group {name}; check its code."
    return Invalid(message, en=en, problems=[Problem(field=kind, rule="choice", message=message, en=en)])


def _told(link: str) -> dict[str, str]:
    return {"to": link.removeprefix(USER)} if link.startswith(USER) else {"to_group": link.removeprefix(GROUP)}


def _view(type: str, link: str) -> View:
    kind, _, name = link.partition(":")
    return {
        "id": link, "type": type, "user": name if kind == "user" else None, "group": name if kind == "group" else None,
    }  # fmt: skip
