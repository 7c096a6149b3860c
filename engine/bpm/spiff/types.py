"""The words in which the pure engine core answers: frozen, JSON-able facts; no behaviour, no SpiffWorkflow."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol
from zoneinfo import ZoneInfo

if TYPE_CHECKING:
    from engine.bpm.spiff.kept import Shelf
    from engine.calendar import Calendar

RUNNING, COMPLETED, TERMINATED, INCIDENT = "running", "completed", "terminated", "incident"


@dataclass(frozen=True, slots=True)
class OpenTask:
    """Work that waits for a person: a ready user or manual task. `due_at` and `follow_up_at` are aware UTC."""

    id: str
    element: str
    name: str
    type: str  # userTask | manualTask
    groups: tuple[str, ...]
    users: tuple[str, ...]
    assignee: str | None
    due_at: datetime | None
    no_deadline: bool
    follow_up_at: datetime | None
    form: str | None
    priority: int
    lane: str | None
    created_at: datetime
    provisional: bool = False  # counted with a year whose holiday table is not published (C9)

    @property
    def candidates(self) -> list[str]:
        """To whom the diagram offers it, as keys of ``task_candidate``."""
        return sorted({f"group:{group}" for group in self.groups} | {f"user:{user}" for user in self.users})


@dataclass(frozen=True, slots=True)
class OpenTimer:
    """An armed timer. `due_at` is absolute UTC; `host` is the id of the task it is attached to, if any."""

    id: str
    element: str
    name: str
    due_at: datetime
    kind: str  # boundary | catch | event_gateway | event_subprocess
    interrupting: bool
    host: str | None
    provisional: bool = False


@dataclass(frozen=True, slots=True)
class Waiting:
    """A place of the instance that waits for a message or signal of this name; all `correlation` keys must be equal."""

    id: str
    element: str
    kind: str  # message | signal
    name: str
    correlation: dict[str, Any]


class TraceEntry(NamedTuple):
    """One thing that happened to one BPMN element; `type` is its BPMN tag, `task` the id of the open task concerned."""

    at: datetime
    element: str
    name: str
    type: str
    event: str  # entered | completed | cancelled | fired | thrown
    task: str | None
    missed: int = 0  # firings of a repeating timer that this one stands for besides itself (rule C8)
    scope: str | None = None  # of human work inside a sub-process or call: the id of that activity's token


@dataclass(frozen=True, slots=True)
class Thrown:
    """A message, signal or uncaught escalation that leaves the instance; the caller delivers it."""

    kind: str  # message | signal | escalation
    name: str
    correlation: dict[str, Any]
    variables: dict[str, Any]
    at: datetime
    element: str


@dataclass(frozen=True, slots=True)
class Failure:
    """An incident: the token is parked on this element until `retry`; `message` says why (Chinese first).

    `cause` (engine/bpm/causes.py) is there in the step in which it failed, and is no part of the state.
    """

    id: str
    element: str
    message: str
    at: datetime
    cause: Mapping[str, Any] | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True)
class OperatorCall:
    """One call of an operator: its topic, the rendered parameters, and what the instance knows (read only)."""

    topic: str
    parameters: dict[str, Any]
    element: str
    name: str
    variables: Mapping[str, Any]
    at: datetime
    instance_id: str = ""  # filled in by the caller's world: the pure core does not know it


@dataclass(frozen=True, slots=True)
class Move:
    """A due moment that was changed: that of the timer with id `timer`, which is gone, or else of the open `task`."""

    element: str
    name: str
    type: str
    before: datetime | None  # None: the task had no due date
    after: datetime
    task: str | None
    timer: str | None


@dataclass(frozen=True, slots=True)
class Snapshot:
    """Where an instance stands after a step; `trace` and `thrown` hold only what this step did."""

    state: bytes
    status: str  # running | completed | terminated | incident
    variables: dict[str, Any]
    tasks: tuple[OpenTask, ...] = ()
    timers: tuple[OpenTimer, ...] = ()
    waiting: tuple[Waiting, ...] = ()
    trace: tuple[TraceEntry, ...] = ()
    thrown: tuple[Thrown, ...] = ()
    failures: tuple[Failure, ...] = ()


class World(Protocol):
    """The outside of one step: the only things a running instance may ask for."""

    functions: Mapping[str, Callable[..., Any]]  # registered expression functions beyond the built-in ones
    calendar: Calendar
    zone: ZoneInfo

    @property
    def shelf(self) -> Shelf | None:
        """Where the instances of a world that is never stored stand between steps; None where they are stored."""
        ...

    def operator(self, call: OperatorCall) -> Mapping[str, Any]:
        """Run an operator; may raise `BpmnError` (a modelled error) or anything else (an incident)."""
        ...


@dataclass(frozen=True, slots=True)
class StartEvent:
    """A way to start a process: its start event with the kind and the rendered name of what triggers it."""

    process: str
    element: str
    kind: str  # none | message | signal | timer | conditional
    name: str = ""
    timer: str | None = None  # the ISO 8601 text or expression of a timer start
    timer_kind: str | None = None  # date | duration | cycle
    correlation: dict[str, str] = field(default_factory=dict)  # key → expression, as declared


class BpmnError(Exception):
    """A modelled error (BPMN error event): an operator raises it, an error boundary or event sub-process catches it."""

    def __init__(self, code: str, message: str = "") -> None:
        super().__init__(message or code)
        self.code = code
        self.message = message or code


class TaskNotOpen(Exception):
    """This task is not open (any more) in this instance."""


class NotArmed(Exception):
    """No timer is armed under this id (any more)."""


class NotWaiting(Exception):
    """Nothing in this instance waits under this id (any more)."""


class NotFailed(Exception):
    """No failure with this id is parked in this instance."""
