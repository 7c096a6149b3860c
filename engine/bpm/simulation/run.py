"""The simulation itself: one heap of moments over all cases; every step of a case is a step of the real engine.

Each case is a world of its own (`PlayWorld`): messages and signals stay within it. Cases meet only where they wait for
the same people.
"""

import heapq
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from random import Random
from typing import Any
from zoneinfo import ZoneInfo

from engine.bpm.expressions import render
from engine.bpm.functions import functions_at
from engine.bpm.operators import Registry
from engine.bpm.play import SHANGHAI, words
from engine.bpm.play_world import Played, PlayStopped, PlayWorld
from engine.bpm.simulation.forms import fill_in
from engine.bpm.simulation.measures import Measures, desk_rows, spread
from engine.bpm.simulation.plan import Choice, Plan, Post, choose, read_plan
from engine.bpm.simulation.remarks import Remarks
from engine.bpm.simulation.staff import Desk, Job, Office
from engine.bpm.spiff import Model, parse
from engine.bpm.spiff.types import OpenTask
from engine.calendar import Calendar
from engine.errors import EngineError, Invalid

Answer = dict[str, Any]
MOST_CASES, MOST_DAYS = 100_000, 3_660
MOST_AT_ONCE = 5_000  # acts of one case at one moment: as many as it may have tokens
_DAY = timedelta(days=1)
_HOUR = timedelta(hours=1)


@dataclass(slots=True)
class Case:
    """One synthetic case: its world, its open jobs by task id, and when it began and ended."""

    number: int
    world: PlayWorld
    began: datetime
    jobs: dict[str, Job] = field(default_factory=dict)
    ended: datetime | None = None
    drawn: Counter[str] = field(default_factory=Counter)
    failed: str | None = None
    acted: datetime | None = None  # when it last acted, and how often at that moment
    acts: int = 0


def simulate(
    files: Mapping[str, bytes],
    plan: Mapping[str, Any] | None = None,
    *,
    cases: int,
    days: int,
    functions: Mapping[str, Callable[..., Any]] | None = None,
    operators: Registry | None = None,
    zone: ZoneInfo = SHANGHAI,
    tick: Callable[[], None] = lambda: None,
) -> Answer:
    """Drive so many cases through the definition for so many days; answers the object that `bihuan simulate --json`
    prints. Never raises: ``error`` says what stopped it. ``tick`` is called once for each simulated day and case.
    """
    answer = failed("")
    try:
        tick()
        if not (1 <= cases <= MOST_CASES and 1 <= days <= MOST_DAYS):
            raise Invalid(f"案件数应为 1 到 {MOST_CASES}，天数应为 1 到 {MOST_DAYS}。",
                          en=f"Cases must be 1 to {MOST_CASES}, days 1 to {MOST_DAYS}.")  # fmt: skip
        checked = read_plan(plan, zone)
        model = parse(files, checked.process)
        run = _Simulation(model, checked, cases, days, functions or {}, operators, zone, tick)
        return answer | run.whole()
    except Exception as error:  # an author's file may hold anything; the answer is always an object
        return answer | {"error": words(error)}


def failed(reason: str) -> Answer:
    """The answer of a simulation that could not even begin; without a reason an empty one to fill."""
    return {
        "process": None, "from": None, "to": None, "cases": {}, "case_days": 0, "days_open": spread([]), "tasks": [],
        "groups": [], "timers": [], "operators": [], "incidents": [], "elements": {}, "evenings": [], "problems": [],
        "error": reason or None,
    }  # fmt: skip


