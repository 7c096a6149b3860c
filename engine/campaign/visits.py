"""Verbs on visits: people of ours were at a place and wrote down what they saw."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine.app import App
from engine.bpm.viewer import Page, Viewer
from engine.campaign import authority, people, places, scope
from engine.campaign.model import Place, Visit
from engine.campaign.pages import read_page
from engine.errors import Invalid

KINDS = ("网格巡查", "督导检查", "专项检查", "回头看", "夜查", "行业检查")
RESULTS = ("未发现问题", "现场立改", "发现隐患", "无法进入")


@dataclass(frozen=True, slots=True)
class VisitView:
    """A visit as it is shown; ``people`` are login names."""

    id: int
    kind: str
    place: str
    place_name: str
    at: datetime
    people: list[str]
    result: str
    note: str
    created_by: str


def list_visits(
    app: App, viewer: Viewer, *, place: str | None = None, page: int = 1, size: int = 50
) -> Page[VisitView]:
    """Visits to places the viewer may see, newest first."""
    query = select(Visit).join(Place, Place.id == Visit.place).where(scope.places(viewer))
    if place:
        query = query.where(Visit.place == place)
    with app.reading() as tx:
        return read_page(tx, query.order_by(Visit.at.desc(), Visit.id.desc()), page, size, lambda row: _view(tx, row))


def create(app: App, values: Mapping[str, Any], *, viewer: Viewer) -> VisitView:
    """Write down a visit (``place, kind, result, at?, people?, note?``); raises Invalid, NotAllowed, NotFound."""
    now = app.clock()
    with app.transaction() as tx:
        authority.require(tx, viewer, "visit.create")
        place = places.require(tx, values["place"], viewer)
        at = values.get("at") or now
        _check(values, at, now)
        there = list(values.get("people") or [viewer.name])
        for name in there:
            people.require(tx, name)
        visit = Visit(
            kind=values["kind"], place=place.id, at=at, people=there, result=values["result"],
            note=values.get("note") or "", created_at=now, created_by=viewer.name,
        )  # fmt: skip
        tx.add(visit)
        tx.flush()
        return _view(tx, visit)


def _check(values: Mapping[str, Any], at: datetime, now: datetime) -> None:
    for name, allowed, title in (("kind", KINDS, "检查类型"), ("result", RESULTS, "检查结果")):
        if values.get(name) not in allowed:
            raise Invalid(
                f"{title}“{values.get(name) or ''}”不对，可选：{'、'.join(allowed)}。",
                en=f"{name}: choose one of {', '.join(allowed)}.",
                problems=[{"field": name, "rule": "choice", "message": f"请选择{title}"}],
            )
    if at > now:
        raise Invalid(
            "检查时间不能晚于现在，请改正。",
            en="A visit cannot lie in the future.",
            problems=[{"field": "at", "rule": "past", "message": "检查时间不能晚于现在"}],
        )


def _view(tx: Session, visit: Visit) -> VisitView:
    place = tx.get_one(Place, visit.place)
    return VisitView(
        visit.id,
        visit.kind,
        visit.place,
        place.name,
        visit.at,
        visit.people,
        visit.result,
        visit.note,
        visit.created_by,
    )
