"""The columns of the ledger as sheets know them: their titles, the names that offices give them,
and how a header row is found and understood. Pure.
"""

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Any

from engine.campaign.column_titles import TITLES
from engine.said import Said

ENOUGH = 3  # known columns that make a row a header
ALIKE = 0.8


@dataclass(frozen=True, slots=True)
class Column:
    """One field: its title, other names in use, its width in the export of the ledger."""

    key: str
    title: Said
    names: tuple[str, ...] = ()
    width: int = 14


def column(key: str, title: str, names: str = "", width: int = 0) -> Column:
    """A column whose other names stand in one text, with spaces between them."""
    return Column(key, Said(title, TITLES[title]), tuple(names.split()), width)


LEDGER = (
    column("number", "编号", "隐患编号 台账编号 问题编号", 14),
    column("area", "社区/网格", "社区网格 所属社区 所属网格 属地社区 社区 网格 网格编号 属地 辖区", 22),
    column("place", "单位(统一信用代码)",
       "单位 单位名称 被检查单位 受检单位 检查单位 "
       "企业名称 场所名称 场所 企业 隐患单位 检查对象", 30),
    column("sector", "行业/场所类型", "行业 行业领域 场所类型 单位类型 场所类别 行业类别", 18),
    column("code", "隐患代码", "隐患类别 隐患类型 问题类别 问题类型 隐患分类 类别", 12),
    column("text", "描述",
       "隐患描述 存在问题 存在隐患 隐患内容 问题隐患 隐患问题 "
       "问题描述 主要问题 存在的主要问题 隐患情况 具体问题 检查发现问题", 40),
    column("part", "部位", "隐患部位 位置 具体部位 隐患位置 隐患地点", 16),
    column("level", "等级(法定/本地)", "等级 隐患等级 隐患级别 级别", 16),
    column("basis", "判定依据", "重大隐患判定依据 违反条款 法律依据", 24),
    column("source", "来源", "隐患来源 检查方式 排查方式", 12),
    column("finder", "发现人", "检查人 检查人员 排查人 巡查人 网格员 登记人", 14),
    column("found_at", "发现时间",
       "发现日期 检查时间 检查日期 排查时间 "
       "排查日期 巡查日期 登记日期 日期", 18),
    column("photos_before", "整改前照片", "隐患照片 现场照片", 16),
    column("holder", "责任单位", "整改责任单位 承办单位 督办单位 整改单位", 22),
    column("responsible", "责任人", "整改责任人 负责人 整改负责人", 14),
    column("measures", "整改措施", "整改要求 处理意见 处置措施 整改意见 治理措施", 30),
    column("funds", "资金(万元)", "资金 整改资金 治理资金 投入资金", 12),
    column("due_on", "整改时限(含依据)",
       "整改时限 整改期限 限期整改时间 限改日期 "
       "计划完成时间 要求完成时间 整改截止日期 完成时限", 26),
    column("plan", "应急预案/临时措施", "应急预案 临时措施 防范措施 管控措施", 24),
    column("assignment", "交办单号/签收时间", "交办单号 交办单 签收时间", 26),
    column("notice_no", "提示单号", "风险提示单号 提示单", 16),
    column("rechecks", "复查次数/结果/人/时间", "复查结果 复查情况 复查意见 复查", 30),
    column("photos_after", "整改后照片", "复查照片", 16),
    column("papers", "督办/移交/停用/查封文号与日期", "督办文号 移交文号 督办移交情况 文书文号", 30),
    column("closure", "销号人/时间/号", "销号情况 销号信息", 30),
    column("revisit", "回访结果", "回访 回访情况 回头看情况", 16),
    column("lamp", "当前灯色", "灯色 预警灯", 10),
    column("remark", "备注", "说明 备 注", 24),
)  # fmt: skip
COLUMNS = (
    *LEDGER,
    column("uscc", "统一社会信用代码", "统一信用代码 信用代码 社会信用代码"),
    column("address", "地址", "单位地址 场所地址 详细地址 经营地址"),
    column("phone", "联系电话", "电话 联系方式 手机"),
    column(
        "status", "是否整改", "整改情况 整改状态 是否整改到位 是否完成整改 是否销号 是否完成 整改进度 完成情况 状态"
    ),
    column("closed_at", "销号时间", "销号日期 整改完成时间 整改完成日期 完成时间 完成日期 整改日期 整改时间 办结时间"),
    column("closure_no", "销号编号", "销号号 销号文号 销号单号"),
    column("closer", "销号人", "验收人 销号审核人"),
    column("recheck_at", "复查时间", "复查日期 验收时间"),
    column("recheck_by", "复查人", "复查人员"),
)


