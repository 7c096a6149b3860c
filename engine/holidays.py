"""The published holiday tables as data: days off, weekends that work, and the statutory holidays themselves."""

from datetime import date
from typing import NamedTuple

from chinese_calendar.constants import Holiday, holidays, workdays


class Festivals(NamedTuple):
    """The movable festivals of one year as (month, day); Spring Festival is 初一."""

    spring: tuple[int, int]
    qingming: tuple[int, int]
    dragon_boat: tuple[int, int]
    mid_autumn: tuple[int, int]


# The moon and the sun decide these, not a ministry, so they are known ahead of the yearly table.
FESTIVALS: dict[int, Festivals] = {
    2014: Festivals((1, 31), (4, 5), (6, 2), (9, 8)),
    2015: Festivals((2, 19), (4, 5), (6, 20), (9, 27)),
    2016: Festivals((2, 8), (4, 4), (6, 9), (9, 15)),
    2017: Festivals((1, 28), (4, 4), (5, 30), (10, 4)),
    2018: Festivals((2, 16), (4, 5), (6, 18), (9, 24)),
    2019: Festivals((2, 5), (4, 5), (6, 7), (9, 13)),
    2020: Festivals((1, 25), (4, 4), (6, 25), (10, 1)),
    2021: Festivals((2, 12), (4, 4), (6, 14), (9, 21)),
    2022: Festivals((2, 1), (4, 5), (6, 3), (9, 10)),
    2023: Festivals((1, 22), (4, 5), (6, 22), (9, 29)),
    2024: Festivals((2, 10), (4, 4), (6, 10), (9, 17)),
    2025: Festivals((1, 29), (4, 4), (5, 31), (10, 6)),
    2026: Festivals((2, 17), (4, 5), (6, 19), (9, 25)),
    2027: Festivals((2, 6), (4, 5), (6, 9), (9, 15)),
    2028: Festivals((1, 26), (4, 4), (5, 28), (10, 3)),
    2029: Festivals((2, 13), (4, 4), (6, 16), (9, 22)),
    2030: Festivals((2, 3), (4, 5), (6, 5), (9, 12)),
}

_CHINESE = {kind.value: kind.chinese for kind in Holiday} | {"New Year's Day": "元旦", "National Day": "国庆节"}


def published_days_off() -> dict[date, str]:
    """Every day off of the State Council's tables (swapped days included) with the holiday's Chinese name."""
    return {day: _CHINESE.get(name, name) for day, name in holidays.items()}


def published_working_weekends() -> dict[date, str]:
    """Every weekend day that works (调休) with the Chinese name of the holiday it makes up for."""
    return {day: _CHINESE.get(name, name) for day, name in workdays.items()}


def statutory_holidays(year: int) -> dict[date, str]:
    """The 法定节假日 of a year: 13 days since 2025, 11 before (《全国年节及纪念日放假办法》), without swapped days.

    Outside of the years in `FESTIVALS` only the holidays with a fixed date are known."""
    since_2025 = year >= 2025
    days = {date(year, 1, 1): "元旦", date(year, 5, 1): "劳动节"}
    days |= {date(year, 10, day): "国庆节" for day in (1, 2, 3)}
    if since_2025:
        days[date(year, 5, 2)] = "劳动节"
    festivals = FESTIVALS.get(year)
    if festivals is None:
        return days
    first = date(year, *festivals.spring).toordinal()
    days |= {date.fromordinal(first + day): "春节" for day in range(-1 if since_2025 else 0, 3)}
    for name, (month, day) in zip(("清明", "端午", "中秋"), festivals[1:], strict=True):
        days.setdefault(date(year, month, day), name)
    return days
