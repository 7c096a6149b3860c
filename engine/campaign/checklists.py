"""Verbs on checklists (检查清单): what is looked at, by kind of place, sector and role. Each is data in versions that
are valid from one day to another, like the hazard codes; a version's questions never change.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine.app import App
from engine.bpm.viewer import Viewer
from engine.campaign import authority, codes, history, once, places, powers, scope
from engine.campaign.checklist_model import Checklist
from engine.campaign.checklist_sheets import in_force
from engine.campaign.model import Place
from engine.campaign.numbers import next_number
from engine.campaign.visits import refuse
from engine.errors import Conflict, NotAllowed, NotFound
from engine.said import Said, one_of

NOUN = "checklist"
KEY = re.compile(r"[A-Z]{1,8}(-[0-9A-Z]{1,12})?")
MOST_ITEMS = 200
KINDS = (*places.KINDS, *(kind for kind in places.PLACE_KINDS if kind not in places.KINDS))


@dataclass(frozen=True, slots=True)
class ChecklistView:
    """One version as it is shown; each item is ``{no, question, code, clause, photo}``, ``photo`` whether one is
    wanted. Empty ``place_kinds``, ``sectors`` or ``roles`` mean any.
    """

    key: str
    version: int
    name: str
    unit: str | None
    place_kinds: list[str]
    sectors: list[str]
    roles: list[str]
    items: list[dict[str, Any]]
    legal_note: str
    reason: str
    valid_from: date
    valid_to: date | None
    revision: int
    created_at: datetime
    created_by: str


def list_checklists(
    app: App, viewer: Viewer, *, on: date | None = None, place: str | None = None, place_kind: str | None = None,
    sector: str | None = None, role: str | None = None,
) -> list[ChecklistView]:  # fmt: skip
    """The versions in force on a local day (today when left out), by key: those that fit the place, kind, sector and
    role that are given; none for a place that is not the viewer's to see.
    """
    day = on or app.clock().astimezone(app.zone).date()
    with app.reading() as tx:
        kinds = {place_kind} if place_kind else set()
        if place:
            there = tx.scalar(select(Place).where(Place.id == place, scope.places(viewer)))
            if there is None:
                return []
            kinds |= {there.kind, there.place_kind}
            sector = sector or there.sector
        rows = tx.scalars(select(Checklist).where(in_force(day)).order_by(Checklist.key))
        return [
            view_of(row)
            for row in rows
            if _fits(row.place_kinds, kinds) and _fits(row.sectors, {sector} if sector else set())
            and _fits(row.roles, {role} if role else set())
        ]  # fmt: skip


def versions(app: App, key: str, *, viewer: Viewer) -> list[ChecklistView]:
    """All versions of one checklist, the newest first; raises NotFound."""
    with app.reading() as tx:
        return [view_of(row) for row in reversed(_all(tx, key))]


def changes(app: App, key: str, *, viewer: Viewer) -> list[history.ChangeView]:
    """Who ended or retired which version, when and why, oldest first; who made a version stands in it."""
    with app.reading() as tx:
        return [edit for row in _all(tx, key) for edit in history.of(tx, NOUN, _history_key(row))]


def create(app: App, values: Mapping[str, Any], *, viewer: Viewer, key: str | None = None) -> ChecklistView:
    """Make a new checklist or the next version of one (``key, name, items, valid_from, reason``, optional
    ``place_kinds, sectors, roles, legal_note``, ``based_on``: the version that was read, 0 or left out for a new
    checklist). The version before ends on the day before. The same idempotency ``key`` answers the first.

    Raises Conflict (a newer version is there, or the days overlap), Invalid, NotAllowed (another unit keeps it).
    """
    now = app.clock()
    with app.transaction() as tx:
        authority.require(tx, viewer, "checklist.edit")
        if made := once.earlier(tx, viewer, NOUN, key):
            return view_of(tx.get_one(Checklist, int(made)))
        unit = None if viewer.admin else powers.acting_unit(tx, viewer, None).code
        row = add(tx, values, unit=unit, by=viewer.name, now=now, admin=viewer.admin)
        once.note(tx, viewer, NOUN, key, str(row.id))
        told = {"name": row.name, "version": row.version, "valid_from": row.valid_from, "questions": len(row.items)}
        history.made(tx, NOUN, _history_key(row), told, by=viewer.name, now=now, reason=row.reason)
        return view_of(row)


def add(
    tx: Session, values: Mapping[str, Any], *, unit: str | None, by: str, now: datetime, admin: bool = True
) -> Checklist:
    """Write one version in a running transaction; who is no ``admin`` must belong to the unit that keeps it."""
    _check(values)
    # The number of the version is the lock that two editors of one checklist meet at.
    version = next_number(tx, f"checklist-{values['key']}")
    before = _latest(tx, values["key"])
    if before is not None:
        _require_keeper(before, unit, admin)
    _require_after(before, values)
    for item in values["items"]:
        codes.on_day(tx, item["code"], values["valid_from"])
    row = Checklist(
        key=values["key"], version=version, name=values["name"].strip(), unit=before.unit if before else unit,
        place_kinds=list(values.get("place_kinds") or ()), sectors=list(values.get("sectors") or ()),
        roles=list(values.get("roles") or ()), items=_numbered(values["items"]),
        legal_note=values.get("legal_note", ""), reason=values["reason"].strip(), valid_from=values["valid_from"],
        valid_to=None, revision=0, created_at=now, created_by=by,
    )  # fmt: skip
    if before is not None and before.valid_to is None:
        last_day = {"valid_to": row.valid_from - timedelta(days=1)}
        why = f"第 {version} 版起用：{row.reason}"
        history.change(
            tx, before, NOUN, _history_key(before), last_day, revision=before.revision, by=by, now=now, reason=why
        )
    tx.add(row)
    tx.flush()
    return row


def retire(app: App, key: str, *, last_day: date, revision: int, reason: str, viewer: Viewer) -> ChecklistView:
    """End the newest version after a day; visits of earlier days keep it. ``revision`` is that of the version that was
    read. Raises Conflict, Invalid (a day before it began), NotAllowed, NotFound.
    """
    now = app.clock()
    with app.transaction() as tx:
        authority.require(tx, viewer, "checklist.edit")
        row = _all(tx, key)[-1]
        _require_keeper(row, None if viewer.admin else powers.acting_unit(tx, viewer, None).code, viewer.admin)
        first = row.valid_from.isoformat()
        early = Said(f"停用日不能早于生效日（{first}）", f"It is valid from {first}")
        refuse(
            (last_day < row.valid_from, "last_day", "order", early),
            (not reason.strip(), "reason", "required", Said("请写明停用理由", "Say why it ends")),
        )
        history.change(
            tx, row, NOUN, _history_key(row), {"valid_to": last_day}, revision=revision, by=viewer.name, now=now,
            reason=reason.strip(),
        )  # fmt: skip
        return view_of(row)


def view_of(row: Checklist) -> ChecklistView:
    """The version as it is shown."""
    return ChecklistView(**{name: getattr(row, name) for name in ChecklistView.__slots__})


def _check(values: Mapping[str, Any]) -> None:
    items = values["items"]
    kinds = [kind for kind in values.get("place_kinds") or () if kind not in KINDS]
    roles = [role for role in values.get("roles") or () if role not in authority.ROLE_NAMES]
    questions = [item["question"].strip() for item in items]
    refuse(
        (not KEY.fullmatch(values["key"]), "key", "format",
         Said("清单代码应为大写字母，可带“-编号”，例如 JX 或 CY-RQ", "Capital letters, such as JX or CY-RQ")),
        (not values["name"].strip(), "name", "required", Said("请填写清单名称", "Give the name")),
        (not values["reason"].strip(), "reason", "required",
         Said("请写明制定或修改的理由", "Say why it is made or changed")),
        (not 0 < len(items) <= MOST_ITEMS, "items", "length",
         Said(f"检查项为 1 到 {MOST_ITEMS} 条", f"It has 1 to {MOST_ITEMS} items")),
        (not all(questions), "items", "required", Said("每条检查项都要有问题", "Each item asks something")),
        (len(set(questions)) < len(questions), "items", "unique",
         Said("检查项的问题不能重复", "No two items ask the same")),
        (bool(kinds), "place_kinds", "choice", one_of("场所类型", "kinds of place", KINDS)),
        (bool(roles), "roles", "choice", one_of("角色", "roles", authority.ROLE_NAMES)),
    )  # fmt: skip


def _require_after(before: Checklist | None, values: Mapping[str, Any]) -> None:
    there, read, key = before.version if before else 0, values.get("based_on") or 0, values["key"]
    if there != read:
        raise Conflict(
            f"检查清单“{key}”现为第 {there} 版，您依据的是第 {read} 版，请刷新后再改。",
            en=f"Checklist {key} is at version {there}, you read {read}; reload it.",
        )
    taken = (before.valid_to or before.valid_from) if before else None
    if taken is not None and values["valid_from"] <= taken:
        raise Conflict(
            f"第 {there} 版在 {taken.isoformat()} 仍有效，新版须从之后的日期起生效。",
            en=f"Version {there} covers {taken.isoformat()}; let the new one begin later.",
        )


def _require_keeper(row: Checklist, unit: str | None, admin: bool) -> None:
    if not admin and row.unit != unit:
        raise NotAllowed(
            f"检查清单“{row.name}”由{f'单位 {row.unit}' if row.unit else '系统管理员'}维护，请联系其修改，或另建一份。",
            en=f"Checklist {row.key} is kept by {row.unit or 'the administrator'}.",
        )


def _numbered(items: list[Mapping[str, Any]]) -> list[dict[str, Any]]:
    return [
        {"no": no, "question": item["question"].strip(), "code": item["code"], "clause": item.get("clause") or "",
         "photo": bool(item.get("photo"))}
        for no, item in enumerate(items, 1)
    ]  # fmt: skip


def _all(tx: Session, key: str) -> list[Checklist]:
    rows = list(tx.scalars(select(Checklist).where(Checklist.key == key).order_by(Checklist.version)))
    if not rows:
        raise NotFound(f"没有代码为“{key}”的检查清单。", en=f"There is no checklist {key}.")
    return rows


def _latest(tx: Session, key: str) -> Checklist | None:
    return tx.scalars(select(Checklist).where(Checklist.key == key).order_by(Checklist.version.desc())).first()


def _fits(wanted: list[str], given: set[str]) -> bool:
    return not wanted or not given or bool(given & set(wanted))


def _history_key(row: Checklist) -> str:
    return f"{row.key}/{row.version}"