@dataclass(frozen=True, slots=True)
class Header:
    """Where a header was found: its row as the sheet counts, how many lines it has, how many columns are known."""

    row: int
    lines: int
    score: int


def plain(text: Any) -> str:
    """A header without what offices vary: width of characters, spaces, line ends, punctuation, the star of a must."""
    folded = unicodedata.normalize("NFKC", str(text if text is not None else "")).lower()
    return re.sub(r"[\s*:：、,，.。;；\-_—/()\[\]【】“”\"']", "", folded)


def title_of(field: str, columns: Sequence[Column]) -> str:
    """How people call a field."""
    return next((column.title for column in columns if column.key == field), field)


def propose(
    headers: Sequence[Any], remembered: Mapping[str, str] | None = None, columns: Sequence[Column] = COLUMNS
) -> dict[str, int]:
    """Field → index of the column that is most likely meant. What the unit chose before goes first, then names that are
    the same, then names that contain one another or are alike; the leftmost of equals.
    """
    known = remembered or {}
    chosen: dict[str, int] = {}
    taken: set[int] = set()
    for index, header in enumerate(headers):
        field = known.get(plain(header))
        if field is not None:
            taken.add(index)
            if field and field not in chosen:
                chosen[field] = index
    scored = sorted(
        (-score, index, order, column.key)
        for index, header in enumerate(headers)
        if index not in taken and plain(header)
        for order, column in enumerate(columns)
        if (score := _likeness(plain(header), column)) > 0
    )
    for _, index, _, field in scored:
        if index not in taken and field not in chosen:
            chosen[field] = index
            taken.add(index)
    return chosen


def find_header(rows: Sequence[Sequence[Any]], columns: Sequence[Column] = COLUMNS) -> Header:
    """The row among these, the first of the sheet, in which most columns are known."""
    best = Header(1, 1, 0)
    for number, row in enumerate(rows, 1):
        texts = [cell for cell in row if isinstance(cell, str) and len(cell) <= 40]
        score = len(propose(list(dict.fromkeys(texts)), None, columns))
        if score > best.score:
            best = Header(number, 1, score)
    below = rows[best.row] if best.row < len(rows) else []
    above = rows[best.row - 1] if rows else []
    same = sum(1 for one, other in zip(above, below, strict=False) if isinstance(one, str) and one and one == other)
    return Header(best.row, 2, best.score) if same >= 2 else best  # cells merged over two rows repeat


def header_texts(lines: Sequence[Sequence[Any]]) -> list[str]:
    """The header of each column: the lowest line that says something there."""
    width = max((len(line) for line in lines), default=0)
    texts = []
    for index in range(width):
        said = [line[index] for line in lines if index < len(line) and isinstance(line[index], str) and line[index]]
        texts.append(str(said[-1])[:255] if said else "")
    while texts and not texts[-1]:
        texts.pop()
    return texts


def _likeness(header: str, column: Column) -> float:
    names = [plain(column.title), *map(plain, column.names)]
    if header == names[0]:
        return 3.0
    if header in names:
        return 2.5
    inside = [name for name in names if len(name) >= 2 and (name in header or (len(header) >= 2 and header in name))]
    if inside:
        return 1.0 + max(min(len(name), len(header)) / max(len(name), len(header)) for name in inside)
    best = max(SequenceMatcher(None, header, name).ratio() for name in names)
    return best if best >= ALIKE else 0.0
