"""Routes of who may take a running task: candidates are looked at, added and removed."""

from api import auth
from api.blueprint import Blueprint
from api.schemas import LongPageQuery, page_from, page_of
from api.tasks_schemas import IdentityLinkSchema, OfferTask, TaskSchema, WithdrawTask
from engine.bpm import identity_links

blp = Blueprint("identity-links", "任务的候选人：查看、增加、移除", "/tasks")


@blp.get("/<task_id>/identity-links")
@blp.query(LongPageQuery)
@blp.answers(page_of(IdentityLinkSchema))
def index(task_id: str, page: int, size: int) -> object:
    """任务的候选人、候选组，和办理人、转办人。"""
    return page_from(identity_links.show(auth.app(), task_id, viewer=auth.viewer()), page, size)


@blp.post("/<task_id>/identity-links")
@blp.body(OfferTask)
@blp.answers(TaskSchema)
def add(task_id: str, reason: str, user: str | None = None, group: str | None = None) -> object:
    """增加候选人或候选组：任务也给他们认领，个人收到通知；已经是候选的不变。"""
    link = f"group:{group}" if user is None else f"user:{user}"
    return identity_links.add(auth.app(), task_id, link, viewer=auth.viewer(), reason=reason)


@blp.delete("/<task_id>/identity-links/<link>")
@blp.query(WithdrawTask)
@blp.answers(None, 204)
def remove(task_id: str, link: str, reason: str) -> None:
    """移除候选人或候选组：个人收到通知；移除后没有人能办的不可以。"""
    identity_links.remove(auth.app(), task_id, link, viewer=auth.viewer(), reason=reason)
