"""Numbers that are given out one after the other, without a gap and never twice."""

from sqlalchemy.orm import Session

from engine.campaign.model import NumberRegister
from engine.rows import locked


def next_number(tx: Session, series: str) -> int:
    """The next number of a series. Its row is locked until the transaction ends, so a rollback gives the number
    back.
    """
    row = locked(tx, NumberRegister, series, last=0)
    row.last += 1
    return row.last


def take_number(tx: Session, series: str, number: int) -> None:
    """Note a number that was given out on paper: the series goes on behind it."""
    row = locked(tx, NumberRegister, series, last=0)
    row.last = max(row.last, number)
