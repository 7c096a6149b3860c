"""Routes of orders about many instances: move them to another version, cancel them, see how far it is, undo."""

from typing import Any

from api import auth
from api.batches_schemas import BatchItemQuery, BatchItemSchema, BatchSchema, MoveMany, OrderMany
from api.blueprint import Blueprint
from api.instances_schemas import Reason
from api.schemas import PageQuery, page_of
from engine.bpm import batches

blp = Blueprint("batches", "批量：迁移版本、终止、挂起、恢复、重试，进度与撤销")


@blp.post("/migrations")
@blp.body(MoveMany)
@blp.answers(BatchSchema, 201)
def migrate(reason: str, dry_run: bool, **given: Any) -> object:
    """批量迁移到另一版本（管理员）；`dry_run` 只看哪些能迁、哪些不能、为什么。"""
    which = {"definition": given.pop("definition"), "versions": given.pop("from_versions"),
             "ids": given.pop("instances"), "q": given.pop("q")}  # fmt: skip
    by = auth.admin().name
    return batches.order(auth.app(), "migrate", by=by, reason=reason, parameters=given, dry_run=dry_run, **which)


@blp.post("/batches")
@blp.body(OrderMany)
@blp.answers(BatchSchema, 201)
def order(kind: str, reason: str, instances: list[str], clock: str, **which: Any) -> object:
    """对许多实例下同一个指令：终止、挂起、恢复、重试（管理员）。"""
    by, given = auth.admin().name, {"clock": clock}
    return batches.order(auth.app(), kind, by=by, reason=reason, parameters=given, ids=instances, **which)


@blp.get("/batches")
@blp.query(PageQuery)
@blp.answers(page_of(BatchSchema))
def index(**wanted: Any) -> object:
    """批次列表（管理员），新的在前。"""
    auth.admin()
    return batches.batches(auth.app(), **wanted)


@blp.get("/batches/<batch_id>")
@blp.answers(BatchSchema)
def show(batch_id: str) -> object:
    """一个批次的进度（管理员）。"""
    auth.admin()
    return batches.show(auth.app(), batch_id)


@blp.get("/batches/<batch_id>/items")
@blp.query(BatchItemQuery)
@blp.answers(page_of(BatchItemSchema))
def items(batch_id: str, **wanted: Any) -> object:
    """一个批次里各实例的结果（管理员）。"""
    auth.admin()
    return batches.items(auth.app(), batch_id, **wanted)


@blp.post("/batches/<batch_id>/undo")
@blp.body(Reason)
@blp.answers(BatchSchema)
def undo(batch_id: str, reason: str) -> object:
    """撤销一次迁移（管理员）：此后没有办理过的实例回到原版本，其余说明原因。"""
    return batches.undo(auth.app(), batch_id, by=auth.admin().name, reason=reason)
