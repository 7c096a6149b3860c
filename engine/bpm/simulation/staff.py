"""Who works: each group has so many people, in office hours, one task each at a time; the rest of its tasks queue."""

import heapq
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from engine.bpm.simulation.plan import Plan
from engine.bpm.spiff.types import OpenTask
from engine.calendar import WORKING_SPANS, Calendar

ANYBODY = "—"  # the desk of tasks that name no group and nobody
_BEGINNING = timedelta(seconds=1)  # an office opens one second before one second of office time has passed


@dataclass(slots=True, eq=False)
class Job:
    """One open task on its way over a desk; ``hand_in`` is what happens when its work is done."""

    task: OpenTask
    desk: "Desk"
    hours: float  # of work
    hand_in: Callable[[], None] = lambda: None
    queued: bool = False
    begun: bool = False
    done: bool = False
    over: bool = False


@dataclass(slots=True, eq=False)
class Desk:
    """One group: its people, its queue and what is counted about both. ``busy`` is in hours of office time."""

    group: str
    people: int
    queue: list[tuple[Any, int, Job]] = field(default_factory=list)
    working: int = 0
    waiting: int = 0
    longest: int = 0
    busy: float = 0.0
    done: int = 0

    @property
    def load(self) -> float:
        """How much lies before each of its people."""
        return (self.waiting + self.working) / self.people if self.people else float("inf")


class Office:
    """All desks, made as tasks name their groups."""

    def __init__(self, plan: Plan, calendar: Calendar, zone: ZoneInfo) -> None:
        self._plan, self._calendar, self._zone = plan, calendar, zone
        self.desks: dict[str, Desk] = {}
        self._number = 0

    def opening(self, moment: datetime) -> datetime:
        """This moment in office hours, else the next at which the office opens."""
        return self.after(moment, _BEGINNING / timedelta(hours=1)) - _BEGINNING

    def after(self, moment: datetime, hours: float) -> datetime:
        """The moment at which so many office hours have passed."""
        return self._calendar.add_workhours(moment, hours, self._zone)

    def hours(self, start: datetime, until: datetime) -> float:
        """The office hours between two moments."""
        first = start.astimezone(self._zone).date()
        days = (first + timedelta(days=n) for n in range((until - start).days + 2))
        spans = (
            (datetime.combine(day, opens, self._zone), datetime.combine(day, closes, self._zone))
            for day in days if self._calendar.is_workday(day) for opens, closes in WORKING_SPANS
        )  # fmt: skip
        worked = (min(closes, until) - max(opens, start) for opens, closes in spans)
        return sum((span for span in worked if span > timedelta()), timedelta()) / timedelta(hours=1)

    def desk_for(self, task: OpenTask) -> Desk:
        """The least loaded of the desks that may do this task."""
        names = (f"user:{task.assignee}",) if task.assignee else task.groups or tuple(f"user:{n}" for n in task.users)
        return min((self._desk(name) for name in names or (ANYBODY,)), key=lambda desk: desk.load)

    def take_in(self, job: Job) -> None:
        """Put a job into its desk's queue."""
        desk = job.desk
        self._number += 1
        job.queued = True
        heapq.heappush(desk.queue, (self._rank(job.task), self._number, job))
        desk.waiting += 1

    def begin(self, desk: Desk) -> Iterable[Job]:
        """The jobs that somebody who is free begins now."""
        while desk.working < desk.people and desk.waiting:
            job = heapq.heappop(desk.queue)[2]
            if job.over:
                continue
            desk.waiting -= 1
            desk.working += 1
            job.begun = True
            yield job
        desk.longest = max(desk.longest, desk.waiting)

    def give_up(self, job: Job) -> None:
        """The task is over, done or not: whoever worked on it is free again."""
        desk, job.over = job.desk, True
        if job.begun:
            desk.working -= 1
        elif job.queued:
            desk.waiting -= 1
        if job.done:
            desk.done += 1
            desk.busy += job.hours

    def _desk(self, group: str) -> Desk:
        if group not in self.desks:
            self.desks[group] = Desk(group, self._plan.people(group))
        return self.desks[group]

    def _rank(self, task: OpenTask) -> Any:
        if self._plan.order == "due":
            return (task.due_at is None, task.due_at or task.created_at)
        return -task.priority if self._plan.order == "priority" else 0
