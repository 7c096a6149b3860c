"""Tells a story to a process and to the oracle side by side, and compares everything after each act."""

import copy
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Protocol

from hypothesis import reject

from engine.bpm.spiff.translation import Plan
from engine.testing import START
from tests.engine.bpm.clock_oracle import Oracle, Tied
from tests.engine.bpm.clock_story import MINUTE, Block, draw
from tests.engine.bpm.clock_versions import KINDS, Version, another, elements, ends, plan, within

Story = list[tuple[str, int, int]]


class Case(Protocol):
    """A process under test. Acts answer whether they were accepted; moments are absolute."""

    def fired(self) -> list[tuple[datetime, str, int]]: ...
    def armed(self) -> dict[str, datetime]: ...
    def open(self) -> dict[str, datetime | None]: ...
    def wait(self, until: datetime) -> None: ...
    def look(self, now: datetime) -> None: ...
    def complete(self, now: datetime, task: str) -> bool: ...
    def extend(self, now: datetime, timer: str, due_at: datetime) -> bool: ...
    def extend_task(self, now: datetime, task: str, due_at: datetime) -> bool: ...
    def suspend(self, now: datetime, clock: str) -> bool: ...
    def resume(self, now: datetime) -> bool: ...
    def migrate(self, now: datetime, source: bytes, how: Plan) -> set[str]: ...
    def undo(self, now: datetime) -> None: ...


def at(ticks: int) -> datetime:
    """The moment so many microseconds after the start."""
    return START + timedelta(microseconds=ticks)


def tell(process: list[Block], story: Story, start: Callable[[bytes], Case]) -> Case:
    """Play the story; rejects the example when two timers are due at one moment."""
    try:
        return _Telling(process, start).whole(story)
    except Tied:
        reject()


class _Telling:
    def __init__(self, process: list[Block], start: Callable[[bytes], Case]) -> None:
        self.process = copy.deepcopy(process)
        self.oracle, self.case, self.now = Oracle(self.process), start(draw(process)), 0

    def whole(self, story: Story) -> Case:
        self.compare()
        for number, (act, which, span) in enumerate(story):
            self.act(act, which, span * MINUTE + ((number + 1) << 21))
            self.compare()
        return self.case

    def compare(self) -> None:
        """Due dates, order and moments of firings, open tasks: all equal."""
        oracle, case = self.oracle, self.case
        assert case.fired() == [(at(moment), name, missed) for moment, name, missed in oracle.fired]
        assert case.armed() == {timer.name: at(timer.due) for timer in oracle.armed()}
        assert case.open() == {name: at(task.due) for name, task in oracle.open().items()}

    def act(self, act: str, which: int, ticks: int) -> None:
        oracle, case = self.oracle, self.case
        if act == "outage":
            self.now += ticks
            return
        armed, tasks = [(timer.name, timer.due) for timer in oracle.armed()], sorted(oracle.open())
        if act in ("wait", "next"):
            self.look()
            due = [timer.due for timer in oracle.armed()]
            self.now = max(self.now, due[0]) if act == "next" and due else self.now + ticks
            oracle.watch(self.now)
            case.wait(at(self.now))
        elif act == "complete" and tasks:
            name = tasks[which % len(tasks)]
            oracle.look(self.now)
            possible = name in oracle.open() and not oracle.suspended
            assert case.complete(at(self.now), name) == possible
            if possible:
                oracle.complete(name)
        elif act == "extend" and armed:
            name, seen = armed[which % len(armed)]
            oracle.look(self.now)
            still = [timer for timer in oracle.armed() if (timer.name, timer.due) == (name, seen)]
            possible = bool(still) and not oracle.suspended
            assert case.extend(at(self.now), name, at(self.now + ticks)) == possible
            if possible:
                oracle.extend(still[0], self.now + ticks)
        elif act == "extend_task" and tasks:
            name = tasks[which % len(tasks)]
            oracle.look(self.now)
            possible = name in oracle.open() and not oracle.suspended
            assert case.extend_task(at(self.now), name, at(self.now + ticks)) == possible
            if possible:
                oracle.extend_task(name, self.now + ticks)
        elif act == "migrate":
            self.look()
            if oracle.open() or oracle.armed():
                self.migrate(KINDS[which % len(KINDS)], ticks // MINUTE)
        else:
            self.intervene(act)

    def migrate(self, kind: str, span: int) -> None:
        """To a version in which something differs: no due moment moves (C6), and what cannot move is named."""
        oracle, case, process = self.oracle, self.case, self.process
        before, joined = elements(process), ends(process)
        version = another(process, kind, span)
        how = plan(version, span)
        source, gone = draw(process), before - elements(process) - set(version.mapping)
        dropped = {name for name in gone if "_" in name and not name.endswith("x")} if how.drop_gone else set()
        in_the_way = self.in_the_way(gone - dropped, joined, version)
        named = case.migrate(at(self.now), source, how)
        assert named == in_the_way
        undone = not named and span % 3 == 0
        if undone:
            case.undo(at(self.now))
        if named or undone:
            version.back()
        else:
            oracle.migrate(version, dropped, arm_new=how.arm_new)

    def in_the_way(self, gone: set[str], joined: dict[str, list[str]], version: Version) -> set[str]:
        """What waits in an element that is gone, or at a join to which it came by a branch that now ends elsewhere."""
        standing, now = self.oracle.standing(), ends(self.process)
        found = (gone & standing) - within(version.gone)
        for join in self.oracle.joins:
            name = f"{join.block.name}j"
            moved = [version.mapping.get(end, end) for end in joined.get(name, [])]
            if name in now and any(moved[branch] != now[name][branch] for branch in join.arrived):
                found |= {name} & standing
        return found

    def intervene(self, act: str) -> None:
        oracle, case = self.oracle, self.case
        self.look()
        ended = not oracle.open() and not oracle.armed()
        if act in ("suspend", "stop_clock"):
            clock, possible = "stopped" if act == "stop_clock" else "running", not oracle.suspended and not ended
            assert case.suspend(at(self.now), clock) == possible
            if possible:
                oracle.suspend(clock)
        elif act == "resume":
            possible = bool(oracle.suspended)
            assert case.resume(at(self.now)) == possible
            if possible:
                oracle.resume()
                oracle.look(self.now)

    def look(self) -> None:
        self.oracle.look(self.now)
        self.case.look(at(self.now))
