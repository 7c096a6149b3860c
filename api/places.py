"""Routes of places: the register of what is inspected."""

from typing import Any

from api import auth
from api.blueprint import Blueprint
from api.places_schemas import CreatePlace, PlaceQuery, PlaceSchema
from api.schemas import page_of
from engine.campaign import places

blp = Blueprint("places", "场所：企业、工地、商户、楼院", "/places")


@blp.get("")
@blp.query(PlaceQuery)
@blp.answers(page_of(PlaceSchema))
def index(**wanted: Any) -> object:
    """场所列表。"""
    return places.list_places(auth.app(), auth.viewer(), **wanted)


@blp.get("/<place_id>")
@blp.answers(PlaceSchema)
def show(place_id: str) -> object:
    """一个场所。"""
    return places.show(auth.app(), place_id, viewer=auth.viewer())


@blp.post("")
@blp.body(CreatePlace)
@blp.answers(PlaceSchema, 201)
def create(**values: Any) -> object:
    """建立场所档案。"""
    return places.create(auth.app(), values, viewer=auth.viewer())
