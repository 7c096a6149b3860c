"""A figure of a report: always numerator and denominator, its definition in words, and the records behind it. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date

from engine.said import Said, english

NO_DATA = Said("无数据", "no data")  # a share of nothing: nothing was measured, so that it is neither 0 % nor 100 %


@dataclass(frozen=True, slots=True)
class Behind:
    """One record behind a figure. ``counted`` says whether it is in the numerator too, ``note`` why."""

    key: str  # number of the hazard, paper or day
    counted: bool
    name: str = ""
    community: str = ""
    sector: str = ""
    day: date | None = None
    note: str = ""


@dataclass(frozen=True, slots=True)
class Figure:
    """A number as it is reported; ``rate`` in percent, None when nothing is counted: no share of nothing is 100 %."""

    key: str
    title: str
    words: str
    unit: str
    numerator: int
    denominator: int | None = None
    behind: Sequence[Behind] = field(default=(), compare=False)
    beside: bool = False  # the denominator is what it was before, no whole of which this is a share

    @property
    def rate(self) -> float | None:
        """The share in percent with one decimal, rounded half up as people do on paper."""
        return percent(self.numerator, self.denominator)

    @property
    def shown(self) -> Said:
        """The figure as it is written: 8/10（80.0%）, 12 件, 3 件（上期 2 件）, or that there is no data."""
        unit, unit_en = self.unit, english(self.unit)
        if self.denominator is None:
            return Said(f"{self.numerator} {unit}", f"{self.numerator} {unit_en}")
        if self.beside:
            zh = f"{self.numerator} {unit}（上期 {self.denominator} {unit}）"
            return Said(zh, f"{self.numerator} {unit_en} ({self.denominator} before)")
        return share_shown(self.numerator, self.denominator)


def share_shown(numerator: int, denominator: int) -> Said:
    """A share as it is written, 8/10（80.0%）; of nothing there is no data."""
    rate = percent(numerator, denominator)
    if rate is None:
        return NO_DATA
    return Said(f"{numerator}/{denominator}（{rate:.1f}%）", f"{numerator}/{denominator} ({rate:.1f}%)")


def percent(numerator: int, denominator: int | None) -> float | None:
    """The share in percent with one decimal; None when the denominator is missing or nothing."""
    return (numerator * 2000 + denominator) // (2 * denominator) / 10 if denominator else None


def counted(key: str, title: str, words: str, unit: str, behind: Sequence[Behind]) -> Figure:
    """The share of records that are counted among all of them."""
    return Figure(key, title, words, unit, sum(row.counted for row in behind), len(behind), behind)


def number(key: str, title: str, words: str, unit: str, behind: Sequence[Behind]) -> Figure:
    """How many of the records are counted."""
    return Figure(key, title, words, unit, sum(row.counted for row in behind), None, behind)
