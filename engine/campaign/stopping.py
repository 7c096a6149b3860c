"""A person stops the clock of one deadline, lets it go on, or sets another date: with the reason, the clause and the
evidence. While it stands still nothing is reminded of and nothing escalates; afterwards the rest is counted.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import ColumnElement, or_, select
from sqlalchemy.orm import Session

from engine.app import App
from engine.bpm import record
from engine.bpm.rescheduling import Why
from engine.bpm.step import Opened, opened
from engine.bpm.viewer import Viewer
from engine.campaign import (
    authority,
    citizen_reports,
    clock_kinds,
    deadlines,
    extension_rules,
    moving,
    scope,
    shown_dates,
    started_clocks,
)
from engine.campaign.case_model import Deadline, Evidence, Finding, Hazard
from engine.campaign.deadline_views import DeadlineView, view
from engine.campaign.english import word
from engine.campaign.report_model import CitizenReport
from engine.errors import Conflict, Invalid, NotFound
from engine.said import Said, english


@dataclass(frozen=True, slots=True)
class Ground:
    """Why a date is changed: ``evidence`` names the paper (such as the notice of a test period, T21), ``files`` are
    files of the hazard.
    """

    reason: str
    clause: str
    evidence: str
    files: Sequence[str] = ()


def suspend(app: App, id: int, ground: Ground, *, viewer: Viewer) -> DeadlineView:
    """Stop the clock of an open deadline that has not passed. Raises NotFound, NotAllowed, Invalid, Conflict."""
    with _held(app, id, viewer, "deadline.stop") as (case, row):
        stop_in(case, row, ground, by=viewer.name)
        return view(row)


def resume(app: App, id: int, ground: Ground, *, viewer: Viewer) -> DeadlineView:
    """Count the rest of a stopped deadline from today on; answers the new one. Raises NotFound, NotAllowed, Conflict,
    Invalid (files of another hazard).
    """
    with _held(app, id, viewer, "deadline.stop") as (case, row):
        return view(run_on_in(case, row, ground, by=viewer.name))


def stop_in(case: Opened, row: Deadline, ground: Ground, *, by: str) -> None:
    """The same inside a command that holds the case. Raises Conflict, Invalid."""
    _in_state(row, deadlines.OPEN)
    if case.now >= row.due_at:
        raise Conflict(
            f"“{row.kind}”时限已于 {row.due_on.isoformat()} 届满，不能再中止。",
            en=f"The deadline passed on {row.due_on}; its clock cannot be stopped any more.",
        )
    if row.unit == "wh":
        raise Conflict("按工作小时计算的时限不能中止。", en="A limit of working hours is not stopped.")
    rule = deadlines.rule_of(case.app, row.clock, row.start_at)
    if rule is not None and rule.before:
        raise Conflict(
            "须在某日以前办理的时限随那一日计算，不能中止。", en="What must be done before a day is not stopped."
        )
    shown_dates.by_hand(case.tx, row)
    deadlines.suspend_in(case.tx, row, case.now, reason=ground.reason, actor=by)
    moving.tell(case, row, row.due_at, None, Why(by, ground.reason, ground.clause))
    told = Said(
        f"“{row.kind}”时限中止计时，原期限 {row.due_on.isoformat()}",
        f"Clock of {word(row.kind)} stopped, due {row.due_on}",
    )
    _write_down(case, row, "时限中止", told, ground, by)


def run_on_in(case: Opened, row: Deadline, ground: Ground, *, by: str) -> Deadline:
    """Count the rest of a stopped deadline inside a command that holds the case. Raises Conflict, Invalid."""
    _in_state(row, deadlines.SUSPENDED)
    n, unit = _rest(case.app, row)
    new = deadlines.open_in(
        case.tx, case.app, _about(row), row.kind, start_at=case.now, n=n, unit=unit, roll=row.roll, clause=row.clause,
        clock=row.clock, duty_unit=row.duty_unit, now=case.now, reason=ground.reason,
    )  # fmt: skip
    since = row.ended_at and f"{row.opened_at.astimezone(case.app.zone):%Y-%m-%d}"
    row.actor = by
    new.consequence, new.side = row.consequence, row.side
    resumed = Said(
        f"原期限 {row.due_on.isoformat()}（{since} 立），中止计时后恢复，余下的继续计算",
        f"Was {row.due_on.isoformat()} (set {since}), stopped and resumed: the rest is counted on",
    )
    new.trace = [resumed, *new.trace]
    moving.tell(case, row, row.due_at, new.due_at, Why(by, ground.reason, ground.clause))
    started_clocks.moved(case.tx, case.app, new, case.now)
    told = Said(
        f"“{row.kind}”时限恢复计时，新期限 {new.due_on.isoformat()}",
        f"Clock of {word(row.kind)} runs on, due {new.due_on}",
    )
    _write_down(case, new, "时限恢复", told, ground, by)
    return new


def replace(app: App, id: int, due_on: date, ground: Ground, *, viewer: Viewer) -> DeadlineView:
    """Let an open deadline end on another day; a later one needs a leader, and one of a report keeps to what its rule
    allows (T45, T47). Raises NotFound, NotAllowed, Invalid, Conflict.
    """
    with _held(app, id, viewer, "deadline.shorten") as (case, row):
        _in_state(row, deadlines.OPEN)
        today = case.now.astimezone(app.zone).date()
        if due_on < today or due_on == row.due_on:
            said = f"新的期限不能早于今天 {today.isoformat()}，也不能与原期限 {row.due_on.isoformat()} 相同"
            raise Invalid(
                f"{said}。", en=f"The new day must not lie before {today}, nor be {row.due_on}.",
                problems=[{"field": "due_on", "rule": "range", "message": said}],
            )  # fmt: skip
        shown_dates.by_hand(case.tx, row)
        if due_on > row.due_on:
            authority.require(case.tx, viewer, "deadline.stop")
        extended = row.report is not None and due_on > row.due_on
        if extended:
            extension_rules.check(app, row, now=case.now, n=None, unit="d", until=due_on)
        why = Why(viewer.name, ground.reason, ground.clause)
        due_at = app.calendar.end_of_day(due_on, app.zone)
        _lawful(case, row, due_at)
        new = moving.move(case, row, due_at, why)
        new.extensions += extended
        told = Said(
            f"“{row.kind}”时限由 {row.due_on.isoformat()} 改为 {due_on.isoformat()}",
            f"Limit of {word(row.kind)} moved from {row.due_on} to {due_on}",
        )
        _write_down(case, new, "时限变更", told, ground, viewer.name)
        return view(new)


@contextmanager
def _held(app: App, id: int, viewer: Viewer, act: str) -> Iterator[tuple[Opened, Deadline]]:
    """The deadline and its case, locked, for a viewer who may see it and do this."""
    now = app.clock()
    with app.transaction() as tx:
        row = require(tx, id, viewer)
        authority.require(tx, viewer, act)
        table: type[Hazard] | type[CitizenReport] = Hazard if row.hazard else CitizenReport
        instance = tx.scalar(select(table.instance_id).where(table.number == (row.hazard or row.report)))
        if instance is None:
            raise Conflict("这条记录没有流程，时限不能改。", en="A record without a process keeps its dates.")
        with opened(app, tx, instance, now) as case:
            yield case, tx.get_one(Deadline, id, populate_existing=True)


def require(tx: Session, id: int, viewer: Viewer) -> Deadline:
    """The row of a deadline this viewer may see; raises NotFound."""
    row = tx.scalars(select(Deadline).where(Deadline.id == id, visible(viewer))).one_or_none()
    if row is None:
        raise NotFound(
            "没有这个时限，或不在您的职责范围内。", en="There is no such deadline, or it is not yours to see."
        )
    return row


def visible(viewer: Viewer) -> ColumnElement[bool]:
    """Deadlines of hazards and reports that this viewer may see."""
    mine = or_(
        Deadline.hazard.in_(select(Hazard.number).where(scope.hazards(viewer))),
        Deadline.report.in_(select(CitizenReport.number).where(citizen_reports.seen(viewer))),
    )
    return mine & scope.limits(viewer)


def _about(row: Deadline) -> deadlines.About:
    return deadlines.of_hazard(row.hazard) if row.hazard else deadlines.of_report(row.report or "")


def _rest(app: App, row: Deadline) -> tuple[int, str]:
    """What was left when the clock stopped, in the unit of the rule; the day it stopped counts as used."""
    assert row.ended_at is not None
    stopped = row.ended_at.astimezone(app.zone).date()
    if row.unit == "h":
        return max(1, -(-(row.due_at - row.ended_at).seconds // 3600) + (row.due_at - row.ended_at).days * 24), "h"
    if row.unit == "wd" and (left := app.calendar.workdays_between(stopped, row.due_on)):
        return left, "wd"
    return max((row.due_on - stopped).days, 0), "d"


def _lawful(case: Opened, row: Deadline, due_at: datetime) -> None:
    if shown_dates.lawful(case.tx, case.app, row, due_at) != due_at:
        raise Invalid(
            f"{row.kind}期限不得超过 30 日，延长后合计不得超过 60 日（行政强制法第二十五条）。",
            en="A seal may last 30 days, 60 once extended.",
            problems=[{"field": "due_on", "rule": "range", "message": "超过法定期限"}],
        )


def _in_state(row: Deadline, state: str) -> None:
    if row.state != state:
        raise Conflict(
            f"“{row.kind}”时限现在的状态是 {row.state}，不能这样办理，请刷新后核对。",
            en=f"The deadline is {row.state}, not {state}.",
        )


def _write_down(case: Opened, row: Deadline, kind: str, text: Said, ground: Ground, by: str) -> None:
    """A line in the case's history, and for a hazard a finding with the evidence, which all who see it read: none for
    a clock that the party is not told of.
    """
    detail = {
        "reason": ground.reason,
        "clause": ground.clause,
        "evidence": ground.evidence,
        "files": list(ground.files),
    }
    told = {**detail, "deadline": row.id, "clock": row.clock, "to": row.due_at.isoformat()}
    record.note(case.tx, case.row.id, "rescheduled", at=case.now, recorded_at=case.app.wall(), actor=by, detail=told)
    if row.hazard is None:
        return
    mine = select(Evidence.id).where(Evidence.hazard == row.hazard, Evidence.id.in_(ground.files))
    if missing := set(ground.files) - set(case.tx.scalars(mine)):
        raise Invalid(
            "证据文件不属于这条隐患，请先上传。", en="A file is not one of this hazard.",
            problems=[{"field": "files", "rule": "exists", "message": f"没有文件 {'、'.join(sorted(missing))}"}],
        )  # fmt: skip
    if row.clock in clock_kinds.untold():
        return
    words = Said(
        f"{text}；理由：{ground.reason}；依据：{ground.clause}；证据：{ground.evidence}",
        f"{text.en}; reason: {english(ground.reason)}; basis: {ground.clause}; evidence: {english(ground.evidence)}",
    )
    case.tx.add(Finding(hazard=row.hazard, kind=kind, at=case.now, text=words, detail=detail))
    case.tx.flush()
