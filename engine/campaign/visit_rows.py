"""What one row of a paper record of visits means: checked against the registers, every problem in words. Nothing is
written. Only patrols and services (track A) come in: an inspection needs an approval that no sheet can make up for.

``read`` answers JSON: ``place, at, kind, result, people, leader, findings, advice, note``.
"""

import re
from datetime import datetime
from typing import Any

from engine.campaign import visits
from engine.campaign.ledger_rows import found_at
from engine.campaign.ledger_values import Bad, Cell, folded, text_of
from engine.campaign.place_rows import MARKS
from engine.campaign.row_words import FILL
from engine.campaign.sheet_rows import SheetRow
from engine.campaign.sheet_world import World
from engine.said import Said

KINDS = {"夜": "夜查", "回头": "回头看", "服务": "服务指导", "指导": "服务指导", "督导": "督导检查", "自查": "企业自查",
         "互查": "交叉互查", "专家": "专家诊查", "线上": "线上巡查", "驻": "驻点巡查", "专项巡查": "专项巡查",
         "网格": "网格巡查", "日常巡查": "网格巡查", "巡查": "网格巡查", "走访": "网格巡查"}  # fmt: skip
WORDS = {
    "未发现问题": "未发现 没有发现 无隐患 无问题 正常 合格", "现场立改": "立改 立即整改 当场整改 现场整改",
    "无法进入": "无法进入 锁门 未开门 拒绝", "发现隐患": "发现 存在 有隐患 有问题",
}  # fmt: skip
RESULTS = {word: result for result, words in WORDS.items() for word in words.split()}  # the first that is in a text


def read(row: SheetRow, world: World) -> dict[str, Any] | None:
    """The meaning of a row; None when it has an error."""
    at, place = found_at(row, world, "at"), _place(row, world)
    findings, advice, note = row.text("findings"), row.text("advice"), row.text("note")
    given: dict[str, Any] = {
        "place": place, "at": at and at.isoformat(), "kind": row.read("kind", _kind) or visits.KINDS[0],
        "result": _result(row, findings), "findings": [{"text": findings}] if findings else [], "advice": advice,
    }  # fmt: skip
    known, unknown = _people(row, world)
    leader = row.text("leader", 255)
    login = world.login(leader) if leader else None
    told = [f"检查人：{'、'.join(unknown)}"] if unknown else []
    told += [f"带队：{leader}"] if leader and login is None else []
    given |= {"people": known, "leader": login, "note": "；".join(filter(None, [note, *told]))}
    return None if row.wrong else given


def blank(row: SheetRow) -> bool:
    """Whether a row is none: a sum, a signature, an empty line."""
    return all(row.cell(name) in (None, "") for name in ("place", "at"))


def mark(given: dict[str, Any]) -> tuple[str, datetime, str]:
    """What makes two visits the same one: the place, the moment and the kind."""
    return given["place"], datetime.fromisoformat(given["at"]), given["kind"]


def _place(row: SheetRow, world: World) -> str | None:
    name = row.text("place")
    if not name:
        row.error("place", FILL)
        return None
    area = row.read("area", lambda cell: world.area(text_of(cell)))
    try:
        found = world.place(name, row.text("uscc", 64), area)
    except Bad as bad:
        row.error("place", bad.said)
        return None
    if found is None:
        row.error(
            "place",
            Said(
                "场所底册里没有它（或不在您的管辖范围），请先建档",
                "the register of places does not have it (or not in your area): file it first",
            ),
        )
    return found.id if found else None


def _kind(cell: Cell) -> str:
    text = folded(text_of(cell))
    if text in visits.KINDS:
        return text
    if "行政" in text or "执法" in text or text in visits.KINDS_B:
        raise Bad(
            "行政检查须先报批，不能导入；这里只导入巡查和服务",
            "inspections need approval first and are not imported; patrols and services are",
        )
    found = next((kind for word, kind in KINDS.items() if word in text), None)
    if found is None:
        raise Bad(
            f"检查类型可用：{'、'.join(visits.KINDS)}", f"as the kind of visit use one of {'、'.join(visits.KINDS)}"
        )
    return found


def _result(row: SheetRow, findings: str) -> str:
    text = folded(row.text("result", 64))
    if not text:
        if not findings:
            row.error("result", Said("请填写检查结果", "write the result of the visit"))
        return "发现隐患"
    found = text if text in visits.RESULTS else next((real for word, real in RESULTS.items() if word in text), None)
    if found is None and text in ("无", "否"):
        found = "未发现问题"
    if found is None and text in ("有", "是"):
        found = "发现隐患"
    if found is None:
        row.error(
            "result",
            Said(
                f"检查结果可用：{'、'.join(visits.RESULTS)}",
                f"as the result of the visit use one of {', '.join(visits.RESULTS)}",
            ),
        )
    return found or ""


def _people(row: SheetRow, world: World) -> tuple[list[str], list[str]]:
    """Login names, and the names of people without an account, who stay in the note."""
    names = [part.strip() for part in re.split(MARKS, row.text("people", 1_000)) if part.strip()]
    logins = {name: world.login(name) for name in names}
    unknown = [name for name in logins if logins[name] is None]
    if unknown:
        row.warn(
            "people",
            Said(
                f"{'、'.join(unknown)}没有账号（或有同名），姓名写入备注",
                f"{', '.join(unknown)} have no account (or share a name); the names go into the note",
            ),
        )
    return list(dict.fromkeys(login for login in logins.values() if login)), unknown
