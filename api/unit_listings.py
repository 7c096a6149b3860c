"""Routes of listed supervision of whole units."""

from typing import Any

from api import auth
from api.blueprint import Blueprint
from api.schemas import page_of
from api.unit_listings_schemas import ListingQuery, ProposeListing, UnitListingSchema
from engine.campaign import unit_listings

blp = Blueprint("unit_listings", "单位挂牌督办", "/unit-listings")


@blp.get("")
@blp.query(ListingQuery)
@blp.answers(page_of(UnitListingSchema))
def index(**wanted: Any) -> object:
    """整体挂牌督办的单位：没有办结的在前。"""
    return unit_listings.list_listings(auth.app(), auth.viewer(), **wanted)


@blp.post("")
@blp.body(ProposeListing)
@blp.answers(UnitListingSchema, 201)
@blp.header("Idempotency-Key", "同一个键重复提交，得到第一次的提请")
def propose(**values: Any) -> object:
    """提请对一个单位挂牌督办（街道领导、部门负责人），由挂牌机关决定。"""
    return unit_listings.propose(auth.app(), values, viewer=auth.viewer(), key=auth.idempotency_key())


@blp.get("/<number>")
@blp.answers(UnitListingSchema)
def show(number: str) -> object:
    """一件单位挂牌：每一步，和还挡着摘牌的隐患。"""
    return unit_listings.show(auth.app(), number, viewer=auth.viewer())
