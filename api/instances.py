"""Routes of instances: start a case, look at it, and the interventions of an admin."""

from datetime import datetime
from typing import Any

from api import auth
from api.batches_schemas import MigratedSchema, Moving
from api.blueprint import Blueprint
from api.instances_schemas import (
    EventSchema,
    InstanceDetailSchema,
    InstanceQuery,
    InstanceSchema,
    Reason,
    StartInstance,
    Suspend,
    TimerSchema,
)
from api.repair_schemas import ModifyInstance
from api.schemas import PageQuery, page_of
from api.tasks_schemas import Reschedule
from engine.bpm import batches, instances, migration, queries, repair, rescheduling
from engine.bpm.spiff.modify import Instruction
from engine.campaign import starting

blp = Blueprint("instances", "流程实例：启动、查看、干预", "/instances")


@blp.post("")
@blp.body(StartInstance)
@blp.answers(InstanceDetailSchema, 201)
@blp.header("Idempotency-Key", "同一个键重复提交，得到第一次启动的实例")
def start(definition: str, variables: dict[str, Any], **named: Any) -> object:
    """启动一个流程。

    A diagram may name who starts it (`camunda:candidateStarterGroups`); without, everybody may.
    """
    key = auth.idempotency_key()
    return starting.start(auth.app(), definition, variables, viewer=auth.viewer(), key=key, **named)


@blp.get("")
@blp.query(InstanceQuery)
@blp.answers(page_of(InstanceSchema))
def index(**wanted: Any) -> object:
    """实例列表。"""
    return queries.instances(auth.app(), auth.viewer(), **wanted)


@blp.get("/<instance_id>")
@blp.answers(InstanceDetailSchema)
def show(instance_id: str) -> object:
    """一个实例，含变量和在办任务。"""
    return queries.instance(auth.app(), auth.viewer(), instance_id)


@blp.get("/<instance_id>/history")
@blp.query(PageQuery)
@blp.answers(page_of(EventSchema))
def history(instance_id: str, **wanted: Any) -> object:
    """经过：按先后排列。"""
    return queries.history(auth.app(), auth.viewer(), instance_id, **wanted)


@blp.get("/<instance_id>/timers")
@blp.query(PageQuery)
@blp.answers(page_of(TimerSchema))
def timers(instance_id: str, **wanted: Any) -> object:
    """计时器：在等的和过去的。"""
    return queries.timers(auth.app(), auth.viewer(), instance_id, **wanted)


@blp.post("/<instance_id>/timers/<int(max=2147483647):timer_id>")
@blp.body(Reschedule)
@blp.answers(TimerSchema)
def move_timer(instance_id: str, timer_id: int, due_at: datetime, **why: Any) -> object:
    """变更一个计时器的到期时刻（管理员）。

    The old one stays as `replaced`, with the reason; the answer is the new one.
    """
    by = auth.admin().name
    return rescheduling.move_timer(auth.app(), instance_id, timer_id, due_at, rescheduling.Why(by, **why))


@blp.post("/<instance_id>/suspend")
@blp.body(Suspend)
@blp.answers(InstanceDetailSchema)
def suspend(instance_id: str, **wanted: Any) -> object:
    """挂起（管理员），期限照常计算或停止计时。"""
    return instances.suspend(auth.app(), instance_id, by=auth.admin().name, **wanted)


@blp.post("/<instance_id>/resume")
@blp.body(Reason)
@blp.answers(InstanceDetailSchema)
def resume(instance_id: str, reason: str) -> object:
    """恢复（管理员）。"""
    return instances.resume(auth.app(), instance_id, by=auth.admin().name, reason=reason)


@blp.post("/<instance_id>/cancel")
@blp.body(Reason)
@blp.answers(InstanceDetailSchema)
def cancel(instance_id: str, reason: str) -> object:
    """终止（管理员）。"""
    return instances.cancel(auth.app(), instance_id, by=auth.admin().name, reason=reason)


@blp.post("/<instance_id>/migrate")
@blp.body(Moving)
@blp.answers(MigratedSchema)
def migrate(instance_id: str, version: int | None, reason: str, dry_run: bool, **how: Any) -> object:
    """迁移到另一版本（管理员）：所有期限不变；`dry_run` 只看结果。"""
    by, move = auth.admin().name, batches.move(how)
    if dry_run:
        return {"preview": migration.preview(auth.app(), instance_id, version=version, how=move)}
    return migration.move(auth.app(), instance_id, version=version, how=move, by=by, reason=reason)


@blp.post("/<instance_id>/modify")
@blp.body(ModifyInstance)
@blp.answers(InstanceDetailSchema)
def modify(instance_id: str, instructions: list[Instruction], reason: str, dry_run: bool) -> object:
    """修改运行中的流程（管理员）：取消、启动、跳过、重做令牌，改变量；全部成功或全部不做。

    Every other task and timer keeps its id and its due date. With `dry_run` the answer shows what would be.
    """
    by = auth.admin().name
    return repair.modify(auth.app(), instance_id, instructions, by=by, reason=reason, dry_run=dry_run)
