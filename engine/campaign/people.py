"""Verbs on people: accounts with a unit and roles. Logging in is in accounts.py."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from argon2 import PasswordHasher
from sqlalchemy import Select, delete, select
from sqlalchemy.orm import Session

from engine.app import App
from engine.bpm.viewer import Page, StandIn, Viewer
from engine.campaign import authority, history, units
from engine.campaign.model import LoginSession, Person, PersonRole, Unit
from engine.campaign.pages import like, read_page
from engine.errors import Conflict, Invalid, NotFound

ADMIN = "admin"
SYSTEM = "system"  # whoever works at the machine itself
ACCOUNT = "account"
SHORTEST_PASSWORD = 8
LOGIN = re.compile(r"[\w][\w.@-]{0,63}")
PHONE = re.compile(r"(\+?\d[\d ()-]{4,30})?\Z")  # empty: none
SEPARATORS = re.compile(r"[ ()-]")
ROLE = re.compile(r"[A-Za-z0-9\u4e00-\u9fff][\w-]{0,62}")
hasher = PasswordHasher()

# A person with unit and roles in one statement: it runs before every request.
KNOWN = (
    select(
        Person.name.label("login"), Person.display_name, Person.unit, Unit.name.label("unit_name"), Person.cert_no,
        Person.email, Person.active, PersonRole.role,
    )
    .select_from(Person)
    .outerjoin(Unit, Unit.code == Person.unit)
    .outerjoin(PersonRole, PersonRole.person == Person.name)
    .order_by(PersonRole.role)
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class PersonView:
    """A person as shown. ``name`` is the login name; ``groups`` are the unit, each role and ``role@unit``."""

    name: str
    display_name: str
    unit: str | None
    unit_name: str
    roles: tuple[str, ...]
    groups: tuple[str, ...]
    admin: bool
    cert_no: str
    email: str
    active: bool
    stands_in: tuple[StandIn, ...] = ()


def viewer(person: PersonView) -> Viewer:
    """The person as the BPM engine and every query know it."""
    return Viewer(person.name, frozenset(person.groups), person.admin, person.stands_in)


def create(
    app: App,
    name: str,
    *,
    password: str,
    unit: str | None,
    roles: Sequence[str],
    by: Viewer | None,
    display_name: str = "",
    cert_no: str = "",
    email: str = "",
    phone: str = "",
) -> PersonView:
    """Make an account; ``by`` is None for the operator of the machine. Raises Conflict, Invalid, NotAllowed,
    NotFound (unit).
    """
    check_password(password)
    hashed, now, maker = hasher.hash(password), app.clock(), by.name if by else SYSTEM
    with app.transaction() as tx:
        if by is not None:
            authority.require(tx, by, "person.create")
        file = {"display_name": display_name, "cert_no": cert_no, "email": email, "phone": phone}
        person = add(tx, app, name, password_hash=hashed, unit=unit, roles=roles, by=maker, **file)
        told = {**file, "unit": unit, "roles": sorted(set(roles))}
        history.made(tx, "person", name, told, by=maker, now=now)
        return view(tx, person)


def add(
    tx: Session,
    app: App,
    name: str,
    *,
    password_hash: str,
    unit: str | None,
    roles: Sequence[str],
    by: str,
    display_name: str = "",
    cert_no: str = "",
    email: str = "",
    phone: str = "",
) -> Person:
    """Write one person with roles in a running transaction; the password is hashed already."""
    _check(tx, name, unit, roles)
    person = Person(
        name=name, display_name=display_name or name, unit=unit, password_hash=password_hash, cert_no=cert_no,
        email=email, phone=phone, created_at=app.wall(), created_by=by,
    )  # fmt: skip
    tx.add(person)
    tx.flush()
    tx.add_all(PersonRole(person=name, role=role) for role in dict.fromkeys(roles))
    tx.flush()
    return person


def phones(tx: Session, names: Iterable[str]) -> dict[str, str]:
    """The telephone numbers of these people, as a gateway takes them: digits, perhaps after a plus."""
    rows = tx.execute(select(Person.name, Person.phone).where(Person.name.in_(names), Person.active))
    return {name: SEPARATORS.sub("", phone) for name, phone in rows}


def check_password(password: str) -> None:
    """Refuse a password that is too short."""
    if len(password) < SHORTEST_PASSWORD:
        raise Invalid(
            f"密码太短，请至少用 {SHORTEST_PASSWORD} 个字符。",
            en=f"The password is too short; use at least {SHORTEST_PASSWORD} characters.",
            problems=[{"field": "password", "rule": "length", "message": f"至少 {SHORTEST_PASSWORD} 个字符"}],
        )


def set_password(app: App, name: str, password: str, *, by: Viewer | None) -> None:
    """Change the password and end the person's sessions; the person itself or an admin may. Raises Invalid,
    NotAllowed, NotFound.
    """
    check_password(password)
    hashed, now, setter = hasher.hash(password), app.clock(), by.name if by else SYSTEM
    with app.transaction() as tx:
        if by is not None and by.name != name:
            authority.require(tx, by, "person.create")
        person = require(tx, name)
        person.password_hash, person.failed_logins, person.locked_until = hashed, 0, None
        person.password_once = False
        tx.execute(delete(LoginSession).where(LoginSession.person == name))
        noted(tx, name, {"password": "已修改"}, by=setter, now=now)


def noted(tx: Session, name: str, what: Mapping[str, Any], *, by: str, now: datetime, reason: str = "") -> None:
    """What happened to an account (never what the secret is), for the audit of the registers."""
    history.note(tx, ACCOUNT, name, before={}, after=what, reason=reason, by=by, now=now)


def list_people(
    app: App,
    viewer: Viewer,
    *,
    unit: str | None = None,
    role: str | None = None,
    q: str | None = None,
    page: int = 1,
    size: int = 50,
) -> Page[PersonView]:
    """People by name. Staff see all; an owner or anybody without a listed role sees only itself."""
    query = roster(viewer, unit=unit, role=role, q=q)
    with app.reading() as tx:
        found = read_page(tx, query, page, size, lambda person: person)
        return replace(found, items=views(tx, found.items))


def roster(viewer: Viewer, *, unit: str | None = None, role: str | None = None, q: str | None = None) -> Select[Any]:
    """The people whom the viewer may see, by name."""
    query = select(Person).order_by(Person.name)
    if not viewer.admin:
        staff = select(PersonRole.person).where(PersonRole.role.in_(authority.ACTS["people.list"][1]))
        query = query.where((Person.name == viewer.name) | staff.where(PersonRole.person == viewer.name).exists())
    if unit:
        query = query.where(Person.unit == unit)
    if role:
        query = query.where(Person.name.in_(select(PersonRole.person).where(PersonRole.role == role)))
    if q:
        query = query.where(Person.name.like(like(q), escape="\\") | Person.display_name.like(like(q), escape="\\"))
    return query


def show(app: App, name: str, *, viewer: Viewer | None = None) -> PersonView:
    """One person; raises NotFound, also when a viewer without the roster may not see it."""
    with app.reading() as tx:
        person = require(tx, name)
        if viewer is not None and viewer.name != name:
            authority.require(tx, viewer, "people.list")
        return view(tx, person)


def require(tx: Session, name: str) -> Person:
    """The row of this login name; raises NotFound."""
    person = tx.get(Person, name)
    if person is None:
        raise NotFound(f"没有账号“{name}”，请检查登录名。", en=f"There is no account {name}; check the login name.")
    return person


def certificate_valid(person: Person, day: date) -> bool:
    """Whether the person's certificate is in force on this day; both its first and its last day count."""
    return bool(person.cert_no) and (person.cert_from or day) <= day <= (person.cert_to or day)


