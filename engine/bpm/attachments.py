"""Verbs on the files of a task: add, read, remove. The bytes lie in the file store, never in variables (S8).

Whoever sees a task may read and add; what was added to a task that has ended is part of its record.
"""

import unicodedata
import uuid

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from engine import uploads
from engine.app import App
from engine.bpm import record
from engine.bpm.model import Task
from engine.bpm.sight import visible_task
from engine.bpm.step import Opened
from engine.bpm.task_step import not_found, opened_task
from engine.bpm.tasks import open_task
from engine.bpm.viewer import Viewer
from engine.bpm.views import View, attachment_view
from engine.bpm.work_model import TaskAttachment
from engine.errors import Conflict, Invalid, NotAllowed, NotFound, Problem

MOST = 50  # files of one task
LONGEST_NAME = 200


def add(app: App, task_id: str, content: bytes, *, name: str, viewer: Viewer) -> View:
    """Attach a file to an open task; the same file under the same name by the same person again is the first one.

    Raises NotFound (not this person's to see), Conflict (not open, or too many files), Invalid (name, empty),
    TooLarge, Unavailable (disk).
    """
    _check_name(name)
    uploads.check_size(content, name)
    with app.reading() as tx:  # before the disk is written, and again under the lock
        if visible_task(tx, task_id, viewer) is None:
            raise not_found()
    digest = app.files.save(content)
    with app.transaction() as tx:
        task, case = open_task(app, tx, task_id, viewer)
        same = _present(task.id).where(
            TaskAttachment.sha256 == digest, TaskAttachment.name == name, TaskAttachment.author == viewer.name
        )
        if (known := tx.scalar(same)) is not None:
            return attachment_view(known)
        if (tx.scalar(select(func.count()).select_from(_present(task.id).subquery())) or 0) >= MOST:
            raise Conflict(
                f"一项任务最多 {MOST} 个附件，请先删除不需要的，或打包后再上传。",
                en=f"A task has at most {MOST} files; remove some, or send an archive.",
            )
        row = TaskAttachment(
            id=uuid.uuid4().hex, task_id=task.id, at=case.now, author=viewer.name, name=name,
            media_type=uploads.media_type(content), size=len(content), sha256=digest,
        )  # fmt: skip
        tx.add(row)
        _note(case, "attached", task, row, viewer)
        return attachment_view(row)


def read(app: App, task_id: str, attachment_id: str, *, viewer: Viewer) -> tuple[View, bytes]:
    """A file with its bytes, also of a task that has ended; raises NotFound."""
    with app.reading() as tx:
        if visible_task(tx, task_id, viewer) is None:
            raise not_found()
        shown = attachment_view(_found(tx, task_id, attachment_id))
    return shown, app.files.read(shown["sha256"])


def remove(app: App, task_id: str, attachment_id: str, *, viewer: Viewer) -> None:
    """Take a file off a task; the row and the bytes stay as the record of it.

    Raises NotFound, NotAllowed (another's), Conflict (the task has ended: only an admin may then).
    """
    with app.transaction() as tx, opened_task(app, tx, task_id, viewer, app.clock()) as opened:
        task = tx.get_one(Task, task_id)
        row = _found(tx, task_id, attachment_id)
        if not viewer.admin and row.author != viewer.name:
            raise NotAllowed(
                f"该附件由 {row.author} 上传，只有本人或管理员可以删除。",
                en=f"{row.author} attached this file; only they or an admin may remove it.",
            )
        if not viewer.admin and opened.row.status != "open":
            raise Conflict(
                "该任务已经结束，附件随任务存档；确需删除请联系管理员。",
                en="The task has ended and its files are part of the record; ask an admin.",
            )
        row.removed_at, row.removed_by = opened.case.now, viewer.name
        _note(opened.case, "attachment_removed", task, row, viewer)


def _note(case: Opened, event: str, task: Task, row: TaskAttachment, viewer: Viewer) -> None:
    detail = {"attachment": row.id, "name": row.name, "size": row.size, "sha256": row.sha256}
    record.note(
        case.tx, task.instance_id, event, at=row.removed_at or row.at, recorded_at=case.app.wall(), actor=viewer.name,
        task=task, detail=detail, on_behalf_of=case.stands_for,
    )  # fmt: skip


def _present(task_id: str) -> Select[TaskAttachment]:
    return select(TaskAttachment).where(TaskAttachment.task_id == task_id, TaskAttachment.removed_at.is_(None))


def _found(tx: Session, task_id: str, attachment_id: str) -> TaskAttachment:
    row = tx.scalar(_present(task_id).where(TaskAttachment.id == attachment_id))
    if row is None:
        raise NotFound("没有这个附件，可能已被删除。", en="There is no such file; it may have been removed.")
    return row


def _check_name(name: str) -> None:
    """A file name people can read: not empty, not too long, no character that turns or hides text."""
    hidden = any(unicodedata.category(sign) in ("Cc", "Cf") for sign in name)
    if name.strip() and len(name) <= LONGEST_NAME and not hidden:
        return
    message = f"文件名应为 1 到 {LONGEST_NAME} 个字符，不含换行等控制字符，请改名后再上传。"
    en = f"Use a file name of 1 to {LONGEST_NAME} characters without control characters."
    raise Invalid(message, en=en, problems=[Problem(field="file", rule="name", message=message, en=en)])
