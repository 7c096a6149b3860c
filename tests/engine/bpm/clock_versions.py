"""Other versions of a random process: a step more or less, another id, name or length, a deadline more or less.

A version is made in place, so that what is under way goes on in it, and can be taken back.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from engine.bpm.spiff.translation import Plan
from tests.engine.bpm.clock_story import MINUTE, Beside, Block, Border, Inner, Wait, Work, draw, every

KINDS = ("step", "gone", "border", "borderless", "length", "name", "id", "same")


@dataclass
class Version:
    """What differs: old id → new one, the deadline that a block has got, the block that is gone; ``back`` undoes it."""

    back: Callable[[], object] = lambda: None
    mapping: dict[str, str] = field(default_factory=dict)
    added: tuple[Block, Border] | None = None
    gone: Block | None = None


def another(process: list[Block], kind: str, span: int) -> Version:
    """Change one thing of the process; where there is nothing to change it says the same again."""
    found = list(every(process))
    names = [one.name for block in found for one in (block, *getattr(block, "borders", []))]
    number = 1 + max(int(digits) for name in names for digits in re.findall(r"\d+", name))
    length = span * MINUTE + (1 << number)
    rows = list(_rows(process))
    works = [block for block in found if isinstance(block, Wait | Work)]
    hosts = [block for block in found if isinstance(block, Work | Inner)]
    if kind == "step":
        row = rows[span % len(rows)]
        block = Work(length, [], f"work{number}") if span % 2 else Wait(length, f"wait{number}")
        row.insert(span // 2 % (len(row) + 1), block)
        return Version(lambda: row.remove(block))
    if kind == "gone" and (long := [row for row in rows if len(row) > 1]):
        row = long[span % len(long)]
        place = span // 2 % len(row)
        block = row.pop(place)
        return Version(lambda: row.insert(place, block), gone=block)
    if kind == "border" and hosts:
        host = hosts[span % len(hosts)]
        border = Border(length, bool(span % 2), name=f"{host.name}_{number}")
        host.borders.append(border)
        return Version(lambda: host.borders.remove(border), added=(host, border))
    if kind == "borderless" and (hosts := [host for host in hosts if host.borders]):
        host = hosts[span % len(hosts)]
        kept, host.borders = host.borders, host.borders[1:]
        return Version(lambda: setattr(host, "borders", kept))
    if kind == "length":
        timed = [*works, *(border for host in hosts for border in host.borders if not border.at_due)]
        return _set(timed[span % len(timed)], "length", length) if timed else Version()
    if works and kind == "name":
        return _set(works[span % len(works)], "label", f"第{number}版")
    if works and kind == "id":
        block = works[span % len(works)]
        new = f"{type(block).__name__.lower()}{number}"
        mapping = {block.name: new} | ({f"{block.name}m": f"{new}m"} if isinstance(block, Work) else {})
        return Version(_set(block, "name", new).back, mapping)
    return Version()


def ends(process: list[Block]) -> dict[str, list[str]]:
    """For each join the elements by which its branches come."""
    return {
        f"{block.name}j": [last(branch[-1]) for branch in block.branches]
        for block in every(process)
        if isinstance(block, Beside)
    }


def last(block: Block) -> str:
    """The element at which a block ends, as it is drawn."""
    return block.name + ("" if isinstance(block, Wait) else "j" if isinstance(block, Beside) else "m")


def within(block: Block | None) -> set[str]:
    """The elements inside the sub-processes of a block: where one of these is gone, it is named for all in it."""
    inner = [found for found in every([block] if block else []) if isinstance(found, Inner)]
    return set().union(*(elements(found.inside) for found in inner))


def elements(process: list[Block]) -> set[str]:
    """The ids of all elements of a process."""
    return set(re.findall(r'\bid="(\w+)"', draw(process).decode()))


def plan(version: Version, span: int) -> Plan:
    """How to move: whether to listen for what is new, and to give up what is gone, is drawn with the span."""
    return Plan(version.mapping, arm_new=bool(span & 2), drop_gone=bool(span & 4))


def _rows(process: list[Block]) -> Iterator[list[Block]]:
    yield process
    for block in every(process):
        if isinstance(block, Inner):
            yield block.inside
        elif isinstance(block, Beside):
            yield from block.branches


def _set(what: Block | Border, name: str, value: object) -> Version:
    before = getattr(what, name)
    setattr(what, name, value)
    return Version(lambda: setattr(what, name, before))
