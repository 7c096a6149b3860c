"""Which places a campaign covers: the filter in words of the register, and the templates that propose one."""

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

import yaml
from sqlalchemy import Select, or_, select
from sqlalchemy.orm import Session

from engine.campaign.model import Place

TEMPLATES = Path(__file__).parent / "rules" / "campaigns.yaml"
CHOICES = {
    "communities": Place.community, "grids": Place.grid, "kinds": Place.kind, "place_kinds": Place.place_kind,
    "sectors": Place.sector, "risk_levels": Place.risk_level, "statuses": Place.status,
}  # fmt: skip
FILTERS = (*CHOICES, "tags", "min_capacity", "dangerous_goods", "uses_gas")


@cache
def templates() -> list[dict[str, Any]]:
    """The shipped templates, each with the label of unreviewed rules."""
    given = yaml.safe_load(TEMPLATES.read_text(encoding="utf-8"))
    return [{**row, "note": given["label"]} for row in given["templates"]]


def template(key: str) -> dict[str, Any] | None:
    """The template of this key."""
    return next((row for row in templates() if row["key"] == key), None)


def covered(tx: Session, street: str | None, wanted: Mapping[str, Any]) -> list[str]:
    """The ids of the places that fit now, in order; within one street when it is given."""
    rows = tx.execute(_query(street, wanted).order_by(Place.id))
    tags = set(wanted.get("tags") or ())
    return [id for id, has in rows if not tags or tags & set(has)]


def _query(street: str | None, wanted: Mapping[str, Any]) -> Select[str, Any]:
    query = select(Place.id, Place.tags)
    if street is not None:
        query = query.where(Place.street == street)
    for name, column in CHOICES.items():
        if wanted.get(name):
            query = query.where(column.in_(wanted[name]))
    if wanted.get("min_capacity"):
        query = query.where(Place.capacity >= wanted["min_capacity"])
    either = [getattr(Place, name) for name in ("dangerous_goods", "uses_gas") if wanted.get(name)]
    return query.where(or_(*either)) if either else query
