"""Open one instance for one command: lock, catch up with the clock, let the act happen, write once (rules S1, C3)."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import bindparam, select, update
from sqlalchemy.orm import Session

from engine.app import KEPT, App
from engine.bpm import reasons, record
from engine.bpm.model import Definition, Instance
from engine.bpm.spiff import Model, run
from engine.bpm.spiff.types import OperatorCall, Snapshot
from engine.bpm.viewer import Behalf
from engine.errors import Conflict, Invalid, NotFound
from engine.outage import translated
from engine.said import Said
from engine.sql import Statement

ENGINE = "engine"  # the actor of what happens by itself
ACTOR = "actor"  # session.info: who acts, for operators that write it down; absent while timers fire


class Standing(NamedTuple):
    """The row of an instance that is locked; ``variables`` come from its state."""

    id: str
    definition_id: str
    business_key: str | None
    status: str
    revision: int
    state: bytes
    started_by: str
    ended_at: datetime | None
    suspended_at: datetime | None
    suspended_by: str | None
    clock_stopped: bool
    variables: Mapping[str, Any] = {}


class Named(NamedTuple):
    """What of a definition never changes."""

    key: str
    name: str
    version: int
    bundle_hash: str


STANDING = [getattr(Instance, name) for name in Standing._fields if name != "variables"]
_LOCKED = Statement(select(*STANDING).where(Instance.id == bindparam("instance_id")).with_for_update())
_NAMED = Statement(
    select(*(getattr(Definition, name) for name in Named._fields)).where(Definition.id == bindparam("definition_id"))
)


class StepWorld:
    """What a running instance may reach inside a step: functions, the calendar, operators in this transaction."""

    shelf = None  # what it does is stored

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
        with translated(), self._tx.begin_nested():
            answered = operator.run(self._app, self._tx, replace(call, instance_id=self._instance_id), parameters)
        english = {f"{name}_en": value.en for name, value in answered.items() if isinstance(value, Said)}
        return {**answered, **english}


@dataclass
class Opened:
    """An instance in the hands of one command. ``snapshot`` is where it stands now."""

    app: App
    tx: Session
    row: Standing
    definition: Named
    model: Model
    now: datetime
    snapshot: Snapshot
    behalf: Behalf | None = None  # the command is a standing substitute's, see task_step.py

    @property
    def stands_for(self) -> str | None:
        """The absent person for whom this command acts."""
        return self.behalf and self.behalf.person

    @property
    def world(self) -> StepWorld:
        """The outside for the next step of this instance."""
        return StepWorld(self.app, self.tx, self.row.id)

    def apply(self, after: Snapshot, *, actor: str, at: datetime | None = None) -> None:
        """Write the step's result as rows and make it the present; ``at`` is where the step's clock stood."""
        values = record.write(
            self.tx, self.row.id, self.snapshot, after,
            revision=self.row.revision, now=at or self.now, recorded_at=self.app.wall(), actor=actor,
            behalf=self.behalf,
        )  # fmt: skip
        before, self.snapshot = self.snapshot, after
        self.row = self.row._replace(**values)
        for notify in self.app.stepped:
            notify(self, before, after, at or self.now)

    def change(self, **columns: Any) -> None:
        """Change columns of the instance's row that are no part of its state, such as who suspended it."""
        self.tx.execute(update(Instance).where(Instance.id == self.row.id).values(**columns))
        self.row = self.row._replace(**columns)


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
    with caught_up(case, even_suspended=even_suspended, coalesce_until=coalesce_until):
        yield case


@contextmanager
def caught_up(case: Opened, *, even_suspended: bool = False, coalesce_until: datetime | None = None) -> Iterator[None]:
    """The second half of ``opened``, for a caller that locked the instance together with something else."""
    if case.row.suspended_at is not None and not even_suspended:
        why, by = reasons.of_suspension(case.tx, case.row.id), case.row.suspended_by
        raise Conflict(
            f"该流程已由 {by} 挂起（原因：{why}），恢复后才能办理。",
            en=f"This instance was suspended by {by} ({why}); resume it first.",
        )
    if case.row.suspended_at is None and catch_up(case, case.now, coalesce_until or case.now):
        case.tx.info[KEPT] = True
        with case.tx.begin_nested():
            yield
    else:
        yield


def load(app: App, tx: Session, instance_id: str, now: datetime) -> Opened:
    """Lock the instance's row and read where it stands, without moving it."""
    found = _LOCKED.first(tx, instance_id=instance_id)
    if found is None:
        raise NotFound("没有这个流程实例，可能编号有误。", en="There is no such instance.")
    return at_hand(app, tx, Standing(*found), now)


def at_hand(app: App, tx: Session, row: Standing, now: datetime) -> Opened:
    """An instance whose row is locked already."""
    definition = named(app, tx, row.definition_id)
    model = app.model(definition.bundle_hash, definition.key)
    snapshot = run.inspect(model, row.state)
    return Opened(app, tx, row._replace(variables=snapshot.variables), definition, model, now, snapshot)


def named(app: App, tx: Session, definition_id: str) -> Named:
    """The definition's key, name, version and files: looked up once per process, for they never change."""
    known = app.named.get(definition_id)
    if known is None:
        known = app.named[definition_id] = Named._make(_NAMED.rows(tx, definition_id=definition_id)[0])
    return known


def catch_up(case: Opened, until: datetime, coalesce_until: datetime) -> bool:
    """Fire every timer due by ``until``, one due moment after the other; answers whether any was due (C2–C4)."""
    fired = False
    while due := [timer.due_at for timer in case.snapshot.timers if timer.due_at <= until]:
        moment = min(due)
        after = run.advance(case.model, case.row.state, moment, case.world, coalesce_until=coalesce_until)
        case.apply(after, actor=ENGINE, at=moment)
        fired = True
    return fired
