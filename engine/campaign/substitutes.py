"""Standing substitution between accounts: makes, revokes and tells, and finds out for whom a person stands in now."""

from collections.abc import Sequence
from datetime import datetime
from itertools import groupby
from typing import Any

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from engine.app import App
from engine.bpm import substitution
from engine.bpm.substitution import Order
from engine.bpm.viewer import StandIn, Viewer
from engine.bpm.views import View
from engine.bpm.work_model import Substitution
from engine.campaign import history, mandates, people
from engine.campaign.model import Person, PersonRole
from engine.campaign.substitution_notices import tell
from engine.db import UtcDateTime
from engine.errors import Invalid, Problem
from engine.said import Said, joined
from engine.sql import Statement

NOUN = "substitution"
NOW = bindparam("now", type_=UtcDateTime())

# A column beside ``people.KNOWN``: whether the person is anybody's substitute at the moment ``now``.
ANY = (
    select(Substitution.id)
    .where(Substitution.substitute == Person.name, substitution.active(NOW))
    .correlate(Person)
    .limit(1)
    .scalar_subquery()
    .label("stands_in")
)
_ABSENT = Statement(
    select(
        Substitution.id,
        Substitution.person,
        Substitution.definitions,
        Substitution.groups,
        Substitution.mandate,
        Person.unit,
        PersonRole.role,
    )
    .join(Person, Person.name == Substitution.person)
    .outerjoin(PersonRole, PersonRole.person == Person.name)
    .where(Substitution.substitute == bindparam("name"), substitution.active(NOW))
    .order_by(Substitution.starts_at, Substitution.id)
)


def of(app: App, name: str, now: datetime) -> tuple[StandIn, ...]:
    """For whom this person stands in, with the groups that the absent persons have today and the scope names."""
    rows = groupby(app.look(_ABSENT, name=name, now=now), key=lambda row: row.id)
    return tuple(_stand_in(list(same)) for _, same in rows)


def _stand_in(rows: Sequence[Any]) -> StandIn:
    first = rows[0]
    groups = frozenset(people.groups(first.unit, [row.role for row in rows if row.role]))
    scope = groups & set(first.groups) if first.groups else groups
    return StandIn(first.person, scope, frozenset(first.definitions), first.mandate or "")


def make(
    app: App, *, by: Viewer, person: str | None, mandate: str | None = None, mandate_file: str | None = None,
    **order: Any,
) -> View:  # fmt: skip
    """Let somebody stand in for a person, oneself unless named, with the number of the written ``mandate`` when a head
    gives one (mandates.py); both get a notice. Raises Invalid, NotAllowed.
    """
    wanted, now = Order(person=person or by.name, **order), app.clock()
    with app.transaction() as tx:
        row = substitution.make(app, tx, wanted, by=by, now=now)
        _check_accounts(tx, wanted)
        subject = Said(f"{row.person} 由 {row.substitute} 代办", f"{row.substitute} stands in for {row.person}")
        words = Said(
            f"{by.name} 设置了代办。原因：{row.reason}", f"{by.name} arranged a substitute. Reason: {row.reason}"
        )
        if mandate:
            given = mandate.strip()
            words = joined("\n", "\n", (words, Said(f"书面授权：{given}", f"Written mandate: {given}")))
        tell(app, tx, row, by, now, subject, words)
        told = {"substitute": row.substitute, "starts_at": row.starts_at, "ends_at": row.ends_at}
        told |= {"definitions": row.definitions, "groups": row.groups}
        history.note(tx, NOUN, row.person, before={}, after=told, reason=row.reason, by=by.name, now=now)
        if mandate is not None or mandate_file is not None:
            mandates.give_in(tx, row, number=mandate or "", file=mandate_file, by=by, now=now)
        return substitution.view(row, now)


def revoke(app: App, substitution_id: str, *, by: Viewer, reason: str) -> View:
    """End a substitution at once; the others get a notice. Raises NotFound, Conflict, Invalid."""
    now = app.clock()
    with app.transaction() as tx:
        row = substitution.revoke(app, tx, substitution_id, by=by, reason=reason, now=now)
        words = Said(
            f"{by.name} 撤销了代办。原因：{row.revoked_reason}",
            f"{by.name} ended the substitution. Reason: {row.revoked_reason}",
        )
        subject = Said(
            f"{row.person} 不再由 {row.substitute} 代办", f"{row.substitute} no longer stands in for {row.person}"
        )
        tell(app, tx, row, by, now, subject, words)
        before, after = {"substitute": row.substitute}, {"substitute": None}
        history.note(
            tx, NOUN, row.person, before=before, after=after, reason=row.revoked_reason or "", by=by.name, now=now
        )
        return substitution.view(row, now)


def _check_accounts(tx: Session, order: Order) -> None:
    for field, name in (("person", order.person), ("substitute", order.substitute)):
        person = tx.get(Person, name)
        if person is None or (field == "substitute" and not person.active):
            en = f"There is no account {name}, or it is switched off."
            raise _refusal(field, f"没有账号“{name}”，或已停用，请核对登录名。", en)
    held = _groups(tx, order.person)
    if foreign := [group for group in order.groups if group not in held]:
        words = f"{order.person} 不在候选组“{'、'.join(foreign)}”里，可选：{'、'.join(held)}。"
        raise _refusal("groups", words, f"{order.person} is not in {', '.join(foreign)}.")


def _groups(tx: Session, name: str) -> tuple[str, ...]:
    roles = tx.scalars(select(PersonRole.role).where(PersonRole.person == name).order_by(PersonRole.role))
    return people.groups(tx.get_one(Person, name).unit, roles)


def _refusal(field: str, message: str, en: str) -> Invalid:
    return Invalid(message, en=en, problems=[Problem(field=field, rule="choice", message=message, en=en)])
