"""The small world of a play: instances on one virtual clock, messages between them, operators that only answer."""

from collections import Counter, deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from engine.bpm.correlation import matches
from engine.bpm.expressions import render
from engine.bpm.functions import functions_at
from engine.bpm.operators import Registry
from engine.bpm.spiff import Model, run, timers
from engine.bpm.spiff.kept import Shelf
from engine.bpm.spiff.types import BpmnError, OpenTask, OperatorCall, Snapshot, StartEvent, Thrown, TraceEntry, Waiting
from engine.calendar import Calendar
from engine.errors import EngineError

MAX_INSTANCES = 2_000
MAX_EVENTS = 100_000  # timers fired and messages delivered in one step
MAX_AUTO = 1_000  # completions of one element by `auto`


class PlayStopped(EngineError):
    """A step cannot be done; the play stops here and shows what it has reached."""


@dataclass(slots=True)
class Played:
    """One instance of the play."""

    number: int
    process: str
    snapshot: Snapshot


@dataclass(slots=True)
class PlayWorld:
    """Everything that happens in a play, in order. `now` is its clock; it is also the `World` of each step."""

    model: Model
    now: datetime
    functions: Mapping[str, Callable[..., Any]]
    calendar: Calendar
    zone: ZoneInfo
    operators: Registry | None
    answers: Mapping[str, Mapping[str, Any]]
    auto: bool = False
    initial: Mapping[str, Any] = field(default_factory=dict)
    instances: list[Played] = field(default_factory=list)
    trace: list[TraceEntry] = field(default_factory=list)
    calls: list[OperatorCall] = field(default_factory=list)
    lost: list[Thrown] = field(default_factory=list)  # messages that nobody waited for
    auto_stopped: set[str] = field(default_factory=set)
    shelf: Shelf | None = field(default_factory=Shelf)
    _thrown: deque[tuple[int, Thrown]] = field(default_factory=deque)
    _starts: list[tuple[datetime, StartEvent, timers.Schedule]] = field(default_factory=list)
    _done: Counter[str] = field(default_factory=Counter)
    _events: int = 0
    _asleep: bool = False

    def operator(self, call: OperatorCall) -> Mapping[str, Any]:
        """Record the call; answer what the scenario says for this topic, else the operator's declared defaults."""
        self.calls.append(call)
        answer = self.answers.get(call.topic)
        if answer is None:
            known = self.operators.get(call.topic) if self.operators else None
            return dict(known.defaults) if known else {}
        if "error" in answer:
            error = answer["error"]
            given = error if isinstance(error, Mapping) else {"code": error}
            raise BpmnError(str(given.get("code", "")), str(given.get("message", "")))
        inner = answer.get("variables")
        return dict(inner) if len(answer) == 1 and isinstance(inner, Mapping) else dict(answer)

    def begin(self) -> None:
        """Arm the timer starts, and start the leading process unless an event is its only start."""
        for event in self.model.starts:
            if event.kind == "timer":
                self._arm_start(event)
        own = [event for event in self.model.starts if event.process == self.model.key]
        if any(event.kind == "none" for event in own) or not own:
            self.start(self.model.key, {})
        self.settle()
        self.advance(self.now)  # a timer start that is due at this moment, or was before

    def start(self, process: str, variables: Mapping[str, Any], element: str | None = None) -> None:
        """One more instance. The first one of the leading process has the scenario's variables, too."""
        if len(self.instances) >= MAX_INSTANCES:
            raise PlayStopped(f"实例超过 {MAX_INSTANCES} 个，请检查流程是否互相启动不停。", en="Too many instances.")
        first = process == self.model.key and all(played.process != process for played in self.instances)
        given = {**(self.initial if first else {}), **variables}
        snapshot = run.start(self.model, given, self.now, self, process=process, start_element=element)
        self.instances.append(Played(len(self.instances), process, snapshot))
        self._note(self.instances[-1], snapshot)

    def complete(self, name: str, variables: Mapping[str, Any]) -> None:
        """Complete the oldest open task with this element id, else with this name."""
        found = self.find_task(name)
        if found is None:
            open_now = "、".join(dict.fromkeys(task.element for _, task in self.open_tasks())) or "没有"
            raise PlayStopped(f"任务“{name}”没有打开；现在打开的是：{open_now}。", en=f"Task {name} is not open.")
        self.complete_task(*found, variables)

    def open_tasks(self) -> list[tuple[Played, OpenTask]]:
        """All open tasks, the oldest first."""
        tasks = [(played, task) for played in self.instances for task in played.snapshot.tasks]
        return sorted(tasks, key=lambda entry: entry[1].created_at)

    def find_task(self, name: str) -> tuple[Played, OpenTask] | None:
        """The oldest open task with this element id, else with this name."""
        tasks = self.open_tasks()
        by_id = (entry for entry in tasks if entry[1].element == name)
        return next(by_id, None) or next((entry for entry in tasks if entry[1].name == name), None)

    def message(self, name: str, correlation: Mapping[str, Any], variables: Mapping[str, Any]) -> bool:
        """Give a message to the oldest waiter it is for, else to the process it starts. Whether someone took it."""
        for played, waiting in self._waiters("message", name):
            if matches(correlation, waiting.correlation, played.snapshot.variables):
                self._deliver(played, waiting, variables)
                return True
        for event in self._start_events("message", name):
            self.start(event.process, variables, event.element)
            return True
        return False

    def signal(self, name: str, variables: Mapping[str, Any], but_not: int | None = None) -> None:
        """Give a signal to everyone who waits for it (except the instance that threw it), and start what it starts."""
        for played, waiting in self._waiters("signal", name):
            still = any(other.id == waiting.id for other in played.snapshot.waiting)
            if still and played.number != but_not:
                self._deliver(played, waiting, variables)
        for event in self._start_events("signal", name):
            self.start(event.process, variables, event.element)

    def new_step(self) -> None:
        """Each step of the scenario has its own allowance of events."""
        self._events = 0

    def advance(self, until: datetime) -> None:
        """Move the clock; every timer and timer start fires at its own moment on the way."""
        while (due := self.next_due()) is not None and due <= until:
            self.now = max(self.now, due)
            self._fire(due, until=None)
            self.settle()
        self.now = max(self.now, until)

    def sleep(self, until: datetime) -> None:
        """Move the clock while nothing runs; the next step begins with `wake`."""
        self.now, self._asleep = max(self.now, until), True

    def wake(self) -> None:
        """After an outage: fire what was missed, each at its own moment, a cycle once for all it missed (C3, C8)."""
        if not self._asleep:
            return
        self._asleep, present = False, self.now
        while (due := self.next_due()) is not None and due <= present:
            self.now = due
            self._fire(due, until=present)
            self.settle()
        self.now = present

    def settle(self) -> None:
        """Deliver what was thrown, and let `auto` work, until nothing is left to do at this moment."""
        while True:
            if self._thrown:
                self._count()
                self._pass_on(*self._thrown.popleft())
            elif not (self.auto and self._work()):
                return

    def _pass_on(self, sender: int, thrown: Thrown) -> None:
        if thrown.kind == "message":
            if not self.message(thrown.name, thrown.correlation, thrown.variables):
                self.lost.append(thrown)
        elif thrown.kind == "signal":
            self.signal(thrown.name, thrown.variables, but_not=sender)

    def _work(self) -> bool:
        """Complete the oldest open tasks that `auto` has not completed too often; whether there was one.

        Tasks of one instance go through the engine in one call: a case with 2,000 open tasks is loaded once.
        """
        owner, batch, planned = None, [], Counter[str]()
        for played, task in self.open_tasks():
            if self._done[task.element] >= MAX_AUTO:
                self.auto_stopped.add(task.element)
                continue
            planned[task.element] += 1
            if owner not in (None, played) or self._done[task.element] + planned[task.element] > MAX_AUTO:
                break
            owner = played
            batch.append(task)
        if owner is None:
            return False
        ids = [task.id for task in batch]
        snapshot, completed = run.complete_each(self.model, owner.snapshot.state, ids, self.now, self)
        self._done += Counter(task.element for task in batch if task.id in set(completed))
        self._note(owner, snapshot)
        return True

    def complete_task(self, played: Played, task: OpenTask, variables: Mapping[str, Any]) -> None:
        """Complete this open task of this instance."""
        self._done[task.element] += 1
        self._note(played, run.complete(self.model, played.snapshot.state, task.id, variables, self.now, self))

    def _deliver(self, played: Played, waiting: Waiting, variables: Mapping[str, Any]) -> None:
        self._note(played, run.deliver(self.model, played.snapshot.state, waiting.id, variables, self.now, self))

    def _waiters(self, kind: str, name: str) -> list[tuple[Played, Waiting]]:
        return [
            (played, waiting)
            for played in self.instances
            for waiting in played.snapshot.waiting
            if waiting.kind == kind and waiting.name == name
        ]

    def _start_events(self, kind: str, name: str) -> list[StartEvent]:
        return [event for event in self.model.starts if event.kind == kind and event.name == name]

    def next_due(self) -> datetime | None:
        """When the next timer or timer start fires."""
        due = [timer.due_at for played in self.instances for timer in played.snapshot.timers]
        return min([*due, *(start[0] for start in self._starts)], default=None)

    def _fire(self, due: datetime, until: datetime | None) -> None:
        """Fire everything due at this moment; `until` is when the world wakes up from an outage."""
        self._count()
        for played in list(self.instances):
            if any(timer.due_at <= due for timer in played.snapshot.timers):
                state = played.snapshot.state
                self._note(played, run.advance(self.model, state, due, self, coalesce_until=until))
        ready = [entry for entry in self._starts if entry[0] <= due]
        for entry in ready:
            self._starts.remove(entry)
            self._repeat_start(*entry, until=until)
            self.start(entry[1].process, {}, entry[1].element)

    def _arm_start(self, event: StartEvent) -> None:
        functions = functions_at(self.now, self.calendar, self.zone, self.functions)
        schedule = timers.schedule(render(event.timer or "", {}, functions), self.now, self.zone)
        self._starts.append((max(schedule.first, self.now), event, schedule))

    def _repeat_start(
        self, due: datetime, event: StartEvent, schedule: timers.Schedule, until: datetime | None
    ) -> None:
        if schedule.every is None:
            return
        left = None if schedule.left is None else schedule.left - 1
        following = schedule.every.after(due, self.zone)
        while until is not None and following <= until and left != 0:
            left = None if left is None else left - 1
            following = schedule.every.after(following, self.zone)
        if left != 0:
            self._starts.append((following, event, timers.Schedule(following, schedule.every, left, schedule.text)))

    def _note(self, played: Played, snapshot: Snapshot) -> None:
        played.snapshot = snapshot
        self.trace += snapshot.trace
        self._thrown += [(played.number, thrown) for thrown in snapshot.thrown]

    def _count(self) -> None:
        self._events += 1
        if self._events > MAX_EVENTS:
            raise PlayStopped(
                f"一步之内触发超过 {MAX_EVENTS} 次定时器或消息，请检查流程是否循环不停。",
                en=f"More than {MAX_EVENTS} timers and messages in one step: is this an endless loop?",
            )
