"""The shipped processes as the command line sees them: all files, all scenarios, the operators of the campaign."""

from functools import cache
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import yaml

from engine.bpm.operators import Registry
from engine.bpm.play import play
from engine.campaign import clock_rules, operators

BPMN = Path(__file__).parents[2] / "bpmn"
DIAGRAMS = sorted(BPMN.glob("*/*.bpmn"))
SCENARIOS = sorted(BPMN.glob("*/scenarios/*.yaml"))
DEPLOYED = (".bpmn", ".dmn", ".form")


@cache
def registry() -> Registry:
    """The campaign's operators."""
    registry = Registry()
    operators.register(SimpleNamespace(operators=registry))  # type: ignore[arg-type]
    return registry


def files(first: Path | None = None) -> dict[str, bytes]:
    """Every deployable file, the named diagram first: it says which process is played."""
    found = sorted(path for path in BPMN.glob("*/*") if path.suffix in DEPLOYED)
    return {str(path.relative_to(BPMN)): path.read_bytes() for path in [first, *found] if path is not None}


def played(scenario: Path, changed: dict[str, bytes] | None = None) -> dict[str, Any]:
    """The answer of `bihuan play` for a scenario; `changed` replaces files, as an author would edit them."""
    folder = scenario.parent.parent
    content = files(folder / f"{folder.name}.bpmn") | (changed or {})
    return play(
        content,
        yaml.safe_load(scenario.read_text(encoding="utf-8")),
        functions=clock_rules.FUNCTIONS,
        operators=registry(),
    )


def moments(answer: dict[str, Any], element: str, event: str = "completed") -> list[str]:
    """When an element reached this event, as local minutes."""
    return [entry["at"][:16] for entry in answer["trace"] if (entry["element"], entry["event"]) == (element, event)]
