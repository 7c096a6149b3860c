"""What one row of an office's ledger means: checked against the registers, every problem in words. Nothing is written.

``read`` answers JSON: ``number, place | new_place, code, text, part, level, major_status, basis, source, finder,
found_at, holder, five, due_on, due_clause, closed_at, closure_no, rechecks, columns, fingerprint``.
"""

import re
from datetime import date, datetime, timedelta
from hashlib import sha256
from typing import Any

from engine.campaign import hazard_numbers, hazards, places
from engine.campaign import row_words as words
from engine.campaign.ledger_values import (
    Bad,
    Cell,
    amount,
    checks,
    closed,
    day_and_rest,
    folded,
    levels,
    moment,
    short,
    text_of,
)  # fmt: skip
from engine.campaign.model import HazardCode, Unit
from engine.campaign.sheet_rows import SheetRow
from engine.campaign.sheet_world import Known, World
from engine.said import Said

KEPT = ("assignment", "notice_no", "rechecks", "papers", "revisit", "remark", "address", "phone", "sector",
        "photos_before", "photos_after")  # fmt: skip
SOURCES = {
    "安管": "企业安管人员", "安全管理人员": "企业安管人员",  # before the checks they may have made
    "网格": "网格巡查", "巡查": "网格巡查", "日常": "网格巡查", "督导": "督导检查", "检查": "督导检查",
    "排查": "督导检查",
    "举报": "群众举报", "投诉": "群众举报", "自查": "企业自查", "媒体": "媒体曝光",
    "上级": "上级交办", "智能": "智能识别",
}  # fmt: skip


def read(row: SheetRow, world: World, *, create_places: bool) -> dict[str, Any] | None:
    """The meaning of a row; None when it has an error. A row without place and text is none: see ``blank``."""
    found = found_at(row, world)
    area = row.read("area", lambda cell: world.area(text_of(cell)))
    place, new_place = _place(row, world, area, create_places)
    code = _code(row, world, found)
    given: dict[str, Any] = {
        "place": place.id if place else None, "new_place": new_place, "code": code.code if code else None,
        "text": _required(row, "text"), "part": row.text("part", 255), "basis": row.text("basis", 2_000),
        "source": _source(row), "holder": _holder(row, world, place), "number": None,
    }  # fmt: skip
    given |= _level(row) | _five(row) | {"finder": _finder(row, world)}
    given["columns"] = {name: text for name in KEPT if (text := row.text(name))}
    _number(row, given)
    if found is not None:
        given["found_at"] = found.isoformat()
        given |= _due(row, world, found) | _closing(row, world, found)
        given["rechecks"] = _rechecks(row, world)
    if row.wrong or code is None:
        return None
    if place and not given["closed_at"] and (other := world.open_at.get((place.id, code.code))):
        row.warn(
            "text",
            Said(
                f"同一场所同一代码已有未销号隐患 {other}，请核对是否重复登记",
                f"hazard {other} of the same place and code is still open; check whether this is the same",
            ),
        )
    given["fingerprint"] = _fingerprint(given)
    return given


def blank(row: SheetRow) -> bool:
    """Whether a row is none: a sum, a signature, an empty line."""
    return row.cell("place") in (None, "") and row.cell("text") in (None, "")


def _fingerprint(given: dict[str, Any]) -> str:
    names = ("number", "place", "code", "text", "part", "found_at")
    parts = [str(given[name] or "") for name in names] + [str((given["new_place"] or {}).get("name", ""))]
    return sha256("\0".join([*parts, given["columns"].get("number", "")]).encode()).hexdigest()


def _required(row: SheetRow, name: str) -> str:
    found = row.text(name)
    if not found and not row.wrong:
        row.error(name, words.FILL)
    return found


