"""Which bodies have the duty for a hazard (table D3): the table of the hazard's own process version is asked."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy.orm import Session

from engine.app import App
from engine.bpm.functions import functions_at
from engine.bpm.model import Instance
from engine.bpm.step import named
from engine.campaign import units
from engine.campaign.case_model import Hazard
from engine.campaign.model import Unit
from engine.errors import Conflict, Invalid

TABLE = "competent_body"
FACTS = ("code", "code_group", "place_kind", "crowded", "key_unit", "sector_body")
NAMED = ("department", "police", "justice", "cooperation")  # kinds of units that a ruling may name
LAW = "安全生产法第六十九条；决策表 D3，示例规则，需法制审核"


def rows_for(tx: Session, app: App, hazard: Hazard) -> list[dict[str, Any]]:
    """All rows of D3 that fit the code and the place of a hazard, the lead's first; raises Conflict for a hazard whose
    process does not know the table.
    """
    instance = tx.get(Instance, hazard.instance_id) if hazard.instance_id else None
    definition = named(app, tx, instance.definition_id) if instance else None
    table = app.model(definition.bundle_hash, definition.key).decisions.get(TABLE) if definition else None
    if instance is None or table is None:
        raise Conflict(
            f"隐患 {hazard.number} 的流程里没有决策表 D3，不能移交。请先把它迁移到最新的流程版本。",
            en=f"The process of hazard {hazard.number} has no table {TABLE}; migrate it to the newest version first.",
        )
    known = {name: instance.variables.get(name) for name in FACTS}
    found: list[dict[str, Any]] = table.evaluate(known, functions_at(app.clock(), app.calendar, app.zone, {}))
    return found


def bodies(rows: Sequence[Mapping[str, Any]]) -> list[str]:
    """The bodies that these rows of D3 name, the lead first, then those that help; none where the committee's office
    has to name one.
    """
    leads = [str(row["lead"]) for row in rows if not row.get("assign")]
    helping = [part.strip() for row in rows if not row.get("assign") for part in str(row.get("co") or "").split(",")]
    return list(dict.fromkeys(name for name in (*leads, *helping) if name))


def require(
    tx: Session, rows: Sequence[Mapping[str, Any]], body: str, hazard: Hazard, ruling: str = "", *, field: str = "body"
) -> None:  # fmt: skip
    """Refuse a body without the duty, quoting the table, unless the committee's office gave its reason. Raises Invalid,
    NotFound for an unknown unit.
    """
    unit = units.require(tx, body)
    able = bodies(rows)
    if body in able:
        return
    if ruling.strip():
        require_named(unit)
        return
    names = units.names(tx, set(able))
    told = "、".join(names.get(code, code) for code in able) or "没有列出部门，由安委办指定"
    raise Invalid(
        f"“{unit.name}”对隐患 {hazard.number}（{hazard.code}）没有处理职责，不能移交给它。D3 列出的有权部门：{told}"
        f"（{LAW}）。确需由它办理的，请由安委办写明理由指定或裁定。",
        en=f"{body} has no duty for {hazard.code}; table D3 names: {', '.join(able) or 'nobody'}. "
        "Only the committee office may assign another body, with a reason.",
        problems=[{"field": field, "rule": "competent-body", "message": f"D3 列出的有权部门：{told}"}],
    )


def require_named(unit: Unit) -> None:
    """Raise Invalid for a unit that no ruling can name: a grid, the street, an enterprise takes no transfer."""
    if unit.kind in NAMED:
        return
    kinds = "、".join(units.KINDS[kind] for kind in NAMED)
    raise Invalid(
        f"“{unit.name}”是{units.KINDS[unit.kind]}，不能承接移交；只能指定或裁定给{kinds}。",
        en=f"{unit.code} is no body that takes a transfer; name one of the kinds {', '.join(NAMED)}.",
        problems=[{"field": "body", "rule": "competent-body", "message": f"请选择{kinds}"}],
    )
