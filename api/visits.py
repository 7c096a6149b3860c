"""Routes of visits: who was at a place, and with what result."""

from typing import Any

from api import auth
from api.blueprint import Blueprint
from api.places_schemas import CreateVisit, VisitQuery, VisitSchema
from api.schemas import page_of
from engine.campaign import visits

blp = Blueprint("visits", "走访检查", "/visits")


@blp.get("")
@blp.query(VisitQuery)
@blp.answers(page_of(VisitSchema))
def index(**wanted: Any) -> object:
    """走访列表，新的在前。"""
    return visits.list_visits(auth.app(), auth.viewer(), **wanted)


@blp.post("")
@blp.body(CreateVisit)
@blp.answers(VisitSchema, 201)
def create(**values: Any) -> object:
    """登记一次走访检查。"""
    return visits.create(auth.app(), values, viewer=auth.viewer())