def found_at(row: SheetRow, world: World, name: str = "found_at") -> datetime | None:
    """When it was found, or seen: a day that is not after today. What is wrong is noted at the row."""
    cell = row.cell(name)
    if cell in (None, ""):
        row.error(name, words.DATE)
        return None
    found = row.read(name, lambda one: moment(one, world.zone, year=world.today.year)[0])
    if found is None:
        return None
    if short(cell):
        if found > world.now:
            found = row.read(name, lambda one: moment(one, world.zone, year=world.today.year - 1)[0]) or found
        row.warn(
            name,
            Said(f"没有写年份，按 {found:%Y-%m-%d} 导入", f"no year is written; it is imported as {found:%Y-%m-%d}"),
        )
    if found > world.now:
        row.error(name, words.LATER)
    return found


def _place(row: SheetRow, world: World, area: Unit | None, create: bool) -> tuple[Known | None, dict[str, Any] | None]:
    name, uscc = _required(row, "place"), row.text("uscc", 64)
    if not name:
        return None, None
    try:
        place = world.place(name, uscc, area)
    except Bad as bad:
        row.error("place", bad.said)
        return None, None
    if place is not None:
        return place, None
    if not create:
        row.error("place", words.NO_PLACE)
        return None, None
    if area is None or area.kind != "grid":
        row.error("area", words.NO_GRID)
        return None, None
    match = re.fullmatch(r"(.+?)[(]([0-9A-Z]{18})[)]", folded(name))
    sector = row.text("sector", 32)
    made = {
        "name": (match[1] if match else name)[:255], "uscc": uscc or (match[2] if match else ""), "grid": area.code,
        "kind": next((kind for kind in places.KINDS if kind in sector or (sector and sector in kind)), "其他"),
        "place_kind": "其他", "sector": sector.partition("/")[0], "address": row.text("address", 255),
        "phone": row.text("phone", 64), "head": "",
    }  # fmt: skip
    row.warn("place", Said(f"将在网格 {area.code} 建立新场所", f"a new place will be made in the grid {area.code}"))
    return None, made


def _code(row: SheetRow, world: World, found_at: datetime | None) -> HazardCode | None:
    if row.cell("code") in (None, ""):
        row.error("code", words.NO_CODE)
        return None
    day = (found_at or world.now).astimezone(world.zone).date()
    return row.read("code", lambda cell: world.code(text_of(cell), day))


def _level(row: SheetRow) -> dict[str, Any]:
    level, status = row.read("level", levels) or (None, "否")
    if status == "已判定" and not row.text("basis"):
        row.error("basis", words.NO_BASIS)
    return {"level": level, "major_status": status}


def _source(row: SheetRow) -> str:
    text = row.text("source", 32)
    found = text if text in hazards.SOURCES else next((real for word, real in SOURCES.items() if word in text), None)
    if text and found is None:
        row.error(
            "source",
            Said(
                f"隐患来源可用：{'、'.join(hazards.SOURCES)}",
                f"as the source of the hazard use one of {', '.join(hazards.SOURCES)}",
            ),
        )
    return found or hazards.SOURCES[0]


def _finder(row: SheetRow, world: World) -> str:
    text = row.text("finder", 255)
    return world.login(text) or text or world.viewer.name


def _holder(row: SheetRow, world: World, place: Known | None) -> str | None:
    text = row.text("holder", 255)
    own = folded(row.text("place")) if row.cell("place") else ""
    if not text or folded(text) == own or (place and folded(text) == folded(place.name)):
        return place.unit if place else None
    try:
        unit = world.unit(text)
    except Bad as bad:
        row.error("holder", bad.said)
        return None
    if unit is None:
        row.error("holder", words.NO_UNIT)
    return unit.code if unit else None


def _five(row: SheetRow) -> dict[str, Any]:
    five: dict[str, Any] = {name: row.text(name) for name in ("measures", "responsible", "plan") if row.text(name)}
    funds = row.read("funds", amount)
    return {"five": five | ({"funds": funds} if funds is not None else {}) or None}


