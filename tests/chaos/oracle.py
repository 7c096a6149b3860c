"""What must be true afterwards, worked out from what people remember and from nothing of the engine's own reasoning."""

import json
import re
from collections import Counter, defaultdict
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from engine.app import App
from engine.bpm.model import Definition, Event, Incident, Instance, Message, Notice, Task, Timer
from tests.chaos.case import ACTS, LIMIT, PAUSE, RUNGS
from tests.chaos.users import Memory

TIMED = (*RUNGS, "pause", "late")


@dataclass
class Found:
    """Everything that is in the tables."""

    cases: list[Instance]
    books: int
    events: dict[str, list[Event]]
    timers: list[Timer]
    tasks: list[Task]
    messages: list[Message]
    notices: list[Notice]
    incidents: list[str]


def look(app: App) -> Found:
    """Read it."""
    with app.reading() as tx:
        both = select(Instance, Definition.key).join(Definition)
        rows = [(instance, key) for instance, key in tx.execute(both)]
        events: dict[str, list[Event]] = defaultdict(list)
        for event in tx.scalars(select(Event).order_by(Event.id)):
            events[event.instance_id].append(event)
        return Found(
            [instance for instance, key in rows if key == "case"],
            sum(key == "book" for _, key in rows),
            events,
            list(tx.scalars(select(Timer))),
            list(tx.scalars(select(Task))),
            list(tx.scalars(select(Message))),
            list(tx.scalars(select(Notice))),
            list(tx.scalars(select(Incident.message))),
        )


def wrong(
    found: Found, memory: Memory, *, now: datetime, calm: datetime, log: str, broken_off: int
) -> list[str]:  # fmt: skip
    """Every broken promise, in words; all that is due by ``now`` was done, and sent what was written by ``calm``.
    ``broken_off``: how many sendings the blows may have broken off.
    """
    said = [*memory.odd, *found.incidents, *_starts(found, memory), *_acts(found, memory)]
    for case in found.cases:
        said += [f"{case.business_key}: {words}" for words in _case(case, found.events[case.id], now)]
    said += _rows(found, now)
    said += _sent(found, log, calm, broken_off)
    said += [line for line in log.splitlines() if "unexpected error" in line or "job failed" in line]
    return said


def _starts(found: Found, memory: Memory) -> Iterator[str]:
    seen = Counter(str(case.business_key) for case in found.cases)
    yield from (f"case lost: {name}" for name in memory.begun - set(seen))
    yield from (f"case from nowhere: {name}" for name in set(seen) - memory.tried)
    yield from (f"case started {count} times: {name}" for name, count in seen.items() if count > 1)


def _acts(found: Found, memory: Memory) -> Iterator[str]:
    told = Counter(
        str(event.task_id)
        for events in found.events.values()
        for event in events
        if event.event == "completed" and event.element in ACTS
    )
    done = {task.id for task in found.tasks if task.status == "completed"}
    yield from (f"act lost: {task}" for task in set(memory.done) - done)
    yield from (f"act confirmed {count} times: {task}" for task, count in memory.done.items() if count > 1)
    yield from (f"act by nobody: {task}" for task in done - set(memory.acts))
    yield from (f"act told {count} times: {task}" for task, count in told.items() if count > 1)
    yield from (f"act told but not done, or the reverse: {task}" for task in set(told) ^ done)


