"""Whether a body may do an act (table D9): denied by default, the refusal prints the clause, a permission carries the
clause it rests on. ``authority`` says which role may use a verb; this says what the law lets its unit do.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine.app import App
from engine.bpm.viewer import Viewer
from engine.campaign import authority, execution_hours, history, people, powers_table, units
from engine.campaign.model import Person, PersonRole, Place, Setting, Unit
from engine.campaign.powers_table import ACTS, BODIES, LISTED, NO, PROVINCES, Rule
from engine.campaign.registers_model import PowerGrant
from engine.errors import Invalid, NotAllowed

PROVINCE = "province"
NOUN = "power"
APPROVERS = ("head", "leader", "principal")
MEASURES = {"查封": "seal", "扣押": "seal", "停电": "cut_power", "停止供电": "cut_power", "停供电": "cut_power",
            "停止供应民用爆炸物品": "cut_power", "代履行": "execute", "强制执行": "execute"}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Power:
    """A permission: the clause is stored with the act; ``certificates`` are those of the officers on that day."""

    act: str
    unit: str
    body: str
    clause: str
    note: str
    certificates: tuple[dict[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class PowerView:
    """One line of the table as it stands for a body or unit today, with what the act needs."""

    act: str
    title: str
    body: str
    body_name: str
    province: str
    mark: str
    allowed: bool
    clause: str
    note: str
    officers: int
    approval: str
    execution: bool
    homes: bool
    instead: str


def measure_act(kind: str) -> str:
    """The act of table D9 that a coercive measure of this kind is; whatever stops work or use is an order to stop."""
    return MEASURES.get(kind, "order_stop")


def province(tx: Session) -> str:
    """The province whose profile this installation follows."""
    row = tx.get(Setting, PROVINCE)
    return str(row.value) if row else powers_table.DEFAULT_PROVINCE


def list_provinces(app: App, viewer: Viewer) -> list[dict[str, Any]]:
    """The provinces whose profile can be followed as {province, name, chosen}."""
    with app.reading() as tx:
        chosen = province(tx)
        return [{"province": code, "name": row["name"], "chosen": code == chosen} for code, row in PROVINCES.items()]


def choose_province(app: App, code: str, *, viewer: Viewer, reason: str = "") -> str:
    """Follow another province's profile; raises Invalid, NotAllowed."""
    now = app.clock()
    if code not in PROVINCES:
        known = "、".join(f"{key}（{row['name']}）" for key, row in PROVINCES.items())
        raise Invalid(
            f"没有省份“{code}”的权力配置，可选：{known}。",
            en=f"No profile {code}; use one of {', '.join(PROVINCES)}.",
            problems=[{"field": "province", "rule": "choice", "message": "请选择省份"}],
        )
    with app.transaction() as tx:
        authority.require(tx, viewer, "power.grant")
        before = province(tx)
        tx.merge(Setting(key=PROVINCE, value=code))
        if before != code:
            history.note(
                tx, PROVINCE, PROVINCE, before={"province": before}, after={"province": code}, reason=reason,
                by=viewer.name, now=now,
            )  # fmt: skip
    return code


def body_of(unit: Unit) -> str:
    """What this unit is in table D9; a street's office stays one, whatever an old file says."""
    if unit.kind in powers_table.FORCELESS and unit.body in powers_table.FORCE:
        return powers_table.body_of(unit.code, unit.kind)
    return unit.body or powers_table.body_of(unit.code, unit.kind)


def explain(app: App, viewer: Viewer, *, act: str | None = None, unit: str | None = None) -> list[PowerView]:
    """Who may do what and why, for one act, one unit, or all; raises Invalid for an unknown unit."""
    day = app.clock().astimezone(app.zone).date()
    with app.reading() as tx:
        row = tx.get(Unit, unit) if unit else None
        if unit and row is None:
            raise Invalid("没有这个单位，请核对单位代码。", en="There is no such unit; check its code.")
        where = province(tx)
        bodies = [body_of(row)] if row else list(BODIES)
        return [_shown(tx, name, body, row, where, day) for name in ([act] if act else ACTS) for body in bodies]


def _shown(tx: Session, act: str, body: str, unit: Unit | None, where: str, day: date) -> PowerView:
    rule, kind = powers_table.decisive(act, body, where, day), ACTS[act]
    mark = rule.mark if rule else NO
    granted = mark == LISTED and unit is not None and _grant(tx, unit.code, act, None, day) is not None
    return PowerView(
        act, kind.title, body, BODIES[body], where, mark, mark == powers_table.YES or granted,
        rule.clause if rule else kind.basis, rule.note if rule else kind.note, rule.officers if rule else 0,
        rule.approval if rule else "", kind.execution, kind.homes, kind.instead,
    )  # fmt: skip


