"""Clock rules C2–C6 and C8 against a simple oracle: random processes of timers, random stories (pure, through the stored bytes)."""

from datetime import datetime

from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from engine.bpm.spiff import parse, reschedule, run
from engine.bpm.spiff.migrate import migrate
from engine.bpm.spiff.state import continued
from engine.bpm.spiff.translation import CannotMigrate
from engine.bpm.spiff.types import NotArmed, Snapshot, TaskNotOpen
from engine.testing import START
from tests.engine.bpm.clock_story import ACTS, Border, Wait, Work, numbered, processes
from tests.engine.bpm.clock_telling import tell
from tests.engine.bpm.spiff.kit import Outside

MOVING = ("next", "migrate", "complete", "migrate", "outage", "stop_clock", "resume")
MOVES = st.tuples(st.sampled_from(MOVING), st.integers(0, 7), st.integers(1, 400))


class PureCase:
    """The pure core, driven as a careful caller would; suspensions are kept here, as the core knows none."""

    def __init__(self, source: bytes) -> None:
        self.source, self.world = source, Outside()
        self.model = parse({"story.bpmn": source})
        self.suspended: tuple[datetime, str] | None = None
        self.happened: list[tuple[datetime, str, int]] = []
        self.take(run.start(self.model, {}, START, self.world))

    def take(self, after: Snapshot) -> None:
        self.at = after
        self.happened += [(entry.at, entry.element, entry.missed) for entry in after.trace if entry.event == "fired"]

    def fired(self):
        return self.happened

    def armed(self):
        return {found.element: found.due_at for found in self.at.timers}

    def open(self):
        return {found.element: found.due_at for found in self.at.tasks}

    def look(self, now):
        if not self.suspended:
            self.take(run.advance(self.model, self.at.state, now, self.world))

    def wait(self, until):
        while not self.suspended and (due := [found.due_at for found in self.at.timers if found.due_at <= until]):
            self.look(min(due))
            assert all(found.due_at > min(due) for found in self.at.timers)  # due exactly now is due (C4)
        self.look(until)

    def complete(self, now, task):
        task_id = next(found.id for found in self.at.tasks if found.element == task)
        if self.suspended:
            return False
        try:
            self.take(run.complete(self.model, self.at.state, task_id, {}, now, self.world))
        except TaskNotOpen:
            self.look(now)
            return False
        return True

    def extend(self, now, timer, due_at):
        timer_id = next(found.id for found in self.at.timers if found.element == timer)
        self.look(now)
        try:
            moved = self.suspended or reschedule.move_timer(self.model, self.at.state, timer_id, due_at, now, self.world)
        except NotArmed:
            return False
        return self.moved(moved)

    def extend_task(self, now, task, due_at):
        task_id = next(found.id for found in self.at.tasks if found.element == task)
        self.look(now)
        try:
            moved = self.suspended or reschedule.move_task(self.model, self.at.state, task_id, due_at, now, self.world)
        except TaskNotOpen:
            return False
        return self.moved(moved)

    def moved(self, moved):
        if self.suspended:
            return False
        self.take(moved[0])
        return True

    def suspend(self, now, clock):
        if self.suspended or self.at.status != "running":
            return False
        self.suspended = (now, clock)
        return True

    def resume(self, now):
        if not self.suspended:
            return False
        (since, clock), self.suspended = self.suspended, None
        if clock == "stopped":
            self.take(reschedule.shift(self.model, self.at.state, now - since, now, self.world)[0])
        self.look(now)
        return True

    def migrate(self, now, source, how):
        """To another version; answers what is in the way. For a stopped clock it is still the moment of its stop."""
        since, clock = self.suspended or (None, "running")
        target, self.before = parse({"story.bpmn": source}), (self.model, self.at)
        try:
            self.take(migrate(self.model, target, self.at.state, how, since if clock == "stopped" else now, self.world, fire_until=since))
        except CannotMigrate as refused:
            return {problem["element"] for problem in refused.problems}
        self.model = target
        return set()

    def undo(self, now):
        self.model, before = self.before
        self.take(run.inspect(self.model, continued(before.state, self.at.state)))
        assert (self.at.tasks, self.at.timers, self.at.variables) == (before.tasks, before.timers, before.variables)


@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(process=processes, story=st.lists(ACTS, max_size=14))
@example(process=numbered([Work(60, [Border(30, False, 40), Border(50, True)]), Wait(10)]), story=[("outage", 0, 300), ("complete", 0, 1)])
@example(process=numbered([Work(600, [Border(30, False, 0, None)])]), story=[("outage", 0, 100), ("stop_clock", 0, 1), ("wait", 0, 77), ("resume", 0, 1), ("wait", 0, 200)])
def test_due_dates_and_firings_are_what_the_oracle_says_whatever_happens(process, story):
    tell(process, story, PureCase)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(process=processes, story=st.lists(MOVES, min_size=3, max_size=10))
def test_no_moment_moves_when_versions_differ_and_what_cannot_move_is_named(process, story):
    tell(process, story, PureCase)
