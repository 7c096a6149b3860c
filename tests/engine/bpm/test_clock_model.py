"""The same stories through the verbs and the tables, on both databases; and through `play`, which tells them alike."""

from datetime import datetime, timedelta
from itertools import count

import pytest
from hypothesis import HealthCheck, Phase, example, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from engine.app import App
from engine.bpm import batches, definitions, instances, migration, rescheduling, tasks, timers
from engine.bpm.model import Event, Task, Timer
from engine.bpm.play import play
from engine.bpm.rescheduling import Why
from engine.bpm.spiff.translation import Plan
from engine.bpm.viewer import Viewer
from engine.errors import Conflict
from engine.testing import START, FakeClock
from tests.engine.bpm.clock_story import ACTS, MINUTE, SIMPLE, Block, Work, draw, length, numbered, processes
from tests.engine.bpm.clock_telling import Story, at, tell
from tests.engine.bpm.clock_versions import KINDS

ADMIN = Viewer("root", admin=True)
WHY = Why("root", "核实需要", "本地规则")
MOVED_WHILE_STOPPED = [("stop_clock", 0, 1), ("wait", 0, 20), ("migrate", KINDS.index("border"), 2), ("wait", 0, 30),
                       ("resume", 0, 1), ("wait", 0, 1), ("next", 0, 1)]  # fmt: skip
on_the_database = settings(
    max_examples=10,
    deadline=None,
    phases=(Phase.explicit, Phase.reuse, Phase.generate),  # a failure is made smaller by the pure model beside this one
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)


class InstalledCase:
    """A case of an installation, driven by people and a scheduler, and read from its rows."""

    def __init__(self, app: App, clock: FakeClock, source: bytes) -> None:
        self.app, self.clock, self.versions, self.order = app, clock, count(1), ""
        clock.now = START
        definitions.deploy(app, {"story.bpmn": source}, by="test")
        self.id = instances.start(app, "story", {}, by="li")["id"]

    def rows(self, table: type, status: str) -> list:
        with self.app.reading() as tx:
            found = select(table).where(table.instance_id == self.id, table.status == status)  # type: ignore[attr-defined]
            return list(tx.scalars(found))

    def fired(self) -> list[tuple[datetime, str, int]]:
        with self.app.reading() as tx:
            found = select(Event).where(Event.instance_id == self.id, Event.event == "fired").order_by(Event.id)
            return [(row.at, row.element or "", (row.detail or {}).get("missed", 0)) for row in tx.scalars(found)]

    def armed(self) -> dict[str, datetime]:
        return {row.element: row.due_at for row in self.rows(Timer, "armed")}

    def open(self) -> dict[str, datetime | None]:
        return {row.element: row.due_at for row in self.rows(Task, "open")}

    def look(self, now: datetime) -> None:
        self.clock.now = now
        while timers.fire_next(self.app):
            pass

    def wait(self, until: datetime) -> None:
        while (due_at := timers.next_due(self.app)) is not None and due_at <= until:
            self.look(due_at)
        self.look(until)

    def accepted(self, now: datetime, act: object, *given: object, **named: object) -> bool:
        self.clock.now = now
        try:
            act(self.app, *given, **named)  # type: ignore[operator]
        except Conflict:
            self.look(now)
            return False
        return True

    def task(self, element: str) -> str:
        return next(row.id for row in self.rows(Task, "open") if row.element == element)

    def complete(self, now: datetime, task: str) -> bool:
        return self.accepted(now, tasks.complete, self.task(task), {}, viewer=ADMIN)

    def extend(self, now: datetime, timer: str, due_at: datetime) -> bool:
        timer_id = next(row.id for row in self.rows(Timer, "armed") if row.element == timer)
        return self.accepted(now, rescheduling.move_timer, self.id, timer_id, due_at, WHY)

    def extend_task(self, now: datetime, task: str, due_at: datetime) -> bool:
        return self.accepted(now, rescheduling.move_task, self.task(task), due_at, WHY)

    def suspend(self, now: datetime, clock: str) -> bool:
        return self.accepted(now, instances.suspend, self.id, by="root", reason="核实中", clock=clock)

    def resume(self, now: datetime) -> bool:
        done = self.accepted(now, instances.resume, self.id, by="root", reason="核实完毕")
        self.look(now)
        return done

    def migrate(self, now: datetime, source: bytes, how: Plan) -> set[str]:
        """An order about this instance; answers what is in the way."""
        self.clock.now = now
        definitions.deploy(self.app, {"story.bpmn": source + b"<!-- -->" * next(self.versions)}, by="test")
        asked = {"version": None, "mapping": how.mapping, "drop_gone": how.drop_gone,
                 "new_timers": "arm" if how.arm_new else "leave"}  # fmt: skip
        seen = migration.preview(self.app, self.id, version=None, how=how)
        done = batches.order(self.app, "migrate", by="root", reason="新版本", ids=[self.id], parameters=asked)
        self.order = done["id"]
        assert done["counts"] == {"done" if seen["possible"] else "failed": 1}
        if seen["possible"]:
            foreseen = [(timer["element"], datetime.fromisoformat(timer["due_at"])) for timer in seen["timers"]]
            assert dict(foreseen) == self.armed()
        return {problem["element"] for problem in seen["problems"]}

    def undo(self, now: datetime) -> None:
        assert batches.undo(self.app, self.order, by="root", reason="换错了")["counts"] == {"undone": 1}

    def end(self) -> None:
        """The next example starts with nothing armed; every row of this one tells how it ended."""
        with self.app.reading() as tx:
            rows = tx.scalars(select(Timer).where(Timer.instance_id == self.id)).all()
        for row in rows:
            assert (row.ended_at is None) == (row.status == "armed")
            assert row.status != "fired" or row.ended_at == row.due_at
            assert (row.status == "replaced") == (row.reason is not None)
        self.accepted(self.clock.now, instances.cancel, self.id, by="root", reason="示例结束")


