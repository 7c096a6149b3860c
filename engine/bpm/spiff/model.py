"""What a diagram says, in our own words: the parser writes it, the executor reads it; no XML, no running."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from engine.bpm.spiff.types import StartEvent
from engine.bpm.spiff.values import Value
from engine.errors import Invalid, Problem

if TYPE_CHECKING:
    from engine.bpm.decisions import Decision
    from engine.bpm.forms import Form
    from engine.bpm.spiff.wiring import ProcessSpec

MAX_PARALLEL = 4_000  # passes of a multi-instance activity that run side by side
MAX_PASSES = 100_000  # passes of any other loop
# What the properties ``return`` and ``give`` of a human task say, or of its process for all of them.
FREE, NONE, CANDIDATES = "free", "none", "candidates"
MAPPED_RESULTS = ("singleEntry", "singleResult", "collectEntries", "resultList")


class Refused(Invalid):
    """These files cannot run; ``problems`` names each element, the reason and what to do."""

    def __init__(self, problems: list[Problem]) -> None:
        first = problems[0]
        super().__init__(first["message"], en=first.get("en", ""), problems=problems)


@dataclass(slots=True)
class Flow:
    """A sequence flow; `condition` is None where the diagram has none."""

    id: str
    source: str
    target: str
    name: str = ""
    condition: Value | None = None


@dataclass(slots=True)
class Trigger:
    """One event definition: what an event waits for or throws. `name` is the code of an error or escalation."""

    kind: str  # message signal timer error escalation conditional cancel compensate terminate link
    name: Value | None = None
    timer_kind: str = ""  # date | duration | cycle
    value: Value | None = None  # the timer's value or the condition
    correlation: dict[str, Value] = field(default_factory=dict)
    payload: list[tuple[str, Value]] = field(default_factory=list)  # variables sent along
    all_variables: bool = False
    code_variable: str | None = None
    message_variable: str | None = None
    message: Value | None = None  # what a thrown error says
    activity: str | None = None  # activityRef of a compensation
    text: str = ""  # the name as written, for people


@dataclass(slots=True)
class Copy:
    """A data association: the first of `sources` that exists, or the computed value, goes to all `targets`."""

    sources: tuple[str, ...]
    targets: tuple[str, ...]
    value: Value | None = None


@dataclass(slots=True)
class Loop:
    """A multi-instance or standard loop marker of an activity."""

    kind: str  # parallel | sequential | standard
    cardinality: Value | None = None
    collection: Value | None = None
    names: tuple[str, ...] = ()  # of a collection given as a data input: the variables it may be
    behavior: str = "All"
    events: list[tuple[Value | None, Trigger]] = field(default_factory=list)  # thrown as passes complete
    item: str | None = None
    output_collection: str | None = None
    output_item: str | None = None
    condition: Value | None = None  # completion condition, or the condition to go on of a standard loop
    maximum: int | None = None
    test_before: bool = False

    @property
    def most(self) -> int:
        """How many passes the engine accepts."""
        return MAX_PARALLEL if self.kind == "parallel" else MAX_PASSES


@dataclass(slots=True)
class AdHoc:
    """How an ad-hoc sub-process goes through its activities and when it is done."""

    sequential: bool = False
    condition: Value | None = None
    cancel_remaining: bool = True


@dataclass(slots=True)
class Human:
    """Who does a user task, until when and with which form."""

    groups: Value | None = None
    users: Value | None = None
    assignee: Value | None = None
    due: Value | None = None
    follow_up: Value | None = None
    priority: Value | None = None
    form: str | None = None
    no_deadline: bool = False


@dataclass(slots=True)
class Work:
    """What an automatic activity does; exactly one of the first four is set."""

    topic: str | None = None
    script: Any = None  # compiled Script of engine.bpm.expressions
    expression: Value | None = None
    decision: Value | None = None
    result: str | None = None
    mapping: str = "resultList"


@dataclass(slots=True)
class Call:
    """What a call activity calls and which variables go in and out; None: all of them."""

    process: Value
    into: list[tuple[str, Value]] | None = None
    out: list[tuple[str, Value]] | None = None
    into_all: bool = False
    out_all: bool = False
    business_key: Value | None = None


@dataclass(slots=True)
class Node:
    """One flow node of a diagram. `tag` is its BPMN name; flows are in document order."""

    id: str
    tag: str
    name: str
    file: str
    lane: str | None = None
    incoming: list[Flow] = field(default_factory=list)
    outgoing: list[Flow] = field(default_factory=list)
    default: str | None = None
    triggers: list[Trigger] = field(default_factory=list)
    parallel_multiple: bool = False
    interrupting: bool = True
    attached_to: str | None = None
    boundaries: list[Node] = field(default_factory=list)
    inputs: list[tuple[str, Value]] = field(default_factory=list)
    outputs: list[tuple[str, Value]] = field(default_factory=list)
    copies_in: list[Copy] = field(default_factory=list)
    copies_out: list[Copy] = field(default_factory=list)
    correlation: dict[str, Value] = field(default_factory=dict)
    loop: Loop | None = None
    human: Human | None = None
    work: Work | None = None
    call: Call | None = None
    body: Body | None = None  # of a sub-process
    ad_hoc: AdHoc | None = None
    properties: dict[str, str] = field(default_factory=dict)
    documentation: str = ""
    compensation: bool = False  # isForCompensation
    instantiate: bool = False
    initiator: str | None = None  # the variable that gets whoever starts the process here

    @property
    def trigger(self) -> Trigger | None:
        """The only (or first) event definition."""
        return self.triggers[0] if self.triggers else None

    def has(self, kind: str) -> bool:
        """Whether one of its event definitions is of this kind."""
        return any(trigger.kind == kind for trigger in self.triggers)


@dataclass(slots=True)
class Body:
    """The content of a process or a sub-process: one scope of tokens."""

    key: str  # unique in the model: process id, or process id/sub-process id
    id: str
    name: str
    tag: str  # process | subProcess | transaction | adHocSubProcess
    process: str
    file: str
    event_triggered: bool = False
    nodes: dict[str, Node] = field(default_factory=dict)
    handlers: dict[str, str] = field(default_factory=dict)  # compensation boundary event → its handler activity
    properties: dict[str, str] = field(default_factory=dict)
    version_tag: str | None = None
    starters: tuple[str, ...] = ()  # "group:clerk", "user:li": who may start it directly; empty: everybody
    executable: bool = True

    def starts(self) -> list[Node]:
        """Its start events; without any, the nodes that nothing leads to (BPMN's implicit start)."""
        events = [node for node in self.nodes.values() if node.tag == "startEvent"]
        return events or [node for node in self.nodes.values() if not node.incoming and self.may_start(node)]

    def may_start(self, node: Node) -> bool:
        """Whether a node without incoming flow gets a token when the scope starts."""
        return not (
            node.tag in ("startEvent", "boundaryEvent")
            or node.compensation
            or node.instantiate
            or (node.tag == "intermediateCatchEvent" and node.has("link"))
            or (node.body is not None and node.body.event_triggered)
        )

    def event_subprocesses(self) -> list[Node]:
        """Its event sub-processes, in document order."""
        return [node for node in self.nodes.values() if node.body is not None and node.body.event_triggered]

    def all_nodes(self) -> Iterator[tuple[Body, Node]]:
        """Each node with its scope, those of nested sub-processes included."""
        pending = [self]
        while pending:
            body = pending.pop(0)
            for node in body.nodes.values():
                yield body, node
                if node.body is not None:
                    pending.append(node.body)


@dataclass(frozen=True, slots=True)
class ElementInfo:
    """An element for people and editors: `type` is the BPMN tag."""

    id: str
    name: str
    type: str
    process: str
    lane: str | None
    documentation: str


@dataclass(slots=True)
class Model:
    """Files that can run together. Immutable after `parse`; shared by all instances and threads."""

    key: str
    name: str
    version_tag: str | None
    hash: str
    processes: dict[str, Body]
    bodies: dict[str, Body]
    specs: dict[str, ProcessSpec]
    decisions: dict[str, Decision]
    forms: dict[str, Form]
    elements: dict[str, ElementInfo]
    starts: tuple[StartEvent, ...]
    calls: tuple[tuple[str, str], ...]  # (call activity, called process as written)
    executable: tuple[str, ...]
    remarks: tuple[Problem, ...] = ()  # the parser's warnings and hints, for the linter

    def nodes(self) -> Iterator[tuple[Body, Node]]:
        """Each node of each process with its scope."""
        for body in self.processes.values():
            yield from body.all_nodes()

    def said(self, element: str, name: str) -> set[str]:
        """What the property of this name says, of an element or else of its process; one value for each process that
        has an element of this id."""
        return {
            node.properties.get(name, self.processes[body.process].properties.get(name, ""))
            for body, node in self.nodes()
            if node.id == element
        }

    def documentation(self, element: str) -> str:
        """What the diagram tells the person who does this element; empty when it says nothing."""
        info = self.elements.get(element)
        return info.documentation if info else ""
