"""Random processes full of timers, and random stories about them: what people do, outages, extensions, suspensions.

Time is counted in whole microseconds. Each timer and task has a length of its own that differs from all others in its
last digits, so that hardly ever two of them are due at one moment: their order would not be promised.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import count

from hypothesis import strategies as st

from tests.engine.bpm.diagrams import diagram, flows, timer

MINUTE = 60_000_000


@dataclass(eq=False)
class Border:
    """A timer on the border of a task or sub-process; not interrupting it may repeat, or lead to a further wait."""

    length: int
    interrupting: bool
    further: int = 0
    times: int | None = 1  # None: without end
    at_due: bool = False  # stands at the due moment of its task
    name: str = ""


@dataclass(eq=False)
class Wait:
    """An intermediate timer."""

    length: int
    name: str = ""
    label: str = ""


@dataclass(eq=False)
class Work:
    """A user task with a due date."""

    length: int
    borders: list[Border]
    name: str = ""
    label: str = ""


@dataclass(eq=False)
class Inner:
    """A sub-process."""

    inside: list["Block"]
    borders: list[Border]
    name: str = ""


@dataclass(eq=False)
class Beside:
    """Branches that run at once and meet again."""

    branches: list[list["Block"]]
    name: str = ""


Block = Wait | Work | Inner | Beside
minutes = st.integers(1, 300)
one_shots = st.builds(Border, minutes, st.booleans(), st.integers(0, 300))
cycles = st.builds(Border, st.integers(20, 200), st.just(False), st.just(0), st.sampled_from([2, 3, None]))
at_due = st.builds(Border, st.just(0), st.booleans(), st.integers(0, 60), st.just(1), st.just(True))
borders = st.lists(st.one_of(one_shots, one_shots, cycles), max_size=2)
work = st.builds(lambda length, found, more: Work(length, found + more), minutes, borders, st.lists(at_due, max_size=1))
blocks: st.SearchStrategy[Block] = st.recursive(
    st.one_of(work, st.builds(Wait, minutes)),
    lambda inner: st.one_of(
        st.builds(Inner, st.lists(inner, min_size=1, max_size=2), borders),
        st.builds(Beside, st.lists(st.lists(inner, min_size=1, max_size=2), min_size=2, max_size=2)),
    ),
    max_leaves=5,
)
processes = st.lists(blocks, min_size=1, max_size=3).map(lambda found: numbered(found))

# What happens next: which act, on which of the things there are, with how many minutes.
DOING = ("wait", "next", "outage", "complete", "extend", "extend_task", "suspend", "stop_clock", "resume", "migrate")
ACTS = st.tuples(st.sampled_from(DOING), st.integers(0, 7), st.integers(1, 400))
SIMPLE = st.tuples(st.sampled_from(("wait", "outage", "complete")), st.integers(0, 7), st.integers(1, 400))
stories = st.lists(ACTS, max_size=14)


def numbered(found: list[Block]) -> list[Block]:
    """Give everything a name and a length of its own."""
    numbers = count()
    for block in every(found):
        number = next(numbers)
        block.name = f"{type(block).__name__.lower()}{number}"
        if isinstance(block, Wait | Work):
            block.length = block.length * MINUTE + (1 << number)
        for border in getattr(block, "borders", []):
            number = next(numbers)
            border.name = f"{block.name}_{number}"
            border.length = block.length if border.at_due else border.length * MINUTE + (1 << number)
            border.further *= MINUTE
    return found


def every(found: list[Block]) -> Iterator[Block]:
    """All blocks, the outer ones first."""
    for block in found:
        yield block
        for inside in [block.inside] if isinstance(block, Inner) else getattr(block, "branches", []):
            yield from every(inside)


def length(ticks: int) -> str:
    """ISO 8601."""
    return f"PT{ticks // MINUTE}M{ticks % MINUTE / 1_000_000:.6f}S"


@dataclass
class Drawing:
    """Draws blocks as BPMN, each with one way in and one way out."""

    elements: list[str] = field(default_factory=list)
    pairs: list[str] = field(default_factory=list)

    def row(self, found: list[Block], source: str, target: str) -> None:
        """Blocks one after the other between two elements."""
        for block in found:
            first, last = self.block(block)
            self.pairs.append(f"{source}>{first}")
            source = last
        self.pairs.append(f"{source}>{target}")

    def block(self, block: Block) -> tuple[str, str]:
        """One block: where it begins and where it ends."""
        name = block.name
        if isinstance(block, Wait):
            waits = timer(length(block.length))
            self.add(f'<intermediateCatchEvent id="{name}" name="{block.label}">{waits}</intermediateCatchEvent>')
            return name, name
        if isinstance(block, Beside):
            self.add(f'<parallelGateway id="{name}"/><parallelGateway id="{name}j"/>')
            for branch in block.branches:
                self.row(branch, name, f"{name}j")
            return name, f"{name}j"
        if isinstance(block, Work):
            due = f'camunda:candidateGroups="g" camunda:dueDate="{length(block.length)}"'
            self.add(f'<userTask id="{name}" name="{block.label}" {due}/>')
        else:
            inside = Drawing([f'<startEvent id="{name}s"/><endEvent id="{name}e"/>'])
            inside.row(block.inside, f"{name}s", f"{name}e")
            self.add(f'<subProcess id="{name}">{"".join(inside.elements)}{flows(*inside.pairs)}</subProcess>')
        self.add(f'<exclusiveGateway id="{name}m"/>')
        self.pairs.append(f"{name}>{name}m")
        for border in block.borders:
            self.border(border, name)
        return name, f"{name}m"

    def border(self, border: Border, host: str) -> None:
        """A timer on the border and where it leads."""
        name, repeats = border.name, border.times != 1
        times = "" if border.times is None else border.times
        what = timer(f"R{times}/{length(border.length)}", "timeCycle") if repeats else timer(length(border.length))
        flag = "" if border.interrupting else ' cancelActivity="false"'
        self.add(f'<boundaryEvent id="{name}" attachedToRef="{host}"{flag}>{what}</boundaryEvent>')
        if border.interrupting:
            self.pairs.append(f"{name}>{host}m")
            return
        self.add(f'<endEvent id="{name}e"/>')
        if border.further:
            self.add(f'<intermediateCatchEvent id="{name}x">{timer(length(border.further))}</intermediateCatchEvent>')
            self.pairs += [f"{name}>{name}x", f"{name}x>{name}e"]
        else:
            self.pairs.append(f"{name}>{name}e")

    def add(self, text: str) -> None:
        """One more element."""
        self.elements.append(text)


def draw(found: list[Block]) -> bytes:
    """The process as a BPMN file."""
    drawing = Drawing(['<startEvent id="start"/><endEvent id="end"/>'])
    drawing.row(found, "start", "end")
    return diagram("".join(drawing.elements) + flows(*drawing.pairs), key="story")
