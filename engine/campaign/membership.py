"""Which groups have somebody in them, so that a diagram that names an empty one is noticed before it is deployed, and
which accounts are in use, so that no task is lost in the hands of one that is not.
"""

from collections.abc import Iterable, Mapping

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine.app import App
from engine.bpm.viewer import Account
from engine.campaign.model import Person, PersonRole
from engine.campaign.people import groups


def inhabited(app: App) -> frozenset[str]:
    """Every unit, role and role@unit that at least one active person has."""
    with app.reading() as tx:
        return _inhabited(tx)


def peopled(tx: Session, names: Iterable[str]) -> frozenset[str]:
    """Those of these groups in which somebody is."""
    return _inhabited(tx).intersection(names)


def _inhabited(tx: Session) -> frozenset[str]:
    people = select(Person.unit, PersonRole.role).outerjoin(PersonRole, PersonRole.person == Person.name)
    rows = tx.execute(people.where(Person.active).distinct()).all()
    return frozenset(group for unit, role in rows for group in groups(unit, [role] if role else []))


def accounts(tx: Session, names: Iterable[str]) -> Mapping[str, Account]:
    """The accounts of these login names, those out of use too; a name that nobody has is left out."""
    people = select(Person.name, Person.active, Person.email, Person.unit, PersonRole.role)
    rows = tx.execute(
        people.outerjoin(PersonRole, PersonRole.person == Person.name).where(Person.name.in_(list(names)))
    ).all()
    roles = {row.name: [each.role for each in rows if each.name == row.name and each.role] for row in rows}
    return {
        row.name: Account(row.active, row.email or None, frozenset(groups(row.unit, roles[row.name]))) for row in rows
    }
