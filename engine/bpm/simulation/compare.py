"""Two simulations side by side: the same cases and the same luck on two versions; what differs."""

from collections.abc import Mapping
from typing import Any

Row = dict[str, Any]
FIGURES = (  # (list of the answer, its key, figure)
    ("tasks", "element", "opened"),
    ("tasks", "element", "late"),
    ("groups", "group", "workload"),
    ("groups", "group", "longest_queue"),
    ("timers", "element", "fired"),
    ("operators", "topic", "count"),
    ("incidents", "message", "count"),
)


def compare(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[Row]:
    """Rows `{what, figure, name, before, after}` of each figure that differs; None: no such thing there."""
    rows = []
    for what in ("cases", "days_open"):
        rows += _differences(what, what, before[what], after[what])
    for what, key, figure in FIGURES:
        rows += _differences(what, figure, _column(before[what], key, figure), _column(after[what], key, figure))
    return rows


def _column(rows: list[Row], key: str, figure: str) -> dict[str, Any]:
    return {row[key]: row[figure] for row in rows}


def _differences(what: str, figure: str, before: Mapping[str, Any], after: Mapping[str, Any]) -> list[Row]:
    return [
        {"what": what, "figure": figure, "name": name, "before": before.get(name), "after": after.get(name)}
        for name in dict.fromkeys([*before, *after])
        if before.get(name) != after.get(name)
    ]
