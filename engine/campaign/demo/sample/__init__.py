"""Reads the sample files beside this module; nothing here writes."""

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import yaml

if TYPE_CHECKING:
    from engine.campaign.demo.journey import Step

HERE = Path(__file__).parent


def read(name: str) -> dict[str, Any]:
    """The content of one sample file."""
    return _load(HERE / f"{name}.yaml")


def cases(zone: ZoneInfo) -> "list[Step]":
    """Every step of every sample case, local times read in the installation's zone."""
    return [step for path in sorted((HERE / "cases").glob("*.yaml")) for step in _steps(path, zone)]


def visits(zone: ZoneInfo) -> "list[Step]":
    """Visits that found nothing; those that found a hazard belong to its case."""
    from engine.campaign.demo.journey import Step

    return [
        Step(
            _moment(row["at"], zone),
            "",
            "visit",
            row["by"],
            {
                "place": row["place"],
                "kind": row["kind"],
                "result": row.get("result", "未发现问题"),
                "note": row.get("note", ""),
                "sheets": row.get("sheets", {}),
            },
        )
        for row in read("visits")["visits"]
    ]


def inspections(zone: ZoneInfo) -> "list[Step]":
    """The steps of inspections, of the plan and the draw before them."""
    from engine.campaign.demo.journey import Step

    return [
        Step(_moment(row["at"], zone), case["case"], f"inspection:{row['do']}", row["by"], row.get("with", {}))
        for case in read("inspections")["inspections"]
        for row in case["steps"]
    ]


def listings(zone: ZoneInfo) -> "list[Step]":
    """The steps of units that are listed as a whole."""
    from engine.campaign.demo.journey import Step

    return [
        Step(_moment(row["at"], zone), case["case"], row["do"], row["by"], row.get("with", {}))
        for case in read("listings")["listings"]
        for row in case["steps"]
    ]


def _steps(path: Path, zone: ZoneInfo) -> "Iterator[Step]":
    from engine.campaign.demo.journey import Step  # the journey reads this package

    case = _load(path)
    found_at = _moment(case["found"], zone)
    facts = {**case.get("facts", {}), "place": case["place"], "code": case["code"], "text": case["text"],
             "part": case.get("part", ""), "source": case.get("source", "网格巡查"), "found_at": found_at}  # fmt: skip
    visit = {"place": case["place"], "kind": "督导检查" if facts["source"] == "督导检查" else "网格巡查",
             "result": "发现隐患", "note": case["text"]}  # fmt: skip
    yield Step(found_at, case["number"], "visit", case["by"], visit)
    yield Step(found_at, case["number"], "register", case["by"], facts)
    yield Step(found_at, case["number"], "photo_before", case["by"])
    for row in case.get("steps", ()):
        yield Step(_moment(row["at"], zone), case["number"], row["do"], row["by"], row.get("with", {}),
                   row.get("refused", False))  # fmt: skip


def _load(path: Path) -> dict[str, Any]:
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)  # the same rules, ten times faster where libyaml is there
    content: dict[str, Any] = yaml.load(path.read_text(encoding="utf-8"), Loader=loader)
    return content


def _moment(text: str, zone: ZoneInfo) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=zone)
