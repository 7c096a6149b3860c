"""SpiffWorkflow's BpmnWorkflow with an explicit clock, a queue of what is ready and an index of what listens."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, datetime
from typing import Any

from SpiffWorkflow.bpmn import BpmnWorkflow
from SpiffWorkflow.util.task import TaskState

from engine.bpm import causes
from engine.bpm.functions import functions_at
from engine.bpm.spiff.model import Body, Model, Node
from engine.bpm.spiff.tokens import Scope, SubScope, Token
from engine.bpm.spiff.types import BpmnError, Thrown, TraceEntry, World
from engine.errors import EngineError, Invalid
from engine.watched_calendar import Watched

MAX_DEPTH = 220
HUMAN_TAGS = ("userTask", "manualTask")


class Instance(Scope, BpmnWorkflow):  # type: ignore[misc]
    """One case in memory for one step. Spiff holds and moves the tokens; time, limits and failures are handled here."""

    def __init__(self, model: Model, process: str, seed: str, clock: datetime, world: World | None) -> None:
        self.model, self.seed, self.clock, self.world = model, seed, clock, world
        self.counter = 0
        self.trace: list[TraceEntry] = []
        self.thrown: list[Thrown] = []
        self.causes: dict[int, causes.Cause] = {}  # why what failed in this step did, by the number of the failure
        self.queue: deque[Token] = deque()
        self.later: deque[Token] = deque()  # throw events run last, so that whoever listens beside them hears them
        self.due: list[tuple[datetime, int]] = []  # heap of (due moment, number of the trigger)
        self.armed: dict[int, Token] = {}  # trigger number → the token that waits for it
        self.conditional: dict[int, Token] = {}
        self.inclusive: dict[int, Token] = {}  # tokens that wait at inclusive joins
        self.constants: dict[str, Any] = {}
        self.passed = 0
        self.crowded = False
        self.terminated = False
        self.until = clock
        self._calendar: Watched | None = None
        self._functions: tuple[datetime, Mapping[str, Callable[..., Any]]] | None = None
        body = model.processes[process]
        BpmnWorkflow.__init__(self, model.specs[process], script_engine=self, deserializing=True)
        self.prepare(body, {})

    def leave(self) -> None:
        """The step is over: forget its world and what it did, as if it had been stored and loaded."""
        self.world, self._functions, self._calendar = None, None, None
        self.trace, self.thrown, self.causes, self.passed, self.crowded = [], [], {}, 0, False

    def enter(self, now: datetime, world: World) -> None:
        """Begin another step; whoever calls puts the tokens into the indexes again."""
        self.clock, self.until, self.world = now, now, world
        self.queue, self.later, self.due = deque(), deque(), []
        self.armed, self.conditional, self.inclusive = {}, {}, {}

    def next_id(self) -> int:
        """A number that no token, trigger or failure of this instance had before."""
        self.counter += 1
        return self.counter

    def name_of(self, number: int) -> str:
        """The id by which the outside knows a token, trigger or failure; unique over all instances."""
        return f"{self.seed}-{number}"

    def number_of(self, name: str) -> int:
        """The number behind an id that the outside knows; 0 for an id of another instance."""
        seed, _, number = name.rpartition("-")
        return int(number) if seed == self.seed and number.isdigit() else 0

    def scope_name(self, token: Token) -> str | None:
        """The id of the scope in which a token stands: that of the activity around it; None in the case itself."""
        scope = token.workflow
        return None if scope is self else self.name_of(scope.parent_task.id)

    @property
    def outside(self) -> World:
        """The world of this step."""
        if self.world is None:
            raise RuntimeError("an instance that is only inspected evaluates nothing")
        return self.world

    @property
    def functions(self) -> Mapping[str, Callable[..., Any]]:
        """The functions of expressions at this moment of the clock."""
        if self._functions is None or self._functions[0] != self.clock:
            self._functions = (self.clock, self.functions_at(self.clock))
        return self._functions[1]

    @property
    def calendar(self) -> Watched:
        """The calendar of this step; it notes when a date is only a guess (C9)."""
        if self._calendar is None:
            self._calendar = Watched(self.outside.calendar)
        return self._calendar

    def functions_at(self, moment: datetime) -> Mapping[str, Callable[..., Any]]:
        """The functions of expressions, counting from this moment."""
        return functions_at(moment, self.calendar, self.outside.zone, self.outside.functions)

    def record(self, token: Token, event: str, *, missed: int = 0) -> None:
        """Add what happened to the trace of this step."""
        node: Node = token.task_spec.node
        task = scope = None
        if node.tag in HUMAN_TAGS:
            task, scope = self.name_of(token.id), self.scope_name(token)
        elif node.tag == "boundaryEvent" and "host" in token.internal_data:
            task = self.name_of(token.internal_data["host"])
        self.trace.append(TraceEntry(self.clock, node.id, node.name, node.tag, event, task, missed, scope))

    def enqueue(self, token: Token, *, first: bool = False) -> None:
        """Let a ready token run in this step."""
        queue = self.later if token.task_spec.throws else self.queue
        if first:
            queue.appendleft(token)
        else:
            queue.append(token)

    def scopes(self) -> Iterable[Scope]:
        """This process and everything running inside it."""
        return [self, *self.subprocesses.values()]

    def open_scope(self, owner: Token, body: Body, variables: dict[str, Any] | None) -> SubScope:
        """The inside of a sub-process or call activity. Raises Invalid when calls nest without end."""
        if owner.workflow.depth >= MAX_DEPTH:
            raise Invalid(
                "流程调用嵌套过深，可能在互相调用，请检查。", en="Calls nest too deeply; do processes call each other?"
            )
        scope = SubScope(owner, body, variables)
        self.subprocesses[owner.id] = scope
        return scope

    def forget(self, token: Token) -> None:
        """Stop waiting for whatever this token waited for."""
        for entry in token.internal_data.get("armed", ()):
            self.armed.pop(entry["id"], None)
        self.conditional.pop(token.id, None)
        self.inclusive.pop(token.id, None)

    def park(self, token: Token, error: BaseException) -> None:
        """The element failed: its token stays there with the reason until somebody retries (S5)."""
        if token.gone:
            return
        if "ready" not in token.internal_data:  # it failed while starting: a retry starts it anew
            self.forget(token)
            token.internal_data.pop("armed", None)
            for child in list(token.children):
                child.cancel()
            scope = self.subprocesses.pop(token.id, None)
            if scope is not None:
                scope.closed = True
                scope.clear()
        token._set_state(TaskState.ERROR)
        number = self.next_id()
        token.internal_data["failure"] = [number, _reason(error), self.clock.isoformat()]
        self.causes[number] = causes.of(error, **_where(self, token))

    def terminate(self) -> None:
        """The case ended by a terminate end event."""
        self.terminated = True

    def on_end(self) -> None:
        """The last token is gone: the case is over."""
        self.completed = True


def _reason(error: BaseException) -> str:
    if isinstance(error, EngineError):
        return error.message
    if isinstance(error, BpmnError):
        return f"错误“{error.code}”没有被任何边界事件或事件子流程捕获：{error.message}"
    return f"执行出错（{type(error).__name__}）：{causes.plain(str(error))}"


def _where(instance: Instance, token: Token) -> dict[str, Any]:
    """The element that failed, its operator, its process and the call activities it is in, from the outside in."""
    node: Node = token.task_spec.node
    scope, calls = token.workflow, list[str]()
    while scope is not instance:
        owner: Token = scope.parent_task
        if owner.node.call is not None:
            calls.insert(0, owner.node.id)
        scope = owner.workflow
    return {
        "element": node.id, "name": node.name, "element_type": node.tag, "process": token.workflow.body.process,
        "calls": calls, "operator": (node.work and node.work.topic) or "",
    }  # fmt: skip


def utc(text: str) -> datetime:
    """A moment from the state."""
    return datetime.fromisoformat(text).astimezone(UTC)
