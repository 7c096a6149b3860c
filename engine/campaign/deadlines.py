"""The deadlines of hazards and of public reports: each row explains its date; a changed date is a new row and the old
one stays as `replaced` (rule C5).
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import cast

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from engine.app import App
from engine.bpm.viewer import Viewer
from engine.calendar import Count
from engine.campaign import arming, clock_rules
from engine.campaign.case_model import Deadline
from engine.campaign.clock_file import MARK, Clock
from engine.campaign.deadline_views import DeadlineView, view
from engine.campaign.sight import seen
from engine.errors import Conflict, Invalid

OPEN, MET, MISSED, REPLACED, VOID, SUSPENDED = "open", "met", "missed", "replaced", "void", "suspended"
RUNNING = (OPEN, SUSPENDED)
RECTIFY, PLAN, SUPERVISE = "整改", "治理方案", "督办"
VERIFY, ANSWER = "核查", "答复"  # of a public report
ON_THE_LAMP = (
    RECTIFY,
    PLAN,
)  # a supervision limit is a second deadline: lamps count from the original or extended one
SET_OTHERWISE = "另行确定届满时刻为"  # the moment is not the end of the count


@dataclass(frozen=True, slots=True)
class About:
    """What a deadline is about: a hazard or a public report, by number."""

    column: str
    number: str

    def where(self) -> ColumnElement[bool]:
        """Its rows."""
        return cast(ColumnElement[bool], getattr(Deadline, self.column) == self.number)

    @property
    def named(self) -> str:
        """As people say it."""
        return f"{'隐患' if self.column == 'hazard' else '举报'} {self.number}"


def of_hazard(number: str) -> About:
    """The deadlines of a hazard."""
    return About("hazard", number)


def of_report(number: str) -> About:
    """The limits on our own side of a report from the public."""
    return About("report", number)


def list_deadlines(app: App, number: str, *, viewer: Viewer) -> list[DeadlineView]:
    """All deadlines of a hazard, the replaced ones included, oldest first; raises NotFound."""
    with app.reading() as tx:
        seen(tx, number, viewer)
        return all_of(tx, of_hazard(number))


def all_of(tx: Session, about: About) -> list[DeadlineView]:
    """All of them, the replaced ones included, oldest first."""
    return [view(row) for row in tx.scalars(select(Deadline).where(about.where()).order_by(Deadline.id))]


def open_in(
    tx: Session,
    app: App,
    about: About,
    kind: str,
    *,
    start_at: datetime,
    n: int,
    unit: str,
    roll: str,
    now: datetime,
    due_at: datetime | None = None,
    clause: str = "",
    clock: str = "",
    duty_unit: str | None = None,
    reason: str = "重新确定时限",
    extends: int = 0,
    reminded: bool = True,
) -> Deadline:
    """Set a deadline; an open or suspended one of the same kind becomes ``replaced``, for this reason. ``due_at`` given
    by the diagram is kept as it is; ``clock`` is the rule, as it is in force on the day of the start; ``extends`` is 1
    when more time was granted; not ``reminded`` when the diagram reminds by itself.
    Raises Invalid for an unknown clock.
    """
    rule = rule_of(app, clock, start_at)
    count = _count(app, start_at, n, unit, roll)
    row = _row(app, about, kind, start_at, n, unit, roll, count, due_at, now)
    _follow_rule(row, rule, clause)
    row.duty_unit = duty_unit
    row.trace = [*row.trace, *([f"依据：{row.clause}"] if row.clause else [])]
    replaced = _running(tx, about, kind)
    row.extensions = (replaced.extensions if replaced else 0) + extends
    _add(tx, row)
    if replaced:
        _replace(tx, replaced, row, now, reason)
    if reminded:
        arming.arm(tx, app, row, now, first=replaced is None)
    tx.flush()
    return row


def extend_in(
    tx: Session,
    app: App,
    about: About,
    kind: str,
    *,
    n: int,
    unit: str,
    reason: str,
    clause: str,
    now: datetime,
    due_at: datetime | None = None,
    clock: str = "",
    actor: str = "",
) -> Deadline:
    """Extend the open deadline from its last day on; the old row stays as ``replaced`` with the reason. With another
    ``clock`` it is a new limit by that rule and no extension. Raises Conflict, Invalid for an unknown clock.
    """
    old = open_one(tx, about, kind)
    if old is None:
        raise Conflict(
            f"{about.named} 没有进行中的“{kind}”时限，不能延期。请核对当前的时限。",
            en=f"{about.number} has no open deadline of kind {kind} to extend.",
        )
    start_at = old.due_at - old.due_at.resolution
    count = _count(app, start_at, n, unit, old.roll)
    row = _row(app, about, kind, start_at, n, unit, old.roll, count, due_at, now)
    _inherit(row, old)
    if clock and clock != old.clock:
        _follow_rule(row, rule_of(app, clock, old.start_at), clause)
        row.trace = [f"原时限 {old.due_on.isoformat()}，改按另一规则确定：{reason or '未填写理由'}", *row.trace]
    else:
        row.clause, row.extensions = clause or old.clause, old.extensions + 1
        row.trace = [f"原时限 {old.due_on.isoformat()} 届满前申请延期并获批准：{reason or '未填写理由'}", *row.trace]
    row.trace += [f"依据：{row.clause}"] if row.clause else []
    _add(tx, row)
    _replace(tx, old, row, now, reason, actor)
    arming.arm(tx, app, row, now)
    tx.flush()
    return row


def move_in(
    tx: Session,
    app: App,
    old: Deadline,
    due_at: datetime,
    *,
    reason: str,
    now: datetime,
    trace: list[str] | None = None,
    clause: str = "",
    actor: str = "",
) -> Deadline:
    """Let an open or suspended deadline end at another moment; the old row stays as ``replaced``. ``trace`` is a new
    count of the same period; without, the moment was given.
    """
    shown = due_at.astimezone(app.zone)
    row = Deadline(
        hazard=old.hazard, report=old.report, kind=old.kind, start_at=old.start_at, n=old.n, unit=old.unit,
        roll=old.roll, due_at=due_at,
        due_on=last_day(due_at, app), clause=clause, provisional=False, state=OPEN, opened_at=now,
        trace=trace or [*old.trace, f"人工{SET_OTHERWISE} {shown:%Y-%m-%d %H:%M}，以此为准：{reason}"],
    )  # fmt: skip
    _inherit(row, old)
    _add(tx, row)
    _replace(tx, old, row, now, reason, actor)
    arming.arm(tx, app, row, now)
    tx.flush()
    return row


def suspend_in(tx: Session, row: Deadline, now: datetime, *, reason: str, actor: str) -> None:
    """Stop the clock of an open deadline; its reminders die. It ends only by being replaced, or with its case."""
    row.state, row.ended_at, row.reason, row.actor = SUSPENDED, now, reason, actor
    arming.drop(tx, row, now)
    tx.flush()


def set_otherwise(row: Deadline) -> bool:
    """Whether its moment is not the end of its count: the diagram or a person set it."""
    return any(SET_OTHERWISE in line for line in row.trace)


def close_in(
    tx: Session,
    about: About,
    now: datetime,
    *,
    kind: str | None = None,
    state: str | None = None,
    done_at: datetime | None = None,
) -> int:
    """End the open ones (of one kind) with this state, else met or missed by when the work was done
    (now when left out). Returns how many.
    """
    query = select(Deadline).where(about.where(), Deadline.state.in_(RUNNING))
    rows = tx.scalars(query.where(Deadline.kind == kind) if kind else query).all()
    for row in rows:
        late = row.state == OPEN and (done_at or now) >= row.due_at  # a stopped clock does not run out
        row.state, row.ended_at = state or (MISSED if late else MET), now
        arming.drop(tx, row, now)
    tx.flush()
    return len(rows)


def main_of(rows: Iterable[Deadline]) -> Deadline | None:
    """The one of these open deadlines that the lamp shows: the earliest that counts for it."""
    return min((row for row in rows if row.kind in ON_THE_LAMP), key=lambda row: row.due_at, default=None)


def open_one(tx: Session, about: About, kind: str) -> Deadline | None:
    """The open deadline of this kind, the newest if there were several."""
    query = select(Deadline).where(about.where(), Deadline.kind == kind, Deadline.state == OPEN)
    return tx.scalars(query.order_by(Deadline.id.desc()).limit(1)).one_or_none()


def rule_of(app: App, clock: str, start_at: datetime) -> Clock | None:
    """The rule of this clock in force on the local day of the start; None without a clock, and for a day before there
    was one. Raises Invalid for an unknown clock.
    """
    return clock_rules.on_day(clock, start_at.astimezone(app.zone).date()) if clock else None


def last_day(due_at: datetime, app: App) -> date:
    """The local day that ends at, or contains, this due moment: 24:00 belongs to the day that ends."""
    return (due_at.astimezone(app.zone) - due_at.resolution).date()


def _running(tx: Session, about: About, kind: str) -> Deadline | None:
    query = select(Deadline).where(about.where(), Deadline.kind == kind, Deadline.state.in_(RUNNING))
    return tx.scalars(query.order_by(Deadline.id.desc()).limit(1)).one_or_none()


def _follow_rule(row: Deadline, rule: Clock | None, clause: str) -> None:
    row.clause, row.extensions = clause, 0
    if rule is not None:
        row.clock, row.side, row.consequence = rule.code, rule.side, rule.consequence
        row.clause = clause or rule.clause + (f"（{rule.note}）" if rule.note else "")


def _inherit(row: Deadline, old: Deadline) -> None:
    row.clock, row.side, row.duty_unit, row.consequence = old.clock, old.side, old.duty_unit, old.consequence
    row.extensions = old.extensions


def _count(app: App, start_at: datetime, n: int, unit: str, roll: str) -> Count:
    try:
        return app.calendar.count(start_at, n, unit, roll, app.zone)
    except ValueError as error:
        raise Invalid(
            f"时限“{n}{unit}”无法计算：数量须为整数，单位为 wd、d、h、wh 或 month，顺延方式为 F 或 N。",
            en=f"The limit {n}{unit} cannot be counted: {error}.",
        ) from error


def _row(
    app: App, about: About, kind: str, start_at: datetime, n: int, unit: str, roll: str, count: Count,
    due_at: datetime | None, now: datetime,
) -> Deadline:  # fmt: skip
    trace = list(count.trace)
    if due_at is not None and due_at != count.due_at:
        shown = due_at.astimezone(app.zone)
        trace.append(f"流程{SET_OTHERWISE} {shown:%Y-%m-%d %H:%M}，以此为准")
    ends = due_at or count.due_at
    return Deadline(
        kind=kind, start_at=start_at, n=n, unit=unit, roll=roll, due_at=ends, due_on=last_day(ends, app),
        trace=[*trace], provisional=count.provisional, state=OPEN, opened_at=now,
        **{about.column: about.number},
    )  # fmt: skip


def _add(tx: Session, row: Deadline) -> None:
    if not any(MARK in line for line in row.trace):
        row.trace = [*row.trace, MARK]
    tx.add(row)
    tx.flush()


def _replace(tx: Session, old: Deadline, new: Deadline, now: datetime, reason: str, actor: str = "") -> None:
    old.state, old.replaced_by, old.ended_at, old.reason, old.actor = REPLACED, new.id, now, reason, actor
    arming.drop(tx, old, now)