def grant(app: App, values: Mapping[str, Any], *, viewer: Viewer) -> int:
    """Note that a published list gives a unit a listed act (``unit, act, document, items?, valid_from, valid_to?``).

    Raises Invalid when no row of the table marks the act as listed for this body, NotAllowed, NotFound.
    """
    now = app.clock()
    with app.transaction() as tx:
        authority.require(tx, viewer, "power.grant")
        unit = units.require(tx, values["unit"])
        rule = powers_table.decisive(values["act"], body_of(unit), province(tx), values["valid_from"])
        if rule is None or rule.mark != LISTED:
            raise Invalid(
                f"“{ACTS[values['act']].title}”不能用清单授予“{unit.name}”（{_reason(rule, values['act'])}）。",
                en=f"“{ACTS[values['act']].title.en}” cannot be granted to {unit.code} by a list.",
                problems=[{"field": "act", "rule": "power", "message": "这项权力不能用清单授予该单位"}],
            )
        row = PowerGrant(
            unit=unit.code, act=values["act"], items=list(values.get("items") or ()), document=values["document"],
            valid_from=values["valid_from"], valid_to=values.get("valid_to"), created_at=now, created_by=viewer.name,
        )  # fmt: skip
        tx.add(row)
        told = {
            name: values[name] for name in ("act", "document", "items", "valid_from", "valid_to") if values.get(name)
        }
        history.note(tx, NOUN, unit.code, before={}, after=told, reason=values["document"], by=viewer.name, now=now)
        tx.flush()
        return row.id


def entitled(tx: Session, act: str, unit: Unit, *, day: date, item: str | None = None) -> Rule:
    """The row that lets this body do the act on this day; raises NotAllowed with the clause. Asks nothing of people."""
    body = body_of(unit)
    rule = powers_table.decisive(act, body, province(tx), day)
    listed = rule is not None and rule.mark == LISTED and _grant(tx, unit.code, act, item, day) is None
    if rule is None or rule.mark == NO or listed:
        lacking, lacks = ("不在公布的清单内，", " by the published lists") if listed else ("", "")
        raise NotAllowed(
            f"“{unit.name}”（{BODIES[body]}）{lacking}没有“{ACTS[act].title}”的权力：{_reason(rule, act)}。"
            f"{ACTS[act].instead}。",
            en=f"{unit.code} ({BODIES[body].en}) has no power{lacks} for {ACTS[act].title.en}: {_reason(rule, act)}. "
            f"Instead: {ACTS[act].instead.en}.",
        )
    return rule


def require(
    tx: Session, app: App, viewer: Viewer, act: str, *, now: datetime, unit: str | None = None,
    officers: Sequence[str] = (), units_too: Sequence[str] = (), place: Place | None = None,
    approved_by: str | None = None, emergency: str = "", item: str | None = None,
) -> Power:  # fmt: skip
    """Let the viewer do an act for its unit; answers the clause to store.

    ``officers`` are login names (the viewer when left out) of the unit or of ``units_too``; ``emergency`` is the reason
    why it could not wait. Raises NotAllowed for a body without the power, Invalid for what the act needs besides.
    """
    acting = acting_unit(tx, viewer, unit)
    day = now.astimezone(app.zone).date()
    rule = entitled(tx, act, acting, day=day, item=item)
    check_moment(app, act, place=place, emergency=emergency, now=now)
    certificates: tuple[dict[str, str], ...] = ()
    if rule.officers:
        certificates = certified(tx, officers or [viewer.name], {acting.code, *units_too}, rule, day)
    if rule.approval and not (emergency and rule.approval_after):
        _approved(tx, acting, approved_by, rule)
    return Power(act, acting.code, body_of(acting), rule.clause, rule.note, certificates)


def check_moment(app: App, act: str, *, place: Place | None, emergency: str, now: datetime) -> None:
    """Refuse execution at night, on a statutory holiday without an emergency, and against homes at any time
    (行政强制法 43).
    """
    check_homes(act, place)
    if ACTS[act].execution and execution_hours.barred(now, app.calendar, app.zone) and not emergency.strip():
        raise Invalid(
            f"夜间（22:00–6:00）和法定节假日不得{ACTS[act].title}（行政强制法第四十三条第一款）；情况紧急的，请写明理由。",
            en="No execution at night or on a statutory holiday (Administrative Coercion Law, art. 43); "
            "in an emergency give the reason.",
            problems=[{"field": "emergency", "rule": "night", "message": "请写明紧急理由，或改在日间办理"}],
        )


