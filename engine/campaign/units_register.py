"""Verbs on the files of units: renamed, given other powers, dissolved; what was changed by whom and why."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from engine.app import App
from engine.bpm.viewer import Viewer
from engine.campaign import authority, history, units
from engine.campaign.case_model import Hazard
from engine.campaign.model import Person, Place, Unit
from engine.campaign.powers_table import BODIES
from engine.campaign.units import UnitView
from engine.errors import Conflict, Invalid, Problem
from engine.said import Said, one_of

NOUN = "unit"
USES = {"people": "在用的账号", "hazards": "未销号的隐患", "places": "场所", "units": "下级单位"}


def update(app: App, code: str, values: Mapping[str, Any], *, revision: int, reason: str, viewer: Viewer) -> UnitView:
    """Change ``name, power, body, valid_from, valid_to``; code, kind and place in the tree stay. A unit ends
    (``valid_to``) only when nobody belongs to it and nothing open is its own. Raises Conflict, Invalid, NotAllowed,
    NotFound.
    """
    now = app.clock()
    with app.transaction() as tx:
        authority.require(tx, viewer, "unit.update")
        unit = units.require(tx, code)
        _check(tx, unit, values, reason)
        if values.get("valid_to") is not None and values["valid_to"] != unit.valid_to:
            _must_be_empty(tx, unit, values["valid_to"])
        history.change(tx, unit, NOUN, code, values, revision=revision, by=viewer.name, now=now, reason=reason)
        return units.view(unit)


def changes(app: App, code: str, *, viewer: Viewer) -> list[history.ChangeView]:
    """What was changed in the file of a unit, oldest first; everybody may see it. Raises NotFound."""
    with app.reading() as tx:
        return history.of(tx, NOUN, units.require(tx, code).code)


def _check(tx: Session, unit: Unit, values: Mapping[str, Any], reason: str) -> None:
    backwards = Said("止日不能早于起日", "It ends before it begins")
    first, last = (values.get(name, getattr(unit, name)) for name in ("valid_from", "valid_to"))
    wrong = [
        Problem(field=field, rule="choice", message=message)
        for failed, field, message in (
            (not reason.strip(), "reason", Said("请填写理由", "Give the reason")),
            ("name" in values and not str(values["name"]).strip(), "name", Said("请填写名称", "Give the name")),
            (values.get("body") not in (None, *BODIES), "body", one_of("主体类别", "body", BODIES)),
            (first is not None and last is not None and last < first, "valid_to", backwards),
        )
        if failed
    ]
    above = tx.get(Unit, unit.parent) if unit.parent else None
    if "body" in values:
        wrong += units.forceless(
            tx, code=unit.code, kind=unit.kind, body=values["body"], above=above, field="body"
        )  # fmt: skip
    if wrong:
        raise Invalid(
            "单位没有修改：" + "；".join(problem["message"] for problem in wrong) + "。",
            en=f"The unit was not changed; wrong: {', '.join(problem['field'] for problem in wrong)}.",
            problems=wrong,
        )


def uses(app: App, code: str, *, viewer: Viewer) -> dict[str, int]:
    """How many people, open hazards, places and standing units below belong to a unit. Raises NotFound."""
    with app.reading() as tx:
        return _uses(tx, units.require(tx, code), app.clock().astimezone(app.zone).date())


def _uses(tx: Session, unit: Unit, last: date) -> dict[str, int]:
    counts = {
        "people": select(func.count()).select_from(Person).where(Person.unit == unit.code, Person.active),
        "hazards": select(func.count()).select_from(Hazard).where(
            Hazard.holder_unit == unit.code, Hazard.closed_at.is_(None), Hazard.void_reason.is_(None)
        ),
        "places": select(func.count()).select_from(Place).where(
            (Place.grid == unit.code) | (Place.community == unit.code) | (Place.lead_unit == unit.code)
        ),
        "units": select(func.count()).select_from(Unit).where(
            Unit.parent == unit.code, Unit.valid_to.is_(None) | (Unit.valid_to > last)
        ),
    }  # fmt: skip
    return {name: tx.scalar(query) or 0 for name, query in counts.items()}


def _must_be_empty(tx: Session, unit: Unit, last: date) -> None:
    """Whoever dissolves a unit first moves its people, its hazards, its places and the units below it."""
    left = [f"{n} 个{USES[name]}" for name, n in _uses(tx, unit, last).items() if n]
    if left:
        raise Conflict(
            f"“{unit.name}”还有 {'、'.join(left)}，请先移交或调整，再撤销单位。",
            en=f"{unit.code} still has people, open hazards, places or units below it; move them first.",
        )
