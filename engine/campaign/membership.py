"""Which groups have somebody in them, so that a diagram that names an empty one is noticed before it is deployed."""

from sqlalchemy import select

from engine.app import App
from engine.campaign.model import Person, PersonRole
from engine.campaign.people import groups


def inhabited(app: App) -> frozenset[str]:
    """Every unit, role and role@unit that at least one active person has."""
    people = select(Person.unit, PersonRole.role).outerjoin(PersonRole, PersonRole.person == Person.name)
    with app.reading() as tx:
        rows = tx.execute(people.where(Person.active).distinct()).all()
    return frozenset(group for unit, role in rows for group in groups(unit, [role] if role else []))
