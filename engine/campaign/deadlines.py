"""The deadlines of hazards and of public reports: each row explains its date; a changed date is a new row and the old
one stays as `replaced` (rule C5).
"""

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from engine.app import App
from engine.bpm.viewer import Viewer
from engine.campaign import arming, deadline_rows, scope, shown_dates
from engine.campaign.case_model import Deadline
from engine.campaign.deadline_rows import COURT as COURT
from engine.campaign.deadline_rows import MET as MET
from engine.campaign.deadline_rows import MISSED as MISSED
from engine.campaign.deadline_rows import OPEN as OPEN
from engine.campaign.deadline_rows import REPLACED as REPLACED
from engine.campaign.deadline_rows import SET_OTHERWISE, follow_rule, inherit, longer, marked
from engine.campaign.deadline_rows import SUSPENDED as SUSPENDED
from engine.campaign.deadline_rows import VOID as VOID
from engine.campaign.deadline_rows import About as About
from engine.campaign.deadline_rows import count_of as count_of
from engine.campaign.deadline_rows import last_day as last_day
from engine.campaign.deadline_rows import rule_of as rule_of
from engine.campaign.deadline_views import DeadlineView, view
from engine.campaign.sight import seen
from engine.errors import Conflict

RUNNING = (OPEN, SUSPENDED)
RECTIFY, PLAN, SUPERVISE = "整改", "治理方案", "督办"
VERIFY, ANSWER = "核查", "答复"  # of a public report
OF_THE_FIX = (Deadline.side == "party") | Deadline.kind.in_((RECTIFY, SUPERVISE))  # kept by handing in the fix
BEGAN_ANEW = "起算的日子变了，重新计算"
ON_THE_LAMP = (
    RECTIFY,
    PLAN,
)  # a supervision limit is a second deadline: lamps count from the original or extended one


def of_hazard(number: str) -> About:
    """The deadlines of a hazard."""
    return About("hazard", number)


def of_report(number: str) -> About:
    """The limits on our own side of a report from the public."""
    return About("report", number)


def list_deadlines(app: App, number: str, *, viewer: Viewer) -> list[DeadlineView]:
    """All deadlines of a hazard that this viewer may see, the replaced ones included, oldest first; raises NotFound."""
    with app.reading() as tx:
        seen(tx, number, viewer)
        return all_of(tx, of_hazard(number), scope.limits(viewer))


def all_of(tx: Session, about: About, *narrowed: ColumnElement[bool]) -> list[DeadlineView]:
    """All of them, the replaced ones included, oldest first."""
    return [view(row) for row in tx.scalars(select(Deadline).where(about.where(), *narrowed).order_by(Deadline.id))]


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
    row = deadline_rows.first(
        app, about, kind, start_at=start_at, n=n, unit=unit, roll=roll, now=now, due_at=due_at, clause=clause,
        clock=clock, duty_unit=duty_unit,
    )  # fmt: skip
    replaced = _running(tx, about, kind)
    row.extensions = (replaced.extensions if replaced else 0) + extends
    _add(tx, row)
    if replaced:
        _replace(tx, app, replaced, row, now, reason)
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
    row = longer(app, about, old, n=n, unit=unit, due_at=due_at, now=now)
    if clock and clock != old.clock:
        follow_rule(row, rule_of(app, clock, old.start_at), clause)
        row.trace = [deadline_rows.ruled_anew(old, reason), *row.trace]
    else:
        row.clause, row.extensions = clause or old.clause, old.extensions + 1
        row.trace = [deadline_rows.extended(old, reason), *row.trace]
    row.trace += deadline_rows.based_on(row)
    _add(tx, row)
    _replace(tx, app, old, row, now, reason, actor)
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
    row = Deadline(
        hazard=old.hazard, report=old.report, kind=old.kind, start_at=old.start_at, n=old.n, unit=old.unit,
        roll=old.roll, due_at=due_at,
        due_on=last_day(due_at, app), clause=clause, provisional=False, state=OPEN, opened_at=now,
        trace=trace or [*old.trace, deadline_rows.set_by_hand(due_at.astimezone(app.zone), reason)],
    )  # fmt: skip
    inherit(row, old)
    _add(tx, row)
    _replace(tx, app, old, row, now, reason, actor)
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
    *narrowed: ColumnElement[bool],
    kind: str | None = None,
    state: str | None = None,
    done_at: datetime | None = None,
    but: Iterable[str] = (),
) -> int:
    """End the open ones (those so narrowed, of one kind, but those of some clocks) with this state, else met or missed
    by when the work was done (now when left out). Returns how many.
    """
    query = select(Deadline).where(about.where(), Deadline.state.in_(RUNNING), Deadline.clock.not_in(but), *narrowed)
    rows = tx.scalars(query.where(Deadline.kind == kind) if kind else query).all()
    for row in rows:
        deadline_rows.end(row, now, state=state, done_at=done_at)
        arming.drop(tx, row, now)
    tx.flush()
    return len(rows)


def counts_from(tx: Session, about: About, kind: str, begin: datetime) -> bool:
    """Whether one runs that began at this moment; one that was stopped, extended or moved by hand since still does."""
    rows = tx.scalars(select(Deadline).where(about.where(), Deadline.kind == kind).order_by(Deadline.id.desc())).all()
    if not rows or rows[0].state not in RUNNING:
        return False
    for row in rows:
        if row.state not in (*RUNNING, REPLACED) or row.reason == BEGAN_ANEW:
            break
        if row.start_at == begin:
            return True
    return False


def main_of(rows: Iterable[Deadline]) -> Deadline | None:
    """The one of these open deadlines that the lamp shows: the earliest that counts for it."""
    return min((row for row in rows if row.kind in ON_THE_LAMP), key=lambda row: row.due_at, default=None)


def open_one(tx: Session, about: About, kind: str) -> Deadline | None:
    """The open deadline of this kind, the newest if there were several."""
    query = select(Deadline).where(about.where(), Deadline.kind == kind, Deadline.state == OPEN)
    return tx.scalars(query.order_by(Deadline.id.desc()).limit(1)).one_or_none()


def _running(tx: Session, about: About, kind: str) -> Deadline | None:
    query = select(Deadline).where(about.where(), Deadline.kind == kind, Deadline.state.in_(RUNNING))
    return tx.scalars(query.order_by(Deadline.id.desc()).limit(1)).one_or_none()


def _add(tx: Session, row: Deadline) -> None:
    tx.add(marked(row))
    tx.flush()


def _replace(
    tx: Session, app: App, old: Deadline, new: Deadline, now: datetime, reason: str, actor: str = ""
) -> None:  # fmt: skip
    shown_dates.follow(tx, app, old, new.due_at)
    old.state, old.replaced_by, old.ended_at, old.reason, old.actor = REPLACED, new.id, now, reason, actor
    arming.drop(tx, old, now)
