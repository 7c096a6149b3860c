"""Verbs on the files of people: what was changed by whom and why, and the certificates with their validity. Who leaves
is in leaving.py.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields, replace
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from engine.app import App
from engine.bpm.viewer import Page, Viewer
from engine.campaign import authority, history, people, units
from engine.campaign.model import Person, PersonRole
from engine.campaign.pages import read_page
from engine.campaign.people import PersonView
from engine.campaign.powers_table import ACTS
from engine.errors import Invalid, NotAllowed, Problem
from engine.said import Said

NOUN = "person"
REASON = "请填写理由"
EXPIRED, EXPIRING = "expired", "expiring"
SOON = timedelta(days=60)  # before the last day of a certificate


@dataclass(frozen=True, slots=True)
class PersonRecord(PersonView):
    """A person with the file behind the account; ``revision`` is what an edit must name, ``cert_items`` the acts the
    certificate is good for (none: all).
    """

    cert_from: date | None = None
    cert_to: date | None = None
    cert_items: tuple[str, ...] = ()
    cert_valid: bool = False
    starts_on: date | None = None
    ends_on: date | None = None
    revision: int = 0
    phone: str = ""


def list_records(
    app: App, viewer: Viewer, *, active: bool | None = None, certificate: str | None = None, page: int = 1,
    size: int = 50, **wanted: str | None,
) -> Page[PersonRecord]:  # fmt: skip
    """The people whom the viewer may see with their files, by name; ``certificate`` is ``expired`` or ``expiring``
    (within ``SOON``), for those in use.
    """
    day = today(app)
    query = people.roster(viewer, **wanted)
    if active is not None:
        query = query.where(Person.active == active)
    if certificate:
        first, last = (date.min, day) if certificate == EXPIRED else (day, day + SOON)
        query = query.where(Person.active, Person.cert_no != "", Person.cert_to >= first, Person.cert_to < last)
    with app.reading() as tx:
        found = read_page(tx, query, page, size, lambda person: person)
        shown = people.views(tx, found.items)
        return replace(found, items=[_file(*each, day) for each in zip(shown, found.items, strict=True)])


def show(app: App, name: str, *, viewer: Viewer) -> PersonRecord:
    """The file of a person; raises NotFound, NotAllowed (somebody who may not see the roster)."""
    with app.reading() as tx:
        person = people.require(tx, name)
        if viewer.name != name:
            authority.require(tx, viewer, "people.list")
        return record(tx, person, today(app))


def update(
    app: App, name: str, values: Mapping[str, Any], *, revision: int, reason: str, viewer: Viewer
) -> PersonRecord:
    """Change ``display_name, unit, email, phone, starts_on, roles``; what they were is kept. Raises Conflict when the
    file was edited since ``revision``, Invalid, NotAllowed, NotFound.
    """
    now = app.clock()
    with app.transaction() as tx:
        person = to_change(tx, name, reason, viewer)
        given = dict(values)
        roles = given.pop("roles", None)
        if given.get("unit"):
            units.require_active(tx, given["unit"], now.astimezone(app.zone).date())
        kept = roles if roles is not None else _roles(tx, name)
        people.check_roles(kept)
        if "unit" in given and given["unit"] is None and people.ADMIN not in kept:
            told = Said(
                "除系统管理员外，每个账号都要有所属单位，请填写单位编码",
                "Every account but an admin's has a unit; give its code",
            )
            raise _wrong("unit", told)
        if people.ADMIN in _roles(tx, name) and people.ADMIN not in kept and name == viewer.name:
            raise NotAllowed("不能取消自己的管理员角色，请由另一位管理员办理。", en="Not your own admin role.")
        change(tx, person, given, roles=roles, revision=revision, reason=reason, by=viewer.name, now=now)
        return record(tx, person, today(app))


def certify(
    app: App, name: str, values: Mapping[str, Any], *, revision: int, reason: str, viewer: Viewer
) -> PersonRecord:
    """Enter a certificate: ``cert_no, cert_from, cert_to, cert_items`` (acts of table D9, none: all); an empty number
    takes it away. Who has the number already is named. Raises Conflict, Invalid, NotAllowed, NotFound.
    """
    now = app.clock()
    with app.transaction() as tx:
        person = to_change(tx, name, reason, viewer)
        _check_certificate(tx, name, values)
        change(tx, person, values, roles=None, revision=revision, reason=reason, by=viewer.name, now=now)
        return record(tx, person, today(app))


def changes(app: App, name: str, *, viewer: Viewer) -> list[history.ChangeView]:
    """What was changed in the file of a person, oldest first; for who may change it. Raises NotAllowed, NotFound."""
    with app.reading() as tx:
        authority.require(tx, viewer, "person.update")
        return history.of(tx, NOUN, people.require(tx, name).name)


def to_change(tx: Session, name: str, reason: str, viewer: Viewer) -> Person:
    """The row of a person whom the viewer may change, with a reason. Raises Invalid, NotAllowed, NotFound."""
    authority.require(tx, viewer, "person.update")
    person = people.require(tx, name)
    if not reason.strip():
        raise _wrong("reason", Said(REASON, "Give the reason"))
    return person


def change(
    tx: Session, person: Person, values: Mapping[str, Any], *, roles: Sequence[str] | None, revision: int, reason: str,
    by: str, now: datetime,
) -> None:  # fmt: skip
    """Write what differs, roles included, as one edit. Raises Conflict."""
    before = {"roles": _roles(tx, person.name)} if roles is not None else {}
    after = {"roles": sorted(set(roles))} if roles is not None else {}
    if before == after:
        before = after = {}
    history.change(
        tx, person, NOUN, person.name, values, revision=revision, by=by, now=now, reason=reason, beside=(before, after)
    )
    if after:
        tx.execute(delete(PersonRole).where(PersonRole.person == person.name))
        tx.add_all(PersonRole(person=person.name, role=role) for role in after["roles"])
    tx.flush()


def record(tx: Session, person: Person, day: date) -> PersonRecord:
    """The file as it is shown on a day."""
    return _file(people.view(tx, person), person, day)


def _file(shown: PersonView, person: Person, day: date) -> PersonRecord:
    account = {field.name: getattr(shown, field.name) for field in fields(PersonView)}
    return PersonRecord(
        **account, cert_from=person.cert_from, cert_to=person.cert_to, cert_items=tuple(person.cert_items),
        cert_valid=people.certificate_valid(person, day),
        starts_on=person.starts_on, ends_on=person.ends_on, revision=person.revision, phone=person.phone,
    )  # fmt: skip


def today(app: App) -> date:
    """The local day."""
    return app.clock().astimezone(app.zone).date()


def _check_certificate(tx: Session, name: str, values: Mapping[str, Any]) -> None:
    first, last = values.get("cert_from"), values.get("cert_to")
    if values["cert_no"] and (first is None or last is None):
        raise _wrong("cert_to", Said("请填写证件有效期的起止日期", "Give first and last day of the certificate"))
    if first and last and last < first:
        raise _wrong("cert_to", Said("有效期止不能早于有效期起", "The certificate ends before it begins"))
    if unknown := [item for item in values.get("cert_items") or () if item not in ACTS]:
        told = Said(
            f"没有这些事项：{'、'.join(unknown)}，可选：{'、'.join(ACTS)}",
            f"There is no {', '.join(unknown)}; choose from {', '.join(ACTS)}",
        )
        raise _wrong("cert_items", told)
    taken = select(Person.display_name).where(
        Person.cert_no == values["cert_no"], Person.name != name, Person.active, Person.cert_no != ""
    )
    if other := tx.scalars(taken.limit(1)).one_or_none():
        raise _wrong("cert_no", Said(f"证件号已登记给“{other}”，请核对", f"{other} has this certificate already"))


def _roles(tx: Session, name: str) -> list[str]:
    return list(tx.scalars(select(PersonRole.role).where(PersonRole.person == name).order_by(PersonRole.role)))


def _wrong(field: str, message: Said) -> Invalid:
    return Invalid(f"{message}。", en=f"The file was not changed: {message.en}.", problems=[
        Problem(field=field, rule="required", message=message)])  # fmt: skip
