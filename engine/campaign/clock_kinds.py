"""Which clocks behave otherwise than those of a case, as the rules say it of each."""

from functools import lru_cache

from engine.campaign import clock_starts
from engine.campaign.clock_rules import clocks

TO_THE_COURT = "申请执行"  # how the limits of T34 are called (court_clock)


@lru_cache(maxsize=1)
def apart() -> frozenset[str]:
    """Codes of the clocks that a paper starts: they neither stop with the case nor stand against closing."""
    return frozenset(clock.code for clock in clocks() if clock.runs != "case")


@lru_cache(maxsize=1)
def lasting() -> frozenset[str]:
    """Those of them that run on when the hazard is closed."""
    return frozenset(clock.code for clock in clocks() if clock.runs == "penalty")


@lru_cache(maxsize=1)
def fixed() -> frozenset[str]:
    """Those of penalties that the law alone counts: nobody may stop, extend or shorten them."""
    return frozenset(clock.code for clock in clocks() if clock.runs == "penalty" and clock.extension is None)


@lru_cache(maxsize=1)
def untold() -> frozenset[str]:
    """Codes of the clocks that only the body that deals with it and the street see."""
    return frozenset(clock.code for clock in clocks() if clock.told)


def speaks_of_untold(text: str) -> bool:
    """Whether a sentence about a limit, which begins with its name in quotes, is about one of those."""
    titles = {TO_THE_COURT, *(start.title for start in clock_starts.all_starts() if start.clock in untold())}
    return text.startswith(tuple(f"“{title}" for title in titles))


@lru_cache(maxsize=1)
def rights() -> frozenset[str]:
    """Codes of the clocks of what a party may do: nobody is late by them."""
    return frozenset(clock.code for clock in clocks() if clock.right)
