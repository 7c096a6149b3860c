"""Rows that are made when they are first needed, by any number of processes at once; the same on both databases."""

from typing import Any, TypeVar, cast

from sqlalchemy import Table, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from engine.db import Base

Row = TypeVar("Row", bound=Base)


def inserting(tx: Session, model: type[Base]) -> Any:
    """An insert that knows ON CONFLICT, as this session's kind of database writes it."""
    return (sqlite if tx.get_bind().dialect.name == "sqlite" else postgresql).insert(model)


def locked(tx: Session, model: type[Row], key: str, **first: Any) -> Row:
    """The row with this primary key, locked until the transaction ends; made of ``first`` when there is none yet."""
    (column,) = cast(Table, model.__table__).primary_key
    tx.execute(inserting(tx, model).values({column.name: key, **first}).on_conflict_do_nothing())
    return tx.scalars(select(model).where(column == key).with_for_update()).one()
