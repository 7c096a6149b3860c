"""Verbs that move what is due: extend or shorten one timer or task, count provisional dates again (C5, C9)."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TypeVar

import structlog
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from engine.app import App
from engine.bpm import queries, reasons, record
from engine.bpm.model import Task, Timer
from engine.bpm.spiff import reschedule
from engine.bpm.spiff.timers import moment
from engine.bpm.spiff.types import Move, NotArmed, Snapshot
from engine.bpm.step import ENGINE, Opened, opened
from engine.bpm.views import View, moment_text, timer_view
from engine.errors import Conflict, Invalid, NotFound, Problem, Unavailable
from engine.said import Said

log = structlog.get_logger()
Key = TypeVar("Key", str, int)
FARTHEST = timedelta(days=36_525)
TABLE_ARRIVED = Said(
    "放假安排已公布，按新的工作日重新计算", "The holidays are published: counted again with the new working days"
)


@dataclass(frozen=True, slots=True)
class Why:
    """By whom a due moment is changed, for which reason and by which rule."""

    by: str
    reason: str
    clause: str | None = None
    put_off: timedelta | None = None  # the whole instance, by the time for which its clock had been stopped


def move_timer(app: App, instance_id: str, timer_id: int, due_at: datetime, why: Why) -> View:
    """Let one armed timer fire at another moment; answers the new timer, the old one stays as ``replaced``.

    Raises Invalid (reason missing, moment not ahead), NotFound, Conflict (fired, cancelled, replaced or suspended).
    """
    now = app.clock()
    due_at = _checked(app, due_at, now, why)
    with app.transaction() as tx, opened(app, tx, instance_id, now) as case:
        row = tx.scalar(select(Timer).where(Timer.id == timer_id, Timer.instance_id == instance_id))
        if row is None:
            raise NotFound("该流程没有这个定时器，可能编号有误。", en="The instance has no such timer.")
        try:
            after, moves = reschedule.move_timer(case.model, case.row.state, row.token, due_at, now, case.world)
        except NotArmed:
            raise _no_longer_armed(app, row) from None
        _apply(case, after, moves, why)
        newest = select(Timer).where(Timer.instance_id == instance_id).order_by(Timer.id.desc()).limit(1)
        return timer_view(tx.scalars(newest).one())


def move_task(app: App, task_id: str, due_at: datetime, why: Why) -> View:
    """Let one open task be due at another moment, its reminders with it; answers the task.

    Raises Invalid (reason missing, moment not ahead), NotFound, Conflict (no longer open, or suspended).
    """
    now = app.clock()
    due_at = _checked(app, due_at, now, why)
    with app.transaction() as tx:
        task = tx.get(Task, task_id)
        if task is None:
            raise NotFound("没有这项任务，可能编号有误。", en="There is no such task.")
        with opened(app, tx, task.instance_id, now) as case:
            tx.refresh(task)
            if task.status != "open":
                raise Conflict(
                    f"该任务已于 {moment_text(task.ended_at, app)} 结束，不能再改期限。",
                    en=f"The task ended at {moment_text(task.ended_at, app)}; its due date cannot be changed.",
                )
            after, moves = reschedule.move_task(case.model, case.row.state, task_id, due_at, now, case.world)
            _apply(case, after, moves, why)
            return queries.one_task(tx, app, task_id)


def move_variable(case: Opened, name: str, due_at: datetime, why: Why) -> None:
    """Set a variable that due dates follow to another moment, in an opened instance; open tasks move with it."""
    after, moves = reschedule.move_variable(case.model, case.row.state, name, due_at, case.now, case.world)
    _apply(case, after, moves, why)


def put_off(case: Opened, span: timedelta, *, by: str, reason: str) -> None:
    """Put off everything armed and due in an instance by the time for which its clock was stopped."""
    after, moves = reschedule.shift(case.model, case.row.state, span, case.now, case.world)
    _apply(case, after, moves, Why(by, f"挂起期间停止计时，按挂起时长顺延：{reason}", put_off=span))


def reproject(app: App) -> int:
    """Count provisional due moments again with the calendar of today, instance by instance; answers how many moved.

    It runs where a holiday table may have arrived: after ``bihuan migrate`` and when a scheduler starts.
    """
    now = app.clock()
    armed = select(Timer.instance_id).where(Timer.provisional, Timer.status == "armed")
    waiting = select(Task.instance_id).where(Task.provisional, Task.status == "open")
    with app.reading() as tx:
        found = sorted(tx.scalars(armed.union(waiting)))
    moved = each(found, lambda instance_id: _reproject_one(app, instance_id, now))
    return moved + sum(count_again(app, now) for count_again in app.projections)


def each(found: Iterable[Key], one: Callable[[Key], int]) -> int:
    """Count again one by one; what fails stays provisional for the next run, and stops nobody else (S5)."""
    moved = 0
    for key in found:
        try:
            moved += one(key)
        except Unavailable:
            raise
        except Exception as error:
            log.error("reproject.failed", key=key, error=repr(error))
    return moved


def _reproject_one(app: App, instance_id: str, now: datetime) -> int:
    with app.transaction() as tx:
        return reproject_in(app, tx, instance_id, now, Why(ENGINE, TABLE_ARRIVED))


def reproject_in(app: App, tx: Session, instance_id: str, now: datetime, why: Why) -> int:
    """Count the provisional due moments of one instance again in a running transaction; answers how many moved."""
    with opened(app, tx, instance_id, now, even_suspended=True) as case:
        after, moves = reschedule.reproject(case.model, case.row.state, now, case.world)
        settled = {timer.id for timer in case.snapshot.timers if timer.provisional}
        settled -= {timer.id for timer in after.timers if timer.provisional}
        if after.state == case.row.state:
            return 0
        _apply(case, after, moves, why)
        tx.execute(update(Timer).where(Timer.token.in_(settled), Timer.status == "armed").values(provisional=False))
        return len(moves)


def _apply(case: Opened, after: Snapshot, moves: Sequence[Move], why: Why) -> None:
    """Write moved due moments: the new rows, why the old ones were replaced, and a line of history for each."""
    now, tx = case.now, case.tx
    case.apply(after, actor=why.by)
    for move in moves:
        if move.timer is not None:
            tx.execute(
                update(Timer)
                .where(Timer.token == move.timer, Timer.due_at == move.before)
                .values(status="replaced", ended_at=now, reason=why.reason, clause=why.clause, changed_by=why.by)
            )
        told = {"from": move.before and move.before.isoformat(), "to": move.after.isoformat(), "reason": why.reason}
        record.note(
            tx, case.row.id, "rescheduled", at=now, recorded_at=case.app.wall(), actor=why.by, move=move,
            detail=told if why.clause is None else {**told, "clause": why.clause},
        )  # fmt: skip
    for notify in case.app.moved:
        notify(case, moves, why)


def _checked(app: App, due_at: datetime, now: datetime, why: Why) -> datetime:
    reasons.require(why.reason)
    due_at = moment(due_at, app.zone)
    if not now < due_at <= now + FARTHEST:
        problem = Problem(field="due_at", rule="range", message="请填将来的时刻。", en="A moment ahead is needed.")
        raise Invalid(
            f"新的期限要晚于现在（{moment_text(now, app)}），且不超过一百年。",
            en=f"The new moment must lie after now ({moment_text(now, app)}) and within a hundred years.",
            problems=[problem],
        )
    return due_at


def _no_longer_armed(app: App, row: Timer) -> Conflict:
    word = {"fired": ("触发", "fired"), "replaced": ("变更", "was replaced")}.get(row.status, ("取消", "was cancelled"))
    at = moment_text(row.ended_at, app)
    return Conflict(
        f"该定时器已于 {at} {word[0]}，不能再改期限。", en=f"The timer {word[1]} at {at}; it cannot be moved any more."
    )
