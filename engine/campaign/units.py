"""Verbs on the tree of units; a unit's kind decides whose hazards its people see."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine.app import App
from engine.bpm.viewer import Page, Viewer
from engine.campaign import authority, history, powers_table
from engine.campaign.model import Person, Unit
from engine.campaign.pages import like, read_page
from engine.errors import Conflict, Invalid, NotFound, Problem
from engine.said import Said

NOUN = "unit"
KINDS = {
    "street": "街道", "office": "街道科室", "community": "社区", "grid": "网格", "district": "区级",
    "department": "部门", "police": "公安", "justice": "司法", "cooperation": "协作单位", "expert": "专家",
    "enterprise": "企业", "other": "其他",
}  # fmt: skip
OWN_SCOPE = {"street", "community", "grid"}
NO_FORCE = Said(
    "街道和社区没有行政强制权，只能请求有权部门：街道及其下的单位不能设为部门、公安或司法机关",
    "A unit of a street cannot be a department, the police or the justice: it has no coercive power",
)
CODE = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,62}")


@dataclass(frozen=True, slots=True)
class UnitView:
    """A unit as it is shown. ``path`` holds the codes from the root, ``power`` what it may do in words."""

    code: str
    name: str
    kind: str
    kind_name: str
    parent: str | None
    path: str
    power: str
    valid_from: date | None = None
    valid_to: date | None = None
    revision: int = 0
    body: str | None = None


def view(unit: Unit) -> UnitView:
    """The row as it is shown."""
    return UnitView(
        unit.code, unit.name, unit.kind, KINDS.get(unit.kind, unit.kind), unit.parent, unit.path, unit.power,
        unit.valid_from, unit.valid_to, unit.revision, unit.body,
    )  # fmt: skip


def list_units(
    app: App,
    viewer: Viewer,
    *,
    kind: str | None = None,
    parent: str | None = None,
    q: str | None = None,
    page: int = 1,
    size: int = 50,
) -> Page[UnitView]:
    """Units in tree order; the organisation is no secret inside the installation, so every person sees all of them."""
    query = select(Unit).order_by(Unit.position, Unit.code)
    if kind:
        query = query.where(Unit.kind == kind)
    if parent:
        query = query.where(Unit.parent == parent)
    if q:
        query = query.where(Unit.name.like(like(q), escape="\\") | Unit.code.like(like(q), escape="\\"))
    with app.reading() as tx:
        return read_page(tx, query, page, size, view)


def show(app: App, code: str, *, viewer: Viewer) -> UnitView:
    """One unit; raises NotFound."""
    with app.reading() as tx:
        return view(require(tx, code))


def create(app: App, values: Mapping[str, Any], *, viewer: Viewer) -> UnitView:
    """Add a unit (``code, name, kind, parent?, power?``); raises Conflict, Invalid, NotAllowed, NotFound (parent)."""
    now = app.clock()
    with app.transaction() as tx:
        authority.require(tx, viewer, "unit.create")
        unit = add(tx, **values)
        history.made(tx, NOUN, unit.code, values, by=viewer.name, now=now)
        return view(unit)


def ensure(app: App, code: str) -> UnitView:
    """The unit of this code; a code nobody knows becomes a unit of kind ``other``, so that a first account can be
    made.
    """
    now = app.clock()
    with app.transaction() as tx:
        if there := tx.get(Unit, code):
            return view(there)
        history.made(tx, NOUN, code, {"name": code, "kind": "other"}, by="system", now=now)
        return view(add(tx, code=code, name=code, kind="other"))


def add(
    tx: Session, *, code: str, name: str, kind: str, parent: str | None = None, power: str = "", body: str | None = None
) -> Unit:
    """Write one unit in a running transaction; offices see their parent's hazards, streets, communities and grids
    their own.
    """
    if not CODE.fullmatch(code):
        raise Invalid(
            f"单位编码“{code}”不对：只能用字母、数字、下划线和连字符，以字母或数字开头，最长 63 个字符。",
            en=f"Unit code “{code}”: letters, digits, _ and - only, 63 at most.",
            problems=[{"field": "code", "rule": "format", "message": "单位编码格式不对"}],
        )
    if kind not in KINDS:
        raise Invalid(
            f"没有“{kind}”这种单位类型，可用：{'、'.join(KINDS)}。",
            en=f"There is no unit kind “{kind}”; use one of {', '.join(KINDS)}.",
            problems=[{"field": "kind", "rule": "choice", "message": "单位类型不对"}],
        )
    if tx.get(Unit, code):
        raise Conflict(
            f"单位编码“{code}”已经存在，请换一个编码。", en=f"Unit {code} exists already; choose another code."
        )
    above = require(tx, parent) if parent else None
    if wrong := forceless(tx, code=code, kind=kind, body=body, above=above, field="body" if body else "kind"):
        raise Invalid(
            f"单位没有建立：{NO_FORCE}。",
            en=f"{code} cannot have coercive power: it belongs to a street.",
            problems=wrong,
        )
    scope = code if kind in OWN_SCOPE else parent if kind == "office" else None
    unit = Unit(
        code=code, name=name, kind=kind, parent=parent, power=power, scope=scope, body=body,
        path=f"{above.path if above else '/'}{code}/", position=tx.query(Unit).count(),
    )  # fmt: skip
    tx.add(unit)
    tx.flush()
    return unit


def forceless(
    tx: Session, *, code: str, kind: str, body: str | None, above: Unit | None, field: str
) -> list[Problem]:  # fmt: skip
    """What is wrong when a unit that belongs to a street would be a body with coercive power; nothing else is."""
    low = kind in powers_table.FORCELESS or (above is not None and ancestor(tx, above, "street") is not None)
    if low and (body or powers_table.body_of(code, kind)) in powers_table.FORCE:
        return [Problem(field=field, rule="power", message=NO_FORCE)]
    return []


def require(tx: Session, code: str) -> Unit:
    """The row of this code; raises NotFound."""
    unit = tx.get(Unit, code)
    if unit is None:
        raise NotFound(f"没有编码为“{code}”的单位，请先建立该单位。", en=f"There is no unit {code}; create it first.")
    return unit


def require_active(tx: Session, code: str, day: date) -> Unit:
    """The row of a unit that stands on this day; raises NotFound, Conflict."""
    unit = require(tx, code)
    if unit.valid_to is not None and unit.valid_to < day:
        raise Conflict(
            f"“{unit.name}”已于 {unit.valid_to.isoformat()} 撤销，请选择现在的单位。",
            en=f"Unit {code} ended on {unit.valid_to.isoformat()}.",
        )
    return unit


def of_person(tx: Session, name: str) -> Unit | None:
    """The unit that a person's own row names: a role that happens to be spelled like a unit is none."""
    return tx.scalars(select(Unit).join(Person, Person.unit == Unit.code).where(Person.name == name)).one_or_none()


def names(tx: Session, codes: set[str]) -> dict[str, str]:
    """Code → name of these units."""
    rows = tx.execute(select(Unit.code, Unit.name).where(Unit.code.in_(codes)))
    return {row.code: row.name for row in rows}


def ancestor(tx: Session, unit: Unit, kind: str) -> Unit | None:
    """The nearest unit of this kind on the way up, the unit itself included."""
    current: Unit | None = unit
    while current is not None and current.kind != kind:
        current = tx.get(Unit, current.parent) if current.parent else None
    return current
