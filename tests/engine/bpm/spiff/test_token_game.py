"""Random, unstructured models against an independent token game: the same tasks are open after every act."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Iterator

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from engine.bpm.spiff import parse
from tests.engine.bpm.spiff.kit import Case, boundary, bpmn, el, event, flow, sub

ROUNDS = 12
MANY = 200  # tokens: a model that multiplies them is left alone from here on


class Drawn:
    """A graph of user tasks, sub-processes around one, exclusive and parallel gateways; only tasks lead back."""

    def __init__(self, chance: random.Random) -> None:
        size = chance.randint(3, 12)
        kinds = ["task", "task", "sub", "watched", "and", "xor", "task"]
        self.kinds = ["task", *(chance.choice(kinds) for _ in range(size - 1))]
        self.ways: list[list[int]] = []
        self.escapes: dict[int, tuple[int, bool]] = {}  # task → where its boundary event leads, and does it interrupt
        for number, kind in enumerate(self.kinds):
            ahead = list(range(number + 1, size + 1))  # the last one is the end event
            reach = ahead if kind in ("and", "xor") else list(range(size + 1))
            count = min(len(reach), chance.choice([1, 2, 3]) if kind in ("and", "xor") else chance.choice([1, 1, 1, 2]))
            self.ways.append(chance.sample(reach, count))
            if kind == "watched":
                self.escapes[number] = (chance.choice(reach), chance.random() < 0.6)
        self.end = size

    def name(self, number: int) -> str:
        return "e" if number == self.end else f"n{number}"

    def files(self) -> dict[str, bytes]:
        content, roots = el("startEvent", "s") + el("endEvent", "e") + flow("s->n0"), ""
        for number, kind in enumerate(self.kinds):
            name = f"n{number}"
            inner = el("startEvent", f"{name}s") + el("userTask", f"t{number}") + flow(f"{name}s->t{number}")
            tag = {"and": "parallelGateway", "xor": "exclusiveGateway"}.get(kind, "userTask")
            more = {"default": f"{name}_{self.name(self.ways[number][-1])}"} if kind == "xor" else {}
            content += sub(name, inner) if kind in ("sub", "watched") else el(tag, name, **more)
            for index, target in enumerate(self.ways[number]):
                last = index == len(self.ways[number]) - 1
                content += flow(f"{name}->" + (f"[k == {index}] " if kind == "xor" and not last else "") + self.name(target))
            if number in self.escapes:
                target, interrupts = self.escapes[number]
                roots += f'<bpmn:signal id="s{number}" name="s{number}"/>'
                content += boundary(f"b{number}", name, event("signal", f"s{number}"), interrupting=interrupts)
                content += flow(f"b{number}->{self.name(target)}")
        return bpmn(content, roots=roots)


class Game:
    """BPMN's token rules in thirty lines: where tokens wait, and nothing else."""

    def __init__(self, drawn: Drawn) -> None:
        self.drawn, self.open, self.waiting = drawn, Counter[int](), Counter[tuple[int, int]]()
        self.sources: dict[int, set[int]] = {}
        for number, ways in enumerate(drawn.ways):
            for target in ways:
                self.sources.setdefault(target, set()).add(number)
        for number, (target, _) in drawn.escapes.items():
            self.sources.setdefault(target, set()).add(-1 - number)
        self.arrive(0, MANY, 0)  # the start event is one more way into the first task

    def arrive(self, number: int, source: int, k: int) -> None:
        if number == self.drawn.end:
            return
        kind, ways = self.drawn.kinds[number], self.drawn.ways[number]
        if kind == "xor":
            self.arrive(ways[k] if k < len(ways) else ways[-1], number, k)
        elif kind == "and":
            self.waiting[number, source] += 1
            if all(self.waiting[number, came] for came in self.sources[number]):
                for came in self.sources[number]:
                    self.waiting[number, came] -= 1
                self.leave(number, k)
        else:
            self.open[number] += 1

    def leave(self, number: int, k: int) -> None:
        for target in self.drawn.ways[number]:
            self.arrive(target, number, k)

    def complete(self, number: int, k: int) -> None:
        self.open[number] -= 1
        self.leave(number, k)

    def escape(self, number: int, k: int) -> None:
        target, interrupts = self.drawn.escapes[number]
        self.open[number] -= interrupts
        self.arrive(target, -1 - number, k)

    def over(self) -> bool:
        return not +self.open and not +self.waiting


def acts(game: Game) -> Iterator[tuple[str, int]]:
    for number, count in game.open.items():
        if count:
            yield "complete", number
            if number in game.drawn.escapes:
                yield "escape", number


@settings(max_examples=120, deadline=None, suppress_health_check=list(HealthCheck), derandomize=True)
@given(seed=st.integers(0, 1_000_000))
def test_the_same_tasks_are_open_as_in_an_independent_token_game(seed: int) -> None:
    chance = random.Random(seed)
    drawn = Drawn(chance)
    case, game, k = Case(parse(drawn.files()), {"k": 0}), Game(drawn), 0
    for _ in range(ROUNDS):
        expected = Counter({f"{'n' if drawn.kinds[n] == 'task' else 't'}{n}": count for n, count in game.open.items()})
        assert Counter(case.open) == +expected
        assert (case.at.status == "completed") == game.over()
        possible = sorted(acts(game))
        if not possible or game.open.total() > MANY:
            return
        act, number = chance.choice(possible)
        if act == "complete":
            k = chance.randint(0, 2)
            case.do(f"{'n' if drawn.kinds[number] == 'task' else 't'}{number}", k=k)
            game.complete(number, k)
        else:
            case.tell(f"s{number}")
            game.escape(number, k)
