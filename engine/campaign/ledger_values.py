"""What offices write into cells, understood: days in many spellings, levels, yes and no, money. Pure; a value that
cannot be understood raises Bad with a sentence that says what to write instead.
"""

import math
import re
import unicodedata
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from openpyxl.utils.datetime import from_excel

from engine.said import Said

Cell = Any
EARLIEST = date(1990, 1, 1)
LATEST = date(2100, 1, 1)
SERIALS = range(32_000, 74_000)  # how Excel counts the days of 1987 to 2102
_FULL = re.compile(r"(\d{4})\s*[-./年]\s*(\d{1,2})\s*[-./月]\s*(\d{1,2})\s*[日号]?")
_PACKED = re.compile(r"(\d{4})(\d{2})(\d{2})")
_SHORT = re.compile(r"(\d{1,2})\s*[-./月]\s*(\d{1,2})\s*[日号]?")
_TIME = re.compile(r"[ T]?\s*(上午|下午)?\s*(\d{1,2})[:时点](\d{1,2})?(?::(\d{1,2})(?:\.\d+)?)?分?")
YES = {"是", "有", "y", "yes", "true", "1", "√", "✓", "对", "已"}
NO = {"否", "无", "没有", "n", "no", "false", "0", "×", "x", "未", "-", "—", "/"}
LEVELS = {
    "立改": ("立改", "立行立改", "立查立改", "现场立改", "当场整改", "即查即改"),
    "一般": ("一般", "一般隐患", "一般事故隐患", "普通", "低", "四级", "三级"),
    "较大": ("较大", "较大隐患", "较重", "二级"),
    "重大(待判)": ("重大(待判)", "待判"),
    "重大": ("重大", "重大隐患", "重大事故隐患", "一级"),
}
STATUTORY = {"一般": "否", "重大": "已判定", "疑似重大": "疑似", "重大已解除": "已解除"}
CLOSED = ("已销号", "已整改", "整改完成", "已完成", "已办结", "整改到位", "完成整改", "已改", "合格", "完成")
OPEN = ("未", "中", "正在", "限期", "没有", "尚")


class Bad(ValueError):
    """A value that cannot be understood; the text says what to write instead, in both languages."""

    def __init__(self, zh: str, en: str) -> None:
        super().__init__(zh)
        self.said = Said(zh, en)


def text_of(cell: Cell) -> str:
    """The cell as text, as a person sees it. Raises Bad for an error or a formula without a result."""
    if cell is None:
        return ""
    if isinstance(cell, list):
        if cell[0] == "x":
            raise Bad(
                f"单元格是错误值或公式（{cell[1]}），请在 Excel 中改成直接填写的内容",
                f"the cell is an error or a formula ({cell[1]}); write the value itself in Excel",
            )
        return str(cell[1]).replace("T", " ").removesuffix(" 00:00:00")
    if isinstance(cell, bool):
        return "是" if cell else "否"
    if isinstance(cell, float):
        return str(int(cell)) if cell.is_integer() else repr(cell)
    return str(cell).strip()


def folded(text: str) -> str:
    """Text with full-width letters, digits and brackets made plain, spaces at the ends gone."""
    return unicodedata.normalize("NFKC", text).strip()


def moment(cell: Cell, zone: ZoneInfo, *, year: int | None = None) -> tuple[datetime, bool]:
    """The moment in a cell and whether it has a time of day; without one it is 00:00. ``year`` is taken where none is
    written. Raises Bad.
    """
    if isinstance(cell, list) and cell[0] == "d":
        found = datetime.fromisoformat(cell[1])
    elif isinstance(cell, int | float) and not isinstance(cell, bool):
        found = _serial(cell)
    else:
        found = _written(folded(text_of(cell)), year)
    if not EARLIEST <= found.date() < LATEST:
        raise Bad(f"年份 {found.year} 不对，请核对", f"the year {found.year} is not right; check it")
    return found.replace(tzinfo=zone), found.time() != datetime.min.time()


def _serial(number: float) -> datetime:
    if math.isfinite(number) and EARLIEST.year <= number / 10_000 < LATEST.year and float(number).is_integer():
        return _written(str(int(number)), None)
    if not math.isfinite(number) or int(number) not in SERIALS:
        raise Bad(
            "是一个数字，不是日期（9.1 和 9.10 分不清），请写成 2026-09-14 这样的日期",
            "it is a number and no date (9.1 and 9.10 look the same); write a date like 2026-09-14",
        )
    found = from_excel(number)
    assert isinstance(found, datetime)
    return found


