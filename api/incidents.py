"""Routes of incidents: steps that failed and wait for repair."""

from typing import Any

from marshmallow import Schema, fields

from api import auth
from api.blueprint import Blueprint
from api.instances_schemas import IncidentSchema
from api.schemas import PageQuery, page_of
from engine.bpm import incidents, queries

blp = Blueprint("incidents", "异常：停在出错处的流程", "/incidents")


class IncidentQuery(PageQuery):
    """Which incidents are listed; without any, the open ones."""

    resolved = fields.Boolean(load_default=False)


class RetrySchema(Schema):
    """What came of a retry."""

    resolved = fields.Boolean(required=True, metadata={"description": "false：又停在同一步，原因见异常列表"})


@blp.get("")
@blp.query(IncidentQuery)
@blp.answers(page_of(IncidentSchema))
def index(**wanted: Any) -> object:
    """异常列表。"""
    return queries.incidents(auth.app(), auth.viewer(), **wanted)


@blp.post("/<incident_id>/retry")
@blp.answers(RetrySchema)
def retry(incident_id: str) -> object:
    """重试（管理员）：从出错的一步再来。"""
    admin = auth.admin()
    return {"resolved": incidents.retry(auth.app(), incident_id, by=admin.name)}
