"""The scenarios of each process reach its every alarm, every end and every way out of a decision."""

from collections.abc import Callable, Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from lxml import etree

from tests.bpmn.layout import BPMN as MODEL
from tests.bpmn.shipped import DIAGRAMS, SCENARIOS

Flow = tuple[str, str]
FOLDERS = sorted({diagram.parent for diagram in DIAGRAMS})

# What no scenario can show: there an operator is asked twice and must answer otherwise the second time (no proof when
# the duty begins, proof when it is over), and a scenario gives one answer to a topic.
NOT_PLAYABLE: dict[str, set[Flow]] = {
    "campaign_task": {("x_late", "record_done")},
    "periodic_duty": {("x_late", "record_done")},
}


def boundary_events(diagram: Path) -> Iterator[str]:
    for event in etree.parse(diagram).iter(f"{MODEL}boundaryEvent"):
        yield event.get("id")


def ways_out(diagram: Path) -> Iterator[Flow]:
    """Source and target of each flow out of a decision and of each into an end event.

    Pairs, because a target may be reached by another way, and one name may stand in two diagrams that call each other.
    """
    elements = {element.get("id"): element.tag for element in etree.parse(diagram).iter() if element.get("id")}
    choices = (f"{MODEL}exclusiveGateway", f"{MODEL}eventBasedGateway")
    for flow in etree.parse(diagram).iter(f"{MODEL}sequenceFlow"):
        source, target = flow.get("sourceRef"), flow.get("targetRef")
        if elements[source] in choices or elements[target] == f"{MODEL}endEvent":
            yield source, target


def conditional_targets(diagram: Path) -> Iterator[str]:
    for flow in etree.parse(diagram).iter(f"{MODEL}sequenceFlow"):
        if flow.find(f"{MODEL}conditionExpression") is not None:
            yield flow.get("targetRef")


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: folder.name)
def test_the_scenarios_reach_every_alarm_end_and_way_out(
    folder: Path, play_once: Callable[[Path], dict[str, Any]]
) -> None:
    reached: set[str] = set()
    walked: set[Flow] = set()
    for scenario in SCENARIOS:
        if scenario.parent.parent == folder:
            trace = play_once(scenario)["trace"]
            reached |= {entry["element"] for entry in trace}
            walked |= {
                (left["element"], entered["element"])  # an element is entered at once when the one before it is left
                for left, entered in pairwise(trace)
                if (left["event"], entered["event"]) == ("completed", "entered")
            }
    diagrams = [diagram for diagram in DIAGRAMS if diagram.parent == folder]

    events = {event for diagram in diagrams for event in boundary_events(diagram)}
    targets = {target for diagram in diagrams for target in conditional_targets(diagram)}
    assert (events | targets) - reached == set()
    assert {flow for diagram in diagrams for flow in ways_out(diagram)} - walked == NOT_PLAYABLE.get(folder.name, set())
