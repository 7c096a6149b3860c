"""Routes of what a person keeps of the ledger: saved filters and chosen columns."""

from typing import Any

from api import auth
from api.blueprint import Blueprint
from api.ledger_choices_schemas import (
    ChangeLedgerFilter,
    ChooseColumns,
    ColumnsSchema,
    SavedLedgerFilterSchema,
    SaveLedgerFilter,
)
from api.schemas import LongPageQuery, PageQuery, page_from, page_of
from engine.bpm import filters
from engine.campaign import ledger_choices
from engine.campaign.ledger_choices import HAZARDS

blp = Blueprint("ledger-choices", "台账的已存筛选和列", "/ledger")


@blp.get("/filters")
@blp.query(PageQuery)
@blp.answers(page_of(SavedLedgerFilterSchema))
def index(page: int, size: int) -> object:
    """我的台账筛选和共享给我所在组的台账筛选。"""
    return filters.listed(auth.app(), auth.viewer(), of=HAZARDS, page=page, size=size)


@blp.post("/filters")
@blp.body(SaveLedgerFilter)
@blp.answers(SavedLedgerFilterSchema, 201)
def save(**values: Any) -> object:
    """保存一个台账筛选：名称不与自己的其他台账筛选重复，每人最多 50 个。"""
    return filters.save(auth.app(), viewer=auth.viewer(), of=HAZARDS, **values)


@blp.post("/filters/<filter_id>")
@blp.body(ChangeLedgerFilter)
@blp.answers(SavedLedgerFilterSchema)
def change(filter_id: str, **values: Any) -> object:
    """修改台账筛选（本人或管理员）：没有写的保持不变。"""
    return filters.change(auth.app(), filter_id, viewer=auth.viewer(), of=HAZARDS, **values)


@blp.delete("/filters/<filter_id>")
@blp.answers(None, 204)
def delete(filter_id: str) -> None:
    """删除台账筛选（本人或管理员）。"""
    filters.delete(auth.app(), filter_id, viewer=auth.viewer(), of=HAZARDS)


@blp.get("/columns")
@blp.query(LongPageQuery)
@blp.answers(page_of(ColumnsSchema))
def columns(page: int, size: int) -> object:
    """我在台账和红灯清单里看哪些列，换一台设备也一样。"""
    return page_from(ledger_choices.columns(auth.app(), auth.viewer()), page, size)


@blp.post("/columns/<which>")
@blp.body(ChooseColumns)
@blp.answers(ColumnsSchema)
def choose(which: str, columns: list[str]) -> object:
    """选择要看的列和次序（只影响本人）：ledger 台账，red 红灯清单。"""
    return ledger_choices.choose(auth.app(), which, columns, viewer=auth.viewer())
