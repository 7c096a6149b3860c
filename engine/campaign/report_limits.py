"""The limits on our own side of a report: each explains its date; a changed one is a new row, the old stays."""

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine.app import App
from engine.campaign.clock_file import MARK
from engine.campaign.deadlines import MET, MISSED, OPEN, REPLACED, last_day
from engine.campaign.report_model import ReportLimit
from engine.errors import Conflict

VERIFY, ANSWER = "核查", "答复"


@dataclass(frozen=True, slots=True)
class LimitView:
    """A limit as it is shown; ``trace`` is the count in words."""

    kind: str
    start_at: datetime
    due_at: datetime
    due_date: date
    clause: str
    trace: list[str]
    provisional: bool
    state: str
    ended_at: datetime | None
    reason: str


def limits_of(tx: Session, report: str) -> list[LimitView]:
    """All limits of a report, the replaced ones included, oldest first."""
    rows = tx.scalars(select(ReportLimit).where(ReportLimit.report == report).order_by(ReportLimit.id))
    return [
        LimitView(
            row.kind, row.start_at, row.due_at, row.due_on, row.clause, row.trace, row.provisional,
            row.state, row.ended_at, row.reason,
        )
        for row in rows
    ]  # fmt: skip


def open_in(
    tx: Session, app: App, report: str, kind: str, *, start_at: datetime, n: int, unit: str, roll: str, clause: str
) -> ReportLimit:
    """Set a limit, counted by the calendar of today."""
    count = app.calendar.count(start_at, n, unit, roll, app.zone)
    trace = [*count.trace, f"依据：{clause}", *([] if MARK in clause else [MARK])]
    row = ReportLimit(
        report=report, kind=kind, start_at=start_at, n=n, unit=unit, roll=roll, due_at=count.due_at,
        due_on=last_day(count.due_at, app), clause=clause, trace=trace, provisional=count.provisional, state=OPEN,
    )  # fmt: skip
    tx.add(row)
    tx.flush()
    return row


def extend_in(tx: Session, app: App, report: str, kind: str, *, more: int, reason: str, now: datetime) -> None:
    """Replace the open limit by one with ``more`` units from the same start. Raises Conflict without one."""
    old = _open_one(tx, report, kind)
    if old is None:
        raise Conflict(f"举报 {report} 没有进行中的“{kind}”时限，不能延长。", en=f"Report {report} has no open limit.")
    old.state, old.ended_at, old.reason = REPLACED, now, reason
    open_in(
        tx, app, report, kind, start_at=old.start_at, n=old.n + more, unit=old.unit, roll=old.roll, clause=old.clause
    )


def close_in(tx: Session, report: str, kind: str, now: datetime) -> None:
    """End the open limit of this kind: met, or missed when late."""
    row = _open_one(tx, report, kind)
    if row is not None:
        row.state, row.ended_at = (MET if now < row.due_at else MISSED), now


def _open_one(tx: Session, report: str, kind: str) -> ReportLimit | None:
    query = select(ReportLimit).where(ReportLimit.report == report, ReportLimit.kind == kind, ReportLimit.state == OPEN)
    return tx.scalars(query.order_by(ReportLimit.id.desc()).limit(1)).one_or_none()
