"""Who sees which hazards and places, as SQL conditions; every list and every single look goes through here."""

from sqlalchemy import ColumnElement, CompoundSelect, Select, func, or_, select, true

from engine.bpm.model import Instance, Task, TaskCandidate
from engine.bpm.sight import worked_for
from engine.bpm.viewer import Viewer
from engine.campaign import clock_kinds
from engine.campaign.case_model import Assignment, Deadline, Hazard
from engine.campaign.document_model import Document, DocumentHazard
from engine.campaign.duty_model import Duty
from engine.campaign.model import Person, Place, Unit, Visit


def hazards(viewer: Viewer) -> ColumnElement[bool]:
    """Rows of ``hazard`` this viewer may see.

    The viewer's unit decides (street offices the street, a community or grid its own, an enterprise what it must fix, a
    department what was sent to it and what it wrote a paper about), and besides everybody sees what they found or have
    had a task in. The unit is read from the person's row: a role that happens to be spelled like a unit opens nothing.
    """
    if viewer.admin:
        return true()
    area, unit = one(areas(viewer)), one(own_unit(viewer))
    written = select(Document.hazard).where(Document.organ == unit, Document.hazard.is_not(None))
    named = select(DocumentHazard.hazard).join(Document, Document.id == DocumentHazard.document)
    return or_(
        Hazard.street == area,
        Hazard.community == area,
        Hazard.grid == area,
        Hazard.holder_unit == unit,
        Hazard.finder == viewer.name,
        Hazard.place.in_(select(Place.id).where(Place.unit == unit)),
        Hazard.number.in_(select(Assignment.hazard).where(Assignment.to_unit == unit)),
        Hazard.number.in_(written.union_all(named.where(Document.organ == unit))),
        Hazard.instance_id.in_(worked_on(viewer)),
    )


def limits(viewer: Viewer) -> ColumnElement[bool]:
    """Rows of ``deadline`` of a hazard or report that this viewer sees: a case that was filed and the months to ask the
    court are shown to the body that deals with it and the street alone, as its cases are.
    """
    if viewer.admin:
        return true()
    street = select(Hazard.street).where(Hazard.number == Deadline.hazard).correlate(Deadline).scalar_subquery()
    told = Deadline.clock.not_in(clock_kinds.untold())
    return or_(told, Deadline.duty_unit == one(own_unit(viewer)), street == one(areas(viewer)))


def cases(viewer: Viewer) -> ColumnElement[bool]:
    """Rows of ``instance`` that are the case of a hazard this viewer may see."""
    return Instance.id.in_(select(Hazard.instance_id).where(hazards(viewer)))


def places(viewer: Viewer) -> ColumnElement[bool]:
    """Rows of ``place`` this viewer may see: those of its area, of its sector, its own, and those of hazards it may
    see. The hazards are looked for place by place: as a set they would all be walked through, whichever few are asked.
    """
    if viewer.admin:
        return true()
    scope, unit = areas(viewer), own_unit(viewer)
    return or_(
        Place.street.in_(scope),
        Place.community.in_(scope),
        Place.grid.in_(scope),
        Place.lead_unit.in_(unit),
        Place.unit.in_(unit),
        select(Hazard.number).where(Hazard.place == Place.id, hazards(viewer)).correlate(Place).exists(),
    )


def visits(viewer: Viewer) -> ColumnElement[bool]:
    """Rows of ``visit`` joined with ``place`` this viewer may see: a covert one is hidden from the people of the place
    until it is filed.
    """
    hidden = Visit.covert & Visit.filed_at.is_(None) & Place.unit.is_not(None) & Place.unit.in_(own_unit(viewer))
    return places(viewer) & ~hidden if not viewer.admin else true()


def duties(viewer: Viewer) -> ColumnElement[bool]:
    """Rows of ``duty`` this viewer may see: one's own and one's unit's, those of one's area, and of places one is
    responsible for.
    """
    if viewer.admin:
        return true()
    area, unit = areas(viewer), own_unit(viewer)
    return or_(
        Duty.person == viewer.name,
        Duty.unit.in_(unit),
        Duty.office.in_(unit),
        Duty.street.in_(area),
        Duty.community.in_(area),
        Duty.grid.in_(area),
        Duty.place.in_(select(Place.id).where(Place.unit.in_(unit) | Place.lead_unit.in_(unit))),
    )


def worked_on(viewer: Viewer) -> CompoundSelect[str]:
    """Ids of instances in which the viewer completed a task, or has an open one, be it as somebody's substitute; two
    selects, so that each has its index.
    """
    offered = select(TaskCandidate.task_id).where(TaskCandidate.candidate.in_(viewer.candidates))
    open_to_me = (Task.status == "open") & or_(
        Task.assignee == viewer.name, Task.id.in_(offered), *(worked_for(stand_in) for stand_in in viewer.stands_in)
    )
    done = select(Task.instance_id).where(Task.completed_by == viewer.name)
    return done.union_all(select(Task.instance_id).where(open_to_me))


def areas(viewer: Viewer) -> Select[str | None]:
    """The unit whose hazards this viewer's unit sees, read from the person's row."""
    mine = Unit.code == Person.unit
    return select(Unit.scope).join(Person, mine).where(Person.name == viewer.name, Unit.scope.is_not(None))


def own_unit(viewer: Viewer) -> Select[str | None]:
    """The unit of this viewer, read from the person's row."""
    return select(Person.unit).where(Person.name == viewer.name, Person.unit.is_not(None))


def one(unit: Select[str | None]) -> ColumnElement[str]:
    """The one unit that this finds, or a word that is none: a value, which the databases look for once and compare with
    a column; as one of a set it would be a table to them, of whose size they know nothing.
    """
    return func.coalesce(unit.scalar_subquery(), "")
