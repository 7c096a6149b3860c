"""Open one instance for one command: lock, catch up with the clock, let the act happen, write once (rules S1, C3)."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from engine.app import KEPT, App
from engine.bpm import record
from engine.bpm.model import Definition, Instance
from engine.bpm.spiff import Model, run
from engine.bpm.spiff.types import OperatorCall, Snapshot
from engine.errors import Conflict, Invalid, NotFound

ENGINE = "engine"  # the actor of what happens by itself
ACTOR = "actor"  # session.info: who acts, for operators that write it down; absent while timers fire
_LOCKED = (
    select(Instance, Definition)
    .join(Definition)
    .where(Instance.id == bindparam("instance_id"))
    .with_for_update(of=Instance)
    .execution_options(populate_existing=True)
)


class StepWorld:
    """What a running instance may reach inside a step: functions, the calendar, operators in this transaction."""

    def __init__(self, app: App, tx: Session, instance_id: str) -> None:
        self.functions: Mapping[str, Callable[..., Any]] = app.functions
        self.calendar = app.calendar
        self.zone = app.zone
        self._app, self._tx, self._instance_id = app, tx, instance_id

    def operator(self, call: OperatorCall) -> Mapping[str, Any]:
        """Run the operator in a savepoint: one that fails leaves nothing behind, and the step becomes an incident."""
        operator = self._app.operators.get(call.topic)
        if operator is None:
            raise Invalid(
                f"没有名为“{call.topic}”的操作，请在流程图中改用已登记的操作。",
                en=f"There is no operator {call.topic}; choose a registered one in the diagram.",
            )
        parameters = operator.parameters(call.parameters)
        with self._tx.begin_nested():
            return operator.run(self._app, self._tx, replace(call, instance_id=self._instance_id), parameters)


@dataclass
class Opened:
    """An instance in the hands of one command. ``snapshot`` is where it stands now."""

    app: App
    tx: Session
    row: Instance
    model: Model
    now: datetime
    snapshot: Snapshot

    @property
    def world(self) -> StepWorld:
        """The outside for the next step of this instance."""
        return StepWorld(self.app, self.tx, self.row.id)

    def apply(self, after: Snapshot, *, actor: str, at: datetime | None = None) -> None:
        """Write the step's result as rows and make it the present; ``at`` is where the step's clock stood."""
        moment = at or self.now
        record.write(self.tx, self.row, self.snapshot, after, now=moment, recorded_at=self.app.wall(), actor=actor)
        self.snapshot = after


@contextmanager
def opened(
    app: App,
    tx: Session,
    instance_id: str,
    now: datetime,
    *,
    even_suspended: bool = False,
    coalesce_until: datetime | None = None,
) -> Iterator[Opened]:
    """Lock the instance and fire everything due by ``now``; what the body writes after that is undone if it refuses.

    ``coalesce_until`` is the end of an outage that is being gone through moment by moment (C8), default ``now``.
    Raises NotFound, and Conflict for a suspended instance unless ``even_suspended``.
    """
    case = load(app, tx, instance_id, now)
    if case.row.suspended_at is not None and not even_suspended:
        raise Conflict(
            f"该流程已由 {case.row.suspended_by} 挂起，恢复后才能办理。",
            en=f"This instance was suspended by {case.row.suspended_by}; resume it first.",
        )
    if case.row.suspended_at is None and catch_up(case, now, coalesce_until or now):
        tx.info[KEPT] = True
        with tx.begin_nested():
            yield case
    else:
        yield case


def load(app: App, tx: Session, instance_id: str, now: datetime) -> Opened:
    """Lock the instance's row and read where it stands, without moving it."""
    found = tx.execute(_LOCKED, {"instance_id": instance_id}).one_or_none()
    if found is None:
        raise NotFound("没有这个流程实例，可能编号有误。", en="There is no such instance.")
    row, definition = found
    model = app.model(definition.bundle_hash, definition.key)
    return Opened(app, tx, row, model, now, run.inspect(model, row.state))


def catch_up(case: Opened, until: datetime, coalesce_until: datetime) -> bool:
    """Fire every timer due by ``until``, one due moment after the other; answers whether any was due (C2–C4)."""
    fired = False
    while due := [timer.due_at for timer in case.snapshot.timers if timer.due_at <= until]:
        moment = min(due)
        after = run.advance(case.model, case.row.state, moment, case.world, coalesce_until=coalesce_until)
        case.apply(after, actor=ENGINE, at=moment)
        fired = True
    return fired
