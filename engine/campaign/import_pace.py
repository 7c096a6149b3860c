"""How many rows of an import are written before somebody else gets a turn. Pure."""

from datetime import timedelta

TOGETHER, FEWEST = 50, 5  # rows in one transaction: progress is seen and others get their turn after each
PART = 10  # rows between two looks at the clock: the rest of a unit that has held its locks for long enough waits
ENOUGH, BRISK = timedelta(milliseconds=250), timedelta(milliseconds=500)  # … for so long; over so long, half next time


def at_once(many: int, took: timedelta) -> int:
    """How many rows to write together after so many took so long: fewer on a machine that has too much to do, where
    whoever writes holds its locks for long and everybody else waits; slowly more again.
    """
    if took > BRISK:
        return max(FEWEST, many // 2)
    return min(TOGETHER, many + many // 2) if took < BRISK / 2 else many
