"""Reads the drawn side of a BPMN file, so that tests can say whether a diagram is complete and tidy."""

from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

from lxml import etree

BPMN = "{http://www.omg.org/spec/BPMN/20100524/MODEL}"
BPMNDI = "{http://www.omg.org/spec/BPMN/20100524/DI}"
DC = "{http://www.omg.org/spec/DD/20100524/DC}"
DI = "{http://www.omg.org/spec/DD/20100524/DI}"

Point = tuple[float, float]


@dataclass(frozen=True)
class Box:
    """A rectangle on the plane."""

    x: float
    y: float
    width: float
    height: float

    def overlaps(self, other: "Box") -> bool:
        return (
            self.x < other.x + other.width and other.x < self.x + self.width
            and self.y < other.y + other.height and other.y < self.y + self.height
        )  # fmt: skip

    def contains(self, other: "Box") -> bool:
        return (
            self.x <= other.x and self.y <= other.y
            and other.x + other.width <= self.x + self.width and other.y + other.height <= self.y + self.height
        )  # fmt: skip

    def touches(self, point: Point) -> bool:
        x, y = point
        return self.x <= x <= self.x + self.width and self.y <= y <= self.y + self.height

    def shrunk(self, by: float) -> "Box":
        return Box(self.x + by, self.y + by, self.width - 2 * by, self.height - 2 * by)


class Drawing:
    """The shapes, edges and lanes of one diagram file, and which flow element is drawn by which."""

    def __init__(self, path: Path) -> None:
        root = etree.parse(path).getroot()
        process = root.find(f"{BPMN}process")
        self.lanes = {
            lane.get("id"): [reference.text for reference in lane.findall(f"{BPMN}flowNodeRef")]
            for lane in process.iter(f"{BPMN}lane")
        }
        self.flows = {flow.get("id"): flow for flow in process.iter(f"{BPMN}sequenceFlow")}
        self.hosts = {event.get("id"): event.get("attachedToRef") for event in process.iter(f"{BPMN}boundaryEvent")}
        other = ("laneSet", "sequenceFlow", "documentation", "extensionElements", "incoming", "outgoing")
        scopes = [process, *process.iter(f"{BPMN}subProcess")]
        nodes = [
            node
            for scope in scopes
            for node in scope.iterchildren(f"{BPMN}*")
            if etree.QName(node).localname not in other
        ]
        self.nodes = {node.get("id"): node for node in nodes}
        self.inside = {node.get("id"): node.getparent().get("id") for node in nodes if node.getparent() is not process}
        self.boxes = {shape.get("bpmnElement"): _box(shape) for shape in root.iter(f"{BPMNDI}BPMNShape")}
        self.edges = {edge.get("bpmnElement"): _points(edge) for edge in root.iter(f"{BPMNDI}BPMNEdge")}
        self.labels = {
            drawn.get("bpmnElement"): _box(label)
            for drawn in root.iter(f"{BPMNDI}BPMNShape", f"{BPMNDI}BPMNEdge")
            if (label := drawn.find(f"{BPMNDI}BPMNLabel")) is not None
        }

    def segments(self, flow: str) -> list[Box]:
        """The straight parts of an edge as thin boxes."""
        return [_segment(a, b) for a, b in pairwise(self.edges[flow])]


def _box(drawn: etree._Element) -> Box:
    bounds = drawn.find(f"{DC}Bounds")
    return Box(*(float(bounds.get(name)) for name in ("x", "y", "width", "height")))


def _points(edge: etree._Element) -> list[Point]:
    return [(float(point.get("x")), float(point.get("y"))) for point in edge.findall(f"{DI}waypoint")]


def _segment(a: Point, b: Point) -> Box:
    return Box(min(a[0], b[0]), min(a[1], b[1]), abs(a[0] - b[0]) or 0.1, abs(a[1] - b[1]) or 0.1)
