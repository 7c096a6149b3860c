"""What is counted while cases run: tasks, deadlines, fired timers, queues by day; the answer is plain JSON."""

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from statistics import median
from typing import Any

from engine.bpm.simulation.staff import Desk, Job
from engine.bpm.spiff import Model
from engine.bpm.spiff.types import OpenTask, TraceEntry

_HOUR = timedelta(hours=1)
Row = dict[str, Any]


@dataclass(slots=True)
class Counts:
    """One user task over all cases; durations in natural hours from its opening."""

    opened: int = 0
    completed: int = 0
    cancelled: int = 0
    late: int = 0  # ended after its due date, or still open then
    lead: list[float] = field(default_factory=list)


class Measures:
    """Counters of one simulation."""

    def __init__(self, model: Model) -> None:
        self._model = model
        self.tasks: defaultdict[str, Counts] = defaultdict(Counts)
        self.passed: Counter[str] = Counter()
        self.fired: Counter[str] = Counter()
        self.cases_fired: defaultdict[str, set[int]] = defaultdict(set)
        self.days: list[Row] = []

    def heard(self, case: int, trace: Iterable[TraceEntry]) -> None:
        """Count what one step of a case did."""
        for entry in trace:
            if entry.event == "entered":
                self.passed[entry.element] += 1
            elif entry.event == "fired":
                self.fired[entry.element] += 1
                self.cases_fired[entry.element].add(case)

    def opened(self, task: OpenTask) -> None:
        """A task came up."""
        self.tasks[task.element].opened += 1

    def closed(self, task: OpenTask, now: datetime, *, completed: bool) -> None:
        """A task was completed, or the process took it away."""
        counts = self.tasks[task.element]
        counts.completed += completed
        counts.cancelled += not completed
        counts.lead.append((now - task.created_at) / _HOUR)
        counts.late += task.due_at is not None and (now > task.due_at or (now == task.due_at and not completed))

    def evening(self, day: str, jobs: Iterable[Job], desks: Iterable[Desk], now: datetime) -> None:
        """How a day ended: open and overdue tasks, and who waits at each desk."""
        still = [job.task for job in jobs]
        overdue = sum(task.due_at is not None and task.due_at <= now for task in still)
        queues = {desk.group: desk.waiting for desk in desks}
        self.days.append({"day": day, "open": len(still), "overdue": overdue, "queues": queues})

    def task_rows(self, open_jobs: Iterable[Job], now: datetime) -> list[Row]:
        """One row for each user task, most often late first."""
        still = Counter(job.task.element for job in open_jobs)
        late = Counter(job.task.element for job in open_jobs if job.task.due_at and job.task.due_at <= now)
        rows = []
        for element, counts in self.tasks.items():
            overdue = counts.late + late[element]
            rows.append(
                {"element": element, "name": self.name(element), "opened": counts.opened,
                 "completed": counts.completed, "cancelled": counts.cancelled, "open": still[element], "late": overdue,
                 "late_share": _share(overdue, counts.opened), "hours": spread(counts.lead)}
            )  # fmt: skip
        return sorted(rows, key=lambda row: (-row["late_share"], -row["late"], row["element"]))

    def timer_rows(self) -> list[Row]:
        """One row for each timer (or other event) that fired, most often first."""
        return [
            {"element": element, "name": self.name(element), "fired": count, "cases": len(self.cases_fired[element])}
            for element, count in self.fired.most_common()
        ]

    def name(self, element: str) -> str:
        """The element's name in the diagram."""
        info = self._model.elements.get(element)
        return (info.name if info else "") or element


def desk_rows(desks: Iterable[Desk], office_hours: float, days: list[Row]) -> list[Row]:
    """One row for each group, busiest first: how much of its office time was worked, and how long its queue grew."""
    rows = []
    for desk in desks:
        waiting = [day["queues"].get(desk.group, 0) for day in days]
        rows.append(
            {"group": desk.group, "people": desk.people, "workload": _share(desk.busy, desk.people * office_hours),
             "done": desk.done, "longest_queue": desk.longest, "evening_queue": spread(waiting), "left": desk.waiting}
        )  # fmt: skip
    return sorted(rows, key=lambda row: (-row["workload"], -row["longest_queue"], row["group"]))


def spread(values: list[float] | list[int]) -> Row:
    """Median, nine of ten, and the most; None for nothing."""
    if not values:
        return {"median": None, "p90": None, "most": None}
    ordered = sorted(values)
    return {
        "median": round(median(ordered), 2),
        "p90": round(ordered[min(len(ordered) - 1, len(ordered) * 9 // 10)], 2),
        "most": round(ordered[-1], 2),
    }


def _share(part: float, whole: float) -> float:
    return round(part / whole, 4) if whole else 0.0
