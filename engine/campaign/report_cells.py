"""The English of cells that the reports word themselves, shown on the pages; names and what people wrote stay, and the
printed papers are Chinese. Pure.
"""

import re
from collections.abc import Iterable, Sequence
from typing import Any

from engine.said import Said

_CELLS = {
    "合计": "Total", "未填": "not filled in", "无数据": "no data", "由人判断": "judged by people",
    "达到": "reached", "未达到": "not reached", "进行中": "under way", "筹备": "being prepared", "已结束": "ended",
    "已核收": "accepted", "待核收": "to be accepted", "未报送": "not reported", "未履职": "not done",
    "发现到登记报告": "from finding to report", "发现到交办、移交": "from finding to assignment or transfer",
    "发现到销号": "from finding to closure",
    # activities
    "现场会": "on-site meeting", "三方会商": "consultation of three parties", "联席会议": "joint meeting",
    "研判会": "analysis meeting", "培训": "training", "演练": "drill", "讲座": "lecture", "宣传": "publicity",
    "督导": "supervision round", "警示提醒": "warning",
    # form C
    "检查企业": "Enterprises inspected", "发现隐患": "Hazards found", "其中重大隐患": "of them major",
    "部门检查发现": "Found by authorities", "部门检查发现已整改": "Found by authorities, fixed",
    "企业自查发现": "Found by enterprises", "企业自查发现已整改": "Found by enterprises, fixed",
    "挂牌督办": "Listed", "挂牌督办已整改": "Listed, fixed", "停产停业、停止使用": "Stops of business or use",
    "帮扶指导企业": "Enterprises advised", "举报奖励": "Rewards for reports", "行政罚款": "Fines",
    "家": "enterprises", "项": "hazards", "家次": "stops", "元": "yuan",
    "万元（由有权部门填报）": "10,000 yuan (filled in by the authority)",
}  # fmt: skip
_MAJOR = re.compile(r"(\d+/\d+)（重大 (\d+)）")


def english(rows: Iterable[Sequence[Any]]) -> dict[str, str]:
    """The English of each text in these rows that is a word of the reports."""
    texts = {cell for row in rows for cell in row if isinstance(cell, str)}
    return {str(text): said for text in sorted(texts) if (said := _said(text))}


def _said(text: str) -> str | None:
    if isinstance(text, Said):
        return text.en
    if major := _MAJOR.fullmatch(text):
        return f"{major[1]} ({major[2]} major)"
    return _CELLS.get(text)
