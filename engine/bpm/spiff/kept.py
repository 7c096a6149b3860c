"""Instances at rest, kept in memory so that the next step need not load them: a memo of `load` and `snapshot`.

An instance is found by the very bytes that were stored of it, never by its id. What another process wrote, what was
rolled back, migrated, repaired or restored has other bytes and is simply not found: nothing has to be invalidated.
Whoever takes an instance has it alone, and one whose step failed never comes back. ADR 0007.
"""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import replace
from datetime import UTC, datetime
from threading import Lock

from engine.bpm.spiff.instance import Instance
from engine.bpm.spiff.model import Model
from engine.bpm.spiff.snapshot import is_small, snapshot
from engine.bpm.spiff.state import load, wake
from engine.bpm.spiff.types import Snapshot, World

NEVER = datetime(1, 1, 1, tzinfo=UTC)  # the clock of an instance that is only looked at
MOST = 1_000  # instances
MOST_BYTES = 8_000_000  # of stored state; in memory an instance takes about ten times as much


class Kept:
    """Up to so many instances with so many bytes of state; the one unused for longest goes first."""

    def __init__(self, most: int = MOST, most_bytes: int = MOST_BYTES) -> None:
        self.most, self.most_bytes = most, most_bytes
        self._found: OrderedDict[bytes, tuple[Instance, Snapshot]] = OrderedDict()
        self._bytes = 0
        self._lock = Lock()

    def put(self, instance: Instance, at_rest: Snapshot) -> None:
        """Keep an instance that nobody works on any more."""
        instance.leave()
        with self._lock:
            self._drop(at_rest.state)
            self._found[at_rest.state] = (instance, at_rest)
            self._bytes += len(at_rest.state)
            while len(self._found) > self.most or self._bytes > self.most_bytes:
                self._drop(next(iter(self._found)))

    def take(self, model: Model, state: bytes) -> Instance | None:
        """The instance with this state, which is then nobody else's."""
        with self._lock:
            found = self._drop(state)
        return found[0] if found is not None and found[0].model is model else None

    def look(self, model: Model, state: bytes) -> Snapshot | None:
        """Where the instance with this state stands."""
        with self._lock:
            found = self._found.get(state)
        return found[1] if found is not None and found[0].model is model else None

    def clear(self) -> None:
        """Forget all of them."""
        with self._lock:
            self._found.clear()
            self._bytes = 0

    def _drop(self, state: bytes) -> tuple[Instance, Snapshot] | None:
        found = self._found.pop(state, None)
        if found is not None:
            self._bytes -= len(state)
        return found


KEPT = Kept()


class Shelf:
    """Where the instances of a world that is never stored stand between steps, each under a name that is its state.

    Nothing is written out and read again, so that a play costs less. Whoever takes an instance has it alone, and after
    a step that failed there is none to go on from.
    """

    def __init__(self) -> None:
        self._standing: dict[bytes, Instance] = {}
        self._count = 0

    def put(self, instance: Instance) -> Snapshot:
        """The end of a step."""
        self._count += 1
        after = snapshot(instance, b"@%d" % self._count)
        if not instance.closed:
            instance.leave()
            self._standing[after.state] = instance
        return after

    def take(self, state: bytes) -> Instance | None:
        """The instance with this state, which is then nobody else's."""
        return self._standing.pop(state, None)


def opened(model: Model, state: bytes, now: datetime, world: World) -> Instance:
    """The instance as it stood, for one step in this world."""
    instance = None if world.shelf is None else world.shelf.take(state)
    instance = instance or KEPT.take(model, state)
    if instance is None:
        return load(model, state, now, world)
    wake(instance, now, world)
    return instance


def at_rest(instance: Instance) -> Snapshot:
    """The end of a step: where the instance stands and what the step did."""
    if instance.world is not None and instance.world.shelf is not None and is_small(instance):
        return instance.world.shelf.put(instance)
    after = snapshot(instance)
    failures = tuple(replace(failure, cause=None) for failure in after.failures)
    KEPT.put(instance, Snapshot(
        after.state, after.status, after.variables, after.tasks, after.timers, after.waiting, failures=failures
    ))  # fmt: skip
    return after


def inspect(model: Model, state: bytes) -> Snapshot:
    """Where an instance stands, without moving it."""
    return KEPT.look(model, state) or at_rest(load(model, state, NEVER, None))
