"""Reading one page of a select; knows nothing about what is listed."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from engine.bpm.viewer import Page
from engine.bpm.views import View
from engine.errors import Invalid, Problem

MAX_SIZE = 200


def choose(sorts: Mapping[str, tuple[Any, ...]], sort: str) -> tuple[Any, ...]:
    """The columns a list is sorted by; raises Invalid that names the possible orders."""
    if sort not in sorts:
        problem = Problem(
            field="sort", rule="choice", message=f"可用：{'、'.join(sorts)}", en=f"Use one of {', '.join(sorts)}"
        )
        raise Invalid(f"不能按“{sort}”排序。", en=f"Cannot sort by {sort}.", problems=[problem])
    return sorts[sort]


def check_page(page: int, size: int) -> None:
    """Refuse a page number or size that no list has."""
    if page < 1 or not 1 <= size <= MAX_SIZE:
        raise Invalid(
            f"分页参数不对：page 从 1 开始，size 为 1 到 {MAX_SIZE}。",
            en=f"Wrong paging: page counts from 1, size is 1 to {MAX_SIZE}.",
        )


def paged(
    tx: Session,
    found: Select[*tuple[Any, ...]],
    order: Sequence[Any],
    page: int,
    size: int,
    shape: Callable[[Sequence[Any]], list[View]],
) -> Page[View]:
    """One page of ``found`` in this order, its rows through ``shape``; raises Invalid for an impossible page."""
    check_page(page, size)
    total = tx.scalar(select(func.count()).select_from(found.order_by(None).subquery())) or 0
    rows = tx.execute(found.order_by(*order).limit(size).offset((page - 1) * size)).all()
    return Page(shape(rows), total, page, size)
