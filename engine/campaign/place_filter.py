"""Which places are wanted, as conditions of SQL: by area, kind, capacity, flag and so on; and how urgent a place is."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import ColumnElement, Select, String, case, cast, select

from engine.campaign.case_model import Hazard
from engine.campaign.model import Place
from engine.campaign.pages import like
from engine.campaign.unit_listing_model import UnitListing
from engine.db import to_json

COLUMNS = {
    "community": Place.community, "grid": Place.grid, "kind": Place.kind, "risk": Place.risk_level,
    "status": Place.status, "place_kind": Place.place_kind,
}  # fmt: skip
HIGH_RISK = ("红", "橙")
OPEN_MAJOR = Hazard.is_major & Hazard.closed_at.is_(None)
LISTED = UnitListing.listed_at.is_not(None) & UnitListing.closed_at.is_(None)
FLAGS: Mapping[str, ColumnElement[bool]] = {
    "亡人事故": Place.fatal_accident.is_(True), "联合惩戒": Place.joint_punishment.is_(True),
    "有重大隐患": select(Hazard.number).where(Hazard.place == Place.id, OPEN_MAJOR).exists(),
    "挂牌督办": select(UnitListing.place).where(UnitListing.place == Place.id, LISTED).exists(),
}  # fmt: skip
# 聚焦安全风险等级高、发生过亡人事故、存在重大隐患、纳入联合惩戒对象等企业: one point each.
TARGETS = (Place.risk_level.in_(HIGH_RISK), *(FLAGS[name] for name in ("亡人事故", "有重大隐患", "联合惩戒")))
ID, PRIORITY = "id", "priority"
ORDERS = (ID, PRIORITY)


def narrowed(query: Select[Place], wanted: Mapping[str, Any]) -> Select[Place]:
    """The same query for the fields of COLUMNS, ``q`` (in name, address or id), ``min_capacity``, ``tag``, ``flag``."""
    for name, column in COLUMNS.items():
        if wanted.get(name):
            query = query.where(column == wanted[name])
    if q := wanted.get("q"):
        found = Place.name.like(like(q), escape="\\") | Place.address.like(like(q), escape="\\") | (Place.id == q)
        query = query.where(found)
    if wanted.get("min_capacity") is not None:
        query = query.where(Place.capacity >= wanted["min_capacity"])
    if tag := wanted.get("tag"):
        query = query.where(cast(Place.tags, String).contains(to_json(tag), autoescape=True))
    if flag := wanted.get("flag"):
        query = query.where(FLAGS[flag])
    return query


def ordered(query: Select[Place], sort: str) -> Select[Place]:
    """By id, or those first of which most targets of checks are true."""
    if sort == PRIORITY:
        points = [case((target, 1), else_=0) for target in TARGETS]
        query = query.order_by(sum(points[1:], points[0]).desc())
    return query.order_by(Place.id)
