"""Somebody leaves a post 离岗: what the person holds is listed, the account is closed, and each open task goes to
whoever takes over, or back to the group it was offered to. Nothing is lost; doing it again goes on where it stopped.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from engine.app import App
from engine.bpm import assignment
from engine.bpm.model import Task, TaskCandidate
from engine.bpm.viewer import Viewer
from engine.bpm.work_model import Substitution
from engine.campaign import authority, history, people, people_register, places
from engine.campaign.duty_model import Duty
from engine.campaign.model import LoginSession, Person, Place, Token
from engine.campaign.people_register import PersonRecord
from engine.errors import Conflict, EngineError, Invalid, NotAllowed, Problem
from engine.said import Said

OPEN = "open"


@dataclass(frozen=True, slots=True)
class HeldTask:
    """An open task in somebody's hands; ``nobody_else`` could do it. ``outcome`` is empty before the
    person leaves, then 已移交, 已放回, or why it failed.
    """

    id: str
    name: str
    instance_id: str
    due_at: datetime | None
    nobody_else: bool
    outcome: str = ""


@dataclass(frozen=True, slots=True)
class Held:
    """Everything that hangs on one person; ``groups`` are those that nobody would be in any more."""

    person: PersonRecord
    tasks: list[HeldTask]
    duties: list[str]
    teams: list[str]
    groups: list[str]


def held_by(app: App, name: str, *, viewer: Viewer) -> Held:
    """What a person holds, to be looked at before the person leaves. Raises NotAllowed, NotFound."""
    with app.reading() as tx:
        authority.require(tx, viewer, "person.update")
        return _held(tx, app, people.require(tx, name), _tasks(tx, name))


def leave(app: App, name: str, *, last_day: date, reason: str, viewer: Viewer, to: str | None = None) -> Held:
    """Close an account from now on and hand on what it held, to ``to`` or back to the groups.

    Repeating it hands on what is still there. Raises Conflict (a task only this person could do, and nobody named),
    Invalid, NotAllowed (oneself), NotFound.
    """
    now = app.clock()
    with app.transaction() as tx:
        person = people_register.to_change(tx, name, reason, viewer)
        _check(tx, person, to, last_day, now.astimezone(app.zone).date(), viewer)
        tasks = _tasks(tx, name)
        if to is None and (alone := [task.name for task in tasks if task.nobody_else]):
            raise Conflict(
                f"这些任务只有 {person.display_name} 能办：{'、'.join(alone[:10])}。请指定接收人。",
                en="Some tasks are only this person's; name who takes them over.",
            )
        _close(tx, app, person, last_day, reason, viewer, now)
        _pass_on(tx, name, to, by=viewer.name, now=now, reason=reason)
    done = [_hand_on(app, task, name, to, reason, viewer) for task in tasks]
    with app.reading() as tx:
        return _held(tx, app, people.require(tx, name), done)


def come_back(app: App, name: str, *, reason: str, viewer: Viewer) -> PersonRecord:
    """Open a closed account again; what was handed on stays where it is. Raises Conflict, Invalid, NotAllowed."""
    now = app.clock()
    with app.transaction() as tx:
        person = people_register.to_change(tx, name, reason, viewer)
        if person.active:
            raise Conflict("该账号在用，不需要恢复。", en="The account is in use.")
        values = {"active": True, "ends_on": None}
        people_register.change(
            tx, person, values, roles=None, revision=person.revision, reason=reason, by=viewer.name, now=now
        )
        return people_register.record(tx, person, now.astimezone(app.zone).date())


def _check(tx: Session, person: Person, to: str | None, last_day: date, today: date, viewer: Viewer) -> None:
    if person.name == viewer.name:
        raise NotAllowed("不能给自己办理离岗，请由另一位管理员办理。", en="Another admin does this for you.")
    if last_day > today:
        told = Said(
            "离岗日期不能晚于今天：账号在办理时停用；临时离开请用代办（AB 角）",
            "The last day is to come: the account is switched off now; for a while away, name a substitute",
        )
        raise _wrong("last_day", told)
    if to is None:
        return
    taker = tx.get(Person, to)
    if taker is None or not taker.active or to == person.name:
        told = Said(
            f"接收人“{to}”不存在、已停用或是本人，请核对登录名", f"{to} is no account in use, or the same person"
        )
        raise _wrong("to", told)


def _close(
    tx: Session, app: App, person: Person, last_day: date, reason: str, viewer: Viewer, now: datetime
) -> None:  # fmt: skip
    values = {"active": False, "ends_on": person.ends_on if not person.active else last_day}
    people_register.change(
        tx, person, values, roles=None, revision=person.revision, reason=reason, by=viewer.name, now=now
    )
    tx.execute(delete(LoginSession).where(LoginSession.person == person.name))
    tx.execute(
        update(Token).where(Token.person == person.name, Token.revoked_at.is_(None)).values(revoked_at=app.wall())
    )
    ended = {"revoked_at": now, "revoked_by": viewer.name, "revoked_reason": reason}
    mine = (Substitution.substitute == person.name) | (Substitution.person == person.name)
    tx.execute(update(Substitution).where(mine, Substitution.revoked_at.is_(None)).values(**ended))


def _pass_on(tx: Session, name: str, to: str | None, *, by: str, now: datetime, reason: str) -> None:
    """Duties in person and linked places go to whoever takes over; without one the duties stay with the unit."""
    still = Duty.state.in_((OPEN, "submitted", "missed"))
    if to is not None:
        tx.execute(update(Duty).where(Duty.person == name, still).values(person=to))
        for place in tx.scalars(select(Place).where(Place.linked_leader == name).order_by(Place.id)):
            history.change(
                tx, place, places.NOUN, place.id, {"linked_leader": to}, revision=place.revision, by=by, now=now,
                reason=reason,
            )  # fmt: skip


def _hand_on(app: App, task: HeldTask, name: str, to: str | None, reason: str, viewer: Viewer) -> HeldTask:
    try:
        assignment.take_from(app, task.id, viewer=viewer, person=name, to=to, reason=reason)
        outcome = "已移交" if to else "已放回"
    except EngineError as refusal:  # such as a task that was closed at this moment: told, and the others go on
        outcome = refusal.message
    return HeldTask(task.id, task.name, task.instance_id, task.due_at, task.nobody_else, outcome)


def _tasks(tx: Session, name: str) -> list[HeldTask]:
    own = TaskCandidate.candidate == f"user:{name}"
    offered = select(TaskCandidate.task_id).where(own)
    mine = (Task.assignee == name) | (Task.owner == name) | Task.id.in_(offered)
    rows = tx.scalars(select(Task).where(Task.status == OPEN, mine).order_by(Task.due_at, Task.id)).all()
    others = set(tx.scalars(
        select(TaskCandidate.task_id).where(TaskCandidate.task_id.in_([row.id for row in rows]), ~own)
    ))  # fmt: skip
    return [HeldTask(row.id, row.name, row.instance_id, row.due_at, _alone(row, name, others)) for row in rows]


def _alone(row: Task, name: str, others: set[str]) -> bool:
    elsewhere = row.assignee not in (None, name) or (row.assignee == name and row.owner not in (None, name))
    return not elsewhere and row.id not in others


def _held(tx: Session, app: App, person: Person, tasks: Sequence[HeldTask]) -> Held:
    duties = select(Duty.title).where(Duty.person == person.name, Duty.state.in_((OPEN, "submitted", "missed")))
    places = tx.execute(select(Place.name, Place.team, Place.residents, Place.linked_leader).order_by(Place.id))
    teams = [
        row.name
        for row in places
        if row.linked_leader == person.name
        or any(one.get("person") == person.name for one in [*row.team, *row.residents])
    ]
    return Held(
        people_register.record(tx, person, people_register.today(app)), list(tasks),
        list(tx.scalars(duties.order_by(Duty.due_at))), teams, _emptied(tx, person),
    )  # fmt: skip


def _emptied(tx: Session, person: Person) -> list[str]:
    """Groups of this person in which nobody else is: their new tasks would find nobody."""
    shown = people.view(tx, person)
    alone = []
    for group in shown.groups:
        if not [other for other in people.members(tx, group) if other.name != person.name]:
            alone.append(group)
    return alone


def _wrong(field: str, message: Said) -> Invalid:
    return Invalid(f"{message}。", en=f"{message.en}.", problems=[
        Problem(field=field, rule="choice", message=message)])  # fmt: skip