def check_homes(act: str, place: Place | None) -> None:
    """Refuse against homes what no emergency allows against them (行政强制法 43 II)."""
    if ACTS[act].homes and place is not None and place.residential:
        raise Invalid(
            f"“{place.name}”有居民居住，不得{ACTS[act].title}（行政强制法第四十三条第二款：不得对居民生活停止供水、供电、"
            "供热、供燃气）。",
            en="Homes may not be cut off (Administrative Coercion Law, art. 43 II).",
            problems=[{"field": "place", "rule": "homes", "message": "不得对居民生活停供"}],
        )


def certified(
    tx: Session, officers: Sequence[str], bodies: set[str], rule: Rule, day: date
) -> tuple[dict[str, str], ...]:
    """The certificates of these officers as they stand on this day; raises Invalid when too few are valid."""
    found, lacking = [], []
    for name in dict.fromkeys(officers):
        person = people.require(tx, name)
        held = bool(person.cert_no) and person.active and person.unit in bodies
        in_force = (person.cert_from or day) <= day <= (person.cert_to or day)
        covers = not person.cert_items or rule.act in person.cert_items
        if held and in_force and covers:
            found.append({"person": name, "name": person.display_name, "cert_no": person.cert_no})
        else:
            lacking.append(person.display_name)
    if len(found) < rule.officers or lacking:
        told = f"{'、'.join(lacking)}没有本单位有效的执法证或证件不含此事项；" if lacking else ""
        raise Invalid(
            f"“{ACTS[rule.act].title}”须由 {rule.officers} 名以上持有效执法证的人员实施（{rule.clause}）：{told}"
            f"现有 {len(found)} 名，请补齐执法人员。",
            en=f"“{ACTS[rule.act].title.en}” needs {rule.officers} certified officers, {len(found)} have a valid one.",
            problems=[{"field": "officers", "rule": "certificate", "message": f"须有 {rule.officers} 名持证执法人员"}],
        )
    return tuple(found)


def _approved(tx: Session, unit: Unit, name: str | None, rule: Rule) -> None:
    if name is not None and approves(tx, unit, name):
        return
    raise Invalid(
        f"“{ACTS[rule.act].title}”须经{rule.approval}批准（{rule.clause}），请先报批。",
        en=f"“{ACTS[rule.act].title.en}” needs the approval of the head of {unit.code} first.",
        problems=[{"field": "approved_by", "rule": "approval", "message": f"须经{rule.approval}批准"}],
    )


def approves(tx: Session, unit: Unit, name: str) -> bool:
    """Whether this person heads the unit, or the unit above an office of the street."""
    heading = {unit.code, unit.parent} if unit.kind == "office" else {unit.code}
    role = select(PersonRole.role).where(PersonRole.person == name, PersonRole.role.in_(APPROVERS)).limit(1)
    person = tx.get(Person, name)
    return person is not None and person.active and person.unit in heading and tx.scalar(role) is not None


def head_named(tx: Session, unit: Unit, name: str) -> str | None:
    """The login of the head of this unit whose login or shown name this is; None when nobody is."""
    found = tx.scalars(select(Person.name).where((Person.name == name) | (Person.display_name == name)).limit(2)).all()
    return next((login for login in found if approves(tx, unit, login)), None)


def acting_unit(tx: Session, viewer: Viewer, wanted: str | None) -> Unit:
    """In whose name the viewer acts, read from the person's row; only an admin acts for another unit. Raises Invalid,
    NotAllowed.
    """
    person = tx.get(Person, viewer.name)
    own = person.unit if person else None
    if wanted is None or wanted == own or viewer.admin:
        if (code := wanted or own) is None:
            raise Invalid("请填写办理单位。", en="Give the acting unit.", problems=[
                {"field": "unit", "rule": "required", "message": "请填写办理单位"}])  # fmt: skip
        return units.require(tx, code)
    raise NotAllowed(
        f"您不是“{wanted}”的人员，不能以其名义办理。", en=f"You do not belong to {wanted} and cannot act for it."
    )


def _grant(tx: Session, unit: str, act: str, item: str | None, day: date) -> PowerGrant | None:
    query = select(PowerGrant).where(
        PowerGrant.unit == unit, PowerGrant.act == act, PowerGrant.valid_from <= day,
        PowerGrant.valid_to.is_(None) | (PowerGrant.valid_to >= day),
    )  # fmt: skip
    group = (item or "").partition("-")[0]
    return next(
        (row for row in tx.scalars(query) if item is None or not row.items or {item, group} & set(row.items)), None
    )


def _reason(rule: Rule | None, act: str) -> str:
    clause, note = (rule.clause, rule.note) if rule else (ACTS[act].basis, ACTS[act].note)
    return clause + (f"【{note}】" if note else "")
