"""Routes of the cockpit: how the engine stands, what its elements do, what is stuck, who did what. For admins only: to
everybody else these addresses do not exist.
"""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from flask import Response

from api import auth
from api.batches_schemas import BatchSchema
from api.blueprint import Blueprint
from api.cockpit_schemas import (
    CaseTimerSchema,
    HealthSchema,
    HeatQuery,
    HeatSchema,
    MessageQuery,
    OutboxNoticeSchema,
    OutboxQuery,
    SchedulerSchema,
    TimerQuery,
    WaitingMessageSchema,
    WatchedDefinitionSchema,
    WatchQuery,
)
from api.cockpit_search_schemas import (
    AuditFilter,
    AuditQuery,
    AuditSchema,
    FindInstances,
    GroupQuery,
    IncidentCauseSchema,
    IncidentGroupSchema,
    OrderFound,
    RetryGroup,
    TreeLineSchema,
    TreeQuery,
    WatchedInstanceSchema,
)
from api.register_audit_schemas import RegisterAuditFilter, RegisterAuditQuery, RegisterAuditSchema
from api.schemas import PageQuery, page_of
from engine.bpm import (
    audit,
    definition_counts,
    family,
    health,
    heartbeats,
    heat,
    incident_groups,
    instance_search,
    message_list,
    outbox,
    timer_list,
)
from engine.campaign import case_hazards, register_audit

blp = Blueprint("cockpit", "运维：引擎状况、热力图、查找实例、通知、审计", "/cockpit")


@blp.get("/health")
@blp.answers(HealthSchema)
def show_health() -> object:
    """引擎状况一览：运行、异常、定时器、定时进程、通知、数据库。"""
    auth.operator()
    return health.health(auth.app())


@blp.get("/schedulers")
@blp.query(PageQuery)
@blp.answers(page_of(SchedulerSchema))
def schedulers(**wanted: Any) -> object:
    """定时进程：在运行的、已停止的、失去联系的。"""
    auth.operator()
    return heartbeats.schedulers(auth.app(), **wanted)


@blp.get("/timers")
@blp.query(TimerQuery)
@blp.answers(page_of(CaseTimerSchema))
def timers(**wanted: Any) -> object:
    """全部实例的定时器。"""
    auth.operator()
    return timer_list.timers(auth.app(), **wanted)


@blp.get("/messages")
@blp.query(MessageQuery)
@blp.answers(page_of(WaitingMessageSchema))
def messages(**wanted: Any) -> object:
    """还没有送达的消息和信号，最早的在前。"""
    auth.operator()
    return message_list.messages(auth.app(), **wanted)


@blp.get("/notices")
@blp.query(OutboxQuery)
@blp.answers(page_of(OutboxNoticeSchema))
def notices(**wanted: Any) -> object:
    """通知：待发、已发、失败，新的在前。"""
    auth.operator()
    return outbox.notices(auth.app(), **wanted)


@blp.post("/notices/<notice_id>/send-again")
@blp.answers(OutboxNoticeSchema)
def send_again(notice_id: str) -> object:
    """重发一条没有发出去的通知。"""
    return outbox.send_again(auth.app(), notice_id, by=auth.operator().name)


@blp.get("/definitions")
@blp.query(WatchQuery)
@blp.answers(page_of(WatchedDefinitionSchema))
def definitions(**wanted: Any) -> object:
    """流程和各状态的实例数。"""
    auth.operator()
    return definition_counts.definitions(auth.app(), **wanted)


@blp.get("/definitions/<key>/versions")
@blp.query(PageQuery)
@blp.answers(page_of(WatchedDefinitionSchema))
def versions(key: str, **wanted: Any) -> object:
    """一个流程的各版本和实例数，新的在前。"""
    auth.operator()
    return definition_counts.versions(auth.app(), key, **wanted)


