"""Verbs on outlines: write those of a GeoJSON file, all or none; the newest one of a unit or place is the one shown."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, false, or_, select, true
from sqlalchemy.orm import Session

from engine.app import App
from engine.bpm.viewer import Viewer
from engine.campaign import authority, history, scope
from engine.campaign.model import Place, Unit
from engine.campaign.outline_model import Outline
from engine.campaign.outline_reading import Shape, refused, shapes, unknown
from engine.rows import inserting

AT_ONCE = 500
NOUN = "outline"
MOST_TOLD = 100  # keys that the note about a file names


@dataclass(frozen=True, slots=True)
class Written:
    """How many outlines of each noun were written."""

    units: int
    places: int


def write(app: App, content: bytes, *, viewer: Viewer) -> Written:
    """Take the outlines of a GeoJSON file; those of before are replaced. Raises Invalid (each wrong feature, also a
    unit or place that the viewer does not see), NotAllowed, TooLarge.
    """
    now = app.clock()
    with app.transaction() as tx:
        authority.require(tx, viewer, "outline.write")
        given = shapes(content)
        write_in(tx, given, known=_known(tx, given, viewer), by=viewer.name, now=now)
        told = {noun: [one.key for one in given if one.noun == noun][:MOST_TOLD] for noun in ("unit", "place")}
        history.note(tx, NOUN, "map", before={}, after=told, reason="", by=viewer.name, now=now)
    return Written(sum(one.noun == "unit" for one in given), sum(one.noun == "place" for one in given))


def write_in(tx: Session, given: list[Shape], *, known: set[tuple[str, str]], by: str, now: datetime) -> None:
    """The same in a running transaction; raises Invalid when one is of nothing in ``known``."""
    if wrong := [unknown(one) for one in given if (one.noun, one.key) not in known]:
        raise refused(wrong)
    rows = [{"noun": one.noun, "key": one.key, "geometry": one.geometry, "written_at": now, "written_by": by}
            for one in given]  # fmt: skip
    for first in range(0, len(rows), AT_ONCE):
        put = inserting(tx, Outline).values(rows[first : first + AT_ONCE])
        newer = {name: put.excluded[name] for name in ("geometry", "written_at", "written_by")}
        tx.execute(put.on_conflict_do_update(index_elements=["noun", "key"], set_=newer))


def _known(tx: Session, given: list[Shape], viewer: Viewer) -> set[tuple[str, str]]:
    """Which of the named units and places exist in the viewer's area."""
    areas = list(tx.scalars(scope.areas(viewer)))
    unit: ColumnElement[bool] = or_(false(), *(Unit.path.contains(f"/{area}/", autoescape=True) for area in areas))
    place: ColumnElement[bool] = Place.street.in_(areas) | Place.community.in_(areas) | Place.grid.in_(areas)
    if viewer.admin:
        unit, place = true(), true()
    found = set[tuple[str, str]]()
    for noun, column, mine in (("unit", Unit.code, unit), ("place", Place.id, place)):
        keys = [one.key for one in given if one.noun == noun]
        for first in range(0, len(keys), AT_ONCE):
            query = select(column).where(column.in_(keys[first : first + AT_ONCE]), mine)
            found |= {(noun, key) for key in tx.scalars(query)}
    return found
