"""Searching the edits of the registers: who changed what, when and why, from the newest back; what the event log
(engine/bpm/audit.py) is for processes. A page costs the same however many edits there are.
"""

from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Text, cast, func, or_, select
from sqlalchemy.orm import Session

from engine.app import App
from engine.bpm.audit import MOST_LINES, STRETCH, csv_line
from engine.bpm.paging import check_page
from engine.bpm.views import View, moment_text
from engine.campaign import register_names
from engine.campaign.history import MADE
from engine.campaign.registers_model import Change
from engine.errors import Invalid

KINDS = {
    "unit": "单位", "person": "人员", "account": "账号", "lockout": "登录锁定", "substitution": "代办",
    "mandate": "代行批准",
    "place": "场所", "code": "隐患代码", "checklist": "检查清单", "sheet": "检查表答卷", "picture": "正误图例",
    "calendar": "放假安排", "template": "文书模板", "slot": "四单四函", "organ": "机关代字", "power": "赋权清单",
    "province": "省份", "outline": "地图轮廓", "sector": "分管行业", "plan-task": "三年行动任务",
    "milestone": "三年行动节点", "visit-claim": "补报的办理时间",
}  # fmt: skip
_KIND_OF = {title: kind for kind, title in KINDS.items()}
HEADER = ("序号", "流程时间", "操作人", "种类", "编号", "名称", "字段", "改前", "改后", "原因")


def search(app: App, *, before: int | None = None, size: int = 50, **wanted: Any) -> View:
    """Edits that match, newest first: ``items``, ``next`` (pass it as ``before`` to go on; None at the end) and
    ``looked_back_to``. Each has ``noun``, ``key``, ``subject`` (the name people know), ``before``, ``after``,
    ``reason`` and ``made``: whether the record was new. Raises Invalid.
    """
    check_page(1, size)
    with app.reading() as tx:
        return _stretch(tx, before, size, wanted)


def lines(app: App, **wanted: Any) -> Iterator[bytes]:
    """The same as CSV, a line for each field, at most ``MOST_LINES``. Raises Invalid before the first line."""
    conditions(**wanted)
    return _lines(app, wanted)


def conditions(
    *, noun: str | None = None, by: str | None = None, subject: str | None = None, q: str | None = None,
    since: datetime | None = None, until: datetime | None = None,
) -> list[ColumnElement[bool]]:  # fmt: skip
    """What is asked for: ``subject`` is a whole key or part of a name, ``q`` part of the reason or of what was and is.

    Raises Invalid when the period ends before it begins.
    """
    if since and until and since > until:
        raise Invalid("起始时间晚于结束时间。", en="The period ends before it begins.")
    texts = (Change.reason, cast(Change.before, Text), cast(Change.after, Text))
    given: list[tuple[Any, Callable[[Any], ColumnElement[bool]]]] = [
        (noun, lambda kind: Change.noun == _KIND_OF.get(kind, kind)),
        (by, lambda name: Change.by == name),
        (subject, register_names.about),
        (q, lambda text: or_(*(one.icontains(text, autoescape=True) for one in texts))),
        (since, lambda moment: Change.at >= moment),
        (until, lambda moment: Change.at <= moment),
    ]
    return [condition(value) for value, condition in given if value]


def _stretch(tx: Session, before: int | None, size: int, wanted: Mapping[str, Any]) -> View:
    newest = tx.scalar(select(func.max(Change.id))) or 0
    top = min(before, newest + 1) if before is not None else newest + 1
    bottom = max(top - STRETCH, 1)
    found = select(Change).where(Change.id < top, Change.id >= bottom, *conditions(**wanted))
    rows = tx.scalars(found.order_by(Change.id.desc()).limit(size)).all()
    last = rows[-1].id if len(rows) == size else bottom
    more = tx.scalar(select(Change.id).where(Change.id < last).limit(1)) is not None
    back_to = tx.scalar(select(Change.at).where(Change.id >= last).order_by(Change.id).limit(1))
    names = register_names.names(tx, rows)
    items = [
        {
            "id": row.id, "noun": row.noun, "key": row.key, "subject": names.get((row.noun, row.key), ""),
            "at": row.at, "by": row.by, "before": row.before, "after": row.after, "reason": row.reason,
            "made": row.revision == MADE,
        }
        for row in rows
    ]  # fmt: skip
    return {"items": items, "next": last if more else None, "looked_back_to": back_to}


def _lines(app: App, wanted: Mapping[str, Any]) -> Iterator[bytes]:
    yield "\ufeff".encode() + csv_line(HEADER)
    before, count = None, 0
    while count < MOST_LINES:
        with app.reading() as tx:
            found = _stretch(tx, before, 1_000, wanted)
        for item in found["items"]:
            for cells in _cells(app, item):
                if count < MOST_LINES:
                    yield csv_line(cells)
                count += 1
        before = found["next"]
        if before is None:
            return


def _cells(app: App, item: View) -> Iterator[tuple[Any, ...]]:
    first = (
        item["id"], moment_text(item["at"], app), item["by"], KINDS.get(item["noun"], item["noun"]), item["key"],
        item["subject"],
    )  # fmt: skip
    for name in {**item["before"], **item["after"]} or {"": ""}:
        yield (*first, name, _text(item["before"].get(name)), _text(item["after"].get(name)), item["reason"])


def _text(value: Any) -> str:
    if isinstance(value, list):
        return "、".join(_text(one) for one in value)
    if isinstance(value, dict):
        return " ".join(_text(one) for one in value.values())
    return "" if value is None else "是" if value is True else "否" if value is False else str(value)
