"""Ranks communities by their rates and scores them by rules/assessment.yaml. Pure: figures in, rows out."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from engine.campaign.clock_file import MARK
from engine.campaign.figures import Behind, Figure, share_shown
from engine.campaign.report_facts import RATES, by_community
from engine.said import Said, joined

LESS = {"overdue": "overdue", "missed": "not done"}
RULES = Path(__file__).parent / "rules" / "assessment.yaml"


@dataclass(frozen=True, slots=True)
class Ranked:
    """One community: its place in the order (equal ones share it), its rates, what is deducted, its score."""

    rank: int
    community: str
    rates: Mapping[str, tuple[int, int]]
    overdue: int
    missed: int
    score: float


@cache
def rules() -> dict[str, Any]:
    """The shipped rule."""
    given: dict[str, Any] = yaml.safe_load(RULES.read_text(encoding="utf-8"))
    return given


def words() -> Said:
    """The rule in words."""
    given = rules()
    parts = joined("、", ", ", [_marks(part) for part in given["parts"]])
    less = [
        Said(
            f"{row['title']}每件扣 {row['each']} 分，最多 {row['most']} 分",
            f"less {row['each']} for each of what is {LESS[row['what']]}, {row['most']} at most",
        )
        for row in given["deductions"]
    ]
    rest = Said(f"没有应办事项的该项得满分。{given['label']}。", f"full marks where nothing was due. {MARK.en}.")
    return joined("；", "; ", [parts, *less, rest])


def _marks(part: Mapping[str, Any]) -> Said:
    title, most = RATES[part["figure"]][0], part["marks"]
    rest, rest_en = ("（按未复发的比例）", " (by the share that did not)") if part["how"] == "rest" else ("", "")
    return Said(f"{title} {most} 分{rest}", f"{title.en} {most} marks{rest_en}")


def ranked(
    communities: Sequence[str], figures: Sequence[Figure], overdue: Sequence[Behind], missed: Mapping[str, int]
) -> list[Ranked]:
    """All communities, the best score first; ``missed`` is the number of duties not done by community."""
    found = by_community([figure for figure in figures if figure.key in RATES])
    late: dict[str, int] = {}
    for row in overdue:
        late[row.community] = late.get(row.community, 0) + 1
    rows = [
        (code, {key: found.get(code, {}).get(key, (0, 0)) for key in RATES}, late.get(code, 0), missed.get(code, 0))
        for code in communities
    ]
    scored = sorted(((score(rates, over, less), code, rates, over, less) for code, rates, over, less in rows),
                    key=lambda row: (-row[0], row[1]))  # fmt: skip
    points = [row[0] for row in scored]
    return [Ranked(points.index(one) + 1, code, rates, over, less, one) for one, code, rates, over, less in scored]


def score(rates: Mapping[str, tuple[int, int]], overdue: int, missed: int) -> float:
    """The score of one unit, between 0 and 100, with one decimal."""
    total = 0.0
    for part in rules()["parts"]:
        hits, all_ = rates.get(part["figure"], (0, 0))
        share = 1.0 if not all_ else hits / all_ if part["how"] == "share" else 1 - hits / all_
        total += part["marks"] * share
    counts = {"overdue": overdue, "missed": missed}
    for row in rules()["deductions"]:
        total -= min(counts[row["what"]] * row["each"], row["most"])
    return max(round(total, 1), 0.0)


def shown(pair: tuple[int, int]) -> str:
    """A rate as it is written in a table: numerator, denominator, share; no data where nothing was due."""
    return share_shown(*pair)
