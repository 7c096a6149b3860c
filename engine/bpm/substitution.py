"""Standing substitution: who works whose tasks from when to when, for which processes and groups.

Nothing has to expire: whether one is active is asked with every look, at process time. A substitute gets what the
absent person has, never what that person has as somebody else's substitute. Whether the accounts exist is checked by
whoever knows accounts.
"""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Any

from sqlalchemy import ColumnElement, and_, or_, select, true
from sqlalchemy.orm import Session

from engine.app import App
from engine.bpm.model import Definition
from engine.bpm.paging import paged
from engine.bpm.viewer import Page, Viewer
from engine.bpm.views import View, moment_text
from engine.bpm.work_model import Substitution
from engine.errors import Conflict, Invalid, NotAllowed, NotFound, Problem

LONGEST = timedelta(days=731)  # from now: two years


@dataclass(frozen=True, slots=True)
class Order:
    """A substitution to be made; no ``definitions`` or ``groups`` named means all."""

    person: str
    substitute: str
    starts_at: datetime
    ends_at: datetime
    reason: str
    definitions: Sequence[str] = ()
    groups: Sequence[str] = ()


def active(now: Any) -> ColumnElement[bool]:
    """Rows that are in force at this moment: from their beginning, and no longer at their end."""
    return and_(Substitution.starts_at <= now, Substitution.ends_at > now, Substitution.revoked_at.is_(None))


def runs(row: Substitution, now: datetime) -> bool:
    """The same for one row."""
    return _status(row, now) == "active"


def make(app: App, tx: Session, order: Order, *, by: Viewer, now: datetime) -> Substitution:
    """Write a substitution, made by the absent person or an admin. Raises NotAllowed, Invalid."""
    if not by.admin and by.name != order.person:
        raise NotAllowed(
            "只能为自己设置代办；为别人设置请联系系统管理员。", en="Only an admin makes a substitution for others."
        )
    _check(app, tx, order, now)
    row = Substitution(
        id=uuid.uuid4().hex, person=order.person, substitute=order.substitute, starts_at=order.starts_at,
        ends_at=order.ends_at, definitions=list(dict.fromkeys(order.definitions)),
        groups=list(dict.fromkeys(order.groups)), reason=order.reason.strip(), created_at=now, created_by=by.name,
    )  # fmt: skip
    tx.add(row)
    tx.flush()
    return row


def revoke(app: App, tx: Session, substitution_id: str, *, by: Viewer, reason: str, now: datetime) -> Substitution:
    """End a substitution at once: the absent person, the substitute (who declines it) or an admin may.

    Raises NotFound for everybody else, Conflict for one that ended or was revoked before, Invalid without a reason.
    """
    if not reason.strip():
        raise _refusal("reason", "required", "请填写撤销原因。", "Give a reason.")
    row = standing(app, tx, substitution_id, by=by, now=now)
    row.revoked_at, row.revoked_by, row.revoked_reason = now, by.name, reason.strip()
    tx.flush()
    return row


def standing(app: App, tx: Session, substitution_id: str, *, by: Viewer, now: datetime) -> Substitution:
    """The locked row of one that has not ended. Raises NotFound for whom it does not concern, Conflict."""
    found = select(Substitution).where(Substitution.id == substitution_id, _seen(by)).with_for_update()
    row = tx.scalar(found)
    if row is None:
        raise NotFound(
            "没有这项代办设置，或它与您无关。", en="There is no such substitution, or it does not concern you."
        )
    _still(app, row, now)
    return row


def _still(app: App, row: Substitution, now: datetime) -> None:
    if row.revoked_at is not None:
        raise Conflict(
            f"该代办已由 {row.revoked_by} 于 {moment_text(row.revoked_at, app)} 撤销。",
            en=f"{row.revoked_by} revoked it at {moment_text(row.revoked_at, app)}.",
        )
    if row.ends_at <= now:
        raise Conflict(
            f"该代办已于 {moment_text(row.ends_at, app)} 结束，不能再改。",
            en=f"It ended at {moment_text(row.ends_at, app)}; nothing about it can be changed.",
        )


def substitutions(app: App, viewer: Viewer, *, person: str | None = None, page: int = 1, size: int = 50) -> Page[View]:
    """Those given and received, for an admin all, the latest beginning first; ``person`` is either side."""
    now = app.clock()
    found = select(Substitution).where(_seen(viewer), _concerns(person) if person else true())
    order = (Substitution.starts_at.desc(), Substitution.id)
    with app.reading() as tx:
        return paged(tx, found, order, page, size, lambda rows: [view(row[0], now) for row in rows])


def view(row: Substitution, now: datetime) -> View:
    """One substitution; ``status`` says how it stands now."""
    return {
        "id": row.id,
        "person": row.person,
        "substitute": row.substitute,
        "starts_at": row.starts_at,
        "ends_at": row.ends_at,
        "definitions": row.definitions,
        "groups": row.groups,
        "reason": row.reason,
        "mandate": row.mandate,
        "mandate_file": row.mandate_file,
        "mandate_at": row.mandate_at,
        "mandate_by": row.mandate_by,
        "status": _status(row, now),
        "created_at": row.created_at,
        "created_by": row.created_by,
        "revoked_at": row.revoked_at,
        "revoked_by": row.revoked_by,
        "revoked_reason": row.revoked_reason,
    }


def _status(row: Substitution, now: datetime) -> str:
    if row.revoked_at is not None:
        return "revoked"
    if now < row.starts_at:
        return "coming"
    return "active" if now < row.ends_at else "ended"


def _seen(viewer: Viewer) -> ColumnElement[bool]:
    return true() if viewer.admin else _concerns(viewer.name)


def _concerns(name: str) -> ColumnElement[bool]:
    return or_(Substitution.person == name, Substitution.substitute == name)


def _check(app: App, tx: Session, order: Order, now: datetime) -> None:
    today = datetime.combine(now.astimezone(app.zone).date(), time(), app.zone)
    if not order.substitute.strip():
        raise _refusal("substitute", "required", "请填写代办人的登录名。", "Give the login name of the substitute.")
    if order.substitute == order.person:
        raise _refusal("substitute", "choice", "代办人不能是本人，请另选一人。", "Nobody stands in for themselves.")
    if not order.reason.strip():
        raise _refusal("reason", "required", "请填写原因。", "Give a reason.")
    if order.ends_at <= order.starts_at:
        raise _refusal("ends_at", "range", "结束时间应晚于开始时间。", "The end must be after the beginning.")
    if order.starts_at < today:
        raise _refusal("starts_at", "range", "开始时间不能早于今天：代办不追溯。", "It cannot begin before today.")
    if order.ends_at <= now:
        raise _refusal(
            "ends_at", "range", "结束时间已经过去，请填写以后的时间。", "The end has passed; give a later one."
        )
    if order.ends_at - now > LONGEST:
        raise _refusal(
            "ends_at", "range", "代办最长到两年以后；到期可以再设。", "It may last until two years from now."
        )
    known = set(tx.scalars(select(Definition.key).where(Definition.key.in_(order.definitions))))
    if unknown := [key for key in order.definitions if key not in known]:
        names = "、".join(unknown)
        raise _refusal("definitions", "choice", f"没有流程“{names}”，请核对流程标识。", f"No definition {names}.")


def _refusal(field: str, rule: str, message: str, en: str) -> Invalid:
    return Invalid(message, en=en, problems=[Problem(field=field, rule=rule, message=message, en=en)])
