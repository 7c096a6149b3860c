"""Routes of saved filters: questions to the work list."""

from typing import Any

from api import auth
from api.blueprint import Blueprint
from api.filters_schemas import ChangeFilter, FilterSchema, SaveFilter
from api.schemas import PageQuery, page_of
from engine.bpm import filters

blp = Blueprint("filters", "已存筛选：待办的常用查询", "/task-filters")


@blp.get("")
@blp.query(PageQuery)
@blp.answers(page_of(FilterSchema))
def index(page: int, size: int) -> object:
    """我的筛选和共享给我所在组的筛选，各带符合条件的未办任务数。"""
    return filters.listed(auth.app(), auth.viewer(), page=page, size=size)


@blp.post("")
@blp.body(SaveFilter)
@blp.answers(FilterSchema, 201)
def save(**values: Any) -> object:
    """保存一个筛选：名称不与自己的其他筛选重复，每人最多 50 个。"""
    return filters.save(auth.app(), viewer=auth.viewer(), **values)


@blp.post("/<filter_id>")
@blp.body(ChangeFilter)
@blp.answers(FilterSchema)
def change(filter_id: str, **values: Any) -> object:
    """修改筛选（本人或管理员）：没有写的保持不变。"""
    return filters.change(auth.app(), filter_id, viewer=auth.viewer(), **values)


@blp.delete("/<filter_id>")
@blp.answers(None, 204)
def delete(filter_id: str) -> None:
    """删除筛选（本人或管理员）。"""
    filters.delete(auth.app(), filter_id, viewer=auth.viewer())
