"""Routes of incidents: steps that failed and wait for repair."""

from typing import Any

from marshmallow import fields

from api import auth
from api.blueprint import Blueprint
from api.instances_schemas import IncidentSchema
from api.repair_schemas import RetryIncident, RetrySchema, SkipIncident
from api.schemas import PageQuery, page_of
from engine.bpm import incidents, queries

blp = Blueprint("incidents", "异常：停在出错处的流程", "/incidents")


class IncidentQuery(PageQuery):
    """Which incidents are listed; without any, the open ones."""

    resolved = fields.Boolean(load_default=False)


@blp.get("")
@blp.query(IncidentQuery)
@blp.answers(page_of(IncidentSchema))
def index(**wanted: Any) -> object:
    """异常列表。"""
    return queries.incidents(auth.app(), auth.viewer(), **wanted)


@blp.post("/<incident_id>/retry")
@blp.body(RetryIncident)
@blp.answers(RetrySchema)
def retry(incident_id: str, reason: str, variables: dict[str, Any], remove: list[str]) -> object:
    """重试（管理员）：可先更正变量，再从出错的一步再来；没有送达的消息则重新发送。"""
    by = auth.admin().name
    done = incidents.retry(auth.app(), incident_id, by=by, reason=reason, values=variables, names=remove)
    return {"resolved": done}


@blp.post("/<incident_id>/skip")
@blp.body(SkipIncident)
@blp.answers(RetrySchema)
def skip(incident_id: str, reason: str, variables: dict[str, Any]) -> object:
    """跳过（管理员）：视同出错的一步已经完成；没有送达的消息则放弃。"""
    incidents.skip(auth.app(), incident_id, by=auth.admin().name, reason=reason, values=variables)
    return {"resolved": True}