@blp.get("/definitions/<key>/heat")
@blp.query(HeatQuery)
@blp.answers(HeatSchema)
def show_heat(key: str, since: datetime, **wanted: Any) -> object:
    """各元素现在停着多少、一段时间里办结多少、用时多久、出错多少。"""
    auth.operator()
    return heat.heat(auth.app(), key, since=since, **wanted)


@blp.get("/instances")
@blp.query(FindInstances)
@blp.answers(page_of(WatchedInstanceSchema))
def instances(**wanted: Any) -> object:
    """按状态、环节、时间、异常或变量查找实例。"""
    auth.operator()
    return case_hazards.told(auth.app(), instance_search.instances(auth.app(), **wanted))


@blp.post("/instances/order")
@blp.body(OrderFound)
@blp.answers(BatchSchema, 201)
def order(found: dict[str, Any], **given: Any) -> object:
    """对查到的全部办理中实例下同一个指令；件数与所见不同时不执行。"""
    return instance_search.order(auth.app(), by=auth.operator().name, **given, **found)


@blp.get("/instances/<instance_id>/tree")
@blp.query(TreeQuery)
@blp.answers(page_of(TreeLineSchema))
def show_tree(instance_id: str, **wanted: Any) -> object:
    """有关的实例，成一棵树：发起它的、由它发起的、同时发起的、业务编号相同的；其中各有调用的流程。"""
    auth.operator()
    return case_hazards.told(auth.app(), family.tree(auth.app(), instance_id, **wanted))


@blp.get("/incident-groups")
@blp.query(GroupQuery)
@blp.answers(page_of(IncidentGroupSchema))
def groups(**wanted: Any) -> object:
    """未处理的异常，原因相同的归为一组。"""
    auth.operator()
    return incident_groups.groups(auth.app(), **wanted)


@blp.get("/incidents/<incident_id>")
@blp.answers(IncidentCauseSchema)
def show_cause(incident_id: str) -> object:
    """一个异常的完整原因：出错类型、位置、表达式或操作、调用经过。"""
    auth.operator()
    return incident_groups.show(auth.app(), incident_id)


@blp.post("/incident-groups/retry")
@blp.body(RetryGroup)
@blp.answers(BatchSchema, 201)
def retry_group(message: str, **given: Any) -> object:
    """把同一原因停住的实例一起重试。"""
    return incident_groups.retry(auth.app(), message, by=auth.operator().name, **given)


@blp.get("/audit")
@blp.query(AuditQuery)
@blp.answers(AuditSchema)
def search(**wanted: Any) -> object:
    """审计：谁在何时对哪一件做了什么，新的在前，一段一段往回查。"""
    auth.operator()
    return audit.search(auth.app(), **wanted)


@blp.get("/audit/registers")
@blp.query(RegisterAuditQuery)
@blp.answers(RegisterAuditSchema)
def search_registers(**wanted: Any) -> object:
    """登记册的审计：谁在何时改了什么、改前改后、为什么，新的在前，一段一段往回查。"""
    auth.operator()
    return register_audit.search(auth.app(), **wanted)


@blp.get("/audit/registers/csv")
@blp.query(RegisterAuditFilter)
@blp.answers(None)
def export_registers(**wanted: Any) -> Response:
    """登记册的审计导出为 CSV，每个字段一行，最多 5 万行。"""
    auth.operator()
    return _csv(register_audit.lines(auth.app(), **wanted), "register-audit.csv")


@blp.get("/audit/csv")
@blp.query(AuditFilter)
@blp.answers(None)
def export(**wanted: Any) -> Response:
    """审计结果导出为 CSV，最多 5 万行。"""
    auth.operator()
    return _csv(audit.lines(auth.app(), **wanted), "audit.csv")


def _csv(lines: Iterator[bytes], name: str) -> Response:
    answer = Response(lines, content_type="text/csv; charset=utf-8")
    answer.headers["Content-Disposition"] = f"attachment; filename={name}"
    return answer