def _written(text: str, year: int | None) -> datetime:
    match = _FULL.match(text) or _PACKED.match(text)
    if match:
        parts = (int(match[1]), int(match[2]), int(match[3]))
    else:
        match = _SHORT.match(text)
        if match is None or year is None:
            raise Bad(
                "不是日期，请写成 2026-09-14、2026.9.14 或 2026年9月14日",
                "it is no date; write 2026-09-14, 2026.9.14 or 2026年9月14日",
            )
        parts = (year, int(match[1]), int(match[2]))
    try:
        day = datetime(*parts)  # noqa: DTZ001  # as written; the zone comes in moment()
    except ValueError as error:
        raise Bad("日历上没有这一天，请核对年月日", "there is no such day; check year, month and day") from error
    rest = text[match.end() :].strip()
    if not rest:
        return day
    clock = _TIME.fullmatch(rest)
    if clock is None:
        raise Bad(
            "日期后面有看不懂的内容，请只写日期和时间，例如 2026-09-14 15:30",
            "something stands behind the date; write date and time alone, such as 2026-09-14 15:30",
        )
    hour = int(clock[2]) + (12 if clock[1] == "下午" and int(clock[2]) < 12 else 0)
    if hour > 23 or int(clock[3] or 0) > 59 or int(clock[4] or 0) > 59:
        raise Bad("时间不对，请写成 15:30 这样的时间", "the time is not right; write it like 15:30")
    return day + timedelta(hours=hour, minutes=int(clock[3] or 0), seconds=int(clock[4] or 0))


def short(cell: Cell) -> bool:
    """Whether a cell holds a day without a year, such as 9/14."""
    return isinstance(cell, str) and not _FULL.match(folded(cell)) and _SHORT.match(folded(cell)) is not None


def day_and_rest(cell: Cell) -> tuple[Cell, str]:
    """``2026-09-29（依据）`` apart: the day for ``moment``, and what stands in brackets behind it."""
    if not isinstance(cell, str):
        return cell, ""
    match = re.fullmatch(r"([^(（]*\d[^(（]*)[(（](.*)[)）]", cell.strip(), re.DOTALL)
    return (match[1].strip(), match[2].strip()) if match else (cell, "")


def truth(cell: Cell) -> bool:
    """是 or 否 in the ways it is written. Raises Bad."""
    text = folded(text_of(cell)).lower()
    if text in YES or text in NO:
        return text in YES
    raise Bad("请写“是”或“否”", "write 是 (yes) or 否 (no)")


def closed(cell: Cell) -> bool:
    """Whether a remark about progress says that the hazard is done. Raises Bad."""
    text = folded(text_of(cell)).lower()
    if text in YES or text in NO:
        return text in YES
    if any(word in text for word in OPEN):
        return False
    if any(word in text for word in CLOSED):
        return True
    raise Bad(
        "看不出是否已经整改，请写“已整改”或“未整改”",
        "it is not clear whether it was put right; write 已整改 (done) or 未整改 (not done)",
    )


def levels(cell: Cell) -> tuple[str | None, str]:
    """``(local level, major status)`` from 一般, 重大, or both parts as in the export: 重大/重大. Raises Bad."""
    text = folded(text_of(cell)).replace(" ", "")
    if not text:
        return None, "否"
    first, slash, second = text.partition("/")
    if slash:
        if first not in STATUTORY:
            raise Bad(
                f"法定等级请写：{'、'.join(STATUTORY)}", f"as the legal level write one of {'、'.join(STATUTORY)}"
            )
        return (None if second == "未定级" else _level(second)), STATUTORY[first]
    if text == "疑似重大":
        return None, "疑似"
    found = _level(text)
    return found, "已判定" if found == "重大" else "疑似" if found == "重大(待判)" else "否"


def _level(text: str) -> str:
    for level, names in LEVELS.items():
        if text in names:
            return level
    raise Bad(f"等级不对，可用：{'、'.join(LEVELS)}", f"there is no such level; use one of {'、'.join(LEVELS)}")


def amount(cell: Cell) -> float:
    """Money in 10,000 yuan; 元 is converted. Raises Bad."""
    text = folded(text_of(cell)).replace(",", "").replace(" ", "")
    match = re.fullmatch(r"(-?\d+(?:\.\d+)?)(万元|万|元)?", text)
    if match is None or float(match[1]) < 0 or float(match[1]) > 1e9:
        raise Bad("不是金额，请写数字，单位万元", "it is no amount; write a number, in 10,000 yuan")
    value = float(match[1]) / (10_000 if match[2] == "元" else 1)
    return int(value) if value.is_integer() else value


def whole(cell: Cell) -> int:
    """A whole number that is not negative. Raises Bad."""
    match = re.fullmatch(r"(\d{1,6})(?:\.0+)?[人层级]?", folded(text_of(cell)))
    if match is None:
        raise Bad("请写一个整数", "write a whole number")
    return int(match[1])


def checks(text: str, zone: ZoneInfo) -> list[tuple[datetime, bool, str]]:
    """Re-inspections that a cell tells of, ``(at, passed, by)`` each; parts without a day or a result are left out."""
    found = []
    for part in re.split(r"[;；\n]", text):
        day = _FULL.search(folded(part))
        if day is None or ("合格" not in part and "通过" not in part):
            continue
        rest = folded(part)
        clock = re.match(r"\s+\d{1,2}:\d{2}(:\d{2})?", rest[day.end() :])
        end = day.end() + (clock.end() if clock else 0)
        try:
            at, _ = moment(rest[day.start() : end], zone)
        except Bad:
            continue
        words = re.sub(r"第?\d*次|不合格|未通过|合格|通过", "", rest[: day.start()] + rest[end:])
        found.append((at, "不合格" not in part and "未通过" not in part, words.strip(" /,，、")[:60]))
    return found
