"""Which clocks behave otherwise than those of a case, as the rules say it of each."""

from functools import lru_cache

from engine.campaign.clock_rules import clocks


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


@lru_cache(maxsize=1)
def rights() -> frozenset[str]:
    """Codes of the clocks of what a party may do: nobody is late by them."""
    return frozenset(clock.code for clock in clocks() if clock.right)
