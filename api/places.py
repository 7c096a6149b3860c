"""Routes of places: the register of what is inspected."""

from typing import Any

from api import auth
from api.blueprint import Blueprint
from api.places_schemas import CreatePlace, EntryCodeSchema, PlaceQuery, PlaceSchema, UpdatePlace
from api.schemas import LongPageQuery, RegisterChangeSchema, page_from, page_of
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


@blp.patch("/<place_id>")
@blp.body(UpdatePlace)
@blp.answers(PlaceSchema)
def update(place_id: str, revision: int, reason: str = "", **values: Any) -> object:
    """修改场所档案；须带上读到的版本号，改动留痕。"""
    return places.update(auth.app(), place_id, values, revision=revision, reason=reason, viewer=auth.viewer())


@blp.get("/<place_id>/changes")
@blp.query(LongPageQuery)
@blp.answers(page_of(RegisterChangeSchema))
def changes(place_id: str, page: int, size: int) -> object:
    """档案的修改记录，按先后排列。"""
    return page_from(places.changes(auth.app(), place_id, viewer=auth.viewer()), page, size)


@blp.post("/<place_id>/entry-code")
@blp.answers(EntryCodeSchema)
def entry_code(place_id: str) -> object:
    """入企码的内容（贴在场所门口，扫码入企用）。"""
    return {"code": places.entry_code(auth.app(), place_id, viewer=auth.viewer())}
