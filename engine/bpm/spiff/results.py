"""Shapes what a decision table answered as Camunda's mapDecisionResult says."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from engine.bpm.spiff.model import Work
from engine.errors import Invalid


def mapped(answer: Any, work: Work, *, to_outputs: bool) -> dict[str, Any]:
    """The variables that a decision's answer becomes.

    With a result variable: that variable, shaped. Without: `decisionResult` for an output mapping, else the outputs
    of the single matching rule under their own names.
    """
    if work.result:
        return {work.result: _shaped(answer, work.mapping)}
    if to_outputs:
        own = dict(answer) if isinstance(answer, Mapping) else {}
        return {**own, "decisionResult": _shaped(answer, work.mapping)}
    return dict(answer) if isinstance(answer, Mapping) else {}


def _shaped(answer: Any, mapping: str) -> Any:
    rows = answer if isinstance(answer, list) else [] if answer is None else [answer]
    if mapping == "resultList":
        return [row if isinstance(row, Mapping) else {"result": row} for row in rows]
    if mapping == "collectEntries":
        return [_entry(row) for row in rows]
    if len(rows) > 1:
        raise Invalid(
            "决策表匹配了多条规则，而这里只能用一条结果。请改用 FIRST 命中策略或 resultList。",
            en="The table answered several rows where one is wanted; use hit policy FIRST or resultList.",
        )
    if not rows:
        return None
    return _entry(rows[0]) if mapping == "singleEntry" else rows[0]


def _entry(row: Any) -> Any:
    if not isinstance(row, Mapping):
        return row
    if len(row) > 1:
        raise Invalid(
            "决策表有多个输出列，不能当作单个值使用。请改用 singleResult。",
            en="The table has several outputs and is no single value; use singleResult.",
        )
    return next(iter(row.values()), None)
