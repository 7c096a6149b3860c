"""To whom a task may be given: to anybody, or, where the diagram says so, only to people whom it is offered to."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine.app import App
from engine.bpm.model import Task, TaskCandidate
from engine.bpm.spiff.model import CANDIDATES
from engine.bpm.step import Opened
from engine.bpm.viewer import Viewer
from engine.errors import NotAllowed


def to_person(app: App, tx: Session, case: Opened, task: Task, name: str, viewer: Viewer) -> None:
    """Raises NotAllowed for a person outside of the candidates where the task is theirs alone; an admin may."""
    offered = _only(tx, case, task, viewer)
    if offered and not _reached(app, tx, name, offered):
        raise _refusal(task, name, offered)


def to_group(tx: Session, case: Opened, task: Task, group: str, viewer: Viewer) -> None:
    """The same for a group."""
    offered = _only(tx, case, task, viewer)
    if offered and f"group:{group}" not in offered:
        raise _refusal(task, group, offered)


def no_longer(app: App, tx: Session, case: Opened, task: Task, link: str, viewer: Viewer) -> None:
    """Raises NotAllowed for a candidate who would be shut out of a task that is theirs and a few others' alone; a
    person whose group is still among them is not.
    """
    offered = _only(tx, case, task, viewer)
    kind, _, name = link.partition(":")
    if offered and not (kind == "user" and _reached(app, tx, name, offered - {link})):
        raise NotAllowed(
            f"“{task.name}”依规定由 {_names(offered)} 办理，不能移除 {name}；需要更改的，请管理员办理。",
            en=f"{task.name} is for {_names(offered)} alone; {name} cannot be removed. Ask an admin.",
        )


def _reached(app: App, tx: Session, name: str, offered: set[str]) -> bool:
    account = app.accounts(tx, [name]).get(name)
    groups = account.groups if account else frozenset()
    return not offered.isdisjoint({f"user:{name}", *(f"group:{group}" for group in groups)})


def _only(tx: Session, case: Opened, task: Task, viewer: Viewer) -> set[str]:
    """The only ones who may get the task; empty where anybody may, and where nobody is named."""
    if viewer.admin or CANDIDATES not in case.model.said(task.element, "give"):
        return set()
    return set(tx.scalars(select(TaskCandidate.candidate).where(TaskCandidate.task_id == task.id)))


def _refusal(task: Task, to: str, offered: set[str]) -> NotAllowed:
    names = _names(offered)
    return NotAllowed(
        f"“{task.name}”依规定由 {names} 办理，不能转办、移交给 {to}；不归本单位管的，请在表单里按规矩退回。",
        en=f"{task.name} is for {names} alone; it cannot be given to {to}. Give it back as its form provides.",
    )


def _names(offered: set[str]) -> str:
    return "、".join(sorted(name.partition(":")[2] for name in offered))
