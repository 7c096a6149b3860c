"""Numbers of hazards (YQ-year-month and serial): given out month by month without a gap, or those of a paper ledger."""

import re
from collections.abc import Iterable

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine.campaign.case_model import Hazard
from engine.campaign.model import NumberRegister
from engine.errors import Conflict, Invalid
from engine.rows import locked

NUMBER = re.compile(r"YQ-(\d{4})-(0[1-9]|1[0-2])(\d{2,4})")
Parts = tuple[int, int, int]  # year, month, serial


class HazardNumbers:
    """The registers of some months, locked until the transaction ends; ``wanted`` are the given number (if any), year
    and month of each hazard that will be registered. Raises Invalid for a number of another form.
    """

    def __init__(self, tx: Session, wanted: Iterable[tuple[str | None, int, int]]) -> None:
        months, given = set[tuple[int, int]](), list[str]()
        for number, year, month in wanted:
            if number:
                year, month, _ = parts_of(number)
                given.append(number)
            months.add((year, month))
        # In one order, so that two who need several months do not wait for each other.
        self._months = {month: locked(tx, NumberRegister, series(*month), last=0) for month in sorted(months)}
        self._taken = set(tx.scalars(select(Hazard.number).where(Hazard.number.in_(given)))) if given else set()

    def give(self, given: str | None, year: int, month: int) -> Parts:
        """The next number of the month, or the given one, behind which the month goes on; raises Conflict when it is
        taken.
        """
        if not given:
            register = self._months[year, month]
            register.last += 1
            return year, month, register.last
        if given in self._taken:
            raise Conflict(f"隐患编号“{given}”已经用过，请核对纸质台账。", en=f"Hazard number {given} is taken.")
        self._taken.add(given)
        year, month, serial = parts_of(given)
        register = self._months[year, month]
        register.last = max(register.last, serial)
        return year, month, serial


def series(year: int, month: int) -> str:
    """The register of a month."""
    return f"hazard-{year}-{month:02d}"


def parts_of(given: str) -> Parts:
    """Year, month and serial of a number; raises Invalid."""
    parts = NUMBER.fullmatch(given)
    if parts is None or int(parts[3]) == 0:
        raise Invalid(
            f"隐患编号“{given}”格式不对，应为 YQ-年份-月份序号，例如 YQ-2026-0908。",
            en=f"Hazard number {given}: use YQ-year-month and serial, for example YQ-2026-0908.",
            problems=[{"field": "number", "rule": "format", "message": "编号格式应为 YQ-2026-0908"}],
        )
    return int(parts[1]), int(parts[2]), int(parts[3])
