"""What must happen when, told with plain numbers: knows the rules of the clock, and nothing of the engine."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from tests.engine.bpm.clock_story import Beside, Block, Border, Wait, Work
from tests.engine.bpm.clock_versions import Version


class Tied(Exception):
    """Two timers are due at one moment: their order is not promised."""


class Scope:
    """What ends together: a sub-process, or what hangs on a task. It is over when its last token is consumed."""

    def __init__(self, around: "Scope | None", then: Callable[[], None] = lambda: None) -> None:
        self.around, self.then, self.tokens, self.closed = around, then, 1, False

    @property
    def alive(self) -> bool:
        return not self.closed and (self.around is None or self.around.alive)

    def consume(self) -> None:
        self.tokens -= 1
        if not self.tokens:
            self.closed = True
            self.then()


@dataclass
class Armed:
    """A timer: due, what it does, and for a cycle its interval and how many firings are left (None: without end)."""

    name: str
    due: int
    scope: Scope
    fire: Callable[[], None]
    every: int = 0
    left: int | None = 1


@dataclass
class Open:
    """A task that waits for a person."""

    due: int
    scope: Scope
    done: Callable[[], None]


@dataclass
class Host:
    """A task or sub-process under way, to which a further deadline can be attached."""

    block: Block
    host: Scope
    scope: Scope
    leave: Callable[[], None]


@dataclass
class Join:
    """Branches of which some have arrived."""

    block: Beside
    scope: Scope
    arrived: list[int]


class Oracle:
    """The truth about one process."""

    def __init__(self, process: list[Block]) -> None:
        self.now = 0
        self.fired: list[tuple[int, str, int]] = []
        self.timers: list[Armed] = []
        self.tasks: dict[str, Open] = {}
        self.hosts: list[Host] = []
        self.joins: list[Join] = []
        self.suspended: str | None = None  # running | stopped
        self.since = 0
        root = Scope(None)
        self.row(process, root, root.consume)

    def armed(self) -> list[Armed]:
        """What is armed, in due order."""
        return sorted((timer for timer in self.timers if timer.scope.alive), key=lambda timer: timer.due)

    def open(self) -> dict[str, Open]:
        """The tasks that are open."""
        return {name: task for name, task in self.tasks.items() if task.scope.alive}

    def standing(self) -> set[str]:
        """The elements in which something waits."""
        hosts = {found.block.name for found in self.hosts if found.host.alive}
        joins = {f"{found.block.name}j" for found in self.joins if found.arrived and found.scope.alive}
        return hosts | joins | {timer.name for timer in self.armed()}

    def row(self, blocks: list[Block], scope: Scope, then: Callable[[], None], after: Block | None = None) -> None:
        """One block after the other; what follows is looked up when it is reached, for versions may differ by then."""
        place = 0 if after is None else blocks.index(after) + 1
        if place < len(blocks):
            block = blocks[place]
            self.enter(block, scope, lambda: self.row(blocks, scope, then, block))
        else:
            then()

    def enter(self, block: Block, scope: Scope, then: Callable[[], None]) -> None:
        """A token arrives at a block."""
        if isinstance(block, Wait):
            self.timers.append(Armed(block.name, self.now + block.length, scope, then))
        elif isinstance(block, Beside):
            waited = len(block.branches) - 1
            scope.tokens += waited
            join = Join(block, scope, [])
            self.joins.append(join)

            def meet(number: int) -> None:
                join.arrived.append(number)
                if len(join.arrived) > waited:
                    self.joins.remove(join)
                    scope.tokens -= waited
                    then()

            for number, branch in enumerate(block.branches):
                self.row(branch, scope, partial(meet, number))
        else:
            host = Scope(scope)

            def leave() -> None:
                host.closed = True
                then()

            self.hosts.append(Host(block, host, scope, leave))
            for border in block.borders:
                self.attach(border, host, scope, leave)
            if isinstance(block, Work):
                self.tasks[block.name] = Open(self.now + block.length, host, leave)
            else:
                inner = Scope(host, leave)
                self.row(block.inside, inner, inner.consume)

    def attach(self, border: Border, host: Scope, scope: Scope, leave: Callable[[], None]) -> None:
        """A timer on the border of a task or sub-process."""

        def beside() -> None:
            if border.further:
                scope.tokens += 1
                self.timers.append(Armed(f"{border.name}x", self.now + border.further, scope, scope.consume))

        fire = leave if border.interrupting else beside
        every = border.length if border.times != 1 else 0
        self.timers.append(Armed(border.name, self.now + border.length, host, fire, every, border.times))

    def look(self, until: int) -> None:
        """Fire what is due by then in due order, each at its own moment; a cycle once for all that it missed."""
        if self.suspended is None:
            while (armed := self.armed()) and armed[0].due <= until:
                timer = armed[0]
                if len(armed) > 1 and armed[1].due == timer.due:
                    raise Tied
                self.now, missed = timer.due, 0
                if timer.every:
                    passed = (until - timer.due) // timer.every + 1
                    passed = passed if timer.left is None else min(passed, timer.left)
                    missed, timer.due = passed - 1, timer.due + passed * timer.every
                    timer.left = None if timer.left is None else timer.left - passed
                if not timer.every or timer.left == 0:
                    self.timers.remove(timer)
                self.fired.append((self.now, timer.name, missed))
                timer.fire()
        self.now = until

    def watch(self, until: int) -> None:
        """Time passes while somebody looks all the time."""
        while self.suspended is None and (armed := self.armed()) and armed[0].due <= until:
            self.look(armed[0].due)
        self.look(until)

    def complete(self, name: str) -> None:
        """A person completes an open task."""
        self.tasks.pop(name).done()

    def extend(self, timer: Armed, due: int) -> None:
        """One timer is moved; a cycle goes on from there."""
        timer.due = due

    def extend_task(self, name: str, due: int) -> None:
        """The due date of a task is moved, and with it what stood there on its border."""
        task = self.tasks[name]
        for timer in self.armed():
            if timer.scope is task.scope and timer.due == task.due:
                timer.due = due
        task.due = due

    def suspend(self, clock: str) -> None:
        """Nothing happens until it resumes."""
        self.suspended, self.since = clock, self.now

    def resume(self) -> None:
        """With a stopped clock no time has passed for what was armed and open."""
        if self.suspended == "stopped":
            for found in (*self.armed(), *self.open().values()):
                found.due += self.now - self.since
        self.suspended = None

    def migrate(self, version: Version, gone: set[str], *, arm_new: bool) -> None:
        """Another version holds from now on: nothing that is armed or open moves, its new deadline counts from now."""
        self.timers = [timer for timer in self.timers if timer.name not in gone]
        for timer in self.timers:
            timer.name = version.mapping.get(timer.name, timer.name)
        self.tasks = {version.mapping.get(name, name): task for name, task in self.tasks.items()}
        now, self.now = self.now, self.since if self.suspended == "stopped" else self.now
        for found in self.hosts:
            if arm_new and version.added and version.added[0] is found.block and found.host.alive:
                self.attach(version.added[1], found.host, found.scope, found.leave)
        self.now = now