def _number(row: SheetRow, given: dict[str, Any]) -> None:
    text = folded(row.text("number", 64)).upper()
    if hazard_numbers.NUMBER.fullmatch(text):
        given["number"] = text
    elif text:
        given["columns"]["number"] = text  # of another scheme: kept beside the new one


def _after(row: SheetRow, world: World, name: str, first: date) -> tuple[datetime, bool, str] | None:
    """The moment in a cell; without a year the first such day that is not before ``first``."""
    cell, rest = day_and_rest(row.cell(name))
    if cell in (None, ""):
        return None
    found = row.read(name, lambda _: moment(cell, world.zone, year=first.year))
    if found is None:
        return None
    if short(cell):
        if found[0].date() < first:
            found = row.read(name, lambda _: moment(cell, world.zone, year=first.year + 1)) or found
        row.warn(
            name,
            Said(
                f"没有写年份，按 {found[0]:%Y-%m-%d} 导入", f"no year is written; it is imported as {found[0]:%Y-%m-%d}"
            ),
        )
    return found[0], found[1], rest


def _due(row: SheetRow, world: World, found_at: datetime) -> dict[str, Any]:
    due = _after(row, world, "due_on", found_at.date())
    if due is not None and due[0].date() < found_at.date():
        row.error(
            "due_on",
            Said(
                f"整改时限早于发现日期 {found_at:%Y-%m-%d}，请核对",
                f"the limit is before the day it was found, {found_at:%Y-%m-%d}; check it",
            ),
        )
    elif due is not None and due[0] - found_at > timedelta(days=3_650):
        row.error("due_on", words.TOO_FAR)
    return {"due_on": due and due[0].date().isoformat(), "due_clause": due[2] if due else ""}


def _closing(row: SheetRow, world: World, found_at: datetime) -> dict[str, Any]:
    by, at, number = _closure(row.text("closure"), world)
    given = _after(row, world, "closed_at", found_at.date())
    said = row.read("status", closed)
    moment_, timed = (given[0], given[1]) if given else at or (None, False)
    if moment_ and not timed:
        moment_ = max(moment_, found_at) if moment_.date() == found_at.date() else moment_
    if said is False and moment_:
        row.error("closed_at", words.NOT_FIXED)
    elif said and not moment_:
        row.error("closed_at", words.NO_DAY)
    elif moment_ and moment_ < found_at:
        row.error(
            "closed_at" if given else "closure",
            Said(
                f"销号早于发现时间 {found_at:%Y-%m-%d %H:%M}，请核对",
                f"it was closed before it was found, {found_at:%Y-%m-%d %H:%M}; check it",
            ),
        )
    elif moment_ and moment_ > world.now:
        row.error("closed_at" if given else "closure", words.CLOSED_LATER)
    closer = row.text("closer", 60) or by
    return {
        "closed_at": moment_ and moment_.isoformat(), "closure_no": row.text("closure_no", 64) or number or None,
        "closer": closer,
    }  # fmt: skip


def _closure(text: str, world: World) -> tuple[str, tuple[datetime, bool] | None, str]:
    """``销号人/时间/号`` apart."""
    parts = [part.strip() for part in text.split("/")]
    if len(parts) != 3:
        return "", None, text if text and "号" in text else ""
    try:
        return parts[0], moment(parts[1], world.zone) if parts[1] else None, parts[2]
    except Bad:
        return parts[0], None, parts[2]


def _rechecks(row: SheetRow, world: World) -> list[list[Any]]:
    found = checks(row.text("rechecks"), world.zone)
    if not found and (at := row.read("recheck_at", lambda cell: moment(cell, world.zone)[0])):
        result: Cell = row.text("rechecks")
        found = [(at, "不" not in result and "未" not in result, row.text("recheck_by", 60))]
    if any(at > world.now for at, _, _ in found):
        row.error("rechecks", words.CHECKED_LATER)
    return [[at.isoformat(), passed, by] for at, passed, by in sorted(found)]
