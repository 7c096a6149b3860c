"""How often a place may be inspected in a year, and whether the published plan covers it (国办发〔2024〕54号)."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from engine.app import App
from engine.bpm.viewer import Viewer
from engine.campaign import authority, once, places, powers, powers_table, visit_counting
from engine.campaign.model import Place, Unit, Visit
from engine.campaign.registers_model import Draw, Inspection, InspectionPlan
from engine.errors import Conflict, Invalid


def counted(tx: Session, place: str, year: int) -> int:
    """Approved inspections of a place in a year that count towards the cap; a joint one counts once."""
    query = select(func.count()).select_from(Inspection).join(Visit, Visit.id == Inspection.visit)
    return tx.scalar(query.where(Visit.place == place, *visit_counting.towards_the_cap(year))) or 0


def check(tx: Session, place: Place, day: date) -> None:
    """Raise Conflict with the clause when one more inspection in the year of this day would be above the cap."""
    most = powers_table.cap(place.risk_level, day)
    done = counted(tx, place.id, day.year)
    if most is not None and done >= most:
        raise Conflict(
            f"“{place.name}”风险等级为{place.risk_level}，{day.year} 年行政检查上限 {most} 次，已批准 {done} 次，"
            f"不能再批准（{powers_table.CAPS_CLAUSE}）。因举报、移交、事故确需检查的，请按个案检查报批。",
            en=f"{place.id} had {done} of {most} inspections in {day.year}; only a case inspection is possible.",
        )


def planned(tx: Session, place: Place, unit: Unit, year: int) -> str:
    """The line of the unit's published plan or its draw of this year that covers the place; raises Conflict."""
    plan = select(InspectionPlan).where(
        InspectionPlan.unit == unit.code, InspectionPlan.year == year, InspectionPlan.kind.in_(("", place.kind)),
        InspectionPlan.risk_level.in_(("", place.risk_level)),
        or_(InspectionPlan.place.is_(None), InspectionPlan.place == place.id),
    )  # fmt: skip
    if line := tx.scalars(plan.order_by(InspectionPlan.id).limit(1)).one_or_none():
        return line.document
    for draw in tx.scalars(select(Draw).where(Draw.unit == unit.code, Draw.year == year)):
        if any(row["place"] == place.id for row in draw.result):
            return draw.number
    raise Conflict(
        f"“{place.name}”不在“{unit.name}”{year} 年公布的检查计划和双随机抽取结果内，不能批准"
        "（安全生产法第六十二条第二款；国办发〔2024〕54号）。请先公布计划，或按个案检查报批。",
        en=f"{place.id} is in no published plan or draw of {unit.code} for {year}.",
    )


def publish(app: App, values: Mapping[str, Any], *, viewer: Viewer, key: str | None = None) -> int:
    """Write a line of a published yearly plan (``year, document, kind?, risk_level?, place?, unit?``); its head may.

    The same ``key`` writes it once. Raises Invalid, NotAllowed, NotFound (place).
    """
    now = app.clock()
    today = now.astimezone(app.zone).date()
    with app.transaction() as tx:
        authority.require(tx, viewer, "plan.publish")
        if made := once.earlier(tx, viewer, "inspection_plan", key):
            return int(made)
        unit = powers.acting_unit(tx, viewer, values.get("unit"))
        powers.entitled(tx, "inspect", unit, day=today)
        place = places.require(tx, values["place"], viewer).id if values.get("place") else None
        if values["year"] < today.year:
            raise Invalid(
                "不能补登往年的检查计划。",
                en="A plan of a past year cannot be added.",
                problems=[{"field": "year", "rule": "past", "message": "年度不能早于今年"}],
            )
        row = InspectionPlan(
            unit=unit.code, year=values["year"], kind=values.get("kind") or "", place=place,
            risk_level=values.get("risk_level") or "", document=values["document"], published_on=today,
            created_at=now, created_by=viewer.name,
        )  # fmt: skip
        tx.add(row)
        tx.flush()
        once.note(tx, viewer, "inspection_plan", key, str(row.id))
        return row.id
