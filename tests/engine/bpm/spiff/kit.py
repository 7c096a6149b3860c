"""What the tests of the engine core share: short BPMN, and a case that is driven step by step on a virtual clock."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Any
from zoneinfo import ZoneInfo

from engine.bpm.spiff import Model, parse, run
from engine.bpm.spiff.kept import Shelf
from engine.bpm.spiff.types import OperatorCall, Snapshot
from engine.calendar import Calendar

MORNING = datetime(2026, 9, 24, 1, 0, tzinfo=UTC)  # 09:00 in Shanghai, a Thursday

HEAD = (
    '<bpmn:definitions xmlns:bpmn="http://www.omg.org/spec/BPMN/20100524/MODEL" '
    'xmlns:camunda="http://camunda.org/schema/1.0/bpmn" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">'
)


def flow(text: str) -> str:
    """`a > b > c` and `a >[x > 1] b` (one pair a line) as sequence flows."""
    made = []
    for line in (line.strip() for line in text.strip().splitlines()):
        ends = line.split("->")
        for left, right in pairwise(ends):
            source, target = left.split("]")[-1].strip(), right.strip()
            condition = ""
            if target.startswith("["):
                text_of, target = (part.strip() for part in target[1:].split("]"))
                condition = f"<bpmn:conditionExpression>${{{_escaped(text_of)}}}</bpmn:conditionExpression>"
            made.append(
                f'<bpmn:sequenceFlow id="{source}_{target}" sourceRef="{source}" targetRef="{target}">'
                f"{condition}</bpmn:sequenceFlow>"
            )
    return "".join(made)


def _escaped(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;")


def bpmn(content: str, *, roots: str = "", process: str = "p", more: str = "") -> dict[str, bytes]:
    """One file with one process (and `more` processes)."""
    text = f'{HEAD}{roots}<bpmn:process id="{process}" isExecutable="true">{content}</bpmn:process>{more}</bpmn:definitions>'
    return {f"{process}.bpmn": text.encode()}


def el(tag: str, identifier: str, inner: str = "", **attributes: str) -> str:
    """One element: `el("userTask", "fix", candidateGroups="g")`; attributes with `c_` get the camunda prefix."""
    given = "".join(f' {name.replace("c_", "camunda:", 1)}="{value}"' for name, value in attributes.items())
    return f'<bpmn:{tag} id="{identifier}"{given}>{inner}</bpmn:{tag}>'


def script(identifier: str, lines: str) -> str:
    """A script task."""
    return el("scriptTask", identifier, f"<bpmn:script>{_escaped(lines)}</bpmn:script>")


def timer(kind: str, value: str) -> str:
    """A timer event definition: `timer("Duration", "P3D")`."""
    return f"<bpmn:timerEventDefinition><bpmn:time{kind}>{value}</bpmn:time{kind}></bpmn:timerEventDefinition>"


def event(kind: str, reference: str = "", inner: str = "") -> str:
    """Another event definition: `event("message", "m")`."""
    pointer = f' {kind}Ref="{reference}"' if reference else ""
    return f"<bpmn:{kind}EventDefinition{pointer}>{inner}</bpmn:{kind}EventDefinition>"


def boundary(identifier: str, host: str, definition: str, *, interrupting: bool = True) -> str:
    """A boundary event."""
    return el("boundaryEvent", identifier, definition, attachedToRef=host, cancelActivity=str(interrupting).lower())


class Outside:
    """A world whose operators are functions of the test; each call is kept."""

    zone = ZoneInfo("Asia/Shanghai")
    shelf: Shelf | None = None

    def __init__(self, operators: Mapping[str, Callable[[OperatorCall], Any]] | None = None) -> None:
        self.functions: dict[str, Callable[..., Any]] = {}
        self.calendar = Calendar.default()
        self.operators = dict(operators or {})
        self.calls: list[OperatorCall] = []

    def operator(self, call: OperatorCall) -> Mapping[str, Any]:
        """Run the test's function of this topic."""
        self.calls.append(call)
        return self.operators[call.topic](call) if call.topic in self.operators else {}


class Case:
    """One instance, driven through the public commands; every step goes through the stored bytes."""

    def __init__(
        self, files: Mapping[str, bytes] | Model, variables: Mapping[str, Any] | None = None, *,
        operators: Mapping[str, Callable[[OperatorCall], Any]] | None = None, **options: Any,
    ) -> None:  # fmt: skip
        self.model = files if isinstance(files, Model) else parse(files)
        self.world, self.now = Outside(operators), MORNING
        self.trace: list[Any] = []
        self.thrown: list[Any] = []
        self.now_is(run.start(self.model, variables or {}, self.now, self.world, **options))

    def now_is(self, snapshot: Snapshot) -> Snapshot:
        """Take over the result of a step."""
        self.at = snapshot
        self.trace += snapshot.trace
        self.thrown += snapshot.thrown
        return snapshot

    @property
    def open(self) -> list[str]:
        """Elements of the open tasks."""
        return [task.element for task in self.at.tasks]

    @property
    def completed(self) -> list[str]:
        """Elements completed so far, in order."""
        return [entry.element for entry in self.trace if entry.event == "completed"]

    @property
    def events(self) -> list[str]:
        """The trace as short words."""
        return [f"{entry.element} {entry.event}" for entry in self.trace]

    def do(self, element: str, **variables: Any) -> Snapshot:
        """Complete the oldest open task of this element."""
        task = next(task for task in self.at.tasks if task.element == element)
        return self.now_is(run.complete(self.model, self.at.state, task.id, variables, self.now, self.world))

    def wait(self, **span: float) -> Snapshot:
        """Let time pass in one go."""
        self.now += timedelta(**span)
        return self.now_is(run.advance(self.model, self.at.state, self.now, self.world))

    def tell(self, name: str, **variables: Any) -> Snapshot:
        """Deliver a message or signal to the oldest waiter of this name."""
        waiting = next(waiting for waiting in self.at.waiting if waiting.name == name)
        return self.now_is(run.deliver(self.model, self.at.state, waiting.id, variables, self.now, self.world))

    def put(self, **variables: Any) -> Snapshot:
        """Change variables from outside."""
        return self.now_is(run.set_variables(self.model, self.at.state, variables, self.now, self.world))

    def retry(self) -> Snapshot:
        """Retry the first failure."""
        failure = self.at.failures[0]
        return self.now_is(run.retry(self.model, self.at.state, failure.id, self.now, self.world))


def sub(identifier, inner, **attributes):
    """An embedded sub-process."""
    return el("subProcess", identifier, inner, **attributes)
