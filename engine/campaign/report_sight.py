"""Whose records a report counts: those a viewer may see, or all of one street. Conditions for SQL, nothing else."""

from dataclasses import dataclass

from sqlalchemy import ColumnElement, or_, select
from sqlalchemy.orm import Session

from engine.bpm.viewer import Viewer
from engine.campaign import scope
from engine.campaign.case_model import Hazard
from engine.campaign.duty_model import Duty
from engine.campaign.model import Place, Unit


@dataclass(frozen=True, slots=True)
class Sight:
    """Conditions over ``hazard``, ``place``, ``visit`` joined with ``place``, and ``duty``; ``unit`` names the area,
    ``street`` says that it is all of one.
    """

    hazards: ColumnElement[bool]
    places: ColumnElement[bool]
    visits: ColumnElement[bool]
    duties: ColumnElement[bool]
    unit: str | None
    street: bool = False


def of_street(code: str) -> Sight:
    """Everything of one street."""
    here = Place.street == code
    return Sight(Hazard.street == code, here, here, Duty.street == code, code, street=True)


def of_viewer(tx: Session, viewer: Viewer) -> Sight:
    """All of the street for its offices and leaders (and for an admin of the only street), else what one may see."""
    if street := street_of(tx, viewer):
        return of_street(street)
    return Sight(
        scope.hazards(viewer), scope.places(viewer), scope.visits(viewer), scope.duties(viewer), _area(tx, viewer)
    )


def street_of(tx: Session, viewer: Viewer) -> str | None:
    """The street whose reports this viewer makes; none for communities, grids, departments and enterprises."""
    if viewer.admin:
        streets = tx.scalars(select(Unit.code).where(Unit.kind == "street").limit(2)).all()
        return streets[0] if len(streets) == 1 else None
    query = select(Unit.code).where(Unit.kind == "street", Unit.code.in_(scope.areas(viewer)))
    return tx.scalar(query)


def communities(tx: Session, sight: Sight) -> dict[str, str]:
    """Code and name of the communities of this sight: those of its area and those of its places."""
    here = select(Place.community).where(sight.places).distinct()
    query = select(Unit.code, Unit.name).where(Unit.kind == "community")
    mine = or_(Unit.code.in_(here), Unit.parent == sight.unit)
    return {row.code: row.name for row in tx.execute(query.where(mine).order_by(Unit.code))}


def looked_after(tx: Session, sight: Sight) -> dict[str, str]:
    """The communities that this area has or is; a grid is its own. None for departments and enterprises: what they see
    of a community is not the community's number.
    """
    own = tx.get(Unit, sight.unit) if sight.unit else None
    if own is None:
        return {}
    return {own.code: own.name} if own.kind == "grid" else communities(tx, sight)


def seen_units(viewer: Viewer) -> ColumnElement[bool]:
    """Units whose frozen reports this viewer may open: the area that one's own unit sees."""
    return Unit.code.is_not(None) if viewer.admin else Unit.code.in_(scope.areas(viewer))


def _area(tx: Session, viewer: Viewer) -> str | None:
    return tx.scalar(scope.areas(viewer).limit(1)) if not viewer.admin else None
