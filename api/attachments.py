"""Routes of the files of a task: up, down, and off again."""

from flask import Response

from api import auth
from api.attachments_schemas import AttachmentForm, AttachmentSchema
from api.blueprint import Blueprint
from api.body import one_upload
from api.files import sent
from engine.bpm import attachments

blp = Blueprint("attachments", "任务附件", "/tasks")


@blp.post("/<task_id>/attachments")
@blp.form(AttachmentForm, file="file")
@blp.answers(AttachmentSchema, 201)
def attach(task_id: str) -> object:
    """上传附件：看得到任务的人都可以，任务未结束时；最大 15 MB，一项任务最多 50 个。

    The media type is told by the bytes. The same file under the same name by the same person is attached once.
    """
    name, content = one_upload("file")
    return attachments.add(auth.app(), task_id, content, name=name, viewer=auth.viewer())


@blp.get("/<task_id>/attachments/<attachment_id>")
@blp.answers(None)
def download(task_id: str, attachment_id: str) -> Response:
    """下载附件。"""
    found, content = attachments.read(auth.app(), task_id, attachment_id, viewer=auth.viewer())
    return sent(content, found["name"], found["media_type"], shown="attachment")


@blp.delete("/<task_id>/attachments/<attachment_id>")
@blp.answers(None, 204)
def remove(task_id: str, attachment_id: str) -> None:
    """删除附件：上传人或管理员；经过里留有记录，任务结束后只有管理员可以。"""
    attachments.remove(auth.app(), task_id, attachment_id, viewer=auth.viewer())
