"""What one row of a register of places means. Nothing is written; an empty cell says nothing about its field.

``read`` answers the fields of a place by name, as JSON; those that the row leaves empty are not in it.
"""

import math
import re
from collections.abc import Callable
from datetime import date
from functools import partial
from typing import Any

from engine.campaign import places, uscc
from engine.campaign.ledger_values import Bad, Cell, folded, text_of, truth, whole
from engine.campaign.sheet_rows import SheetRow
from engine.campaign.sheet_world import World

TEXTS = {
    "id": 64, "name": 255, "sector": 32, "address": 255, "legal_rep": 255, "head": 255, "actual_controller": 255,
    "phone": 64, "open_hours": 64,
}  # fmt: skip
CHOICES = {"place_kind": places.PLACE_KINDS, "status": places.STATUSES}
MOST = {"capacity": 1_000_000, "floors": 500, "fire_key_level": 3}
TRUTHS = ("crowded", "residential", "uses_gas", "dangerous_goods", "special_equipment", "fatal_accident",
          "joint_punishment")  # fmt: skip
RISKS = {"低": "蓝", "一般": "黄", "较大": "橙", "重大": "红", "四级": "蓝", "三级": "黄", "二级": "橙", "一级": "红"}
MARKS = "[、,，;；/\n]"
NAME_AND_PHONE = re.compile(r"(\D{1,63}?)[\s:]*(\+?[\d-]{5,20})")


def read(row: SheetRow, world: World) -> dict[str, Any]:
    """The fields of a row; what is wrong is noted at the row."""
    given: dict[str, Any] = {name: text for name, most in TEXTS.items() if (text := row.text(name, most))}
    readers: dict[str, Callable[[Cell], Any]] = {
        "uscc": _code, "kind": _kind, "risk_level": _risk, "phones": _contacts, "tags": _tags,
        "lat": partial(_degrees, most=90), "lon": partial(_degrees, most=180),
        "lead_unit": lambda cell: _unit(world, cell), "linked_leader": lambda cell: _person(world, cell),
        "grid": lambda cell: _grid(world, cell), "promise_year": lambda cell: _year(cell, world.today),
        **{name: partial(_choice, allowed=allowed) for name, allowed in CHOICES.items()},
        **{name: partial(_number, most=most) for name, most in MOST.items()}, **dict.fromkeys(TRUTHS, truth),
    }  # fmt: skip
    given |= {name: found for name, reader in readers.items() if (found := row.read(name, reader)) is not None}
    return (row.read("position", _position) or {}) | given


def blank(row: SheetRow) -> bool:
    """Whether a row is none: a sum, a signature, an empty line."""
    return all(row.cell(name) in (None, "") for name in ("id", "name", "uscc"))


def identity(name: str, grid: str) -> tuple[str, str]:
    """What makes two places without a credit code the same: the name, however it is typed, and the grid."""
    return re.sub(r"\s", "", folded(name)), grid


def _choice(cell: Cell, allowed: tuple[str, ...]) -> str:
    text = folded(text_of(cell))
    if text not in allowed:
        raise Bad(f"可用：{'、'.join(allowed)}", f"use one of {'、'.join(allowed)}")
    return text


def _code(cell: Cell) -> str:
    if isinstance(cell, int | float):
        raise Bad(
            "Excel 把代码存成了数字，末几位已经丢失：请把这一列设为文本后重新填写",
            "Excel made a number of the code and lost its last digits: make the column text and write it again",
        )
    text = folded(text_of(cell)).replace(" ", "").upper()
    if not uscc.is_valid(text):
        raise Bad(
            "统一社会信用代码应为 18 位，且末位校验码要相符，请核对营业执照",
            "a social credit code has 18 characters and a check character at its end; look at the licence",
        )
    return text


def _kind(cell: Cell) -> str:
    text = folded(text_of(cell))
    found = [text] if text in places.KINDS else [kind for kind in places.KINDS if kind in text or text in kind]
    if len(found) != 1:
        raise Bad(
            f"场所类型可用：{'、'.join(places.KINDS)}", f"as the kind of place use one of {'、'.join(places.KINDS)}"
        )
    return found[0]


def _risk(cell: Cell) -> str:
    text = re.sub("(风险|色|级)$", "", folded(text_of(cell)).removesuffix("风险"))
    found = RISKS.get(text) or RISKS.get(f"{text}级") or text
    return _choice(found, places.RISKS)


def _number(cell: Cell, most: int) -> int:
    found = whole(cell)
    if found > most:
        raise Bad(f"请写 0 到 {most} 的整数", f"write a whole number from 0 to {most}")
    return found


def _year(cell: Cell, today: date) -> int:
    found = whole(folded(text_of(cell)).removesuffix("度").removesuffix("年"))
    if not 2000 <= found <= today.year + 1:
        raise Bad(f"请写 2000 到 {today.year + 1} 的年份", f"write a year from 2000 to {today.year + 1}")
    return found


def _degrees(cell: Cell, most: float) -> float:
    try:
        found = float(folded(text_of(cell)).rstrip("°EN"))
    except ValueError as error:
        raise Bad("请写十进制的度数，例如 34.600512", "write decimal degrees, such as 34.600512") from error
    if not math.isfinite(found) or abs(found) > most:
        raise Bad(f"请写 -{most} 到 {most} 的度数", f"write degrees from -{most} to {most}")
    return found


def _position(cell: Cell) -> dict[str, float]:
    """Latitude and longitude in one cell, in any order: in China the larger one is the longitude."""
    parts = [part for part in re.split(r"[,，;；\s]+", folded(text_of(cell))) if part]
    if len(parts) != 2:
        raise Bad("请写经度和纬度两个数，例如 119.22,34.60", "write longitude and latitude, such as 119.22,34.60")
    lat, lon = sorted(_degrees(part, 180) for part in parts)
    return {"lat": _degrees(lat, 90), "lon": lon}


def _contacts(cell: Cell) -> list[dict[str, str]]:
    found = []
    for part in filter(None, (piece.strip() for piece in re.split(MARKS, text_of(cell)))):
        match = NAME_AND_PHONE.fullmatch(folded(part))
        if match is None:
            raise Bad(
                "请写成“姓名 电话”，几个人用顿号隔开，例如 示例甲 13800000000、示例乙 051812345678",
                "write name and phone, several divided by 、, such as 示例甲 13800000000、示例乙 051812345678",
            )
        found.append({"name": match[1].strip(), "phone": match[2]})
    return found


def _tags(cell: Cell) -> list[str]:
    return [_choice(part, places.TAGS) for part in re.split(MARKS, text_of(cell)) if part.strip()]


def _unit(world: World, cell: Cell) -> str:
    unit = world.unit(text_of(cell))
    if unit is None:
        raise Bad(
            "没有这个单位，请填写已建立的单位名称或编码",
            "there is no such unit; write the name or code of one that there is",
        )
    return unit.code


def _grid(world: World, cell: Cell) -> str:
    unit = world.area(text_of(cell))
    if unit is None or unit.kind != "grid":
        raise Bad(
            "请写到三级网格，例如 GH-01 或 桂花社区/第一网格",
            "write it down to the third grid, such as GH-01 or 桂花社区/第一网格",
        )
    return unit.code


def _person(world: World, cell: Cell) -> str:
    found = world.login(folded(text_of(cell)))
    if found is None:
        raise Bad(
            "没有这个人或有几个人同名，请填写账号",
            "there is no such person, or several have the name; write the login name",
        )
    return found
