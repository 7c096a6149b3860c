"""What has not begun follows the calendar and the rules of today; what has begun keeps the rule under which it began.

A duty is judged by the rule in force on the first day of its period. Until it is reminded of, or somebody acts on it,
nobody has been told anything that a changed rule (a line of rules/duties.yaml, or a line that ends and the one after
it) could contradict: its dates and its office are those of the rule, and one that the rule no longer asks for is
excused with that reason, so that it neither counts as missed nor vanishes.
"""

from datetime import date

from sqlalchemy import ColumnElement, select, update
from sqlalchemy.orm import Session

from engine.app import App
from engine.campaign import duty_kinds
from engine.campaign.duty_kinds import DECISION, Kind, rules
from engine.campaign.duty_model import Duty
from engine.campaign.duty_subjects import subjects
from engine.campaign.periods import Period

Which = tuple[ColumnElement[bool], ...]


def follow(tx: Session, app: App, key: str) -> None:
    """Count the duties of this kind that wait for their day anew. A decision keeps the day that its meeting set."""
    if duty_kinds.kind_of(key).subject == DECISION:
        return
    waiting = Duty.kind == key, Duty.state == "open", Duty.instance_id.is_(None), Duty.due_at > app.clock()
    columns = Duty.period, Duty.starts_on, Duty.ends_on
    for name, starts_on, ends_on in tx.execute(select(*columns).where(*waiting).distinct()).all():
        period, kind = Period(name, starts_on, ends_on), duty_kinds.kind_of(key, starts_on)
        here = (*waiting, Duty.period == name)
        _drop(tx, app, kind, period, (*here, Duty.rule_version != rules().version))
        _count(tx, app, kind, period, here)


def subject_changed(tx: Session, key: str, code: str) -> None:
    """What has not begun about this subject is called as it is called today, and done by who does it today."""
    mine = select(Duty).where(Duty.kind == key, Duty.subject == code, Duty.state == "open", Duty.instance_id.is_(None))
    for duty in tx.scalars(mine.with_for_update()).all():
        kind = duty_kinds.kind_of(key, duty.starts_on)
        now = next(one for one in subjects(tx, kind) if one.code == code)
        duty.subject_name, duty.title = now.name, duty_kinds.title(kind, now.name, duty.period)
        duty.unit, duty.street, duty.community, duty.grid = now.unit, now.street, now.community, now.grid


def _drop(tx: Session, app: App, kind: Kind, period: Period, older: Which) -> None:
    """Excuse what was created by other rules and is not asked for by these."""
    found = tx.scalars(select(Duty).where(*older).with_for_update()).all()
    asked = set()
    if found and kind.in_force(period.starts_on) and (rhythm := duty_kinds.rhythm_of(kind, period)):
        asked = {one.code for one in subjects(tx, kind) if one.rhythm(kind.rhythms) == rhythm and one.owes(period)}
    for duty in found:
        if duty.subject not in asked:
            duty.state, duty.ended_at = "excused", app.clock()
            duty.reason = f"履职规则已改变（{_since(kind, period.starts_on)}，版本 {rules().version}），本期不再要求"
    tx.flush()


def _since(kind: Kind, day: date) -> str:
    return f"{kind.valid_from} 起施行" if kind.in_force(day) else f"{day} 没有施行中的规则"


def _count(tx: Session, app: App, kind: Kind, period: Period, here: Which) -> None:
    begin, due = duty_kinds.begin_at(app, kind, period), duty_kinds.due_at(app, kind, period)
    same = (Duty.begin_at == begin) & (Duty.due_at == due) & (Duty.rule_version == rules().version)
    moved = update(Duty).where(*here, ~same).values(
        begin_at=begin, due_at=due, trace=duty_kinds.counted(app, kind, period, due), office=kind.office,
        rule_version=rules().version,
    )  # fmt: skip
    tx.execute(moved.execution_options(synchronize_session=False))
