"""Reading one page of a select; knows nothing about what is listed."""

from collections.abc import Callable
from typing import Any, TypeVar

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from engine.bpm.paging import check_page
from engine.bpm.viewer import Page

Item = TypeVar("Item")


def read_page(tx: Session, query: Select[Any], page: int, size: int, view: Callable[[Any], Item]) -> Page[Item]:
    """The page of ``query`` (one entity a row, already ordered), each row through ``view``; raises Invalid."""
    check_page(page, size)
    total = tx.scalar(select(func.count()).select_from(query.order_by(None).subquery())) or 0
    rows = tx.scalars(query.limit(size).offset((page - 1) * size)).all()
    return Page([view(row) for row in rows], total, page, size)


def like(text: str) -> str:
    """A LIKE pattern that finds ``text`` anywhere, its wildcards taken literally (escape character: backslash)."""
    escaped = text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
    return f"%{escaped}%"
