"""Clock rules C2–C4 and C8 against an oracle of thirty lines: random ladders of timers, random acts, random outages."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import ClassVar
from zoneinfo import ZoneInfo

from hypothesis import given, settings
from hypothesis import strategies as st

from engine.bpm.spiff import parse, run
from engine.bpm.spiff.types import OperatorCall, Snapshot, TaskNotOpen
from engine.calendar import Calendar
from tests.engine.bpm.diagrams import diagram, flows, timer

START = datetime(2026, 9, 24, 1, 0, tzinfo=UTC)


class World:
    functions: ClassVar[dict[str, object]] = {}
    calendar = Calendar.default()
    zone = ZoneInfo("Asia/Shanghai")

    def operator(self, call: OperatorCall) -> dict[str, object]:
        raise AssertionError(call)


@dataclass(frozen=True)
class Rung:
    """A boundary timer after ``due`` minutes; not interrupting, it arms a second rung ``further`` minutes on."""

    due: int
    interrupting: bool
    further: int


rungs = st.lists(st.builds(Rung, st.integers(1, 300), st.booleans(), st.integers(1, 300)), max_size=3)
ladders = st.lists(rungs, min_size=1, max_size=4)  # one task after the other, each with its rungs
acts = st.lists(st.tuples(st.sampled_from(["wait", "outage", "complete"]), st.integers(0, 400)), max_size=12)


def case(ladder: list[list[Rung]]) -> bytes:
    body, joined, last = ['<startEvent id="s"/><endEvent id="e"/>'], [], "s"
    for number, boundary in enumerate(ladder):
        task = f"t{number}"
        body.append(f'<userTask id="{task}"/>')
        joined.append(f"{last}>{task}")
        last = task
        for place, rung in enumerate(boundary):
            name = f"{task}b{place}"
            flag = "" if rung.interrupting else ' cancelActivity="false"'
            body.append(
                f'<boundaryEvent id="{name}" attachedToRef="{task}"{flag}>{timer(f"PT{rung.due}M")}</boundaryEvent>'
            )
            body.append(f'<intermediateCatchEvent id="{name}x">{timer(f"PT{rung.further}M")}</intermediateCatchEvent>')
            body.append(f'<endEvent id="{name}e"/>')
            joined += [f"{name}>{name}x", f"{name}x>{name}e"]
    return diagram("".join(body) + flows(*joined, f"{last}>e"))


def expected(ladder: list[list[Rung]], done: list[tuple[str, int]]) -> tuple[list[tuple[int, str]], str | None]:
    """What must have fired and when (minutes from the start), and which task must be open at the end."""
    fired: list[tuple[int, str]] = []
    now, seen, task, armed = 0, 0, 0, 0  # `seen`: up to when the engine has looked

    def look(until: int) -> None:
        nonlocal task, seen
        seen = until
        if task < 0 or task >= len(ladder):
            return
        hits = [(armed + rung.due, place, rung) for place, rung in enumerate(ladder[task]) if armed + rung.due <= until]
        ending = min((at for at, _, rung in hits if rung.interrupting), default=None)
        for at, place, rung in hits:
            name = f"t{task}b{place}"
            if (ending is None or at <= ending) and (at, name) not in fired:
                fired.append((at, name))
                fired.append((at + rung.further, f"{name}x"))
        if ending is not None:
            task = -1  # interrupted: the ladder ends here

    for act, minutes in done:
        if act != "complete":
            now += minutes
            if act == "wait":
                look(now)
        else:
            look(now)
            if 0 <= task < len(ladder):
                task, armed = task + 1, now
    open_task = f"t{task}" if 0 <= task < len(ladder) else None
    return sorted(entry for entry in fired if entry[0] <= seen), open_task


def tied(ladder: list[list[Rung]]) -> bool:
    """Two boundary timers of one task due at the same moment: their order is not promised."""
    return any(len({rung.due for rung in boundary}) < len(boundary) for boundary in ladder)


@settings(max_examples=150, deadline=None)
@given(ladder=ladders.filter(lambda found: not tied(found)), done=acts)
def test_every_rung_fires_at_its_own_moment_whatever_happens(
    ladder: list[list[Rung]], done: list[tuple[str, int]]
) -> None:
    model, world, now = parse({"case.bpmn": case(ladder)}), World(), START
    at = run.start(model, {}, now, world)
    story = list(at.trace)

    def step(after: Snapshot) -> Snapshot:
        story.extend(after.trace)
        return after

    for act, minutes in done:
        if act == "complete":
            at = step(run.advance(model, at.state, now, world))
            current = [task.id for task in at.tasks]
            if current:
                try:
                    at = step(run.complete(model, at.state, current[0], {}, now, world))
                except TaskNotOpen:
                    raise AssertionError("an open task could not be completed") from None
        else:
            now += timedelta(minutes=minutes)
            if act == "wait":
                at = step(run.advance(model, at.state, now, world))
    fired = [((entry.at - START) // timedelta(minutes=1), entry.element) for entry in story if entry.event == "fired"]
    wanted, open_task = expected(ladder, done)
    assert sorted(fired) == wanted
    assert [moment for moment, _ in fired] == sorted(moment for moment, _ in fired)
    assert [task.element for task in at.tasks] == ([open_task] if open_task else [])
    assert all(armed.due_at > at_seen(done) for armed in at.timers)


def at_seen(done: list[tuple[str, int]]) -> datetime:
    """The last moment at which the engine looked."""
    now = seen = 0
    for act, minutes in done:
        now += minutes if act != "complete" else 0
        seen = now if act != "outage" else seen
    return START + timedelta(minutes=seen)