def members(tx: Session, group: str) -> list[Person]:
    """The active people of one group: a unit, a role, ``role@unit``, or one login name."""
    role, _, unit = group.partition("@")
    has_role = select(PersonRole.person).where(PersonRole.role == role)
    query = select(Person).where(Person.active).order_by(Person.name)
    if unit:
        query = query.where(Person.unit == unit, Person.name.in_(has_role))
    else:
        query = query.where((Person.unit == group) | (Person.name == group) | Person.name.in_(has_role))
    return list(tx.scalars(query))


def groups(unit: str | None, roles: Iterable[str]) -> tuple[str, ...]:
    """The groups a person of this unit and these roles belongs to."""
    own = [unit] if unit else []
    for role in roles:
        own += [role, f"{role}@{unit}"] if unit else [role]
    return tuple(dict.fromkeys(own))


def of_rows(rows: Sequence[Any]) -> PersonView:
    """The person in the rows of a select that starts with ``KNOWN``: one row for each role, at least one."""
    first = rows[0]
    roles = tuple(row.role for row in rows if row.role)
    return PersonView(
        first.login, first.display_name, first.unit, first.unit_name or "", roles, groups(first.unit, roles),
        ADMIN in roles, first.cert_no, first.email, first.active,
    )  # fmt: skip


def view(tx: Session, person: Person) -> PersonView:
    """The person as shown."""
    return views(tx, [person])[0]


def views(tx: Session, shown: Sequence[Person]) -> list[PersonView]:
    """These people as shown, in their order, read in one statement."""
    rows: dict[str, list[Any]] = {person.name: [] for person in shown}
    for row in tx.execute(KNOWN.where(Person.name.in_(rows))):
        rows[row.login].append(row)
    return [of_rows(rows[person.name]) for person in shown]


def _check(tx: Session, name: str, unit: str | None, roles: Sequence[str]) -> None:
    if not LOGIN.fullmatch(name):
        raise Invalid(
            f"登录名“{name}”不对：最长 64 个字符，只能用字母、汉字、数字和 . _ @ -。",
            en=f"Login name “{name}”: at most 64 letters, digits and . _ @ -.",
            problems=[{"field": "name", "rule": "format", "message": "登录名格式不对"}],
        )
    check_roles(roles)
    if tx.get(Person, name):
        raise Conflict(f"登录名“{name}”已经有人用了，请换一个。", en=f"Login name {name} is taken; choose another.")
    if unit is None and ADMIN not in roles:
        raise Invalid(
            "除系统管理员外，每个账号都要有所属单位，请填写单位编码。",
            en="Everybody except an admin belongs to a unit; give its code.",
            problems=[{"field": "unit", "rule": "required", "message": "请填写单位编码"}],
        )
    if unit is not None:
        units.require(tx, unit)


def check_roles(roles: Iterable[str]) -> None:
    """Refuse a role that cannot be a group."""
    for role in roles:
        if not ROLE.fullmatch(role):
            raise Invalid(
                f"角色“{role}”不对：只能用字母、汉字、数字、下划线和连字符。",
                en=f"Role “{role}”: letters, digits, _ and - only.",
                problems=[{"field": "role", "rule": "format", "message": "角色格式不对"}],
            )