class _Simulation:
    """One run from its first to its last moment."""

    def __init__(
        self, model: Model, plan: Plan, cases: int, days: int, functions: Mapping[str, Callable[..., Any]],
        operators: Registry | None, zone: ZoneInfo, tick: Callable[[], None],
    ) -> None:  # fmt: skip
        self.model, self.plan, self.zone, self.tick = model, plan, zone, tick
        self.functions, self.operators = functions, operators
        self.calendar = Calendar.default()
        self.office = Office(plan, self.calendar, zone)
        self.measures, self.remarks = Measures(model), Remarks(plan, model)
        self.cases: list[Case] = []
        self.running: dict[int, Case] = {}
        self.called: Counter[str] = Counter()
        self.now, self.until = plan.start, plan.start + timedelta(days=days)
        self._heap: list[tuple[datetime, int, Callable[[], None]]] = []
        self._number = 0
        self.office_hours = self.office.hours(plan.start, self.until)
        for number in range(cases):  # evenly over the office hours of all days
            moment = self.office.after(plan.start, self.office_hours * number / cases)
            self._at(self.office.opening(moment), partial(self._arrive, number))
        for day in range(1, days + 1):
            self._at(self._midnight(day), self._evening)

    def whole(self) -> Answer:
        """Run until the last day is over."""
        while self._heap and self._heap[0][0] <= self.until:
            self.now, _, act = heapq.heappop(self._heap)
            act()
        self.now = self.until
        return self._answer()

    def _at(self, moment: datetime, act: Callable[[], None]) -> None:
        self._number += 1
        heapq.heappush(self._heap, (moment, self._number, act))

    def _midnight(self, day: int) -> datetime:
        """24:00 of the day-th day, at most the end."""
        local = (self.plan.start.astimezone(self.zone) + (day - 1) * _DAY).date()
        return min(self.calendar.end_of_day(local, self.zone), self.until)

    def _arrive(self, number: int) -> None:
        self.tick()
        plan = self.plan
        random = plan.random("case", number)
        chosen = choose(plan.mix, random).variables if plan.mix else {}
        initial = self._computed(number, {**plan.variables, **chosen})
        world = PlayWorld(
            self.model, self.now, self.functions, self.calendar, self.zone, self.operators, plan.operators,
            initial=initial,
        )  # fmt: skip
        case = Case(number, world, self.now)
        self.cases.append(case)
        self.running[number] = case
        for place, post in enumerate(plan.messages):
            luck = plan.random("message", number, place)
            if luck.random() < post.share:
                send = partial(self._send, world, post)
                self._at(self.now + post.after.draw(luck) * _HOUR, partial(self._act, case, send))
        self._act(case, partial(self._begin, world))

    def _begin(self, world: PlayWorld) -> None:
        """A case begins at the plain start of its process, else at the first event that starts it."""
        own = [event for event in self.model.starts if event.process == self.model.key]
        plain = not own or any(event.kind == "none" for event in own)
        world.start(self.model.key, {}, None if plain else own[0].element)

    def _send(self, world: PlayWorld, post: Post) -> None:
        if world.message(post.name, {}, post.variables):
            self.remarks.taken(post.name)

    def _computed(self, number: int, given: Mapping[str, Any]) -> dict[str, Any]:
        """The variables of a case; texts may be expressions, such as `${now()}` or `SIM-${case}`."""
        functions = functions_at(self.now, self.calendar, self.zone, self.functions)
        known = {"case": number + 1}
        return {
            name: render(value, known, functions) if isinstance(value, str) else value for name, value in given.items()
        }

    def _act(self, case: Case, act: Callable[[], object]) -> None:
        """One thing happens to a case at this moment, after everything of it that is due; then look what changed."""
        if case.ended or case.failed:
            return
        world = case.world
        case.acts = case.acts + 1 if case.acted == self.now else 1
        case.acted = self.now
        try:
            if case.acts > MOST_AT_ONCE:
                raise PlayStopped(
                    f"同一时刻办了 {MOST_AT_ONCE} 步还没有停下，流程可能在空转：请给任务写上 takes 或 wait。",
                    en=f"More than {MOST_AT_ONCE} acts at one moment: do its tasks take no time?",
                )
            world.new_step()
            if world.instances:
                world.advance(self.now)
            act()
            world.settle()
        except EngineError as error:
            case.failed = error.message
        self._look(case)
        if case.failed:  # nobody works on it any more
            for job in case.jobs.values():
                self.office.give_up(job)
                self._employ(job.desk)

    def _look(self, case: Case) -> None:
        world = case.world
        self.measures.heard(case.number, world.trace)
        self.called.update(call.topic for call in world.calls)
        for told in (world.trace, world.calls, world.lost):
            told.clear()
        found = {task.id: (played, task) for played in world.instances for task in played.snapshot.tasks}
        for task_id in [task_id for task_id in case.jobs if task_id not in found]:
            self._close(case, task_id)
        for task_id, (played, task) in found.items():
            if task_id in case.jobs:
                case.jobs[task_id].task = task  # an extension moves its due date
            else:
                self._open(case, played, task)
        if case.failed:
            return
        if not any(played.snapshot.status in ("running", "incident") for played in world.instances):
            case.ended = self.now
            world.instances.clear()  # nobody looks at them again
            del self.running[case.number]
        elif (due := world.next_due()) is not None:
            self._at(due, partial(self._wake, case, due))

    def _wake(self, case: Case, due: datetime) -> None:
        """A timer of the case is due, unless another act has seen to it already."""
        if not case.ended and case.world.next_due() == due:
            self._act(case, lambda: None)

    def _open(self, case: Case, played: Played, task: OpenTask) -> None:
        self.measures.opened(task)
        case.drawn[task.element] += 1
        random = self.plan.random("task", case.number, task.element, case.drawn[task.element])
        work = self.plan.work(task.element)
        wait, takes = work.wait.draw(random), work.takes.draw(random)
        job = case.jobs[task.id] = Job(task, self.office.desk_for(task), takes)
        self._at(self.now + wait * _HOUR, lambda: self._queue(job))
        job.hand_in = lambda: self._act(case, lambda: self._complete(case, played, job, work.outcomes, random))

    def _queue(self, job: Job) -> None:
        if not job.over:
            self.office.take_in(job)
            self._employ(job.desk)

    def _employ(self, desk: Desk) -> None:
        for job in self.office.begin(desk):
            self._at(self.office.after(self.now, job.hours), job.hand_in)

    def _complete(
        self, case: Case, played: Played, job: Job, outcomes: Sequence[Choice], random: Random
    ) -> None:  # fmt: skip
        """Hand in the task, unless a deadline of this very moment took it away."""
        if all(task.id != job.task.id for task in played.snapshot.tasks):
            return
        form = self.model.forms.get(job.task.form) if job.task.form else None
        decided = choose(outcomes, random).variables if outcomes else {}
        values: Mapping[str, Any] = decided
        if form is not None:
            values, refused = fill_in(form, decided, played.snapshot.variables, random, self.now)
            self.remarks.refused(job.task.element, refused)
        case.world.complete_task(played, job.task, values)
        job.done = True

    def _close(self, case: Case, task_id: str) -> None:
        job = case.jobs.pop(task_id)
        self.office.give_up(job)
        self.measures.closed(job.task, self.now, completed=job.done)
        self._employ(job.desk)

    def _evening(self) -> None:
        self.tick()
        day = (self.now - timedelta(seconds=1)).astimezone(self.zone).date()
        self.measures.evening(day.isoformat(), self._jobs(), self.office.desks.values(), self.now)

    def _jobs(self) -> list[Job]:
        return [job for case in self.running.values() for job in case.jobs.values()]

    def _answer(self) -> Answer:
        open_cases = [case for case in self.cases if not case.ended and not case.failed]
        ended = [case for case in self.cases if case.ended]
        failures = Counter(
            (failure.element, failure.message)
            for case in self.running.values() for played in case.world.instances for failure in played.snapshot.failures
        )  # fmt: skip
        stopped = Counter(("", case.failed) for case in self.cases if case.failed)
        return {
            "process": self.model.key,
            "from": self.plan.start.astimezone(self.zone).isoformat(),
            "to": self.until.astimezone(self.zone).isoformat(),
            "cases": {"started": len(self.cases), "ended": len(ended), "open": len(open_cases),
                      "stopped": len(self.cases) - len(ended) - len(open_cases)},
            "case_days": round(sum(((case.ended or self.until) - case.began) / _DAY for case in self.cases), 1),
            "days_open": spread([(case.ended - case.began) / _DAY for case in ended if case.ended]),
            "tasks": self.measures.task_rows(self._jobs(), self.now),
            "groups": desk_rows(self.office.desks.values(), self.office_hours, self.measures.days),
            "timers": self.measures.timer_rows(),
            "operators": [{"topic": topic, "count": count} for topic, count in self.called.most_common()],
            "incidents": [{"element": element, "message": message, "count": count}
                          for (element, message), count in (failures + stopped).most_common()],
            "elements": dict(self.measures.passed),
            "evenings": self.measures.days,
            "problems": self.remarks.rows(self.office.desks),
        }  # fmt: skip