@on_the_database
@given(process=processes, story=st.lists(ACTS, max_size=10))
@example(process=numbered([Work(300, [])]), story=MOVED_WHILE_STOPPED)
def test_the_rows_say_what_the_oracle_says_whatever_happens(
    app: App, clock: FakeClock, process: list[Block], story: Story
) -> None:
    made: list[InstalledCase] = []

    def start(source: bytes) -> InstalledCase:
        made.append(InstalledCase(app, clock, source))
        return made[-1]

    try:
        tell(process, story, start)
    finally:
        for case in made:
            case.end()


@on_the_database
@given(process=processes, story=st.lists(SIMPLE, max_size=10))
def test_a_play_and_an_installation_leave_the_same_trace(
    app: App, clock: FakeClock, process: list[Block], story: Story
) -> None:
    source = draw(process)
    case, steps, now = InstalledCase(app, clock, source), [], 0
    for number, (act, which, span) in enumerate(story):
        ticks = span * MINUTE + ((number + 1) << 21)
        case.look(at(now))  # each step of a play begins awake
        if act == "complete":
            if found := sorted(case.open()):
                case.complete(at(now), found[which % len(found)])
                steps.append({"complete": found[which % len(found)]})
            continue
        now += ticks
        steps.append({"advance" if act == "wait" else "outage": length(ticks)})
        if act == "wait":
            case.wait(at(now))
    steps.append({"advance": "PT1S"})
    case.look(at(now))
    case.wait(at(now) + timedelta(seconds=1))
    played = play({"story.bpmn": source}, {"now": START.isoformat(), "steps": steps})
    assert played["error"] is None
    with app.reading() as tx:
        rows = tx.scalars(select(Event).where(Event.instance_id == case.id, Event.type.is_not(None)).order_by(Event.id))
        happened = [(row.at, row.element, row.event) for row in rows]
    case.end()
    assert [(datetime.fromisoformat(e["at"]), e["element"], e["event"]) for e in played["trace"]] == happened


@pytest.mark.parametrize("act", ["complete", "extend", "extend_task", "suspend"])
def test_due_exactly_now_counts_in_every_command(app: App, clock: FakeClock, act: str) -> None:
    """C4: whatever somebody does at the very moment of a deadline, the deadline was first."""
    from tests.engine.bpm.diagrams import STRICT

    case = InstalledCase(app, clock, STRICT.replace(b'"strict"', b'"story"'))
    now = START + timedelta(hours=1)
    if act == "suspend":
        assert case.suspend(now, "stopped")
    elif act == "complete":
        assert not case.complete(now, "answer")
    elif act == "extend":
        assert not case.extend(now, "expired", now + timedelta(hours=1))
    else:
        assert not case.extend_task(now, "answer", now + timedelta(hours=1))
    assert case.fired() == [(now, "expired", 0)]
