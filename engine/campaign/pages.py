"""Reading one page of a select; knows nothing about what is listed."""

from collections.abc import Callable
from typing import Any, TypeVar

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from engine.bpm.viewer import Page
from engine.errors import Invalid

Item = TypeVar("Item")
LARGEST = 200


def read_page(tx: Session, query: Select[Any], page: int, size: int, view: Callable[[Any], Item]) -> Page[Item]:
    """The page of ``query`` (one entity a row, already ordered), each row through ``view``; raises Invalid."""
    check_page(page, size)
    total = tx.scalar(select(func.count()).select_from(query.order_by(None).subquery())) or 0
    rows = tx.scalars(query.limit(size).offset((page - 1) * size)).all()
    return Page([view(row) for row in rows], total, page, size)


def check_page(page: int, size: int) -> None:
    """Refuse a page number or size that no list has."""
    if page < 1 or not 1 <= size <= LARGEST:
        raise Invalid(
            f"分页参数不对：page 从 1 开始，size 为 1 到 {LARGEST}。",
            en=f"Wrong paging: page counts from 1, size is 1 to {LARGEST}.",
        )


def like(text: str) -> str:
    """A LIKE pattern that finds ``text`` anywhere, its wildcards taken literally (escape character: backslash)."""
    escaped = text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
    return f"%{escaped}%"
