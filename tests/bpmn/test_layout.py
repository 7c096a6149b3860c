"""People look at the shipped diagrams: everything is drawn, inside its lane, and nothing lies on something else."""

from itertools import combinations, pairwise

import pytest

from tests.bpmn.layout import Drawing
from tests.bpmn.shipped import DIAGRAMS


@pytest.fixture(params=DIAGRAMS, ids=lambda path: path.stem)
def drawing(request: pytest.FixtureRequest) -> Drawing:
    return Drawing(request.param)


def test_every_element_and_flow_is_drawn(drawing: Drawing) -> None:
    assert set(drawing.nodes) <= set(drawing.boxes)
    assert set(drawing.flows) == set(drawing.edges)


def test_every_element_lies_in_its_lane(drawing: Drawing) -> None:
    placed = {node: lane for lane, nodes in drawing.lanes.items() for node in nodes}
    assert set(placed) == set(drawing.nodes) - set(drawing.inside)
    around = placed | drawing.inside  # its lane, or the sub-process in which it stands
    outside = [node for node, place in around.items() if not drawing.boxes[place].contains(drawing.boxes[node])]
    assert outside == []


def test_no_two_elements_overlap(drawing: Drawing) -> None:
    found = [
        (one, other)
        for one, other in combinations(drawing.nodes, 2)
        if drawing.boxes[one].overlaps(drawing.boxes[other])
        and not {drawing.hosts.get(one), drawing.hosts.get(other)} & {one, other}
        and not {drawing.inside.get(one), drawing.inside.get(other)} & {one, other}
    ]
    assert found == []


def test_flows_are_orthogonal_and_dock_at_both_ends(drawing: Drawing) -> None:
    for name, points in drawing.edges.items():
        assert all(a[0] == b[0] or a[1] == b[1] for a, b in pairwise(points)), name
        flow = drawing.flows[name]
        assert drawing.boxes[flow.get("sourceRef")].touches(points[0]), name
        assert drawing.boxes[flow.get("targetRef")].touches(points[-1]), name


def test_no_flow_runs_through_an_element(drawing: Drawing) -> None:
    found = [
        (name, node)
        for name in drawing.flows
        for segment in drawing.segments(name)
        for node in drawing.nodes
        if drawing.boxes[node].shrunk(1).overlaps(segment)
        and node != drawing.hosts.get(drawing.flows[name].get("sourceRef"))
        and node != drawing.flows[name].getparent().get("id")  # the inside of a sub-process
    ]
    assert found == []


def test_no_label_lies_on_an_element_or_another_label(drawing: Drawing) -> None:
    labels = {name: box.shrunk(2) for name, box in drawing.labels.items()}
    on_elements = [
        (label, node) for label, box in labels.items() for node in drawing.nodes if box.overlaps(drawing.boxes[node])
    ]
    on_labels = [(one, other) for one, other in combinations(labels, 2) if labels[one].overlaps(labels[other])]
    assert on_elements == []
    assert on_labels == []


def test_no_flow_runs_through_a_label(drawing: Drawing) -> None:
    found = [
        (name, label)
        for name in drawing.flows
        for segment in drawing.segments(name)
        for label, box in drawing.labels.items()
        if box.shrunk(2).overlaps(segment)
    ]
    assert found == []


def test_names_are_chinese_and_ids_english(drawing: Drawing) -> None:
    for identifier, node in drawing.nodes.items():
        assert identifier.isascii() and identifier.islower()
        assert not (node.get("name") or "").isascii() or not node.get("name")
