"""Numbers that are given out one after the other, without a gap and never twice."""

from sqlalchemy import select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from engine.campaign.model import NumberRegister


def next_number(tx: Session, series: str) -> int:
    """The next number of a series. Its row is locked until the transaction ends, so a rollback gives the number
    back.
    """
    row = _locked(tx, series)
    row.last += 1
    return row.last


def take_number(tx: Session, series: str, number: int) -> None:
    """Note a number that was given out on paper: the series goes on behind it."""
    row = _locked(tx, series)
    row.last = max(row.last, number)


def _locked(tx: Session, series: str) -> NumberRegister:
    insert = sqlite.insert if tx.get_bind().dialect.name == "sqlite" else postgresql.insert
    tx.execute(insert(NumberRegister).values(series=series, last=0).on_conflict_do_nothing())
    query = select(NumberRegister).where(NumberRegister.series == series).with_for_update()
    return tx.scalars(query.execution_options(populate_existing=True)).one()