def _case(case: Instance, events: list[Event], now: datetime) -> Iterator[str]:
    """One case: what fired and when; each thing once and begun before it ended; the number of steps."""
    fired = Counter((str(event.element), event.at) for event in events if event.event == "fired")
    ended = {event.element: event.at for event in events if event.event == "completed"}
    begun = {event.element: event.at for event in events if event.event == "entered"}
    due = {(rung, case.started_at + after) for rung, after in RUNGS.items()}
    if "act_1" in ended:
        due.add(("pause", ended["act_1"] + PAUSE))
    if "act_2" in begun and "act_2" not in ended:
        due.add(("late", begun["act_2"] + LIMIT))
    expected = Counter({(rung, at) for rung, at in due if at <= now})
    if "act_2" in ended and ended["act_2"] >= begun["act_2"] + LIMIT:
        yield f"act_2 done at {ended['act_2']}, after its limit"
    if fired != expected:
        yield f"fired {fired - expected} too much, {expected - fired} too little"
    each = Counter((event.event, event.element) for event in events)
    yield from (f"{count} times {what}" for what, count in each.items() if count > 1 and what[1] not in ("join", None))
    yield from (f"{name} ended but never began" for name in ended if name not in begun)
    yield from (f"{name} follows by {ended[name] - begun[name]}" for name in ended if ended[name] < begun[name])
    steps = 1 + sum(act in ended for act in ACTS) + len({at for _, at in fired})
    if case.revision != steps:
        yield f"revision {case.revision} after {steps} steps"


def _rows(found: Found, now: datetime) -> Iterator[str]:
    """Timers, messages and notices, each row of which stands for one thing that happened."""
    rows = Counter((row.instance_id, row.element, row.due_at) for row in found.timers if row.status == "fired")
    told = Counter(
        (name, str(event.element), event.at)
        for name, log in found.events.items()
        for event in log
        if event.event == "fired" and event.element in TIMED
    )
    if rows != told:
        yield f"timers fired but not told: {rows - told}; told but not fired: {told - rows}"
    yield from (f"timer {row.id} is late" for row in found.timers if row.status == "armed" and row.due_at <= now)
    handed = sum(event.event == "thrown" and event.element == "hand" for log in found.events.values() for event in log)
    if not handed == len(found.messages) == found.books:
        yield f"{handed} messages thrown, {len(found.messages)} rows, {found.books} received"
    yield from (f"message {row.id}: {row.receivers} receivers" for row in found.messages if row.receivers != 1)
    written = Counter((row.instance_id, row.subject) for row in found.notices)
    rungs = Counter(
        (name, str(event.element))
        for name, log in found.events.items()
        for event in log
        if event.event == "fired" and event.element in RUNGS
    )
    if written != rungs:
        yield f"notices: {written - rungs} too much, {rungs - written} too little"


def _sent(found: Found, log: str, calm: datetime, broken_off: int) -> Iterator[str]:
    """The console channel writes one line for each sending. Each carries the id, by which a receiver drops repeats:
    then every rung has arrived once. There are no more repeats than sendings that a blow broke off.
    """
    sendings = list(_sendings(log))
    sent, known = Counter(line["id"] for line in sendings), {row.id: row for row in found.notices}
    yield from (f"notice from nowhere: {name}" for name in set(sent) - set(known))
    yield from (f"notice lost: {row.id}" for row in known.values() if row.status == "sent" and not sent[row.id])
    yield from (f"notice {row.status}: {row.id}" for row in known.values() if row.status not in ("sent", "pending"))
    yield from (f"notice waits: {row.id}" for row in known.values() if not row.attempts and row.created_at <= calm)
    claimed = {name: count for name, count in sent.items() if name in known and count > known[name].attempts}
    yield from (f"notice sent {count} times: {name}" for name, count in claimed.items())
    for line in sendings:
        row = known.get(line["id"])
        if row and (line["to"], line["event"]) != (row.recipient, row.subject):
            yield f"notice {row.id} says another thing than its row: {line}"
    arrived = Counter((known[name].instance_id, known[name].subject) for name in sent if name in known)
    yield from (f"rung arrived {count} times: {rung}" for rung, count in arrived.items() if count > 1)
    repeats = sum(row.attempts - 1 for row in known.values() if row.attempts)
    if repeats > broken_off:
        yield f"{repeats} sendings tried again, though at most {broken_off} were broken off"


def _sendings(log: str) -> Iterator[dict[str, str]]:
    """The lines of the console channel; a line that a kill cut short was not sent."""
    for line in log.splitlines():
        if re.search(r'"id": "[0-9a-f]{32}", "to": ', line):
            with suppress(ValueError):
                yield json.loads(line)
